/** `brain ls`: every registered version. */
import { Registry } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { sourceText } from "./describe.ts"

export const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const registry = yield* Registry
      const brains = yield* registry.brains
      yield* emit(flags.json, {
        kind: "brains",
        data: brains,
        human: textTable(
          [
            { title: "BRAIN", cell: (each) => `${each.name}@${each.version}` },
            { title: "GENOME", cell: (each) => each.genome_sha256.slice(0, 12) },
            { title: "LEARNT", cell: ({ connectome }) => connectome?.learned_hash.slice(0, 12) ?? null },
            { title: "RUN", cell: ({ lineage }) => (lineage === null ? null : `${lineage.run_id} ${lineage.phase}`) },
            { title: "SOURCE", cell: (each) => sourceText(each.source) }
          ],
          brains,
          "no brain is registered yet"
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer brain ls", description: "Every registered brain" }]))
