/**
 * Row `csv`: a table of numbers, from its bytes to the index of a registration, by csv-parse (every record as a list of texts, which are
 * thrown away) and by DuckDB (the smallest and the largest number of every column).
 *
 * Sharp edge: neither peer does what a registration does, and DuckDB uses every core; the row says what a complete scan costs beside them.
 */
import { closeSync, createReadStream, openSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Transform } from "node:stream"
import { finished } from "node:stream/promises"
import { Effect } from "effect"
import type { DatasetScan } from "../../packages/contracts/src/index.ts"
import { ChaCha8 } from "../../packages/determinism/src/index.ts"
import { comparePairs, MB, type Pair, type Result, reportAlone, type Side, seconds } from "./measure.ts"
import { npmPeer } from "./peers.ts"
import { openAdapter, openProject, scan, validate } from "./project.ts"

const COLUMNS = 10
const CLASSES = 5
const row = "csv"
const unit = "MB/s"

interface CsvParse {
  readonly parse: (options: object) => Transform
}

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

const names = Array.from({ length: COLUMNS }, (_, column) => `f${column}`)

/** Numbers from −1000 to 1000 with four decimals, all drawn from one seed. */
const writeTable = (path: string, records: number): void => {
  const page = 1000
  const generator = ChaCha8.seedFromU64(1n)
  const drawn = Buffer.alloc(page * COLUMNS * 4)
  const file = openSync(path, "w")
  writeSync(file, `${names.join(",")},class\n`)
  for (let first = 0; first < records; first += page) {
    generator.fill(drawn)
    const lines = Array.from({ length: Math.min(page, records - first) }, (_, at) => {
      const cells = names.map((__, column) => ((drawn.readInt32LE((at * COLUMNS + column) * 4) / 2 ** 31) * 1000).toFixed(4))
      return `${cells.join(",")},c${(first + at) % CLASSES}\n`
    })
    writeSync(file, lines.join(""))
  }
  closeSync(file)
}

export const csv = async (records = 800_000): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  try {
    const path = join(project.folder, "table.csv")
    writeTable(path, records)
    const megabytes = statSync(path).size / MB
    const options = { label_column: "class", classes: "scan", columns: { "*": { type: "number" } } }
    const opened = await project.run(openAdapter("csv", project.folder, { path: "table.csv" }, options))
    let shape: DatasetScan["shape"] | undefined
    const rate =
      (what: string, work: () => Promise<number>): Side =>
      async () => {
        let found = 0
        const took = await seconds(async () => {
          found = await work()
        })
        if (found !== records) throw new Error(`${what} found ${found} of ${records} records`)
        return megabytes / took
      }
    const registration: Pair["ours"] = [
      "registration scan of adapter csv, with its index",
      rate("the scan", async () => {
        const { scanned } = await project.run(Effect.scoped(scan(opened)))
        shape = scanned.scan.shape
        return scanned.scan.summary.sample_count
      })
    ]
    const alone: Pair["ours"] = [
      "adapter csv, validate without an index",
      rate("validate", async () => {
        let samples = 0
        const add = (entries: ReadonlyArray<unknown>) =>
          Effect.sync(() => {
            samples += entries.length
          })
        await project.run(validate(opened, { add }))
        return samples
      })
    ]
    const size = `${records} records of ${COLUMNS} numbers and a class, ${megabytes.toFixed(0)} MB`
    const results: Array<Result> = []
    const pairs: Array<Pair> = []

    const csvParse = npmPeer<CsvParse>("csv-parse", "7.0.3")
    const parseName = "csv-parse 7.0.3 alone, streaming, lists of texts"
    if (csvParse.ok) {
      const { parse } = csvParse.value
      const parsed = rate("csv-parse", async () => {
        let found = -1
        const parser = parse({})
        const file = createReadStream(path, { highWaterMark: 256 * 1024 }).on("error", (error) => parser.destroy(error))
        // Events are the fastest way out of it.
        file.pipe(parser).on("data", () => void found++)
        await finished(parser)
        return found
      })
      const peer: Pair["peer"] = [parseName, parsed]
      pairs.push(
        {
          row,
          ours: registration,
          peer,
          unit,
          note: `${size}; ours checks and hashes every record, indexes it, hashes the file again in pieces, and looks for duplicates`
        },
        { row, ours: alone, peer, unit, note: `${size}; ours also checks UTF-8, reads every number, and hashes file and records` }
      )
    } else results.push({ kind: "skipped", row, peer: parseName, reason: csvParse.reason })

    const duckDb = npmPeer<DuckDb>("@duckdb/node-api", "1.5.6-r.1")
    const database = duckDb.ok ? await duckDb.value.DuckDBInstance.create(":memory:") : undefined
    const connection = await database?.connect()
    const duckName = "DuckDB 1.5.6, min and max of read_csv, all cores"
    if (connection !== undefined) {
      const columns = names.map((name) => `min(${name}), max(${name})`).join(", ")
      const sql = `SELECT count(*), count(DISTINCT class), ${columns} FROM read_csv('${path.replaceAll("'", "''")}')`
      const queried = rate("DuckDB", async () => {
        const [first = []] = (await connection.runAndReadAll(sql)).getRows()
        const [count, classes, ...extremes] = first.map(Number)
        const ours = shape?.kind === "tabular" ? shape.features.flatMap(({ min, max }) => [min, max]) : []
        if (classes !== CLASSES || JSON.stringify(extremes) !== JSON.stringify(ours))
          throw new Error(`DuckDB read ${classes} classes and the extremes ${extremes.join(" ")}, and ours ${ours.join(" ")}`)
        return count ?? 0
      })
      const note = `${size}; the smallest and largest numbers are the same on both sides`
      pairs.push({ row, ours: registration, peer: [duckName, queried], unit, note })
    } else if (!duckDb.ok) results.push({ kind: "skipped", row, peer: duckName, reason: duckDb.reason })

    if (pairs.length === 0) for (const side of [registration, alone]) results.unshift(await reportAlone(row, side, unit, size))
    else results.unshift(...(await comparePairs(pairs)))
    connection?.closeSync()
    database?.closeSync()
    return results
  } finally {
    await project.close()
  }
}
