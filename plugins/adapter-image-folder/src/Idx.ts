/**
 * Layout `idx`: the files of MNIST and of the datasets that took over its form. Train and test are parts that the files declare.
 *
 * Pixels are read by ranges, a megabyte of a file at a time in a scan, a run of neighbours at a time in a session. Sharp edge: files that
 * are still compressed are refused, because a record in the middle of one cannot be read without all before it.
 */
import { createHash } from "node:crypto"
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type FileInfo,
  type IndexedScan,
  IndexSink,
  Progress,
  type RawSample,
  type RootFiles,
  type Source,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect, Option, Stream } from "effect"
import { type Findings, findings } from "./Findings.ts"
import { near } from "./Near.ts"
import type { IdxOptions } from "./Options.ts"
import { MAX_PIXELS } from "./Picture.ts"
import { type ReadSample, toIr } from "./ReadSample.ts"
import { batched, extents, fingerprintOf, hashFile, noSample, readRegistered, seen, sha256, twins } from "./Scan.ts"
import { listingOf, type Member, shownSource, warnOfIgnored } from "./Tree.ts"

const IMAGES = { magic: 2051, header: 16 } as const
const LABELS = { magic: 2049, header: 8 } as const
const BLOCK_BYTES = 2 ** 20
/** Records that a stream hands over at once. */
const PAGE = 1024
const MEDIA_TYPE = "application/octet-stream"

/** The part that a prefix of a file name means. */
const parts: Readonly<Record<string, string>> = { train: "train", t10k: "test" }

const pattern = /^(train|t10k)-(images|labels)[-.]idx([13])-ubyte(\.gz)?$/

interface IdxName {
  readonly prefix: string
  readonly what: "images" | "labels"
  readonly compressed: boolean
}

/** Undefined for a file of another name. */
export const idxName = (path: string): IdxName | undefined => {
  const [, prefix = "", what, dimensions, gz] = pattern.exec(path) ?? []
  if (what !== "images" && what !== "labels") return undefined
  return (what === "images") === (dimensions === "3") ? { prefix, what, compressed: gz !== undefined } : undefined
}

interface Pair {
  readonly prefix: string
  readonly part: string
  readonly images: FileInfo
  readonly labels: FileInfo
}

const pairsOf = (source: Source, members: ReadonlyArray<Member>, found: Findings): ReadonlyArray<Pair> => {
  const named = members.map((each) => ({ ...each, name: idxName(each.path) }))
  const strays = named.filter(({ name }) => name === undefined)
  if (strays[0] !== undefined)
    found.warn("STRAY", { message: "files that are named like none of MNIST are not read", file: strays[0].file.path }, strays.length)
  const pairs = Object.entries(parts).flatMap(([prefix, part]) => {
    const one = (what: IdxName["what"]): FileInfo | undefined => {
      const files = named.filter(({ name }) => name?.prefix === prefix && name.what === what)
      const [first, second] = files
      if (first !== undefined && second !== undefined)
        found.error("TWO-FILES", {
          message: `there are two files of the ${what} of ${part}`,
          file: second.file.path,
          expected: first.path,
          actual: second.path,
          help: "keep one of them"
        })
      else if (first?.name?.compressed === true)
        found.error("COMPRESSED", {
          message: "the file is compressed; records are read from its middle",
          file: first.file.path,
          help: `gunzip ${first.path}`
        })
      return first?.file
    }
    const images = one("images")
    const labels = one("labels")
    if (images !== undefined && labels !== undefined) return [{ prefix, part, images, labels }]
    const lonely = images ?? labels
    if (lonely !== undefined)
      found.error("NO-PARTNER", {
        message: `the file has no partner with the ${images === undefined ? "images" : "labels"} of ${part}`,
        file: lonely.path
      })
    return []
  })
  if (pairs.length === 0 && found.errors() === 0)
    found.error("NO-SAMPLES", {
      message: "there is no idx file",
      file: shownSource(source),
      expected: "train-images-idx3-ubyte and train-labels-idx1-ubyte, or t10k-…"
    })
  return found.errors() === 0 ? pairs : []
}

interface Header {
  readonly count: number
  readonly width: number
  readonly height: number
}

