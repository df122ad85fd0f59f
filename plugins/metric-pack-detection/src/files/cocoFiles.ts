/**
 * COCO results and COCO ground truth as samples, one per image of the ground truth.
 *
 * Sharp edge: whatever pycocotools computes is computed alike; what makes it stop, or what it would silently read in one of two ways (an id
 * twice, NaN), is refused with its place.
 */
import { type MetricFiles, readScoreText, type Scored, type ScoreFile, type ScoreFiles, scoreText } from "@feagi-trainer/contracts"
import { IMAGE_TYPE, type ImagePrediction, imagePrediction, imageTarget, maskValue } from "../CocoImage.ts"
import type { DetectionOptions } from "../Options.ts"
import { statistics } from "../Summary.ts"
import { codes } from "./Codes.ts"
import { decodeFileOptions, type FileOptions } from "./FileOptions.ts"
import { diagnosticsOf, findingsOf } from "./Findings.ts"
import { JsonReader, NoJson } from "./JsonReader.ts"
import { readResults } from "./readResults.ts"
import { type ImageTruths, readTruths, type TruthFile } from "./readTruths.ts"
import type { Source } from "./records.ts"

/** The file as text, and what is wrong with it as such. */
const opened = (file: ScoreFile): Source => {
  const read = readScoreText(file, codes, "JSON")
  const text = read.ok ? read.text : scoreText(file.name, "")
  return {
    reader: new JsonReader(text.text),
    findings: findingsOf(text, read.ok ? [] : read.diagnostics),
    record: { list: "", index: -1 }
  }
}

/** What `read` gives, or nothing after telling where the text stops being JSON. */
const attempt = <A>(source: Source, read: (source: Source) => A): A | undefined => {
  if (source.findings.count() > 0) return undefined
  try {
    return read(source)
  } catch (error) {
    if (!(error instanceof NoJson)) throw error
    const { text } = source.reader
    const found = error.at >= text.length ? "the end of the file" : JSON.stringify(text.slice(error.at, error.at + 20))
    source.findings.add({
      code: codes.notJson,
      message: "this is no JSON",
      at: error.at,
      expected: error.expected,
      actual: found
    })
    return undefined
  }
}

const targetOf = ({ id, size, file, truths, unknown }: ImageTruths, { iou_type }: DetectionOptions) =>
  imageTarget({
    image_id: id,
    size,
    file,
    category_id: truths.map(({ category }) => category),
    area: truths.map(({ area }) => area),
    crowd: truths.map(({ crowd }) => crowd),
    bbox: iou_type === "segm" ? null : truths.flatMap(({ box }) => box ?? []),
    masks: iou_type === "segm" ? truths.flatMap(({ mask }) => (mask === null ? [] : maskValue(mask))) : null,
    keypoints: iou_type === "keypoints" ? truths.flatMap(({ keypoints }) => keypoints ?? []) : null,
    num_keypoints: iou_type === "keypoints" ? truths.map(({ labelled }) => labelled ?? 0) : null,
    id_zero: truths.flatMap((truth, row) => (truth.id === 0 ? [row] : [])),
    unknown
  })

const scoredOf = (results: ReadonlyArray<ImagePrediction>, truths: TruthFile, options: DetectionOptions): ReadonlyArray<Scored> =>
  truths.images.flatMap((image, position): ReadonlyArray<Scored> => {
    const prediction = results[position]
    return prediction === undefined
      ? []
      : [{ sample_id: String(image.id), target: targetOf(image, options), prediction: imagePrediction(prediction) }]
  })

const read = (
  { predictions, targets }: ScoreFiles,
  options: FileOptions
): ReturnType<MetricFiles<DetectionOptions, FileOptions>["read"]> => {
  const [target] = targets
  if (target === undefined || targets.length !== 1) {
    const message = `there are ${targets.length} files of targets, expected one ground truth of COCO`
    return { ok: false, diagnostics: [{ code: codes.targets, severity: "error", message, help: "give it with --targets" }] }
  }
  const [truthSource, resultSource] = [opened(target), opened(predictions)]
  const truths = attempt(truthSource, (source) => readTruths(source, options))
  // Beside a ground truth that is wrong itself, an image that it lacks says nothing.
  const against = truthSource.findings.count() === 0 ? truths : undefined
  const results = attempt(resultSource, (source) => readResults(source, options, against))
  const diagnostics = diagnosticsOf([truthSource.findings, resultSource.findings])
  if (diagnostics.length > 0 || truths === undefined || results === undefined) return { ok: false, diagnostics }
  return {
    ok: true,
    options,
    context: { output_type: { custom: IMAGE_TYPE }, classes: truths.categories },
    scored: scoredOf(results, truths, options),
    missing: []
  }
}

export const cocoFiles: MetricFiles<DetectionOptions, FileOptions> = {
  about: {
    predictions: "COCO results: a JSON list of {image_id, category_id, score} with bbox, segmentation or keypoints",
    targets: "a COCO ground truth: a JSON object with images, annotations and categories"
  },
  targets: "one",
  decodeOptions: decodeFileOptions,
  read,
  names: Object.fromEntries(statistics.map((name) => [name, name]))
}
