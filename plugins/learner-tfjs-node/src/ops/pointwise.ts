/** Operations element by element. Sharp edge: a second operand may have the last axes of the first alone, and nothing else spreads. */
import { GradientError, type Node, type Shape, type Tape } from "@feagi-trainer/gradient"
import { heldBy, sameShape, showShape } from "../Cell.ts"
import type { Pull, Recorder } from "../Recorder.ts"
import type { TensorFlow, TfTensor } from "../TensorFlow.ts"

const lastAxes = (operation: string, a: Shape, b: Shape): void => {
  if (b.length > a.length || !sameShape(a.slice(a.length - b.length), b))
    throw new GradientError(operation, `a second operand of ${showShape(a)} or its last axes`, showShape(b))
}

/** Summed over the axes that `shape` lacks. */
const summedTo = (tf: TensorFlow, x: TfTensor, shape: Shape): TfTensor => {
  if (sameShape(x.shape, shape)) return x
  const count = shape.reduce((product, axis) => product * axis, 1)
  return tf.reshape(tf.sum(tf.reshape(x, [-1, count]), 0), shape)
}

/** Φ(x), the normal distribution function. */
const normal = (tf: TensorFlow, x: TfTensor): TfTensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)

const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI)

export const pointwise = (recorder: Recorder) => {
  const { tf } = recorder
  const unary = (operation: string, x: Node, work: (x: TfTensor) => readonly [TfTensor, Pull]): Node =>
    recorder.record(operation, [x], () => {
      const [value, pull] = work(heldBy(x))
      return { value, pulls: [pull] }
    })
  const binary = (operation: string, a: Node, b: Node, work: (a: TfTensor, b: TfTensor) => readonly [TfTensor, Pull, Pull]): Node =>
    recorder.record(operation, [a, b], () => {
      lastAxes(operation, a.shape, b.shape)
      const [value, left, right] = work(heldBy(a), heldBy(b))
      return { value, pulls: [left, (dy) => summedTo(tf, right(dy), b.shape)] }
    })
  const same: Pull = (dy) => dy
  return {
    add: (a, b) => binary("add", a, b, (x, y) => [tf.add(x, y), same, same]),
    subtract: (a, b) => binary("subtract", a, b, (x, y) => [tf.sub(x, y), same, (dy) => tf.neg(dy)]),
    multiply: (a, b) => binary("multiply", a, b, (x, y) => [tf.mul(x, y), (dy) => tf.mul(dy, y), (dy) => tf.mul(dy, x)]),
    minimum: (a, b) =>
      recorder.record("minimum", [a, b], () => {
        if (!sameShape(a.shape, b.shape)) throw new GradientError("minimum", `two of ${showShape(a.shape)}`, showShape(b.shape))
        const [x, y] = [heldBy(a), heldBy(b)]
        const first = tf.cast(tf.lessEqual(x, y), "float32")
        const pulls: ReadonlyArray<Pull> = [(dy) => tf.mul(dy, first), (dy) => tf.sub(dy, tf.mul(dy, first))]
        return { value: tf.minimum(x, y), pulls, saved: [first] }
      }),
    scale: (x, factor) => unary("scale", x, (v) => [tf.mul(v, factor), (dy) => tf.mul(dy, factor)]),
    addScalar: (x, summand) => unary("addScalar", x, (v) => [tf.add(v, summand), same]),
    negate: (x) => unary("negate", x, (v) => [tf.neg(v), (dy) => tf.neg(dy)]),
    relu: (x) => unary("relu", x, (v) => [tf.relu(v), (dy) => tf.mul(dy, tf.cast(tf.greater(v, 0), "float32"))]),
    gelu: (x) =>
      unary("gelu", x, (v) => [
        tf.mul(v, normal(tf, v)),
        (dy) => tf.mul(dy, tf.add(normal(tf, v), tf.mul(v, tf.mul(tf.exp(tf.mul(tf.square(v), -0.5)), DENSITY_AT_0))))
      ]),
    tanh: (x) =>
      unary("tanh", x, (v) => {
        const y = tf.tanh(v)
        return [y, (dy) => tf.mul(dy, tf.sub(tf.scalar(1), tf.square(y)))]
      }),
    sigmoid: (x) =>
      unary("sigmoid", x, (v) => {
        const y = tf.sigmoid(v)
        return [y, (dy) => tf.mul(dy, tf.mul(y, tf.sub(tf.scalar(1), y)))]
      }),
    exp: (x) =>
      unary("exp", x, (v) => {
        const y = tf.exp(v)
        return [y, (dy) => tf.mul(dy, y)]
      }),
    log: (x) => unary("log", x, (v) => [tf.log(v), (dy) => tf.div(dy, v)]),
    square: (x) => unary("square", x, (v) => [tf.square(v), (dy) => tf.mul(dy, tf.mul(v, 2))]),
    clamp: (x, low, high) =>
      unary("clamp", x, (v) => [
        tf.clipByValue(v, low, high),
        (dy) => {
          const inside = tf.mul(tf.cast(tf.lessEqual(v, high), "float32"), tf.cast(tf.lessEqual(tf.scalar(low), v), "float32"))
          return tf.mul(dy, inside)
        }
      ]),
    dropout: (x, rate, fill) =>
      recorder.record("dropout", [x], () => {
        if (!(rate >= 0 && rate < 1)) throw new GradientError("dropout", "a rate in [0, 1)", String(rate))
        const words = new Uint32Array(x.value.length)
        fill(words)
        const kept = Float32Array.from(words, (word) => (word / 2 ** 32 < rate ? 0 : 1 / (1 - rate)))
        const mask = tf.tensor(kept, x.shape, "float32")
        return { value: tf.mul(heldBy(x), mask), pulls: [(dy) => tf.mul(dy, mask)], saved: [mask] }
      })
  } satisfies Partial<Tape>
}
