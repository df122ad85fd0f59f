import { describe, expect, it } from "vitest"
import type { Device, Node, Shape, Tape } from "../src/index.ts"
import { at, device, ofShape } from "./Reference.ts"

interface Case {
  readonly name: string
  readonly shapes: ReadonlyArray<Shape>
  readonly make: (tape: Tape, inputs: ReadonlyArray<Node>) => Node
  /** Moves the numbers of [-1, 1) to where the operation is smooth. */
  readonly prepare?: (value: number, index: number) => number
}

const one = (inputs: ReadonlyArray<Node>): Node => pick(inputs, 0)
const pick = (inputs: ReadonlyArray<Node>, index: number): Node => {
  const node = inputs[index]
  if (node === undefined) throw new RangeError(`no input ${index}`)
  return node
}
const unary = (name: string, apply: (tape: Tape, x: Node) => Node, prepare?: Case["prepare"], shape: Shape = [3, 5]): Case => ({
  name,
  shapes: [shape],
  make: (tape, inputs) => apply(tape, one(inputs)),
  ...(prepare === undefined ? {} : { prepare })
})
const binary = (name: "add" | "subtract" | "multiply", second: Shape): Case => ({
  name: `${name} with ${JSON.stringify(second)}`,
  shapes: [[3, 2, 5], second],
  make: (tape, inputs) => tape[name](pick(inputs, 0), pick(inputs, 1))
})
/** Away from zero by at least 0.1. */
const apart = (value: number) => value + (value < 0 ? -0.1 : 0.1)
const positive = (value: number) => value + 1.5
/** All different by at least 0.05, in a scattered order. */
const spread = (_: number, index: number) => ((index * 37) % 101) * 0.05 - 2
const words = (drawn: Uint32Array) => drawn.set(drawn.map((_, i) => (i % 3 === 0 ? 0 : 0xffffffff)))
const target = (count: number, from: number, step: number) => Float32Array.from({ length: count }, (_, i) => from + (i % 4) * step)

const cases: ReadonlyArray<Case> = [
  ...(["add", "subtract", "multiply"] as const).flatMap((name) => [[3, 2, 5], [2, 5], [5], []].map((shape) => binary(name, shape))),
  unary("scale", (tape, x) => tape.scale(x, -1.5)),
  unary("negate", (tape, x) => tape.negate(x)),
  unary("addScalar", (tape, x) => tape.square(tape.addScalar(x, 0.7))),
  unary("relu", (tape, x) => tape.relu(x), apart),
  unary("gelu", (tape, x) => tape.gelu(tape.scale(x, 3))),
  unary("tanh", (tape, x) => tape.tanh(tape.scale(x, 2))),
  unary("sigmoid", (tape, x) => tape.sigmoid(tape.scale(x, 3))),
  unary("exp", (tape, x) => tape.exp(x)),
  unary("log", (tape, x) => tape.log(x), positive),
  unary("square", (tape, x) => tape.square(x)),
  unary("clamp", (tape, x) => tape.clamp(x, -0.53, 0.47), spread),
  {
    name: "minimum",
    shapes: [
      [3, 4],
      [3, 4]
    ],
    make: (tape, inputs) => tape.minimum(pick(inputs, 0), tape.scale(pick(inputs, 1), -1.01)),
    prepare: spread
  },
  unary("softmax", (tape, x) => tape.softmax(x)),
  unary("logSoftmax", (tape, x) => tape.logSoftmax(x)),
  {
    name: "layerNorm",
    shapes: [[2, 3, 6], [6], [6]],
    make: (tape, [x, g, s]) => tape.layerNorm(x ?? never(), g ?? never(), s ?? never(), 1e-3)
  },
  {
    name: "groupNorm",
    shapes: [[2, 3, 2, 6], [6], [6]],
    make: (tape, [x, g, s]) => tape.groupNorm(x ?? never(), g ?? never(), s ?? never(), 3, 1e-3)
  },
  unary("dropout", (tape, x) => tape.dropout(x, 0.25, words)),
  { name: "linear", shapes: [[2, 3, 4], [4, 5], [5]], make: (tape, [x, w, b]) => tape.linear(x ?? never(), w ?? never(), b) },
  {
    name: "matmul",
    shapes: [
      [2, 3, 4],
      [2, 4, 5]
    ],
    make: (tape, [a, b]) => tape.matmul(a ?? never(), b ?? never())
  },
  {
    name: "conv2d",
    shapes: [[2, 5, 4, 2], [3, 3, 2, 3], [3]],
    make: (tape, [x, w, b]) => tape.conv2d(x ?? never(), w ?? never(), b, { stride: [2, 1], padding: "same" })
  },
  unary("maxPool2d", (tape, x) => tape.maxPool2d(x, { size: [2, 2], stride: [1, 2] }), spread, [1, 3, 4, 2]),
  unary("averagePool2d", (tape, x) => tape.averagePool2d(x, { size: [2, 2], stride: [1, 2] }), undefined, [1, 3, 4, 2]),
  unary("globalAveragePool", (tape, x) => tape.globalAveragePool(x), undefined, [2, 3, 2, 3]),
  unary("embedding", (tape, x) => tape.embedding(x, Int32Array.of(2, 0, 2, 1, 1, 2), [2, 3])),
  unary("gather", (tape, x) => tape.gather(x, Int32Array.of(4, 0, 2))),
  unary("reshape", (tape, x) => tape.square(tape.reshape(tape.square(x), [5, 3]))),
  unary("transpose", (tape, x) => tape.transpose(x, [2, 0, 3, 1]), undefined, [2, 3, 2, 2]),
  unary("slice", (tape, x) => tape.slice(x, 1, 1, 3), undefined, [2, 4, 3]),
  {
    name: "concat",
    shapes: [
      [2, 1, 3],
      [2, 2, 3]
    ],
    make: (tape, [a, b]) => tape.concat([a ?? never(), b ?? never(), a ?? never()], 1)
  },
  unary("causalMask with softmax", (tape, x) => tape.softmax(tape.causalMask(x)), undefined, [2, 3, 3]),
  unary("meanOver", (tape, x) => tape.meanOver(x, 1), undefined, [2, 4, 3]),
  unary("sumLast", (tape, x) => tape.square(tape.sumLast(x))),
  unary("sumAll", (tape, x) => tape.square(tape.sumAll(x))),
  unary("meanAll", (tape, x) => tape.square(tape.meanAll(x))),
  unary("a value used twice", (tape, x) => tape.multiply(tape.tanh(x), tape.add(x, tape.tanh(x)))),
  unary("softmaxCrossEntropy", (tape, x) => tape.softmaxCrossEntropy(x, Int32Array.of(4, 0, 2), { denominator: 4, label_smoothing: 0.1 })),
  unary("meanSquaredError", (tape, x) => tape.meanSquaredError(x, target(15, -1, 0.6), { denominator: 2 })),
  unary("binaryCrossEntropy", (tape, x) => tape.binaryCrossEntropy(x, target(15, 0, 0.33), { denominator: 2 })),
  unary("huber", (tape, x) => tape.huber(x, target(15, -3, 1.9), { denominator: 2, delta: 0.6 }))
]

