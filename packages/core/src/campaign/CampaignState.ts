/**
 * The state of a campaign: a fold over its events and nothing else. `interrupted` is derived: it says running, and nobody drives it.
 *
 * Sharp edge: how far a run is stands in the journal of that run; the campaign knows only which run is whose and how it ended.
 */
import type { StoredEvent } from "../port/RunJournal.ts"
import type { RunStatus } from "../run/RunState.ts"

export type CampaignStatus = "created" | "running" | "paused" | "interrupted" | "completed" | "failed" | "stopped"

export type CampaignRequest = "pause" | "stop"

/** What became of one run document. */
export interface AssignedRun {
  readonly run_id: string
  /** The run was completed before this campaign asked for it, and was not run again. */
  readonly reused: boolean
  /** How it ended in the campaign; undefined while it has not. */
  readonly ended: RunStatus | undefined
  readonly failure: string | undefined
}

export interface CampaignState {
  readonly status: CampaignStatus
  /** What another process asked for since the campaign was started or resumed last. */
  readonly asked: CampaignRequest | undefined
  /** By `spec_sha256`. */
  readonly runs: ReadonlyMap<string, AssignedRun>
}

export const initialCampaignState: CampaignState = { status: "created", asked: undefined, runs: new Map() }

/** Payloads by event type: no time, no host. */
export interface CampaignEventPayloads {
  readonly created: { readonly name: string; readonly document_sha256: string }
  /** Somebody drives it from here on, for the first time or again. */
  readonly started: Record<string, never>
  readonly "run-assigned": { readonly spec_sha256: string; readonly run_id: string; readonly reused: boolean }
  readonly "run-ended": {
    readonly spec_sha256: string
    readonly run_id: string
    readonly status: RunStatus
    readonly failure: string | null
  }
  readonly asked: { readonly request: CampaignRequest }
  readonly paused: Record<string, never>
  readonly stopped: Record<string, never>
  readonly completed: Record<string, never>
  /** Every run ended, and not every one of them well. */
  readonly failed: Record<string, never>
}

/** An event with the payload that its type promises. */
export const campaignEvent = <T extends keyof CampaignEventPayloads>(type: T, payload: CampaignEventPayloads[T]) => ({
  type,
  payload: payload as unknown as Readonly<Record<string, unknown>>
})

const withRun = (state: CampaignState, spec_sha256: string, run: AssignedRun): CampaignState => ({
  ...state,
  runs: new Map(state.runs).set(spec_sha256, run)
})

const reduce = (state: CampaignState, event: Pick<StoredEvent, "type" | "payload">): CampaignState => {
  const as = <T extends keyof CampaignEventPayloads>(_: T) => event.payload as unknown as CampaignEventPayloads[T]
  switch (event.type) {
    case "started":
      return { ...state, status: "running", asked: undefined }
    case "run-assigned": {
      const { spec_sha256, run_id, reused } = as("run-assigned")
      return withRun(state, spec_sha256, { run_id, reused, ended: reused ? "completed" : undefined, failure: undefined })
    }
    case "run-ended": {
      const { spec_sha256, run_id, status, failure } = as("run-ended")
      const reused = state.runs.get(spec_sha256)?.reused ?? false
      return withRun(state, spec_sha256, { run_id, reused, ended: status, failure: failure ?? undefined })
    }
    case "asked":
      return { ...state, asked: state.asked === "stop" ? "stop" : as("asked").request }
    case "paused":
    case "stopped":
    case "completed":
    case "failed":
      return { ...state, status: event.type }
    default:
      return state
  }
}

export const campaignStateOf = (events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>): CampaignState =>
  events.reduce(reduce, initialCampaignState)
