/** Commands that run as processes of their own, and what became of them. Bounded: so many at a time, so many remembered, so many lines each. */
import { randomBytes } from "node:crypto"
import type { Document, Job, OperationId } from "@feagi-trainer/control-api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Host, JobProcess } from "./Host.ts"
import { refuse } from "./Reply.ts"

export interface JobLimits {
  readonly running: number
  readonly remembered: number
  readonly lines: number
}
export const jobLimits: JobLimits = { running: 4, remembered: 100, lines: 200 }
const longestLine = 2000

interface Kept {
  job: Job
  process: JobProcess | undefined
  cancelled: boolean
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours and cursor moves of a terminal
const escapes = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g

export class Jobs {
  readonly #kept = new Map<string, Kept>()
  readonly #host: Pick<Host, "spawn">
  readonly #scope: Scope.Scope
  readonly #limits: JobLimits

  constructor(host: Pick<Host, "spawn">, scope: Scope.Scope, limits: JobLimits = jobLimits) {
    this.#host = host
    this.#scope = scope
    this.#limits = limits
  }

  get list(): ReadonlyArray<Job> {
    return [...this.#kept.values()].map(({ job }) => job)
  }

  /** @throws Refusal 404 */
  show(job_id: string): Job {
    return this.#find(job_id).job
  }

  #find(job_id: string): Kept {
    const kept = this.#kept.get(job_id)
    if (kept === undefined)
      throw refuse(404, { code: "FT6008", message: "there is no such job", help: "GET /api/v1/jobs lists them; an old one is forgotten" })
    return kept
  }

  /** Fails with a Refusal 503 while too many run. */
  readonly start = (operation: OperationId, command: ReadonlyArray<string>, stdin: string | undefined) =>
    Effect.gen({ self: this }, function* () {
      const running = this.list.filter(({ state }) => state === "running").length
      if (running >= this.#limits.running)
        return yield* Effect.fail(
          refuse(
            503,
            { code: "FT6009", message: `${running} jobs run already`, help: "wait for one to end, or cancel one" },
            { "retry-after": "5" },
            "locked"
          )
        )
      const kept: Kept = {
        job: {
          job_id: `j-${randomBytes(8).toString("hex")}`,
          operation,
          command,
          state: "running",
          lines: [],
          progress: null,
          result: null,
          exit_code: null,
          started_at: yield* Clock.currentTimeMillis,
          ended_at: null
        },
        process: undefined,
        cancelled: false
      }
      this.#kept.set(kept.job.job_id, kept)
      const process = yield* this.#host
        .spawn(
          command,
          {
            line: (text) => {
              const line = text.replaceAll(escapes, "").slice(0, longestLine)
              kept.job = { ...kept.job, lines: [...kept.job.lines, line].slice(-this.#limits.lines) }
            },
            progress: (done, total) => {
              kept.job = { ...kept.job, progress: { done, total } }
            }
          },
          stdin
        )
        .pipe(Effect.onError(() => Effect.sync(() => this.#kept.delete(kept.job.job_id))))
      kept.process = process
      yield* Effect.forkIn(
        Effect.gen({ self: this }, function* () {
          const { envelope, exitCode } = yield* process.result
          this.#end(kept, envelope, exitCode, yield* Clock.currentTimeMillis)
        }).pipe(Effect.onInterrupt(() => process.cancel)),
        this.#scope
      )
      return kept.job
    })

  #end(kept: Kept, envelope: Document | null, exitCode: number, now: number): void {
    const failed = envelope === null || envelope.kind === "error"
    kept.job = {
      ...kept.job,
      state: kept.cancelled ? "cancelled" : failed ? "failed" : "done",
      result: envelope as Job["result"],
      exit_code: exitCode,
      ended_at: now
    }
    kept.process = undefined
    for (const [job_id, { job }] of this.#kept) {
      if (this.#kept.size <= this.#limits.remembered) return
      if (job.state !== "running") this.#kept.delete(job_id)
    }
  }

  /** Asks it to end. One that has ended stays as it is. @throws Refusal 404 */
  cancel(job_id: string): Effect.Effect<Job> {
    const kept = this.#find(job_id)
    const { process } = kept
    if (process === undefined) return Effect.succeed(kept.job)
    kept.cancelled = true
    return Effect.map(process.cancel, () => kept.job)
  }
}
