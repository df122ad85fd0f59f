/**
 * Adapter: from files to samples.
 *
 * `discover` proposes, `validate` scans everything once in bounded memory and reports every problem, `open` reads samples in any
 * order. Two reads give equal samples; a sample's id does not depend on the order; an early stop closes what was opened.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Diagnostic } from "../error/Diagnostic.ts"
import { TrainerError, trainerError } from "../error/TrainerError.ts"
import { ApprovedRoots } from "../host/ApprovedRoots.ts"
import type { Progress } from "../host/Services.ts"
import type { IRSample, Modality, OutputType, Split } from "../wire/index.ts"
import type { OptionsDecoder } from "./Options.ts"

/** What a dataset is read from: a file or a folder under the approved root. */
export interface Source {
  /** Relative to the root; `""` is the root itself. */
  readonly path: string
}

/** A way to read the source, with every option spelled out. */
export interface Candidate {
  /** From 0 (cannot be) to 1 (certain). */
  readonly confidence: number
  readonly title: string
  readonly options: Readonly<Record<string, unknown>>
  readonly because: string
}

/**
 * What tells near duplicates: samples that are not equal, and yet hardly two. A pair is near when they have the same key, or when no
 * element of their vectors differs by more than 1; `AdapterSession.near` has the last word where it is there.
 */
export interface NearSignature {
  /** Of a form in which near duplicates are equal: text without case and white space, numbers rounded to 3 decimals. */
  readonly key?: string
  /** Of one length in the whole dataset, scaled so that 1 is the largest difference between near duplicates. */
  readonly vector?: ReadonlyArray<number>
}

/** What a scan says of one sample. The host gives its position, in the order of saying, and its class id. */
export interface ScannedEntry {
  /**
   * The declared id, or the path of the file that is the sample. Left out, the host makes `<16 hex of content_hash>-<k>`, where k
   * counts the samples of one content from 0.
   */
  readonly sample_id?: string
  /** SHA-256 (hex) of the record's own content. */
  readonly content_hash: string
  /** SHA-256 (hex) of what the content means (the pixels of a picture), where different bytes can mean the same. */
  readonly decoded_hash?: string
  /** Has to be one of the classes of the scan. */
  readonly label?: string
  /** What must not be torn apart by a split. */
  readonly group?: string
  /** The part of the data that the source itself declares. */
  readonly given_split?: string
  /** Unix milliseconds. */
  readonly time?: number
  /** Numbers that a sampler can go by, each with its name: difficulty, length, … */
  readonly values?: Readonly<Record<string, number>>
  /** Where the adapter finds the record again: numbers of its own. */
  readonly at?: ReadonlyArray<number>
  readonly near?: NearSignature
  /** For messages: file and line (from 1) of the record. */
  readonly file?: string
  readonly line?: number
}

/** What the trainer has to know of a sample without reading it. */
export interface IndexEntry extends Omit<ScannedEntry, "label" | "near" | "file" | "line"> {
  readonly sample_id: string
  /** Index into the declared classes. */
  readonly class_id?: number
}

/**
 * Takes the entries of a scan, in order, a few hundred at a time; a scan that keeps none of them runs in bounded memory. What is
 * wrong with them all together (an id twice) is found by the host, after the scan.
 */
export class IndexSink extends Context.Service<
  IndexSink,
  { readonly add: (entries: ReadonlyArray<ScannedEntry>) => Effect.Effect<void, TrainerError> }
>()("@feagi-trainer/contracts/IndexSink") {}

/** The smallest and the largest that occurs. */
export type Range = readonly [min: number, max: number]

export interface ClassLabel {
  readonly class_id: number
  readonly label: string
}

/** Rows of numbers: payload `tabular`, one number per feature. */
export interface TabularShape {
  readonly kind: "tabular"
  readonly features: ReadonlyArray<{ readonly name: string; readonly min: number; readonly max: number }>
}

