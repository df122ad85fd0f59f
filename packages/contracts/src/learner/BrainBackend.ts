/**
 * BrainBackend: something that holds a developed FEAGI brain and runs its coders.
 *
 * Values go in and readings come out; no caller sees voxels or wire bytes. A backend says what it verified about determinism and
 * what it merely believes.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CoderReading, CoderSelection, CoderValue } from "../axis/Coder.ts"
import type { OptionsDecoder } from "../axis/Options.ts"
import type { TrainerError } from "../error/TrainerError.ts"

/** Bursts per sample. */
export interface BurstSchedule {
  /** Bursts in which the sample is injected, from 1. */
  readonly hold_bursts: number
  /** Burst, counted from the first injection, whose firing is read; from 1. */
  readonly read_burst: number
}

export type BrainFeedback =
  | { readonly offset: number; readonly affect: { readonly channel: string; readonly magnitude: number } }
  | { readonly offset: number; readonly teach: ReadonlyArray<CoderValue> }
  | { readonly offset: number; readonly represent: true }

export interface Precondition {
  readonly name: string
  readonly status: "verified" | "asserted" | "unknown"
  readonly detail: string
}

/** A way to reward or punish a brain, and how strongly it can be done. */
export interface AffectChannel {
  readonly name: string
  /** The largest magnitude, in percent. */
  readonly limit: number
  /** Whether every magnitude above 0 up to the limit can be given; otherwise the limit is the only one. */
  readonly graded: boolean
}

export interface BrainInfo {
  /** Version of the FEAGI core that runs the bursts, such as `0.0.53`. */
  readonly core_version: string
  /** Every part of the engine with its version or hash. */
  readonly engine: Readonly<Record<string, string>>
  readonly areas: ReadonlyArray<{
    readonly id: string
    readonly name: string
    readonly dimensions: readonly [number, number, number]
    readonly neurons: number
  }>
  readonly mappings: ReadonlyArray<{ readonly from: string; readonly to: string; readonly synapses: number; readonly plastic: boolean }>
  readonly affect_channels: ReadonlyArray<AffectChannel>
}

/**
 * All synapses of a brain in canonical order: by source (bytes of the area's id, x, y, z), then by target, then by weight. Columns
 * of one length; `source` and `target` hold x, y and z of one synapse after the other.
 */
export interface SynapseTable {
  /** Cortical ids (base64) that the area columns are indexes of. */
  readonly areas: ReadonlyArray<string>
  readonly count: number
  readonly source_area: Uint32Array
  readonly source: Uint32Array
  readonly target_area: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float32Array
  /** Postsynaptic potential: a synapse contributes weight × potential. */
  readonly potential: Float32Array
  readonly inhibitory: Uint8Array
}

/** What a brain did since it was opened. A count that a backend cannot take is left out; it is never guessed. */
export interface BrainActivity {
  readonly bursts: number
  /** Neurons that fired, without FEAGI's power area, which fires in every burst. */
  readonly spikes?: number
  /** Synapses that those spikes went through. */
  readonly synaptic_events?: number
  readonly neurons?: number
  readonly synapses?: number
  /** Bytes that crossed the wire to an engine in another process. */
  readonly wire_bytes?: number
}

/** One voxel that a value lights. */
export interface Voxel {
  /** Cortical id, base64. */
  readonly area: string
  readonly x: number
  readonly y: number
  readonly z: number
  readonly potential: number
}

/**
 * What fired while one row was shown, burst by burst. Columns of one length, in the order of the bursts; `voxel` holds x, y and z of one
 * firing after the other.
 */
export interface FiringTrace {
  /** How many bursts were looked at. */
  readonly bursts: number
  readonly count: number
  /** From 1, the burst of the first injection. */
  readonly burst: Uint32Array
  /** Indexes of `info.areas`. */
  readonly area: Uint32Array
  readonly voxel: Uint32Array
  /** Membrane potential with which the neuron fired. */
  readonly potential: Float32Array
}

/**
 * Whether a session that was restored goes on exactly as the one that was checkpointed would have. A run on a backend that cannot
 * promise it is marked as continued and not identical when it is resumed.
 */
