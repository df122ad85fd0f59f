/** Rows and their shape, as the operations of this package need them; what they cannot take is named, with the feature or the sample. */
import {
  type IRSample,
  type Mistake,
  type SampleShape,
  type Selected,
  type TabularShape,
  TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect } from "effect"

export const refused = (...mistakes: ReadonlyArray<Mistake>): { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> } => ({
  ok: false,
  mistakes
})

export const mistake = (path: Mistake["path"], message: string, expected: string, actual: string): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

/** The shape of a table with at least one feature. */
export const tableOf = (operation: string, shape: SampleShape): Selected<TabularShape> => {
  if (shape.kind !== "tabular")
    return refused(mistake([], `${operation} takes tables: flatten the samples before it`, "tabular samples", `${shape.kind} samples`))
  if (shape.features.length === 0) return refused(mistake([], `${operation} takes tables`, "at least one feature", "none"))
  return { ok: true, value: shape }
}

export const sampleFault = (
  operation: string,
  code: string,
  sample: IRSample,
  message: string,
  expected: string,
  actual: string
): TrainerError => trainerError("invalid", { code: `${operation}/${code}`, sample_id: sample.sample_id, message, expected, actual })

/** The numbers of a sample, one for each feature, or why there are none. */
export const readRow = (operation: string, shape: SampleShape, sample: IRSample): ReadonlyArray<number> | TrainerError => {
  const fault = (expected: string, actual: string) => sampleFault(operation, "SAMPLE", sample, "is no row of this table", expected, actual)
  if (shape.kind !== "tabular" || !("tabular" in sample.payload)) return fault("payload tabular", Object.keys(sample.payload).join(", "))
  const row = sample.payload.tabular
  if (row.length !== shape.features.length) return fault(`${shape.features.length} numbers`, String(row.length))
  const at = row.findIndex((value) => !Number.isFinite(value))
  return at < 0 ? row : fault(`a finite number for feature ${JSON.stringify(shape.features[at]?.name)}`, String(row[at]))
}

/** The sample with another row. */
export const withRow = (sample: IRSample, row: ReadonlyArray<number>): IRSample => ({ ...sample, payload: { tabular: row } })

/** Every number of a row by itself; a number that cannot be had is an error. */
export const mapRow = (
  operation: string,
  shape: SampleShape,
  sample: IRSample,
  change: (value: number, index: number) => number | TrainerError
): Effect.Effect<IRSample, TrainerError> => {
  const row = readRow(operation, shape, sample)
  if (row instanceof TrainerError) return Effect.fail(row)
  const changed: Array<number> = []
  for (const [index, value] of row.entries()) {
    const one = change(value, index)
    if (one instanceof TrainerError) return Effect.fail(one)
    changed.push(one)
  }
  return Effect.succeed(withRow(sample, changed))
}

/** The first of the samples that cannot be read, told once the fold is asked. */
export const sampleMistake = (error: TrainerError): Mistake => {
  const [{ sample_id, message, expected, actual }] = error.diagnostics
  return {
    path: [],
    problem: "invalid",
    message: `sample ${sample_id} ${message}`,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual })
  }
}
