/**
 * The choices of the pack. What a mean over classes does with a class whose value is 0 / 0 has no default in a run, because it changes
 * numbers. Sharp edge: a value of one class is never filled in; only means are.
 */
import { decodeStrict, type OptionsDecoder } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/**
 * What a mean over classes does with a class that has no value, because it is absent on both sides (`iou`, `dice`) or in the targets
 * (`accuracy`). `excluded`: the mean is over the other classes. `insufficient`: the mean has no value either and names the class. `zero`
 * and `one`: it counts as 0 or as 1.
 */
export const EmptyClass = Schema.Literals(["excluded", "insufficient", "zero", "one"])
export type EmptyClass = typeof EmptyClass.Type

export interface SegmentationOptions {
  readonly empty_class: EmptyClass
  /** Where the classes come from: a dataset or an option declares them, or they are those that occur in a pair of files. */
  readonly classes: "declared" | "observed"
  /** The label ignored in, and the one that answers nothing in, the masks of a file that name none themselves. */
  readonly labels_of_files?: { readonly ignore_label?: number; readonly unpredicted_label?: number }
}

const RunOptions = Schema.Struct({ empty_class: EmptyClass })

/** The options of a run file; its classes are always those that the dataset declares. */
export const decodeSegmentationOptions: OptionsDecoder<SegmentationOptions> = (input) => {
  const decoded = decodeStrict(RunOptions, input)
  return decoded.ok ? { ok: true, value: { ...decoded.value, classes: "declared" } } : decoded
}

/** Every convention in one line; the version of the rules first. */
export const signatureOf = ({ empty_class, classes, labels_of_files }: SegmentationOptions): string =>
  [
    "segmentation:1",
    "pixels=pooled",
    `classes=${classes}`,
    `ignored=nowhere${labels_of_files?.ignore_label === undefined ? "" : `,default:${labels_of_files.ignore_label}`}`,
    `unpredicted=total,false-negative${labels_of_files?.unpredicted_label === undefined ? "" : `,default:${labels_of_files.unpredicted_label}`}`,
    "abstention=every-pixel-unpredicted",
    "iou=tp/(tp+fp+fn)",
    "dice=2tp/(2tp+fp+fn)",
    "accuracy=tp/(tp+fn)",
    "fw_iou=target-pixels",
    "mean=classes",
    `empty-class=${empty_class}`
  ].join("|")
