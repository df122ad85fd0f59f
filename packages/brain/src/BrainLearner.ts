/**
 * A brain as a learner: encoder → backend → decoder → reward policy → feedback, one sample after the other.
 *
 * An answer is read before anything is taught. The reward policy is asked in training only. Under the silent-reward control its
 * affect events are left out and everything else is delivered, so that what remains is learning without reward.
 */
import {
  type BrainFeedback,
  type BrainSession,
  type CoderReading,
  type CoderValue,
  type DecoderContext,
  type EncoderContext,
  type Feedback,
  type IRSample,
  isAffect,
  isTeach,
  type LearnerOutput,
  type LearnerSample,
  type LearnerSession,
  type Mistake,
  type RewardRecord,
  type SampleTrace,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { recordFeedback } from "./FeedbackRecorder.ts"
import type { Part, Parts } from "./Parts.ts"
import { readSnapshot, writeSnapshot } from "./Snapshot.ts"

export interface BrainLearnerRequest {
  readonly parts: Parts
  readonly brain: BrainSession
  readonly encoderContext: EncoderContext<unknown>
  readonly decoderContext: DecoderContext
  readonly schedule: SampleTrace["schedule"]
  readonly silent_reward: boolean
}

const refuse = (code: string, message: string, sample_id: string, mistakes: ReadonlyArray<Mistake>): TrainerError => {
  const [first] = mistakes
  return trainerError("failed", {
    code,
    message: first === undefined ? message : `${message}: ${[...first.path, first.message].join(" ")}`,
    sample_id,
    ...(first?.expected === undefined ? {} : { expected: first.expected }),
    ...(first?.actual === undefined ? {} : { actual: first.actual })
  })
}

/** A plugin that throws fails the run in its own name, with the sample that it threw at. */
const contained = <A>(part: Part<unknown>, sample_id: string, call: () => A): Effect.Effect<A, TrainerError> =>
  Effect.try({
    try: call,
    catch: (error) =>
      trainerError("failed", {
        code: "FT3012",
        message: `${part.ref.id} failed: ${error instanceof Error ? error.message : String(error)}`,
        sample_id
      })
  })

export const makeBrainLearner = (request: BrainLearnerRequest): LearnerSession => {
  const { parts, encoderContext, decoderContext, schedule } = request
  const { brain, delivered, deliveredIn } = recordFeedback(request.brain)
  const encoder = parts.encoder.entry
  const decoder = parts.decoder.entry
  const policy = parts.reward.entry
  let rewardState = policy.start(parts.reward.options)
  let frozen = false

  const encode = (sample: IRSample): Effect.Effect<ReadonlyArray<CoderValue>, TrainerError> =>
    contained(parts.encoder, sample.sample_id, () => encoder.values(parts.encoder.options, encoderContext, sample)).pipe(
      Effect.flatMap((values) =>
        values.ok
          ? Effect.succeed(values.value)
          : Effect.fail(refuse("FT3010", `encoder ${parts.encoder.ref.id} refuses the sample`, sample.sample_id, values.mistakes))
      )
    )

  const decode = (readings: ReadonlyArray<CoderReading>, sample_id: string) =>
    contained(parts.decoder, sample_id, () => decoder.read(parts.decoder.options, decoderContext, readings))

  const translate = (events: ReadonlyArray<Feedback>, sample_id: string): Effect.Effect<ReadonlyArray<BrainFeedback>, TrainerError> =>
    Effect.gen(function* () {
      const translated: Array<BrainFeedback> = []
      for (const event of events) {
        if (isAffect(event)) {
          if (!request.silent_reward) translated.push(event)
        } else if (isTeach(event)) {
          const values = yield* contained(parts.decoder, sample_id, () =>
            decoder.write(parts.decoder.options, decoderContext, event.teach.value)
          )
          if (!values.ok)
            return yield* refuse("FT3011", `decoder ${parts.decoder.ref.id} cannot teach this target`, sample_id, values.mistakes)
          translated.push({ offset: event.offset, teach: values.value })
        } else translated.push(event)
      }
      return translated
    })

  const respond = (
    sample: LearnerSample,
    output: { readonly answer: LearnerOutput["answer"]; readonly scores?: ReadonlyArray<number> }
  ): Effect.Effect<{ readonly feedback: ReadonlyArray<Feedback>; readonly reward: RewardRecord }, TrainerError> =>
    contained(parts.reward, sample.sample.sample_id, () => {
      const { state, feedback, reward } = policy.respond(parts.reward.options, rewardState, {
        kind: "sample",
        target: sample.target,
        prediction: output.answer,
        phase: "train",
        ...(output.scores === undefined ? {} : { scores: output.scores })
      })
      rewardState = state
      return { feedback, reward }
    })

  const trainOne = (each: LearnerSample): Effect.Effect<LearnerOutput, TrainerError> =>
    Effect.gen(function* () {
      if (frozen) return yield* trainerError("failed", { code: "FT3013", message: "a frozen brain was asked to learn" })
      const values = yield* encode(each.sample)
      const [readings] = yield* brain.present([values], 0)
      if (readings === undefined)
        return yield* trainerError("failed", {
          code: "FT3021",
          message: `backend ${parts.backend.ref.id} gave no reading`,
          sample_id: each.sample.sample_id
        })
      const output = yield* decode(readings, each.sample.sample_id)
      const { feedback, reward } = yield* respond(each, output)
      const given = yield* deliveredIn(
        Effect.gen(function* () {
          if (feedback.length === 0) return
          const events = yield* translate(feedback, each.sample.sample_id)
          if (events.length > 0) yield* brain.feedback(events)
        })
      )
      if (schedule.settle_bursts > 0) yield* brain.rest(schedule.settle_bursts)
      return { ...output, tick: yield* brain.bursts, reward, feedback: given }
    })

  const predict = (batch: ReadonlyArray<IRSample>): Effect.Effect<ReadonlyArray<LearnerOutput>, TrainerError> =>
    Effect.gen(function* () {
      // Whoever predicts must not learn from it, whether training goes on afterwards or not.
      if (!frozen) yield* brain.freeze(true)
      const start = yield* brain.bursts
      const rows = yield* Effect.forEach(batch, encode)
      const readings = yield* brain.present(rows, schedule.settle_bursts)
      const perSample = batch.length === 0 ? 0 : ((yield* brain.bursts) - start) / batch.length
      if (!frozen) yield* brain.freeze(false)
      return yield* Effect.forEach(readings, (row, index) =>
        Effect.map(decode(row, batch[index]?.sample_id ?? ""), (output) => ({ ...output, tick: start + (index + 1) * perSample }))
      )
    })

  const traceWith =
    (trace: NonNullable<BrainSession["trace"]>): NonNullable<LearnerSession["trace"]> =>
    (sample, bursts = schedule.read_burst + schedule.settle_bursts) =>
      Effect.gen(function* () {
        return { ...(yield* trace(yield* encode(sample), bursts)), areas: brain.info.areas, schedule }
      })

  const encodedReward = Effect.suspend(() => {
    const encoded = Schema.encodeUnknownResult(policy.state)(rewardState)
    return Result.isSuccess(encoded)
      ? Effect.succeed(encoded.success)
      : Effect.fail(
          trainerError("failed", { code: "FT3014", message: `the state of reward policy ${parts.reward.ref.id} does not fit its schema` })
        )
  })

  return {
    train: (batch) => Effect.forEach(batch, trainOne),
    predict,
    freeze: Effect.flatMap(brain.freeze(true), () =>
      Effect.sync(() => {
        frozen = true
      })
    ),
    checkpoint: Effect.gen(function* () {
      return writeSnapshot({ reward: yield* encodedReward, frozen, brain: yield* brain.checkpoint })
    }),
    restore: (bytes) =>
      Effect.gen(function* () {
        const snapshot = yield* readSnapshot(bytes)
        const decoded = Schema.decodeUnknownResult(policy.state)(snapshot.reward)
        if (!Result.isSuccess(decoded))
          return yield* trainerError("integrity", {
            code: "FT3001",
            message: `the checkpoint holds a state that reward policy ${parts.reward.ref.id} does not know`
          })
        yield* brain.restore(snapshot.brain)
        yield* brain.freeze(snapshot.frozen)
        rewardState = decoded.success
        frozen = snapshot.frozen
      }),
    learnedHash: brain.hash("connectome"),
    fullHash: Effect.gen(function* () {
      return hashOf({ brain: yield* brain.hash("full"), reward: yield* encodedReward, frozen })
    }),
    continuation: brain.continuation,
    activity: Effect.map(brain.activity, (activity) => ({ ...activity })),
    delivered,
    ...(brain.trace === undefined ? {} : { trace: traceWith(brain.trace) }),
    fingerprint: { engine: brain.info.engine, preconditions: brain.preconditions }
  }
}
