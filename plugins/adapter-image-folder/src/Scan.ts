/**
 * What the scans of all layouts share: files read and hashed, extents, twins, fingerprints, and the stream of a session.
 *
 * Sharp edge: pixels live only while one picture is looked at; what is kept per sample is its entry and 32 digits of its hash.
 */
import { createHash } from "node:crypto"
import {
  ApprovedRoots,
  contentChanged,
  type DatasetScan,
  type FileInfo,
  type ImageShape,
  type IndexEntry,
  type IndexedScan,
  type IndexSink,
  type Range,
  type RawSample,
  type RootFiles,
  type ScannedEntry,
  type Source,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import type { Findings } from "./Findings.ts"
import type { Options } from "./Options.ts"
import { decodedHash, decoder, isRefusal, MAX_BYTES, type Picture, type Refusal, refusalOfSize } from "./Picture.ts"
import type { PictureType } from "./PictureType.ts"
import { thumbnailOf, vectorOf } from "./Thumbnail.ts"
import { nfc, shownSource } from "./Tree.ts"

/** Samples that go into the index at once. */
export const BATCH = 256
/** Pictures that are decoded at the same time. */
export const AT_ONCE = 4
const BLOCK_BYTES = 2 ** 20

export const sha256 = (...parts: ReadonlyArray<string | Uint8Array>): string =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex")

/** The SHA-256 of a file, read in blocks. */
export const hashFile = (roots: RootFiles, { path, bytes }: FileInfo): Effect.Effect<string, TrainerError> =>
  Effect.gen(function* () {
    const hash = createHash("sha256")
    for (let at = 0; at < bytes; at += BLOCK_BYTES) hash.update(yield* roots.read(path, at, BLOCK_BYTES))
    return hash.digest("hex")
  })

/** What is kept of a picture after it was decoded. */
interface Seen extends Omit<Picture, "pixels"> {
  readonly decoded_hash: string
  readonly near: { readonly vector: ReadonlyArray<number> }
}

export const seen = (picture: Picture): Seen => {
  const { width, height, channels } = picture
  return { width, height, channels, decoded_hash: decodedHash(picture), near: { vector: vectorOf(thumbnailOf(picture)) } }
}

interface Inspected {
  readonly sha256: string
  readonly result: (Seen & { readonly type: PictureType; readonly orientation: number }) | Refusal
}

/** One picture file, read, hashed and decoded. */
export const inspect = (file: FileInfo): Effect.Effect<Inspected, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    if (file.bytes > MAX_BYTES) return { sha256: yield* hashFile(roots, file), result: refusalOfSize(file.bytes) ?? never() }
    const bytes = yield* roots.read(file.path, 0, file.bytes)
    const decoded = yield* decoder.decode(file.path, bytes)
    const result = isRefusal(decoded) ? decoded : { ...seen(decoded), type: decoded.type, orientation: decoded.orientation }
    return { sha256: sha256(bytes), result }
  })

const never = (): never => {
  throw new RangeError("a file beyond the limit was not refused")
}

/** A picture that is refused: an error, or left out with a warning. */
export const refuse = (
  { refused, ...why }: Refusal,
  place: { readonly file: string; readonly sample_id: string },
  policy: "fail" | "skip",
  found: Findings
): void => {
  if (policy === "fail") found.error(refused, { ...why, ...place })
  else found.warn("SKIPPED", { ...why, ...place, message: `left out, ${refused}: ${why.message}` })
}

export const warnOfRotation = (
  orientation: number,
  place: { readonly file: string; readonly sample_id: string },
  found: Findings
): void => {
  if (orientation > 1)
    found.warn("ROTATED", {
      ...place,
      message: `EXIF asks to turn the picture (orientation ${orientation}); it is read as it is stored`,
      help: "turn the pixels themselves and remove the entry, with exiftran -ai or mogrify -auto-orient"
    })
}

/** The ranges of width, height and channels over all pictures. */
export const extents = () => {
  let width: Range = [Number.POSITIVE_INFINITY, 0]
  let height: Range = width
  let channels: Range = width
  const wider = ([min, max]: Range, value: number): Range => [Math.min(min, value), Math.max(max, value)]
  return {
    add: (picture: Omit<Picture, "pixels">): void => {
      width = wider(width, picture.width)
      height = wider(height, picture.height)
      channels = wider(channels, picture.channels)
    },
    shape: (values: "encoded" | "uint8"): ImageShape => ({ kind: "image", values, width, height, channels })
  }
}

