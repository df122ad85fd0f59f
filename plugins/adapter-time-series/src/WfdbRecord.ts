/**
 * One WFDB record, checked as a whole: header, signal file and annotations, and the annotations that are events.
 *
 * Header and annotations are held in memory, the signal file is read once from end to end for its hash and checksums. Sharp edge: a
 * record that cannot be read as a whole gives no events, but every mistake of it is told.
 */
import { createHash, hash } from "node:crypto"
import { ApprovedRoots, didYouMean, type FileInfo, type RootFiles, showValue, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { noRecords } from "./Collector.ts"
import type { Details, Findings } from "./Findings.ts"
import type { ScannedFile } from "./LinedScan.ts"
import { BLOCK_BYTES } from "./Lines.ts"
import type { WfdbOptions } from "./Options.ts"
import { folderOf, joinPath } from "./Parts.ts"
import { type Annotation, readAnnotations } from "./WfdbAnnotations.ts"
import { type RecordHeader, readHeader } from "./WfdbHeader.ts"
import { bytesOf, bytesOfFrames, checksums, framesOf, samplesIn } from "./WfdbSignal.ts"

/** Bytes of the longest header and annotation file; both are held as a whole. */
export const MAX_SIDE_BYTES = 16 * 1024 * 1024

/** A file as a whole, or nothing after a finding. */
const readSide = (
  path: string,
  code: string,
  what: string,
  help: string,
  found: Findings
): Effect.Effect<{ readonly bytes: Uint8Array; readonly file: ScannedFile } | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const info = yield* infoOf(roots, path)
    if (info === undefined) return void found.error(code, undefined, () => ({ message: `there is no ${what}`, file: path, help }))
    if (info.bytes > MAX_SIDE_BYTES)
      return void found.error("RECORD-TOO-LONG", undefined, () => ({
        message: `the ${what} is larger than any of a record that is read`,
        file: path,
        expected: `at most ${MAX_SIDE_BYTES} bytes`,
        actual: String(info.bytes),
        help: "check that the file is what its name says, or cut the record"
      }))
    const bytes = yield* roots.read(path, 0, info.bytes)
    return { bytes, file: { path, bytes: info.bytes, sha256: hash("sha256", bytes) } }
  })

const infoOf = (roots: RootFiles, path: string): Effect.Effect<FileInfo | undefined> => {
  const known: Effect.Effect<FileInfo | undefined, TrainerError> = roots.info(path)
  return Effect.catch(known, () => Effect.succeed(undefined))
}

/** Signals by name, in the order of the options; absent after a finding. */
export const pickSignals = (
  file: string,
  header: RecordHeader,
  channels: ReadonlyArray<string>,
  found: Findings
): ReadonlyArray<number> | undefined => {
  const names = header.signals.map(({ name }) => name)
  const picks = channels.flatMap((channel) => {
    const at = names.indexOf(channel)
    if (at !== -1 && names.indexOf(channel, at + 1) === -1) return [at]
    const near = didYouMean(channel, names)
    found.error("NO-CHANNEL", channel, () => ({
      message: at === -1 ? "the record has no signal of this name" : "the record has several signals of this name",
      file,
      expected: names.map((name) => showValue(name)).join(", "),
      actual: showValue(channel),
      help:
        near === undefined || at !== -1 ? "name the signals that every record has: channels = [...]" : `did you mean ${showValue(near)}?`
    }))
    return []
  })
  return picks.length === channels.length ? picks : undefined
}

