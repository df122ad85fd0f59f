/**
 * Who may write to a run, or drive a campaign. A lease is judged by its process, not by time, so an owner that sleeps keeps it; its nonce
 * fences off a former owner that wakes up.
 */
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import type { ProcessFactsShape, ProcessIdentity } from "./ProcessFacts.ts"
import { storeError } from "./StoreError.ts"

/** The process that a row of leases names. */
export const ownerOf = (row: Row): ProcessIdentity => ({
  pid: integerAt(row, "pid"),
  boot_id: textAt(row, "boot_id"),
  pid_namespace: textAt(row, "pid_namespace"),
  started: textAt(row, "started")
})

/** A time as people read it, in UTC. */
export const timeText = (millis: number): string => new Date(millis).toISOString()

/** What is leased: its name in messages, the table of its leases, and the column that names it there. */
export interface Leased {
  readonly noun: "run" | "campaign"
  readonly table: "leases" | "campaign_leases"
  readonly column: "run_id" | "campaign_id"
  /** Throws FT4020 where there is no such thing to lease. */
  readonly requireKnown: (id: string) => void
  /** What ends with a former lease, inside of the transaction that takes the new one. */
  readonly forget?: (id: string) => void
}

/** The leases that one opened store took, and its view of all others. */
export class Leases {
  readonly #database: Database
  readonly #facts: ProcessFactsShape
  readonly #leased: Leased
  readonly #held = new Set<string>()

  constructor(database: Database, facts: ProcessFactsShape, leased: Leased) {
    this.#database = database
    this.#facts = facts
    this.#leased = leased
  }

  #row(id: string): Row | undefined {
    const { table, column } = this.#leased
    return this.#database.get(`SELECT * FROM ${table} WHERE ${column} = ?`, id)
  }

  /** The nonce of the lease. Throws FT4021 while a process that is not known to be gone holds it, this process included. */
  acquire(id: string, now: number): string {
    const { noun, table, column, requireKnown } = this.#leased
    const { self, host } = this.#facts
    return this.#database.write(`acquire a ${noun}`, () => {
      requireKnown(id)
      this.#refuseWhileHeld(id)
      const nonce = this.#facts.nonce()
      this.#database.run(
        `INSERT OR REPLACE INTO ${table} (${column}, nonce, pid, boot_id, pid_namespace, started, host, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        nonce,
        self.pid,
        self.boot_id,
        self.pid_namespace,
        self.started,
        host,
        now
      )
      this.#leased.forget?.(id)
      this.#held.add(nonce)
      return nonce
    })
  }

  #refuseWhileHeld(id: string): void {
    const { noun } = this.#leased
    const row = this.#row(id)
    if (row === undefined) return
    const liveness = this.#facts.judge(ownerOf(row))
    if (liveness === "gone") return
    const owner = `process ${integerAt(row, "pid")} on ${textAt(row, "host")} since ${timeText(integerAt(row, "since"))}`
    if (liveness === "alive") throw storeError("FT4021", { message: `${noun} ${id} is held by ${owner}` })
    throw storeError("FT4021", {
      message: `${noun} ${id} is held by ${owner}, in a pid namespace that cannot be seen from here`,
      help: `stop that container or resume the ${noun} inside of it; a restart of the machine also frees the ${noun}`
    })
  }

  /** Throws FT4022 unless the lease still holds. Inside of the transaction that it protects. */
  check(id: string, nonce: string): void {
    const row = this.#row(id)
    if (row !== undefined && textAt(row, "nonce") === nonce) return
    const taker = row === undefined ? "nobody holds it now" : `process ${integerAt(row, "pid")} on ${textAt(row, "host")} holds it now`
    throw storeError("FT4022", { message: `the lease of ${this.#leased.noun} ${id} is no longer ours: ${taker}` })
  }

  isHeld(id: string): boolean {
    this.#leased.requireKnown(id)
    const row = this.#row(id)
    return row !== undefined && this.#facts.judge(ownerOf(row)) !== "gone"
  }

  /** Gives a lease back; one that was given back or taken over already is left alone. */
  release(nonce: string): void {
    if (!this.#held.delete(nonce)) return
    const { noun, table } = this.#leased
    this.#database.write(`release a ${noun}`, () => this.#database.run(`DELETE FROM ${table} WHERE nonce = ?`, nonce))
  }

  releaseAll(): void {
    for (const nonce of [...this.#held]) this.release(nonce)
  }
}