/** Magic number, dimensions and length have to say one thing. */
const headerOf = (
  file: FileInfo,
  head: Uint8Array,
  { magic, header }: typeof IMAGES | typeof LABELS,
  found: Findings
): Header | undefined => {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const number = (at: number): number => (at + 4 <= head.length ? view.getUint32(at) : 0)
  if (head.length < header || number(0) !== magic) {
    const actual = head.length < 4 ? `${file.bytes} bytes` : String(number(0))
    found.error("NOT-IDX", {
      message: "the file does not begin like an idx file of unsigned bytes",
      file: file.path,
      byte_offset: 0,
      expected: String(magic),
      actual
    })
    return undefined
  }
  const [count, height, width] = header === IMAGES.header ? [number(4), number(8), number(12)] : [number(4), 1, 1]
  if (width * height === 0 || width * height > MAX_PIXELS) {
    found.error("NOT-IDX", {
      message: "the pictures have an impossible size",
      file: file.path,
      byte_offset: 8,
      actual: `${width} × ${height}`
    })
    return undefined
  }
  const expected = header + count * width * height
  if (file.bytes === expected) return { count, width, height }
  found.error("WRONG-LENGTH", {
    message: file.bytes < expected ? "the file ends before its last record" : "there is something behind the last record",
    file: file.path,
    byte_offset: Math.min(file.bytes, expected),
    expected: `${expected} bytes for ${count} records`,
    actual: `${file.bytes} bytes`,
    help: "copy or download it again"
  })
  return undefined
}

const idOf = (part: string, at: number): string => `${part}-${String(at).padStart(5, "0")}`

export const validateIdx = (
  source: Source,
  options: IdxOptions
): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const found = findings()
    const listing = listingOf(source, yield* roots.list(source.path))
    warnOfIgnored(listing, found)
    const pairs = pairsOf(source, listing.members, found)
    const headed: Array<Pair & Header> = []
    for (const pair of pairs) {
      const header = headerOf(pair.images, yield* roots.read(pair.images.path, 0, IMAGES.header), IMAGES, found)
      const labels = headerOf(pair.labels, yield* roots.read(pair.labels.path, 0, LABELS.header), LABELS, found)
      if (header !== undefined && labels !== undefined && header.count !== labels.count)
        found.error("OTHER-COUNT", {
          message: "there are not as many labels as pictures",
          file: pair.labels.path,
          byte_offset: 4,
          expected: String(header.count),
          actual: String(labels.count)
        })
      else if (header !== undefined && labels !== undefined) headed.push({ ...pair, ...header })
    }
    const out = batched(yield* IndexSink)
    const progress = yield* Progress
    const twin = twins(found, "warn")
    const extent = extents()
    const counts: Array<number> = []
    const content: Array<string> = []
    const files: Array<{ readonly path: string; readonly bytes: number; readonly sha256: string }> = []
    const total = headed.reduce((sum, { count }) => sum + count, 0)
    let done = 0
    for (const { part, images, labels, count, width, height } of headed) {
      const size = width * height
      const hashes = {
        images: createHash("sha256").update(yield* roots.read(images.path, 0, IMAGES.header)),
        labels: createHash("sha256").update(yield* roots.read(labels.path, 0, LABELS.header))
      }
      const per = Math.max(1, Math.floor(BLOCK_BYTES / size))
      for (let from = 0; from < count; from += per) {
        const several = Math.min(per, count - from)
        const pixels = yield* roots.read(images.path, IMAGES.header + from * size, several * size)
        const classes = yield* roots.read(labels.path, LABELS.header + from, several)
        hashes.images.update(pixels)
        hashes.labels.update(classes)
        for (let k = 0; k < several; k++) {
          const picture = { width, height, channels: 1, pixels: pixels.subarray(k * size, (k + 1) * size) }
          const value = classes[k] ?? 0
          const label = options.classes === "scan" ? String(value) : options.classes[value]
          const sample_id = idOf(part, from + k)
          const content_hash = sha256(picture.pixels)
          counts[value] = (counts[value] ?? 0) + 1
          extent.add(picture)
          twin(content_hash, String(value), images.path, sample_id)
          if (label === undefined)
            found.error("UNDECLARED-CLASS", {
              message: "the label is no declared class",
              file: labels.path,
              byte_offset: LABELS.header + from + k,
              sample_id,
              field: "classes",
              expected: `0 to ${options.classes.length - 1}`,
              actual: String(value),
              help: "label k is the k-th class: declare them all"
            })
          else {
            const { decoded_hash, near: signature } = seen(picture)
            yield* out.add({
              sample_id,
              content_hash,
              decoded_hash,
              label,
              given_split: part,
              at: [files.length, from + k, width, height],
              near: signature,
              file: images.path
            })
          }
        }
        done += several
        yield* progress.report(done, total, `scan ${images.path}`)
      }
      const sums = { images: hashes.images.digest("hex"), labels: hashes.labels.digest("hex") }
      files.push(
        { path: images.path, bytes: images.bytes, sha256: sums.images },
        { path: labels.path, bytes: labels.bytes, sha256: sums.labels }
      )
      content.push(part, sums.images, sums.labels)
    }
    yield* out.flush()
    if (headed.length > 0 && total === 0)
      found.error("NO-SAMPLES", { message: "the files hold no record", file: headed[0]?.images.path ?? "" })
    const classes = options.classes === "scan" ? Array.from(counts, (_, value) => String(value)) : options.classes
    for (const [value, label] of classes.entries())
      if (counts[value] === undefined && found.errors() === 0)
        found.warn("UNUSED-CLASS", {
          message: `no sample is of the class ${JSON.stringify(label)}`,
          file: shownSource(source),
          field: "classes"
        })
    if (found.errors() > 0) return found.report()
    return {
      ...found.report(),
      scan: {
        content_hash: sha256(content.join("\n")),
        schema_fingerprint: fingerprintOf(options, classes),
        modality: "image",
        output_type: "class",
        shape: extent.shape("uint8"),
        classes: classes.map((label, class_id) => ({ class_id, label })),
        files
      },
      resolved_options: { ...options, classes }
    }
  })

