/**
 * The errors of one output: every formula of the pack, over rows that stand in their canonical order.
 *
 *   e = prediction − target       MAE = Σ|e| / n        MSE = Σe² / n        RMSE = √MSE        bias = Σe / n
 *   MAPE = Σ(|e| / |target|) / n  (a share, not per cent)
 *   R² = 1 − Σe² / Σ(target − mean)²        explained variance = 1 − Σ(e − bias)² / Σ(target − mean)²
 *
 * as scikit-learn 1.9 has them. Sharp edges: targets are constant when they all are one number, which does not wait for the rounding
 * of their mean; Math.sqrt is correctly rounded everywhere, so no value depends on a library of functions.
 */
import { compensatedSum, finiteSum, type MetricValue } from "@feagi-trainer/contracts"
import type { UndefinedValues } from "./Options.ts"
import type { Column } from "./Rows.ts"

export const errorNames = [
  "mae",
  "mse",
  "rmse",
  "mape",
  "median_ae",
  "max_error",
  "r2",
  "explained_variance",
  "bias",
  "rmse_of_mean"
] as const
export type ErrorName = (typeof errorNames)[number]
export type ErrorValues = Readonly<Record<ErrorName, MetricValue>>

/** The least distance of 1 to the next double: what scikit-learn divides by where a target is smaller. */
const epsilon = 2 ** -52

/** The rows from the smallest to the largest |error|; equal ones as they stand. */
export const byError = ({ target, prediction }: Column): Uint32Array => {
  const error = target.map((each, row) => Math.abs((prediction[row] ?? 0) - each))
  return Uint32Array.from(error.keys()).sort((left, right) => (error[left] ?? 0) - (error[right] ?? 0) || left - right)
}

/** Every value is without data. */
export const noErrors = (why: string): ErrorValues => {
  const missing: MetricValue = { insufficient: why }
  return {
    mae: missing,
    mse: missing,
    rmse: missing,
    mape: missing,
    median_ae: missing,
    max_error: missing,
    r2: missing,
    explained_variance: missing,
    bias: missing,
    rmse_of_mean: missing
  }
}

/** 1 − part / whole, or what the policy says where every target is the same number. */
const explained = (policy: UndefinedValues, part: number, whole: number, constant: boolean): MetricValue => {
  if (!constant)
    return whole === 0 ? { insufficient: "the squares of these targets are below the range of a double" } : finiteSum(1 - part / whole)
  if (policy === "scikit-learn") return part === 0 ? 1 : 0
  return { insufficient: "all targets are the same number, so there is no variance to explain" }
}

/** Whether all numbers are one: its mean is then that number, which the rounded quotient of sum and count may miss by a bit. */
const range = () => {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  return {
    see: (value: number): void => {
      if (value < lowest) lowest = value
      if (value > highest) highest = value
    },
    single: (): number | undefined => (lowest === highest ? lowest : undefined)
  }
}

/**
 * The values of rows that occur `times` each (once where it is left out). @param order of `byError`. All rows are of one output.
 */
export const errorsOf = (column: Column, order: Uint32Array, policy: UndefinedValues, times?: Uint32Array): ErrorValues => {
  const rows = column.target.length
  const at = (values: Float64Array, row: number): number => values[row] ?? Number.NaN
  const often = (row: number): number => (times === undefined ? 1 : (times[row] ?? 0))

  const [absolute, squared, signed, relative, targets] = [
    compensatedSum(),
    compensatedSum(),
    compensatedSum(),
    compensatedSum(),
    compensatedSum()
  ]
  let count = 0
  let zeros = 0
  let largest = 0
  const targetRange = range()
  const errorRange = range()
  for (let row = 0; row < rows; row += 1) {
    const target = at(column.target, row)
    const error = at(column.prediction, row) - target
    const size = Math.abs(error)
    const against = policy === "scikit-learn" ? Math.max(Math.abs(target), epsilon) : Math.abs(target)
    for (let repeat = often(row); repeat > 0; repeat -= 1) {
      count += 1
      absolute.add(size)
      squared.add(error * error)
      signed.add(error)
      if (against === 0) zeros += 1
      else relative.add(size / against)
      targets.add(target)
      largest = Math.max(largest, size)
      targetRange.see(target)
      errorRange.see(error)
    }
  }
  if (count === 0) return noErrors("no sample was answered")

  const constant = targetRange.single() !== undefined
  const bias = errorRange.single() ?? signed.value() / count
  const mean = targetRange.single() ?? targets.value() / count
  const [spread, unbiased] = [compensatedSum(), compensatedSum()]
  for (let row = 0; row < rows; row += 1) {
    const target = at(column.target, row)
    const error = at(column.prediction, row) - target
    for (let repeat = often(row); repeat > 0; repeat -= 1) {
      spread.add((target - mean) ** 2)
      unbiased.add((error - bias) ** 2)
    }
  }

  const middle = (rank: number): number => {
    let before = 0
    for (const row of order) {
      before += often(row)
      if (before > rank) return Math.abs(at(column.prediction, row) - at(column.target, row))
    }
    return Number.NaN
  }
  const medians = count % 2 === 1 ? middle((count - 1) / 2) : (middle(count / 2 - 1) + middle(count / 2)) / 2
  const mse = squared.value() / count
  const few: MetricValue | undefined = count < 2 ? { insufficient: "one sample has no variance; at least 2 are needed" } : undefined
  return {
    mae: finiteSum(absolute.value() / count),
    mse: finiteSum(mse),
    rmse: finiteSum(Math.sqrt(mse)),
    mape:
      zeros === 0
        ? finiteSum(relative.value() / count)
        : { insufficient: `${zeros} of ${count} targets are 0, so there is no error relative to them` },
    median_ae: finiteSum(medians),
    max_error: finiteSum(largest),
    r2: few ?? explained(policy, squared.value(), spread.value(), constant),
    // scikit-learn gives the explained variance of one sample, and no R² of it.
    explained_variance:
      policy === "insufficient" && few !== undefined ? few : explained(policy, unbiased.value(), spread.value(), constant),
    bias: finiteSum(bias),
    rmse_of_mean: few ?? finiteSum(Math.sqrt(spread.value() / count))
  }
}
