/**
 * Executes runs for the server, each start in a process of its own.
 *
 * Starting what runs is no error and starts nothing, so that a request that was lost may be sent again. Sharp edge: whether a run goes on is
 * asked of the journal, which knows of every process; only the moment between a start and its lease is known here alone.
 */
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { isOver, nothingToResume, RunJournal, type RunView, viewRun } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { findRuns } from "../findRun.ts"
import { type Child, type Ended, startChild } from "./children.ts"

export type StartOutcome = "started" | "running-already" | "finished-already"

export interface RunStarted {
  readonly run_id: string
  readonly outcome: StartOutcome
}

export interface Launcher {
  /** @param run id of a run or of a group */
  readonly start: (run: string, options: { readonly workers?: number }) => Effect.Effect<RunStarted, TrainerError, RunJournal>
  /** Nothing is started from here on. */
  readonly close: () => void
  /** What goes on: what was asked for, and when it will have ended. */
  readonly going: () => ReadonlyArray<{ readonly run: string; readonly child: Child }>
}

/** How long it is waited for a process to take hold of its run, and to end when it let go of it; how often it is looked. Milliseconds. */
const wait = { most: 15_000, end: 3000, every: 25 }

/** @param log one line for stderr */
export const makeLauncher = (log: (line: string) => void): Launcher => {
  const going = new Map<string, { readonly child: Child; begun: boolean }>()

  /** Of a process that has let go of its runs: waits for its end, and says whether it came. */
  const gone = (child: Child, open: ReadonlyArray<RunView>) =>
    Effect.gen(function* () {
      const journal = yield* RunJournal
      for (let waited = 0; waited < wait.end; waited += wait.every) {
        if (child.isOver()) return true
        for (const { row } of open) if (yield* journal.isHeld(row.run_id)) return false
        yield* Effect.sleep(wait.every)
      }
      return child.isOver()
    })

  /** Until a run has said that it goes on: a wish that comes before its process holds it would find nobody to ask. */
  const begun = (open: ReadonlyArray<RunView>, child: Child) =>
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const known = yield* Effect.forEach(open, ({ row }) => Effect.map(journal.events(row.run_id), ({ length }) => length))
      for (let waited = 0; waited < wait.most; waited += wait.every) {
        if (child.isOver()) return
        for (const [at, { row }] of open.entries()) if ((yield* journal.events(row.run_id, known[at])).length > 0) return
        yield* Effect.sleep(wait.every)
      }
    })

  let closed = false
  return {
    close: () => {
      closed = true
    },
    going: () => [...going].map(([run, { child }]) => ({ run, child })),
    start: (reference, { workers = 1 }) =>
      Effect.gen(function* () {
        if (closed) return yield* trainerError("locked", { code: "FT1362", message: "the server is about to end, and starts no more runs" })
        const journal = yield* RunJournal
        const rows = yield* findRuns(reference)
        const run = rows.length === 1 && rows[0] !== undefined ? rows[0].run_id : reference
        const views = yield* Effect.forEach(rows, viewRun)
        const open = views.filter(({ state }) => !isOver(state))
        if (open.length === 0) {
          // A start that is sent again is no error behind the end that it led to; a run that was given up has none.
          const givenUp = views.find(({ state }) => state.status !== "completed" && state.status !== "skipped")
          if (givenUp !== undefined) return yield* nothingToResume(givenUp)
          return { run_id: run, outcome: "finished-already" as const }
        }
        const held = yield* Effect.forEach(open, ({ row }) => journal.isHeld(row.run_id))
        // Of a group that one process works through, the runs that wait are not held.
        const ours = [...going].filter(([key]) => key === run || rows.some(({ run_id, group_id }) => key === run_id || key === group_id))
        const ending = yield* Effect.forEach(ours, ([, each]) => (each.begun ? gone(each.child, open) : Effect.succeed(false)))
        if (!ending.every((each) => each) || held.every((each) => each)) return { run_id: run, outcome: "running-already" as const }
        const said: Array<string> = []
        const child = startChild(["run", "resume", run, "--workers", String(workers), "--no-progress", "--json"], {
          line: (line) => {
            said.push(line)
            if (said.length > 50) said.shift()
          }
        })
        const entry = { child, begun: false }
        going.set(run, entry)
        void child.ended.then(({ exitCode }) => {
          if (going.get(run) === entry) going.delete(run)
          if (exitCode !== 0) log(`run ${run} ended with ${exitCode}: ${said.at(-1) ?? "it said nothing"}`)
        })
        yield* begun(open, child)
        entry.begun = true
        if (child.isOver()) yield* refused(yield* Effect.promise(() => child.ended), run, said)
        return { run_id: run, outcome: "started" as const }
      })
  }
}

/** Of a process that ended before it was seen at work: fine when it has done the work already, a failure otherwise. */
const refused = ({ envelope, exitCode }: Ended, run: string, said: ReadonlyArray<string>): Effect.Effect<void, TrainerError> => {
  if (exitCode === 0 || exitCode === 130 || exitCode === 143) return Effect.void
  const failure = envelope?.kind === "error" ? (envelope.data as Pick<TrainerError, "reason" | "diagnostics">) : undefined
  return Effect.fail(
    failure === undefined
      ? trainerError("failed", {
          code: "FT1358",
          message: `the process of ${run} ended with ${exitCode} before it began`,
          ...(said.length === 0 ? {} : { actual: said.slice(-3).join(" · ") })
        })
      : trainerErrors(failure.reason, failure.diagnostics)
  )
}
