/**
 * Adapter: from files to samples.
 *
 * `discover` proposes, `validate` scans everything once in bounded memory and reports every problem, `open` reads samples in any
 * order. Two reads give equal samples; a sample's id does not depend on the order; an early stop closes what was opened.
 */
import { Effect, type Scope, Stream } from "effect"
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

/** What the trainer has to know of a sample without reading it. */
export interface IndexEntry {
  readonly sample_id: string
  /** SHA-256 (hex) of the record's own content. */
  readonly content_hash: string
  /** Index into the declared classes. */
  readonly class_id?: number
  readonly group?: string
  /** The part of the data that the source itself declares. */
  readonly given_split?: string
  /** Unix milliseconds. */
  readonly time?: number
}

export interface ClassLabel {
  readonly class_id: number
  readonly label: string
}

/** The shape of every sample's payload. More kinds come with more modalities. */
export interface TabularShape {
  readonly kind: "tabular"
  readonly features: ReadonlyArray<{ readonly name: string; readonly min: number; readonly max: number }>
}
export type SampleShape = TabularShape | { readonly kind: "custom"; readonly type: string; readonly detail: unknown }

/** Everything that a full scan finds out. */
export interface DatasetScan {
  /** SHA-256 (hex) of the content that the samples are made of. */
  readonly content_hash: string
  /** SHA-256 (hex) of names, types and classes: two versions with one fingerprint can be read by the same code. */
  readonly schema_fingerprint: string
  readonly modality: Modality
  readonly output_type: OutputType
  readonly shape: SampleShape
  readonly classes: ReadonlyArray<ClassLabel>
  readonly index: ReadonlyArray<IndexEntry>
  /** Files that were read, with the SHA-256 of their bytes. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: number; readonly sha256: string }>
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

/** One record as it was read, before it is a sample. */
export interface RawSample {
  /** Position in the index. */
  readonly position: number
  readonly sample_id: string
  readonly data: unknown
}

export interface AdapterSession {
  /** The records at these positions of the index, in this order, starting with the `from`-th. */
  readonly stream: (order: ReadonlyArray<number>, from: number) => Stream.Stream<RawSample, TrainerError>
  /** Pure: the same record gives the same sample. */
  readonly mapToIr: (raw: RawSample, split: Split) => IRSample
}

export interface Adapter<Options = unknown> {
  readonly kind: "adapter"
  readonly spec: 1
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  readonly discover: (source: Source) => Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots>
  readonly validate: (source: Source, options: Options) => Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | Progress>
  /** Fails with reason `integrity` when the files are not those of the scan. */
  readonly open: (
    source: Source,
    options: Options,
    scan: DatasetScan,
    datasetVersionId: string
  ) => Effect.Effect<AdapterSession, TrainerError, ApprovedRoots | Scope.Scope>
}

/** The same interface in promises and async iterables. A thrown error becomes a TrainerError that names the plugin. */
export interface AsyncAdapter<Options> {
  readonly id: string
  readonly decodeOptions: OptionsDecoder<Options>
  readonly discover: (source: Source, files: AsyncFiles) => Promise<ReadonlyArray<Candidate>>
  readonly validate: (source: Source, options: Options, files: AsyncFiles) => Promise<ValidationReport>
  readonly open: (
    source: Source,
    options: Options,
    scan: DatasetScan,
    datasetVersionId: string,
    files: AsyncFiles
  ) => Promise<{
    readonly stream: (order: ReadonlyArray<number>, from: number) => AsyncIterable<RawSample>
    readonly mapToIr: (raw: RawSample, split: Split) => IRSample
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
    validate: (source, options) => call((files) => adapter.validate(source, options, files)),
    open: (source, options, scan, datasetVersionId) =>
      Effect.map(
        call((files) => adapter.open(source, options, scan, datasetVersionId, files)),
        (session): AdapterSession => ({
          stream: (order, from) => Stream.fromAsyncIterable(session.stream(order, from), fail),
          mapToIr: session.mapToIr
        })
      )
  })
}

export const Adapter = { define, async }
