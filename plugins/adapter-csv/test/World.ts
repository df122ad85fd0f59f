/** Files in memory behind the services that the adapter asks for, and short ways to scan and read them. */
import { memoryIndex } from "@feagi-trainer/conformance"
import {
  type AdapterSession,
  ApprovedRoots,
  type IndexedScan,
  IndexSink,
  Progress,
  type RawSample,
  type ScannedEntry,
  trainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect, type Scope, Stream } from "effect"
import { csv } from "../src/index.ts"

export interface FakeFile {
  readonly bytes: number
  readonly read: (offset: number, length: number) => Uint8Array
}

export const fileOf = (content: string | Uint8Array): FakeFile => {
  const all = typeof content === "string" ? new TextEncoder().encode(content) : content
  return { bytes: all.length, read: (offset, length) => all.slice(offset, offset + length) }
}

export interface World {
  readonly files: Map<string, FakeFile>
  readonly reads: Array<{ readonly offset: number; readonly length: number }>
  /** The entries that the last scan said. */
  readonly entries: () => ReadonlyArray<ScannedEntry>
  /** How many entries came with each call, and how often a file had been read by then. */
  readonly batches: () => ReadonlyArray<{ readonly entries: number; readonly reads: number }>
  /** Ends what a scan said as a host would. */
  readonly indexed: (report: ValidationReport) => IndexedScan
  readonly run: <A, E>(effect: Effect.Effect<A, E, ApprovedRoots | IndexSink | Progress | Scope.Scope>) => Promise<A>
}

export const world = (files: Readonly<Record<string, string | Uint8Array | FakeFile>>): World => {
  const known = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" || content instanceof Uint8Array ? fileOf(content) : content
    ])
  )
  const reads: Array<{ readonly offset: number; readonly length: number }> = []
  const find = (path: string) => {
    const file = known.get(path)
    return file === undefined
      ? Effect.fail(trainerError("missing", { code: "FT0001", message: `no file ${JSON.stringify(path)}` }))
      : Effect.succeed(file)
  }
  const roots = {
    info: (path: string) => Effect.map(find(path), ({ bytes }) => ({ path, bytes })),
    read: (path: string, offset: number, length: number) =>
      Effect.map(find(path), (file) => {
        reads.push({ offset, length })
        return file.read(offset, length)
      }),
    list: (folder: string) => {
      const inside = [...known]
        .map(([path, { bytes }]) => ({ path, bytes }))
        .filter(({ path }) => folder === "" || path.startsWith(`${folder}/`))
      return folder === "" || inside.length > 0
        ? Effect.succeed(inside)
        : Effect.fail(trainerError("missing", { code: "FT0002", message: "no folder" }))
    }
  }
  let index = memoryIndex()
  let batches: Array<{ readonly entries: number; readonly reads: number }> = []
  return {
    batches: () => batches,
    files: known,
    reads,
    entries: () => index.scanned,
    indexed: ({ scan, diagnostics }) => {
      if (scan === undefined) throw new Error(JSON.stringify(diagnostics))
      return { ...scan, index: index.index(scan.classes) }
    },
    run: (effect) => {
      const memory = memoryIndex()
      index = memory
      batches = []
      const add = (entries: ReadonlyArray<ScannedEntry>) => {
        batches.push({ entries: entries.length, reads: reads.length })
        return memory.sink.add(entries)
      }
      return Effect.runPromise(
        Effect.scoped(effect).pipe(
          Effect.provideService(ApprovedRoots, roots),
          Effect.provideService(IndexSink, { add }),
          Effect.provideService(Progress, { report: () => Effect.void })
        )
      )
    }
  }
}

export const path = "data.csv"
export const source = { path }

export const base = {
  delimiter: ",",
  quote: '"',
  decimal: ".",
  header: true,
  label_column: "species",
  columns: "scan",
  classes: "scan"
} as const

/** Decoded options, or all mistakes as a thrown error. */
export const optionsWith = (overrides: Readonly<Record<string, unknown>> = {}) => {
  const decoded = csv.decodeOptions({ ...base, ...overrides })
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  return decoded.value
}

export const report = (
  content: string | Uint8Array | FakeFile,
  overrides: Readonly<Record<string, unknown>> = {}
): Promise<ValidationReport> => world({ [path]: content }).run(csv.validate(source, optionsWith(overrides)))

export const scanOf = async (
  content: string | Uint8Array | FakeFile,
  overrides: Readonly<Record<string, unknown>> = {}
): Promise<IndexedScan> => {
  const here = world({ [path]: content })
  return here.indexed(await here.run(csv.validate(source, optionsWith(overrides))))
}

/** What a scan says of every sample. */
export const entriesOf = async (
  content: string | Uint8Array | FakeFile,
  overrides: Readonly<Record<string, unknown>> = {}
): Promise<ReadonlyArray<ScannedEntry>> => {
  const here = world({ [path]: content })
  here.indexed(await here.run(csv.validate(source, optionsWith(overrides))))
  return here.entries()
}

/** All samples of these positions. */
export const collect = (
  session: AdapterSession,
  order: ReadonlyArray<number>,
  from = 0
): Effect.Effect<ReadonlyArray<RawSample>, unknown> => Effect.map(Stream.runCollect(session.stream(order, from)), (samples) => [...samples])
