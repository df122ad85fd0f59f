/**
 * Layers that keep the shape and have no parameters: activations and dropout. Sharp edge: dropout acts in training only and scales what
 * remains by 1 / (1 − rate), so that measuring needs no factor (inverted dropout; Srivastava et al., JMLR 15, 2014, §10).
 */
import type { Random } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"
import { anyShape, defineLayer, type Pass, valuesOf } from "../LayerKind.ts"
import type { Tape } from "../Tape.ts"
import type { Node } from "../Tensor.ts"

const activation = <T extends string>(type: T, apply: (tape: Tape, x: Node) => Node) =>
  defineLayer({
    type,
    schema: Schema.Struct({ type: Schema.Literal(type) }),
    shape: (_, input) => anyShape(input),
    build:
      () =>
      (flow, { tape }) =>
        apply(tape, valuesOf(flow))
  })

/** max(0, x) */
export const relu = activation("relu", (tape, x) => tape.relu(x))
/** x·Φ(x), exact (Hendrycks and Gimpel, 2016) */
export const gelu = activation("gelu", (tape, x) => tape.gelu(x))
export const tanh = activation("tanh", (tape, x) => tape.tanh(x))
/** 1 / (1 + e^−x) */
export const sigmoid = activation("sigmoid", (tape, x) => tape.sigmoid(x))

/** A share of values that is dropped: from 0 to below 1. */
export const DropoutRate = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThan(1))

const fillWords =
  (random: Random) =>
  (words: Uint32Array): void =>
    random.fill(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))

/** Drops in training; `name` is the layer whose stream the masks come from. Rate 0 draws nothing. */
export const dropped = (x: Node, rate: number, name: string, { tape, mode }: Pass): Node =>
  mode.training && rate > 0 ? tape.dropout(x, rate, fillWords(mode.chance(name))) : x

/** One word of the layer's stream for each value, in order of the samples, so that micro-batches continue the mask of the batch. */
export const dropout = defineLayer({
  type: "dropout",
  schema: Schema.Struct({ type: Schema.Literal("dropout"), rate: DropoutRate }),
  shape: (_, input) => anyShape(input),
  build:
    ({ rate }, _, maker) =>
    (flow, pass) =>
      dropped(valuesOf(flow), rate, maker.layer, pass)
})
