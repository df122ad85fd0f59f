/**
 * Initial values of parameters. Each parameter is drawn from a stream of its own, named as the parameter, so a layer that is added or
 * widened shifts the values of no other. Values are drawn in doubles, in row-major order, and rounded once to f32.
 *
 * Sharp edge: `normal` kinds reject draws, so the number of words a tensor uses varies; nothing else may draw from its stream.
 */
import type { Random } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"

const Positive = Schema.Finite.check(Schema.isGreaterThan(0))

const zeros = Schema.Struct({ type: Schema.Literal("zeros") })
const normal = Schema.Struct({ type: Schema.Literal("normal"), deviation: Positive })
const uniform = Schema.Struct({ type: Schema.Literal("uniform"), limit: Positive })

/** Initial values that know nothing of the layer: zeros, N(0, deviation²), U(−limit, limit). */
export const PlainInit = Schema.Union([zeros, normal, uniform])
export type PlainInit = typeof PlainInit.Type

/**
 * Initial values of a weight. With `in` and `out` the number of inputs and outputs of one unit:
 * glorot-uniform U(±√(6 / (in + out))), glorot-normal N(0, 2 / (in + out)) (Glorot and Bengio, AISTATS 2010, §4.2.1);
 * he-uniform U(±√(6 / in)), he-normal N(0, 2 / in) (He, Zhang, Ren, Sun, ICCV 2015, §2.2);
 * lecun-normal N(0, 1 / in) (LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, §4.6).
 */
export const Init = Schema.Union([
  zeros,
  normal,
  uniform,
  Schema.Struct({ type: Schema.Literal("glorot-uniform") }),
  Schema.Struct({ type: Schema.Literal("glorot-normal") }),
  Schema.Struct({ type: Schema.Literal("he-uniform") }),
  Schema.Struct({ type: Schema.Literal("he-normal") }),
  Schema.Struct({ type: Schema.Literal("lecun-normal") })
])
export type Init = typeof Init.Type

/** Inputs and outputs of one unit of a weight: for a convolution its positions times its channels. */
export interface Fans {
  readonly in: number
  readonly out: number
}

/** How the values of a parameter are made. The stream is opened only by those that draw. */
export type Fill = (length: number, random: () => Random) => Float32Array

/** Every value the same. */
export const filledWith =
  (value: number): Fill =>
  (length) =>
    new Float32Array(length).fill(value)

const drawn =
  (draw: (random: Random) => number): Fill =>
  (length, open) => {
    const random = open()
    // from() stores doubles into f32, which rounds each to the nearest
    return Float32Array.from({ length }, () => draw(random))
  }

const gaussian = (deviation: number): Fill => drawn((random) => random.normal() * deviation)
const flat = (limit: number): Fill => drawn((random) => (2 * random.unit() - 1) * limit)

/** The values of a weight with these fans. */
export const initialValues = (init: Init, fans: Fans): Fill => {
  switch (init.type) {
    case "zeros":
      return filledWith(0)
    case "normal":
      return gaussian(init.deviation)
    case "uniform":
      return flat(init.limit)
    case "glorot-uniform":
      return flat(Math.sqrt(6 / (fans.in + fans.out)))
    case "glorot-normal":
      return gaussian(Math.sqrt(2 / (fans.in + fans.out)))
    case "he-uniform":
      return flat(Math.sqrt(6 / fans.in))
    case "he-normal":
      return gaussian(Math.sqrt(2 / fans.in))
    case "lecun-normal":
      return gaussian(Math.sqrt(1 / fans.in))
  }
}

/** The values of a table whose rows are looked up, such as an embedding: it has no fans. */
export const plainValues = (init: PlainInit): Fill => initialValues(init, { in: 1, out: 1 })
