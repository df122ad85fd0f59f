/**
 * Who may write to a run. A lease is judged by its process, not by time, so an owner that sleeps keeps it; its nonce fences off a former
 * owner that wakes up.
 */
import type { Lease } from "@feagi-trainer/core"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import type { ProcessFactsShape, ProcessIdentity } from "./ProcessFacts.ts"
import { rowOf } from "./Runs.ts"
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

/** The leases that one opened store took, and its view of all others. */
export class Leases {
  readonly #database: Database
  readonly #facts: ProcessFactsShape
  readonly #held = new Set<string>()

  constructor(database: Database, facts: ProcessFactsShape) {
    this.#database = database
    this.#facts = facts
  }

  #row(run_id: string): Row | undefined {
    return this.#database.get("SELECT * FROM leases WHERE run_id = ?", run_id)
  }

  /** Throws FT4021 while a process that is not known to be gone holds the run, this process included. */
  acquire(run_id: string, now: number): Lease {
    const { self, host } = this.#facts
    return this.#database.write("acquire a run", () => {
      rowOf(this.#database, run_id)
      this.#refuseWhileHeld(run_id)
      const nonce = this.#facts.nonce()
      this.#database.run(
        "INSERT OR REPLACE INTO leases (run_id, nonce, pid, boot_id, pid_namespace, started, host, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        run_id,
        nonce,
        self.pid,
        self.boot_id,
        self.pid_namespace,
        self.started,
        host,
        now
      )
      this.#held.add(nonce)
      return { run_id, nonce }
    })
  }

  #refuseWhileHeld(run_id: string): void {
    const row = this.#row(run_id)
    if (row === undefined) return
    const liveness = this.#facts.judge(ownerOf(row))
    if (liveness === "gone") return
    const owner = `process ${integerAt(row, "pid")} on ${textAt(row, "host")} since ${timeText(integerAt(row, "since"))}`
    if (liveness === "alive") throw storeError("FT4021", { message: `run ${run_id} is held by ${owner}` })
    throw storeError("FT4021", {
      message: `run ${run_id} is held by ${owner}, in a pid namespace that cannot be seen from here`,
      help: "stop that container or resume the run inside of it; a restart of the machine also frees the run"
    })
  }

  /** Throws FT4022 unless the lease still holds. Inside of the transaction that it protects. */
  check(lease: Lease): void {
    const row = this.#row(lease.run_id)
    if (row !== undefined && textAt(row, "nonce") === lease.nonce) return
    const taker = row === undefined ? "nobody holds it now" : `process ${integerAt(row, "pid")} on ${textAt(row, "host")} holds it now`
    throw storeError("FT4022", { message: `the lease of run ${lease.run_id} is no longer ours: ${taker}` })
  }

  isHeld(run_id: string): boolean {
    rowOf(this.#database, run_id)
    const row = this.#row(run_id)
    return row !== undefined && this.#facts.judge(ownerOf(row)) !== "gone"
  }

  /** Gives a lease back; one that was given back or taken over already is left alone. */
  release(nonce: string): void {
    if (!this.#held.delete(nonce)) return
    this.#database.write("release a run", () => this.#database.run("DELETE FROM leases WHERE nonce = ?", nonce))
  }

  releaseAll(): void {
    for (const nonce of [...this.#held]) this.release(nonce)
  }
}
