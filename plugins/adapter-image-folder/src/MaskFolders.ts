/**
 * Layout `mask-folders`: pictures in one folder, in another one a PNG for each, whose pixels are classes.
 *
 * A mask is 8-bit grey, of which the value counts, or of a palette, of which the index counts and not the colour. Sharp edge: the pixels of a
 * mask are never converted; one that was saved as RGB or JPEG is refused.
 */
import { createHash } from "node:crypto"
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type FileInfo,
  type IndexEntry,
  type IndexedScan,
  IndexSink,
  Progress,
  type RawSample,
  type RootFiles,
  type Source,
  type TrainerError,
  trainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Findings, findings } from "./Findings.ts"
import { near } from "./Near.ts"
import type { MaskFolderOptions } from "./Options.ts"
import { isRefusal, MAX_BYTES, MAX_PIXELS, type Refusal, refusalOfSize } from "./Picture.ts"
import { looksLike, mediaTypeIn, namedLikePicture, pictureType } from "./PictureType.ts"
import { isFault, readPng, samplesOf } from "./Png.ts"
import { type ReadSample, toIr } from "./ReadSample.ts"
import {
  AT_ONCE,
  BATCH,
  batched,
  extents,
  fingerprintOf,
  hashFile,
  inspect,
  readRegistered,
  refuse,
  sha256,
  sizeAt,
  streamOf,
  twins,
  warnOfRotation
} from "./Scan.ts"
import { joined, type Listing, listingOf, type Placed, placed, shownSource, warnOfIgnored } from "./Tree.ts"

interface Mask {
  readonly width: number
  readonly height: number
  /** A class per pixel, row by row. */
  readonly labels: Uint8Array
}

export const maskOf = (bytes: Uint8Array): Mask | Refusal => {
  const size = refusalOfSize(bytes.length)
  if (size !== undefined) return size
  if (pictureType(bytes) !== "png") return notAMask(pictureType(bytes) ?? looksLike(bytes))
  const png = readPng(bytes)
  if (isFault(png)) return broken(png.problem, png.byte_offset)
  const { width, height, depth, colour, interlaced } = png
  if (width * height > MAX_PIXELS)
    return {
      refused: "TOO-LARGE",
      message: "the mask has too many pixels",
      expected: `at most ${MAX_PIXELS}`,
      actual: `${width} × ${height}`
    }
  if (interlaced) return notAMask("an interlaced PNG")
  if (!(colour === 3 || (colour === 0 && depth === 8)))
    return notAMask(`PNG of ${depth} bits, ${colour === 0 ? "grey" : "RGB or with alpha"}`)
  const labels = samplesOf(png)
  return isFault(labels) ? broken(labels.problem, labels.byte_offset) : { width, height, labels }
}

const notAMask = (actual: string): Refusal => ({
  refused: "NOT-A-MASK",
  message: "the file is no mask",
  expected: "PNG with a palette, or of 8-bit grey, not interlaced",
  actual,
  help: "save the classes of the pixels as an 8-bit grey PNG"
})
const broken = (actual: string, byte_offset: number): Refusal => ({
  refused: "CORRUPT",
  message: "the mask cannot be decoded as a whole",
  actual,
  byte_offset,
  help: "copy or download it again, or remove it"
})

interface Pair {
  readonly image: Placed
  readonly maskFile: FileInfo
}

const stemOf = (path: string): string => (path.lastIndexOf(".") > path.lastIndexOf("/") ? path.slice(0, path.lastIndexOf(".")) : path)

