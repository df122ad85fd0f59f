/** Files in memory behind the services that the adapter asks for, and short ways to scan and read them. */
import { type MemoryFiles, memoryIndex, memoryRoot } from "@feagi-trainer/conformance"
import {
  type AdapterSession,
  ApprovedRoots,
  type IndexedScan,
  IndexSink,
  type IRSample,
  Progress,
  type RootFiles,
  type ScannedEntry,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect, type Scope, Stream } from "effect"
import { timeSeries } from "../src/index.ts"

export type Work<A> = Effect.Effect<A, TrainerError, ApprovedRoots | IndexSink | Progress | Scope.Scope>

export const runOn = <A>(root: RootFiles, work: Work<A>, index = memoryIndex()): Promise<A> =>
  work.pipe(
    Effect.scoped,
    Effect.provideService(ApprovedRoots, root),
    Effect.provideService(IndexSink, index.sink),
    Effect.provideService(Progress, { report: () => Effect.void }),
    Effect.runPromise
  )

/** Decoded options, or all mistakes as a thrown error. */
export const decoded = (options: unknown) => {
  const result = timeSeries.decodeOptions(options)
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes))
  return result.value
}

export interface Scanned {
  readonly report: ValidationReport
  readonly entries: ReadonlyArray<ScannedEntry>
  /** Only of a sound source. */
  readonly scan: () => IndexedScan
}

export const scanOn = async (root: RootFiles, options: unknown, path = ""): Promise<Scanned> => {
  const index = memoryIndex()
  const report = await runOn(root, timeSeries.validate({ path }, decoded(options)), index)
  const scan = (): IndexedScan => {
    if (report.scan === undefined) throw new Error(JSON.stringify(report.diagnostics))
    return { ...report.scan, index: index.index(report.scan.classes) }
  }
  return { report, entries: index.scanned, scan }
}

export const scanOf = (files: MemoryFiles, options: unknown, path = ""): Promise<Scanned> => scanOn(memoryRoot(files), options, path)

export const opened = <A>(
  root: RootFiles,
  options: unknown,
  scan: IndexedScan,
  use: (session: AdapterSession) => Effect.Effect<A, TrainerError, Scope.Scope>
): Promise<A> => runOn(root, Effect.flatMap(timeSeries.open({ path: "" }, decoded(options), scan, "v"), use))

export const collect = (session: AdapterSession, order: ReadonlyArray<number>, from = 0) =>
  Effect.map(Stream.runCollect(session.stream(order, from)), (raws) => [...raws].map((raw) => session.mapToIr(raw, "train")))

/** All samples of sound files, in the order of the scan. */
export const samplesOf = async (files: MemoryFiles, options: unknown, path = ""): Promise<ReadonlyArray<IRSample>> => {
  const root = memoryRoot(files)
  const scan = (await scanOn(root, options, path)).scan()
  const order = scan.index.map((_, position) => position)
  return opened(root, options, scan, (session) => collect(session, order))
}

export const seriesOf = ({ payload }: IRSample) => {
  if (!("time_series" in payload)) throw new Error("the payload is no series")
  return payload.time_series
}

export const codesOf = ({ report }: Scanned): ReadonlyArray<string> =>
  report.diagnostics.map(({ code }) => code.replace("time-series/", ""))
