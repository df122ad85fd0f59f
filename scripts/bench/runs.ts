/**
 * Row `runs`: a page of the runs table, 10 000 runs of about 100 columns: a condition on two columns, an order of two, the first 100 runs.
 * By SQLite over the same facts as JSON, and by DuckDB over them as a table of its own.
 *
 * Sharp edge: ours looks each time whether a run went on since, and who holds the running ones; the peers look at what they were given.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect } from "effect"
import { documentBytes, openRunTable, type RunTableRequest } from "../../packages/core/src/index.ts"
import { openStore, type StoreShape, storeContext } from "../../packages/store/src/index.ts"
import { addRuns, runDocument, wholeRun } from "../../packages/store/test/runs.ts"
import { comparePairs, type Pair, type Result, reportAlone, type Side, seconds } from "./measure.ts"
import { npmPeer } from "./peers.ts"
import { openProject } from "./project.ts"

interface DuckDb {
  readonly DuckDBInstance: {
    readonly create: (path: string) => Promise<{
      readonly connect: () => Promise<{
        readonly runAndReadAll: (sql: string) => Promise<{ readonly getRows: () => ReadonlyArray<ReadonlyArray<unknown>> }>
        readonly closeSync: () => void
      }>
      readonly closeSync: () => void
    }>
  }
}

const row = "runs"
const unit = "pages/s"
/** Pages of one round. */
const PAGES = 20
const METRICS = 30

const request: RunTableRequest = {
  where: "metric.accuracy > 0.9 and not status:failed",
  sort: ["-score", "name"],
  columns: undefined,
  offset: 0,
  limit: 100,
  archived: false
}
const shown = ["name", "seed", "status", "phase", "dataset", "learner", "primary_metric", "score", "created", "tags", "starred"]

/** Every metric another number in every run, all of them below 1. */
const metricsOf = (run: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: METRICS }, (_, metric) => [`metric_${metric}`, ((run * 7919 + metric * 31) % 1009) / 1009]))

/** So many whole runs in a store of their own, each with 30 metrics beside what every run has. */
export const storeOfRuns = async (folder: string, count: number): Promise<void> => {
  const document_sha256 = await Effect.runPromise(
    Effect.scoped(Effect.flatMap(openStore({ folder }), (store) => store.blobs.put(documentBytes(runDocument()))))
  )
  addRuns(folder, count, document_sha256, (run) => wholeRun((run % 1000) / 1000, metricsOf(run)))
}

const page = (store: StoreShape) => Effect.flatMap(openRunTable, (table) => table.select(request)).pipe(Effect.provide(storeContext(store)))

/** A project of so many runs and no plugin, in which somebody has looked at the table before. */
export const projectOfRuns = async (folder: string, count: number): Promise<void> => {
  writeFileSync(join(folder, "feagi-trainer.toml"), 'schema_version = 1\nplugins = []\nstore = "runs"\n')
  const store = join(folder, "runs")
  await storeOfRuns(store, count)
  await Effect.runPromise(Effect.scoped(Effect.flatMap(openStore({ folder: store }), page)))
}

const rate =
  (what: string, expected: ReadonlyArray<string>, once: () => Promise<ReadonlyArray<unknown>> | ReadonlyArray<unknown>): Side =>
  async () => {
    const took = await seconds(async () => {
      for (let at = 0; at < PAGES; at++) {
        const found = await once()
        if (found.length !== expected.length || found[0] !== expected[0] || found.at(-1) !== expected.at(-1))
          throw new Error(`${what} gave another page: ${found.length} runs from ${String(found[0])} to ${String(found.at(-1))}`)
      }
    })
    return PAGES / took
  }

