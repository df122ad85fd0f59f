/**
 * Intervals of a score, when somebody asks for them: their number of resamples and their seed are not ours to choose. A value that is a share
 * of the samples gets Wilson's interval, which needs neither and has a width where all answers are right.
 */
import { type MetricPack, type MetricValue, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { type IntervalMethod, type MetricIntervalsRequest, metricIntervals, shareIntervals } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { seedOf } from "../brain/readGenomeFile.ts"
import type { ScoreIntervals } from "./Scores.ts"

export interface IntervalFlags {
  readonly resamples: Option.Option<number>
  readonly seed: Option.Option<string>
  readonly confidence: number
  readonly method: IntervalMethod
}

/** By the names of the pack; nothing when neither flag was given. */
export const drawnIntervals = (
  { resamples, seed, confidence, method }: IntervalFlags,
  scored: Pick<MetricIntervalsRequest<unknown, unknown>, "options" | "context" | "samples"> & { readonly pack: MetricPack },
  values: Readonly<Record<string, MetricValue>>
): Effect.Effect<ScoreIntervals | undefined, TrainerError> =>
  Effect.gen(function* () {
    if (Option.isNone(resamples) && Option.isNone(seed)) return undefined
    if (Option.isNone(resamples) || Option.isNone(seed))
      return yield* trainerError("usage", {
        code: "FT5015",
        field: Option.isNone(seed) ? "--seed" : "--resamples",
        message: "intervals are drawn: they need a number of resamples and a seed",
        expected: "--resamples 1000 --seed 1"
      })
    const drawn = { seed: yield* seedOf(seed.value), resamples: resamples.value, confidence, method }
    const shares = shareIntervals(scored.pack, values, scored.samples.length, confidence)
    const of = { ...metricIntervals({ ...scored, ...drawn }), ...shares }
    return { ...drawn, seed: String(drawn.seed), wilson: Object.keys(shares), of }
  })
