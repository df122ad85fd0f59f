/** Convolution and pools over pictures [n, h, w, c]. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import type { Padding, Pair, Windows } from "../Tape.ts"
import { sameShape, shapeText, type Value } from "../Value.ts"

interface Span {
  readonly outputs: number
  readonly before: number
}

/** How many windows fit along an axis, and how many zeros stand before it. */
const span = (length: number, size: number, stride: number, padding: Padding): Span => {
  if (padding === "valid") return { outputs: Math.floor((length - size) / stride) + 1, before: 0 }
  const outputs = Math.ceil(length / stride)
  return { outputs, before: Math.floor(Math.max((outputs - 1) * stride + size - length, 0) / 2) }
}

const checkPair = (operation: string, name: string, [rows, columns]: Pair): void => {
  if (![rows, columns].every((n) => Number.isSafeInteger(n) && n > 0)) {
    throw new GradientError(operation, `a ${name} of two positive whole numbers`, shapeText([rows, columns]))
  }
}

const pictureOf = (operation: string, x: Value): readonly [number, number, number, number] => {
  const [n, h, w, c] = x.shape
  if (x.shape.length !== 4 || n === undefined || h === undefined || w === undefined || c === undefined) {
    throw new GradientError(operation, "pictures [n, h, w, c]", shapeText(x.shape))
  }
  return [n, h, w, c]
}

export const conv2d = (
  pass: Recorder,
  x: Value,
  weights: Value,
  bias: Value | undefined,
  { stride, padding }: { readonly stride: Pair; readonly padding: Padding }
): Value => {
  const { raw } = pass
  const [n, h, w, c] = pictureOf("conv2d", x)
  const [kh, kw, inputs, outputs] = weights.shape
  if (weights.shape.length !== 4 || kh === undefined || kw === undefined || inputs === undefined || outputs === undefined) {
    throw new GradientError("conv2d", "weights [kh, kw, in, out]", shapeText(weights.shape))
  }
  if (inputs !== c)
    throw new GradientError("conv2d", `an input [n, h, w, ${inputs}] for the weights ${shapeText(weights.shape)}`, shapeText(x.shape))
  if (bias !== undefined && !sameShape(bias.shape, [outputs]))
    throw new GradientError("conv2d", `a bias [${outputs}]`, shapeText(bias.shape))
  checkPair("conv2d", "stride", stride)
  const rows = span(h, kh, stride[0], padding)
  const columns = span(w, kw, stride[1], padding)
  if (rows.outputs < 1 || columns.outputs < 1) {
    throw new GradientError("conv2d", `a picture of at least ${kh} x ${kw} for a valid window`, shapeText(x.shape))
  }
  const positions = rows.outputs * columns.outputs
  const width = kh * kw * c
  const y = pass.tensor("conv2d", [n, rows.outputs, columns.outputs, outputs])
  const scratch = pass.scratch("conv2d", positions * width)
  const sizes = [n, h, w, c, kh, kw, ...stride, rows.before, columns.before, rows.outputs, columns.outputs, outputs]
  raw.conv2d(x.value.at, weights.value.at, bias?.value.at ?? 0, y.at, scratch, ...sizes)
  return pass.record(y, bias === undefined ? [x, weights] : [x, weights, bias], (dy) => {
    if (weights.needs) raw.conv2d_weights_back(x.value.at, dy.at, pass.accumulator(weights).at, scratch, ...sizes)
    if (bias?.needs) raw.column_sums(dy.at, pass.accumulator(bias).at, pass.scratch("conv2d", outputs), 1, n, positions, outputs)
    if (!x.needs) return
    const transposed = pass.scratch("conv2d", weights.value.length)
    raw.transpose2d(weights.value.at, transposed, width, outputs)
    const dx = pass.zeros("conv2d", x.shape)
    raw.conv2d_input_back(dy.at, transposed, dx.at, scratch, ...sizes)
    pass.give(x, dx)
  })
}

const poolSizes = (operation: string, x: Value, { size, stride }: Windows) => {
  const [n, h, w, c] = pictureOf(operation, x)
  checkPair(operation, "size", size)
  checkPair(operation, "stride", stride)
  const rows = span(h, size[0], stride[0], "valid").outputs
  const columns = span(w, size[1], stride[1], "valid").outputs
  if (rows < 1 || columns < 1) throw new GradientError(operation, `a picture of at least ${size[0]} x ${size[1]}`, shapeText(x.shape))
  return { shape: [n, rows, columns, c], sizes: [n, h, w, c, ...size, ...stride, rows, columns] }
}

export const maxPool2d = (pass: Recorder, x: Value, windows: Windows): Value => {
  const { shape, sizes } = poolSizes("maxPool2d", x, windows)
  const y = pass.tensor("maxPool2d", shape)
  const places = pass.scratch("maxPool2d", y.length)
  pass.raw.max_pool(x.value.at, y.at, places, ...sizes)
  return pass.record(y, [x], (dy) => {
    const dx = pass.zeros("maxPool2d", x.shape)
    const n = x.shape[0] ?? 1
    pass.raw.max_pool_back(dy.at, places, dx.at, n, dx.length / n, dy.length / n)
    pass.give(x, dx)
  })
}

export const averagePool2d = (pass: Recorder, x: Value, windows: Windows): Value => {
  const { shape, sizes } = poolSizes("averagePool2d", x, windows)
  const y = pass.tensor("averagePool2d", shape)
  pass.raw.average_pool(x.value.at, y.at, ...sizes)
  return pass.record(y, [x], (dy) => {
    const dx = pass.zeros("averagePool2d", x.shape)
    pass.raw.average_pool_back(dy.at, dx.at, ...sizes)
    pass.give(x, dx)
  })
}

/** The mean over the middle axes of [n, .., c]. */
export const globalAveragePool = (pass: Recorder, x: Value): Value => {
  const [n, h, w, c] = pictureOf("globalAveragePool", x)
  const y = pass.tensor("globalAveragePool", [n, c])
  pass.raw.mean_over(x.value.at, y.at, n, h * w, c)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor("globalAveragePool", x.shape)
    pass.raw.mean_over_back(dy.at, dx.at, n, h * w, c)
    pass.give(x, dx)
  })
}
