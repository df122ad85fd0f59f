/**
 * The metric pack `segmentation`: a class for every pixel, over the classes that the dataset declares.
 *
 * Sharp edges: pixels are pooled over all samples before anything is divided. An ignored pixel counts nowhere; a pixel without an answer
 * counts in the total and against its class. A label outside the declared classes is refused by sample, column and row.
 */
import { type MetricContext, MetricPack, type MetricResult } from "@feagi-trainer/contracts"
import { atomsOf } from "./Atoms.ts"
import { type ClassKeys, classKeys } from "./ClassKeys.ts"
import { addPixels, Counts, mergeCounts, noCounts, tallies } from "./Counts.ts"
import { figuresOf } from "./Figures.ts"
import { segmentationFiles } from "./Files.ts"
import { decodeSegmentationOptions, type SegmentationOptions, signatureOf } from "./Options.ts"
import { countPixels, maskPair } from "./Pixels.ts"
import { valuesOf } from "./Values.ts"
import { withSample } from "./Worst.ts"

const keysOf = (options: SegmentationOptions, context: MetricContext): ClassKeys => {
  if (context.output_type !== "segmentation_mask") {
    throw new RangeError(`the metric pack segmentation scores output type segmentation_mask, not ${JSON.stringify(context.output_type)}`)
  }
  return classKeys(context.classes, options.classes === "observed")
}

/** Values from 0 to 1. */
const shares = ["miou", "dice", "pixel_accuracy", "mean_accuracy", "fw_iou", "unpredicted", "answered", "abstained"]

const resultOf = (options: SegmentationOptions, { labels }: ClassKeys, counts: Counts): MetricResult => {
  const classes = tallies(counts.pixels)
  const { samples, answered } = counts
  return {
    values: valuesOf({ samples, answered, classes }, labels, options.empty_class),
    figures: figuresOf(labels, counts, classes)
  }
}

export const segmentation = MetricPack.define({
  id: "segmentation",
  output_types: ["segmentation_mask"],
  decodeOptions: decodeSegmentationOptions,
  state: Counts,
  signature: signatureOf,
  // What has no direction is not listed: pixels says what the data is like.
  directions: {
    miou: "higher-is-better",
    iou: "higher-is-better",
    dice: "higher-is-better",
    pixel_accuracy: "higher-is-better",
    mean_accuracy: "higher-is-better",
    accuracy: "higher-is-better",
    fw_iou: "higher-is-better",
    unpredicted: "lower-is-better",
    answered: "higher-is-better",
    abstained: "lower-is-better"
  },
  ranges: Object.fromEntries(shares.map((name) => [name, [0, 1] as const])),
  shares: ["answered", "abstained"],
  headline: ["miou", "dice", "pixel_accuracy", "mean_accuracy", "fw_iou"],
  start: (options, context) => {
    const keys = keysOf(options, context)
    return {
      empty: noCounts(keys.labels.length),
      add: (counts, scored) => {
        const pair = maskPair(scored)
        const pixels = countPixels(keys, scored.sample_id, pair)
        return addPixels(counts, pixels, withSample(counts.worst, keys, scored.sample_id, pair, pixels))
      },
      merge: mergeCounts,
      result: (counts) => resultOf(options, keys, counts)
    }
  },
  atoms: (options, context, samples) => atomsOf(keysOf(options, context), options.empty_class, samples),
  files: segmentationFiles
})
