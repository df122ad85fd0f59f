/** What a fold and its resamples know before the first sample: options, classes, and which of the classes have a score. */
import { isAbstain, type MetricContext, type Scored } from "@feagi-trainer/contracts"
import { type ClassKeys, classKeys } from "./ClassKeys.ts"
import { type ClassificationOptions, type Settled, settled } from "./Options.ts"
import type { Columns } from "./ScoreMetrics.ts"

export interface Setup {
  readonly settled: Settled
  readonly classes: ClassKeys
  readonly columns: Columns
  /** The column of the class at a position, or -1. */
  readonly columnOf: (position: number) => number
}

/** Throws RangeError when the output type is another, or the classes are ambiguous. */
export const setUp = (options: ClassificationOptions, context: MetricContext): Setup => {
  if (context.output_type !== "class") {
    throw new RangeError(`the metric pack classification scores output type class, not ${JSON.stringify(context.output_type)}`)
  }
  const classes = classKeys(context.classes, options.observed !== undefined)
  const columns =
    options.observed?.score_classes.flatMap((id) => classes.positionOf(id) ?? []) ?? context.classes.map((_, position) => position)
  const columnOf = new Int32Array(context.classes.length).fill(-1)
  for (const [column, position] of columns.entries()) columnOf[position] = column
  return { settled: settled(options), classes, columns, columnOf: (position) => columnOf[position] ?? -1 }
}

const positionIn = (classes: ClassKeys, sampleId: string, side: "target" | "prediction", value: object): number => {
  if (!("class" in value)) {
    throw new RangeError(`sample "${sampleId}": its ${side} is of type ${Object.keys(value).join(", ") || "nothing"}, expected class`)
  }
  const { class_id } = value.class as { readonly class_id: number }
  const found = classes.positionOf(class_id)
  if (found === undefined) {
    throw new RangeError(
      `sample "${sampleId}": its ${side} is class ${class_id}, which is none of the ${classes.labels.length} declared classes`
    )
  }
  return found
}

/** Positions of truth and answer among the classes. Throws RangeError naming the sample when one of them is no declared class. */
export const placed = (
  classes: ClassKeys,
  { sample_id, target, prediction }: Scored
): { readonly truth: number; readonly answer: number | undefined } => ({
  truth: positionIn(classes, sample_id, "target", target),
  answer: isAbstain(prediction) ? undefined : positionIn(classes, sample_id, "prediction", prediction)
})
