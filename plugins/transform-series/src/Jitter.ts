/**
 * `series-jitter`: an augmentation that adds a normal deviate of standard deviation `std` to every number, in the order of the payload.
 *
 * Sharp edge: an augmentation leaves the shape as it is, so that a number that would leave the declared range of its channel is moved to
 * the nearer end.
 */
import { optionsFrom, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { normalDeviate } from "./normalDeviate.ts"
import { readSignal, signalShape, withSignal } from "./Signals.ts"

const id = "series-jitter"

export const JitterOptions = Schema.Struct({
  /** In the unit of the signal. */
  std: Schema.Finite.check(Schema.isGreaterThan(0))
})
export type JitterOptions = typeof JitterOptions.Type

export const seriesJitter: Transform<JitterOptions, undefined> = Transform.define<JitterOptions>({
  id,
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(JitterOptions),
  shape: ({ shape }) => signalShape(id, shape),
  apply: ({ options: { std }, shape }, sample, rng) => {
    const signal = readSignal(id, shape, sample)
    if (signal instanceof TrainerError) return Effect.fail(signal)
    const ranges = shape.kind === "time_series" ? shape.channels : []
    const samples = signal.series.samples.map((value, index) => {
      const { min, max } = ranges[index % signal.channels] ?? { min: value, max: value }
      return Math.min(max, Math.max(min, value + std * normalDeviate(rng)))
    })
    return Effect.succeed(withSignal(sample, { ...signal.series, samples }))
  }
})
