/** `dataset show`: everything that the registration found out. */
import { readScan } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { looseJson, parseJsonText } from "../../jsonText.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { classCounts, classTable, leakText, partTable, shapeTable, shapeText } from "./describe.ts"
import { findDataset, reference, row } from "./find.ts"

export const show = Command.make("show", { dataset: reference, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const dataset = yield* findDataset(flags.dataset)
      const scan = yield* readScan(dataset.scan_sha256)
      const map = scan.label_map
      yield* emit(flags.json, {
        kind: "dataset",
        data: {
          ...row(dataset),
          shape: scan.shape,
          classes: classCounts(scan),
          parts: scan.summary.part_counts,
          groups: scan.summary.group_count,
          values: scan.summary.values,
          label_map: map === null ? null : { name: map.name, version: map.version, sha256: map.sha256 },
          leakage: scan.given_leakage,
          files: scan.files
        },
        human: [
          `${dataset.dataset_version_id}  ${dataset.dataset_asset_id}`,
          `  content   ${dataset.content_hash}`,
          `  schema    ${dataset.schema_fingerprint}`,
          `  adapter   ${dataset.adapter.id} ${dataset.adapter.version}`,
          `  options   ${looseJson(parseJsonText(dataset.adapter_options))}`,
          `  samples   ${dataset.sample_count}: ${shapeText(scan.shape)}`,
          `  files     ${scan.files.length}, ${scan.files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`,
          ...(scan.summary.group_count === 0 ? [] : [`  groups    ${scan.summary.group_count}`]),
          ...(map === null ? [] : [`  labels    mapped by ${map.name} ${map.version} (${map.sha256.slice(0, 12)})`]),
          ...shapeTable(scan.shape),
          "",
          classTable(scan),
          ...partTable(scan.summary.part_counts),
          ...(scan.given_leakage === null ? [] : ["", "shared by the declared parts:", ...leakText(scan.given_leakage)])
        ].join("\n")
      })
    })
  )
).pipe(
  Command.withExamples([{ command: "feagi-trainer dataset show iris@1", description: "Where it lies, what it holds, and its hashes" }])
)
