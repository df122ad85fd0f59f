/** `config`: what is in force, and who said so; and what an engine file says. */
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { looseJson } from "../jsonText.ts"
import { emit } from "../Out.ts"
import { Project } from "../Project.ts"
import { textTable } from "../textTable.ts"

export const show = Command.make(
  "show",
  { origin: Flag.Boolean("origin").pipe(Flag.withDescription("Show where each value was said"), Flag.withDefault(false)), json },
  (flags) =>
    Effect.gen(function* () {
      const project = yield* yield* Project
      const rows = project.settings
      yield* emit(flags.json, {
        kind: "config",
        data: flags.origin ? rows : Object.fromEntries(rows.map((row) => [row.key, row.value])),
        human: textTable(
          [
            { title: "KEY", cell: (row) => row.key },
            { title: "VALUE", cell: (row) => looseJson(row.value) },
            ...(flags.origin
              ? [
                  { title: "ORIGIN", cell: (row: (typeof rows)[number]) => row.origin },
                  { title: "OVERRODE", cell: (row: (typeof rows)[number]) => (row.overrode.length === 0 ? null : row.overrode.join(", ")) }
                ]
              : [])
          ],
          rows,
          "nothing is configured"
        )
      })
    })
).pipe(Command.withExamples([{ command: "feagi-trainer config show --origin", description: "Each value, and where it was said" }]))