/** Pictures with their masks; says which are alone. */
const pairsOf = (source: Source, { members }: Listing, options: MaskFolderOptions, found: Findings): ReadonlyArray<Pair> => {
  const below = (folder: string) =>
    members.flatMap((each) => (each.path.startsWith(`${folder}/`) ? [{ file: each.file, path: each.path.slice(folder.length + 1) }] : []))
  const images = placed({ path: joined(source.path, options.images) }, below(options.images), options.splits, found)
  const masks = new Map<string, FileInfo>()
  const twice = (first: string, file: string): void =>
    found.error("SAME-STEM", {
      message: `has the same name as ${JSON.stringify(first)}, but for the extension`,
      file,
      help: "keep one of them"
    })
  for (const { file, path } of below(options.masks)) {
    const other = masks.get(stemOf(path))
    if (other === undefined) masks.set(stemOf(path), file)
    else twice(other.path, file.path)
  }
  const left = new Map(masks)
  const known = new Map<string, string>()
  const pairs: Array<Pair> = []
  for (const image of images) {
    const stem = stemOf(image.path)
    const mask = masks.get(stem)
    const other = known.get(stem)
    left.delete(stem)
    if (options.splits !== "none" && image.part === undefined)
      found.error("UNLABELLED", { message: "the picture lies in the folder of no part", file: image.file.path, field: "splits" })
    else if (other !== undefined) twice(other, image.file.path)
    else if (mask === undefined)
      found.error("NO-MASK", {
        message: "the picture has no mask",
        file: image.file.path,
        expected: joined(source.path, `${options.masks}/${stem}.png`)
      })
    else pairs.push({ image, maskFile: mask })
    known.set(stem, image.file.path)
  }
  for (const [stem, { path }] of left)
    found.error("NO-IMAGE", {
      message: "the mask has no picture",
      file: path,
      expected: joined(source.path, `${options.images}/${stem}.*`)
    })
  const strays = members.filter(({ path }) => !path.startsWith(`${options.images}/`) && !path.startsWith(`${options.masks}/`))
  const [first] = [...strays.filter(({ path }) => namedLikePicture(path)), ...strays]
  if (first !== undefined)
    found.warn("STRAY", { message: "files outside of the two folders are not read", file: first.file.path }, strays.length)
  return pairs
}

const readMask = (file: FileInfo): Effect.Effect<{ readonly hash: string; readonly mask: Mask | Refusal }, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const large = file.bytes > MAX_BYTES ? refusalOfSize(file.bytes) : undefined
    if (large !== undefined) return { hash: yield* hashFile(roots, file), mask: large }
    const bytes = yield* roots.read(file.path, 0, file.bytes)
    return { hash: sha256(bytes), mask: maskOf(bytes) }
  })

/** What is kept of a mask: its size, and the first pixel of every value that occurs. */
const inspectMask = (file: FileInfo) =>
  Effect.map(readMask(file), ({ hash, mask }) => {
    if (isRefusal(mask)) return { hash, mask }
    const first = new Map<number, number>()
    for (const [at, value] of mask.labels.entries()) if (!first.has(value)) first.set(value, at)
    return { hash, mask: { width: mask.width, height: mask.height, first } }
  })

/** Of the picture's bytes and the mask's. */
const pairHash = (image: string, mask: string): string => sha256(`${image}\n${mask}`)