/** Labels are compared as a whole here; pixels with the hash of their record, whenever they are read. */
export const openIdx = (scan: IndexedScan, datasetVersionId: string): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    for (const { path, bytes, sha256: expected } of scan.files) {
      const changed = (got: string): TrainerError => contentChanged({ path, expected, got })
      const info = yield* roots.info(path).pipe(Effect.mapError(() => changed("no file")))
      if (info.bytes !== bytes) return yield* contentChanged({ path, expected: `${bytes} bytes`, got: `${info.bytes} bytes` })
      if (idxName(path.slice(path.lastIndexOf("/") + 1))?.what !== "labels") continue
      const got = yield* hashFile(roots, info)
      if (got !== expected) return yield* changed(got)
    }
    return {
      stream: (order, from) =>
        Stream.paginate(from, (at: number) =>
          Effect.map(
            readPage(roots, scan, order.slice(at, at + PAGE)),
            (page) => [page, at + PAGE < order.length ? Option.some(at + PAGE) : Option.none<number>()] as const
          )
        ),
      mapToIr: toIr(datasetVersionId),
      near
    }
  })

interface Place {
  readonly file: number
  readonly record: number
  readonly width: number
  readonly height: number
}

const placeOf = (scan: IndexedScan, position: number): Place | undefined => {
  const [file, record, width, height] = scan.index[position]?.at ?? []
  return file === undefined || record === undefined || width === undefined || height === undefined
    ? undefined
    : { file, record, width, height }
}

/** Neighbours in the file that are neighbours in the order are read at once. */
const readPage = (
  roots: RootFiles,
  scan: IndexedScan,
  positions: ReadonlyArray<number>
): Effect.Effect<ReadonlyArray<RawSample>, TrainerError> =>
  Effect.gen(function* () {
    const page: Array<RawSample> = []
    for (let at = 0; at < positions.length; ) {
      const first = positions[at] ?? -1
      const place = placeOf(scan, first)
      if (place === undefined) return yield* noSample(scan, first)
      const most = Math.max(1, Math.floor(BLOCK_BYTES / (place.width * place.height)))
      let run = 1
      while (run < most && follows(placeOf(scan, positions[at + run] ?? -1), place, run)) run++
      page.push(...(yield* readRun(roots, scan, positions.slice(at, at + run), place)))
      at += run
    }
    return page
  })

const follows = (next: Place | undefined, { file, record }: Place, by: number): boolean =>
  next?.file === file && next.record === record + by

const readRun = (
  roots: RootFiles,
  scan: IndexedScan,
  positions: ReadonlyArray<number>,
  { file, record, width, height }: Place
): Effect.Effect<ReadonlyArray<RawSample>, TrainerError> =>
  Effect.gen(function* () {
    const { path = "", sha256: expected = "" } = scan.files[file] ?? {}
    const size = width * height
    const block = yield* readRegistered(roots, path, IMAGES.header + record * size, positions.length * size, expected)
    const run: Array<RawSample> = []
    for (const [k, position] of positions.entries()) {
      const entry = scan.index[position]
      if (entry === undefined) return yield* noSample(scan, position)
      const { sample_id, content_hash, class_id = -1 } = entry
      // A copy: a sample that is kept does not keep the block that it came in.
      const bytes = Uint8Array.from(block.subarray(k * size, (k + 1) * size))
      const got = sha256(bytes)
      if (got !== content_hash) return yield* contentChanged({ path, expected: content_hash, got, sample_id })
      const data: ReadSample = {
        bytes,
        width,
        height,
        channels: 1,
        media_type: MEDIA_TYPE,
        path,
        target: { kind: "class", class_id, label: scan.classes[class_id]?.label ?? "" },
        encoded: false
      }
      run.push({ position, sample_id, data })
    }
    return run
  })
