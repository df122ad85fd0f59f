/** `dataset discover`: how a file or folder could be read, with the evidence, and nothing else. */
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { discover as discoverSource, placeOf, sourceFlags } from "../../scanSource.ts"
import { rootsLayer, withPlugins } from "../../services.ts"
import { textTable } from "../../textTable.ts"

/** Ways that are shown to people. */
const shown = 8

export const discover = Command.make("discover", { ...sourceFlags, json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const found = yield* discoverSource(yield* placeOf(flags.file), flags.adapter)
      const rows = found.map(({ adapter, candidate }) => ({ adapter: adapter.ref.id, ...candidate }))
      yield* emit(flags.json, {
        kind: "dataset-candidates",
        data: rows,
        human: `${textTable(
          [
            { title: "SURE", cell: (each) => each.confidence.toFixed(2) },
            { title: "ADAPTER", cell: (each) => each.adapter.split("#")[1] ?? each.adapter },
            { title: "READS IT AS", cell: (each) => each.title },
            { title: "BECAUSE", cell: (each) => each.because }
          ],
          rows.slice(0, shown),
          "no installed adapter finds anything here that it could read"
        ).trimEnd()}${rows.length > shown ? `\n… ${rows.length - shown} more with --json` : ""}`
      })
    }).pipe(Effect.provide(rootsLayer))
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer dataset discover iris.csv", description: "How the file could be read, the likeliest first" }
  ])
)
