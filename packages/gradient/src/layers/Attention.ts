/**
 * Multi-head attention and the transformer block (Vaswani et al., "Attention Is All You Need", NeurIPS 2017, §3.2; normalisation before
 * each part as in Xiong et al., ICML 2020). Attention of a sample reads that sample alone.
 *
 * Sharp edges: scores of padding get −10⁹ and so a weight of exactly 0, unless a position sees padding only, where all get the same; the
 * epsilon of the block's normalisations is 1e-5; attention weights are not dropped, the two outputs of the block are.
 */
import * as Schema from "effect/Schema"
import { filledWith, Init, initialValues } from "../Initialise.ts"
import {
  defineLayer,
  type Forward,
  gives,
  lastOf,
  type Maker,
  type Pass,
  refuses,
  type ShapeResult,
  type Signal,
  shapeBehind,
  shapeOf,
  valuesOf
} from "../LayerKind.ts"
import type { Node } from "../Tensor.ts"
import { DropoutRate, dropped } from "./Elementwise.ts"
import { normaliser } from "./Normalisation.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const blockEpsilon = 1e-5
/** Far below every score, and finite: minus infinity on a whole row would be NaN. */
const hidden = -1e9

/** y = x·W + b with parameters `<name>.weight` and `<name>.bias`. */
const projection = (maker: Maker, name: string, from: number, to: number, init: Init): ((x: Node, pass: Pass) => Node) => {
  const inner = maker.part(name)
  const weight = inner.parameter("weight", [from, to], initialValues(init, { in: from, out: to }))
  const bias = inner.parameter("bias", [to], filledWith(0))
  return (x, { tape }) => tape.linear(x, tape.parameter(weight), tape.parameter(bias))
}

const fits = (input: Signal, heads: number): ShapeResult => {
  const found = shapeOf(input, [2])
  if (!found.ok) return found
  const width = lastOf(found.shape)
  if (width % heads === 0) return gives(found.shape)
  return refuses(["heads"], `a divisor of the width ${width}`, String(heads), "every head takes the same part of the width")
}

/** What is added to the scores [batch, heads, length, length] so that nobody attends to padding. */
const paddingMask = (real: Uint8Array, batch: number, heads: number, length: number): Float32Array => {
  const mask = new Float32Array(batch * heads * length * length)
  for (let row = 0; row < batch * heads * length; row += 1) {
    const sample = Math.floor(row / (heads * length))
    for (let column = 0; column < length; column += 1) {
      if (real[sample * length + column] === 0) mask[row * length + column] = hidden
    }
  }
  return mask
}

interface AttentionOptions {
  readonly heads: number
  readonly causal: boolean
  readonly init: Init
}

/** softmax(Q·Kᵀ / √d)·V per head, heads side by side, then the output projection. */
const attend = ({ heads, causal, init }: AttentionOptions, width: number, maker: Maker): ((x: Node, pass: Pass) => Node) => {
  const depth = width / heads
  const query = projection(maker, "query", width, width, init)
  const key = projection(maker, "key", width, width, init)
  const value = projection(maker, "value", width, width, init)
  const output = projection(maker, "output", width, width, init)
  return (x, pass) => {
    const { tape, real } = pass
    const [batch = 0, length = 0] = x.shape
    const split = (y: Node): Node => tape.transpose(tape.reshape(y, [batch, length, heads, depth]), [0, 2, 1, 3])
    const raw = tape.matmul(split(query(x, pass)), split(key(x, pass)), { transposeB: true })
    const scaled = tape.scale(raw, 1 / Math.sqrt(depth))
    const shown =
      real === undefined ? scaled : tape.add(scaled, tape.constant([batch, heads, length, length], paddingMask(real, batch, heads, length)))
    const weights = tape.softmax(causal ? tape.causalMask(shown) : shown)
    const mixed = tape.transpose(tape.matmul(weights, split(value(x, pass))), [0, 2, 1, 3])
    return output(tape.reshape(mixed, [batch, length, width]), pass)
  }
}

/** [length, width] → the same. Parameters `query`, `key`, `value`, `output`, each with `weight` [width, width] and `bias` [width]. */
export const attention = defineLayer({
  type: "attention",
  schema: Schema.Struct({ type: Schema.Literal("attention"), heads: Count, causal: Schema.Boolean, init: Init }),
  shape: ({ heads }, input) => fits(input, heads),
  build: (spec, input, maker): Forward => {
    const run = attend(spec, lastOf(shapeBehind(input)), maker)
    return (flow, pass) => run(valuesOf(flow), pass)
  }
})

const Block = Schema.Struct({
  type: Schema.Literal("transformer-block"),
  heads: Count,
  /** Width of the inner layer. */
  hidden: Count,
  dropout: DropoutRate,
  causal: Schema.Boolean,
  norm: Schema.Literal("pre"),
  activation: Schema.Literal("gelu"),
  init: Init
})

/** x + drop(attention(norm(x))), then x + drop(W₂·gelu(W₁·norm(x))). */
export const transformerBlock = defineLayer({
  type: "transformer-block",
  schema: Block,
  shape: ({ heads }, input) => fits(input, heads),
  build: (spec, input, maker): Forward => {
    const width = lastOf(shapeBehind(input))
    const attentionPart = maker.part("attention")
    const denseDropout = maker.part("dense").layer
    const beforeAttention = normaliser(maker.part("attention-norm"), width, blockEpsilon)
    const mix = attend(spec, width, attentionPart)
    const beforeDense = normaliser(maker.part("dense-norm"), width, blockEpsilon)
    const widen = projection(maker, "inner", width, spec.hidden, spec.init)
    const narrow = projection(maker, "outer", spec.hidden, width, spec.init)
    return (flow, pass) => {
      const { tape } = pass
      const x = valuesOf(flow)
      const attended = mix(beforeAttention(x, pass), pass)
      const middle = tape.add(x, dropped(attended, spec.dropout, attentionPart.layer, pass))
      const inner = tape.gelu(widen(beforeDense(middle, pass), pass))
      return tape.add(middle, dropped(narrow(inner, pass), spec.dropout, denseDropout, pass))
    }
  }
})
