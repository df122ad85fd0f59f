/** `dataset ls`. */
import { Registry } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { row } from "./find.ts"

export const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const registry = yield* Registry
      const datasets = yield* registry.datasets
      yield* emit(flags.json, {
        kind: "datasets",
        data: datasets.map(row),
        human: textTable(
          [
            { title: "DATASET", cell: (each) => each.dataset_version_id },
            { title: "SAMPLES", cell: (each) => each.sample_count },
            { title: "MODALITY", cell: (each) => each.modality },
            { title: "OUTPUT", cell: (each) => each.output_type },
            { title: "CONTENT", cell: (each) => each.content_hash.slice(0, 12) },
            { title: "PATH", cell: (each) => (each.location.path === "" ? "." : each.location.path) }
          ],
          datasets,
          "no dataset is registered yet"
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer dataset ls", description: "Every registered version" }]))
