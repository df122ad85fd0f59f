/** The tape over a recorder: checks that nodes are of this pass, and names the operations. */
import { GradientError } from "./GradientError.ts"
import type { Memory } from "./Memory.ts"
import { arithmetic, elementwise, minimum } from "./ops/arithmetic.ts"
import { linear, matmul } from "./ops/dense.ts"
import { elementLoss, softmaxCrossEntropy } from "./ops/losses.ts"
import { averagePool2d, conv2d, globalAveragePool, maxPool2d } from "./ops/pictures.ts"
import { causalMask, concat, dropout, embedding, gather, reshape, slice, transpose } from "./ops/places.ts"
import { groupNorm, layerNorm, softmax } from "./ops/rows.ts"
import { meanOver, sumAll, sumLast } from "./ops/sums.ts"
import { Recorder } from "./Recorder.ts"
import type { Tape } from "./Tape.ts"
import type { Node } from "./Tensor.ts"
import { shapeText, type Value } from "./Value.ts"

/** A tape, and the recorder that the device ends when the next pass begins. */
export const makeTape = (memory: Memory): { readonly tape: Tape; readonly end: () => void } => {
  const pass = new Recorder(memory)
  const { raw } = pass
  const own = (operation: string, node: Node): Value => pass.own(operation, node)
  const maybe = (operation: string, node: Node | undefined): Value | undefined => (node === undefined ? undefined : own(operation, node))
  const scaled = (operation: string, node: Node, factor: number): Value =>
    elementwise(
      pass,
      operation,
      own(operation, node),
      (x, y, n) => raw.scale(x, y, factor, n),
      (dy, dx, n) => raw.scale(dy, dx, factor, n)
    )

  const tape: Tape = {
    constant: (shape, values) => pass.leaf(pass.filled("constant", shape, values), false),
    variable: (shape, values) => pass.leaf(pass.filled("variable", shape, values), true),
    parameter: (parameter) => pass.parameterLeaf(parameter, parameter.value.shape),
    detach: (x) => pass.leaf(own("detach", x).value, false),

    add: (a, b) => arithmetic(pass, "add", own("add", a), own("add", b)),
    subtract: (a, b) => arithmetic(pass, "subtract", own("subtract", a), own("subtract", b)),
    multiply: (a, b) => arithmetic(pass, "multiply", own("multiply", a), own("multiply", b)),
    minimum: (a, b) => minimum(pass, own("minimum", a), own("minimum", b)),
    scale: (x, factor) => scaled("scale", x, factor),
    negate: (x) => scaled("negate", x, -1),
    addScalar: (node, summand) => {
      const x = own("addScalar", node)
      const y = pass.tensor("addScalar", x.shape)
      raw.add_scalar(x.value.at, y.at, summand, y.length)
      return pass.record(y, [x], (dy) => pass.give(x, dy, false))
    },

    linear: (x, w, bias) => linear(pass, own("linear", x), own("linear", w), maybe("linear", bias)),
    matmul: (a, b, options) => matmul(pass, own("matmul", a), own("matmul", b), options?.transposeB === true),
    conv2d: (x, w, bias, options) => conv2d(pass, own("conv2d", x), own("conv2d", w), maybe("conv2d", bias), options),
    maxPool2d: (x, windows) => maxPool2d(pass, own("maxPool2d", x), windows),
    averagePool2d: (x, windows) => averagePool2d(pass, own("averagePool2d", x), windows),
    globalAveragePool: (x) => globalAveragePool(pass, own("globalAveragePool", x)),

    relu: (x) => elementwise(pass, "relu", own("relu", x), raw.relu, (dy, dx, n, y) => raw.relu_back(y.at, dy, dx, n)),
    gelu: (node) => {
      const x = own("gelu", node)
      return elementwise(pass, "gelu", x, raw.gelu, (dy, dx, n) => raw.gelu_back(x.value.at, dy, dx, n))
    },
    tanh: (x) => elementwise(pass, "tanh", own("tanh", x), raw.tanh, (dy, dx, n, y) => raw.tanh_back(y.at, dy, dx, n)),
    sigmoid: (x) => elementwise(pass, "sigmoid", own("sigmoid", x), raw.sigmoid, (dy, dx, n, y) => raw.sigmoid_back(y.at, dy, dx, n)),
    exp: (x) => elementwise(pass, "exp", own("exp", x), raw.exp, (dy, dx, n, y) => raw.multiply(y.at, dy, dx, n)),
    log: (node) => {
      const x = own("log", node)
      return elementwise(pass, "log", x, raw.log, (dy, dx, n) => raw.divide(dy, x.value.at, dx, n))
    },
    square: (node) => {
      const x = own("square", node)
      return elementwise(
        pass,
        "square",
        x,
        (from, y, n) => raw.multiply(from, from, y, n),
        (dy, dx, n) => raw.square_back(x.value.at, dy, dx, n)
      )
    },
    clamp: (node, low, high) => {
      const x = own("clamp", node)
      if (!(low <= high)) throw new GradientError("clamp", "low <= high", `${low} and ${high}`)
      return elementwise(
        pass,
        "clamp",
        x,
        (from, y, n) => raw.clamp(from, y, low, high, n),
        (dy, dx, n) => raw.clamp_back(x.value.at, dy, dx, low, high, n)
      )
    },

    softmax: (x) => softmax(pass, "softmax", own("softmax", x)),
    logSoftmax: (x) => softmax(pass, "logSoftmax", own("logSoftmax", x)),
    layerNorm: (x, gain, shift, epsilon) => layerNorm(pass, own("layerNorm", x), own("layerNorm", gain), own("layerNorm", shift), epsilon),
    groupNorm: (x, gain, shift, groups, epsilon) =>
      groupNorm(pass, own("groupNorm", x), own("groupNorm", gain), own("groupNorm", shift), groups, epsilon),
    dropout: (x, rate, fill) => dropout(pass, own("dropout", x), rate, fill),

    embedding: (table, ids, shape) => embedding(pass, own("embedding", table), ids, shape),
    gather: (x, ids) => gather(pass, own("gather", x), ids),
    reshape: (x, shape) => reshape(pass, own("reshape", x), shape),
    transpose: (x, axes) => transpose(pass, own("transpose", x), axes),
    slice: (x, axis, from, to) => slice(pass, own("slice", x), axis, from, to),
    concat: (parts, axis) =>
      concat(
        pass,
        parts.map((part) => own("concat", part)),
        axis
      ),
    causalMask: (scores) => causalMask(pass, own("causalMask", scores)),

    meanOver: (x, axis) => meanOver(pass, own("meanOver", x), axis),
    sumLast: (x) => sumLast(pass, own("sumLast", x)),
    sumAll: (x) => sumAll(pass, "sumAll", own("sumAll", x)),
    meanAll: (x) => sumAll(pass, "meanAll", own("meanAll", x)),

    softmaxCrossEntropy: (logits, classes, options) => softmaxCrossEntropy(pass, own("softmaxCrossEntropy", logits), classes, options),
    meanSquaredError: (x, target, { denominator }) =>
      elementLoss(pass, "meanSquaredError", own("meanSquaredError", x), target, denominator, 1),
    binaryCrossEntropy: (logits, target, { denominator }) =>
      elementLoss(pass, "binaryCrossEntropy", own("binaryCrossEntropy", logits), target, denominator, 1),
    huber: (x, target, { denominator, delta }) => elementLoss(pass, "huber", own("huber", x), target, denominator, delta),

    backward: (loss) => pass.backwards(own("backward", loss)),
    gradientOf: (x) => own("gradientOf", x).gradient,
    scalar: (node) => {
      const x = own("scalar", node)
      if (x.value.length !== 1) throw new GradientError("scalar", "a node of one element", shapeText(x.shape))
      return pass.number(x.value)
    }
  }
  return { tape, end: () => pass.end() }
}
