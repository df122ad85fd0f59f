/** A node as the tape sees it: its value, its gradient, and how the gradient flows on. */
import type { Node, Shape, Tensor } from "./Tensor.ts"

export class Value implements Node {
  readonly shape: Shape
  readonly value: Tensor
  /** The pass that made it. */
  readonly pass: object
  /** Whether a gradient is wanted here or further back. */
  readonly needs: boolean
  gradient: Tensor | undefined
  /** Whether `gradient` is this node's own, so that more may be added in place. */
  owned = false
  readonly back: ((dy: Tensor) => void) | undefined

  constructor(pass: object, value: Tensor, needs: boolean, back: ((dy: Tensor) => void) | undefined) {
    this.shape = value.shape
    this.value = value
    this.pass = pass
    this.needs = needs
    this.back = back
  }
}

export const shapeText = (shape: Shape): string => `[${shape.join(", ")}]`
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((axis, i) => axis === b[i])
/** The axis, which the caller knows to exist. */
export const axisOf = (shape: Shape, axis: number): number => {
  const length = shape.at(axis)
  if (length === undefined) throw new RangeError(`shape ${shapeText(shape)} has no axis ${axis}`)
  return length
}
