/** Files in memory behind the services that the adapter asks for, and short ways to scan and read them. */
import { type MemoryFiles, memoryIndex, memoryRoot } from "@feagi-trainer/conformance"
import {
  ApprovedRoots,
  type Diagnostic,
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
import { text } from "../src/index.ts"

export type Options = Readonly<Record<string, unknown>>

export const folders = { layout: "class-folders", encoding: "utf-8", split_folders: false, classes: "scan" } as const
export const jsonl = { layout: "jsonl", encoding: "utf-8", text_field: "text", label_field: "label", classes: "scan" } as const
export const csv = {
  layout: "csv",
  encoding: "utf-8",
  delimiter: ",",
  quote: '"',
  header: true,
  text_column: "text",
  label_column: "label",
  classes: "scan"
} as const
export const lines = { layout: "lines", encoding: "utf-8", labels: { a: "x", b: "y" }, classes: "scan" } as const
export const bare = { layout: "lines", encoding: "utf-8", labels: null, classes: null } as const
export const conll = { layout: "conll", encoding: "utf-8", separator: " ", token_column: 1, label_column: 3, classes: "scan" } as const

/** Decoded options, or all mistakes as a thrown error. */
export const decoded = (options: Options) => {
  const result = text.decodeOptions(options)
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes))
  return result.value
}

export const rootOf = (files: MemoryFiles | RootFiles): RootFiles =>
  // A root has functions where files have contents.
  typeof files.info === "function" && typeof files.read === "function" ? (files as RootFiles) : memoryRoot(files as MemoryFiles)

export const runOn = <A>(
  files: MemoryFiles | RootFiles,
  work: Effect.Effect<A, TrainerError, ApprovedRoots | IndexSink | Progress | Scope.Scope>,
  index = memoryIndex()
): Promise<A> =>
  work.pipe(
    Effect.scoped,
    Effect.provideService(ApprovedRoots, rootOf(files)),
    Effect.provideService(IndexSink, index.sink),
    Effect.provideService(Progress, { report: () => Effect.void }),
    Effect.runPromise
  )

export interface Told {
  readonly report: ValidationReport
  readonly entries: ReadonlyArray<ScannedEntry>
}

export const scanning = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<Told> => {
  const index = memoryIndex()
  const report = await runOn(files, text.validate({ path }, decoded(options)), index)
  return { report, entries: index.scanned }
}

export const findingsOf = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<ReadonlyArray<Diagnostic>> =>
  (await scanning(files, options, path)).report.diagnostics

export const scanOf = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<IndexedScan> => {
  const index = memoryIndex()
  const { scan, diagnostics } = await runOn(files, text.validate({ path }, decoded(options)), index)
  if (scan === undefined) throw new Error(JSON.stringify(diagnostics))
  return { ...scan, index: index.index(scan.classes) }
}

/** The samples at these positions, read from `files` under a scan. */
export const readOn = (
  files: MemoryFiles | RootFiles,
  options: Options,
  scan: IndexedScan,
  order: ReadonlyArray<number> = scan.index.map((_, position) => position),
  path = ""
): Promise<ReadonlyArray<IRSample>> =>
  runOn(
    files,
    Effect.flatMap(text.open({ path }, decoded(options), scan, "v@1"), (session) =>
      Effect.map(Stream.runCollect(session.stream(order, 0)), (raw) => [...raw].map((each) => session.mapToIr(each, "train")))
    )
  )

export const samplesOf = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<ReadonlyArray<IRSample>> =>
  readOn(files, options, await scanOf(files, options, path), undefined, path)

export const textsOf = async (files: MemoryFiles | RootFiles, options: Options, path = ""): Promise<ReadonlyArray<string>> =>
  (await samplesOf(files, options, path)).map(({ payload }) => ("text" in payload ? payload.text : ""))

/** Whole numbers from 0 below `limit`, the same in every run. */
export const draws = (seed: number): ((limit: number) => number) => {
  let state = seed >>> 0
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}
