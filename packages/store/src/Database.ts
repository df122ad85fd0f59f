/**
 * The SQLite file of the store: how it comes to be, who may open it, how it is brought up to date, and transactions.
 *
 * A new file is made complete beside its place and linked into it, so an empty or half made `store.sqlite` is never ours. Sharp edge:
 * every call blocks the thread; a commit waits for the disk (WAL, synchronous=FULL).
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readSync, rmSync } from "node:fs"
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite"
import { TrainerError } from "@feagi-trainer/contracts"
import { nodeBlobFiles } from "./BlobFiles.ts"
import type { Health } from "./Health.ts"
import { identityText, type ProcessFactsShape, parseIdentity } from "./ProcessFacts.ts"
import { applicationId, storeVersion, upgradeFrom } from "./Schema.ts"
import { fromSqlite, fromSystem, storeError } from "./StoreError.ts"

export type Row = Readonly<Record<string, SQLOutputValue>>

const pragmas = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"

export const fileName = "store.sqlite"

const rollBack = (database: DatabaseSync): void => {
  try {
    database.exec("ROLLBACK")
  } catch {
    // SQLite rolls back by itself after some errors; the error that led here is the one to tell.
  }
}

export class Database {
  readonly file: string
  readonly #database: DatabaseSync
  readonly #health: Health
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string, database: DatabaseSync, health: Health) {
    this.file = file
    this.#database = database
    this.#health = health
  }

  #statement(sql: string): StatementSync {
    const cached = this.#statements.get(sql)
    if (cached !== undefined) return cached
    const made = this.#database.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }

  /** All rows. Throws TrainerError. */
  all(sql: string, ...values: ReadonlyArray<SQLInputValue>): ReadonlyArray<Row> {
    try {
      return this.#statement(sql).all(...values)
    } catch (cause) {
      throw fromSqlite(cause, "read the store", this.file)
    }
  }

  /** The first row. Throws TrainerError. */
  get(sql: string, ...values: ReadonlyArray<SQLInputValue>): Row | undefined {
    try {
      return this.#statement(sql).get(...values)
    } catch (cause) {
      throw fromSqlite(cause, "read the store", this.file)
    }
  }

  /** How many rows changed. Only inside of {@link write}. */
  run(sql: string, ...values: ReadonlyArray<SQLInputValue>): number {
    return Number(this.#statement(sql).run(...values).changes)
  }

  /** One transaction that may write: all of `body` is durable when this returns, or none of it happened. */
  write<A>(action: string, body: () => A): A {
    this.#health.check()
    try {
      this.#database.exec("BEGIN IMMEDIATE")
      const result = body()
      this.#database.exec("COMMIT")
      return result
    } catch (cause) {
      rollBack(this.#database)
      const error = fromSqlite(cause, action, this.file)
      const fatal = error instanceof TrainerError && error.diagnostics[0].code === "FT4003"
      throw fatal ? this.#health.condemn(error) : error
    }
  }

  /** One consistent view over several reads. */
  read<A>(body: () => A): A {
    try {
      this.#database.exec("BEGIN")
      const result = body()
      this.#database.exec("COMMIT")
      return result
    } catch (cause) {
      rollBack(this.#database)
      throw fromSqlite(cause, "read the store", this.file)
    }
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }
}

/** A cell as text. A row that SQLite's own types let through otherwise is damage. */
export const textAt = (row: Row, column: string): string => {
  const value = row[column]
  if (typeof value === "string") return value
  throw storeError("FT4028", { message: `the store holds no text in column ${column}`, actual: String(value) })
}

export const integerAt = (row: Row, column: string): number => {
  const value = row[column]
  if (typeof value === "number" && Number.isSafeInteger(value)) return value
  throw storeError("FT4028", { message: `the store holds no whole number in column ${column}`, actual: String(value) })
}

const damaged = (file: string, message: string): TrainerError => storeError("FT4005", { message, file })

/** Looks at the first 100 bytes (the SQLite header) before SQLite itself may touch the file. */
const checkHeader = (file: string): void => {
  const header = Buffer.alloc(100)
  let count = 0
  try {
    const handle = openSync(file, "r")
    try {
      count = readSync(handle, header, 0, 100, 0)
    } finally {
      closeSync(handle)
    }
  } catch (cause) {
    throw fromSystem(cause, "open the store", file)
  }
  if (count === 0) throw damaged(file, `${fileName} is empty`)
  if (count < 100 || header.toString("latin1", 0, 16) !== "SQLite format 3\0") throw damaged(file, `${fileName} is no SQLite database`)
  const application = header.readUInt32BE(68)
  if (application !== applicationId) {
    throw storeError("FT4006", {
      message: `${fileName} is no store of feagi-trainer`,
      file,
      expected: `application id ${applicationId}`,
      actual: String(application)
    })
  }
  checkVersion(file, header.readUInt32BE(60))
}

const checkVersion = (file: string, version: number): void => {
  if (version > storeVersion) {
    throw storeError("FT4007", {
      message: `written by a newer version; upgrade feagi-trainer`,
      file,
      expected: `store version ${storeVersion} or older`,
      actual: String(version)
    })
  }
  if (version < 1) throw damaged(file, `${fileName} has store version ${version}, which no version of feagi-trainer wrote`)
}

const create = (folder: string, file: string, facts: ProcessFactsShape): void => {
  sweep(folder, facts)
  const beside = `${folder}/new-${identityText(facts.self)}.${facts.nonce()}`
  try {
    const database = new DatabaseSync(beside)
    try {
      database.exec(`PRAGMA journal_mode = WAL; ${pragmas} BEGIN; ${upgradeFrom(0)} COMMIT;`)
      // Closing would move the log into the file too, but would keep a failed sync to itself, and the file alone is linked.
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    } finally {
      database.close()
    }
    const handle = openSync(beside, "r+")
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    checkHeader(beside)
    place(beside, file)
    nodeBlobFiles.syncFolder(folder)
  } catch (cause) {
    throw fromSqlite(cause, "create the store", file)
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(beside + suffix, { force: true })
  }
}

/** Unlike a rename, a link does not replace the store that another process made a moment earlier. */
const place = (beside: string, file: string): void => {
  try {
    linkSync(beside, file)
  } catch (cause) {
    if (!(cause instanceof Error && Reflect.get(cause, "code") === "EEXIST")) throw cause
  }
}

/** Removes half made stores of processes that are gone. */
const sweep = (folder: string, facts: ProcessFactsShape): void => {
  for (const { name } of nodeBlobFiles.list(folder)) {
    const owner = parseIdentity(/^new-(.*)\.[^.]+$/.exec(name)?.[1] ?? "")
    if (owner !== undefined && facts.judge(owner) === "gone") rmSync(`${folder}/${name}`, { force: true })
  }
}

const versionOf = (database: DatabaseSync): number => integerAt(database.prepare("PRAGMA user_version").get() ?? {}, "user_version")

/** Brings the tables up to date in one transaction: a store is of its old version, or of the newest one. Two that open it at once wait. */
const migrate = (file: string, database: DatabaseSync, facts: ProcessFactsShape): void => {
  database.exec("BEGIN IMMEDIATE")
  try {
    const version = versionOf(database)
    checkVersion(file, version)
    if (version < storeVersion) {
      refuseWhileRunning(file, database, facts)
      database.exec(upgradeFrom(version))
    }
    database.exec("COMMIT")
  } catch (cause) {
    rollBack(database)
    throw cause
  }
}

/** The program that wrote an older store may be at work in it, and would go on by the tables that it knows. */
const refuseWhileRunning = (file: string, database: DatabaseSync, facts: ProcessFactsShape): void => {
  for (const row of database.prepare("SELECT run_id, pid, boot_id, pid_namespace, started, host FROM leases").all()) {
    const owner = {
      pid: integerAt(row, "pid"),
      boot_id: textAt(row, "boot_id"),
      pid_namespace: textAt(row, "pid_namespace"),
      started: textAt(row, "started")
    }
    if (facts.judge(owner) === "gone") continue
    throw storeError("FT4021", {
      message: `the store has to be migrated, but run ${textAt(row, "run_id")} is held by process ${owner.pid} on ${textAt(row, "host")}`,
      file,
      help: "wait until that run is done, or stop it with the version of feagi-trainer that started it"
    })
  }
}

/** Opens `store.sqlite` in an existing folder, or makes it; a writer waits `busyMillis` for another one. Throws TrainerError. */
export const openDatabase = (folder: string, facts: ProcessFactsShape, health: Health, busyMillis: number): Database => {
  const file = `${folder}/${fileName}`
  if (!existsSync(file)) create(folder, file, facts)
  checkHeader(file)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    database.exec(`PRAGMA busy_timeout = ${busyMillis}; ${pragmas}`)
    // The header in the file may be older than the one in the write-ahead log.
    const version = versionOf(database)
    checkVersion(file, version)
    if (version < storeVersion) migrate(file, database, facts)
    database.prepare("SELECT count(*) FROM sqlite_schema").get()
    return new Database(file, database, health)
  } catch (cause) {
    database?.close()
    throw fromSqlite(cause, "open the store", file)
  }
}
