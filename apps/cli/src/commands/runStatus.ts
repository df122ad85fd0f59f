/** `run status`: how far a run is, in one look, whichever process it runs in. */
import { documentOf, isOver, phaseTotal, type RunDocument, RunJournal, type RunState, type StoredEvent, viewRun } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { duration } from "../ProgressLine.ts"
import { reading } from "../services.ts"

/** Durable steps that the speed is taken over. */
const recentSteps = 10

interface Place {
  readonly phase: string | null
  readonly phase_index: number | null
  /** From 1. */
  readonly epoch: number | null
  readonly epochs: number | null
  readonly samples_done: number
  readonly samples_total: number
}

const nowhere: Place = { phase: null, phase_index: null, epoch: null, epochs: null, samples_done: 0, samples_total: 0 }

/** Where the cursor of a run stands. */
export const placeOf = (document: RunDocument, { cursor }: RunState): Place => {
  const phase = cursor === undefined ? undefined : document.protocol.phases[cursor.phase]
  if (cursor === undefined || phase === undefined) return nowhere
  const epochs = phase.learns && document.learner.own_steps === undefined ? document.training.epochs : 1
  const total = phaseTotal(document, phase)
  const done = cursor.epoch * (total / epochs) + cursor.next
  return {
    phase: phase.name,
    phase_index: cursor.phase,
    // Behind the last sample of an epoch the next one has not begun.
    epoch: Math.min(epochs, cursor.epoch + 1),
    epochs,
    samples_done: done,
    samples_total: total
  }
}

/** Samples per second over the last steps of what is being done now; null where nothing can be said yet. */
export const rateOf = (events: ReadonlyArray<StoredEvent>): number | null => {
  const from = events.findLastIndex(({ type }) => type === "phase-started" || type === "running")
  const begin = events[from]
  if (begin === undefined) return null
  const steps = events.slice(from + 1).filter(({ type }) => type === "step")
  const recent = steps.slice(-recentSteps)
  const since = steps.at(-recent.length - 1) ?? begin
  const seconds = ((recent.at(-1)?.at_wall ?? since.at_wall) - since.at_wall) / 1000
  const samples = recent.reduce((sum, { payload }) => sum + Number(payload.samples), 0)
  return seconds <= 0 || samples === 0 ? null : samples / seconds
}

const ends: ReadonlySet<string> = new Set(["completed", "skipped", "failed", "cancelled"])

export const status = Command.make("status", { run: optionalRunId, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const row = yield* findRun(flags.run)
      const view = yield* viewRun(row)
      const document = yield* documentOf(row)
      const events = yield* journal.events(row.run_id)
      const held = yield* journal.isHeld(row.run_id)
      const place = placeOf(document, view.state)
      const going = held && (view.status === "running" || view.status === "validating")
      const rate = going ? rateOf(events) : null
      const last = events.at(-1)
      const data = {
        run_id: row.run_id,
        group_id: row.group_id,
        name: row.name,
        seed: BigInt(row.seed),
        status: view.status,
        held,
        ...place,
        phases: document.protocol.phases.map(({ name }) => name),
        run_samples_done: view.state.phases.reduce((sum, phase) => sum + phase.samples, 0),
        run_samples_total: document.protocol.phases.reduce((sum, phase) => sum + phaseTotal(document, phase), 0),
        rate,
        eta_seconds: rate === null ? null : (place.samples_total - place.samples_done) / rate,
        last_seq: last?.seq ?? -1,
        created_at: row.created_at,
        started_at: events.find(({ type }) => type === "running")?.at_wall ?? null,
        updated_at: last?.at_wall ?? row.created_at,
        ended_at: last !== undefined && ends.has(last.type) ? last.at_wall : null,
        failure: view.state.failure ?? null,
        pending: isOver(view.state) ? null : ((yield* journal.pending(row.run_id)) ?? null)
      }
      yield* emit(flags.json, { kind: "run-status", data, human: statusText(data) })
    })
  )
).pipe(
  Command.withExamples([{ command: "feagi-trainer run status latest", description: "Look at a run that goes on in another terminal" }])
)

interface StatusData extends Place {
  readonly run_id: string
  readonly name: string
  readonly seed: bigint
  readonly status: string
  readonly phases: ReadonlyArray<string>
  readonly run_samples_done: number
  readonly run_samples_total: number
  readonly rate: number | null
  readonly eta_seconds: number | null
  readonly failure: string | null
  readonly pending: string | null
}

const barWidth = 40

const statusText = (data: StatusData): string => {
  const share = data.run_samples_total === 0 ? 0 : Math.min(1, data.run_samples_done / data.run_samples_total)
  const filled = Math.round(share * barWidth)
  const epoch = data.epoch === null || data.epochs === 1 ? "" : `, epoch ${data.epoch} of ${data.epochs}`
  return [
    `${data.run_id}  ${data.name}  seed ${data.seed}  ${data.status}`,
    `  ${"█".repeat(filled)}${"░".repeat(barWidth - filled)}  ${data.run_samples_done} of ${data.run_samples_total} samples`,
    ...(data.phase === null
      ? [`  phases     ${data.phases.join(" → ")}, none begun`]
      : [`  phase      ${data.phase}${epoch}: ${data.samples_done} of ${data.samples_total} samples`]),
    ...(data.rate === null
      ? []
      : [
          `  speed      ${data.rate.toFixed(1)} samples/s${data.eta_seconds === null ? "" : `, ${duration(data.eta_seconds)} left in this phase`}`
        ]),
    ...(data.pending === null ? [] : [`  asked to   ${data.pending} behind the current sample`]),
    ...(data.failure === null ? [] : [`  failure    ${data.failure}`])
  ].join("\n")
}
