/**
 * Layer and group normalisation: both look at one sample alone, so a sample's values depend on no batch. Batch normalisation is absent on
 * purpose: its statistics would change with the cut of a batch. Sharp edge: gain starts at 1 and shift at 0, nothing is drawn.
 */
import * as Schema from "effect/Schema"
import { filledWith } from "../Initialise.ts"
import type { Pass } from "../LayerKind.ts"
import { defineLayer, gives, lastOf, type Maker, refuses, shapeBehind, shapeOf, valuesOf } from "../LayerKind.ts"
import type { Node } from "../Tensor.ts"

const Epsilon = Schema.Finite.check(Schema.isGreaterThan(0))

/** The forward part of a layer normalisation of `width`, with parameters `gain` and `shift` [width]. */
export const normaliser = (maker: Maker, width: number, epsilon: number): ((x: Node, pass: Pass) => Node) => {
  const gain = maker.parameter("gain", [width], filledWith(1))
  const shift = maker.parameter("shift", [width], filledWith(0))
  return (x, { tape }) => tape.layerNorm(x, tape.parameter(gain), tape.parameter(shift), epsilon)
}

/** (x − mean) / √(variance + epsilon) · gain + shift over the last axis (Ba, Kiros, Hinton, 2016). */
export const layerNorm = defineLayer({
  type: "layer-norm",
  schema: Schema.Struct({ type: Schema.Literal("layer-norm"), epsilon: Epsilon }),
  shape: (_, input) => {
    const found = shapeOf(input, [1, 2, 3])
    return found.ok ? gives(found.shape) : found
  },
  build: ({ epsilon }, input, maker) => {
    const normalise = normaliser(maker, lastOf(shapeBehind(input)), epsilon)
    return (flow, pass) => normalise(valuesOf(flow), pass)
  }
})

/** The same over the positions and the channels of each of `groups` groups of a picture or sequence (Wu and He, ECCV 2018). */
export const groupNorm = defineLayer({
  type: "group-norm",
  schema: Schema.Struct({
    type: Schema.Literal("group-norm"),
    groups: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
    epsilon: Epsilon
  }),
  shape: ({ groups }, input) => {
    const found = shapeOf(input, [2, 3])
    if (!found.ok) return found
    const channels = lastOf(found.shape)
    if (channels % groups === 0) return gives(found.shape)
    return refuses(["groups"], `a divisor of the ${channels} channels`, String(groups), "every group needs the same number of channels")
  },
  build: ({ groups, epsilon }, input, maker) => {
    const channels = lastOf(shapeBehind(input))
    const gain = maker.parameter("gain", [channels], filledWith(1))
    const shift = maker.parameter("shift", [channels], filledWith(0))
    return (flow, { tape }) => tape.groupNorm(valuesOf(flow), tape.parameter(gain), tape.parameter(shift), groups, epsilon)
  }
})
