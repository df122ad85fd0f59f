/** `schemes`: every encoding scheme that an installed encoder knows, and why it cannot be had where it cannot. */
import { Catalogue, schemeRows } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

export const schemes = Command.make("schemes", { json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const catalogue = yield* Catalogue
      const rows = schemeRows(catalogue.entries)
      yield* emit(flags.json, {
        kind: "schemes",
        data: rows,
        human: [
          textTable(
            [
              { title: "SCHEME", cell: ({ scheme }) => scheme },
              { title: "VERSION", cell: ({ version }) => version },
              { title: "ENCODERS", cell: ({ entries }) => entries.map((id) => id.split("#")[1] ?? id).join(", ") }
            ],
            rows.filter(({ available }) => available),
            "no installed encoder offers a scheme"
          ),
          ...rows.filter(({ available }) => !available).map(({ scheme, because }) => `${scheme} is not available: ${because}\n`)
        ].join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer schemes", description: "Encoders and decoders by name" }]))