/** Length and checksums of the signal file, read once from end to end. */
const checkSignals = (
  header: RecordHeader,
  file: FileInfo,
  samples: number,
  found: Findings,
  onBlock: (done: number) => Effect.Effect<void, TrainerError>
): Effect.Effect<string, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const width = header.signals.length
    const all = header.signals.map((_, at) => at)
    const sums = checksums(header)
    const sha = createHash("sha256")
    if (header.offset > 0) sha.update(yield* roots.read(file.path, 0, header.offset))
    // Whole frames in whole pairs: an even number of frames ends on a pair whatever the number of signals.
    const step = 2 * Math.max(1, Math.floor(BLOCK_BYTES / 4 / width))
    for (let from = 0; from < samples; from += step) {
      const to = Math.min(samples, from + step)
      const [start, end] = bytesOfFrames(header, from, to)
      const bytes = yield* roots.read(file.path, start, end - start)
      sha.update(bytes)
      sums.add(framesOf(header, bytes, from, to, all))
      yield* onBlock(start + bytes.length)
    }
    const read = sums.sums()
    header.signals.forEach(({ name, checksum }, at) => {
      if (checksum !== undefined && (checksum << 16) >> 16 !== read[at])
        found.error("CHECKSUM", name, () => ({
          message: "the samples of the signal do not add up to the checksum of the header",
          file: file.path,
          expected: String(checksum),
          actual: String(read[at]),
          help: "fetch the record again; if the samples are right, correct the header"
        }))
    })
    return sha.digest("hex")
  })

/** The annotations that are events, with their class; what is left out is a warning or an error, as the options say. */
const eventsOf = (
  options: WfdbOptions,
  file: string,
  record: string,
  annotations: ReadonlyArray<Annotation>,
  samples: number,
  found: Findings
): ReadonlyArray<{ readonly sample: number; readonly label: string }> => {
  const { pre_samples, post_samples } = options.window
  let last: number | undefined
  return annotations.flatMap(({ sample, symbol, byte_offset }) => {
    const place = { file, byte_offset, sample_id: `${record}/${sample}` }
    const report = (
      policy: "error" | "exclude",
      code: string,
      field: string | undefined,
      details: () => Omit<Details, "file">
    ): readonly [] => {
      found[policy === "error" ? "error" : "warning"](code, field, () => ({ ...place, ...details() }))
      return []
    }
    if (sample < 0 || sample >= samples)
      return report("error", "ANNOTATION-BEYOND", undefined, () => ({
        message: "the annotation is at a sample that the record does not have",
        expected: `0 to ${samples - 1}`,
        actual: String(sample),
        help: "check that the annotations belong to this record"
      }))
    const label = Object.hasOwn(options.labels, symbol) ? options.labels[symbol] : undefined
    if (label === undefined)
      return report(options.unknown_label, "UNKNOWN-ANNOTATION", `labels.${symbol}`, () => ({
        message: `labels does not say what the annotation ${showValue(symbol)} is`,
        expected: Object.keys(options.labels)
          .map((each) => showValue(each))
          .join(", "),
        actual: showValue(symbol),
        help: `labels = { ${showValue(symbol)} = "…" }, or unknown_label = "exclude"`
      }))
    if (sample < pre_samples || sample + post_samples >= samples)
      return report(options.incomplete_window, "INCOMPLETE-WINDOW", undefined, () => ({
        message: "the window around the annotation reaches beyond the record",
        expected: `${sample - pre_samples} to ${sample + post_samples} within 0 to ${samples - 1}`,
        help: 'make the window smaller, or incomplete_window = "exclude"'
      }))
    if (sample === last)
      return report("error", "SAME-EVENT", undefined, () => ({
        message: "two annotations with a class are at the same sample",
        actual: showValue(symbol),
        help: "leave one of the symbols out of labels"
      }))
    last = sample
    return [{ sample, label }]
  })
}

/** What has to be the same in every record; the first one that says it sets it. */
export interface RecordAgreement {
  channels: ReadonlyArray<string> | undefined
  rate: number | undefined
}

export interface SoundRecord {
  readonly id: string
  readonly header: RecordHeader
  readonly picks: ReadonlyArray<number>
  /** Header, signal file, annotations. */
  readonly files: readonly [hea: ScannedFile, dat: ScannedFile, atr: ScannedFile]
  readonly events: ReadonlyArray<{ readonly sample: number; readonly label: string }>
}

type OnBlock = (path: string, done: number, total: number) => Effect.Effect<void, TrainerError>

