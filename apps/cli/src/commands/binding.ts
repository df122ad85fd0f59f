/** `binding`: how samples become voxels, before anything runs; `bindings`: which coder can carry what. */
import { type BindingRow, bindingRegistry, Catalogue } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

/** A coder that fits every unit has a long list; scripts get all of it. */
const listed = (texts: Iterable<string>, most: number): string => {
  const all = [...new Set(texts)]
  return all.length <= most ? all.join(", ") : `${all.slice(0, most - 1).join(", ")} and ${all.length - most + 1} more`
}

/** `<package>#<id>`: people know an entry by its id; where two packages have the same one, by both. */
const shortEntry = (entries: ReadonlyArray<string>): ((entry: string) => string) => {
  const idOf = (entry: string) => entry.slice(entry.indexOf("#") + 1)
  const owners = Map.groupBy(new Set(entries), idOf)
  return (entry) => ((owners.get(idOf(entry))?.length ?? 0) > 1 ? entry : idOf(entry))
}

const table = (rows: ReadonlyArray<BindingRow>, first: string, nameOf: (entry: string) => string): string =>
  textTable(
    [
      { title: first, cell: ([row]: ReadonlyArray<BindingRow>) => row?.subject ?? null },
      { title: first === "SAMPLE" ? "ENCODER" : "DECODER", cell: ([row]) => (row === undefined ? null : nameOf(row.entry)) },
      {
        title: "FEAGI VALUE TYPES",
        cell: (each) =>
          listed(
            each.map(({ io_type }) => io_type),
            4
          )
      },
      {
        title: "UNITS",
        cell: (each) =>
          listed(
            each.flatMap(({ units }) => units),
            8
          )
      }
    ],
    [...Map.groupBy(rows, ({ subject, entry }) => JSON.stringify([subject, entry])).values()],
    "none is declared"
  )

export const bindings = Command.make("bindings", { json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const catalogue = yield* Catalogue
      const { rows, unavailable, unreadable } = bindingRegistry(catalogue.entries)
      const nameOf = shortEntry([...rows, ...unavailable].map(({ entry }) => entry))
      const side = (direction: BindingRow["direction"]) => rows.filter((row) => row.direction === direction)
      yield* emit(flags.json, {
        kind: "bindings",
        data: { rows, unavailable },
        human: [
          table(side("in"), "SAMPLE", nameOf),
          table(side("out"), "ANSWER", nameOf),
          ...unavailable.map(({ subject, because }) => `${subject} is not available: ${because}\n`)
        ].join("\n"),
        warnings: unreadable.map(({ entry, message }) => ({ code: "FT2625", severity: "warning", message: `${entry}: ${message}` }))
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer bindings", description: "What connects samples and brains here" }]))
