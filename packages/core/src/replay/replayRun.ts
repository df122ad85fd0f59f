/**
 * Replay: executes a run again from its pins and compares everything with what was recorded, as it comes.
 *
 * EQUAL, or the first divergence with both values. Nothing is written. Inputs are checked before anything runs, so that an altered
 * input is never reported as a diverging learner.
 */
import {
  CONTENT_CHANGED,
  type Diagnostic,
  type LearnerFamily,
  type TrainerError,
  type TrainingMeasure,
  trainerError
} from "@feagi-trainer/contracts"
import { canonical, fromCanonical } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { PredictionRow, RewardRow } from "../port/RunJournal.ts"
import { type ChangedInput, checkPins } from "../run/checkPins.ts"
import { type ExecuteServices, executeRun } from "../run/executeRun.ts"
import { predictionsHash } from "../run/predictionsHash.ts"
import { readReward } from "../run/Rewards.ts"
import { type Steering, unsteered } from "../run/RunContext.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import type { RunSink } from "../run/RunSink.ts"
import type { BrainMutation, EventPayloads, PhaseState } from "../run/RunState.ts"

/** Where a replay first differs from its record. */
export interface Divergence {
  readonly phase: string
  readonly epoch: number | null
  readonly sample_id: string | null
  readonly tick: number | null
  readonly field: string
  readonly recorded: unknown
  readonly replayed: unknown
}

/** Why the record that was replayed is less than a run that went through: what it says holds, and no more than that. */
export interface ReplayNotes {
  /** It went on from a checkpoint of a learner that does not promise to go on as it would have: a divergence behind it proves nothing. */
  readonly continued_not_identical: boolean
  /** The phase that must not learn and did, again in the replay. */
  readonly brain_mutated: string | null
}

export type ReplayVerdict = ReplayNotes &
  (
    | { readonly verdict: "EQUAL"; readonly first: null; readonly changed: ReadonlyArray<never> }
    | { readonly verdict: "INPUT_CHANGED"; readonly first: null; readonly changed: ReadonlyArray<ChangedInput> }
    | { readonly verdict: "DIVERGED"; readonly first: Divergence; readonly changed: ReadonlyArray<never> }
  )

/** A step, apart from its answers and rewards. */
export interface RecordedStep extends Pick<EventPayloads["step"], "full_hash" | "measures"> {
  readonly phase: string
  readonly epoch: number
  readonly next: number
}

/** What was recorded, wherever it lies: in the store, or in a bundle. */
export interface Recording {
  readonly run_id: string
  readonly document: RunDocument
  readonly phases: ReadonlyArray<PhaseState>
  readonly predictions: ReadonlyArray<PredictionRow>
  /** Undefined in a record that is older than rewards: then they are not compared. */
  readonly rewards: ReadonlyArray<RewardRow> | undefined
  /** Whether it was continued where the learner does not promise that this changes nothing. */
  readonly continued_not_identical: boolean
  readonly brain_mutated: BrainMutation | undefined
  /** Every committed step, in order. */
  readonly steps: ReadonlyArray<RecordedStep>
}

class Diverged {
  readonly _tag = "Diverged"
  readonly first: Divergence
  constructor(first: Divergence) {
    this.first = first
  }
}

/** A replay ends its phases where the run did. */
const recordedSteering = (phases: ReadonlyArray<PhaseState>): Steering => ({
  ...unsteered,
  skipAt: ({ phase, epoch, next }) => {
    const skip = phases[phase]?.skipped
    return Effect.succeed(skip?.epoch === epoch && skip.next === next ? (skip.rest ? "skip-rest" : "skip") : undefined)
  }
})

/**
 * The recorded run has to have come to its end, and be it that it changed its brain: what an unfinished one lacks counts as a divergence.
 */
