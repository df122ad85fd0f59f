/** `dataset add`: scan everything and register it. */
import { escapeControl } from "@feagi-trainer/contracts"
import { Registry, storeScan } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { dryRun, json, name } from "../../flags.ts"
import { checkName } from "../../ids.ts"
import { emit, next, say } from "../../Out.ts"
import { adapterFlags, refuse, scannedRecord, scanSource } from "../../scanSource.ts"
import { writing } from "../../services.ts"
import { cut } from "../../textWidth.ts"
import { classCounts, labelTable, leakText, shapeText } from "./describe.ts"
import { row } from "./find.ts"
import { nextTemplate } from "./nextTemplate.ts"

export const add = Command.make("add", { ...adapterFlags, name, dryRun, json }, (flags) =>
  writing(
    Effect.scoped(
      Effect.gen(function* () {
        yield* checkName(flags.name)
        const scanned = yield* scanSource(flags)
        const { outcome } = scanned
        if (outcome.scanned === undefined) return yield* refuse(outcome)
        const { scan, confusion } = outcome.scanned
        const warnings = outcome.report.diagnostics
        const facts = `${scan.summary.sample_count} samples, ${shapeText(scan.shape)}, ${scan.classes.length} classes`
        if (flags.dryRun)
          return yield* emit(flags.json, {
            kind: "dataset",
            data: {
              ...scannedRecord(scanned, flags.name, ""),
              scan_sha256: null,
              adapter_options: scanned.options,
              registered: false,
              label_confusion: confusion
            },
            human: `would register ${flags.name}: ${facts}, content ${scan.content_hash.slice(0, 12)}`,
            warnings
          })
        const registry = yield* Registry
        const scan_sha256 = yield* storeScan(outcome.scanned)
        const { record, existing } = yield* registry.addDataset(scannedRecord(scanned, flags.name, scan_sha256), {
          root: scanned.root,
          path: scanned.path
        })
        yield* emit(flags.json, {
          kind: "dataset",
          data: { ...row(record), existing, label_confusion: confusion },
          human: record.dataset_version_id,
          warnings
        })
        const labels = classCounts(scan).slice(0, 6)
        const named =
          labels.length === 0
            ? ""
            : ` (${labels.map((each) => cut(escapeControl(each.label), 24)).join(", ")}${scan.classes.length > 6 ? ", …" : ""})`
        yield* say(`${existing ? "already registered" : "registered"} ${record.dataset_version_id}: ${facts}${named}`)
        if (confusion !== null) yield* say(labelTable(confusion))
        if (scan.given_leakage !== null) yield* say(["what the declared parts share:", ...leakText(scan.given_leakage)].join("\n"))
        const template = yield* nextTemplate(scan)
        if (template !== undefined)
          yield* next(`feagi-trainer init --template ${template} --dataset ${record.dataset_version_id} --seed 1 > ${flags.name}.run.toml`)
      })
    )
  )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer dataset add iris.csv --adapter csv --label-column species --name iris",
      description: "Register a table of numbers with a class column"
    },
    {
      command: "feagi-trainer dataset add photos --name photos",
      description: "Let the installed adapters find out how a folder is to be read"
    }
  ])
)
