/**
 * Runs, durably: what was asked, what happened, what was predicted.
 *
 * A run is an append-only chain of events; its state is a fold over them. One transaction commits the predictions of a step
 * together with its rewards and the event that says so: after a crash a step is there with everything, or not at all.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** An event before it is stored. `payload` is plain JSON and holds no time, host or chance. */
export interface NewEvent {
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
}

export interface StoredEvent extends NewEvent {
  /** From 0, without gaps. */
  readonly seq: number
  /** SHA-256 (hex) over `prev_sha256` and the canonical JSON of `{seq, type, payload}`; 64 zeros precede the first. */
  readonly sha256: string
  readonly prev_sha256: string
  /** Unix milliseconds; outside of every hash. */
  readonly at_wall: number
}

/** One answered sample. `line` is the canonical JSON that predictions are hashed by. */
export interface PredictionRow {
  readonly phase: string
  readonly epoch: number
  /** Position in the visiting order of the epoch. */
  readonly index: number
  readonly sample_id: string
  readonly line: string
  /** Where the learner's clock stood. */
  readonly tick: number
}

/** What one training answer was worth. `line` is the canonical JSON that rewards are hashed by, apart from every prediction. */
export interface RewardRow {
  readonly phase: string
  readonly epoch: number
  readonly index: number
  readonly sample_id: string
  readonly line: string
}

/** What one step cost, as numbers by name: of this machine, and outside of every hash. */
export interface TelemetryRow {
  readonly phase: string
  readonly samples: number
  readonly figures: Readonly<Record<string, number>>
}

/** What a commit stores beside the answers. */
export interface Beside {
  readonly rewards?: ReadonlyArray<RewardRow>
  readonly telemetry?: ReadonlyArray<TelemetryRow>
}

export interface NewRun {
  readonly group_id: string
  readonly name: string
  /** Decimal digits: seeds may exceed 2^53. */
  readonly seed: string
  readonly spec_sha256: string
  /** Blob of the canonical run document. */
  readonly document_sha256: string
}

export interface RunRow extends NewRun {
  /** `r-<12 hex of spec_sha256>-<attempt>`. */
  readonly run_id: string
  readonly attempt: number
  readonly created_at: number
}

/** What another process asked a running run to do. `skip` ends the phase that runs, `skip-rest` leaves out what follows as well. */
export type RunRequest = "pause" | "stop" | "skip" | "skip-rest"

export interface Lease {
  readonly run_id: string
  readonly nonce: string
}

export class RunJournal extends Context.Service<
  RunJournal,
  {
    /** Gives the run its id and stores the first event, `created`. */
    readonly create: (run: NewRun) => Effect.Effect<RunRow, TrainerError>
    /** In order of creation. */
    readonly runs: Effect.Effect<ReadonlyArray<RunRow>, TrainerError>
    /**
     * Held until the scope closes. Fails with reason `locked` naming the owner while another live process holds it; the lease of
     * a process that is gone is taken over at once. What a former holder was asked is forgotten in the same transaction, so that a
     * request to the new one is never taken for an old one.
     */
    readonly acquire: (run_id: string) => Effect.Effect<Lease, TrainerError, Scope.Scope>
    /** Whether a live process holds the run. */
    readonly isHeld: (run_id: string) => Effect.Effect<boolean, TrainerError>
    /** One transaction: events, predictions, rewards and telemetry, all or nothing. Fails with `locked` when the lease is no longer ours. */
    readonly commit: (
      lease: Lease,
      events: ReadonlyArray<NewEvent>,
      predictions: ReadonlyArray<PredictionRow>,
      beside?: Beside
    ) => Effect.Effect<ReadonlyArray<StoredEvent>, TrainerError>
    /**
     * All events, or those from seq `from` on; the chain is checked, a break fails with reason `integrity` and its seq. What precedes
     * `from` is not read again.
     */
    readonly events: (run_id: string, from?: number) => Effect.Effect<ReadonlyArray<StoredEvent>, TrainerError>
    /** In visiting order (the order in which they were committed). */
    readonly predictions: (run_id: string, phase?: string) => Effect.Effect<ReadonlyArray<PredictionRow>, TrainerError>
    /** In visiting order; empty where the learner tells no rewards. */
    readonly rewards: (run_id: string, phase?: string) => Effect.Effect<ReadonlyArray<RewardRow>, TrainerError>
    /** In the order of the commits. */
    readonly telemetry: (run_id: string) => Effect.Effect<ReadonlyArray<TelemetryRow>, TrainerError>
    /** Asks the live process that holds the run, in one transaction. False, and nothing left behind, where nobody holds it. */
    readonly request: (run_id: string, request: RunRequest) => Effect.Effect<boolean, TrainerError>
    readonly pending: (run_id: string) => Effect.Effect<RunRequest | undefined, TrainerError>
    /** Only this one: another that came meanwhile stands. */
    readonly clearRequest: (run_id: string, request: RunRequest) => Effect.Effect<void, TrainerError>
  }
>()("@feagi-trainer/core/RunJournal") {}