export const replayRun = (
  recording: Recording,
  families: ReadonlyArray<LearnerFamily>
): Effect.Effect<ReplayVerdict, TrainerError, ExecuteServices> =>
  Effect.gen(function* () {
    const notes: ReplayNotes = {
      continued_not_identical: recording.continued_not_identical,
      brain_mutated: recording.brain_mutated?.phase ?? null
    }
    const changed = yield* checkPins(recording.document)
    if (changed.length > 0) return { ...notes, verdict: "INPUT_CHANGED", first: null, changed }
    const compared = comparingSink(recording)
    const equal: ReplayVerdict = { ...notes, verdict: "EQUAL", first: null, changed: [] }
    return yield* executeRun({
      run_id: recording.run_id,
      document: recording.document,
      families,
      sink: compared.sink,
      resume: undefined,
      steering: recordedSteering(recording.phases),
      continued_not_identical: recording.continued_not_identical
    }).pipe(
      Effect.asVoid,
      Effect.catch((error) => (compared.mutatedAlike() ? Effect.void : Effect.fail(error))),
      Effect.andThen(compared.nothingLeft),
      Effect.as(equal),
      Effect.catchDefect((defect) =>
        defect instanceof Diverged
          ? Effect.succeed<ReplayVerdict>({ ...notes, verdict: "DIVERGED", first: defect.first, changed: [] })
          : Effect.die(defect)
      ),
      Effect.catch((error): Effect.Effect<ReplayVerdict, TrainerError> => {
        if (error._tag === "Interruption")
          return Effect.fail(trainerError("failed", { code: "FT3201", message: "the replay was interrupted" }))
        // What the learner itself holds against its pins, such as its engine, is an input as well.
        return error.reason === "integrity"
          ? Effect.succeed({
              ...notes,
              verdict: "INPUT_CHANGED",
              first: null,
              changed: error.diagnostics.map((each) => changedInput(each, recording.document.dataset.dataset_version_id))
            })
          : Effect.fail(error)
      })
    )
  })

/** A file of the data that is not the registered one may be noticed only when it is read; everything else is the learner's own. */
const changedInput = ({ code, file, message, expected, actual }: Diagnostic, dataset: string): ChangedInput => ({
  input: code === CONTENT_CHANGED ? `dataset ${dataset}` : "learner",
  message: file === undefined ? message : `${file}: ${message}`,
  ...(expected === undefined ? {} : { expected }),
  ...(actual === undefined ? {} : { actual })
})

