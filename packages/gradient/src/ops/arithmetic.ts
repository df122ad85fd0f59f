/** Sums, differences, products, with a second operand that may stand for the last axes only: then its gradient is summed per sample. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import { elementsOf, type Tensor } from "../Tensor.ts"
import { axisOf, sameShape, shapeText, type Value } from "../Value.ts"

const codes = { add: 0, subtract: 1, multiply: 2 } as const
type Operation = keyof typeof codes

/** How the rows that share `b` divide into samples: the first axis of `a` counts the samples. */
export const samplesOf = (shape: ReadonlyArray<number>, columns: number): { readonly samples: number; readonly positions: number } => {
  const rows = elementsOf(shape) / columns
  const samples = rows === 1 ? 1 : axisOf(shape, 0)
  return { samples, positions: rows / samples }
}

export const arithmetic = (pass: Recorder, operation: Operation, a: Value, b: Value): Value => {
  const { raw } = pass
  const rest = a.shape.slice(a.shape.length - b.shape.length)
  if (b.shape.length > a.shape.length || !sameShape(rest, b.shape)) {
    throw new GradientError(
      operation,
      `operands of one shape, or a second one of the last axes of ${shapeText(a.shape)}`,
      shapeText(b.shape)
    )
  }
  const y = pass.tensor(operation, a.shape)
  const n = y.length
  const same = a.shape.length === b.shape.length
  const columns = b.value.length
  if (same) raw[operation](a.value.at, b.value.at, y.at, n)
  else raw.rows(codes[operation], a.value.at, b.value.at, y.at, n / columns, columns)
  return pass.record(y, [a, b], (dy) => {
    if (a.needs) {
      if (operation !== "multiply") pass.give(a, dy, false)
      else {
        const da = pass.tensor(operation, a.shape)
        if (same) raw.multiply(dy.at, b.value.at, da.at, n)
        else raw.rows(codes.multiply, dy.at, b.value.at, da.at, n / columns, columns)
        pass.give(a, da)
      }
    }
    if (!b.needs) return
    if (same && operation === "add") pass.give(b, dy, false)
    else if (same) {
      const db = pass.tensor(operation, b.shape)
      if (operation === "multiply") raw.multiply(dy.at, a.value.at, db.at, n)
      else raw.scale(dy.at, db.at, -1, n)
      pass.give(b, db)
    } else {
      const { samples, positions } = samplesOf(a.shape, columns)
      const scratch = pass.scratch(operation, columns)
      const target = pass.accumulator(b)
      if (operation === "multiply") raw.column_products(dy.at, a.value.at, target.at, scratch, samples, positions, columns)
      else raw.column_sums(dy.at, target.at, scratch, operation === "add" ? 1 : -1, samples, positions, columns)
    }
  })
}

export const minimum = (pass: Recorder, a: Value, b: Value): Value => {
  if (!sameShape(a.shape, b.shape)) throw new GradientError("minimum", `a second operand ${shapeText(a.shape)}`, shapeText(b.shape))
  const y = pass.tensor("minimum", a.shape)
  pass.raw.minimum(a.value.at, b.value.at, y.at, y.length)
  return pass.record(y, [a, b], (dy) => {
    for (const [second, x] of [a, b].entries()) {
      if (!x.needs) continue
      const dx = pass.tensor("minimum", x.shape)
      pass.raw.minimum_back(a.value.at, b.value.at, dy.at, dx.at, second, dx.length)
      pass.give(x, dx)
    }
  })
}

/** An operation on each element by itself. */
export const elementwise = (
  pass: Recorder,
  operation: string,
  x: Value,
  forward: (x: number, y: number, n: number) => void,
  backward: (dy: number, dx: number, n: number, y: Tensor) => void
): Value => {
  const y = pass.tensor(operation, x.shape)
  forward(x.value.at, y.at, y.length)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor(operation, x.shape)
    backward(dy.at, dx.at, dx.length, y)
    pass.give(x, dx)
  })
}
