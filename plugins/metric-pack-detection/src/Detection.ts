/**
 * The metric pack `detection`: COCO's average precision and recall of boxes, masks and keypoints, equal to pycocotools 2.0.11.
 *
 * Sharp edges: an image that was abstained from is one on which nothing was detected. Objects have to be of a declared class; a class
 * without an object that has to be found is in no mean. Average precision depends on the order of equal scores, which is that of the
 * images and, within one, of its detections.
 */
import { MetricPack, type MetricResult } from "@feagi-trainer/contracts"
import { Chunk } from "effect"
import { atomsOf } from "./atomsOf.ts"
import { IMAGE_TYPE } from "./CocoImage.ts"
import { type Evaluation, evaluate, once, valuesOf } from "./Evaluation.ts"
import { figures } from "./Figures.ts"
import { cocoFiles } from "./files/cocoFiles.ts"
import type { FileOptions } from "./files/FileOptions.ts"
import { type DetectionOptions, decodeDetectionOptions } from "./Options.ts"
import { checkedRow, Rows } from "./Rows.ts"
import { signature, signatureOfFiles } from "./Signature.ts"
import { statistics } from "./Summary.ts"
import { taskOf } from "./Task.ts"

const resultOf = (evaluation: Evaluation): MetricResult => {
  const { values, table } = valuesOf(evaluation, once(evaluation.rows.length))
  const signatures = signatureOfFiles(evaluation, values)
  return { values, figures: figures(evaluation, table), ...(signatures === undefined ? {} : { signatures }) }
}

export const detection = MetricPack.define<DetectionOptions, Rows, FileOptions>({
  id: "detection",
  output_types: ["bbox_set", "keypoints", IMAGE_TYPE],
  decodeOptions: decodeDetectionOptions,
  state: Rows,
  signature,
  // Counts (images, abstained, truths, detections, unknown_category) have no direction.
  directions: Object.fromEntries(statistics.map((name) => [name, "higher-is-better" as const])),
  ranges: Object.fromEntries(statistics.map((name) => [name, [0, 1] as const])),
  headline: ["AP50", "AP75", "APs", "APm", "APl"],
  start: (options, context) => {
    const task = taskOf(options, context)
    return {
      empty: Chunk.empty(),
      add: (rows, scored) => Chunk.append(rows, checkedRow(task.rules, scored)),
      merge: (left, right) => Chunk.appendAll(left, right),
      result: (rows) => resultOf(evaluate(task, rows))
    }
  },
  atoms: (options, context, samples) => atomsOf(taskOf(options, context), samples),
  files: cocoFiles
})
