/**
 * `min-max`: every feature moved from the smallest and largest value of the declared part to `range`.
 *
 * Sharp edge: a value outside of what was learnt lies outside of the range too; `out_of_range` says what becomes of it.
 */
import { optionsFrom, type SampleFold, type SampleShape, type Selected, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { mapRow, mistake, readRow, refused, sampleFault, sampleMistake, tableOf } from "./Rows.ts"

const id = "min-max"

export const MinMaxOptions = Schema.Struct({
  range: Schema.Tuple([Schema.Finite, Schema.Finite]).check(
    Schema.makeFilter(([low, high]) => low < high, { expected: "[low, high] with low < high" })
  ),
  /** A value outside of what was learnt: moved to the nearer end, refused, or moved as far outside as it lies. */
  out_of_range: Schema.Literals(["clip", "refuse", "keep"]),
  /** A feature with one value in everything that is learnt from: refused, or the low end in every sample. */
  constant: Schema.Literals(["refuse", "low"])
})
export type MinMaxOptions = typeof MinMaxOptions.Type

export interface MinMaxed {
  /** Per feature, in everything that was learnt from. */
  readonly min: ReadonlyArray<number>
  readonly max: ReadonlyArray<number>
}

const fold = ({ constant }: MinMaxOptions, shape: SampleShape): Selected<SampleFold<MinMaxed>> => {
  const table = tableOf(id, shape)
  if (!table.ok) return table
  const { features } = table.value
  const min = features.map(() => Number.POSITIVE_INFINITY)
  const max = features.map(() => Number.NEGATIVE_INFINITY)
  let broken: TrainerError | undefined
  return {
    ok: true,
    value: {
      add: (sample) => {
        const row = readRow(id, shape, sample)
        if (row instanceof TrainerError) {
          broken ??= row
          return
        }
        for (const [index, value] of row.entries()) {
          min[index] = Math.min(min[index] ?? value, value)
          max[index] = Math.max(max[index] ?? value, value)
        }
      },
      result: () => {
        if (broken !== undefined) return refused(sampleMistake(broken))
        if (!Number.isFinite(min[0])) return refused(mistake([], "there is nothing to learn from", "at least one sample", "none"))
        const faults = features.flatMap(({ name }, index) => {
          const span = (max[index] ?? 0) - (min[index] ?? 0)
          if (!Number.isFinite(span))
            return [mistake([], `feature ${JSON.stringify(name)} spans more than a double holds`, "a finite span", String(span))]
          return span === 0 && constant === "refuse"
            ? [mistake(["constant"], `feature ${JSON.stringify(name)} has one value`, 'a feature that varies, or "low"', '"refuse"')]
            : []
        })
        return faults.length > 0 ? refused(...faults) : { ok: true, value: { min: [...min], max: [...max] } }
      }
    }
  }
}

/** Rises with `value`, meets both ends exactly (low + (high − low) need not be high), and never leaves the range for a value within what was learnt. */
const moved = ({ range: [low, high] }: MinMaxOptions, least: number, most: number, value: number): number => {
  if (most === least) return low
  const share = (value - least) / (most - least)
  if (share === 1) return high
  const there = low + share * (high - low)
  return share < 0 || share > 1 ? there : Math.min(high, Math.max(low, there))
}

export const minMax: Transform<MinMaxOptions, MinMaxed> = Transform.define<MinMaxOptions, MinMaxed>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(MinMaxOptions),
  fit: fold,
  shape: ({ options, shape, fitted }) => {
    const table = tableOf(id, shape)
    if (!table.ok) return table
    const features = table.value.features.map(({ name, min, max }, index) => {
      const [least, most] = [fitted.min[index] ?? min, fitted.max[index] ?? max]
      if (options.out_of_range !== "keep") return { name, min: options.range[0], max: options.range[1] }
      const ends = [options.range[0], options.range[1], moved(options, least, most, min), moved(options, least, most, max)]
      return { name, min: Math.min(...ends), max: Math.max(...ends) }
    })
    return { ok: true, value: { kind: "tabular", features } }
  },
  apply: ({ options, shape, fitted }, sample) =>
    mapRow(id, shape, sample, (value, index) => {
      const [least, most] = [fitted.min[index] ?? value, fitted.max[index] ?? value]
      if (options.out_of_range === "refuse" && (value < least || value > most)) {
        const name = shape.kind === "tabular" ? shape.features[index]?.name : undefined
        return sampleFault(
          id,
          "RANGE",
          sample,
          `feature ${JSON.stringify(name)} is outside of what was learnt`,
          `${least} to ${most}`,
          String(value)
        )
      }
      const inside = options.out_of_range === "clip" ? Math.min(most, Math.max(least, value)) : value
      return moved(options, least, most, inside)
    })
})
