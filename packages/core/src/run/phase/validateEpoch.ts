/**
 * Between two epochs of training: a part of the split is answered without learning, measured, and may end the training.
 *
 * What was recorded is not recorded again: a run that is resumed behind the last step of an epoch answers the part once more, because a
 * learner may carry what it met, and goes on where it was. Sharp edge: whether the training ends is decided from what was measured alone, so
 * that a replay and a resume decide alike.
 */
import { directionOf, isInsufficient, type ProtocolPhase, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { Interruption, RunContext } from "../RunContext.ts"
import type { Validation } from "../RunState.ts"
import { scoredAnswer } from "../storedAnswer.ts"

/** Samples that are answered between two looks at the outside. */
const lookSize = 256

/** Measures the part if it is its turn. Whether no epoch follows. */
export const endsTraining = (
  context: RunContext,
  phase: ProtocolPhase,
  epoch: number
): Effect.Effect<boolean, TrainerError | Interruption> =>
  Effect.gen(function* () {
    const { validate, epochs } = context.document.training
    if (!phase.learns || validate === undefined || ((epoch + 1) % validate.every !== 0 && epoch + 1 < epochs)) return false
    const measured = yield* measure(context, phase, validate.part)
    const stops = epoch + 1 < epochs && isStale(context, [...earlier(context, phase, epoch), { metrics: measured.metrics }])
    const validation: Validation = { phase: phase.name, epoch, part: validate.part, ...measured, stops }
    const recorded = context.validations.find((each) => each.phase === phase.name && each.epoch === epoch)
    if (recorded === undefined) {
      context.validations.push(validation)
      yield* context.sink.validated(validation)
    } else if (canonical(recorded) !== canonical(validation))
      return yield* trainerError("integrity", {
        code: "FT3025",
        message: `the resumed run does not measure part "${validate.part}" behind epoch ${epoch + 1} as it was measured before`,
        expected: canonical(recorded),
        actual: canonical(validation),
        help: "the learner does not go on as it was saved: report it to its author, and start a new run"
      })
    return stops
  })

const earlier = ({ validations }: RunContext, phase: ProtocolPhase, epoch: number): ReadonlyArray<Pick<Validation, "metrics">> =>
  validations.filter((each) => each.phase === phase.name && each.epoch < epoch)

const measure = (
  { source, steering, pack: { pack, options, context } }: RunContext,
  { name }: ProtocolPhase,
  part: string
): Effect.Effect<Pick<Validation, "samples" | "metrics">, TrainerError | Interruption> =>
  Effect.gen(function* () {
    const pass = yield* source.pass({ name, split: part, learns: false, scored: false }, 0)
    const fold = pack.start(options, context)
    let state = fold.empty
    let samples = 0
    for (let length = pass.length ?? Number.POSITIVE_INFINITY; samples < length; ) {
      yield* steering.look
      const count = Math.min(lookSize, length - samples)
      const lived = yield* pass.live(samples, count)
      for (const { sample_id, target, output } of lived) {
        const scored = scoredAnswer({ sample_id, target, prediction: output.answer })
        if (scored !== undefined) state = fold.add(state, scored)
      }
      samples += lived.length
      if (lived.length < count) length = samples
    }
    const { values } = fold.result(state)
    const metrics = Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (isInsufficient(value) ? [] : [[key, value]])))
    return { samples, metrics }
  })

/** Whether the last `patience` validations brought nothing better than what was there before them. One without a value is no better. */
const isStale = ({ document, pack }: RunContext, validations: ReadonlyArray<Pick<Validation, "metrics">>): boolean => {
  const { early_stop } = document.training
  if (early_stop === undefined) return false
  const sign = directionOf(pack.pack, early_stop.metric) === "lower-is-better" ? -1 : 1
  let best = Number.NEGATIVE_INFINITY
  let stale = 0
  for (const { metrics } of validations) {
    const value = metrics[early_stop.metric]
    if (value !== undefined && sign * value > best + (best === Number.NEGATIVE_INFINITY ? 0 : early_stop.min_delta)) {
      best = sign * value
      stale = 0
    } else stale += 1
  }
  return stale >= early_stop.patience
}
