/**
 * One pass over TensorFlow: runs each operation at once and remembers how its gradient flows back, so that the tape's rules (what is a
 * leaf, what is detached, where gradients are added up) are those of `@feagi-trainer/gradient`, and TensorFlow gives the kernels.
 *
 * Sharp edge: every tensor of a pass lives until the device begins the next one. Inside of an operation whatever is not its value or
 * named in `saved` is gone at its end.
 */
import { GradientError, type Node, type Parameter, type Shape, type Tensor } from "@feagi-trainer/gradient"
import { Cell, cellOf, heldBy, showShape } from "./Cell.ts"
import type { TensorFlow, TfTensor } from "./TensorFlow.ts"

/** Gradient of an input for the gradient of the value; called only if somebody wants it. */
export type Pull = (dy: TfTensor) => TfTensor

export interface Operation {
  readonly value: TfTensor
  /** One for each input, in their order. */
  readonly pulls: ReadonlyArray<Pull>
  /** Intermediate results that the pulls read. */
  readonly saved?: ReadonlyArray<TfTensor>
}

interface Step {
  readonly node: Node
  readonly inputs: ReadonlyArray<Node>
  readonly pulls: ReadonlyArray<Pull>
}

export class Recorder {
  readonly tf: TensorFlow
  readonly #steps: Array<Step> = []
  readonly #parameters = new Map<Node, Parameter>()
  /** Nodes that a gradient is wanted for: leaves, and whatever is made of them. */
  readonly #wanted = new Set<Node>()
  readonly #gradients = new Map<Node, Cell>()
  readonly #owned: Array<TfTensor> = []
  #went = false
  #spent = false

  constructor(tf: TensorFlow) {
    this.tf = tf
  }

  #alive(operation: string): void {
    if (this.#spent) throw new GradientError(operation, "the tape of the running pass", "a tape of a former pass")
  }

  #own(tensor: TfTensor): TfTensor {
    this.#owned.push(tensor)
    return tensor
  }

  #node(value: Cell): Node {
    return { shape: value.shape, value }
  }

  /** Numbers from outside. They are copied: TensorFlow reads them when it needs them. */
  leaf(operation: string, shape: Shape, values: Float32Array, wanted: boolean): Node {
    this.#alive(operation)
    const count = shape.reduce((product, axis) => product * axis, 1)
    if (values.length !== count) throw new GradientError(operation, `${count} numbers for ${showShape(shape)}`, `${values.length}`)
    const node = this.#node(new Cell(this.#own(this.tf.tensor(values.slice(), shape, "float32"))))
    if (wanted) this.#wanted.add(node)
    return node
  }

  parameter(parameter: Parameter): Node {
    this.#alive("parameter")
    const node = this.#node(cellOf(parameter.value))
    this.#parameters.set(node, parameter)
    this.#wanted.add(node)
    return node
  }

  detach(x: Node): Node {
    this.#alive("detach")
    return this.#node(cellOf(x.value))
  }

  /** Runs an operation. What TensorFlow refuses becomes a `GradientError` with its words. */
  record(operation: string, inputs: ReadonlyArray<Node>, work: () => Operation): Node {
    this.#alive(operation)
    let done: Operation | undefined
    try {
      this.tf.tidy(() => {
        done = work()
        return [done.value, ...(done.saved ?? [])]
      })
    } catch (error) {
      if (error instanceof GradientError) throw error
      const shapes = inputs.map(({ shape }) => showShape(shape)).join(" and ")
      throw new GradientError(operation, "operands that TensorFlow takes", `${shapes}: ${error instanceof Error ? error.message : error}`)
    }
    if (done === undefined) throw new GradientError(operation, "a value", "none")
    for (const tensor of [done.value, ...(done.saved ?? [])]) this.#own(tensor)
    const node = this.#node(new Cell(done.value))
    if (inputs.some((each) => this.#wanted.has(each))) {
      this.#wanted.add(node)
      this.#steps.push({ node, inputs, pulls: done.pulls })
    }
    return node
  }

  /** The number of a node of one element. */
  scalar(x: Node): number {
    this.#alive("scalar")
    const [number, ...more] = heldBy(x).dataSync()
    if (number === undefined || more.length > 0) throw new GradientError("scalar", "a node of one element", showShape(x.shape))
    return number
  }

  /** Gradients flow from the last operation to the first, and are added up in that order. */
  backward(loss: Node): void {
    this.#alive("backward")
    if (this.#went) throw new GradientError("backward", "one call for a tape", "a second one")
    if (loss.shape.length > 0) throw new GradientError("backward", "a loss of shape []", showShape(loss.shape))
    this.#went = true
    this.#pass(loss, this.#own(this.tf.scalar(1)))
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const step = this.#steps[index]
      const dy = step === undefined ? undefined : this.#gradients.get(step.node)
      if (step === undefined || dy === undefined) continue
      for (const [position, input] of step.inputs.entries()) {
        const pull = step.pulls[position]
        if (pull !== undefined && this.#wanted.has(input)) this.#pass(input, this.#own(this.tf.tidy(() => pull(dy.current))))
      }
    }
    for (const [node, parameter] of this.#parameters) {
      const gradient = this.#gradients.get(node)
      const sum = cellOf(parameter.gradient)
      if (gradient !== undefined) sum.replace(this.tf.keep(this.tf.add(sum.current, gradient.current)))
    }
  }

  #pass(node: Node, gradient: TfTensor): void {
    const former = this.#gradients.get(node)
    this.#gradients.set(node, new Cell(former === undefined ? gradient : this.#own(this.tf.add(former.current, gradient))))
  }

  gradientOf(x: Node): Tensor | undefined {
    this.#alive("gradientOf")
    return this.#gradients.get(x)
  }

  /** Frees the memory of the pass; the tape is of no use afterwards. */
  end(): void {
    this.#spent = true
    for (const tensor of this.#owned) tensor.dispose()
    this.#owned.length = 0
  }
}