/**
 * Pictures. Rows from top to bottom, pixels from left to right, the channels of a pixel side by side. `values` says what a payload
 * holds: `encoded`, the bytes of a PNG, JPEG, … file; `uint8`, payload `bytes` of width × height × channels bytes; `float`, payload
 * `tabular` of as many numbers. Width, height and channels of each sample stand in its coordinate frame: see `imageFrame`.
 */
export interface ImageShape {
  readonly kind: "image"
  readonly values: "encoded" | "uint8" | "float"
  readonly width: Range
  readonly height: Range
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: Range
}

/** Text: payload `text`, well-formed Unicode. */
export interface TextShape {
  readonly kind: "text"
  /** Characters (code points) per sample. */
  readonly length: Range
}

/** Sampled signals: payload `time_series`. */
export interface TimeSeriesShape {
  readonly kind: "time_series"
  readonly channels: ReadonlyArray<{ readonly name: string; readonly min: number; readonly max: number }>
  /** Points in time per sample. */
  readonly length: Range
  readonly sample_rate_hz: number
}

/** The shape of every sample's payload. A kind of sample that has none of these is `custom`, and its own plugins know it. */
export type SampleShape =
  | TabularShape
  | ImageShape
  | TextShape
  | TimeSeriesShape
  | { readonly kind: "custom"; readonly type: string; readonly detail: unknown }

