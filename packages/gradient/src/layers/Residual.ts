/**
 * A residual connection: x + f(x), with f a list of layers (He, Zhang, Ren, Sun, CVPR 2016). Sharp edge: the shape behind the layers has
 * to be the shape before them; there is no projection on the short cut.
 */
import * as Schema from "effect/Schema"
import { defineLayer, refuses, showSignal, valuesOf } from "../LayerKind.ts"

const Residual = Schema.Struct({
  type: Schema.Literal("residual"),
  layers: Schema.Array(Schema.Unknown).check(Schema.isMinLength(1))
})

export const residual = defineLayer({
  type: "residual",
  schema: Residual,
  children: ({ layers }) => [["layers", layers]],
  shape: ({ layers }, input, inside) => {
    const behind = inside(layers, input, ["layers"])
    if (!behind.ok) return behind
    const { output } = behind
    const same =
      input.kind === "values" && output.shape.length === input.shape.length && output.shape.every((axis, at) => axis === input.shape[at])
    if (same) return behind
    const help = "what is added needs the shape of what it is added to; end the layers with one that gives it"
    return refuses(["layers"], showSignal(input), showSignal(output), help)
  },
  build: ({ layers }, input, maker) => {
    const body = maker.chain("layers", layers, input)
    return (flow, pass) => pass.tape.add(valuesOf(flow), body(flow, pass))
  }
})
