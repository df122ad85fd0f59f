/** `select`: the named features, in the order in which they are named. Every other one is left out. */
import { didYouMean, type Mistake, optionsFrom, type SampleShape, type Selected, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { readRow, refused, tableOf, withRow } from "./Rows.ts"

const id = "select"

export const SelectOptions = Schema.Struct({
  features: Schema.NonEmptyArray(Schema.String).check(
    Schema.makeFilter((names: ReadonlyArray<string>) => new Set(names).size === names.length, { expected: "every name once" })
  )
})
export type SelectOptions = typeof SelectOptions.Type

/** Where the named features stand. */
const places = ({ features }: SelectOptions, shape: SampleShape): Selected<ReadonlyArray<number>> => {
  const table = tableOf(id, shape)
  if (!table.ok) return table
  const names = table.value.features.map(({ name }) => name)
  const stands = new Map<string, ReadonlyArray<number>>()
  for (const [index, name] of names.entries()) stands.set(name, [...(stands.get(name) ?? []), index])
  const unknown = features.flatMap((name, index): ReadonlyArray<Mistake> => {
    const found = stands.get(name)?.length ?? 0
    if (found === 1) return []
    const suggestion = didYouMean(name, names)
    return [
      {
        path: ["features", index],
        problem: "invalid",
        message: found === 0 ? "is no feature of the samples" : `names ${found} features of the samples`,
        expected: names.length > 20 ? `one of ${names.length} features: ${names.slice(0, 20).join(", ")}, …` : `one of ${names.join(", ")}`,
        actual: JSON.stringify(name),
        ...(suggestion === undefined ? {} : { suggestion })
      }
    ]
  })
  return unknown.length > 0 ? refused(...unknown) : { ok: true, value: features.flatMap((name) => stands.get(name) ?? []) }
}

export const select: Transform<SelectOptions, undefined> = Transform.define<SelectOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(SelectOptions),
  shape: ({ options, shape }) => {
    const at = places(options, shape)
    if (!at.ok || shape.kind !== "tabular") return at.ok ? refused() : at
    return { ok: true, value: { kind: "tabular", features: at.value.flatMap((index) => shape.features[index] ?? []) } }
  },
  apply: ({ options, shape }, sample) => {
    const row = readRow(id, shape, sample)
    if (row instanceof TrainerError) return Effect.fail(row)
    const at = places(options, shape)
    return Effect.succeed(withRow(sample, at.ok ? at.value.flatMap((index) => row[index] ?? []) : []))
  }
})
