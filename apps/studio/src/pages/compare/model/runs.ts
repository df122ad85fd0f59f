/**
 * The runs of the store as the picker needs them, from whatever columns the runs table was asked for. Sharp edge: what a run does not tell is
 * an empty text, so that a search never meets `undefined`.
 */
export interface FoundRun {
  readonly run_id: string
  readonly name: string
  readonly seed: string
  readonly status: string
  readonly score: string
}

type Row = Readonly<Record<string, unknown>>

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value)

const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "bigint" ? String(value) : ""

/** The primary metric of a run by name and value. */
const score = ({ primary_metric, score: value }: Row): string =>
  typeof value === "number" ? `${text(primary_metric)} ${value.toFixed(4)}`.trim() : ""

/** A row with its cells under the keys of their columns. */
const named = (row: Row, keys: ReadonlyArray<string>): Row =>
  Array.isArray(row.cells)
    ? { ...Object.fromEntries(keys.map((key, at) => [key, (row.cells as ReadonlyArray<unknown>)[at]])), ...row }
    : row

/** Rows of the runs table, whose cells stand in the order of its columns; in the order of the answer. */
export const foundRuns = (data: unknown): ReadonlyArray<FoundRun> => {
  const table = isRow(data) ? data : {}
  const rows = Array.isArray(table.rows) ? table.rows : []
  const keys = Array.isArray(table.columns) ? table.columns.filter(isRow).map(({ key }) => text(key)) : []
  return rows
    .filter(isRow)
    .map((each): FoundRun => {
      const row = named(each, keys)
      return { run_id: text(row.run_id), name: text(row.name), seed: text(row.seed), status: text(row.status), score: score(row) }
    })
    .filter((run) => run.run_id !== "")
}

/** The runs that every word of the text is found in, without those that are there already. */
export const matching = (runs: ReadonlyArray<FoundRun>, typed: string, taken: ReadonlyArray<string>): ReadonlyArray<FoundRun> => {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
  return runs.filter(
    (run) =>
      !taken.includes(run.run_id) &&
      words.every((word) => [run.run_id, run.name, `seed ${run.seed}`, run.status].some((part) => part.toLowerCase().includes(word)))
  )
}
