/**
 * Lives through one phase: passes of the experience, cut into durable steps and small batches. Live, look whether somebody wants to stop,
 * checkpoint, commit; the same for every phase and every kind of experience.
 *
 * Sharp edge: a phase that must not learn is checked by what was delivered, step by step and before anything is committed, and by what was
 * learnt, at its end; the second check is the caller's, because it holds for a phase that was resumed behind its last step as well.
 */
import { type DeliveredFeedback, type LearnerOutput, type ProtocolPhase, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { toUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { PredictionRow, RewardRow } from "../../port/RunJournal.ts"
import type { Pass } from "../ExperienceSource.ts"
import { affectCount, feedbackCount, feedbackSince, feedbackText, noFeedback } from "../Feedback.ts"
import { type Meter, makeMeter } from "../Meter.ts"
import { rewardRow } from "../Rewards.ts"
import type { Interruption, RunContext, SkipRequest } from "../RunContext.ts"
import { type Cursor, predictionRow, type Step } from "../RunSink.ts"
import type { PhaseSkip } from "../RunState.ts"
import { readAnswer } from "../storedAnswer.ts"
import { endsTraining } from "./validateEpoch.ts"

/** Samples between two looks at the outside, where the learner wants no other number: small enough to stop promptly, large enough to cost nothing. */
const lookSize = 16

/**
 * @param from where the phase begins, or goes on
 * @param done samples of the phase that are committed already
 * @returns where the phase was ended early; undefined where it was not
 */
export const livePhase = (
  context: RunContext,
  phase: ProtocolPhase,
  from: Cursor,
  done: number
): Effect.Effect<PhaseSkip | undefined, TrainerError | Interruption> =>
  Effect.gen(function* () {
    const { source, sink, session } = context
    const meter = yield* makeMeter(session)
    const feedback = yield* feedbackCheck(context, phase)
    if (!phase.learns) yield* session.freeze
    if (from.next > 0) yield* rememberEpoch(context, phase, from)
    const { passes, samples } = source.extent(phase)
    let lived = done
    for (let epoch = from.epoch; epoch < passes; epoch++) {
      const pass = yield* source.pass(phase, epoch)
      let at: Cursor = { phase: from.phase, epoch, next: epoch === from.epoch ? from.next : 0 }
      for (let ended = pass.length !== undefined && at.next >= pass.length; !ended; ) {
        const found = yield* liveStep(context, phase, pass, at, lived)
        ended = found.ended
        at = { ...at, next: at.next + found.rows.length }
        lived += found.rows.length
        const step = found.rows.length === 0 ? undefined : yield* settle(context, phase, at, found, meter, feedback)
        if (found.request !== undefined) {
          const rest = found.request === "skip-rest"
          const skip: PhaseSkip = { epoch, next: at.next, samples_planned: samples, samples_done: lived, rest }
          yield* sink.skipped(phase.name, skip, step)
          return skip
        }
        if (step !== undefined) yield* sink.step(step)
      }
      if (yield* endsTraining(context, phase, epoch)) break
    }
    return undefined
  })

interface LivedStep {
  readonly rows: ReadonlyArray<PredictionRow>
  readonly rewards: ReadonlyArray<RewardRow>
  /** Nothing of the pass is left. */
  readonly ended: boolean
  readonly request: SkipRequest | undefined
}

/** Everything up to the next checkpoint, to the end of the pass, or to where somebody wants the phase to end. */
const liveStep = (
  context: RunContext,
  phase: ProtocolPhase,
  pass: Pass,
  at: Cursor,
  done: number
): Effect.Effect<LivedStep, TrainerError | Interruption> =>
  Effect.gen(function* () {
    const rows: Array<PredictionRow> = []
    const rewards: Array<RewardRow> = []
    const size = (phase.learns ? context.session.batch_size : undefined) ?? lookSize
    const end = at.next + context.document.checkpoint_every
    for (let next = at.next; next < Math.min(end, pass.length ?? end); ) {
      yield* context.steering.look
      if (done + rows.length > 0) {
        const request = yield* context.steering.skipAt({ ...at, next })
        if (request !== undefined) return { rows, rewards, ended: false, request }
      }
      const count = Math.min(size, end - next)
      const lived = yield* pass.live(next, count)
      for (const [offset, { sample_id, target, output }] of lived.entries()) {
        const place = { phase: phase.name, epoch: at.epoch, index: next + offset }
        if (!phase.learns) yield* unrewarded(phase, sample_id, output)
        rows.push(predictionRow(place, { sample_id }, target, output))
        const reward = yield* rewardRow(place, sample_id, output)
        if (reward !== undefined) rewards.push(reward)
      }
      next += lived.length
      yield* context.watch(
        { ...at, next },
        lived.map(({ sample_id, target, output }) => ({ sample_id, prediction: output.answer, target }))
      )
      if (lived.length < count) return { rows, rewards, ended: true, request: undefined }
    }
    return { rows, rewards, ended: pass.length !== undefined && at.next + rows.length >= pass.length, request: undefined }
  })

/** A reward policy that was asked while the learner was measured gave something back, whether or not it was delivered: FT3023. */
const unrewarded = (phase: ProtocolPhase, sample_id: string, { reward, feedback }: LearnerOutput): Effect.Effect<void, TrainerError> =>
  reward === undefined && feedback === undefined
    ? Effect.void
    : Effect.fail(
        trainerError("failed", {
          code: "FT3023",
          sample_id,
          message: `an answer of phase "${phase.name}" was rewarded, which measures the learner`,
          expected: "no reward outside of training",
          actual: reward === undefined ? feedbackText(feedback ?? noFeedback) : `raw ${reward.raw}, shaped ${reward.shaped}`,
          help: "what is measured must not be rewarded: report it, a bug of the learner"
        })
      )

/** Makes a step out of what was lived: the checkpoint, what was delivered meanwhile, what it cost. */
const settle = (
  context: RunContext,
  phase: ProtocolPhase,
  cursor: Cursor,
  { rows, rewards }: LivedStep,
  meter: Meter,
  feedback: FeedbackCheck
): Effect.Effect<Step, TrainerError> =>
  Effect.gen(function* () {
    const checkpoint = yield* context.session.checkpoint
    const full_hash = yield* context.session.fullHash
    const delivered = yield* feedback
    const metric = context.metric.value()
    const measures = phase.learns ? yield* context.session.measures ?? Effect.succeed(undefined) : undefined
    const bytes_written = [...rows, ...rewards].reduce((sum, { line }) => sum + toUtf8(line).length, checkpoint.length)
    const figures = { ...(yield* meter.lap), bytes_written }
    return {
      phase: phase.name,
      cursor,
      rows,
      rewards,
      feedback: delivered,
      metrics: metric === undefined ? {} : { [metric.name]: metric.value },
      measures,
      telemetry: { phase: phase.name, samples: rows.length, figures },
      checkpoint,
      full_hash
    }
  })

/** The answers of a pass that is gone on with, so that the metric over them is the one that an unbroken run has. */
const rememberEpoch = (context: RunContext, phase: ProtocolPhase, from: Cursor): Effect.Effect<void, TrainerError> =>
  Effect.map(context.sink.predictions(phase.name), (rows) =>
    context.metric.see(
      `${from.phase}/${from.epoch}`,
      rows.filter(({ epoch, index }) => epoch === from.epoch && index < from.next).map(({ line }) => readAnswer(line))
    )
  )

/** What was delivered since it was asked last; fails with FT3023 where something was that must not be. */
type FeedbackCheck = Effect.Effect<DeliveredFeedback | null, TrainerError>

const feedbackCheck = ({ session, document }: RunContext, phase: ProtocolPhase): Effect.Effect<FeedbackCheck> =>
  Effect.gen(function* () {
    const count: Effect.Effect<DeliveredFeedback | null> = session.delivered ?? Effect.succeed(null)
    let before = yield* count
    return Effect.gen(function* () {
      const now = yield* count
      const since = feedbackSince(before, now)
      before = now
      if (since === null) return null
      if (!phase.learns && feedbackCount(since) > 0)
        return yield* trainerError("failed", {
          code: "FT3023",
          message: `feedback was delivered while phase "${phase.name}" measured the learner`,
          expected: "nothing is delivered outside of training",
          actual: feedbackText(since),
          help: "what is measured must not be rewarded: report it, a bug of the learner or its backend"
        })
      if (document.controls.silent_reward && affectCount(since) > 0)
        return yield* trainerError("failed", {
          code: "FT3023",
          message: `affect was delivered in phase "${phase.name}" of a control with silent reward`,
          expected: "no affect event",
          actual: feedbackText(since),
          help: "a control that was rewarded is none: report it, a bug of the learner or its backend"
        })
      return since
    })
  })
