/**
 * Layers of pictures, [height, width, channels]: convolution and pooling. Sharp edges: a convolution is a cross-correlation, as everywhere;
 * with "same" padding there are ceil(size / stride) outputs and an odd zero stands after the picture; pooling has no padding, so what does
 * not fill a window at the right and at the bottom is left out.
 */
import * as Schema from "effect/Schema"
import { filledWith, Init, initialValues } from "../Initialise.ts"
import { defineLayer, gives, lastOf, refuses, type ShapeResult, type Signal, shapeBehind, shapeOf, valuesOf } from "../LayerKind.ts"
import type { Padding, Pair, Tape } from "../Tape.ts"
import type { Node } from "../Tensor.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
/** [vertical, horizontal] */
const Extent = Schema.Tuple([Count, Count])

const Convolution = Schema.Struct({
  type: Schema.Literal("conv2d"),
  filters: Count,
  kernel: Extent,
  stride: Extent,
  padding: Schema.Literals(["same", "valid"]),
  bias: Schema.Boolean,
  init: Init
})

const outputs = (length: number, window: number, stride: number, padding: Padding): number =>
  padding === "same" ? Math.ceil(length / stride) : Math.floor((length - window) / stride) + 1

/** The shape behind windows that slide over a picture. */
const slide = (input: Signal, option: string, window: Pair, stride: Pair, padding: Padding, channels: number | undefined): ShapeResult => {
  const found = shapeOf(input, [3])
  if (!found.ok) return found
  const [height = 0, width = 0, depth = 0] = found.shape
  if (padding === "valid" && (window[0] > height || window[1] > width)) {
    return refuses(
      [option],
      `a window within the picture of ${height} x ${width}`,
      `${window[0]} x ${window[1]}`,
      "make it smaller, or the strides before it"
    )
  }
  return gives([outputs(height, window[0], stride[0], padding), outputs(width, window[1], stride[1], padding), channels ?? depth])
}

/** [h, w, c] → [h', w', filters]. Parameters `weight` [kernel h, kernel w, c, filters] and, with `bias`, `bias` [filters] from 0. */
export const conv2d = defineLayer({
  type: "conv2d",
  schema: Convolution,
  shape: ({ filters, kernel, stride, padding }, input) => slide(input, "kernel", kernel, stride, padding, filters),
  build: ({ filters, kernel, stride, padding, bias, init }, input, maker) => {
    const depth = lastOf(shapeBehind(input))
    const positions = kernel[0] * kernel[1]
    const fans = { in: positions * depth, out: positions * filters }
    const weight = maker.parameter("weight", [kernel[0], kernel[1], depth, filters], initialValues(init, fans))
    const shift = bias ? maker.parameter("bias", [filters], filledWith(0)) : undefined
    return (flow, { tape }) =>
      tape.conv2d(valuesOf(flow), tape.parameter(weight), shift === undefined ? undefined : tape.parameter(shift), { stride, padding })
  }
})

const pooling = <T extends string>(type: T, pool: (tape: Tape, x: Node, windows: { readonly size: Pair; readonly stride: Pair }) => Node) =>
  defineLayer({
    type,
    schema: Schema.Struct({ type: Schema.Literal(type), size: Extent, stride: Extent }),
    shape: ({ size, stride }, input) => slide(input, "size", size, stride, "valid", undefined),
    build:
      ({ size, stride }) =>
      (flow, { tape }) =>
        pool(tape, valuesOf(flow), { size, stride })
  })

/** The largest value of each window, per channel. */
export const maxPool2d = pooling("max-pool2d", (tape, x, windows) => tape.maxPool2d(x, windows))

/** The mean of each window, per channel. */
export const averagePool2d = pooling("average-pool2d", (tape, x, windows) => tape.averagePool2d(x, windows))

/** [h, w, c] → [c]: the mean of each channel. */
export const globalAveragePool = defineLayer({
  type: "global-average-pool",
  schema: Schema.Struct({ type: Schema.Literal("global-average-pool") }),
  shape: (_, input) => {
    const found = shapeOf(input, [3])
    return found.ok ? gives([lastOf(found.shape)]) : found
  },
  build:
    () =>
    (flow, { tape }) =>
      tape.globalAveragePool(valuesOf(flow))
})
