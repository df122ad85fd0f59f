/**
 * Tensors: named places in the memory of one device, 32-bit floats in row-major order. A tensor holds no numbers itself; whoever
 * wants them asks the device. Sharp edge: a tensor of a pass is a place in the arena, and the next pass writes over it.
 */

/** Lengths of the axes, the outermost first; `[]` is a single number. */
export type Shape = ReadonlyArray<number>

/** A dense block of 32-bit floats. Pictures are `[n, h, w, c]`, sequences `[n, length, width]`. */
export interface Tensor {
  readonly shape: Shape
  /** Count of elements. */
  readonly length: number
  /** Byte offset in the memory of the device; a multiple of 64. */
  readonly at: number
}

/** What an optimiser changes. Backward passes add to `gradient`; nothing but `zeroGradients` clears it. */
export interface Parameter {
  readonly name: string
  readonly value: Tensor
  readonly gradient: Tensor
}

/** A value of one pass. It belongs to the tape that made it, and is gone when the device begins its next pass. */
export interface Node {
  readonly shape: Shape
  readonly value: Tensor
}

/** A loss: a node of shape `[]`, with the value of every sample before the division by the denominator. */
export interface LossNode extends Node {
  /** `[n]`: the loss of each row; the scalar is their sum in f64 over the denominator. */
  readonly rows: Tensor
  /** The loss of this pass in f64; `value` holds it rounded to f32. */
  readonly total: number
}

/** Elements of a shape: the product of its axes, 1 for `[]`. */
export const elementsOf = (shape: Shape): number => shape.reduce((product, axis) => product * axis, 1)
