/**
 * One signal scaled by what it says of itself: nothing is learnt from other samples. A group is the whole signal, or each of its channels.
 *
 * Sharp edge: what was the level and size of a signal is gone afterwards, and two signals that differ in nothing else are one.
 */
import { type IRSample, type SampleShape, TrainerError } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { readSignal, sampleFault, withSignal } from "./Signals.ts"

export const Per = Schema.Literals(["series", "channel"])
export type Per = typeof Per.Type

/** Changes the numbers of every group together. Undefined: the group has one value and nothing can be made of it. */
export const scaleGroups = (
  operation: string,
  shape: SampleShape,
  sample: IRSample,
  per: Per,
  scale: (values: ReadonlyArray<number>) => ((value: number) => number) | undefined
): Effect.Effect<IRSample, TrainerError> => {
  const signal = readSignal(operation, shape, sample)
  if (signal instanceof TrainerError) return Effect.fail(signal)
  const { series, channels } = signal
  const groups = per === "series" ? 1 : channels
  const scales = Array.from({ length: groups }, (_, group) => scale(series.samples.filter((_, index) => index % groups === group)))
  const flat = scales.indexOf(undefined)
  if (flat >= 0) {
    const name = per === "series" ? "the signal" : `channel ${JSON.stringify(series.channel_ids[flat])}`
    return Effect.fail(
      sampleFault(
        operation,
        "CONSTANT",
        sample,
        `${name} has one value`,
        "values that differ",
        String(series.samples[flat]),
        "say with constant what becomes of it"
      )
    )
  }
  const samples = series.samples.map((value, index) => scales[index % groups]?.(value) ?? value)
  const at = samples.findIndex((value) => !Number.isFinite(value))
  if (at >= 0)
    return Effect.fail(
      sampleFault(
        operation,
        "RANGE",
        sample,
        `point ${Math.floor(at / channels)} cannot be scaled`,
        "values whose spread a double holds",
        String(series.samples[at])
      )
    )
  return Effect.succeed(withSignal(sample, { ...series, samples }))
}
