/**
 * A tensor of the device: a place that holds one tensor of TensorFlow at a time. TensorFlow's tensors never change, so that writing
 * means to hold another one. Sharp edge: whoever replaces what a cell holds disposes of what it held; a node of the running pass that
 * remembers it cannot go backwards any more.
 */
import { elementsOf, GradientError, type Node, type Shape, type Tensor } from "@feagi-trainer/gradient"
import type { TfTensor } from "./TensorFlow.ts"

let made = 0

export class Cell implements Tensor {
  readonly shape: Shape
  readonly length: number
  /** The number of this cell: it has no address. */
  readonly at: number
  current: TfTensor

  constructor(current: TfTensor) {
    this.shape = [...current.shape]
    this.length = elementsOf(this.shape)
    this.at = made++
    this.current = current
  }

  /** Holds `next` and disposes of what it held. */
  replace(next: TfTensor): void {
    const former = this.current
    this.current = next
    if (former !== next) former.dispose()
  }
}

/** The cell that a tensor is. Throws `GradientError` on a tensor of another device. */
export const cellOf = (tensor: Tensor): Cell => {
  if (tensor instanceof Cell) return tensor
  throw new GradientError("tensor", "a tensor of this TensorFlow device", "one of another device")
}

/** What TensorFlow holds for a node. */
export const heldBy = (node: Node): TfTensor => cellOf(node.value).current

export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((axis, index) => axis === b[index])
