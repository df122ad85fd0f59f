/**
 * `image-resize`: pictures of one size, by a kernel. `fill` stretches; `contain` keeps the proportions and fills what is left with a
 * background; `cover` keeps them and cuts off what is too much. Boxes and keypoints are scaled, masks are resized by `nearest`.
 *
 * Sharp edge: with `contain` and `cover` the side that is not given is rounded half up to whole pixels, and an odd rest is larger at the
 * right and at the bottom.
 */
import { type IRSample, optionsFrom, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { cut, movePixels, stretched } from "./Move.ts"
import { Colour, perChannel, pixelShape, readPicture, refused, Side, type Size, sampleFault } from "./Picture.ts"
import { resample } from "./Resample.ts"

const id = "image-resize"

/** Of the stretched picture that `cover` cuts. */
const MOST_PIXELS = 2 ** 26

export const ResizeOptions = Schema.Struct({
  width: Side,
  height: Side,
  kernel: Schema.Literals(["nearest", "box", "linear", "cubic", "lanczos3"]),
  fit: Schema.Union([Schema.Literals(["fill", "cover"]), Schema.Struct({ contain: Schema.Struct({ background: Colour }) })]).annotate({
    expected: '"fill", "cover" or { contain = { background = [VALUE PER CHANNEL] } }'
  })
})
export type ResizeOptions = typeof ResizeOptions.Type

const backgroundOf = ({ fit }: ResizeOptions): ReadonlyArray<number> => (typeof fit === "object" ? fit.contain.background : [])

/** What a picture is stretched to before it is cut or framed: half a pixel is rounded up, and none is lost altogether. */
const inner = ({ fit, width, height }: ResizeOptions, from: Size): Size => {
  if (fit === "fill") return { width, height }
  const wider = from.width * height > from.height * width
  const scaled = (side: number, to: number, by: number) => Math.max(1, Math.floor((2 * side * to + by) / (2 * by)))
  // Contained, the longer side decides; covering, the shorter one.
  return (fit === "cover") === wider
    ? { width: scaled(from.width, height, from.height), height }
    : { width, height: scaled(from.height, width, from.width) }
}

export const imageResize: Transform<ResizeOptions, undefined> = Transform.define<ResizeOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(ResizeOptions),
  shape: ({ options, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const faults = typeof options.fit === "object" ? perChannel("fit", backgroundOf(options), pixels.value) : []
    const { width, height } = options
    return faults.length > 0
      ? refused(...faults)
      : { ok: true, value: { ...pixels.value, width: [width, width], height: [height, height] } }
  },
  apply: ({ options, shape }, sample) => {
    const { kernel, width, height, fit } = options
    const picture = readPicture(id, sample, shape)
    if (picture instanceof TrainerError) return Effect.fail(picture)
    const between = inner(options, picture)
    if (between.width * between.height > MOST_PIXELS)
      return Effect.fail(
        sampleFault(
          id,
          "SIZE",
          sample,
          "is too long and narrow to be resized",
          `at most ${MOST_PIXELS} pixels on the way`,
          `${between.width} × ${between.height}`,
          "cut it first"
        )
      )
    const resized = applyMove(
      id,
      { sample, shape },
      (given) => stretched(given, between),
      [],
      (given, move) => (kernel === "nearest" ? movePixels(given, move) : resample(given, kernel, between))
    )
    if (fit === "fill") return resized
    const window = { x: Math.floor((between.width - width) / 2), y: Math.floor((between.height - height) / 2), width, height }
    // An odd rest of a frame is larger at the right and at the bottom, as that of a cut is.
    const placed =
      typeof fit === "object"
        ? { ...window, x: -Math.floor((width - between.width) / 2), y: -Math.floor((height - between.height) / 2) }
        : window
    return Effect.flatMap(resized, (whole: IRSample) =>
      applyMove(id, { sample: whole }, (given) => cut(given, placed), backgroundOf(options))
    )
  }
})
