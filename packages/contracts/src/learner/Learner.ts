/**
 * The Learner port: the one thing an orchestrator knows of brains and gradient models alike.
 *
 * Laws: `restore(checkpoint)` keeps `fullHash` and the next outputs; `predict` keeps `learnedHash`; the same pins and seed give
 * the same `learnedHash`.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { ClassLabel, SampleShape } from "../axis/Adapter.ts"
import type { Experience, RewardRecord } from "../axis/RewardPolicy.ts"
import type { Answer } from "../axis/Scored.ts"
import type { Diagnostic } from "../error/Diagnostic.ts"
import type { TrainerError } from "../error/TrainerError.ts"
import type { EntryLookup } from "../plugin/LoadedEntry.ts"
import type { IRSample, OutputType, PluginRef, TypedTarget } from "../wire/index.ts"
import type { BrainInfo, BurstSchedule, Continuation, FiringTrace } from "./BrainBackend.ts"

export interface LearnerSample {
  readonly sample: IRSample
  /** What the learner is taught; under the shuffled-label control it is not the sample's own. */
  readonly target: TypedTarget
}

/** Feedback that reached the learner: affect by channel with the sum of its magnitudes, and how often it was taught or shown again. */
export interface DeliveredFeedback {
  readonly affect: Readonly<Record<string, { readonly count: number; readonly magnitude: number }>>
  readonly teach: number
  readonly represent: number
}

export interface LearnerOutput {
  readonly answer: Answer
  readonly scores?: ReadonlyArray<number>
  /** Bursts or steps since the session began: where the clock of the learner stands. */
  readonly tick: number
  /** In training: what the answer was worth. */
  readonly reward?: RewardRecord
  /** In training: what was delivered for the answer. */
  readonly feedback?: DeliveredFeedback
}

/** What one step of an optimiser tells of itself: numbers by name, in units that the name says (`loss`, `learning_rate`, …). */
export interface TrainingMeasure {
  /** Optimiser steps since the learner was made, from 1. */
  readonly step: number
  /** What is not defined for a step is not there. */
  readonly values: Readonly<Record<string, number>>
}

/**
 * A training that goes its own way through its experience: an environment, pairs, what a teacher says. The executor asks it for one step
 * after the other and keeps what each tells; what it learns from stands in its pins.
 */
export interface OwnTraining {
  /** Does this many further steps, at least 1; what each tells, its measures included, as the answer of the step. */
  readonly advance: (count: number) => Effect.Effect<ReadonlyArray<LearnerOutput>, TrainerError>
}

/** What fired in a learner while one sample was shown to it, with the areas and the bursts that the columns speak of. */
export interface SampleTrace extends FiringTrace {
  readonly areas: BrainInfo["areas"]
  /** In which bursts the sample is injected, in which one the answer is read, and how many pass afterwards before the next sample. */
  readonly schedule: BurstSchedule & { readonly settle_bursts: number }
}

