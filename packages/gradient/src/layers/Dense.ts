/**
 * A dense layer: y = x·W + b over the last axis, with W of shape [in, units]. Sharp edge: a sequence [length, width] is mapped position by
 * position with the same weights; a picture is refused, because it is mostly a forgotten `flatten` (a convolution with kernel [1, 1] does
 * it).
 */
import * as Schema from "effect/Schema"
import { filledWith, Init, initialValues } from "../Initialise.ts"
import { defineLayer, gives, lastOf, shapeBehind, shapeOf, valuesOf } from "../LayerKind.ts"

const Dense = Schema.Struct({
  type: Schema.Literal("dense"),
  units: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  bias: Schema.Boolean,
  init: Init
})

/** [width] → [units], [length, width] → [length, units]. Parameters `weight` [in, units] and, with `bias`, `bias` [units] from 0. */
export const dense = defineLayer({
  type: "dense",
  schema: Dense,
  shape: ({ units }, input) => {
    const found = shapeOf(input, [1, 2])
    return found.ok ? gives([...found.shape.slice(0, -1), units]) : found
  },
  build: ({ units, bias, init }, input, maker) => {
    const width = lastOf(shapeBehind(input))
    const weight = maker.parameter("weight", [width, units], initialValues(init, { in: width, out: units }))
    const shift = bias ? maker.parameter("bias", [units], filledWith(0)) : undefined
    return (flow, { tape }) => tape.linear(valuesOf(flow), tape.parameter(weight), shift === undefined ? undefined : tape.parameter(shift))
  }
})
