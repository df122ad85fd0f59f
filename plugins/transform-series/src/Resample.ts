/**
 * `series-resample`: every signal with `length` points in time, the first and the last where they were, those between on straight lines.
 * One point is the first one; as many as there are is a copy; a signal of one point repeats it.
 *
 * Sharp edge: no filter runs before points are left out, so that frequencies above half of the new rate fold into lower ones. A signal
 * with labelled stretches (`hold_ends`) is refused: their ends would fall between points.
 */
import { optionsFrom, type SampleShape, type Selected, type TimeSeriesShape, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { mistake, readSignal, refused, sampleFault, signalShape, withSignal } from "./Signals.ts"

const id = "series-resample"

export const ResampleOptions = Schema.Struct({
  length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  method: Schema.Literals(["linear"]),
  /** `scale`: the rate at which the new points lie, for signals of one length. `keep`: the rate is said as before. */
  sample_rate: Schema.Literals(["scale", "keep"])
})
export type ResampleOptions = typeof ResampleOptions.Type

const rateOf = ({ length, sample_rate }: ResampleOptions, shape: TimeSeriesShape): Selected<number> => {
  const [least, most] = shape.length
  if (sample_rate === "keep" || (least === most && most === length)) return { ok: true, value: shape.sample_rate_hz }
  if (least === most && most > 1 && length > 1) return { ok: true, value: (shape.sample_rate_hz * (length - 1)) / (most - 1) }
  return refused(
    mistake(
      ["sample_rate"],
      "the new points have no rate that could be said",
      '"keep", or signals of one length with at least 2 points before and after',
      `signals of ${least === most ? least : `${least} to ${most}`} points made ${length}`
    )
  )
}

const shapeOf = (options: ResampleOptions, shape: SampleShape): Selected<TimeSeriesShape> => {
  const signals = signalShape(id, shape)
  if (!signals.ok) return signals
  const rate = rateOf(options, signals.value)
  return rate.ok ? { ok: true, value: { ...signals.value, length: [options.length, options.length], sample_rate_hz: rate.value } } : rate
}

/** Never outside of its two ends, whatever is rounded. */
const between = (left: number, right: number, share: number): number => {
  const there = left * (1 - share) + right * share
  return Math.min(Math.max(left, right), Math.max(Math.min(left, right), there))
}

const resample = (samples: ReadonlyArray<number>, channels: number, from: number, to: number): ReadonlyArray<number> => {
  if (from === to) return samples
  return Array.from({ length: to * channels }, (_, index) => {
    const channel = index % channels
    // Point i of n lies at i · (from − 1) / (n − 1): a product of integers and one division, so that whole positions are whole.
    const place = to === 1 ? 0 : (Math.floor(index / channels) * (from - 1)) / (to - 1)
    const before = Math.floor(place)
    const left = samples[before * channels + channel] ?? Number.NaN
    const right = samples[Math.min(before + 1, from - 1) * channels + channel] ?? left
    return place === before ? left : between(left, right, place - before)
  })
}

export const seriesResample: Transform<ResampleOptions, undefined> = Transform.define<ResampleOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(ResampleOptions),
  shape: ({ options, shape }) => shapeOf(options, shape),
  apply: ({ options, shape }, sample) => {
    const signal = readSignal(id, shape, sample)
    if (signal instanceof TrainerError) return Effect.fail(signal)
    const { series, channels, length } = signal
    if (series.hold_ends !== undefined && length !== options.length)
      return Effect.fail(
        sampleFault(
          id,
          "STRETCHES",
          sample,
          "has labelled stretches, whose ends would fall between points",
          "a signal without hold_ends",
          `${series.hold_ends.length} of them`,
          "cut it into windows before it is resampled"
        )
      )
    const after = shapeOf(options, shape)
    return Effect.succeed(
      withSignal(sample, {
        ...series,
        sample_rate_hz: after.ok ? after.value.sample_rate_hz : series.sample_rate_hz,
        samples: resample(series.samples, channels, length, options.length)
      })
    )
  }
})
