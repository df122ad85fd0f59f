/** Tabular shape and payload, as the encoders of this package need them; a mistake that names the feature or the sample otherwise. */
import type { IRSample, Mistake, SampleShape, Selected, TabularShape } from "@feagi-trainer/contracts"

export const refused = (mistakes: ReadonlyArray<Mistake>): { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> } => ({
  ok: false,
  mistakes
})

/** `feature "petal_width"`: a value is named by its column, never by its place alone. */
export const showFeature = ({ features }: TabularShape, index: number): string =>
  `feature ${JSON.stringify(features[index]?.name ?? String(index))}`

export const tabularShape = (encoder: string, shape: SampleShape): Selected<TabularShape> => {
  if (shape.kind !== "tabular")
    return refused([
      {
        path: [],
        problem: "invalid",
        message: `encoder ${encoder} reads tables`,
        expected: "tabular samples",
        actual: `${shape.kind} samples`
      }
    ])
  if (shape.features.length === 0)
    return refused([
      { path: [], problem: "invalid", message: `encoder ${encoder} needs at least one feature`, actual: "a table without features" }
    ])
  return { ok: true, value: shape }
}

/** The row of a sample: one finite number per feature. NaN and infinities are named with their feature. */
export const tabularRow = (encoder: string, shape: TabularShape, sample: IRSample): Selected<ReadonlyArray<number>> => {
  if (!("tabular" in sample.payload))
    return refused([
      {
        path: [],
        problem: "invalid",
        message: `encoder ${encoder} reads tables`,
        expected: "a tabular payload",
        actual: `${Object.keys(sample.payload).join(", ")} in sample ${sample.sample_id}`
      }
    ])
  const row = sample.payload.tabular
  if (row.length !== shape.features.length)
    return refused([
      {
        path: [],
        problem: "invalid",
        message: `sample ${sample.sample_id} has another number of values than the dataset has features`,
        expected: String(shape.features.length),
        actual: String(row.length)
      }
    ])
  const mistakes = row.flatMap(
    (value, index): ReadonlyArray<Mistake> =>
      Number.isFinite(value)
        ? []
        : [
            {
              path: [],
              problem: "invalid",
              message: `${showFeature(shape, index)} is no finite number in sample ${sample.sample_id}`,
              expected: "a finite number",
              actual: String(value)
            }
          ]
  )
  return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: row }
}
