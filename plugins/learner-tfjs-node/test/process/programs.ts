/**
 * Every operation of a tape as a program that runs on any device: variables with drawn numbers, and what is made of them. The value of a
 * program is compared between two devices, and the gradients of its variables for a weighted sum of the value.
 */
import type { Node, Tape } from "@feagi-trainer/gradient"

export interface Program {
  readonly name: string
  readonly inputs: ReadonlyArray<ReadonlyArray<number>>
  readonly run: (tape: Tape, ...inputs: ReadonlyArray<Node>) => Node
  /** Numbers from 0.5 to 1.5 instead of -1 to 1. */
  readonly positive?: true
}

type Run = (tape: Tape, x: Node) => Node

const unary = (name: string, run: Run, positive?: true): Program => ({
  name,
  inputs: [[3, 5]],
  run: (tape, x) => run(tape, given(x)),
  ...(positive === undefined ? {} : { positive })
})

/** What a program was given. */
const given = (x: Node | undefined): Node => {
  if (x === undefined) throw new Error("a program was given fewer inputs than it names")
  return x
}

const of2 =
  (run: (tape: Tape, a: Node, b: Node) => Node): Program["run"] =>
  (tape, a, b) =>
    run(tape, given(a), given(b))
const of3 =
  (run: (tape: Tape, a: Node, b: Node, c: Node) => Node): Program["run"] =>
  (tape, a, b, c) =>
    run(tape, given(a), given(b), given(c))

const windows = { size: [2, 2], stride: [2, 1] } as const
const picture = [2, 5, 6, 4]
const classes = Int32Array.of(1, 0, 4)
const targets = Float32Array.from({ length: 15 }, (_, index) => (index % 4) / 3)

/** Words that grow by a large odd number: some below every rate. */
const words = (filled: Uint32Array): void => {
  for (const index of filled.keys()) filled[index] = Math.imul(index + 1, 2654435761)
}

