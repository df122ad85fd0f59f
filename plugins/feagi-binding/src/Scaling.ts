/**
 * From the numbers of samples to the range of a coder. `given`: they are in it already. `train`: each number's smallest and largest value in
 * the training samples become the ends. Or a range is written for each.
 *
 * Sharp edge: nothing outside of a range passes by itself. It is clipped where the options say so, or the sample is refused.
 */
import type { IRSample, Mistake, SampleFold, Selected } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import type { NumberRange } from "./CoderForm.ts"
import { type NumbersShape, numbersOfSample } from "./SampleNumbers.ts"
import { refused } from "./Tabular.ts"

/** `[low, high]`, low < high. */
export const Range = Schema.Tuple([Schema.Finite, Schema.Finite]).check(
  Schema.makeFilter(([low, high]) => low < high, { expected: "[low, high] with low < high" })
)

export const scalingFields = {
  /** `given`: numbers are in the coder's range already; `train`: ends of each number in the training samples; or `[low, high]` for each. */
  range: Schema.Union([Schema.Literals(["given", "train"]), Schema.NonEmptyArray(Range)]).annotate({
    expected: '"given", "train" or [[low, high], …]'
  }),
  /** Numbers outside of their range: moved to its nearer end, or the sample is refused. */
  out_of_range: Schema.Literals(["clip", "refuse"]),
  /** A number that is the same in all training samples: refused, or kept as the low end. Only `range = "train"` meets one. */
  constant_feature: Schema.Literals(["refuse", "keep"])
} as const

export const Scaling = Schema.Struct(scalingFields)
export type Scaling = typeof Scaling.Type

/** `[low, high]` of each number, or null where numbers are given as the coder takes them. Plain JSON. */
export interface Scaled {
  readonly ranges: ReadonlyArray<readonly [number, number]> | null
}

const mistake = (message: string, expected?: string, actual?: string): Mistake => ({
  path: ["range"],
  problem: "invalid",
  message,
  ...(expected === undefined ? {} : { expected }),
  ...(actual === undefined ? {} : { actual })
})

const fixed = (ranges: Scaled["ranges"]): Selected<SampleFold<Scaled>> => ({
  ok: true,
  value: { add: () => {}, result: () => ({ ok: true, value: { ranges } }) }
})

/** Learns nothing but the ends of each number's range, and only where the options say `train`. */
export const fitScaling = (encoder: string, { range, constant_feature }: Scaling, shape: NumbersShape): Selected<SampleFold<Scaled>> => {
  if (range === "given") return fixed(null)
  if (range !== "train")
    return range.length === shape.count
      ? fixed(range)
      : refused([mistake("has the wrong length", `${shape.count} ranges, one for each number of a sample`, String(range.length))])
  const lows = new Float64Array(shape.count).fill(Number.POSITIVE_INFINITY)
  const highs = new Float64Array(shape.count).fill(Number.NEGATIVE_INFINITY)
  let samples = 0
  let first: ReadonlyArray<Mistake> | undefined
  return {
    ok: true,
    value: {
      add: (sample) => {
        const numbers = numbersOfSample(encoder, shape, sample)
        if (!numbers.ok) {
          first ??= numbers.mistakes
          return
        }
        samples++
        for (let i = 0; i < shape.count; i++) {
          const value = numbers.value[i] ?? 0
          if (value < (lows[i] ?? value)) lows[i] = value
          if (value > (highs[i] ?? value)) highs[i] = value
        }
      },
      result: () => {
        if (first !== undefined) return refused(first)
        if (samples === 0) return refused([mistake('range = "train" needs training samples, and there is none', "[[low, high], …]")])
        const ranges = Array.from(lows, (low, i) => [low, highs[i] ?? low] as const)
        const mistakes = ranges.flatMap(([low, high], i): ReadonlyArray<Mistake> => {
          if (!Number.isFinite(high - low))
            return [mistake(`the range of ${shape.nameOf(i)} is wider than a number can hold: ${low} to ${high}`)]
          if (low < high || constant_feature === "keep") return []
          return [
            mistake(
              `${shape.nameOf(i)} is ${low} in all training samples: it has no range and tells no sample from another; leave it out of the data, or write constant_feature = "keep"`
            )
          ]
        })
        return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: { ranges } }
      }
    }
  }
}

/** Numbers of a sample within the ranges of the coder. What lies outside is clipped or refused, every one by name. */
export const scaleNumbers = (
  { out_of_range }: Pick<Scaling, "out_of_range">,
  { ranges }: Scaled,
  shape: NumbersShape,
  sample: IRSample,
  numbers: ArrayLike<number>,
  target: (index: number) => NumberRange
): Selected<Float64Array> => {
  const scaled = new Float64Array(numbers.length)
  const mistakes: Array<Mistake> = []
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN
    const { low: bottom, high: top, whole } = target(i)
    const [low, high] = ranges === null ? [bottom, top] : (ranges[i] ?? [Number.NaN, Number.NaN])
    if ((value < low || value > high) && out_of_range === "refuse")
      mistakes.push({
        path: [],
        problem: "invalid",
        message: `${shape.nameOf(i)} is outside of its range in sample ${sample.sample_id}, and out_of_range is "refuse"`,
        expected: `${low} to ${high}`,
        actual: String(value)
      })
    const inside = Math.min(Math.max(value, low), high)
    const placed = ranges === null ? inside : low === high ? bottom : bottom + ((inside - low) / (high - low)) * (top - bottom)
    const number = ranges === null || !whole ? placed : Math.round(placed)
    if (whole && !Number.isInteger(number))
      mistakes.push({
        path: [],
        problem: "invalid",
        message: `${shape.nameOf(i)} is no whole number in sample ${sample.sample_id}`,
        expected: `a whole number from ${bottom} to ${top}`,
        actual: String(value)
      })
    scaled[i] = number
  }
  return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: scaled }
}