export const runs = async (count = 10_000): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  const folder = join(project.folder, "runs")
  const opened = <A>(use: (store: StoreShape) => Effect.Effect<A, unknown>): Promise<A> =>
    Effect.runPromise(Effect.scoped(Effect.flatMap(openStore({ folder }), use)) as Effect.Effect<A>)
  try {
    await storeOfRuns(folder, count)
    // Everything that stands in the table, for the peers; what made it is kept from here on.
    const all = await opened((store) =>
      Effect.flatMap(openRunTable, (table) =>
        table.select({ ...request, where: "", sort: [], limit: undefined, columns: table.summaries().map(({ key }) => key) })
      ).pipe(Effect.provide(storeContext(store)))
    )
    const records = all.rows.map(({ cells }) =>
      Object.fromEntries(
        all.columns.map(({ key }, index) => [key, typeof cells[index] === "bigint" ? String(cells[index]) : (cells[index] ?? null)])
      )
    )
    const results: Array<Result> = []
    await opened((store) =>
      Effect.promise(async () => {
        const once = async () => (await Effect.runPromise(page(store))).rows.map(({ run_id }) => run_id)
        const expected = await once()
        const ours: Pair["ours"] = ["page of the runs table, looked after each time", rate("the table", expected, once)]
        const json = new DatabaseSync(join(project.folder, "facts.sqlite"))
        json.exec("CREATE TABLE runs (facts TEXT NOT NULL) STRICT; BEGIN")
        const insert = json.prepare("INSERT INTO runs (facts) VALUES (?)")
        for (const record of records) insert.run(JSON.stringify(record))
        json.exec("COMMIT")
        const of = (key: string): string => `json_extract(facts, '$."${key}"')`
        const select = json.prepare(
          `SELECT ${of("run_id")} AS run_id, ${shown.map((key, at) => `${of(key)} AS c${at}`).join(", ")} FROM runs WHERE ${of("metric.accuracy")} > 0.9 AND NOT ${of("status")} = 'failed' ORDER BY ${of("score")} DESC, ${of("name")}, rowid LIMIT 100`
        )
        const pairs: Array<Pair> = [
          {
            row,
            ours,
            peer: ["SQLite, json_extract on the same facts", rate("SQLite", expected, () => select.all().map((each) => each.run_id))],
            unit
          }
        ]
        const duck = npmPeer<DuckDb>("@duckdb/node-api", "1.5.6-r.1")
        const close: Array<() => void> = [() => json.close()]
        if (duck.ok) {
          const instance = await duck.value.DuckDBInstance.create(":memory:")
          const connection = await instance.connect()
          close.push(
            () => connection.closeSync(),
            () => instance.closeSync()
          )
          const name = (key: string): string => `"${key.replaceAll('"', '""')}"`
          const typeOf = (type: string): string =>
            ["number", "integer", "time"].includes(type) ? "DOUBLE" : type === "boolean" ? "BOOLEAN" : "VARCHAR"
          await connection.runAndReadAll(
            `CREATE TABLE runs (${all.columns.map(({ key, type }) => `${name(key)} ${typeOf(type)}`).join(", ")})`
          )
          const literal = (cell: unknown): string =>
            cell === null
              ? "NULL"
              : typeof cell === "number" || typeof cell === "boolean"
                ? String(cell)
                : `'${String(cell).replaceAll("'", "''")}'`
          for (let first = 0; first < records.length; first += 500)
            await connection.runAndReadAll(
              `INSERT INTO runs VALUES ${records
                .slice(first, first + 500)
                .map((record) => `(${Object.values(record).map(literal).join(", ")})`)
                .join(", ")}`
            )
          const sql = `SELECT run_id, ${shown.map(name).join(", ")} FROM runs WHERE "metric.accuracy" > 0.9 AND NOT status = 'failed' ORDER BY score DESC, name LIMIT 100`
          pairs.push({
            row,
            ours,
            peer: [
              "DuckDB 1.5.6, the same facts as a table in memory, all cores",
              rate("DuckDB", expected, async () => (await connection.runAndReadAll(sql)).getRows().map(([run_id]) => run_id))
            ],
            unit,
            note: `${count} runs of ${all.columns.length} columns, ${expected.length} of ${records.filter((each) => Number(each["metric.accuracy"]) > 0.9).length} that meet the condition`
          })
        } else results.push({ kind: "skipped", row, peer: "DuckDB 1.5.6", reason: duck.reason })
        results.push(...(await comparePairs(pairs)))
        for (const each of close) each()
      })
    )
    results.push(
      await reportAlone(
        row,
        [
          "the first page of a store that was just opened, from what was kept",
          () => seconds(() => opened((store) => Effect.asVoid(page(store))))
        ],
        "s",
        "what every program pays once"
      )
    )
    return results
  } finally {
    await project.close()
  }
}
