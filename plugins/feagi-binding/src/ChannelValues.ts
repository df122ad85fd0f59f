/** Values of channels as one flat row of numbers: a channel has one number, or as many as it has elements. */
import { type CoderValue, type TrainerError, trainerError } from "@feagi-trainer/contracts"

export const countOf = (values: ReadonlyArray<CoderValue>): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === "number" ? 1 : value.length), 0)

/** Writes the numbers of all channels into `row`, one after the other, from `at` on. */
export const fillValues = (row: Float32Array | Uint8Array, values: ReadonlyArray<CoderValue>, at: number): void => {
  let next = at
  for (const value of values) {
    if (typeof value === "number") row[next++] = value
    else {
      row.set(value, next)
      next += value.length
    }
  }
}

export const flatValues = (values: ReadonlyArray<CoderValue>): Float32Array => {
  const row = new Float32Array(countOf(values))
  fillValues(row, values, 0)
  return row
}

export const numbersOf = (value: CoderValue): ReadonlyArray<number> => (typeof value === "number" ? [value] : Array.from(value))

/** Thrown within a call of the engine, which passes it on as it is. */
export const wrongCount = (what: string, expected: number, actual: number): TrainerError =>
  trainerError("invalid", {
    code: "embedded/PAYLOAD-INVALID",
    message: `${what} has the wrong number of values`,
    expected: String(expected),
    actual: String(actual)
  })
