/** Matrix products, convolution and pooling. TensorFlow sums in the order that its kernels choose for the machine. */
import { GradientError, type Node, type Shape, type Tape } from "@feagi-trainer/gradient"
import { heldBy, sameShape, showShape } from "../Cell.ts"
import type { Pull, Recorder } from "../Recorder.ts"
import type { TfTensor } from "../TensorFlow.ts"

const channelsLast = { dataFormat: "NHWC", dimRoundingMode: undefined } as const

const picture = (operation: string, shape: Shape): void => {
  if (shape.length !== 4) throw new GradientError(operation, "pictures [n, h, w, c]", showShape(shape))
}

const biasOf = (operation: string, bias: Node | undefined, width: number | undefined): void => {
  if (bias !== undefined && !(bias.shape.length === 1 && bias.shape[0] === width))
    throw new GradientError(operation, `a bias [${width}]`, showShape(bias.shape))
}

export const products = (recorder: Recorder) => {
  const { tf } = recorder
  const flat = (x: TfTensor, width: number | undefined): TfTensor => tf.reshape(x, [-1, width ?? -1])
  const engine = tf.engine()
  /** With the bias, if there is one, as the last input. */
  const biased = (value: TfTensor, bias: Node | undefined, pulls: ReadonlyArray<Pull>) => ({
    value: bias === undefined ? value : tf.add(value, heldBy(bias)),
    pulls: [...pulls, (dy: TfTensor) => tf.sum(flat(dy, bias?.shape[0]), 0)]
  })
  return {
    linear: (x, w, bias) =>
      recorder.record("linear", bias === undefined ? [x, w] : [x, w, bias], () => {
        const [width, units] = w.shape
        if (w.shape.length !== 2 || x.shape.length === 0 || x.shape.at(-1) !== width)
          throw new GradientError("linear", "x [.., in] and w [in, out]", `${showShape(x.shape)} and ${showShape(w.shape)}`)
        biasOf("linear", bias, units)
        const [rows, weights] = [heldBy(x), heldBy(w)]
        const product = tf.reshape(tf.matMul(flat(rows, width), weights), [...x.shape.slice(0, -1), units ?? 0])
        return biased(product, bias, [
          (dy) => tf.reshape(tf.matMul(flat(dy, units), weights, false, true), x.shape),
          (dy) => tf.matMul(flat(rows, width), flat(dy, units), true, false)
        ])
      }),
    matmul: (a, b, options) =>
      recorder.record("matmul", [a, b], () => {
        const turned = options?.transposeB === true
        const inner = b.shape.at(turned ? -1 : -2)
        const fits = a.shape.length >= 2 && sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) && a.shape.at(-1) === inner
        if (!fits)
          throw new GradientError(
            "matmul",
            `[.., m, k] and [.., ${turned ? "n, k" : "k, n"}]`,
            `${showShape(a.shape)} and ${showShape(b.shape)}`
          )
        const [x, y] = [heldBy(a), heldBy(b)]
        return {
          value: tf.matMul(x, y, false, turned),
          pulls: [
            (dy) => tf.matMul(dy, y, false, !turned),
            (dy) => (turned ? tf.matMul(dy, x, true, false) : tf.matMul(x, dy, true, false))
          ]
        }
      }),
    conv2d: (x, w, bias, { stride, padding }) =>
      recorder.record("conv2d", bias === undefined ? [x, w] : [x, w, bias], () => {
        picture("conv2d", x.shape)
        if (w.shape.length !== 4 || w.shape[2] !== x.shape[3])
          throw new GradientError("conv2d", `w [kh, kw, ${x.shape[3]}, out]`, showShape(w.shape))
        biasOf("conv2d", bias, w.shape[3])
        const [input, filter] = [heldBy(x), heldBy(w)]
        const attributes = { strides: stride, pad: padding, ...channelsLast }
        return biased(tf.conv2d(input, filter, stride, padding), bias, [
          (dy) => engine.runKernel("Conv2DBackpropInput", { dy, filter }, { ...attributes, inputShape: x.shape }),
          (dy) => engine.runKernel("Conv2DBackpropFilter", { x: input, dy }, { ...attributes, filterShape: w.shape })
        ])
      }),
    maxPool2d: (x, { size, stride }) =>
      recorder.record("maxPool2d", [x], () => {
        picture("maxPool2d", x.shape)
        const input = heldBy(x)
        const output = tf.maxPool(input, size, stride, "valid")
        const attributes = { filterSize: size, strides: stride, pad: "valid", dimRoundingMode: undefined }
        return { value: output, pulls: [(dy) => engine.runKernel("MaxPoolGrad", { dy, input, output }, attributes)] }
      }),
    averagePool2d: (x, { size, stride }) =>
      recorder.record("averagePool2d", [x], () => {
        picture("averagePool2d", x.shape)
        const input = heldBy(x)
        const attributes = { filterSize: size, strides: stride, pad: "valid" }
        return {
          value: tf.avgPool(input, size, stride, "valid"),
          pulls: [(dy) => engine.runKernel("AvgPoolGrad", { dy, input }, attributes)]
        }
      }),
    globalAveragePool: (x) =>
      recorder.record("globalAveragePool", [x], () => {
        picture("globalAveragePool", x.shape)
        const [n = 0, height = 0, width = 0, channels = 0] = x.shape
        const each = 1 / (height * width)
        return {
          value: tf.mean(heldBy(x), [1, 2]),
          pulls: [(dy) => tf.mul(tf.reshape(dy, [n, 1, 1, channels]), tf.fill(x.shape, each))]
        }
      })
  } satisfies Partial<Tape>
}
