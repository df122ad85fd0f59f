/** Softmax and the normalisations. */
import { GradientError, type Node, type Shape, type Tape } from "@feagi-trainer/gradient"
import { heldBy, showShape } from "../Cell.ts"
import type { Recorder } from "../Recorder.ts"
import type { TfTensor } from "../TensorFlow.ts"

export const norms = (recorder: Recorder) => {
  const { tf } = recorder

  /**
   * (x - mean) / sqrt(variance + epsilon) over `axes` of x seen as `view`, times gain plus shift. With g = dy · gain the gradient of x is
   * (g - mean(g) - x̂ mean(g x̂)) / sqrt(variance + epsilon).
   */
  const normalised = (
    operation: string,
    x: Node,
    [gain, shift]: readonly [Node, Node],
    { view, axes, epsilon }: { readonly view: Shape; readonly axes: ReadonlyArray<number>; readonly epsilon: number }
  ): Node =>
    recorder.record(operation, [x, gain, shift], () => {
      const width = x.shape.at(-1) ?? 0
      for (const each of [gain, shift])
        if (each.shape.length !== 1 || each.shape[0] !== width)
          throw new GradientError(operation, `gain and shift [${width}]`, showShape(each.shape))
      const mean = (t: TfTensor): TfTensor => tf.mean(t, axes, true)
      const seen = tf.reshape(heldBy(x), view)
      const centred = tf.sub(seen, mean(seen))
      const inverse = tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon))
      const standard = tf.mul(centred, inverse)
      const own = tf.reshape(standard, x.shape)
      const factor = heldBy(gain)
      const perChannel = (dy: TfTensor): TfTensor => tf.sum(tf.reshape(dy, [-1, width]), 0)
      return {
        value: tf.add(tf.mul(own, factor), heldBy(shift)),
        saved: [inverse, standard, own],
        pulls: [
          (dy) => {
            const g = tf.reshape(tf.mul(dy, factor), view)
            const straight = tf.sub(tf.sub(g, mean(g)), tf.mul(standard, mean(tf.mul(g, standard))))
            return tf.reshape(tf.mul(straight, inverse), x.shape)
          },
          (dy) => perChannel(tf.mul(dy, own)),
          perChannel
        ]
      }
    })

  return {
    softmax: (x) =>
      recorder.record("softmax", [x], () => {
        const y = tf.softmax(heldBy(x))
        return { value: y, pulls: [(dy) => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)))] }
      }),
    logSoftmax: (x) =>
      recorder.record("logSoftmax", [x], () => {
        const y = tf.logSoftmax(heldBy(x))
        return { value: y, pulls: [(dy) => tf.sub(dy, tf.mul(tf.exp(y), tf.sum(dy, -1, true)))] }
      }),
    layerNorm: (x, gain, shift, epsilon) =>
      normalised("layerNorm", x, [gain, shift], { view: x.shape, axes: [x.shape.length - 1], epsilon }),
    groupNorm: (x, gain, shift, groups, epsilon) => {
      const [n = 0, channels = 0] = [x.shape[0], x.shape.at(-1)]
      if (x.shape.length < 2 || !Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
        throw new GradientError("groupNorm", `[n, .., c] with c a multiple of ${groups}`, showShape(x.shape))
      const positions = x.shape.slice(1, -1).reduce((product, axis) => product * axis, 1)
      return normalised("groupNorm", x, [gain, shift], { view: [n, positions, groups, channels / groups], axes: [1, 3], epsilon })
    }
  } satisfies Partial<Tape>
}
