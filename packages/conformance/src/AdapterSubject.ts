/**
 * An adapter with the files that it is tried on, and a host in memory that runs it: what the laws of adapters stand on.
 *
 * Sharp edge: every call validates and opens anew, so that an adapter which remembers is found out and not helped.
 */
import {
  type Adapter,
  type AdapterSession,
  ApprovedRoots,
  type DatasetScan,
  type EntryManifest,
  type IndexedScan,
  IndexSink,
  Progress,
  type RawSample,
  type RootFiles,
  type Source,
  showValue,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { breakLaw } from "./Broken.ts"
import { type MemoryIndex, memoryIndex } from "./memoryIndex.ts"
import { type MemoryFiles, memoryRoot } from "./memoryRoot.ts"
import { decodedOptions } from "./Options.ts"

/** Input with a fault that has to be found. */
export interface CorruptFiles {
  readonly name: string
  readonly files: MemoryFiles
  /** The code of the finding that has to be among the errors. */
  readonly code: string
}

export interface AdapterSubject<Options> {
  readonly adapter: Adapter<Options>
  /** As they stand in a run file. */
  readonly options: unknown
  readonly source: Source
  /** A sound dataset of at least three samples. */
  readonly files: MemoryFiles
  /** A sound dataset of more samples than one batch may hold; without it, batches are seen on `files` alone. */
  readonly large?: MemoryFiles
  readonly corrupt?: ReadonlyArray<CorruptFiles>
  readonly manifest?: EntryManifest
}

/** The version that every sample has to name. */
export const versionId = "conformance@1"

export const positionsOf = (scan: IndexedScan): ReadonlyArray<number> => scan.index.map((_, position) => position)

export const collect = (
  session: AdapterSession,
  order: ReadonlyArray<number>,
  from = 0
): Effect.Effect<ReadonlyArray<RawSample>, TrainerError> => Effect.map(Stream.runCollect(session.stream(order, from)), (raw) => [...raw])

export interface AdapterHost<Options> {
  readonly options: () => Options
  readonly run: <A>(
    work: Effect.Effect<A, TrainerError, ApprovedRoots | IndexSink | Progress | Scope.Scope>,
    root?: RootFiles,
    index?: MemoryIndex
  ) => Promise<A>
  readonly validate: (root?: RootFiles) => Promise<{ readonly report: ValidationReport; readonly index: MemoryIndex }>
  /** Breaks the law when the sound files have an error. */
  readonly scanned: () => Promise<IndexedScan>
  readonly opened: <A>(
    scan: IndexedScan,
    use: (session: AdapterSession) => Effect.Effect<A, TrainerError, Scope.Scope>,
    root?: RootFiles
  ) => Promise<A>
  /** The records in the order of the index, or in this one. */
  readonly read: (scan: IndexedScan, root?: RootFiles, order?: ReadonlyArray<number>, from?: number) => Promise<ReadonlyArray<RawSample>>
}

export const adapterHost = <Options>({ adapter, source, files, ...subject }: AdapterSubject<Options>): AdapterHost<Options> => {
  const options = (): Options => decodedOptions(adapter.decodeOptions, subject.options)
  const run: AdapterHost<Options>["run"] = (work, root = memoryRoot(files), index = memoryIndex()) =>
    work.pipe(
      Effect.scoped,
      Effect.provideService(ApprovedRoots, root),
      Effect.provideService(IndexSink, index.sink),
      Effect.provideService(Progress, { report: () => Effect.void }),
      Effect.runPromise
    )
  const validate: AdapterHost<Options>["validate"] = async (root) => {
    const index = memoryIndex()
    return { report: await run(adapter.validate(source, options()), root, index), index }
  }
  const opened: AdapterHost<Options>["opened"] = (scan, use, root) =>
    run(Effect.flatMap(adapter.open(source, options(), scan, versionId), use), root)
  return {
    options,
    run,
    validate,
    opened,
    scanned: async () => {
      const { report, index } = await validate()
      const scan: DatasetScan =
        report.scan ??
        breakLaw("validate() of the sound files", "a scan", `${report.error_count} errors: ${showValue(report.diagnostics[0])}`)
      return { ...scan, index: index.index(scan.classes) }
    },
    read: (scan, root, order = positionsOf(scan), from = 0) => opened(scan, (session) => collect(session, order, from), root)
  }
}
