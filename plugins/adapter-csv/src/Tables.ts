/**
 * The tables of a source: the one file that it is, or the files of a folder that the options name, in their order.
 *
 * Sharp edge: several tables are one dataset only under one header. The header of the first is held against the options, every other
 * one against the first.
 */
import {
  ApprovedRoots,
  type FileInfo,
  type RootFiles,
  type Source,
  showValue,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Finding, Spot } from "./Findings.ts"
import type { Options } from "./Options.ts"
import { type Reading, type ReadRequest, readRecords } from "./Records.ts"
import { isBlank, type Row } from "./Scanner.ts"

export interface Table {
  /** As the options name it; the path when they name none. */
  readonly name: string
  readonly info: FileInfo
}

/** Files of a folder that look like tables. */
export const isTableName = (path: string): boolean => /\.(csv|tsv|tab)$/i.test(path)

/** The order of the bytes of two paths. */
export const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right))

/** Path of a table under the root. */
export const pathOf = (source: Source, name: string): string => (source.path === "" ? name : `${source.path}/${name}`)

/** What `info` says; a folder is told as such, because its tables have to be named. */
const infoOf = (roots: RootFiles, path: string): Effect.Effect<FileInfo, TrainerError> =>
  Effect.catch(roots.info(path), (failure) =>
    Effect.gen(function* () {
      const [listed] = yield* Effect.partition([path], (folder) => roots.list(folder))
      const names = (listed[0] ?? [])
        .map((each) => (path === "" ? each.path : each.path.slice(path.length + 1)))
        .filter(isTableName)
        .toSorted(byBytes)
      if (names.length === 0) return yield* failure
      return yield* trainerError("invalid", {
        code: "csv/NEEDS-FILES",
        message: "the source is a folder, and the options name no file in it",
        file: path,
        help: `files = [${names
          .slice(0, 8)
          .map((name) => showValue(name))
          .join(", ")}${names.length > 8 ? ", …" : ""}]`
      })
    })
  )

/** The tables with their sizes; fails with everything that cannot be read. */
export const tablesOf = (
  source: Source,
  options: Pick<Options, "files">
): Effect.Effect<readonly [Table, ...Array<Table>], TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    if (options.files === undefined) return [{ name: source.path, info: yield* infoOf(roots, source.path) }]
    const [tables, failures] = yield* Effect.partition(options.files, (name) =>
      Effect.map(roots.info(pathOf(source, name)), (info): Table => ({ name, info }))
    )
    const [failure] = failures
    if (failure !== undefined)
      return yield* trainerErrors(
        failure.reason,
        failures.flatMap(({ diagnostics }) => diagnostics)
      )
    const [first, ...rest] = tables
    if (first === undefined) throw new RangeError("the decoder lets no empty list of files through")
    return [first, ...rest]
  })

export interface TableRequest<R> extends Omit<ReadRequest<R>, "onRow"> {
  /** The first record that is not blank. */
  readonly onHeader: (row: Row) => boolean
  readonly onRecord: (row: Row) => boolean
  /** Blank lines between records, where the first of them stands and how many they are. */
  readonly onBlanks?: (row: Pick<Row, "offset" | "line">, count: number) => void
}

/** Reads one table: blank lines, the header, then records. */
export const readTable = <R>({ info }: Table, request: TableRequest<R>): Effect.Effect<Reading, TrainerError, ApprovedRoots | R> => {
  let blanks: { readonly offset: number; readonly line: number; count: number } | undefined
  let header = false
  return readRecords(info, {
    ...request,
    onRow: (row) => {
      if (isBlank(row)) {
        if (blanks === undefined) blanks = { offset: row.offset, line: row.line, count: 0 }
        blanks.count++
        return true
      }
      if (blanks !== undefined) request.onBlanks?.(blanks, blanks.count)
      blanks = undefined
      if (header) return request.onRecord(row)
      header = true
      return request.onHeader(row)
    }
  })
}

/** The first place where a header is not that of the first table. */
export const otherHeader = (
  names: ReadonlyArray<string>,
  expected: ReadonlyArray<string>,
  first: string,
  spot: Spot
): Finding | undefined => {
  const length = Math.max(names.length, expected.length)
  for (let cell = 0; cell < length; cell++) {
    const name = names[cell]
    const wanted = expected[cell]
    if (name === wanted) continue
    const told = (each: string | undefined): string => (each === undefined ? "no column" : showValue(each))
    return {
      code: "csv/OTHER-HEADER",
      severity: "error",
      message: `column ${cell + 1} is not that of ${showValue(first)}`,
      ...(name === undefined ? {} : { field: name }),
      spot: { ...spot, cell: Math.min(cell, names.length - 1) },
      expected: told(wanted),
      actual: told(name),
      help: "files of one dataset have the same columns in the same order; register the others as datasets of their own"
    }
  }
  return undefined
}