/** The record whose header is `path` in `folder`; absent after a finding that leaves nothing to read. */
export const readRecord = (
  options: WfdbOptions,
  folder: string,
  path: string,
  agreement: RecordAgreement,
  found: Findings,
  onBlock: OnBlock
): Effect.Effect<SoundRecord | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const id = path.replace(/\.hea$/i, "")
    const hea = yield* readSide(joinPath(folder, path), "NO-HEADER", "header", "check parts", found)
    if (hea === undefined) return undefined
    const help = `fetch it, or name another annotator than ${showValue(options.annotator)}`
    const atr = yield* readSide(joinPath(folder, `${id}.${options.annotator}`), "NO-ANNOTATIONS", "annotation file", help, found)
    const header = readHeader(hea.file.path, hea.bytes, found)
    if (header === undefined) return undefined
    agreement.channels ??= header.signals.map(({ name }) => name)
    agreement.rate ??= header.sample_rate_hz
    const { rate } = agreement
    if (rate !== header.sample_rate_hz)
      found.error("MIXED-RATES", undefined, () => ({
        message: "the records have different rates",
        file: hea.file.path,
        expected: `${rate} Hz`,
        actual: `${header.sample_rate_hz} Hz`,
        help: "resample the record, or name records of one rate: parts = [...]"
      }))
    const picks = pickSignals(hea.file.path, header, agreement.channels, found)
    const signals = yield* readSignals(hea.file.path, header, found, onBlock)
    if (atr === undefined || picks === undefined || signals === undefined) return undefined
    const annotations = annotationsOf(atr.file.path, atr.bytes, header, found)
    if (annotations === undefined) return undefined
    const events = eventsOf(options, atr.file.path, id, annotations, signals.samples, found)
    return { id, header, picks, files: [hea.file, signals.file, atr.file], events }
  })

/** The signal file beside the header, checked, and the samples that each signal has. */
const readSignals = (
  hea: string,
  header: RecordHeader,
  found: Findings,
  onBlock: OnBlock
): Effect.Effect<{ readonly file: ScannedFile; readonly samples: number } | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const path = joinPath(folderOf(hea), header.file)
    const file = yield* infoOf(yield* ApprovedRoots, path)
    if (file === undefined)
      return void found.error("NO-SIGNAL-FILE", undefined, () => ({
        message: "there is no signal file",
        file: path,
        help: `fetch it; ${showValue(hea)} names it`
      }))
    const width = header.signals.length
    const samples = header.samples ?? Math.floor(samplesIn(header.format, file.bytes - header.offset) / width)
    const expected = header.offset + bytesOf(header.format, samples * width)
    if (file.bytes !== expected)
      return void found.error("DAT-LENGTH", undefined, () => ({
        message: file.bytes < expected ? "the signal file is truncated" : "the signal file is longer than the header says",
        file: path,
        expected: `${expected} bytes: ${samples} samples of ${width} signals in format ${header.format}`,
        actual: `${file.bytes} bytes`,
        help: "fetch the record again"
      }))
    const sha256 = yield* checkSignals(header, file, samples, found, (done) => onBlock(path, done, file.bytes))
    return { file: { path, bytes: file.bytes, sha256 }, samples }
  })

const annotationsOf = (file: string, bytes: Uint8Array, header: RecordHeader, found: Findings): ReadonlyArray<Annotation> | undefined => {
  const read = readAnnotations(bytes)
  if ("cutAt" in read)
    return void found.error("ANNOTATIONS-CUT", undefined, () => ({
      message: "the annotation file has no end mark: it was cut, or it is not in MIT format",
      file,
      byte_offset: read.cutAt,
      help: "fetch it again"
    }))
  if (read.resolution !== undefined && read.resolution !== header.sample_rate_hz)
    return void found.error("UNSUPPORTED-RECORD", undefined, () => ({
      message: "the annotations are counted in another rate than the signals",
      file,
      expected: `${header.sample_rate_hz} Hz`,
      actual: `${read.resolution} Hz`,
      help: "convert the annotations"
    }))
  if (read.annotations.length === 0) noRecords(found, file, "annotation")
  return read.annotations
}
