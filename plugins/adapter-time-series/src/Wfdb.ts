/**
 * WFDB records as samples: one window around every annotation that is an event, from `pre_samples` before to `post_samples` after it.
 *
 * A sample is `<record>/<sample of the annotation>`, grouped by record. Sharp edge: its hash is that of the converter's values in the
 * window; gain, baseline and annotations stand in files that are compared as a whole when a session opens.
 */
import { hash } from "node:crypto"
import { ApprovedRoots, contentChanged, type IndexEntry, type IndexedScan, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type BlockReader, blockReader } from "./Blocks.ts"
import { noRecords } from "./Collector.ts"
import { type Findings, findings } from "./Findings.ts"
import { otherOptions, type ScannedFile, type Scanning } from "./LinedScan.ts"
import type { WfdbOptions } from "./Options.ts"
import { fillMissing, type SeriesRecord } from "./Series.ts"
import { type RecordHeader, readHeader } from "./WfdbHeader.ts"
import { pickSignals, type RecordAgreement, readRecord } from "./WfdbRecord.ts"
import { bytesOfFrames, framesOf, INVALID } from "./WfdbSignal.ts"

/** Windows after which entries are handed on. */
const BATCH = 256

/** Values of a window as they are, and as a series. */
type Window = { readonly content_hash: string; readonly record: Omit<SeriesRecord, "target">; readonly left: number }

const windowOf = (
  options: WfdbOptions,
  header: RecordHeader,
  picks: ReadonlyArray<number>,
  dat: string,
  sample: number,
  blocks: BlockReader
): Effect.Effect<Window, TrainerError> =>
  Effect.gen(function* () {
    const from = sample - options.window.pre_samples
    const to = sample + options.window.post_samples + 1
    const bytes = yield* blocks(dat, ...bytesOfFrames(header, from, to))
    const units = framesOf(header, bytes, from, to, picks)
    const values = new Float64Array(units.length)
    units.forEach((unit, at) => {
      const signal = header.signals[picks[at % picks.length] ?? 0]
      // Adding 0 turns −0, of a negative gain, into 0.
      values[at] = unit === INVALID[header.format] ? Number.NaN : (unit - (signal?.baseline ?? 0)) / (signal?.gain ?? 1) + 0
    })
    const series = { channels: picks.length, values }
    const little = Buffer.alloc(units.length * 4)
    for (const [at, unit] of units.entries()) little.writeInt32LE(unit, at * 4)
    return { content_hash: hash("sha256", little), record: series, left: fillMissing(series, options.missing).length }
  })

const invalidSamples = (found: Findings, options: WfdbOptions, left: number, file: string, sample_id: string): void => {
  const edge = options.missing === "interpolate-linear"
  found.error(edge ? "MISSING-AT-EDGE" : "MISSING-VALUE", undefined, () => ({
    message: `${left} samples of the window are marked as invalid${edge ? " at its beginning or end, where nothing can be interpolated" : ""}`,
    file,
    sample_id,
    help: `say what is read instead: missing = ${edge ? "" : '"interpolate-linear" or missing = '}{ value = … }`
  }))
}

export interface WfdbScan {
  readonly files: ReadonlyArray<ScannedFile>
  readonly channels: ReadonlyArray<string>
  readonly sample_rate_hz: number
}

export const scanWfdb = (
  options: WfdbOptions,
  { folder, parts, found, collected, progress }: Scanning
): Effect.Effect<WfdbScan, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const blocks = blockReader(yield* ApprovedRoots)
    const files: Array<ScannedFile> = []
    const agreement: RecordAgreement = { channels: options.channels === "scan" ? undefined : options.channels, rate: undefined }
    const onBlock = (path: string, done: number, total: number) => progress.report(done, total, `scan ${path}`)
    for (const { path, given_split = null } of parts) {
      const record = yield* readRecord(options, folder, path, agreement, found, onBlock)
      if (record === undefined) continue
      const { id, header, picks, events } = record
      const [, dat, atr] = record.files
      const first = files.length
      files.push(...record.files)
      for (const [at, { sample, label }] of events.entries()) {
        const { content_hash, record: series, left } = yield* windowOf(options, header, picks, dat.path, sample, blocks)
        const sample_id = `${id}/${sample}`
        if (left > 0) invalidSamples(found, options, left, dat.path, sample_id)
        else
          collected.add(
            { ...series, target: label, id: sample_id, group: id, time: Math.round((sample * 1000) / header.sample_rate_hz) },
            {
              content_hash,
              at: [first, sample],
              file: atr.path,
              given_split,
              values: { sample_index: sample },
              place: () => ({ file: atr.path, sample_id })
            }
          )
        if (at % BATCH === BATCH - 1) yield* collected.flush
      }
      yield* collected.flush
    }
    if (collected.count() === 0 && found.errors() === 0) noRecords(found, folder === "" ? "." : folder, "event with a complete window")
    return { files, channels: agreement.channels ?? [], sample_rate_hz: agreement.rate ?? 0 }
  })

/** Reads windows again, each compared with its hash. */
export const wfdbReader = (
  options: WfdbOptions,
  scan: IndexedScan,
  blocks: BlockReader
): Effect.Effect<(entry: IndexEntry) => Effect.Effect<SeriesRecord, TrainerError>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const names = scan.shape.kind === "time_series" ? scan.shape.channels.map(({ name }) => name) : []
    const records = new Map<number, { readonly header: RecordHeader; readonly picks: ReadonlyArray<number>; readonly dat: string }>()
    for (let at = 0; at < scan.files.length; at += 3) {
      const hea = scan.files[at]
      const dat = scan.files[at + 1]
      if (hea === undefined || dat === undefined) continue
      const found = findings()
      const header = readHeader(hea.path, yield* roots.read(hea.path, 0, hea.bytes), found)
      const picks = header === undefined ? undefined : pickSignals(hea.path, header, names, found)
      if (header !== undefined && picks !== undefined) records.set(at, { header, picks, dat: dat.path })
    }
    return (entry) =>
      Effect.gen(function* () {
        const [at = -1, sample = 0] = entry.at ?? []
        const record = records.get(at)
        // The header is the one of the scan, byte by byte, so that only other options can leave it unread.
        if (record === undefined) return yield* otherOptions(scan.files[at]?.path ?? "")
        const { content_hash: got, record: series } = yield* windowOf(options, record.header, record.picks, record.dat, sample, blocks)
        if (got !== entry.content_hash)
          return yield* contentChanged({ path: record.dat, expected: entry.content_hash, got, sample_id: entry.sample_id })
        return { ...series, target: scan.classes[entry.class_id ?? -1]?.label ?? "" }
      })
  })
