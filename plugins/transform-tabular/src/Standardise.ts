/**
 * `standardise`: every feature minus its mean, divided by its standard deviation; both are learnt from the declared part, over the whole
 * population (divided by n).
 *
 * Sharp edge: mean and variance are those of exact sums, so that the order of the samples cannot be seen in them. A feature with one
 * value has no deviation: `constant` says what becomes of it.
 */
import { optionsFrom, type SampleFold, type SampleShape, type Selected, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { add, addProduct, type Expansion, moments } from "./Expansion.ts"
import { mapRow, mistake, readRow, refused, sampleMistake, tableOf } from "./Rows.ts"

const id = "standardise"

export const StandardiseOptions = Schema.Struct({
  /** A feature with one value in everything that is learnt from: refused, or 0 in every sample. */
  constant: Schema.Literals(["refuse", "zero"])
})
export type StandardiseOptions = typeof StandardiseOptions.Type

export interface Standardised {
  readonly samples: number
  /** Per feature. */
  readonly mean: ReadonlyArray<number>
  /** Per feature; 0 where every value was the same. */
  readonly deviation: ReadonlyArray<number>
}

const fold = ({ constant }: StandardiseOptions, shape: SampleShape): Selected<SampleFold<Standardised>> => {
  const table = tableOf(id, shape)
  if (!table.ok) return table
  const { features } = table.value
  const sums: ReadonlyArray<Expansion> = features.map(() => [])
  const squares: ReadonlyArray<Expansion> = features.map(() => [])
  let samples = 0
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
        samples += 1
        for (const [index, value] of row.entries()) {
          add(sums[index] ?? [], value)
          addProduct(squares[index] ?? [], value, value)
        }
      },
      result: () => {
        if (broken !== undefined) return refused(sampleMistake(broken))
        if (samples === 0) return refused(mistake([], "there is nothing to learn from", "at least one sample", "none"))
        const found = features.map((_, index) => moments(samples, sums[index] ?? [], squares[index] ?? []))
        const mean = found.map((each) => each.mean)
        const deviation = found.map(({ variance }) => Math.sqrt(variance))
        const faults = features.flatMap(({ name }, index) => {
          const spread = deviation[index] ?? Number.NaN
          if (!Number.isFinite(spread) || !Number.isFinite(mean[index]))
            return [
              mistake([], `feature ${JSON.stringify(name)} is too large for a mean and a deviation`, "values below 1e140", String(spread))
            ]
          return spread === 0 && constant === "refuse"
            ? [
                mistake(
                  ["constant"],
                  `feature ${JSON.stringify(name)} has one value in ${samples} samples`,
                  'a feature that varies, or "zero"',
                  '"refuse"'
                )
              ]
            : []
        })
        return faults.length > 0 ? refused(...faults) : { ok: true, value: { samples, mean, deviation } }
      }
    }
  }
}

const scaled = ({ mean, deviation }: Standardised, value: number, index: number): number => {
  const spread = deviation[index] ?? 0
  return spread === 0 ? 0 : (value - (mean[index] ?? 0)) / spread
}

export const standardise: Transform<StandardiseOptions, Standardised> = Transform.define<StandardiseOptions, Standardised>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(StandardiseOptions),
  fit: fold,
  shape: ({ shape, fitted }) => {
    const table = tableOf(id, shape)
    if (!table.ok) return table
    const features = table.value.features.map(({ name, min, max }, index) => ({
      name,
      min: scaled(fitted, min, index),
      max: scaled(fitted, max, index)
    }))
    return { ok: true, value: { kind: "tabular", features } }
  },
  apply: ({ shape, fitted }, sample) => mapRow(id, shape, sample, (value, index) => scaled(fitted, value, index))
})
