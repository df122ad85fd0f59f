/**
 * Runs of one group from where they stand to their end, and what is said about it: ids first, a line for every seed that ends, one
 * document for scripts, all failures at the end.
 */
import { documentOf, type RunRow, resultOf } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { failAfterData } from "./afterData.ts"
import { stoppedBy } from "./exitCode.ts"
import { failuresData, oneFailure } from "./failures.ts"
import { emit, next, Out, say } from "./Out.ts"
import { runData } from "./runData.ts"
import { Signals } from "./Signals.ts"
import { Stopped } from "./Stopped.ts"
import { type Ended, executeRuns } from "./workers/executeRuns.ts"

export interface GroupFlags {
  readonly json: boolean
  readonly workers: number
}

/** A run that ended, with the document that says how to read it. */
const endedData = ({ view }: Ended) =>
  Effect.gen(function* () {
    const document = yield* documentOf(view.row)
    const data = runData(yield* resultOf(view), document.learner.kind, view.row.spec_sha256)
    return { data, metric: document.protocol.primary_metric }
  })

/** One line about a run that ended: what it came to in the primary metric, phase by phase. */
export const endedText = (each: Ended) =>
  Effect.map(endedData(each), ({ data, metric }) => {
    const scored = data.phases.flatMap(({ phase, metrics }) => {
      const value = metrics[metric]
      return typeof value === "number" ? [`${phase} ${metric} ${value.toFixed(4)}`] : []
    })
    return `${data.run_id}  seed ${data.seed}  ${data.status}  ${scored.join("  ")}`.trimEnd()
  })

/** Every seed, `workers` at a time; a pause keeps all that follow from beginning, a failure none. */
export const executeGroup = (rows: ReadonlyArray<RunRow>, group_id: string, flags: GroupFlags) =>
  Effect.gen(function* () {
    const signals = yield* Signals
    const out = yield* Out
    // The ids come first: whoever is killed half-way knows what to resume.
    for (const row of rows) yield* flags.json ? out.stderr(`${row.run_id}\n`) : out.stdout(`${row.run_id}\n`)
    const ended = yield* executeRuns({
      rows,
      workers: flags.workers,
      ended: (each) => Effect.flatMap(endedText(each), say)
    })
    const failed = ended.flatMap(({ view, failure }) => (failure === undefined ? [] : [{ row: view.row, failure }]))
    const failure = oneFailure(failed, rows.length)
    if (failure !== undefined && rows.length > 1)
      yield* say(`${failed.length} of ${rows.length} seeds failed; once the cause is gone:  feagi-trainer run resume ${group_id}`)
    // Of a single run that failed, the failure is all there is to say.
    if (failure !== undefined && (!flags.json || rows.length === 1)) return yield* failure
    if (flags.json) {
      const runs = yield* Effect.forEach(ended, (each) => Effect.map(endedData(each), ({ data }) => data))
      yield* emit(true, {
        kind: "run-group",
        data: { group_id, runs, ...(failed.length === 0 ? {} : { failures: failuresData(failed) }) },
        human: "",
        oneLine: true
      })
    }
    // The document of the group is out, with what the other seeds gave.
    if (failure !== undefined) return yield* failAfterData(failure)
    const paused = ended.find(({ view }) => view.status === "paused")
    if (paused !== undefined || ended.length < rows.length) {
      const reference = rows.length > 1 ? group_id : rows[0]?.run_id
      yield* say(`stopped after a checkpoint; go on with:  feagi-trainer run resume ${reference}`)
      const signal = yield* signals.received
      if (signal !== undefined) return yield* Effect.fail(new Stopped(stoppedBy[signal]))
    } else yield* next(`feagi-trainer run replay ${rows.at(-1)?.run_id ?? "latest"}`)
  })
