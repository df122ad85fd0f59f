/**
 * The state of a run: a fold over its events and nothing else. `interrupted` is derived: it says running, and nobody holds it.
 */
import type { Continuation, DeliveredFeedback, MetricValue, Precondition, TrainingMeasure } from "@feagi-trainer/contracts"
import type { StoredEvent } from "../port/RunJournal.ts"
import { addFeedback, noFeedback } from "./Feedback.ts"
import type { Cursor } from "./RunSink.ts"

/** `skipped`: ended early on request, and scored over what was met until then. */
export type RunStatus = "created" | "validating" | "running" | "paused" | "interrupted" | "completed" | "skipped" | "failed" | "cancelled"

/** Where a phase was ended early. */
export interface PhaseSkip {
  readonly epoch: number
  /** Position in the order of the epoch. */
  readonly next: number
  readonly samples_planned: number
  readonly samples_done: number
  /** What follows the phase was left out as well. */
  readonly rest: boolean
}

/** A phase that must not learn, and did. */
export interface BrainMutation {
  readonly phase: string
  readonly learned_hash_before: string
  readonly learned_hash: string
}

/** A run that went on from a checkpoint which its learner does not promise to go on from as if nothing had happened. */
export interface InexactContinuation {
  readonly cursor: Cursor
  /** What was committed, and what was there when it was restored. */
  readonly committed_full_hash: string
  readonly restored_full_hash: string
}

/** A part that was answered behind an epoch, without learning. */
export interface Validation {
  readonly phase: string
  /** From 0. */
  readonly epoch: number
  readonly part: string
  readonly samples: number
  /** Every metric of the pack that has a value. */
  readonly metrics: Readonly<Record<string, number>>
  /** The training ends here, before its last epoch. */
  readonly stops: boolean
}

export interface PhaseState {
  readonly phase: string
  readonly learned_hash_before: string
  /** At the end of the phase. */
  readonly learned_hash: string | undefined
  readonly predictions_sha256: string | undefined
  /** Null: the learner told no reward. Undefined: the phase did not end, or its journal was begun before there were rewards. */
  readonly rewards_sha256: string | null | undefined
  /** What was delivered in all committed steps; null where nobody counted. */
  readonly feedback: DeliveredFeedback | null
  readonly samples: number
  /** Measurements between the epochs, in order. */
  readonly validations: ReadonlyArray<Validation>
  readonly skipped: PhaseSkip | undefined
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
  /** What the learner said of itself when it was opened last. */
  readonly opened: EventPayloads["opened"] | undefined
  readonly brain_mutated: BrainMutation | undefined
  /** Every continuation that cannot be promised to be the same; empty in a run that is what it would have been. */
  readonly continued: ReadonlyArray<InexactContinuation>
}

export const initialState: RunState = {
  status: "created",
  phases: [],
  cursor: undefined,
  checkpoint_sha256: undefined,
  full_hash: undefined,
  phaseCompleted: false,
  failure: undefined,
  opened: undefined,
  brain_mutated: undefined,
  continued: []
}

