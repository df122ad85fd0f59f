/**
 * A process that asks the store one question and ends. It is one of its own because nothing stops SQLite in the middle of a statement but
 * the end of the process.
 *
 * stdin: one JSON object {@link SqlQuestion}. stdout: one {@link SqlAnswer}. Sharp edge: the connection cannot write, but a statement may
 * still ask for a lot; the size of a value is bounded here, time by whoever started this.
 */
import { readFileSync } from "node:fs"
import { constants, DatabaseSync, type SQLOutputValue } from "node:sqlite"
import { jsonText } from "../jsonText.ts"

export interface SqlQuestion {
  readonly file: string
  readonly sql: string
  /** Rows that are given at most. */
  readonly limit: number
  /** Characters of the answer, about. */
  readonly characters: number
}

export type SqlAnswer =
  | {
      readonly columns: ReadonlyArray<string>
      readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
      readonly truncated: "rows" | "size" | null
    }
  | { readonly refused: string }
  | { readonly failed: string }

/** Bytes of one value, and of one statement. */
const longest = { length: 33_554_432, sqlLength: 1_000_000, attach: 0 } as const

const allowed: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_RECURSIVE,
  constants.SQLITE_FUNCTION
])

/** Integers beyond 2^53 stay what they are; bytes are shown as hex digits. */
const shownValue = (value: SQLOutputValue): unknown => {
  if (typeof value === "bigint") return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex")
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value
}

const answer = ({ file, sql, limit, characters }: SqlQuestion): SqlAnswer => {
  const database = new DatabaseSync(file, { readOnly: true, allowExtension: false })
  try {
    database.exec("PRAGMA busy_timeout = 1000; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON")
    // Node 22 has neither of these two; there the connection that cannot write and the look at the text have to do.
    const limits: unknown = Reflect.get(database, "limits")
    if (typeof limits === "object" && limits !== null) Object.assign(limits, longest)
    if (typeof Reflect.get(database, "setAuthorizer") === "function")
      database.setAuthorizer((action, _, name) =>
        allowed.has(action) && !(action === constants.SQLITE_FUNCTION && name === "load_extension")
          ? constants.SQLITE_OK
          : constants.SQLITE_DENY
      )
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    const columns = statement.columns().map(({ name }) => name)
    const rows: Array<ReadonlyArray<unknown>> = []
    let size = 0
    for (const row of statement.iterate() as Iterable<unknown> as Iterable<ReadonlyArray<SQLOutputValue>>) {
      if (rows.length === limit) return { columns, rows, truncated: "rows" }
      const values = row.map(shownValue)
      size += jsonText(values, 0).length
      if (size > characters) return { columns, rows, truncated: "size" }
      rows.push(values)
    }
    return { columns, rows, truncated: null }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const code = cause instanceof Error ? Reflect.get(cause, "errcode") : undefined
    // Primary codes of SQLite: 8 is a write on a connection that reads, 23 what the authorizer refused.
    return typeof code === "number" && [8, 23].includes(code & 0xff) ? { refused: message } : { failed: message }
  } finally {
    database.close()
  }
}

process.stdout.write(jsonText(answer(JSON.parse(readFileSync(0, "utf8")) as SqlQuestion), 0))
