/**
 * The facts of runs, kept so that a program need not read every journal to show a table. The names of the columns stand once for all runs
 * that have the same ones; a run has its cells.
 *
 * Sharp edge: this is a cache. A row that is damaged or of another version is taken for missing, and `artifact verify` has nothing to say
 * of it.
 */
import type { Cell, FactsCache, KeptFacts, RunHead } from "@feagi-trainer/core"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { runOf } from "./Runs.ts"
import { attempt } from "./StoreError.ts"

type Fact = NonNullable<Cell>

/** An integer beyond 2^53 is `{"integer": "…"}`. */
const cellsText = (cells: ReadonlyArray<Fact>): string =>
  JSON.stringify(cells.map((cell) => (typeof cell === "bigint" ? { integer: String(cell) } : cell)))

const cellsOf = (text: string): ReadonlyArray<Fact> => {
  const cells = JSON.parse(text) as ReadonlyArray<Fact | { readonly integer: string }>
  // A text of a cell may hold these characters as well: then every cell is looked at for nothing.
  return text.includes('{"integer":')
    ? cells.map((cell) => (typeof cell === "object" && "integer" in cell ? BigInt(cell.integer) : cell))
    : (cells as ReadonlyArray<Fact>)
}

/** Over every other column of the row. */
const hashOf = (run_id: string, version: number, head_sha256: string, shape: string, cells: string): string =>
  sha256Hex(`${run_id}\n${version}\n${head_sha256}\n${shape}\n${cells}`)

const write = (database: Database, version: number, facts: ReadonlyArray<KeptFacts>): void =>
  database.write("keep facts of runs", () => {
    const shapes = new Set<string>()
    for (const { run_id, head_sha256, names: keys, cells } of facts) {
      const names = canonical(keys)
      const shape = sha256Hex(names)
      if (!shapes.has(shape)) database.run("INSERT OR IGNORE INTO fact_shapes (shape, names) VALUES (?, ?)", shape, names)
      shapes.add(shape)
      const text = cellsText(cells)
      database.run(
        "INSERT OR REPLACE INTO run_facts (run_id, version, head_sha256, shape, cells, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        run_id,
        version,
        head_sha256,
        shape,
        text,
        hashOf(run_id, version, head_sha256, shape, text)
      )
    }
    // What no run has any more: facts of an older version have gone with the rows that named them.
    database.run("DELETE FROM fact_shapes WHERE shape NOT IN (SELECT shape FROM run_facts)")
  })

const read = (database: Database, version: number, run_ids: ReadonlyArray<string> | undefined): ReadonlyArray<KeptFacts> =>
  database.read(() => {
    const shapes = new Map<string, ReadonlyArray<string>>()
    for (const row of database.all("SELECT shape, names FROM fact_shapes")) {
      const [shape, names] = [textAt(row, "shape"), textAt(row, "names")]
      if (sha256Hex(names) === shape) shapes.set(shape, JSON.parse(names) as ReadonlyArray<string>)
    }
    const rows =
      run_ids === undefined
        ? database.all("SELECT * FROM run_facts WHERE version = ?", version)
        : run_ids.flatMap((run_id) => database.all("SELECT * FROM run_facts WHERE version = ? AND run_id = ?", version, run_id))
    return rows.flatMap((row) => keptOf(row, version, shapes) ?? [])
  })

const keptOf = (row: Row, version: number, shapes: ReadonlyMap<string, ReadonlyArray<string>>): KeptFacts | undefined => {
  const [run_id, head_sha256, shape, cells] = [
    textAt(row, "run_id"),
    textAt(row, "head_sha256"),
    textAt(row, "shape"),
    textAt(row, "cells")
  ]
  const names = shapes.get(shape)
  if (names === undefined || hashOf(run_id, version, head_sha256, shape, cells) !== textAt(row, "sha256")) return undefined
  return { run_id, head_sha256, names, cells: cellsOf(cells) }
}

/**
 * Heads change with every event, and everything else that facts are made of comes in one transaction with an event. Marks and runs only
 * grow in number.
 */
const stamp = (database: Database): string => {
  const row = database.get(
    "SELECT (SELECT group_concat(head_sha256, '') FROM (SELECT head_sha256 FROM runs ORDER BY position)) AS heads, (SELECT count(*) FROM run_marks) AS marks"
  )
  return `${String(row?.heads ?? "")} ${integerAt(row ?? {}, "marks")}`
}

export const openFacts = (database: Database): FactsCache["Service"] => ({
  stamp: attempt(() => stamp(database)),
  heads: attempt(() =>
    database
      .all("SELECT * FROM runs ORDER BY position")
      .map((row): RunHead => ({ row: runOf(row), head_sha256: textAt(row, "head_sha256") }))
  ),
  read: (version, run_ids) => attempt(() => read(database, version, run_ids)),
  write: (version, facts) => attempt(() => write(database, version, facts))
})
