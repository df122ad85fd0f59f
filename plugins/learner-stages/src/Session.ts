/** The session of a stage in a run: steps of its loop, answers of its model, and the state of both as bytes. */
import {
  type Answer,
  type LearnerOutput,
  type LearnerSession,
  type TrainerError,
  type TrainingMeasure,
  trainerError
} from "@feagi-trainer/contracts"
import { type StepReport, sha256Hex } from "@feagi-trainer/training-stages"
import { Effect } from "effect"
import type { OpenedStage } from "./OpenedStage.ts"

/** Of the answer of a step, in the form `<package>#<id>`. */
export const stepType = "@feagi-trainer/learner-stages#step"

const refused = (code: string, message: string, help: string): TrainerError => trainerError("failed", { code, message, help })

const noTraining = refused(
  "stages/NO-TRAINING",
  "the stage was opened without the samples that it learns from",
  "open it with the training part: without it nobody can say that a state is its own"
)

type Fingerprint = LearnerSession["fingerprint"]

/** What says what it promises and can do nothing, because there is no training part. */
export const emptySession = (fingerprint: Fingerprint): LearnerSession => ({
  own_training: { advance: () => Effect.fail(noTraining) },
  train: () => Effect.fail(noTraining),
  predict: () => Effect.fail(noTraining),
  freeze: Effect.void,
  checkpoint: Effect.fail(noTraining),
  restore: () => Effect.fail(noTraining),
  learnedHash: Effect.fail(noTraining),
  fullHash: Effect.fail(noTraining),
  continuation: "identical",
  activity: Effect.succeed({}),
  fingerprint
})

export const sessionOf = ({ session, loop, answers }: OpenedStage, fingerprint: Fingerprint): LearnerSession => {
  let frozen = false
  let measures: Array<TrainingMeasure> = []
  // The bytes of the present state: a durable step asks for them and for their hash.
  let saved: Uint8Array | undefined
  const save = Effect.suspend(() => (saved === undefined ? Effect.map(loop.save, (bytes) => (saved = bytes)) : Effect.succeed(saved)))
  const outputOf = (answer: Answer): LearnerOutput => ({ answer, tick: loop.steps() })
  const told = ({ step, metrics }: StepReport): LearnerOutput => {
    measures.push({ step, values: metrics })
    return outputOf({ custom: { type: stepType, value: { step, metrics: { ...metrics } } } })
  }
  return {
    own_training: {
      advance: (count) =>
        frozen
          ? Effect.fail(refused("stages/FROZEN", "a frozen stage was asked to learn", "report it: a bug"))
          : Effect.suspend(() => {
              saved = undefined
              return Effect.forEach(Array.from({ length: count }), () => Effect.map(loop.step, told))
            })
    },
    // A step may take seconds: whoever wants to stop the run is listened to behind each of them.
    batch_size: 1,
    measures: Effect.sync(() => {
      const since = measures
      measures = []
      return since
    }),
    train: () =>
      Effect.fail(
        refused("stages/TRAIN", "a stage goes its own way through its samples, and was given some to learn from", "report it: a bug")
      ),
    predict: (batch) => (batch.length === 0 ? Effect.succeed([]) : Effect.map(answers(batch), (all) => all.map(outputOf))),
    freeze: Effect.sync(() => {
      frozen = true
    }),
    checkpoint: save,
    restore: (bytes) =>
      Effect.map(loop.restore(bytes), () => {
        measures = []
        saved = undefined
      }),
    learnedHash: session.weightsSha256,
    fullHash: Effect.map(save, sha256Hex),
    continuation: "identical",
    activity: Effect.sync(() => ({ steps: loop.steps() })),
    fingerprint
  }
}
