import { describe, expect, it } from "vitest"
import type { Device, Node, Parameter, Shape, Tape } from "../src/index.ts"
import { bits, device, ofShape } from "./Reference.ts"

const batch = 8

/** A model of one operation on a part of the batch; the loss is a sum over samples with fixed weights. */
interface Model {
  readonly name: string
  readonly input: Shape
  readonly parameters: ReadonlyArray<Shape>
  readonly apply: (tape: Tape, x: Node, parameters: ReadonlyArray<Node>, part: { readonly from: number; readonly count: number }) => Node
}

const need = (nodes: ReadonlyArray<Node>, index: number): Node => {
  const node = nodes[index]
  if (node === undefined) throw new RangeError(`no node ${index}`)
  return node
}
/** Twelve ids per sample, many of them more than once. */
const ids = Int32Array.from({ length: batch * 12 }, (_, i) => (i * i * 7 + 3 * i) % 5)

const models: ReadonlyArray<Model> = [
  { name: "linear", input: [6], parameters: [[6, 19], [19]], apply: (tape, x, p) => tape.linear(x, need(p, 0), need(p, 1)) },
  {
    name: "linear over a sequence",
    input: [5, 6],
    parameters: [[6, 18], [18]],
    apply: (tape, x, p) => tape.linear(x, need(p, 0), need(p, 1))
  },
  {
    name: "conv2d",
    input: [6, 5, 3],
    parameters: [[3, 3, 3, 17], [17]],
    apply: (tape, x, p) => tape.conv2d(x, need(p, 0), need(p, 1), { stride: [1, 1], padding: "same" })
  },
  {
    name: "conv2d with one position",
    input: [3, 3, 2],
    parameters: [[3, 3, 2, 5], [5]],
    apply: (tape, x, p) => tape.conv2d(x, need(p, 0), need(p, 1), { stride: [1, 1], padding: "valid" })
  },
  { name: "layerNorm", input: [4, 7], parameters: [[7], [7]], apply: (tape, x, p) => tape.layerNorm(x, need(p, 0), need(p, 1), 1e-5) },
  {
    name: "groupNorm",
    input: [3, 3, 6],
    parameters: [[6], [6]],
    apply: (tape, x, p) => tape.groupNorm(x, need(p, 0), need(p, 1), 2, 1e-5)
  },
  {
    name: "a sum with a learned row",
    input: [4, 7],
    parameters: [[4, 7], [7]],
    apply: (tape, x, p) => tape.subtract(tape.add(x, need(p, 0)), need(p, 1))
  },
  {
    name: "a product with a learned row",
    input: [4, 7],
    parameters: [[7], []],
    apply: (tape, x, p) => tape.multiply(tape.multiply(x, need(p, 0)), need(p, 1))
  },
  {
    name: "embedding",
    input: [12, 3],
    parameters: [[5, 3]],
    apply: (tape, x, p, { from, count }) =>
      tape.multiply(x, tape.embedding(need(p, 0), ids.slice(from * 12, (from + count) * 12), [count, 12]))
  }
]

interface Outcome {
  readonly gradients: Array<Array<number>>
  readonly outputs: Array<number>
}

const run = (machine: Device, { input, parameters: shapes, apply }: Model, size: number): Outcome => {
  const parameters: ReadonlyArray<Parameter> = shapes.map((shape, i) => machine.parameter(`p${i}`, shape, ofShape(shape, i + 3)))
  const x = ofShape([batch, ...input], 1)
  const width = x.length / batch
  const outputs: Array<number> = []
  for (let from = 0; from < batch; from += size) {
    const tape = machine.pass()
    const part = x.slice(from * width, (from + size) * width)
    const y = apply(
      tape,
      tape.constant([size, ...input], part),
      parameters.map((parameter) => tape.parameter(parameter)),
      { from, count: size }
    )
    const target = ofShape([batch, ...y.shape.slice(1)], 2)
    const each = y.value.length / size
    outputs.push(...bits(machine.read(y.value)))
    tape.backward(tape.meanSquaredError(y, target.slice(from * each, (from + size) * each), { denominator: batch }))
  }
  return { gradients: parameters.map(({ gradient }) => bits(machine.read(gradient))), outputs }
}

describe("where a batch is cut does not show", () => {
  for (const model of models) {
    it(`in the outputs and gradients of ${model.name}: 8 = 2 x 4 = 8 x 1, bit for bit`, async () => {
      const machine = await device()
      const whole = run(machine, model, batch)
      expect(whole.gradients.every((gradient) => gradient.some((word) => word !== 0))).toBe(true)
      expect(run(machine, model, 4)).toEqual(whole)
      expect(run(machine, model, 1)).toEqual(whole)
    })
  }

  it("in dropout, whose words are drawn in the order of the samples", async () => {
    const machine = await device()
    const draw = () => {
      let next = 0
      return (words: Uint32Array) => {
        for (const i of words.keys()) {
          next += 0x9e3779b9
          words[i] = next
        }
      }
    }
    const outputs = (size: number) => {
      const fill = draw()
      return Array.from({ length: batch / size }, () => {
        const tape = machine.pass()
        return [...machine.read(tape.dropout(tape.constant([size, 5], new Float32Array(size * 5).fill(1)), 0.5, fill).value)]
      }).flat()
    }
    expect(new Set(outputs(batch))).toEqual(new Set([0, 2]))
    expect(outputs(2)).toEqual(outputs(batch))
  })
})