/** A divergence leaves the executor as a defect: no phase may mistake it for a failure of its own. */
const comparingSink = (
  recording: Recording
): { readonly sink: RunSink; readonly nothingLeft: Effect.Effect<void>; readonly mutatedAlike: () => boolean } => {
  const replayed: Array<PredictionRow> = []
  const rewarded: Array<RewardRow> = []
  let mutated = false
  let steps = 0
  const diverge = (first: Divergence) => Effect.die(new Diverged(first))
  const phaseOf = (name: string) => recording.phases.find((each) => each.phase === name)
  const whole = (phase: string, field: string, recorded: unknown, value: unknown) =>
    recorded === value
      ? Effect.void
      : diverge({ phase, epoch: null, sample_id: null, tick: null, field, recorded: recorded ?? null, replayed: value })

  /** Every reward of the step, against what was recorded at the same place. */
  const compareRewards = (rewards: ReadonlyArray<RewardRow>) =>
    Effect.gen(function* () {
      if (recording.rewards === undefined) return
      for (const row of rewards) {
        const recorded = recording.rewards[rewarded.length]
        rewarded.push(row)
        if (recorded?.line === row.line) continue
        const { phase, epoch, sample_id } = row
        const shown = recorded === undefined ? null : readReward(recorded.line)
        return yield* diverge({ phase, epoch, sample_id, tick: null, field: "reward", recorded: shown, replayed: readReward(row.line) })
      }
    })

  const sink: RunSink = {
    // What a learner says of itself is checked against its pins where it is opened.
    opened: () => Effect.void,
    continued: () => Effect.void,
    validated: (validation) => {
      const { phase, epoch } = validation
      const recorded = phaseOf(phase)?.validations.find((each) => each.epoch === epoch)
      return canonical(recorded ?? null) === canonical(validation)
        ? Effect.void
        : diverge({ phase, epoch, sample_id: null, tick: null, field: "validation", recorded: recorded ?? null, replayed: validation })
    },
    skipped: (_, __, step) => (step === undefined ? Effect.void : sink.step(step)),
    brainMutated: ({ phase, learned_hash_before, learned_hash }) =>
      Effect.gen(function* () {
        const recorded = recording.brain_mutated?.phase === phase ? recording.brain_mutated : undefined
        yield* whole(phase, "learned_hash", recorded?.learned_hash ?? learned_hash_before, learned_hash)
        mutated = true
      }),
    phaseStarted: (phase, _, learned_hash) => whole(phase, "learned_hash_before", phaseOf(phase)?.learned_hash_before, learned_hash),
    step: (step) =>
      Effect.gen(function* () {
        for (const row of step.rows) {
          const first = differingRow(recording.predictions[replayed.length], row)
          if (first !== undefined) return yield* diverge(first)
          replayed.push(row)
        }
        yield* compareRewards(step.rewards)
        const recorded = recording.steps[steps]
        steps += 1
        const last = step.rows.at(-1)
        const differs = differingMeasure(recorded?.measures ?? [], step.measures ?? [])
        if (differs !== undefined)
          return yield* diverge({
            phase: step.phase,
            epoch: step.cursor.epoch,
            sample_id: null,
            tick: null,
            field: "measures",
            recorded: recorded?.measures?.[differs] ?? null,
            replayed: step.measures?.[differs] ?? null
          })
        if (recorded?.full_hash !== step.full_hash)
          return yield* diverge({
            phase: step.phase,
            epoch: step.cursor.epoch,
            sample_id: last?.sample_id ?? null,
            tick: last?.tick ?? null,
            field: "full_hash",
            recorded: recorded?.full_hash ?? null,
            replayed: step.full_hash
          })
      }),
    phaseCompleted: (phase, learned_hash) =>
      Effect.andThen(
        whole(phase, "learned_hash", phaseOf(phase)?.learned_hash, learned_hash),
        whole(
          phase,
          "predictions_sha256",
          phaseOf(phase)?.predictions_sha256,
          predictionsHash(replayed.filter((row) => row.phase === phase))
        )
      ),
    predictions: (phase) => Effect.succeed(replayed.filter((row) => row.phase === phase)),
    scored: (phase, result) => whole(phase, "scorecard_body_sha256", phaseOf(phase)?.scorecard_body_sha256, result.body_sha256)
  }
  /** What was recorded beyond the last replayed sample is a divergence as well. */
  const nothingLeft = Effect.suspend(() => {
    const answer = recording.predictions[replayed.length]
    const extra = answer ?? recording.rewards?.[rewarded.length]
    if (extra !== undefined) {
      const { phase, epoch, sample_id } = extra
      return diverge({ phase, epoch, sample_id, tick: answer?.tick ?? null, field: "sample", recorded: sample_id, replayed: null })
    }
    const step = recording.steps[steps]
    return step === undefined
      ? Effect.void
      : diverge({
          phase: step.phase,
          epoch: step.epoch,
          sample_id: null,
          tick: null,
          field: "full_hash",
          recorded: step.full_hash,
          replayed: null
        })
  })
  return { sink, nothingLeft, mutatedAlike: () => mutated }
}

/** The place of the first optimiser step that did not tell the same. */
const differingMeasure = (recorded: ReadonlyArray<TrainingMeasure>, replayed: ReadonlyArray<TrainingMeasure>): number | undefined => {
  const longer = Array.from({ length: Math.max(recorded.length, replayed.length) }, (_, at) => at)
  return longer.find((at) => canonical(recorded[at] ?? null) !== canonical(replayed[at] ?? null))
}

const differingRow = (recorded: PredictionRow | undefined, replayed: PredictionRow): Divergence | undefined => {
  const at = { phase: replayed.phase, epoch: replayed.epoch, sample_id: replayed.sample_id, tick: replayed.tick }
  if (recorded === undefined) return { ...at, field: "sample", recorded: null, replayed: replayed.sample_id }
  if (recorded.line === replayed.line)
    return recorded.tick === replayed.tick ? undefined : { ...at, field: "tick", recorded: recorded.tick, replayed: replayed.tick }
  const left = fromCanonical(recorded.line) as Readonly<Record<string, unknown>>
  const right = fromCanonical(replayed.line) as Readonly<Record<string, unknown>>
  const field = ["phase", "epoch", "index", "sample_id", "target", "prediction"].find(
    (key) => JSON.stringify(left[key]) !== JSON.stringify(right[key])
  )
  return {
    ...at,
    field: field ?? "line",
    recorded: field === undefined ? recorded.line : left[field],
    replayed: field === undefined ? replayed.line : right[field]
  }
}
