/** `dataset check-compat`: what could be done with a dataset, from its record and the plugins' manifests alone. */
import { Catalogue, checkCompatibility, factsOf, readScan } from "@feagi-trainer/core"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { findDataset, reference } from "./find.ts"

export const checkCompat = Command.make("check-compat", { dataset: reference, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const catalogue = yield* Catalogue
      const dataset = yield* findDataset(flags.dataset)
      const scan = yield* readScan(dataset.scan_sha256)
      const found = checkCompatibility(factsOf(scan), catalogue.entries)
      const answers = { yes: "yes", no: "no", unknown: "does not say" } as const
      yield* emit(flags.json, {
        kind: "dataset-compatibility",
        data: { dataset: dataset.dataset_version_id, ...found },
        human: [
          `${dataset.dataset_version_id}: ${scan.modality}, ${typeof scan.output_type === "string" ? scan.output_type : scan.output_type.custom}`,
          "",
          textTable(
            [
              { title: "KIND", cell: (each) => each.kind },
              { title: "PLUGIN", cell: (each) => each.id },
              { title: "FITS", cell: (each) => answers[each.applies] },
              { title: "BECAUSE", cell: (each) => each.reasons.join("; ") }
            ],
            found.entries,
            "no plugins"
          ).trimEnd(),
          "",
          ...(found.missing.length === 0
            ? ["everything that a run needs is installed"]
            : found.missing.map(({ kind, why, help }) => `missing: ${kind}: ${why}; ${help}`))
        ].join("\n")
      })
    })
  )
)