export const programs: ReadonlyArray<Program> = [
  {
    name: "add",
    inputs: [
      [3, 5],
      [3, 5]
    ],
    run: of2((tape, a, b) => tape.add(a, b))
  },
  {
    name: "add along the last axes",
    inputs: [
      [2, 3, 5],
      [3, 5]
    ],
    run: of2((tape, a, b) => tape.add(a, b))
  },
  { name: "subtract", inputs: [[2, 3, 5], [5]], run: of2((tape, a, b) => tape.subtract(a, b)) },
  { name: "multiply", inputs: [[2, 3, 5], [5]], run: of2((tape, a, b) => tape.multiply(a, b)) },
  {
    name: "minimum",
    inputs: [
      [3, 5],
      [3, 5]
    ],
    run: of2((tape, a, b) => tape.minimum(a, b))
  },
  { name: "a node used twice", inputs: [[3, 5]], run: (tape, x) => tape.multiply(given(x), tape.add(given(x), given(x))) },
  { name: "detach", inputs: [[3, 5]], run: (tape, x) => tape.multiply(given(x), tape.detach(given(x))) },
  unary("scale", (tape, x) => tape.scale(x, -2.5)),
  unary("addScalar", (tape, x) => tape.addScalar(x, 3)),
  unary("negate", (tape, x) => tape.negate(x)),
  unary("relu", (tape, x) => tape.relu(x)),
  unary("gelu", (tape, x) => tape.gelu(x)),
  unary("tanh", (tape, x) => tape.tanh(x)),
  unary("sigmoid", (tape, x) => tape.sigmoid(x)),
  unary("exp", (tape, x) => tape.exp(x)),
  unary("log", (tape, x) => tape.log(x), true),
  unary("square", (tape, x) => tape.square(x)),
  unary("clamp", (tape, x) => tape.clamp(x, -0.4, 0.3)),
  unary("dropout", (tape, x) => tape.dropout(x, 0.4, words)),
  unary("softmax", (tape, x) => tape.softmax(x)),
  unary("logSoftmax", (tape, x) => tape.logSoftmax(x)),
  unary("gather", (tape, x) => tape.gather(x, classes)),
  unary("reshape", (tape, x) => tape.reshape(x, [5, 3])),
  unary("slice", (tape, x) => tape.slice(x, 1, 1, 3)),
  unary("meanOver", (tape, x) => tape.meanOver(x, 1)),
  unary("sumLast", (tape, x) => tape.sumLast(x)),
  unary("sumAll", (tape, x) => tape.sumAll(x)),
  unary("meanAll", (tape, x) => tape.meanAll(x)),
  { name: "transpose", inputs: [[2, 3, 4]], run: (tape, x) => tape.transpose(given(x), [2, 0, 1]) },
  {
    name: "concat",
    inputs: [
      [2, 3],
      [2, 1]
    ],
    run: of2((tape, a, b) => tape.concat([a, b, a], 1))
  },
  {
    name: "causalMask",
    inputs: [[2, 4, 4]],
    run: (tape, x) => tape.softmax(tape.causalMask(given(x)))
  },
  { name: "linear", inputs: [[2, 3, 5], [5, 4], [4]], run: of3((tape, x, w, b) => tape.linear(x, w, b)) },
  {
    name: "linear without bias",
    inputs: [
      [7, 5],
      [5, 4]
    ],
    run: of2((tape, x, w) => tape.linear(x, w, undefined))
  },
  {
    name: "matmul",
    inputs: [
      [2, 3, 4, 5],
      [2, 3, 5, 6]
    ],
    run: of2((tape, a, b) => tape.matmul(a, b))
  },
  {
    name: "matmul, transposed",
    inputs: [
      [2, 4, 5],
      [2, 6, 5]
    ],
    run: of2((tape, a, b) => tape.matmul(a, b, { transposeB: true }))
  },
  {
    name: "conv2d, same",
    inputs: [picture, [3, 3, 4, 5], [5]],
    run: of3((tape, x, w, b) => tape.conv2d(x, w, b, { stride: [1, 1], padding: "same" }))
  },
  {
    name: "conv2d, same, with an odd zero and strides",
    inputs: [picture, [2, 3, 4, 5], [5]],
    run: of3((tape, x, w, b) => tape.conv2d(x, w, b, { stride: [2, 2], padding: "same" }))
  },
  {
    name: "conv2d, valid",
    inputs: [picture, [3, 2, 4, 5]],
    run: of2((tape, x, w) => tape.conv2d(x, w, undefined, { stride: [1, 2], padding: "valid" }))
  },
  { name: "maxPool2d", inputs: [picture], run: (tape, x) => tape.maxPool2d(given(x), windows) },
  { name: "averagePool2d", inputs: [picture], run: (tape, x) => tape.averagePool2d(given(x), windows) },
  { name: "globalAveragePool", inputs: [picture], run: (tape, x) => tape.globalAveragePool(given(x)) },
  { name: "layerNorm", inputs: [[2, 3, 8], [8], [8]], run: of3((tape, x, gain, shift) => tape.layerNorm(x, gain, shift, 1e-5)) },
  { name: "groupNorm", inputs: [picture, [4], [4]], run: of3((tape, x, gain, shift) => tape.groupNorm(x, gain, shift, 2, 1e-5)) },
  { name: "embedding", inputs: [[7, 4]], run: (tape, table) => tape.embedding(given(table), Int32Array.of(1, 6, 1, 0, 3, 1), [2, 3]) },
  unary("softmaxCrossEntropy", (tape, x) => tape.softmaxCrossEntropy(x, classes, { denominator: 5, label_smoothing: 0.1 })),
  unary("meanSquaredError", (tape, x) => tape.meanSquaredError(x, targets, { denominator: 3 })),
  unary("binaryCrossEntropy", (tape, x) => tape.binaryCrossEntropy(x, targets, { denominator: 3 })),
  unary("huber", (tape, x) => tape.huber(x, targets, { denominator: 3, delta: 0.3 }))
]
