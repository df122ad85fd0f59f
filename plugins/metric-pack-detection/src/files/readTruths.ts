/**
 * A ground truth file of COCO: `images`, `annotations`, `categories`, in any order. Only what the kind of overlap needs is asked for.
 *
 * Sharp edges: as pycocotools does it, an annotation of an image or of a category that the file does not list is left out. An id may
 * stand once only; pycocotools lets the later record silently take the place of the earlier one.
 */
import type { Mask } from "../mask/Mask.ts"
import type { DetectionOptions } from "../Options.ts"
import { pointsOf } from "../Options.ts"
import type { IouType } from "../Rules.ts"
import { codes } from "./Codes.ts"
import { readMask, type Size, sizeOf } from "./readMask.ts"
import { expectKind, fieldOf, missing, onceMore, readBox, readFinite, readFlag, readNumbers, readWhole, type Source } from "./records.ts"

export interface Truth {
  readonly id: number
  readonly category: number
  readonly area: number
  readonly crowd: 0 | 1
  readonly box: ReadonlyArray<number> | null
  readonly mask: Mask | null
  readonly keypoints: ReadonlyArray<number> | null
  readonly labelled: number | null
}

export interface ImageTruths {
  readonly id: number
  readonly size: Size
  /** `file_name`, null without one. */
  readonly file: string | null
  readonly truths: Array<Truth>
  /** Annotations of categories that the file does not list. */
  unknown: number
}

export interface TruthFile {
  /** By ascending id. */
  readonly images: ReadonlyArray<ImageTruths>
  /** By ascending id. */
  readonly categories: ReadonlyArray<{ readonly class_id: number; readonly label: string }>
}

interface RawAnnotation {
  readonly index: number
  readonly at: number
  id: number
  image: number
  category: number
  area: number
  crowd: number
  labelled: number
  box: ReadonlyArray<number> | null
  /** Where these stand in the text; −1 when they do not. */
  segmentation: number
  keypoints: number
}

interface Raw {
  readonly iouType: IouType
  readonly images: Map<number, ImageTruths>
  readonly categories: Map<number, string>
  readonly annotations: Array<RawAnnotation>
}

export const readTruths = (source: Source, options: DetectionOptions): TruthFile => {
  const { reader, findings } = source
  const raw: Raw = { iouType: options.iou_type, images: new Map(), categories: new Map(), annotations: [] }
  const lists = { images: readImage, annotations: readAnnotation, categories: readCategory }
  const seen = new Set<string>()
  if (expectKind(source, "object", "", 'an object with "images", "annotations" and "categories"')) {
    reader.object((key, at) => {
      const read = key === "images" || key === "annotations" || key === "categories" ? lists[key] : undefined
      if (read === undefined) return reader.skip()
      if (seen.has(key))
        findings.add({ code: codes.duplicateKey, message: "stands twice in the file", at, field: key, help: "leave one of them" })
      seen.add(key)
      if (!expectKind(source, "array", key, "a list")) return
      reader.array((index) => {
        source.record.list = key
        source.record.index = index
        if (expectKind(source, "object", "", "an object")) read(source, raw)
      })
      source.record.index = -1
    })
    for (const key of Object.keys(lists))
      if (!seen.has(key)) findings.add({ code: codes.missingField, message: "is required and missing", field: key, expected: "a list" })
    if (seen.has("categories") && raw.categories.size === 0)
      findings.add({
        code: codes.missingField,
        message: "there is no category to score",
        field: "categories",
        expected: "at least one category"
      })
  }
  reader.end()
  keepAnnotations(source, raw, options)
  const byId = (left: number, right: number): number => left - right
  return {
    images: [...raw.images.values()].sort((left, right) => byId(left.id, right.id)),
    categories: [...raw.categories].sort(([left], [right]) => byId(left, right)).map(([class_id, label]) => ({ class_id, label }))
  }
}

const duplicate = (source: Source, at: number, id: number): void =>
  source.findings.add({
    code: codes.duplicateId,
    message: "is the id of an earlier record",
    at,
    field: fieldOf(source, "id"),
    actual: String(id),
    help: "give every record its own id"
  })

const readImage = (source: Source, { images }: Raw): void => {
  const { reader } = source
  const start = reader.at
  let [bits, id, height, width] = [0, Number.NaN, Number.NaN, Number.NaN]
  let file: string | null = null
  reader.object((key, at) => {
    if (key === "file_name" && reader.peek() === "string") {
      file = reader.string()
      return
    }
    const bit = key === "id" ? 1 : key === "height" ? 2 : key === "width" ? 4 : 0
    if (bit === 0) return reader.skip()
    bits = onceMore(source, bits, bit, key, at)
    if (bit === 1) id = readWhole(source, key)
    else if (reader.peek() !== "number") reader.skip()
    else if (bit === 2) height = reader.number()
    else width = reader.number()
  })
  if ((bits & 1) === 0) missing(source, start, "id", "a whole number")
  if (Number.isNaN(id)) return
  if (images.has(id)) duplicate(source, start, id)
  images.set(id, { id, size: sizeOf(height, width), file, truths: [], unknown: 0 })
}

const readCategory = (source: Source, { categories }: Raw): void => {
  const { reader } = source
  const start = reader.at
  let [bits, id] = [0, Number.NaN]
  let label: string | undefined
  reader.object((key, at) => {
    if (key === "id") {
      bits = onceMore(source, bits, 1, "id", at)
      id = readWhole(source, "id")
    } else if (key === "name") {
      bits = onceMore(source, bits, 2, "name", at)
      if (reader.peek() === "string") label = reader.string()
      else reader.skip()
    } else reader.skip()
  })
  if ((bits & 1) === 0) missing(source, start, "id", "a whole number")
  if (Number.isNaN(id)) return
  if (categories.has(id)) duplicate(source, start, id)
  categories.set(id, label === undefined || label === "" ? String(id) : label)
}