function never(): never {
  throw new RangeError("an input is missing")
}

const valuesOf = ({ shapes, prepare = (value: number) => value }: Case): ReadonlyArray<Float32Array> =>
  shapes.map((shape, i) => ofShape(shape, i + 11).map((value, index) => prepare(value, index)))

/** sum of the outputs times fixed weights, in f64. */
const weighed = (machine: Device, { shapes, make }: Case, values: ReadonlyArray<Float32Array>): number => {
  const tape = machine.pass()
  const y = machine.read(
    make(
      tape,
      shapes.map((shape, i) => tape.constant(shape, values[i] ?? never()))
    ).value
  )
  const weights = ofShape([y.length], 5)
  return y.reduce((sum, value, i) => sum + value * at(weights, i), 0)
}

describe("the gradient of", () => {
  for (const example of cases) {
    it(`${example.name} is the slope between neighbours`, async () => {
      const machine = await device()
      const values = valuesOf(example)
      const tape = machine.pass()
      const inputs = example.shapes.map((shape, i) => tape.variable(shape, values[i] ?? never()))
      const y = example.make(tape, inputs)
      tape.backward(tape.sumAll(tape.multiply(y, tape.constant(y.shape, ofShape([y.value.length], 5)))))
      const found = inputs.map((input) => machine.read(tape.gradientOf(input) ?? never()))
      const step = 2 ** -8
      for (const [i, slopes] of found.entries()) {
        for (const [index, slope] of slopes.entries()) {
          const moved = (by: number) =>
            weighed(
              machine,
              example,
              values.map((v, j) => (i === j ? v.with(index, at(v, index) + by) : v))
            )
          const numeric = (moved(step) - moved(-step)) / (2 * step)
          expect(Math.abs(slope - numeric), `input ${i}, element ${index}: ${slope} and ${numeric}`).toBeLessThan(
            1e-3 * (1 + Math.abs(numeric))
          )
        }
      }
    })
  }

  it("a parameter behind a reshape gathers where the parameter's does", async () => {
    const machine = await device()
    const parameter = machine.parameter("p", [4], Float32Array.of(1, 2, 3, 4))
    const tape = machine.pass()
    tape.backward(tape.sumAll(tape.square(tape.reshape(tape.parameter(parameter), [2, 2]))))
    expect([...machine.read(parameter.gradient)]).toEqual([2, 4, 6, 8])
  })

  it("one of two values that were handed the same gradient stays as it is when the other gets more", async () => {
    const machine = await device()
    const tape = machine.pass()
    const [x, y] = [tape.variable([2], Float32Array.of(3, 5)), tape.variable([2], Float32Array.of(1, 1))]
    const squares = tape.square(x)
    tape.backward(tape.sumAll(tape.add(squares, tape.add(x, y))))
    expect([...machine.read(tape.gradientOf(x) ?? never())]).toEqual([7, 11])
    expect([...machine.read(tape.gradientOf(y) ?? never())]).toEqual([1, 1])
  })

  it("a detached value is none", async () => {
    const machine = await device()
    const tape = machine.pass()
    const x = tape.variable([2], Float32Array.of(3, 5))
    tape.backward(tape.sumAll(tape.multiply(x, tape.detach(tape.square(x)))))
    expect([...machine.read(tape.gradientOf(x) ?? never())]).toEqual([9, 25])
  })
})
