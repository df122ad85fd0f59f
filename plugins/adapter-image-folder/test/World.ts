/** Files in memory behind the services that the adapter asks for, and short ways to scan and read them. */
import { type MemoryFiles, memoryIndex, memoryRoot } from "@feagi-trainer/conformance"
import {
  type AdapterSession,
  ApprovedRoots,
  type IndexedScan,
  IndexSink,
  Progress,
  type RawSample,
  type RootFiles,
  type ScannedEntry,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect, type Scope, Stream } from "effect"
import { imageFolder } from "../src/index.ts"

export type Options = Readonly<Record<string, unknown>>

export const classOptions = { layout: "class-folders", classes: "scan", splits: "none", on_corrupt: "fail" }
export const maskOptions = {
  layout: "mask-folders",
  images: "images",
  masks: "masks",
  classes: ["sky", "sea"],
  ignore_label: 255,
  splits: "none",
  on_corrupt: "fail"
}
export const idxOptions = { layout: "idx", classes: "scan" }

/** Decoded options, or all mistakes as a thrown error. */
export const decoded = (options: Options) => {
  const result = imageFolder.decodeOptions(options)
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes))
  return result.value
}

export const run = <A>(
  work: Effect.Effect<A, TrainerError, ApprovedRoots | IndexSink | Progress | Scope.Scope>,
  roots: RootFiles,
  sink = memoryIndex().sink
): Promise<A> =>
  work.pipe(
    Effect.scoped,
    Effect.provideService(ApprovedRoots, roots),
    Effect.provideService(IndexSink, sink),
    Effect.provideService(Progress, { report: () => Effect.void }),
    Effect.runPromise
  )

interface Told extends ValidationReport {
  readonly entries: ReadonlyArray<ScannedEntry>
}

export const report = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<Told> => {
  const index = memoryIndex()
  const told = await run(imageFolder.validate({ path }, decoded(options)), rootOf(files), index.sink)
  return { ...told, entries: index.scanned }
}

const isRoot = (files: MemoryFiles | RootFiles): files is RootFiles => typeof files.list === "function"
export const rootOf = (files: MemoryFiles | RootFiles): RootFiles => (isRoot(files) ? files : memoryRoot(files))

export const scanOf = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<IndexedScan> => {
  const index = memoryIndex()
  const { scan, diagnostics } = await run(imageFolder.validate({ path }, decoded(options)), rootOf(files), index.sink)
  if (scan === undefined) throw new Error(JSON.stringify(diagnostics))
  return { ...scan, index: index.index(scan.classes) }
}

/** Scans the files, then opens what may have become of them. */
export const within = async <A>(
  files: MemoryFiles | RootFiles,
  options: Options,
  use: (session: AdapterSession, scan: IndexedScan) => Effect.Effect<A, TrainerError, Scope.Scope>,
  changes: { readonly later?: MemoryFiles; readonly options?: Options; readonly path?: string } = {}
): Promise<A> => {
  const source = { path: changes.path ?? "" }
  const scan = await scanOf(files, options, source.path)
  const work = Effect.flatMap(imageFolder.open(source, decoded(changes.options ?? options), scan, "d@1"), (session) => use(session, scan))
  return run(work, rootOf(changes.later ?? files))
}

/** All samples, or those of these positions. */
export const collect = (session: AdapterSession, order: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<RawSample>, TrainerError> =>
  Effect.map(Stream.runCollect(session.stream(order, 0)), (samples) => [...samples])

/** `CODE file`, one per kept finding. */
export const codes = ({ diagnostics }: ValidationReport): ReadonlyArray<string> =>
  diagnostics.map(({ code, file }) => `${code.replace("image-folder/", "")} ${file ?? "-"}`)
