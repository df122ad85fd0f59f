/**
 * The tape of one pass: each method computes a value at once, and notes how its gradient flows back. Sharp edges: the first axis is the
 * batch, and gradients of parameters are summed sample by sample along it; a parameter that is used twice in one pass, or reached through
 * another operation than `reshape`, gets one sum per use, so for such a parameter the cut of a batch into micro-batches shows in the last bits.
 *
 * Every method throws `GradientError` (operation, what was expected, what came) on a shape that does not fit.
 */
import type { LossNode, Node, Parameter, Shape, Tensor } from "./Tensor.ts"

/** Rows, then columns. */
export type Pair = readonly [number, number]

/** "same": ceil(size / stride) outputs, zeros around, the odd one after the picture; "valid": only windows that lie inside. */
export type Padding = "same" | "valid"

export interface Windows {
  readonly size: Pair
  readonly stride: Pair
}

export interface LossOptions {
  /** The sum over the samples is divided by it: the effective batch size, also where only a micro-batch is given. */
  readonly denominator: number
}

export interface Tape {
  /** Numbers from outside, without a gradient. */
  constant(shape: Shape, values: Float32Array): Node
  /** Numbers from outside whose gradient is wanted; read it after `backward` by `gradientOf`. */
  variable(shape: Shape, values: Float32Array): Node
  /** A parameter's present values. */
  parameter(parameter: Parameter): Node
  /** The same values; no gradient flows back through it. */
  detach(x: Node): Node

  /** a + b; `b` has the shape of `a`, or that of its last axes. So have the operands of `subtract` and `multiply`. */
  add(a: Node, b: Node): Node
  subtract(a: Node, b: Node): Node
  multiply(a: Node, b: Node): Node
  /** The smaller of two of the same shape; the gradient goes to `a` where they are equal. */
  minimum(a: Node, b: Node): Node
  scale(x: Node, factor: number): Node
  addScalar(x: Node, summand: number): Node
  negate(x: Node): Node

  /** x [.., in] times w [in, out], plus bias [out]. */
  linear(x: Node, w: Node, bias: Node | undefined): Node
  /** Batched product of a [.., m, k] and b [.., k, n], or of b [.., n, k] with `transposeB`. The leading axes are equal. */
  matmul(a: Node, b: Node, options?: { readonly transposeB: boolean }): Node
  /** x [n, h, w, in] with w [kh, kw, in, out]: [n, h', w', out]. A cross-correlation, as everywhere. */
  conv2d(x: Node, w: Node, bias: Node | undefined, options: { readonly stride: Pair; readonly padding: Padding }): Node
  /** Largest of each window inside the picture; the gradient goes to the first of equals. */
  maxPool2d(x: Node, windows: Windows): Node
  averagePool2d(x: Node, windows: Windows): Node
  /** [n, h, w, c] to [n, c]. */
  globalAveragePool(x: Node): Node

  relu(x: Node): Node
  /** x Phi(x) with the exact normal distribution function (Hendrycks, Gimpel 2016), no approximation by tanh. */
  gelu(x: Node): Node
  tanh(x: Node): Node
  sigmoid(x: Node): Node
  exp(x: Node): Node
  log(x: Node): Node
  square(x: Node): Node
  /** max(low, min(high, x)); no gradient outside of [low, high]. */
  clamp(x: Node, low: number, high: number): Node

  /** Over the last axis. */
  softmax(x: Node): Node
  logSoftmax(x: Node): Node
  /** Over the last axis, with gain and shift [width]. (Ba, Kiros, Hinton 2016.) */
  layerNorm(x: Node, gain: Node, shift: Node, epsilon: number): Node
  /** x [n, .., c], over the positions and the channels of a group, per sample; gain and shift [c]. (Wu, He 2018.) */
  groupNorm(x: Node, gain: Node, shift: Node, groups: number, epsilon: number): Node
  /** Inverted dropout: `fill` gets one word per element in order, and an element is dropped if word / 2^32 < rate. `rate` in [0, 1). */
  dropout(x: Node, rate: number, fill: (words: Uint32Array) => void): Node

  /** Rows of table [vocabulary, width]: [...shape, width]; `ids` has one id per element of `shape`, the first axis being the batch. */
  embedding(table: Node, ids: Int32Array, shape: Shape): Node
  /** One column of each row: x [n, c] to [n]. */
  gather(x: Node, ids: Int32Array): Node

  reshape(x: Node, shape: Shape): Node
  /** Axis i of the result is axis `axes[i]` of x. */
  transpose(x: Node, axes: ReadonlyArray<number>): Node
  /** The part [from, to) of an axis. */
  slice(x: Node, axis: number, from: number, to: number): Node
  concat(parts: ReadonlyArray<Node>, axis: number): Node
  /** scores [.., rows, columns]: minus infinity where the column is later than the row. */
  causalMask(scores: Node): Node

  /** Without that axis. */
  meanOver(x: Node, axis: number): Node
  /** [.., c] to [..], summed in f64. */
  sumLast(x: Node): Node
  /** To `[]`, summed in f64. */
  sumAll(x: Node): Node
  meanAll(x: Node): Node

  /** logits [n, c]; row i: -sum_j t_j log softmax(logits_i)_j with t = (1 - label_smoothing) [j = class_i] + label_smoothing / c. */
  softmaxCrossEntropy(logits: Node, classes: Int32Array, options: LossOptions & { readonly label_smoothing: number }): LossNode
  /** Per sample the mean of (x - target)^2 over its elements. The first axis is the sample. */
  meanSquaredError(x: Node, target: Float32Array, options: LossOptions): LossNode
  /** Per sample the mean of -t log s(x) - (1 - t) log(1 - s(x)) over its elements; targets in [0, 1]. */
  binaryCrossEntropy(logits: Node, target: Float32Array, options: LossOptions): LossNode
  /** Per sample the mean of d^2 / 2 where |d| <= delta, delta (|d| - delta / 2) elsewhere, d = x - target. (Huber 1964.) */
  huber(x: Node, target: Float32Array, options: LossOptions & { readonly delta: number }): LossNode

  /** Adds d loss / d parameter to the gradient of each parameter. `loss` has the shape `[]`. Once per tape. */
  backward(loss: Node): void
  /** The gradient of a variable or of another node after `backward`; undefined if none reached it. */
  gradientOf(x: Node): Tensor | undefined
  /** The number of a node of one element. */
  scalar(x: Node): number
}