/** Payloads by event type. They are what the journal hashes: no time, no host. */
export interface EventPayloads {
  readonly created: { readonly spec_sha256: string }
  readonly validating: Record<string, never>
  readonly running: { readonly resumed: boolean }
  readonly opened: { readonly continuation: Continuation; readonly preconditions: ReadonlyArray<Precondition> }
  readonly continued: InexactContinuation
  readonly "phase-started": { readonly phase: string; readonly index: number; readonly learned_hash: string }
  readonly step: {
    readonly phase: string
    readonly cursor: Cursor
    readonly samples: number
    readonly checkpoint_sha256: string
    readonly full_hash: string
    /** Absent in journals of the first release. */
    readonly feedback?: DeliveredFeedback | null
    /** The protocol's primary metric over the answers of the epoch so far; empty while there is none. Absent in the first release. */
    readonly metrics?: Readonly<Record<string, number>>
    /** What the optimiser told of each of its steps since the last event; absent where the learner has none. */
    readonly measures?: ReadonlyArray<TrainingMeasure>
  }
  readonly validated: Validation
  readonly "phase-skipped": PhaseSkip & { readonly phase: string }
  readonly "brain-mutated": BrainMutation
  readonly "phase-completed": {
    readonly phase: string
    readonly learned_hash: string
    readonly predictions_sha256: string
    /** Absent in journals of the first release, and in a run that it began. */
    readonly rewards_sha256?: string | null
  }
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
  readonly skipped: Record<string, never>
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
        rewards_sha256: undefined,
        feedback: noFeedback,
        samples: 0,
        validations: [],
        skipped: undefined,
        scorecard_id: undefined,
        scorecard_body_sha256: undefined,
        scorecard_sha256: undefined,
        metrics: undefined
      }
      const cursor: Cursor = { phase: index, epoch: 0, next: 0 }
      return { ...state, cursor, phaseCompleted: false, phases: [...state.phases.filter((each) => each.phase !== phase), started] }
    }
    case "step": {
      const { phase, cursor, samples, checkpoint_sha256, full_hash, feedback = null } = as("step")
      const moved: RunState = { ...state, cursor, checkpoint_sha256, full_hash, phaseCompleted: false }
      return changePhase(moved, phase, (before) => ({
        ...before,
        samples: before.samples + samples,
        feedback: addFeedback(before.feedback, feedback)
      }))
    }
    case "validated": {
      const validation = as("validated")
      return changePhase(state, validation.phase, (before) => ({ ...before, validations: [...before.validations, validation] }))
    }
    case "phase-skipped": {
      const { phase, ...skipped } = as("phase-skipped")
      return changePhase(state, phase, (before) => ({ ...before, skipped }))
    }
    case "brain-mutated": {
      const brain_mutated = as("brain-mutated")
      const { phase, learned_hash } = brain_mutated
      return changePhase({ ...state, brain_mutated }, phase, (before) => ({ ...before, learned_hash }))
    }
    case "opened":
      return { ...state, opened: as("opened") }
    case "continued":
      return { ...state, continued: [...state.continued, as("continued")] }
    case "phase-completed": {
      const { phase, learned_hash, predictions_sha256, rewards_sha256 } = as("phase-completed")
      return changePhase({ ...state, phaseCompleted: true }, phase, (before) => ({
        ...before,
        learned_hash,
        predictions_sha256,
        rewards_sha256
      }))
    }
    case "phase-scored": {
      const { phase, metrics, scorecard_id, scorecard_body_sha256, scorecard_sha256 } = as("phase-scored")
      return changePhase(state, phase, (before) => ({ ...before, metrics, scorecard_id, scorecard_body_sha256, scorecard_sha256 }))
    }
    case "paused":
      return { ...state, status: "paused" }
    case "completed":
    case "skipped":
      return { ...state, status: event.type }
    case "cancelled":
      return { ...state, status: "cancelled" }
    case "failed":
      return { ...state, status: "failed", failure: as("failed").message }
    default:
      return state
  }
}

/** Whether nothing can follow: the run is finished, given up, or changed its brain where it must not. */
export const isOver = ({ status, brain_mutated }: Pick<RunState, "status" | "brain_mutated">): boolean =>
  status === "completed" || status === "skipped" || status === "cancelled" || brain_mutated !== undefined

/** Whether the record says how it ended, so that a replay can be held against it from beginning to end. */
export const isReplayable = ({ status, brain_mutated }: Pick<RunState, "status" | "brain_mutated">): boolean =>
  status === "completed" || status === "skipped" || brain_mutated !== undefined

/** Whether every step was written by a program that records rewards; in a run that an older one began they are not all there. */
export const knowsRewards = (events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>): boolean =>
  events.every(({ type, payload }) => type !== "step" || "feedback" in payload)

/** Phases that were ended early, in order. A result behind one of them is partial, whether or not its own phase is. */
export const partialPhases = (phases: ReadonlyArray<PhaseState>): ReadonlyArray<PartialPhase> =>
  phases.flatMap(({ phase, skipped }) =>
    skipped === undefined ? [] : [{ phase, samples_planned: skipped.samples_planned, samples_done: skipped.samples_done }]
  )

export interface PartialPhase {
  readonly phase: string
  readonly samples_planned: number
  readonly samples_done: number
}

export const stateOf = (events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>): RunState => events.reduce(reduce, initialState)