/** What a full scan finds out besides the samples themselves. */
export interface DatasetScan {
  /** SHA-256 (hex) of the content that the samples are made of. */
  readonly content_hash: string
  /** SHA-256 (hex) of names, types and classes: two versions with one fingerprint can be read by the same code. */
  readonly schema_fingerprint: string
  readonly modality: Modality
  readonly output_type: OutputType
  readonly shape: SampleShape
  readonly classes: ReadonlyArray<ClassLabel>
  /** Files that were read, with the SHA-256 of their bytes. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: number; readonly sha256: string }>
}

/** A scan with the samples that it found, by position. */
export interface IndexedScan extends DatasetScan {
  readonly index: ReadonlyArray<IndexEntry>
}

export interface ValidationReport {
  /** The first findings, in the order of the file; `error_count` and `warning_count` count all. */
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly error_count: number
  readonly warning_count: number
  /** Absent when there is an error. */
  readonly scan?: DatasetScan
  /** The options with nothing left to find: what is registered when the given ones left something to the scan. */
  readonly resolved_options?: Readonly<Record<string, unknown>>
}

/** A schema that could be declared, and why. */
export interface Proposal {
  /** Options with everything spelled out. */
  readonly options: Readonly<Record<string, unknown>>
  /** One row for each column or field. */
  readonly evidence: ReadonlyArray<{ readonly field: string; readonly proposed: string; readonly because: string }>
}

/** One record as it was read, before it is a sample. */
export interface RawSample {
  /** Position in the index. */
  readonly position: number
  readonly sample_id: string
  readonly data: unknown
}

/** How two samples are compared whose signatures are near. It is asked when near duplicates are looked for, and never while a run reads. */
export interface NearCheck {
  /** What is kept of a sample while pairs are looked at: small, a thumbnail say. */
  readonly sketch: (raw: RawSample) => Effect.Effect<unknown, TrainerError>
  /** The same answer for both orders of two sketches. */
  readonly same: (left: unknown, right: unknown) => boolean
}

export interface AdapterSession {
  /** The records at these positions of the index, in this order, starting with the `from`-th. */
  readonly stream: (order: ReadonlyArray<number>, from: number) => Stream.Stream<RawSample, TrainerError>
  /** Pure: the same record gives the same sample. */
  readonly mapToIr: (raw: RawSample, split: Split) => IRSample
  /** The last word on samples whose signatures are near. Left out: the signatures decide. */
  readonly near?: NearCheck
}

export interface Adapter<Options = unknown> {
  readonly kind: "adapter"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  readonly discover: (source: Source) => Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots>
  /** One pass over everything. The samples go into the sink; the report says the rest. */
  readonly validate: (
    source: Source,
    options: Options
  ) => Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress>
  /** For sources that do not say themselves what they hold: a full scan that proposes the options to declare. */
  readonly propose?: (source: Source, options: Options) => Effect.Effect<Proposal, TrainerError, ApprovedRoots | Progress>
  /** A file that is not the one of the scan is a `contentChanged`, now or when it is read. */
  readonly open: (
    source: Source,
    options: Options,
    scan: IndexedScan,
    datasetVersionId: string
  ) => Effect.Effect<AdapterSession, TrainerError, ApprovedRoots | Scope.Scope>
}

/** The same interface in promises and async iterables. A thrown error becomes a TrainerError that names the plugin. */
export interface AsyncAdapter<Options> {
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  readonly discover: (source: Source, files: AsyncFiles) => Promise<ReadonlyArray<Candidate>>
  /** `add` takes the samples of the scan, in order, a few hundred at a time. */
  readonly validate: (
    source: Source,
    options: Options,
    files: AsyncFiles,
    add: (entries: ReadonlyArray<ScannedEntry>) => Promise<void>
  ) => Promise<ValidationReport>
  readonly open: (
    source: Source,
    options: Options,
    scan: IndexedScan,
    datasetVersionId: string,
    files: AsyncFiles
  ) => Promise<{
    readonly stream: (order: ReadonlyArray<number>, from: number) => AsyncIterable<RawSample>
    readonly mapToIr: (raw: RawSample, split: Split) => IRSample
    readonly near?: {
      readonly sketch: (raw: RawSample) => Promise<unknown>
      readonly same: NearCheck["same"]
    }
  }>
}

export interface AsyncFiles {
  readonly info: (path: string) => Promise<{ readonly path: string; readonly bytes: number }>
  readonly read: (path: string, offset: number, length: number) => Promise<Uint8Array>
  readonly list: (folder: string) => Promise<ReadonlyArray<{ readonly path: string; readonly bytes: number }>>
}

const define = <Options>(adapter: Omit<Adapter<Options>, "kind" | "spec">): Adapter<Options> => ({ kind: "adapter", spec: 1, ...adapter })

/** A thrown error names the plugin; a TrainerError that the plugin threw itself passes as it is. */
const async = <Options>(adapter: AsyncAdapter<Options>): Adapter<Options> => {
  const fail = (error: unknown): TrainerError =>
    error instanceof TrainerError
      ? error
      : trainerError("failed", { code: `${adapter.id}/THROWN`, message: error instanceof Error ? error.message : String(error) })
  const nearOf = ({
    sketch,
    same
  }: {
    readonly sketch: (raw: RawSample) => Promise<unknown>
    readonly same: NearCheck["same"]
  }): NearCheck => ({
    sketch: (raw) => Effect.tryPromise({ try: () => sketch(raw), catch: fail }),
    same
  })
  const call = <A>(run: (files: AsyncFiles) => Promise<A>): Effect.Effect<A, TrainerError, ApprovedRoots> =>
    Effect.gen(function* () {
      const roots = yield* ApprovedRoots
      const files: AsyncFiles = {
        info: (path) => Effect.runPromise(roots.info(path)),
        read: (path, offset, length) => Effect.runPromise(roots.read(path, offset, length)),
        list: (folder) => Effect.runPromise(roots.list(folder))
      }
      return yield* Effect.tryPromise({ try: () => run(files), catch: fail })
    })
  return define<Options>({
    id: adapter.id,
    decodeOptions: adapter.decodeOptions,
    discover: (source) => call((files) => adapter.discover(source, files)),
    validate: (source, options) =>
      Effect.flatMap(IndexSink, (sink) =>
        call((files) => adapter.validate(source, options, files, (entries) => Effect.runPromise(sink.add(entries))))
      ),
    open: (source, options, scan, datasetVersionId) =>
      Effect.map(
        call((files) => adapter.open(source, options, scan, datasetVersionId, files)),
        (session): AdapterSession => ({
          stream: (order, from) => Stream.fromAsyncIterable(session.stream(order, from), fail),
          mapToIr: session.mapToIr,
          ...(session.near === undefined ? {} : { near: nearOf(session.near) })
        })
      )
  })
}

export const Adapter = { define, async }
