/**
 * Losses: one value for each sample, and their sum over the denominator. Sharp edge: the values of the samples are TensorFlow's; their
 * sum is taken here in f64, in the order of the samples.
 */
import { GradientError, type LossNode, type Node, type Tape } from "@feagi-trainer/gradient"
import { Cell, heldBy, showShape } from "../Cell.ts"
import type { Recorder } from "../Recorder.ts"
import type { TfTensor } from "../TensorFlow.ts"
import { idsOf } from "./places.ts"

export const losses = (recorder: Recorder) => {
  const { tf } = recorder

  /** `work` gives the value of each sample, and the gradient of their sum. */
  const loss = (operation: string, x: Node, denominator: number, work: () => readonly [rows: TfTensor, gradient: TfTensor]): LossNode => {
    let [rows, total]: [TfTensor | undefined, number] = [undefined, 0]
    const node = recorder.record(operation, [x], () => {
      if (!(Number.isFinite(denominator) && denominator > 0))
        throw new GradientError(operation, "a denominator above 0", String(denominator))
      const [values, gradient] = work()
      rows = values
      total = Float32Array.from(values.dataSync()).reduce((sum, each) => sum + each, 0) / denominator
      const scaled = tf.div(gradient, denominator)
      return { value: tf.scalar(total), pulls: [(dy) => tf.mul(scaled, dy)], saved: [values, scaled] }
    })
    if (rows === undefined) throw new GradientError(operation, "a value for each sample", "none")
    // The same object: the tape knows its nodes by themselves.
    return Object.assign(node, { rows: new Cell(rows), total })
  }

  /** Per sample the mean over its elements. */
  const elementwise = (
    operation: string,
    x: Node,
    target: Float32Array,
    denominator: number,
    work: (x: TfTensor, target: TfTensor) => readonly [TfTensor, TfTensor]
  ): LossNode =>
    loss(operation, x, denominator, () => {
      const [samples] = x.shape
      if (samples === undefined || target.length !== x.value.length)
        throw new GradientError(operation, `${x.value.length} targets for ${showShape(x.shape)}`, `${target.length}`)
      const each = x.value.length / samples
      const [values, gradient] = work(heldBy(x), tf.tensor(target.slice(), x.shape, "float32"))
      return [tf.mean(tf.reshape(values, [samples, each]), 1), tf.div(gradient, each)]
    })

  return {
    softmaxCrossEntropy: (logits, classes, { denominator, label_smoothing }) =>
      loss("softmaxCrossEntropy", logits, denominator, () => {
        const [rows = 0, count = 0] = logits.shape
        if (logits.shape.length !== 2) throw new GradientError("softmaxCrossEntropy", "logits [n, c]", showShape(logits.shape))
        const chosen = tf.cast(tf.oneHot(idsOf(tf, "softmaxCrossEntropy", classes, rows, count), count), "float32")
        const target = tf.add(tf.mul(chosen, 1 - label_smoothing), label_smoothing / count)
        const logs = tf.logSoftmax(heldBy(logits))
        return [tf.neg(tf.sum(tf.mul(target, logs), 1)), tf.sub(tf.exp(logs), target)]
      }),
    meanSquaredError: (x, target, { denominator }) =>
      elementwise("meanSquaredError", x, target, denominator, (value, wanted) => {
        const distance = tf.sub(value, wanted)
        return [tf.square(distance), tf.mul(distance, 2)]
      }),
    binaryCrossEntropy: (logits, target, { denominator }) =>
      // max(x, 0) - x t + log(1 + e^-|x|), which overflows nowhere.
      elementwise("binaryCrossEntropy", logits, target, denominator, (value, wanted) => [
        tf.add(tf.sub(tf.relu(value), tf.mul(value, wanted)), tf.log1p(tf.exp(tf.neg(tf.abs(value))))),
        tf.sub(tf.sigmoid(value), wanted)
      ]),
    huber: (x, target, { denominator, delta }) =>
      // With q = d clipped to ±delta both branches are q (d - q / 2), and the derivative is q.
      elementwise("huber", x, target, denominator, (value, wanted) => {
        const distance = tf.sub(value, wanted)
        const clipped = tf.clipByValue(distance, -delta, delta)
        return [tf.mul(clipped, tf.sub(distance, tf.mul(clipped, 0.5))), clipped]
      })
  } satisfies Partial<Tape>
}
