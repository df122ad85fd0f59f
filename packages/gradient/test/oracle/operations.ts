/**
 * Runs a stored case of an operation on the tape. Sharp edge: weights go in as parameters, whose gradients are summed sample by sample, and
 * everything else as variables.
 */
import type { Device, Node, Parameter, Tape, Tensor } from "../../src/index.ts"
import { elements, type Formula, integers, numbers } from "./formula.ts"
import type { Stored } from "./stored.ts"

/** A stored case of an operation. */
export interface Operation {
  readonly name: string
  readonly op: string
  readonly options: unknown
  readonly inputs: Readonly<Record<string, Formula>>
  readonly constants: Readonly<Record<string, Formula>>
  readonly ids?: { readonly seed: number; readonly shape: ReadonlyArray<number>; readonly below: number }
  readonly upstream: number
  readonly key: string
}

/** What a case gives: its tensors by name, ids, target and options. */
interface Given {
  readonly at: (name: string) => Node
  readonly bias: Node | undefined
  readonly ids: Int32Array
  readonly idsShape: ReadonlyArray<number>
  readonly target: Float32Array
}

/** Attention as the layer composes it. */
const attention = (tape: Tape, { at }: Given, { causal }: { causal: boolean }): Node => {
  const scores = tape.scale(tape.matmul(at("q"), at("k"), { transposeB: true }), 1 / Math.sqrt(at("q").shape.at(-1) ?? 0))
  return tape.matmul(tape.softmax(causal ? tape.causalMask(scores) : scores), at("v"))
}

type Run = (tape: Tape, given: Given, options: never) => Node
const define = <O>(run: (tape: Tape, given: Given, options: O) => Node): Run => run as Run

const unary =
  (name: "negate" | "globalAveragePool" | "relu" | "gelu" | "tanh" | "sigmoid" | "exp" | "log" | "square") =>
  (tape: Tape, { at }: Given): Node =>
    name === "negate" ? tape.negate(at("a")) : tape[name](at("x"))

type Windows = Parameters<Tape["maxPool2d"]>[1]

const operations: Readonly<Record<string, Run>> = {
  add: (tape, { at }) => tape.add(at("a"), at("b")),
  subtract: (tape, { at }) => tape.subtract(at("a"), at("b")),
  multiply: (tape, { at }) => tape.multiply(at("a"), at("b")),
  minimum: (tape, { at }) => tape.minimum(at("a"), at("b")),
  scale: define((tape, { at }, { by }: { by: number }) => tape.scale(at("a"), by)),
  addScalar: define((tape, { at }, { by }: { by: number }) => tape.addScalar(at("a"), by)),
  negate: unary("negate"),
  linear: (tape, { at, bias }) => tape.linear(at("x"), at("w"), bias),
  matmul: define((tape, { at }, options: { transposeB: boolean }) => tape.matmul(at("a"), at("b"), options)),
  conv2d: define((tape, { at, bias }, options: Parameters<Tape["conv2d"]>[3]) => tape.conv2d(at("x"), at("w"), bias, options)),
  maxPool2d: define((tape, { at }, windows: Windows) => tape.maxPool2d(at("x"), windows)),
  averagePool2d: define((tape, { at }, windows: Windows) => tape.averagePool2d(at("x"), windows)),
  globalAveragePool: unary("globalAveragePool"),
  relu: unary("relu"),
  gelu: unary("gelu"),
  tanh: unary("tanh"),
  sigmoid: unary("sigmoid"),
  exp: unary("exp"),
  log: unary("log"),
  square: unary("square"),
  clamp: define((tape, { at }, { lo, hi }: { lo: number; hi: number }) => tape.clamp(at("x"), lo, hi)),
  softmax: (tape, { at }) => tape.softmax(at("x")),
  logSoftmax: (tape, { at }) => tape.logSoftmax(at("x")),
  layerNorm: define((tape, { at }, { epsilon }: { epsilon: number }) => tape.layerNorm(at("x"), at("gain"), at("shift"), epsilon)),
  groupNorm: define((tape, { at }, { groups, epsilon }: { groups: number; epsilon: number }) =>
    tape.groupNorm(at("x"), at("gain"), at("shift"), groups, epsilon)
  ),
  embedding: (tape, { at, ids, idsShape }) => tape.embedding(at("table"), ids, idsShape),
  gather: (tape, { at, ids }) => tape.gather(at("x"), ids),
  transpose: define((tape, { at }, { axes }: { axes: ReadonlyArray<number> }) => tape.transpose(at("x"), axes)),
  meanOver: define((tape, { at }, { axis }: { axis: number }) => tape.meanOver(at("x"), axis)),
  sumLast: (tape, { at }) => tape.sumLast(at("x")),
  sumAll: (tape, { at }) => tape.sumAll(at("x")),
  meanAll: (tape, { at }) => tape.meanAll(at("x")),
  attention: define(attention),
  softmaxCrossEntropy: define((tape, { at, ids }, options: Parameters<Tape["softmaxCrossEntropy"]>[2]) =>
    tape.softmaxCrossEntropy(at("x"), ids, options)
  ),
  binaryCrossEntropy: define((tape, { at, target }, options: { denominator: number }) => tape.binaryCrossEntropy(at("x"), target, options)),
  meanSquaredError: define((tape, { at, target }, options: { denominator: number }) => tape.meanSquaredError(at("x"), target, options)),
  huber: define((tape, { at, target }, options: { denominator: number; delta: number }) => tape.huber(at("x"), target, options))
}