const BITS: Readonly<Record<string, number>> = {
  id: 1,
  image_id: 2,
  category_id: 4,
  area: 8,
  iscrowd: 16,
  num_keypoints: 32,
  bbox: 64,
  segmentation: 128,
  keypoints: 256
}

const readAnnotation = (source: Source, { iouType, annotations }: Raw): void => {
  const { reader } = source
  const nan = Number.NaN
  const raw: RawAnnotation = {
    index: source.record.index,
    at: reader.at,
    id: nan,
    image: nan,
    category: nan,
    area: nan,
    crowd: nan,
    labelled: nan,
    box: null,
    segmentation: -1,
    keypoints: -1
  }
  let bits = 0
  const isAsked = (key: string): boolean => (key === "bbox" ? iouType !== "segm" : key === "num_keypoints" ? iouType === "keypoints" : true)
  reader.object((key, at) => {
    const bit = BITS[key] ?? 0
    if (bit === 0 || !isAsked(key)) return reader.skip()
    bits = onceMore(source, bits, bit, key, at)
    if (key === "id") raw.id = readWhole(source, key)
    else if (key === "image_id") raw.image = readWhole(source, key)
    else if (key === "category_id") raw.category = readWhole(source, key)
    else if (key === "area") raw.area = readFinite(source, key)
    else if (key === "iscrowd") raw.crowd = readFlag(source, key)
    else if (key === "num_keypoints") raw.labelled = readWhole(source, key)
    else if (key === "bbox") {
      const box: Array<number> = []
      readBox(source, box)
      raw.box = box
    } else {
      reader.peek()
      if (key === "segmentation") raw.segmentation = reader.at
      else raw.keypoints = reader.at
      reader.skip()
    }
  })
  for (const key of ["id", "image_id", "category_id"]) if ((bits & (BITS[key] ?? 0)) === 0) missing(source, raw.at, key, "a whole number")
  annotations.push(raw)
}

/** The annotations that are scored go to their images. */
const keepAnnotations = (source: Source, { images, categories, annotations }: Raw, options: DetectionOptions): void => {
  const ids = new Set<number>()
  source.record.list = "annotations"
  for (const raw of annotations) {
    source.record.index = raw.index
    if (!Number.isNaN(raw.id) && ids.has(raw.id)) duplicate(source, raw.at, raw.id)
    ids.add(raw.id)
    const image = images.get(raw.image)
    if (image === undefined) continue
    if (!categories.has(raw.category)) image.unknown += 1
    else image.truths.push(truthOf(source, raw, image.size, options))
  }
}

const truthOf = (source: Source, raw: RawAnnotation, size: Size, options: DetectionOptions): Truth => {
  const { reader } = source
  const { iou_type } = options
  // What was there and no number has been told already; it is no number now either, and nothing is scored then.
  const has = (field: string): boolean => hasField(source, raw.at, field)
  if (Number.isNaN(raw.area) && !has("area"))
    missing(source, raw.at, "area", "a number of square pixels", 'it decides the range of area: add "area"')
  if (Number.isNaN(raw.crowd) && !has("iscrowd")) missing(source, raw.at, "iscrowd", "0 or 1", 'add "iscrowd": 0 where it is no group')
  if (iou_type !== "segm" && raw.box === null) missing(source, raw.at, "bbox", "[x, y, width, height]")
  let mask: Mask | null = null
  let keypoints: ReadonlyArray<number> | null = null
  if (iou_type === "segm") {
    if (raw.segmentation < 0) missing(source, raw.at, "segmentation", "polygons or runs", "score boxes with --option iou_type=bbox")
    else {
      reader.at = raw.segmentation
      mask = readMask(source, "segmentation", size) ?? null
    }
  }
  if (iou_type === "keypoints") {
    if (Number.isNaN(raw.labelled) && !has("num_keypoints")) missing(source, raw.at, "num_keypoints", "the number of labelled keypoints")
    if (raw.keypoints < 0) missing(source, raw.at, "keypoints", "x, y and visibility of every keypoint")
    else {
      reader.at = raw.keypoints
      keypoints = readKeypoints(source, pointsOf(options))
    }
  }
  return {
    id: raw.id,
    category: raw.category,
    area: raw.area,
    crowd: raw.crowd === 1 ? 1 : 0,
    box: raw.box,
    mask,
    keypoints,
    labelled: iou_type === "keypoints" ? raw.labelled : null
  }
}

/** Whether a record has a key, whatever is behind it; asked for records that are refused. */
const hasField = ({ reader }: Source, at: number, field: string): boolean => {
  let found = false
  reader.at = at
  reader.object((key) => {
    found ||= key === field
    reader.skip()
  })
  return found
}

/** x, y and visibility of `points` keypoints, or of any number of them for 0. The reader stands before the list. */
export const readKeypoints = (source: Source, points: number): ReadonlyArray<number> | null => {
  const numbers: Array<number> = []
  const at = source.reader.at
  const count = readNumbers(source, "keypoints", numbers)
  if (count < 0) return null
  if (points === 0 ? count > 0 && count % 3 === 0 : count === 3 * points) return numbers
  source.findings.add({
    code: codes.badKeypoints,
    message: "are not the keypoints that are scored",
    at,
    field: fieldOf(source, "keypoints"),
    expected: points === 0 ? "x, y and visibility of every keypoint" : `${3 * points} numbers: x, y and visibility of ${points} keypoints`,
    actual: `${count} numbers`,
    help: "for another set of points declare one deviation for each: --option iou_type=keypoints --option oks_sigmas=0.026,0.025,…"
  })
  return null
}
