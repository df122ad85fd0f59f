/**
 * The values of the pack `time-series` under the names they are reported by: those of a scalar, or of each output of a vector (`mae/0`)
 * and their average over the outputs (`mae`). Fold and resampling both end here, so they cannot differ by a bit.
 *
 * Sharp edge: `max_error` of a vector is the largest of all outputs; every other value is the plain mean of the outputs, RMSE too, which
 * therefore is not the root of the averaged MSE.
 */
import { compensatedSum, finiteSum, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { type ErrorName, type ErrorValues, errorNames } from "./Errors.ts"

/** Shares of all samples. */
export const shares = (answered: number, abstained: number): Readonly<Record<"answered" | "abstained", MetricValue>> => {
  const all = answered + abstained
  const none: MetricValue = { insufficient: "no sample was scored" }
  return { answered: all === 0 ? none : answered / all, abstained: all === 0 ? none : abstained / all }
}

const overOutputs = (name: ErrorName, outputs: ReadonlyArray<MetricValue>): MetricValue => {
  const numbers = outputs.filter((value): value is number => !isInsufficient(value))
  const missing = outputs.findIndex(isInsufficient)
  const why = outputs[missing]
  if (why !== undefined && isInsufficient(why))
    return {
      insufficient: `undefined for ${outputs.length - numbers.length} of ${outputs.length} outputs, first ${missing}: ${why.insufficient}`
    }
  if (name === "max_error") return numbers.reduce((most, each) => Math.max(most, each), 0)
  const total = compensatedSum()
  for (const each of numbers) total.add(each)
  return finiteSum(total.value() / numbers.length)
}

/** @param outputs the values of each output; one for a scalar */
export const reported = (vector: boolean, outputs: ReadonlyArray<ErrorValues>): Readonly<Record<string, MetricValue>> => {
  const values: Record<string, MetricValue> = {}
  const [first] = outputs
  if (first === undefined) return values
  for (const name of errorNames) {
    values[name] = vector
      ? overOutputs(
          name,
          outputs.map((each) => each[name])
        )
      : first[name]
    if (vector) for (const [index, each] of outputs.entries()) values[`${name}/${index}`] = each[name]
  }
  return values
}
