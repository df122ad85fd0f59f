/** Files, samples and folds for the tests of this plugin. */
import type { Diagnostic, MetricResult, Scored } from "@feagi-trainer/contracts"
import { detection } from "../src/index.ts"
import type { IouType } from "../src/Rules.ts"

const instances = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]

/** The names of the statistics, in the order of pycocotools. */
export const reported: Readonly<Record<IouType, ReadonlyArray<string>>> = {
  bbox: instances,
  segm: instances,
  keypoints: ["AP", "AP50", "AP75", "APm", "APl", "AR", "AR50", "AR75", "ARm", "ARl"]
}

export const filesOf = (results: string | Uint8Array, truths: string | Uint8Array) => {
  const bytes = (content: string | Uint8Array): Uint8Array => (typeof content === "string" ? new TextEncoder().encode(content) : content)
  return { predictions: { name: "results.json", bytes: bytes(results) }, targets: [{ name: "truths.json", bytes: bytes(truths) }] }
}

export const files = () => {
  const known = detection.files
  if (known === undefined) throw new Error("the pack reads files")
  return known
}

export const readText = (results: string | Uint8Array, truths: string | Uint8Array, options: Readonly<Record<string, string>>) => {
  const decoded = files().decodeOptions(options)
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  return files().read(filesOf(results, truths), decoded.value)
}

/** What is wrong with the files; none when they are taken. */
export const findings = (
  results: string | Uint8Array,
  truths: string | Uint8Array,
  options: Readonly<Record<string, string>> = {}
): ReadonlyArray<Diagnostic> => {
  const read = readText(results, truths, options)
  return read.ok ? [] : read.diagnostics
}

export const scoreText = (results: string, truths: string, iou_type: IouType): MetricResult => {
  const read = readText(results, truths, { iou_type })
  if (!read.ok) throw new Error(read.diagnostics.map((each) => JSON.stringify(each)).join("\n"))
  const fold = detection.start(read.options, read.context)
  return fold.result(read.scored.reduce(fold.add, fold.empty))
}

export const classes = [
  { class_id: 0, label: "cat" },
  { class_id: 1, label: "dog" }
]

export interface Box {
  readonly class_id: number
  readonly box: readonly [number, number, number, number]
  readonly score?: number
  readonly crowd?: boolean
  readonly area?: number
}

const boxOf = ({ box: [x, y, width, height], ...rest }: Box) => ({ x, y, width, height, ...rest })

export const image = (sample_id: string, truths: ReadonlyArray<Box>, found: ReadonlyArray<Box>): Scored => ({
  sample_id,
  target: { bbox_set: truths.map(boxOf) },
  prediction: { bbox_set: found.map((each) => boxOf({ score: 1, ...each })) }
})

export const scoreImages = (samples: ReadonlyArray<Scored>): MetricResult => {
  const fold = detection.start({ iou_type: "bbox" }, { output_type: "bbox_set", classes })
  return fold.result(samples.reduce(fold.add, fold.empty))
}