/** Finds the same bytes twice. Under one label that is a warning; under two, `contradiction` says what it is. */
export const twins = (found: Findings, contradiction: "error" | "warn") => {
  const first = new Map<string, { readonly sample_id: string; readonly label: string }>()
  return (content: string, label: string, file: string, sample_id: string): void => {
    const key = content.slice(0, 32)
    const other = first.get(key)
    if (other === undefined) first.set(key, { sample_id, label })
    else if (other.label === label)
      found.warn("DUPLICATE", { message: `has the same bytes as ${JSON.stringify(other.sample_id)}`, file, sample_id })
    else
      found[contradiction]("CONFLICTING-LABELS", {
        message: `has the same bytes as ${JSON.stringify(other.sample_id)} and another label`,
        file,
        sample_id,
        help: "remove the wrong one, or both"
      })
  }
}

/** Hands entries over in batches. */
export const batched = (sink: IndexSink["Service"]) => {
  let waiting: Array<ScannedEntry> = []
  const flush = (): Effect.Effect<void, TrainerError> =>
    Effect.suspend(() => {
      const entries = waiting
      waiting = []
      return entries.length === 0 ? Effect.void : sink.add(entries)
    })
  return {
    add: (entry: ScannedEntry): Effect.Effect<void, TrainerError> =>
      Effect.suspend(() => (waiting.push(entry) < BATCH ? Effect.void : flush())),
    flush
  }
}

const outputTypeOf = ({ layout }: Options): "class" | "segmentation_mask" => (layout === "mask-folders" ? "segmentation_mask" : "class")

/** Two versions with one fingerprint have samples of one form with one meaning. */
export const fingerprintOf = (options: Options, classes: ReadonlyArray<string>): string =>
  sha256(
    JSON.stringify({
      adapter: "image-folder",
      values: options.layout === "idx" ? "uint8" : "encoded",
      output_type: outputTypeOf(options),
      classes,
      ignore_label: options.layout === "mask-folders" ? options.ignore_label : null
    })
  )

export const requireSameOptions = (source: Source, options: Options, scan: DatasetScan): Effect.Effect<void, TrainerError> => {
  const known = scan.classes.map(({ label }) => label)
  const classes = options.classes === "scan" ? known : options.layout === "class-folders" ? options.classes.map(nfc) : options.classes
  const actual = fingerprintOf(options, classes)
  if (actual === scan.schema_fingerprint) return Effect.void
  return Effect.fail(
    trainerError("invalid", {
      code: "image-folder/OTHER-OPTIONS",
      message: "the options are not those that the dataset was scanned with",
      file: shownSource(source),
      expected: scan.schema_fingerprint,
      actual,
      help: "use the options of the registered version, or register the data again with the new ones"
    })
  )
}

/** Bytes of a registered file. That the host refuses it now means that it is no longer the file that was registered. */
export const readRegistered = (
  roots: RootFiles,
  path: string,
  offset: number,
  length: number,
  expected: string,
  sample_id?: string
): Effect.Effect<Uint8Array, TrainerError> =>
  roots
    .read(path, offset, length)
    .pipe(
      Effect.mapError((error) =>
        error.reason === "invalid" || error.reason === "missing"
          ? contentChanged({ path, expected, got: "no file", ...(sample_id === undefined ? {} : { sample_id }) })
          : error
      )
    )

/** One record after the other, a few of them at once, in the order that was asked for. */
export const streamOf =
  (scan: IndexedScan, read: (entry: IndexEntry, position: number) => Effect.Effect<RawSample, TrainerError>) =>
  (order: ReadonlyArray<number>, from: number): Stream.Stream<RawSample, TrainerError> =>
    Stream.fromIterable(order.slice(from)).pipe(
      Stream.mapEffect(
        (position) => {
          const entry = scan.index[position]
          return entry === undefined ? Effect.fail(noSample(scan, position)) : read(entry, position)
        },
        { concurrency: AT_ONCE }
      )
    )

export const noSample = (scan: IndexedScan, position: number): TrainerError =>
  trainerError("failed", {
    code: "image-folder/NO-SAMPLE",
    message: "the order names a position that the dataset does not have",
    expected: `a whole number from 0 to ${scan.index.length - 1}`,
    actual: String(position)
  })

/** Width, height and channels, where the scan put them. */
export const sizeAt = (numbers: ReadonlyArray<number>, sample_id: string): readonly [number, number, number] => {
  const [width, height, channels] = numbers
  if (width === undefined || height === undefined || channels === undefined)
    throw new RangeError(`the index entry of ${sample_id} was not made by the adapter image-folder`)
  return [width, height, channels]
}