export interface LearnerSession {
  /** Takes the place of `train` in phases that learn, `pins.own_steps` steps long. */
  readonly own_training?: OwnTraining
  /** Each sample is answered before it is learnt from; the answer is returned. */
  readonly train: (batch: ReadonlyArray<LearnerSample>) => Effect.Effect<ReadonlyArray<LearnerOutput>, TrainerError>
  /**
   * How many samples `train` is to be given at once: the samples of one optimiser step. The last step of a pass may have fewer. Left out by
   * a learner that learns from every sample by itself.
   */
  readonly batch_size?: number
  /** The measures of the steps since it was asked last, in order. Left out by a learner that has no such steps. */
  readonly measures?: Effect.Effect<ReadonlyArray<TrainingMeasure>>
  readonly predict: (batch: ReadonlyArray<IRSample>) => Effect.Effect<ReadonlyArray<LearnerOutput>, TrainerError>
  /** Nothing that was learnt changes after this. */
  readonly freeze: Effect.Effect<void, TrainerError>
  readonly checkpoint: Effect.Effect<Uint8Array, TrainerError>
  readonly restore: (bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  /** SHA-256 (hex) of weights and constants. */
  readonly learnedHash: Effect.Effect<string, TrainerError>
  /** SHA-256 (hex) of all that a checkpoint restores. */
  readonly fullHash: Effect.Effect<string, TrainerError>
  /** Whether a restored session goes on as the saved one would have. */
  readonly continuation: Continuation
  /** Counters since the session was opened, each with its unit in its name: bursts, spikes, … What is not measured is not there. */
  readonly activity: Effect.Effect<Readonly<Record<string, number>>, TrainerError>
  /**
   * What was delivered since the session was opened, counted where it is delivered; it stands still while nothing learns. Left out by a
   * learner that counts nothing.
   */
  readonly delivered?: Effect.Effect<DeliveredFeedback>
  /**
   * What fires in this many bursts when the sample is shown; left out of the call: as many as a sample takes. Nothing is learnt, and the
   * session is left as `checkpoint` leaves it. Left out by a learner in which nothing fires.
   */
  readonly trace?: (sample: IRSample, bursts?: number) => Effect.Effect<SampleTrace, TrainerError>
  /** Versions and preconditions of what ran, for the provenance. */
  readonly fingerprint: Readonly<Record<string, unknown>>
}

/** A brain as an input of a run: a genome, and what a brain of this genome had learnt before. */
export interface BrainInput {
  readonly json: string
  readonly sha256: string
  /** A snapshot: a checkpoint of the genome developed with `seed`. The run then begins there, whatever its own seed. */
  readonly connectome?: { readonly bytes: Uint8Array; readonly sha256: string; readonly seed: Uint8Array }
}

/** What a family has to resolve before a run: everything explicit, or every mismatch at once. */
export interface LearnerPlanRequest {
  /** The `[learner]` table of the run file. */
  readonly section: Readonly<Record<string, unknown>>
  /** The brain that the run file names. */
  readonly genome?: BrainInput
  /** What it learns from. */
  readonly experience: Experience
  readonly shape: SampleShape
  readonly output_type: OutputType
  readonly classes: ReadonlyArray<ClassLabel>
  /** The samples of the training part after the transforms, in the order of the split. They are read when they are asked for. */
  readonly training: Stream.Stream<IRSample, TrainerError>
  /** How many these are. A sampler may visit fewer or more of them in an epoch. */
  readonly training_samples: number
  readonly epochs: number
  /** Samples of a durable step. */
  readonly checkpoint_every: number
  readonly controls: { readonly silent_reward: boolean }
  readonly seed: Uint8Array
  readonly lookup: EntryLookup
}

/** The resolved learner: plain JSON, part of the run document, sufficient to open a session. */
export interface LearnerPins {
  readonly kind: string
  /** The learner plugin; absent where the program brings the family itself. */
  readonly plugin?: PluginRef
  /** Every choice, options of every plugin included. */
  readonly resolved: Readonly<Record<string, unknown>>
  /** Steps of a training that goes its own way; absent where the samples of the dataset and the epochs of the run decide. */
  readonly own_steps?: number
  /** What must not differ between two results that are compared, by treatment field. */
  readonly treatment: Readonly<Record<string, unknown>>
  /** Fields of upstream's RunSpec that the learner decides. */
  readonly wire: Readonly<Record<string, unknown>>
  /** SHA-256 (hex) of the learner before it learnt anything. */
  readonly initial_hash: string
}

export type LearnerPlan =
  | { readonly ok: true; readonly pins: LearnerPins }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

export interface LearnerOpenRequest {
  readonly pins: LearnerPins
  readonly genome?: BrainInput
  /** The samples of the training part, as the plan saw them. They are read when they are asked for; absent where nobody will ask. */
  readonly training?: Stream.Stream<IRSample, TrainerError>
  readonly shape: SampleShape
  readonly output_type: OutputType
  readonly classes: ReadonlyArray<ClassLabel>
  readonly seed: Uint8Array
  readonly controls: { readonly silent_reward: boolean }
  readonly lookup: EntryLookup
}

/** A family of learners: `brain`, `gradient`, `stage`. */
export interface LearnerFamily {
  readonly kind: string
  readonly plan: (request: LearnerPlanRequest) => Effect.Effect<LearnerPlan, TrainerError, Scope.Scope>
  readonly open: (request: LearnerOpenRequest) => Effect.Effect<LearnerSession, TrainerError, Scope.Scope>
}

/** A learner that a plugin brings: a run file names it as `learner.plugin`, and its family as `learner.kind`. */
export interface LearnerPlugin extends Omit<LearnerFamily, "kind"> {
  readonly kind: "learner"
  readonly spec: 1
  readonly id: string
  /** What `learner.kind` has to say for it: `gradient`, `stage`, or a family of its own. */
  readonly family: string
}

const define = (learner: Omit<LearnerPlugin, "kind" | "spec">): LearnerPlugin => ({ ...learner, kind: "learner", spec: 1 })

export const Learner = { define }
