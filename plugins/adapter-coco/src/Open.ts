/**
 * Reads samples in any order: the record of the picture, its annotations and the picture, each from its own place.
 *
 * `open` compares the annotation files with the scan, byte for byte; a picture is compared every time it is read. Nothing is kept from
 * one sample to the next.
 */
import { createHash } from "node:crypto"
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type DatasetScan,
  type IndexedScan,
  type Payload,
  type RawSample,
  type RootFiles,
  type Source,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { type Annotation, annotationHash, readAnnotation, readImage, readReferences, sampleHash } from "./Annotation.ts"
import { fieldsOf } from "./Fields.ts"
import { hagridHash, readHagrid } from "./Hagrid.ts"
import { type Json, jsonCursor } from "./json/JsonCursor.ts"
import { CHUNK_BYTES } from "./json/readJson.ts"
import { type AnnotationFile, layoutOf, nameOf } from "./Layout.ts"
import { type Locator, unpackLocator } from "./Locator.ts"
import type { Options } from "./Options.ts"
import { type CocoData, type Labelled, outputTypeOf, sampleOf } from "./Sample.ts"

type KnownFile = DatasetScan["files"][number]

export const open = (
  source: Source,
  options: Options,
  scan: IndexedScan,
  datasetVersionId: string
): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const layout = yield* layoutOf(source, options)
    if (JSON.stringify(outputTypeOf(options.task)) !== JSON.stringify(scan.output_type) || !sameCategories(options, scan))
      return yield* trainerError("invalid", {
        code: "coco/OTHER-OPTIONS",
        message: "the options are not those that the data was scanned with",
        file: layout[0]?.path ?? source.path,
        help: "use the options of the registered version, or register the data again with the new ones"
      })
    for (const [index, { path }] of layout.entries()) yield* sameFile(roots, path, scan.files[index])
    const read = readerOf(roots, layout, options, scan)
    return {
      stream: (order, from) => Stream.mapEffect(Stream.fromIterable(order.slice(from)), read),
      // The records come from `read` above, which is the only one that makes them.
      mapToIr: (raw, split) => sampleOf(raw.sample_id, raw.data as CocoData, options, split, datasetVersionId)
    }
  })

const sameCategories = ({ categories, task }: Options, { classes }: DatasetScan): boolean =>
  categories === "scan" ||
  JSON.stringify(categories) === JSON.stringify(classes.slice(task === "segmentation" ? 1 : 0).map(({ label }) => label))

/** Reads the whole file once, in blocks. */
const sameFile = (roots: RootFiles, path: string, known: KnownFile | undefined): Effect.Effect<void, TrainerError> =>
  Effect.gen(function* () {
    const expected = known?.sha256 ?? "no such file"
    const gone = () => contentChanged({ path, expected, got: "no file" })
    const { bytes } = yield* roots.info(path).pipe(Effect.mapError(gone))
    const hash = createHash("sha256")
    for (let at = 0; at < bytes; at += CHUNK_BYTES) hash.update(yield* roots.read(path, at, CHUNK_BYTES))
    const got = hash.digest("hex")
    if (got !== expected) return yield* contentChanged({ path, expected, got })
  })

const readerOf =
  (roots: RootFiles, layout: ReadonlyArray<AnnotationFile>, options: Options, scan: IndexedScan) =>
  (position: number): Effect.Effect<RawSample, TrainerError> =>
    Effect.gen(function* () {
      const entry = scan.index[position]
      if (entry === undefined)
        return yield* trainerError("failed", {
          code: "coco/NO-SAMPLE",
          message: "the order names a position that the dataset does not have",
          expected: `a whole number from 0 to ${scan.index.length - 1}`,
          actual: String(position)
        })
      const { sample_id, content_hash } = entry
      const locator = unpackLocator(entry.at)
      const file = layout[locator.file]
      const known = scan.files[locator.file]
      if (file === undefined || known === undefined) throw new RangeError(`sample ${sample_id}: no annotation file ${locator.file}`)
      const record = yield* readValue(roots, file.path, locator)
      const annotations: Array<Json | undefined> = []
      for (const each of locator.annotations) annotations.push(yield* readValue(roots, file.path, each))
      const picture = yield* readPicture(roots, scan.files[locator.picture], sample_id)
      const payload: Payload =
        picture === undefined
          ? { ref: { sha256: known.sha256, media_type: "application/json", bytes: BigInt(known.bytes) } }
          : { bytes: picture.bytes }
      const read = (options.format === "coco" ? cocoData : hagridData)(record, annotations, locator, payload, options, scan)
      const got = read === undefined ? "no record" : sampleHash(picture?.sha256 ?? null, locator, read.hashes)
      if (read === undefined || got !== content_hash)
        return yield* contentChanged({ path: file.path, expected: content_hash, got, sample_id })
      return { position, sample_id, data: read.data }
    })

