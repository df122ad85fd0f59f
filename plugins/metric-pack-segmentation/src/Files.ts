/**
 * `ftr score --pack segmentation`: two files of masks become samples.
 *
 * Sharp edges: where no classes are given they are the labels that occur on pixels that count, so a mean is over what is there; and a
 * target without a line in the predictions is scored as an abstention, which is every pixel unpredicted.
 */
import {
  type ClassLabel,
  cappedDiagnostics,
  type Diagnostic,
  didYouMean,
  type FilesRead,
  type FilesRefused,
  type MetricFiles,
  type Scored,
  type ScoreFiles
} from "@feagi-trainer/contracts"
import { codes } from "./Codes.ts"
import { decodeSegmentationFileOptions, type SegmentationFileOptions } from "./FileOptions.ts"
import { type Mask, type MaskFile, type MaskLine, readMaskFile } from "./MaskFile.ts"
import type { SegmentationOptions } from "./Options.ts"

/** A pair of masks as the wire has them. */
const scoredOf = (target: Mask, line: MaskLine | undefined, sample_id: string, options: SegmentationFileOptions): Scored => {
  const { width, height, labels } = target
  const ignore_label = target.special ?? options.ignore_label ?? null
  const answer = line?.mask
  const unpredicted = answer?.special ?? options.unpredicted_label
  return {
    sample_id,
    target: { segmentation_mask: { width, height, labels, ignore_label } },
    prediction:
      answer === undefined
        ? { abstain: { reason: line === undefined ? "missing" : null } }
        : {
            segmentation_mask: {
              width: answer.width,
              height: answer.height,
              labels: answer.labels,
              ...(unpredicted === undefined ? {} : { unpredicted_label: unpredicted })
            }
          }
  }
}

interface Seen {
  /** How many counted pixels have each label, on either side. */
  readonly targets: Float64Array
  readonly predictions: Float64Array
}

const seenIn = ({ target, prediction }: Scored): Seen => {
  const seen = { targets: new Float64Array(256), predictions: new Float64Array(256) }
  if (!("segmentation_mask" in target)) return seen
  const { labels, ignore_label } = target.segmentation_mask
  const answer = "segmentation_mask" in prediction ? prediction.segmentation_mask : undefined
  const count = (where: Float64Array, label: number): void => {
    where[label] = (where[label] ?? 0) + 1
  }
  for (let at = 0; at < labels.length; at += 1) {
    const truth = labels[at] ?? 0
    if (truth === ignore_label) continue
    count(seen.targets, truth)
    const said = answer?.labels[at]
    if (said !== undefined && said !== answer?.unpredicted_label) count(seen.predictions, said)
  }
  return seen
}

const undeclared = (
  classes: ReadonlyArray<ClassLabel>,
  { sample_id }: Scored,
  seen: Seen,
  files: { readonly predictions: MaskFile; readonly targets: MaskFile }
): ReadonlyArray<Diagnostic> => {
  const declared = new Set(classes.map(({ class_id }) => class_id))
  return (["targets", "predictions"] as const).flatMap((side) =>
    [...seen[side].entries()].flatMap(([label, pixels]) => {
      if (pixels === 0 || declared.has(label)) return []
      const { text, lines } = files[side]
      const line = lines.get(sample_id)
      const special = side === "targets" ? "ignore_label" : "unpredicted_label"
      return [
        {
          code: codes.undeclaredLabel,
          severity: "error" as const,
          message: `${side === "targets" ? "target" : "prediction"} "${sample_id}": ${pixels} pixel${pixels === 1 ? " has" : "s have"} label ${label}, which is no class`,
          file: text.name,
          ...(line === undefined ? {} : text.placeOf(line.offset)),
          sample_id,
          field: "labels",
          expected: classes.map(({ class_id }) => class_id).join(", "),
          actual: String(label),
          help: `add it to --option classes, or name it as the ${special}`
        }
      ]
    })
  )
}

