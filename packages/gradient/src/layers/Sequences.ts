/**
 * Layers of sequences, [length, width]: embedding of tokens, positions, mean over positions; and `flatten`. Sharp edges: an embedding can
 * only be the first layer; where the input declares padding, the mean counts real positions alone, and a sample without any is refused.
 */
import { cosine, power, root, sine } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"
import { GradientError } from "../GradientError.ts"
import { PlainInit, plainValues } from "../Initialise.ts"
import { defineLayer, gives, lastOf, type Pass, refuses, type Signal, shapeBehind, shapeOf, showSignal, valuesOf } from "../LayerKind.ts"
import { elementsOf, type Node } from "../Tensor.ts"

const Embedding = Schema.Struct({
  type: Schema.Literal("embedding"),
  width: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  init: PlainInit
})

/** Tokens → [length, width]. Parameter `table` [vocabulary, width]. */
export const embedding = defineLayer({
  type: "embedding",
  schema: Embedding,
  shape: ({ width }, input) =>
    input.kind === "tokens"
      ? gives([input.length, width])
      : refuses([], "tokens", showSignal(input), 'an embedding is the first layer behind an input of kind "tokens"'),
  build: ({ width, init }, input, maker) => {
    if (input.kind !== "tokens") throw new Error("unreachable: an embedding was built behind values")
    const table = maker.parameter("table", [input.vocabulary, width], plainValues(init))
    return (flow, { tape }) => {
      if (!("ids" in flow)) throw new Error("unreachable: an embedding was given values")
      return tape.embedding(tape.parameter(table), flow.ids, flow.shape)
    }
  }
})

/**
 * Positions as sines and cosines: p[t, 2i] = sin(t / 10000^(2i / width)), p[t, 2i + 1] = cos(the same) (Vaswani et al., NeurIPS 2017,
 * §3.5), in doubles, rounded once to f32.
 */
export const sinusoids = (length: number, width: number): Float32Array => {
  const ratio = root(10000, width)
  return Float32Array.from({ length: length * width }, (_, at) => {
    const column = at % width
    const even = column - (column % 2)
    const angle = Math.floor(at / width) / power(ratio, even)
    return column % 2 === 0 ? sine(angle) : cosine(angle)
  })
}

const Positional = Schema.Union([
  Schema.Struct({ type: Schema.Literal("positional"), kind: Schema.Literal("learned"), init: PlainInit }),
  Schema.Struct({ type: Schema.Literal("positional"), kind: Schema.Literal("sinusoidal") })
])

/** Adds a row for each position: parameter `table` [length, width] where they are learned, fixed sinusoids otherwise. */
export const positional = defineLayer({
  type: "positional",
  schema: Positional,
  shape: (_, input) => {
    const found = shapeOf(input, [2])
    return found.ok ? gives(found.shape) : found
  },
  build: (spec, input, maker) => {
    const shape = shapeBehind(input)
    if (spec.kind === "learned") {
      const table = maker.parameter("table", shape, plainValues(spec.init))
      return (flow, { tape }) => tape.add(valuesOf(flow), tape.parameter(table))
    }
    const fixed = sinusoids(shape[0] ?? 0, lastOf(shape))
    return (flow, { tape }) => tape.add(valuesOf(flow), tape.constant(shape, fixed))
  }
})

/** The weights of a mean over real positions, [batch, 1, length]: 1 / count, and 0 for padding. */
const meanWeights = (real: Uint8Array, batch: number, length: number): Float32Array => {
  const weights = new Float32Array(batch * length)
  for (let sample = 0; sample < batch; sample += 1) {
    const row = real.subarray(sample * length, (sample + 1) * length)
    const count = row.reduce((sum, flag) => sum + flag, 0)
    if (count === 0) {
      throw new GradientError("mean-over-positions", "a sample with at least one token", `padding only in sample ${sample} of the batch`)
    }
    weights.set(
      Array.from(row, (flag) => flag / count),
      sample * length
    )
  }
  return weights
}

const meanOfReal = (x: Node, { tape, real }: Pass): Node => {
  if (real === undefined) return tape.meanOver(x, 1)
  const [batch = 0, length = 0, width = 0] = x.shape
  const weights = tape.constant([batch, 1, length], meanWeights(real, batch, length))
  return tape.reshape(tape.matmul(weights, x), [batch, width])
}

/** [length, width] → [width]: the mean over the positions, without padding. */
export const meanOverPositions = defineLayer({
  type: "mean-over-positions",
  schema: Schema.Struct({ type: Schema.Literal("mean-over-positions") }),
  shape: (_, input) => {
    const found = shapeOf(input, [2])
    return found.ok ? gives([lastOf(found.shape)]) : found
  },
  build: () => (flow, pass) => meanOfReal(valuesOf(flow), pass)
})

/** Any shape → [its number of values], row-major. */
export const flatten = defineLayer({
  type: "flatten",
  schema: Schema.Struct({ type: Schema.Literal("flatten") }),
  shape: (_, input: Signal) => {
    const found = shapeOf(input, [1, 2, 3])
    return found.ok ? gives([elementsOf(found.shape)]) : found
  },
  build: (_, input) => {
    const length = elementsOf(shapeBehind(input))
    return (flow, { tape }) => {
      const x = valuesOf(flow)
      return tape.reshape(x, [x.shape[0] ?? 0, length])
    }
  }
})
