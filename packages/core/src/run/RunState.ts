/**
 * The state of a run: a fold over its events and nothing else. `interrupted` is derived: it says running, and nobody holds it.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import type { StoredEvent } from "../port/RunJournal.ts"
import type { Cursor } from "./RunSink.ts"

export type RunStatus = "created" | "validating" | "running" | "paused" | "interrupted" | "completed" | "failed" | "cancelled"

export interface PhaseState {
  readonly phase: string
  readonly learned_hash_before: string
  /** At the end of the phase. */
  readonly learned_hash: string | undefined
  readonly predictions_sha256: string | undefined
  readonly samples: number
  readonly scorecard_id: string | undefined
  readonly scorecard_body_sha256: string | undefined
  readonly scorecard_sha256: string | undefined
  readonly metrics: Readonly<Record<string, MetricValue>> | undefined
}

export interface RunState {
  readonly status: RunStatus
  readonly phases: ReadonlyArray<PhaseState>
  readonly cursor: Cursor | undefined
  readonly checkpoint_sha256: string | undefined
  readonly full_hash: string | undefined
  /** The samples of the phase under the cursor are all committed. */
  readonly phaseCompleted: boolean
  readonly failure: string | undefined
}

export const initialState: RunState = {
  status: "created",
  phases: [],
  cursor: undefined,
  checkpoint_sha256: undefined,
  full_hash: undefined,
  phaseCompleted: false,
  failure: undefined
}

/** Payloads by event type. They are what the journal hashes: no time, no host. */
export interface EventPayloads {
  readonly created: { readonly spec_sha256: string }
  readonly validating: Record<string, never>
  readonly running: { readonly resumed: boolean }
  readonly "phase-started": { readonly phase: string; readonly index: number; readonly learned_hash: string }
  readonly step: {
    readonly phase: string
    readonly cursor: Cursor
    readonly samples: number
    readonly checkpoint_sha256: string
    readonly full_hash: string
  }
  readonly "phase-completed": { readonly phase: string; readonly learned_hash: string; readonly predictions_sha256: string }
  readonly "phase-scored": {
    readonly phase: string
    readonly metrics: Readonly<Record<string, MetricValue>>
    readonly signature: string
    readonly scorecard_id: string
    readonly scorecard_body_sha256: string
    readonly scorecard_sha256: string
  }
  readonly paused: Record<string, never>
  readonly completed: Record<string, never>
  readonly cancelled: Record<string, never>
  readonly failed: { readonly message: string }
}

const changePhase = (state: RunState, phase: string, change: (before: PhaseState) => PhaseState): RunState => ({
  ...state,
  phases: state.phases.map((each) => (each.phase === phase ? change(each) : each))
})

export const reduce = (state: RunState, event: Pick<StoredEvent, "type" | "payload">): RunState => {
  const as = <T extends keyof EventPayloads>(_: T) => event.payload as unknown as EventPayloads[T]
  switch (event.type) {
    case "validating":
      return { ...state, status: "validating", failure: undefined }
    case "running":
      return { ...state, status: "running", failure: undefined }
    case "phase-started": {
      const { phase, index, learned_hash } = as("phase-started")
      const started: PhaseState = {
        phase,
        learned_hash_before: learned_hash,
        learned_hash: undefined,
        predictions_sha256: undefined,
        samples: 0,
        scorecard_id: undefined,
        scorecard_body_sha256: undefined,
        scorecard_sha256: undefined,
        metrics: undefined
      }
      const cursor: Cursor = { phase: index, epoch: 0, next: 0 }
      return { ...state, cursor, phaseCompleted: false, phases: [...state.phases.filter((each) => each.phase !== phase), started] }
    }
    case "step": {
      const { phase, cursor, samples, checkpoint_sha256, full_hash } = as("step")
      const moved: RunState = { ...state, cursor, checkpoint_sha256, full_hash, phaseCompleted: false }
      return changePhase(moved, phase, (before) => ({ ...before, samples: before.samples + samples }))
    }
    case "phase-completed": {
      const { phase, learned_hash, predictions_sha256 } = as("phase-completed")
      return changePhase({ ...state, phaseCompleted: true }, phase, (before) => ({ ...before, learned_hash, predictions_sha256 }))
    }
    case "phase-scored": {
      const { phase, metrics, scorecard_id, scorecard_body_sha256, scorecard_sha256 } = as("phase-scored")
      return changePhase(state, phase, (before) => ({ ...before, metrics, scorecard_id, scorecard_body_sha256, scorecard_sha256 }))
    }
    case "paused":
      return { ...state, status: "paused" }
    case "completed":
      return { ...state, status: "completed" }
    case "cancelled":
      return { ...state, status: "cancelled" }
    case "failed":
      return { ...state, status: "failed", failure: as("failed").message }
    default:
      return state
  }
}

export const stateOf = (events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>): RunState => events.reduce(reduce, initialState)