/** What is wrong between the two files, found only where each sample of its own is right. */
const mismatches = (predictions: MaskFile, targets: MaskFile): ReadonlyArray<Diagnostic> =>
  [...predictions.lines.values()].flatMap(({ sample_id, mask, offset }): ReadonlyArray<Diagnostic> => {
    const place = { file: predictions.text.name, ...predictions.text.placeOf(offset), sample_id }
    if (!targets.ids.has(sample_id)) {
      // A whole file of other ids gets one look-up each; past a thousand targets a neighbour says little.
      const near = targets.ids.size > 1000 ? undefined : didYouMean(sample_id, targets.ids)
      return [
        {
          code: codes.noTarget,
          severity: "error",
          message: `prediction "${sample_id}": ${targets.text.name} has no sample of this id`,
          ...place,
          field: "sample_id",
          help: near === undefined ? "leave the prediction out, or add its target" : `did you mean "${near}"?`
        }
      ]
    }
    const target = targets.lines.get(sample_id)?.mask
    if (mask === undefined || target === undefined || (mask.width === target.width && mask.height === target.height)) return []
    return [
      {
        code: codes.wrongSize,
        severity: "error",
        message: `prediction "${sample_id}": its mask has another size than its target`,
        ...place,
        field: "width",
        expected: `${target.width} × ${target.height}, as in ${targets.text.name}`,
        actual: `${mask.width} × ${mask.height}`
      }
    ]
  })

const refused = (diagnostics: ReadonlyArray<Diagnostic>): FilesRefused => ({
  ok: false,
  diagnostics: cappedDiagnostics(diagnostics, codes.more)
})

const read = (files: ScoreFiles, options: SegmentationFileOptions): FilesRead<SegmentationOptions> | FilesRefused => {
  const [targetFile, ...more] = files.targets
  if (targetFile === undefined || more.length > 0)
    return refused([
      {
        code: codes.wrongTargets,
        severity: "error",
        message: `${files.targets.length} files of targets were given, expected one`,
        help: "--targets masks.json, once"
      }
    ])
  const predictions = readMaskFile(files.predictions, "prediction")
  const targets = readMaskFile(targetFile, "target")
  const wrong = [
    ...predictions.diagnostics,
    ...targets.diagnostics,
    // Without any target every prediction would be one too many.
    ...(targets.ids.size === 0 ? [] : mismatches(predictions, targets))
  ]
  if (wrong.length > 0) return refused(wrong)
  const scored = [...targets.lines.values()].flatMap(({ sample_id, mask }) =>
    mask === undefined ? [] : [scoredOf(mask, predictions.lines.get(sample_id), sample_id, options)]
  )
  const seen = scored.map(seenIn)
  const { classes } = options
  if (classes !== undefined) {
    const undeclaredLabels = scored.flatMap((each, index) =>
      undeclared(classes, each, seen[index] ?? seenIn(each), { predictions, targets })
    )
    if (undeclaredLabels.length > 0) return refused(undeclaredLabels)
  }
  const occurs = (label: number): boolean => seen.some((each) => (each.targets[label] ?? 0) + (each.predictions[label] ?? 0) > 0)
  const observed = Array.from({ length: 256 }, (_, label) => label)
    .filter(occurs)
    .map((class_id) => ({ class_id, label: String(class_id) }))
  const { ignore_label, unpredicted_label } = options
  return {
    ok: true,
    options: {
      empty_class: options.empty_class,
      classes: classes === undefined ? "observed" : "declared",
      labels_of_files: {
        ...(ignore_label === undefined ? {} : { ignore_label }),
        ...(unpredicted_label === undefined ? {} : { unpredicted_label })
      }
    },
    context: { output_type: "segmentation_mask", classes: classes ?? observed },
    scored,
    missing: [...targets.lines.keys()].filter((id) => !predictions.lines.has(id))
  }
}

export const segmentationFiles: MetricFiles<SegmentationOptions, SegmentationFileOptions> = {
  about: {
    predictions:
      "a JSON array of {sample_id, width, height, labels} with one label from 0 to 255 per pixel, row by row, or rle: [[label, count], …] in place of labels; unpredicted_label, if there is one; labels: null for no answer",
    targets: "a JSON array of {sample_id, width, height, labels} or rle as in the predictions; ignore_label, if there is one"
  },
  targets: "one",
  decodeOptions: decodeSegmentationFileOptions,
  read,
  names: {
    miou: "miou",
    pixel_accuracy: "pixel_accuracy",
    mean_accuracy: "mean_accuracy",
    dice: "dice",
    fw_iou: "fw_iou",
    unpredicted: "unpredicted"
  }
}
