/** `plugin matrix`: which plugins of different kinds work together, and why others do not. */
import { Catalogue } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { axisMatrix } from "../axisMatrix.ts"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

/** The id of an entry without its package, which most people know it by. */
const short = (id: string): string => id.split("#")[1] ?? id

export const matrix = Command.make("matrix", { json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const { entries } = yield* Catalogue
      const chains = axisMatrix(entries)
      yield* emit(flags.json, {
        kind: "axis-matrix",
        data: {
          entries: entries.map(({ id, manifest, package: from }) => ({
            id: manifest.id,
            kind: manifest.kind,
            title: manifest.title,
            qualified_id: id,
            package: from.name,
            version: from.version,
            source: from.source,
            deterministic: manifest.deterministic,
            files_sha256: from.files_sha256,
            capabilities: manifest.capabilities
          })),
          chains
        },
        human: [
          textTable(
            [
              { title: "SAMPLES", cell: (each) => each.modality },
              { title: "ANSWERS", cell: (each) => short(each.output_type) },
              { title: "ADAPTERS", cell: (each) => each.fits.adapter.map(short).join(", ") },
              { title: "METRICS", cell: (each) => each.fits["metric-pack"].map(short).join(", ") },
              { title: "LEARNT BY", cell: (each) => each.learnt_by.map(short).join(", ") || "nobody" },
              { title: "A BRAIN LACKS", cell: (each) => each.missing.map(({ kind }) => kind).join(", ") }
            ],
            chains.filter((each) => each.fits.adapter.length > 0),
            "no listed plugin reads anything"
          ),
          "why, and every other pair: with --json"
        ].join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer plugin matrix", description: "Which plugins fit together" }]))
