/**
 * What operations need of a pass: scratch tensors, the list of what to run backwards, and where gradients gather. Sharp edge: `take` gives
 * memory with old numbers in it; a kernel that adds wants `zeros`.
 */
import { GradientError } from "./GradientError.ts"
import type { Memory } from "./Memory.ts"
import { elementsOf, type Node, type Parameter, type Shape, type Tensor } from "./Tensor.ts"
import { shapeText, Value } from "./Value.ts"
import type { RawKernels } from "./Wasm.ts"

/** Throws unless every axis is a positive integer and the whole can be addressed. */
export const checkShape = (operation: string, shape: Shape): void => {
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis > 0) || elementsOf(shape) >= 2 ** 30) {
    throw new GradientError(operation, "positive whole axes of less than 2^30 elements together", shapeText(shape))
  }
}

export class Recorder {
  readonly memory: Memory
  readonly raw: RawKernels
  readonly #values: Array<Value> = []
  #spent = false
  #went = false

  constructor(memory: Memory) {
    this.memory = memory
    this.raw = memory.raw
  }

  /** Ends the pass: its memory belongs to the next one. */
  end(): void {
    this.#spent = true
  }

  /** The node, if it is of this pass and the pass is the present one. */
  own(operation: string, node: Node): Value {
    if (this.#spent) throw new GradientError(operation, "a node of the present pass", "a tape that the device's next pass() has ended")
    if (!(node instanceof Value) || node.pass !== this) throw new GradientError(operation, "a node of this tape", "a node of another tape")
    return node
  }

  tensor(operation: string, shape: Shape): Tensor {
    if (this.#spent) throw new GradientError(operation, "the present pass", "a tape that the device's next pass() has ended")
    checkShape(operation, shape)
    const length = elementsOf(shape)
    return { shape: [...shape], length, at: this.memory.take(operation, length) }
  }

  zeros(operation: string, shape: Shape): Tensor {
    const tensor = this.tensor(operation, shape)
    this.raw.zero(tensor.at, tensor.length)
    return tensor
  }

  /** Bytes of scratch memory for `elements` numbers. */
  scratch(operation: string, elements: number): number {
    return this.memory.take(operation, elements)
  }

  /** A tensor of these values. */
  filled(operation: string, shape: Shape, values: Float32Array): Tensor {
    checkShape(operation, shape)
    if (values.length !== elementsOf(shape)) {
      throw new GradientError(operation, `${elementsOf(shape)} values for the shape ${shapeText(shape)}`, `${values.length} values`)
    }
    const tensor = this.tensor(operation, shape)
    this.memory.floats.set(values, tensor.at / 4)
    return tensor
  }

  /** The address of whole numbers in memory, each of [0, limit). */
  integers(operation: string, ids: Int32Array, count: number, limit: number): number {
    if (ids.length !== count) throw new GradientError(operation, `${count} ids`, `${ids.length} ids`)
    const wrong = ids.findIndex((id) => id < 0 || id >= limit)
    if (wrong >= 0) throw new GradientError(operation, `ids of 0 to ${limit - 1}`, `${ids[wrong]} at index ${wrong}`)
    const at = this.scratch(operation, count)
    new Int32Array(this.memory.floats.buffer, at, count).set(ids)
    return at
  }

  number(tensor: Tensor): number {
    const value = this.memory.floats[tensor.at / 4]
    if (value === undefined) throw new RangeError(`no number at byte ${tensor.at}`)
    return value
  }

  /** Notes a value that came from the parents; `back` runs once, with its whole gradient, and only if a parent wants one. */
  record(value: Tensor, parents: ReadonlyArray<Value>, back: (dy: Tensor) => void): Value {
    const needs = parents.some((parent) => parent.needs)
    const node = new Value(this, value, needs, needs ? back : undefined)
    if (needs) this.#values.push(node)
    return node
  }

  /** A value without parents. */
  leaf(value: Tensor, needs: boolean): Value {
    return new Value(this, value, needs, undefined)
  }

  /** A parameter: its gradient gathers where the device keeps it. */
  parameterLeaf(parameter: Parameter, shape: Shape): Value {
    const node = this.leaf({ ...parameter.value, shape }, true)
    node.gradient = { ...parameter.gradient, shape }
    node.owned = true
    return node
  }

  /** Adds dx to the gradient of x. `fresh`: nobody else holds dx, so x may keep it and add to it. */
  give(x: Value, dx: Tensor, fresh = true): void {
    if (!x.needs) return
    if (x.gradient === undefined) {
      x.gradient = dx
      x.owned = fresh
      return
    }
    const sum = x.owned ? x.gradient : this.tensor("backward", x.shape)
    this.raw.add(x.gradient.at, dx.at, sum.at, sum.length)
    x.gradient = sum
    x.owned = true
  }

  /** Where kernels add to the gradient of x. */
  accumulator(x: Value): Tensor {
    if (x.gradient === undefined) x.gradient = this.zeros("backward", x.shape)
    else if (!x.owned) {
      const own = this.tensor("backward", x.shape)
      this.raw.copy(x.gradient.at, own.at, own.length)
      x.gradient = own
    }
    x.owned = true
    return x.gradient
  }

  backwards(loss: Value): void {
    if (loss.shape.length !== 0) throw new GradientError("backward", "a loss of the shape []", shapeText(loss.shape))
    if (this.#went) throw new GradientError("backward", "one backward per tape (sum the losses, or begin another pass)", "a second one")
    if (!loss.needs)
      throw new GradientError("backward", "a loss that depends on a parameter or a variable", "one that depends on constants only")
    this.#went = true
    const one = this.tensor("backward", [])
    this.raw.fill(one.at, 1, 1)
    this.give(loss, one)
    for (const node of this.#values.toReversed()) if (node.gradient !== undefined) node.back?.(node.gradient)
  }
}
