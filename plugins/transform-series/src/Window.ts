/**
 * `series-window`: `length` points in time of every signal, taken from its start, end or centre, or from an offset. Points that the signal
 * does not have are refused or filled with one value; they lie behind a window from the start or an offset, before one from the end, and
 * on both sides of one from the centre.
 *
 * Sharp edge: the centre of an odd remainder is nearer to the start. A label that ends a stretch (`hold_ends`) moves with its point and
 * is left out when that point is.
 */
import { optionsFrom, type SampleShape, type Selected, type TimeSeriesShape, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { mistake, readSignal, refused, sampleFault, signalShape, withSignal } from "./Signals.ts"

const id = "series-window"

export const WindowOptions = Schema.Struct({
  length: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  at: Schema.Union([
    Schema.Literals(["start", "end", "centre"]),
    Schema.Struct({ offset: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })) })
  ]).annotate({ expected: '"start", "end", "centre" or { offset = POINTS }' }),
  /** Points that a signal does not have. */
  pad: Schema.Union([Schema.Literal("refuse"), Schema.Struct({ value: Schema.Finite })]).annotate({
    expected: '"refuse" or { value = NUMBER }'
  })
})
export type WindowOptions = typeof WindowOptions.Type

/** The first point of the window, counted in a signal of `points` points; negative where it begins before the signal. */
const startOf = ({ at, length }: WindowOptions, points: number): number => {
  if (at === "start") return 0
  if (at === "end") return points - length
  return at === "centre" ? Math.floor((points - length) / 2) : at.offset
}

/** Points that a signal has to have. */
const needed = ({ at, length }: WindowOptions): number => length + (typeof at === "object" ? at.offset : 0)

const shapeOf = (options: WindowOptions, shape: SampleShape): Selected<TimeSeriesShape> => {
  const signals = signalShape(id, shape)
  if (!signals.ok) return signals
  const { channels, length, sample_rate_hz } = signals.value
  const short = length[0] < needed(options)
  if (short && options.pad === "refuse")
    return refused(
      mistake(
        ["pad"],
        "a signal is shorter than the window",
        `at least ${needed(options)} points, or { value = NUMBER }`,
        `${length[0]} points`
      )
    )
  const fill = short && options.pad !== "refuse" ? [options.pad.value] : []
  return {
    ok: true,
    value: {
      kind: "time_series",
      channels: channels.map(({ name, min, max }) => ({ name, min: Math.min(min, ...fill), max: Math.max(max, ...fill) })),
      length: [options.length, options.length],
      sample_rate_hz
    }
  }
}

export const seriesWindow: Transform<WindowOptions, undefined> = Transform.define<WindowOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(WindowOptions),
  shape: ({ options, shape }) => shapeOf(options, shape),
  apply: ({ options, shape }, sample) => {
    const signal = readSignal(id, shape, sample)
    if (signal instanceof TrainerError) return Effect.fail(signal)
    const { series, channels, length } = signal
    const { pad } = options
    if (pad === "refuse" && length < needed(options))
      return Effect.fail(
        sampleFault(
          id,
          "SHORT",
          sample,
          "is shorter than the window",
          `at least ${needed(options)} points`,
          `${length} points`,
          "write pad = { value = NUMBER }, or a shorter length"
        )
      )
    const start = startOf(options, length)
    const fill = pad === "refuse" ? 0 : pad.value
    const samples = Array.from({ length: options.length * channels }, (_, index) => series.samples[start * channels + index] ?? fill)
    const { hold_ends, ...rest } = series
    const ends = hold_ends?.flatMap((end) => {
      const sample_index = end.sample_index - BigInt(start)
      return sample_index >= 0n && sample_index < BigInt(options.length) ? [{ ...end, sample_index }] : []
    })
    return Effect.succeed(withSignal(sample, { ...rest, samples, ...(ends === undefined ? {} : { hold_ends: ends }) }))
  }
})