export type Continuation = "identical" | "not-identical"

export interface BrainSession {
  readonly info: BrainInfo
  readonly preconditions: ReadonlyArray<Precondition>
  readonly continuation: Continuation
  /**
   * One row of channel values per sample, presented one after the other; one row of readings each. After every reading
   * `settle_bursts` bursts pass without input: 0 in training, where the feedback comes first.
   */
  readonly present: (
    batch: ReadonlyArray<ReadonlyArray<CoderValue>>,
    settle_bursts: number
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<CoderReading>>, TrainerError>
  /** Events after the last presented sample. An empty list does nothing. */
  readonly feedback: (events: ReadonlyArray<BrainFeedback>) => Effect.Effect<void, TrainerError>
  /** Stops (true) or resumes every kind of plasticity. */
  readonly freeze: (on: boolean) => Effect.Effect<void, TrainerError>
  /** Bursts without input. */
  readonly rest: (bursts: number) => Effect.Effect<void, TrainerError>
  /** Bursts since the brain was developed. */
  readonly bursts: Effect.Effect<number>
  readonly activity: Effect.Effect<BrainActivity, TrainerError>
  /** Everything that `restore` needs. Transient state is reset on both sides, so that both go on alike. */
  readonly checkpoint: Effect.Effect<Uint8Array, TrainerError>
  readonly restore: (bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  /** SHA-256 (hex): `connectome` = synapses and neuron constants; `full` = all that a checkpoint restores. */
  readonly hash: (part: "connectome" | "full") => Effect.Effect<string, TrainerError>
  /** Synaptic weights of a mapping, in canonical order. */
  readonly weights: (from: string, to: string) => Effect.Effect<ReadonlyArray<number>, TrainerError>
  readonly synapses: Effect.Effect<SynapseTable, TrainerError>
  /** Which voxels a row of values lights, for people. */
  readonly explain: (values: ReadonlyArray<CoderValue>) => Effect.Effect<ReadonlyArray<Voxel>, TrainerError>
  /**
   * What fires in this many bursts, from 1, when a row is presented as `present` does, FEAGI's power area included. Nothing is learnt, no
   * burst counts, and the brain is left as `checkpoint` leaves it. Left out by a backend that cannot look at every burst.
   */
  readonly trace?: (row: ReadonlyArray<CoderValue>, bursts: number) => Effect.Effect<FiringTrace, TrainerError>
}

export interface BrainOpen<Options = unknown> {
  readonly options: Options
  /** Genome JSON text. */
  readonly genome: string
  readonly inputs: ReadonlyArray<CoderSelection>
  readonly outputs: ReadonlyArray<CoderSelection>
  readonly schedule: BurstSchedule
  /** 32 bytes: everything that the engine draws comes from them. */
  readonly seed: Uint8Array
  /** A checkpoint of the same genome and seed that the brain begins with: what it learnt before. */
  readonly connectome?: Uint8Array
}

/** FEAGI's encoders without a brain: which voxels a row of values lights. */
export interface CoderBench {
  readonly voxels: (values: ReadonlyArray<CoderValue>) => Effect.Effect<ReadonlyArray<Voxel>, TrainerError>
}

export interface BrainBackend<Options = unknown> {
  readonly kind: "brain-backend"
  readonly spec: 1
  readonly id: string
  /** `embedded` or `live`: part of what makes two results comparable. */
  readonly execution: "embedded" | "live"
  readonly decodeOptions: OptionsDecoder<Options>
  /** Develops the genome; fails with every mismatch between genome and coders. Closing the scope ends the brain. */
  readonly open: (request: BrainOpen<Options>) => Effect.Effect<BrainSession, TrainerError, Scope.Scope>
  /** The same encoders that `open` would bind, before there is a brain. */
  readonly bench: (inputs: ReadonlyArray<CoderSelection>) => Effect.Effect<CoderBench, TrainerError, Scope.Scope>
}

const define = <Options>(backend: Omit<BrainBackend<Options>, "kind" | "spec">): BrainBackend<Options> => ({
  kind: "brain-backend",
  spec: 1,
  ...backend
})
export const BrainBackend = { define }
