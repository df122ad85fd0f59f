/**
 * `flatten`: the numbers of a picture or a signal as a row, in the order in which they stand in the payload. Features of a picture are
 * named `y0x0c0` (row, column, channel), those of a signal `t0.<channel>`.
 *
 * Sharp edge: the shape of a picture of numbers (`values: "float"`) does not say their range, and every feature needs one: write it.
 * The target and its frame stay as they are; boxes and masks are still in pixels of the picture.
 */
import {
  type ImageShape,
  type IRSample,
  imageSize,
  optionsFrom,
  type SampleShape,
  type Selected,
  type TabularShape,
  type TimeSeriesShape,
  Transform
} from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { mistake, refused, sampleFault } from "./Rows.ts"

const id = "flatten"

/** A shape holds every feature by name, and a run document holds the shape. */
export const MOST_FEATURES = 65_536

export const FlattenOptions = Schema.Struct({
  /** `declared`: the range that the shape says, 0 to 255 for pixels. Else the range of every number; one outside of it is refused. */
  range: Schema.Union([
    Schema.Literal("declared"),
    Schema.Tuple([Schema.Finite, Schema.Finite]).check(
      Schema.makeFilter(([low, high]) => low < high, { expected: "[low, high] with low < high" })
    )
  ]).annotate({ expected: '"declared" or [low, high]' })
})
export type FlattenOptions = typeof FlattenOptions.Type

type Feature = TabularShape["features"][number]

const oneOf = (what: string, [least, most]: readonly [number, number], help: string): Selected<number> =>
  least === most
    ? { ok: true, value: least }
    : refused(mistake([], `flatten needs samples of one ${what}: ${help}`, `one ${what}`, `${least} to ${most}`))

const ofPicture = ({ range }: FlattenOptions, shape: ImageShape): Selected<ReadonlyArray<Feature>> => {
  if (shape.values === "encoded") return refused(mistake([], "flatten takes pixels: put image-decode before it", "pixels", "encoded files"))
  if (shape.values === "float" && range === "declared")
    return refused(mistake(["range"], "the shape of a picture of numbers does not say their range", "[low, high]", '"declared"'))
  const help = "put image-resize or image-crop before it"
  const sides = [
    oneOf("width", shape.width, help),
    oneOf("height", shape.height, help),
    oneOf("number of channels", shape.channels, "put image-decode before it")
  ]
  const faults = sides.flatMap((side) => (side.ok ? [] : side.mistakes))
  const [width = 0, height = 0, channels = 1] = sides.flatMap((side) => (side.ok ? [side.value] : []))
  if (faults.length > 0) return refused(...faults)
  const [min, max] = range === "declared" ? [0, 255] : range
  return named(width * height * channels, (index) => {
    const pixel = Math.floor(index / channels)
    return { name: `y${Math.floor(pixel / width)}x${pixel % width}c${index % channels}`, min, max }
  })
}

const ofSignal = ({ range }: FlattenOptions, shape: TimeSeriesShape): Selected<ReadonlyArray<Feature>> => {
  const length = oneOf("length", shape.length, "put series-window or series-resample before it")
  if (!length.ok) return length
  const { channels } = shape
  return named(length.value * channels.length, (index) => {
    const { name, min, max } = channels[index % channels.length] ?? { name: "", min: 0, max: 0 }
    const ends = range === "declared" ? { min, max } : { min: range[0], max: range[1] }
    return { name: `t${Math.floor(index / channels.length)}.${name}`, ...ends }
  })
}

const named = (count: number, feature: (index: number) => Feature): Selected<ReadonlyArray<Feature>> =>
  count > MOST_FEATURES
    ? refused(mistake([], "flatten would give too many features", `at most ${MOST_FEATURES}`, String(count)))
    : { ok: true, value: Array.from({ length: count }, (_, index) => feature(index)) }

const featuresOf = (options: FlattenOptions, shape: SampleShape): Selected<ReadonlyArray<Feature>> => {
  if (shape.kind === "image") return ofPicture(options, shape)
  if (shape.kind === "time_series") return ofSignal(options, shape)
  return refused(mistake([], "flatten takes pictures and signals", "image or time_series samples", `${shape.kind} samples`))
}

/** The numbers of a payload, when the sample is of the shape. */
const numbersOf = (shape: SampleShape, { payload, coordinate_frame }: IRSample): ArrayLike<number> | undefined => {
  if (shape.kind === "time_series") {
    if (!("time_series" in payload)) return undefined
    const { samples, channel_ids } = payload.time_series
    const same = channel_ids.length === shape.channels.length && channel_ids.every((name, index) => name === shape.channels[index]?.name)
    return same && samples.length === shape.length[0] * channel_ids.length ? samples : undefined
  }
  if (shape.kind !== "image") return undefined
  const size = imageSize(coordinate_frame)
  if (size === undefined || size.width !== shape.width[0] || size.height !== shape.height[0] || size.channels !== shape.channels[0])
    return undefined
  const values =
    "bytes" in payload && shape.values === "uint8"
      ? payload.bytes
      : "tabular" in payload && shape.values === "float"
        ? payload.tabular
        : undefined
  return values?.length === size.width * size.height * size.channels ? values : undefined
}

export const flatten: Transform<FlattenOptions, undefined> = Transform.define<FlattenOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(FlattenOptions),
  shape: ({ options, shape }) => {
    const features = featuresOf(options, shape)
    return features.ok ? { ok: true, value: { kind: "tabular", features: features.value } } : features
  },
  apply: ({ options: { range }, shape }, sample) => {
    const numbers = numbersOf(shape, sample)
    if (numbers === undefined)
      return Effect.fail(
        sampleFault(
          id,
          "SAMPLE",
          sample,
          "is not of the shape that was declared",
          JSON.stringify({ ...shape, channels: undefined }),
          Object.keys(sample.payload).join(", ")
        )
      )
    const row = Array.from(numbers)
    const [least, most] = range === "declared" ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : range
    const outside = row.findIndex((value) => !(value >= least && value <= most))
    if (outside >= 0)
      return Effect.fail(
        sampleFault(id, "RANGE", sample, `number ${outside} is outside of the range`, `${least} to ${most}`, String(row[outside]))
      )
    return Effect.succeed({ ...sample, modality: "tabular", payload: { tabular: row } })
  }
})