/** Weights are parameters, everything else is a variable. */
const isParameter = (op: string, name: string, formula: Formula): boolean =>
  ["w", "gain", "shift", "table"].includes(name) || (name === "b" && (op === "linear" || op === "conv2d" || formula.shape.length === 1))

/** The value of a case under the key `y`, and the gradient of each input under its name, of the loss sum(y × upstream). */
export const runOperation = (device: Device, row: Operation): ReadonlyMap<string, Stored> => {
  const parameters = new Map<string, Parameter>()
  for (const [name, formula] of Object.entries(row.inputs)) {
    if (isParameter(row.op, name, formula)) parameters.set(name, device.parameter(name, formula.shape, numbers(formula)))
  }
  const tape = device.pass()
  const nodes = new Map<string, Node>()
  for (const [name, formula] of Object.entries(row.inputs)) {
    const parameter = parameters.get(name)
    nodes.set(name, parameter === undefined ? tape.variable(formula.shape, numbers(formula)) : tape.parameter(parameter))
  }
  const run = operations[row.op]
  if (run === undefined) throw new Error(`no operation is known by the name ${row.op}`)
  const { ids } = row
  const { target } = row.constants
  const y = run(
    tape,
    {
      at: (name) => {
        const node = nodes.get(name)
        if (node === undefined) throw new Error(`the case "${row.name}" has no input ${name}`)
        return node
      },
      bias: nodes.get("b"),
      ids: ids === undefined ? new Int32Array(0) : integers(ids.seed, elements(ids.shape), ids.below),
      idsShape: ids?.shape ?? [],
      target: target === undefined ? new Float32Array(0) : numbers(target)
    },
    row.options as never
  )
  const upstream = numbers({ seed: row.upstream, shape: y.shape, scale: 1, offset: 0 })
  const loss = y.shape.length === 0 ? tape.scale(y, upstream[0] ?? 0) : tape.sumAll(tape.multiply(y, tape.constant(y.shape, upstream)))
  tape.backward(loss)
  const read = (tensor: Tensor) => ({ shape: tensor.shape, values: device.read(tensor) })
  const found = new Map([["y", read(y.value)]])
  for (const [name, node] of nodes) {
    const gradient = parameters.get(name)?.gradient ?? tape.gradientOf(node)
    if (gradient !== undefined) found.set(name, read(gradient))
  }
  return found
}
