/**
 * The metric pack `classification`: one class per sample, over the classes that the dataset declares.
 *
 * Sharp edges: the classes are the declared ones, never the observed ones, so a stray answer cannot change an average; an answer or a
 * target outside of them is refused by the id of its sample. An abstention is a wrong answer of no class: it lowers accuracy and the
 * recall of the true class, and no precision.
 */
import { isAbstain, MetricPack, type MetricResult, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { shares } from "./Accuracy.ts"
import { average, balancedAccuracy, macro, micro } from "./Averages.ts"
import { type ClassKeys, classKeys } from "./ClassKeys.ts"
import { Counts, countOne, mergeCounts, noCounts, tallies } from "./Counts.ts"
import { confusionFigure, perClassFigure } from "./Figures.ts"
import { type ClassificationOptions, decodeClassificationOptions } from "./Options.ts"
import { perClass, perClassNames } from "./PerClass.ts"

const position = (classes: ClassKeys, sampleId: string, side: "target" | "prediction", value: object): number => {
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

const addTo =
  (classes: ClassKeys) =>
  (counts: Counts, { sample_id, target, prediction }: Scored): Counts =>
    countOne(
      counts,
      position(classes, sample_id, "target", target),
      isAbstain(prediction) ? undefined : position(classes, sample_id, "prediction", prediction)
    )

const resultOf = (options: ClassificationOptions, { labels, keys }: ClassKeys, counts: Counts): MetricResult => {
  const classes = tallies(counts)
  const values: Record<string, MetricValue> = { ...shares(classes), balanced_accuracy: balancedAccuracy(classes) }
  for (const name of perClassNames) {
    const each = classes.map((tally, index) => ({
      label: labels[index] ?? "",
      weight: tally.support,
      value: perClass[name](tally)
    }))
    for (const [index, { value }] of each.entries()) values[`${name}/${keys[index]}`] = value
    values[`${name}/macro`] = macro(each, options.undefined_in_macro)
    values[`${name}/micro`] = micro(name, classes)
    values[`${name}/weighted`] = average(each, options.undefined_in_macro)
  }
  for (const [index, { support }] of classes.entries()) values[`support/${keys[index]}`] = support
  return { values, figures: [confusionFigure(labels, counts), perClassFigure(labels, classes)] }
}

export const classification = MetricPack.define<ClassificationOptions, Counts>({
  id: "classification",
  output_types: ["class"],
  decodeOptions: decodeClassificationOptions,
  state: Counts,
  signature: ({ undefined_in_macro }) =>
    [
      "classification:1",
      "classes=declared",
      "abstention=wrong,false-negative",
      "f1=2tp/(2tp+fp+fn)",
      "undefined-class=insufficient",
      `undefined-in-macro,weighted=${undefined_in_macro}`,
      "weighted=support",
      "balanced_accuracy=mean-recall-of-classes-with-samples"
    ].join("|"),
  // What has no direction is not listed: majority_baseline and support say what the data is like.
  directions: {
    accuracy: "higher-is-better",
    accuracy_answered: "higher-is-better",
    answered: "higher-is-better",
    abstained: "lower-is-better",
    balanced_accuracy: "higher-is-better",
    precision: "higher-is-better",
    recall: "higher-is-better",
    f1: "higher-is-better"
  },
  start: (options, context) => {
    if (context.output_type !== "class") {
      throw new RangeError(`the metric pack classification scores output type class, not ${JSON.stringify(context.output_type)}`)
    }
    const classes = classKeys(context.classes)
    return {
      empty: noCounts(classes.keys.length),
      add: addTo(classes),
      merge: mergeCounts,
      result: (counts) => resultOf(options, classes, counts)
    }
  }
})
