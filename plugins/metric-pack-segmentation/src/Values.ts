/**
 * The numbers of the pack, all of them from one confusion matrix of pixels that is pooled over every sample. With n_c the pixels of class
 * c, p_c those answered with it, t_c those that are both, and N all pixels that are not ignored:
 *
 *   IoU_c = t_c / (n_c + p_c - t_c)   (Jaccard 1901)          pixel accuracy = Σ t_c / N
 *   Dice_c = 2 t_c / (n_c + p_c)      (Dice 1945, F1)         frequency-weighted IoU = Σ n_c IoU_c / N   (Long et al. 2015)
 *   accuracy_c = t_c / n_c            (recall)                mIoU, Dice, mean accuracy = means over classes
 *
 * Sharp edge: pooling first and dividing once is not the mean over images; a large object counts for more than a small one.
 */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { sum, type Tally } from "./Counts.ts"
import type { EmptyClass } from "./Options.ts"

export interface Tallied {
  readonly samples: number
  /** Samples that were answered at all. */
  readonly answered: number
  readonly classes: ReadonlyArray<Tally>
}

/** `part / whole`, or `missing` as the reason when `whole` is 0. */
const ratio = (part: number, whole: number, missing: string): MetricValue => (whole === 0 ? { insufficient: missing } : part / whole)

const noSample = "no sample was scored"
const noPixel = "every pixel of the targets is ignored"

export const perClassNames = ["iou", "dice", "accuracy"] as const
export type PerClassName = (typeof perClassNames)[number]

export const perClass: Readonly<Record<PerClassName, (tally: Tally) => MetricValue>> = {
  iou: ({ truth, predicted, correct }) => ratio(correct, truth + predicted - correct, "no pixel is of this class or was answered with it"),
  dice: ({ truth, predicted, correct }) => ratio(2 * correct, truth + predicted, "no pixel is of this class or was answered with it"),
  accuracy: ({ truth, correct }) => ratio(correct, truth, "no pixel of the targets is of this class")
}

/** What the mean of each value over the classes is called. */
const meanNames = { iou: "miou", dice: "dice", accuracy: "mean_accuracy" } as const satisfies Record<PerClassName, string>

const shownClasses = 5

const mean = (values: ReadonlyArray<MetricValue>, labels: ReadonlyArray<string>, policy: EmptyClass, nothing: string): MetricValue => {
  const numbers = values.flatMap((value) => (isInsufficient(value) ? [] : [value]))
  if (numbers.length === 0) return { insufficient: nothing }
  const empty = labels.filter((_, index) => isInsufficient(values[index] ?? 0))
  if (empty.length === 0 || policy === "excluded") return sum(numbers) / numbers.length
  if (policy === "insufficient") {
    const named = empty
      .slice(0, shownClasses)
      .map((label) => `"${label}"`)
      .join(", ")
    const more = empty.length > shownClasses ? ` and ${empty.length - shownClasses} more` : ""
    return {
      insufficient: `undefined for ${empty.length} of ${labels.length} classes: ${named}${more}; empty_class = "excluded" leaves them out`
    }
  }
  return (sum(numbers) + (policy === "one" ? empty.length : 0)) / values.length
}

/** Every value of the pack. @param labels names of the classes, in their order */
export const valuesOf = (
  { samples, answered, classes }: Tallied,
  labels: ReadonlyArray<string>,
  policy: EmptyClass
): Readonly<Record<string, MetricValue>> => {
  const total = sum(classes.map(({ truth }) => truth))
  const nothing = samples === 0 ? noSample : noPixel
  const predicted = sum(classes.map((tally) => tally.predicted))
  const each = {
    iou: classes.map(perClass.iou),
    dice: classes.map(perClass.dice),
    accuracy: classes.map(perClass.accuracy)
  }
  // A class without an IoU has no pixel to weigh it with.
  const weighted = sum(each.iou.map((iou, index) => (isInsufficient(iou) ? 0 : iou * (classes[index]?.truth ?? 0))))
  const values: Record<string, MetricValue> = {
    pixel_accuracy: ratio(sum(classes.map(({ correct }) => correct)), total, nothing),
    fw_iou: ratio(weighted, total, nothing),
    unpredicted: ratio(total - predicted, total, nothing),
    answered: ratio(answered, samples, noSample),
    abstained: ratio(samples - answered, samples, noSample)
  }
  for (const name of perClassNames) {
    values[meanNames[name]] = mean(each[name], labels, policy, nothing)
    for (const [index, value] of each[name].entries()) values[`${name}/${labels[index]}`] = value
  }
  for (const [index, { truth }] of classes.entries()) values[`pixels/${labels[index]}`] = truth
  return values
}