export const validateMaskFolders = (
  source: Source,
  options: MaskFolderOptions
): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress> =>
  Effect.gen(function* () {
    const found = findings()
    const listing = listingOf(source, yield* (yield* ApprovedRoots).list(source.path))
    warnOfIgnored(listing, found)
    const pairs = pairsOf(source, listing, options, found)
    const out = batched(yield* IndexSink)
    const progress = yield* Progress
    const { add, shape } = extents()
    const twin = twins(found, "error")
    const content = createHash("sha256")
    const files: Array<{ readonly path: string; readonly bytes: number; readonly sha256: string }> = []
    const unused = new Set(options.classes.keys())
    let samples = 0
    for (let at = 0; at < pairs.length; at += BATCH) {
      const batch = pairs.slice(at, at + BATCH)
      const inspected = yield* Effect.forEach(
        batch,
        (pair) =>
          Effect.all({ picture: inspect(pair.image.file), mask: inspectMask(pair.maskFile) }).pipe(
            Effect.map((seen) => ({ ...pair, ...seen }))
          ),
        { concurrency: AT_ONCE }
      )
      for (const {
        image,
        maskFile,
        picture,
        mask: { hash, mask }
      } of inspected) {
        const sample_id = joined(options.images, image.path)
        const place = { file: image.file.path, sample_id }
        const maskPlace = { file: maskFile.path, sample_id }
        const { result } = picture
        const where = [files.length, files.length + 1]
        files.push(
          { path: image.file.path, bytes: image.file.bytes, sha256: picture.sha256 },
          { path: maskFile.path, bytes: maskFile.bytes, sha256: hash }
        )
        if (isRefusal(result)) refuse(result, place, options.on_corrupt, found)
        if (isRefusal(mask)) refuse(mask, maskPlace, options.on_corrupt, found)
        if (isRefusal(result) || isRefusal(mask)) {
          content.update(`${JSON.stringify(["skipped", sample_id, picture.sha256, hash])}\n`)
          continue
        }
        warnOfRotation(result.orientation, place, found)
        if (mask.width !== result.width || mask.height !== result.height)
          found.error("OTHER-SIZE", {
            ...maskPlace,
            message: "the mask has another size than its picture",
            expected: `${result.width} × ${result.height}`,
            actual: `${mask.width} × ${mask.height}`
          })
        for (const [value, pixel] of mask.first) {
          unused.delete(value)
          if (value >= options.classes.length && value !== options.ignore_label)
            found.error("UNDECLARED-CLASS", {
              ...maskPlace,
              message: `the pixel at x ${pixel % mask.width}, y ${Math.floor(pixel / mask.width)} is of no declared class`,
              field: "classes",
              expected: `0 to ${options.classes.length - 1}${options.ignore_label === null ? "" : ` or ${options.ignore_label}`}`,
              actual: String(value),
              help: "pixels of value k are of the k-th class: declare it in classes, or as ignore_label"
            })
        }
        twin(picture.sha256, hash, image.file.path, sample_id)
        samples++
        add(result)
        content.update(`${JSON.stringify([sample_id, picture.sha256, hash])}\n`)
        const { decoded_hash, near: signature } = result
        const given = image.part === undefined ? {} : { given_split: image.part }
        yield* out.add({
          sample_id,
          content_hash: pairHash(picture.sha256, hash),
          decoded_hash,
          ...given,
          at: [...where, result.width, result.height, result.channels],
          near: signature,
          file: image.file.path
        })
      }
      yield* progress.report(Math.min(at + BATCH, pairs.length), pairs.length, `scan ${shownSource(source)}`)
    }
    yield* out.flush()
    if (samples === 0) found.error("NO-SAMPLES", { message: "there is no picture with a mask", file: shownSource(source) })
    else
      for (const class_id of unused)
        found.warn("UNUSED-CLASS", {
          message: `no pixel is of the class ${JSON.stringify(options.classes[class_id])}`,
          file: shownSource(source),
          field: "classes"
        })
    if (found.errors() > 0) return found.report()
    return {
      ...found.report(),
      scan: {
        content_hash: content.digest("hex"),
        schema_fingerprint: fingerprintOf(options, options.classes),
        modality: "image",
        output_type: "segmentation_mask",
        shape: shape("encoded"),
        classes: options.classes.map((label, class_id) => ({ class_id, label })),
        files
      },
      resolved_options: { ...options }
    }
  })

export const openMaskFolders = (
  options: MaskFolderOptions,
  scan: IndexedScan,
  datasetVersionId: string
): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots> =>
  Effect.map(ApprovedRoots, (roots) => ({
    stream: streamOf(scan, (entry, position) => readPair(roots, options, scan, entry, position)),
    mapToIr: toIr(datasetVersionId),
    near
  }))

const readPair = (
  roots: RootFiles,
  { ignore_label }: MaskFolderOptions,
  scan: IndexedScan,
  { sample_id, at: where = [] }: IndexEntry,
  position: number
): Effect.Effect<RawSample, TrainerError> =>
  Effect.gen(function* () {
    const read = (which: number | undefined) =>
      Effect.gen(function* () {
        const file = scan.files[which ?? -1]
        if (file === undefined) throw new RangeError(`the index entry of ${sample_id} was not made by the adapter image-folder`)
        const { path, sha256: expected } = file
        const bytes = yield* readRegistered(roots, path, 0, MAX_BYTES + 1, expected, sample_id)
        const got = sha256(bytes)
        if (got !== expected) return yield* contentChanged({ path, expected, got, sample_id })
        return { path, bytes }
      })
    const image = yield* read(where[0])
    const mask = yield* read(where[1])
    const { path, bytes } = image
    const read_mask = maskOf(mask.bytes)
    if (isRefusal(read_mask)) {
      const { refused, ...why } = read_mask
      return yield* trainerError("failed", { code: `image-folder/${refused}`, ...why, file: mask.path, sample_id })
    }
    const [width, height, channels] = sizeAt(where.slice(2), sample_id)
    const data: ReadSample = {
      bytes,
      width,
      height,
      channels,
      media_type: mediaTypeIn(bytes),
      path,
      target: { kind: "mask", labels: read_mask.labels, ignore_label },
      encoded: true
    }
    return { position, sample_id, data }
  })
