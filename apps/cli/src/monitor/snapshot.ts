/**
 * Runs and campaigns that go on, from the store and nothing else: whoever executes them may begin, die and begin again, and so may
 * whoever looks.
 *
 * Sharp edges: how fast a run is, is told by the times of its last steps in the journal, so that it is not known before the second one; a
 * run whose process died is `interrupted` and no longer among those that go on.
 */
import { isInsufficient, type MetricValue, type TrainingMeasure } from "@feagi-trainer/contracts"
import {
  Campaigns,
  documentOf,
  type RunDocument,
  RunJournal,
  type RunRow,
  type RunState,
  runsOfCampaign,
  type StoredEvent,
  stateOf,
  viewCampaign
} from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { placeOf, rateOf } from "../commands/runStatus.ts"

export interface MonitoredRun {
  readonly run_id: string
  readonly group_id: string
  readonly name: string
  readonly seed: bigint
  readonly status: string
  readonly phase: string | null
  /** Of the phase, over all its epochs. */
  readonly samples_done: number | null
  readonly samples_total: number | null
  /** Samples per second over the last steps of the phase. */
  readonly rate: number | null
  /** Until the phase ends. */
  readonly eta_seconds: number | null
  /** The last one that was told: the primary metric where it was among those. */
  readonly metric: { readonly name: string; readonly value: number } | null
  /** Unix milliseconds of the last event. */
  readonly updated_at: number | null
  readonly last_seq: number | null
  readonly failure: string | null
}

export interface MonitoredCampaign {
  readonly campaign_id: string
  readonly name: string
  readonly status: string
  readonly runs_completed: number
  readonly runs_failed: number
  readonly runs_total: number
}

export interface Snapshot {
  readonly runs: ReadonlyArray<MonitoredRun>
  readonly campaigns: ReadonlyArray<MonitoredCampaign>
}

const goesOn: ReadonlySet<string> = new Set(["validating", "running"])
export const isActive = ({ status }: Pick<MonitoredRun, "status">): boolean => goesOn.has(status)

/** What was read of a run so far: the journal only grows, so that a look reads what is new. */
interface Followed {
  readonly document: RunDocument
  readonly events: Array<StoredEvent>
  state: RunState
}

type Numbers = Readonly<Record<string, MetricValue>>

/** The last values that were told: of a step, of a part between two epochs, of a phase that was scored. */
const lastMetric = (events: ReadonlyArray<StoredEvent>, primary: string): MonitoredRun["metric"] => {
  for (const { type, payload } of events.toReversed()) {
    if (!["step", "validated", "phase-scored"].includes(type)) continue
    const { metrics = {}, measures = [] } = payload as { readonly metrics?: Numbers; readonly measures?: ReadonlyArray<TrainingMeasure> }
    const values: Numbers = { ...measures.at(-1)?.values, ...metrics }
    const name = [primary, ...Object.keys(values)].find((each) => Object.hasOwn(values, each))
    const value = name === undefined ? undefined : values[name]
    if (name !== undefined && value !== undefined && !isInsufficient(value)) return { name, value }
  }
  return null
}

const monitored = (row: RunRow, status: string, { document, events, state }: Followed): MonitoredRun => {
  const place = placeOf(document, state)
  const known = place.phase !== null
  const rate = goesOn.has(status) ? rateOf(events) : null
  return {
    run_id: row.run_id,
    group_id: row.group_id,
    name: row.name,
    seed: BigInt(row.seed),
    status,
    phase: place.phase,
    samples_done: known ? place.samples_done : null,
    samples_total: known ? place.samples_total : null,
    rate,
    eta_seconds: rate === null ? null : (place.samples_total - place.samples_done) / rate,
    metric: lastMetric(events, document.protocol.primary_metric),
    updated_at: events.at(-1)?.at_wall ?? null,
    last_seq: events.at(-1)?.seq ?? null,
    failure: state.failure ?? null
  }
}

const monitoredCampaigns = Effect.gen(function* () {
  const { campaigns } = yield* Campaigns
  const views = yield* Effect.forEach(yield* campaigns, viewCampaign)
  return views.map((view): MonitoredCampaign => {
    const runs = runsOfCampaign(view)
    return {
      campaign_id: view.row.campaign_id,
      name: view.row.name,
      status: view.status,
      runs_completed: runs.filter((run) => run.view?.status === "completed" || run.view?.status === "skipped").length,
      runs_failed: runs.filter((run) => run.failure !== undefined).length,
      runs_total: runs.length
    }
  })
})

/** What a monitor remembers between two looks, so that nothing is read twice. */
export class Seen {
  readonly over = new Set<string>()
  readonly shown = new Set<string>()
  readonly followed = new Map<string, Followed>()
  /** Of those that were shown while they went on, as they ended. */
  readonly ended = new Map<string, MonitoredRun>()
}

const isOver: ReadonlySet<string> = new Set(["completed", "skipped", "cancelled"])

const follow = (seen: Seen, row: RunRow) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    // A store that was made anew has other runs under the same ids.
    const key = `${row.run_id} ${row.created_at}`
    const before = seen.followed.get(key)
    const fresh = yield* journal.events(row.run_id, before?.events.length ?? 0)
    const events = before?.events ?? []
    events.push(...fresh)
    const followed = before ?? ({ document: yield* documentOf(row), events, state: stateOf(events) } satisfies Followed)
    if (fresh.length > 0) followed.state = stateOf(events)
    seen.followed.set(key, followed)
    const { status } = followed.state
    const alive = goesOn.has(status) ? yield* journal.isHeld(row.run_id) : true
    return { followed, status: alive ? status : "interrupted" }
  })

/** @param all also those that are paused, interrupted or not begun */
export const snapshot = (seen: Seen, all: boolean) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const look = (row: RunRow) =>
      Effect.gen(function* () {
        const ended = seen.ended.get(row.run_id)
        if (ended !== undefined) return [ended]
        if (seen.over.has(row.run_id)) return []
        const { followed, status } = yield* follow(seen, row)
        const over = isOver.has(status)
        const run = monitored(row, status, followed)
        if (over) {
          seen.followed.delete(`${row.run_id} ${row.created_at}`)
          seen.over.add(row.run_id)
          if (seen.shown.has(row.run_id)) seen.ended.set(row.run_id, run)
        }
        if (!goesOn.has(status) && !(all && !over) && !seen.shown.has(row.run_id)) return []
        seen.shown.add(row.run_id)
        return [run]
      })
    const runs = (yield* Effect.forEach(yield* journal.runs, look)).flat()
    const campaigns = (yield* monitoredCampaigns).filter(({ status }) => status === "running" || (all && status !== "completed"))
    return { runs, campaigns } satisfies Snapshot
  })