/** Undefined when there is no JSON value in this place any more. */
const readValue = (
  roots: RootFiles,
  path: string,
  { start, length }: { readonly start: number; readonly length: number }
): Effect.Effect<Json | undefined, TrainerError> =>
  Effect.map(roots.read(path, start, length), (bytes) => {
    try {
      const cursor = jsonCursor(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), true, [])
      const value = cursor.value()
      return cursor.at === length ? value : undefined
    } catch {
      return undefined
    }
  })

interface OpenPicture {
  readonly bytes: Uint8Array
  readonly sha256: string
}

const readPicture = (
  roots: RootFiles,
  known: KnownFile | undefined,
  sample_id: string
): Effect.Effect<OpenPicture | undefined, TrainerError> =>
  Effect.gen(function* () {
    if (known === undefined) return undefined
    const { path, sha256: expected } = known
    const { bytes: length } = yield* roots
      .info(path)
      .pipe(Effect.mapError(() => contentChanged({ path, expected, got: "no file", sample_id })))
    if (length !== known.bytes) return yield* contentChanged({ path, expected: `${known.bytes} bytes`, got: `${length} bytes`, sample_id })
    const bytes = yield* roots.read(path, 0, length)
    const got = createHash("sha256").update(bytes).digest("hex")
    if (got !== expected) return yield* contentChanged({ path, expected, got, sample_id })
    return { bytes, sha256: got }
  })

interface ReadData {
  readonly data: CocoData
  /** What stands for the annotations in the content hash. */
  readonly hashes: ReadonlyArray<string>
}

const cocoData = (
  record: Json | undefined,
  values: ReadonlyArray<Json | undefined>,
  locator: Locator,
  payload: Payload,
  { task, boxes }: Options,
  { classes }: DatasetScan
): ReadData | undefined => {
  const image = record === undefined ? undefined : readImage(record, [])
  if (image === undefined) return undefined
  const hashes: Array<string> = []
  const annotations: Array<Labelled> = []
  for (const [index, { class_id }] of locator.annotations.entries()) {
    const value = values[index]
    const fields = value === undefined ? undefined : fieldsOf(value, [])
    const references = fields === undefined ? undefined : readReferences(fields)
    const label = classes[class_id]?.label
    if (fields === undefined || references === undefined || label === undefined) return undefined
    const annotation: Annotation | undefined = readAnnotation(fields, references, task, boxes, image)
    if (annotation === undefined) return undefined
    const { id, box, area, crowd, mask, keypoints } = annotation
    hashes.push(annotationHash(annotation, label, task).toString("hex"))
    annotations.push({ id, class_id, label, box, area, crowd, mask: task === "segmentation" ? mask : null, keypoints })
  }
  const { width, height, channels } = locator
  return { data: { file_name: image.file_name, image_id: image.id, width, height, channels, payload, annotations }, hashes }
}

const hagridData = (
  value: Json | undefined,
  _annotations: ReadonlyArray<Json | undefined>,
  { width, height, channels, picture }: Locator,
  payload: Payload,
  _options: Options,
  { classes, files }: DatasetScan
): ReadData | undefined => {
  const record = value === undefined ? undefined : readHagrid(value, [])
  if (record === undefined) return undefined
  const annotations = record.boxes.map(({ box, label }): Labelled => {
    const class_id = classes.find((each) => each.label === label)?.class_id ?? -1
    return { class_id, label, box, area: null, crowd: false, mask: null, keypoints: null }
  })
  if (annotations.some(({ class_id }) => class_id < 0)) return undefined
  return {
    data: { file_name: nameOf(files[picture]?.path ?? ""), width, height, channels, payload, annotations },
    hashes: [hagridHash(record)]
  }
}
