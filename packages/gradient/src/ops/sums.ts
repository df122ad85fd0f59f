/** Sums and means. Whole sums are in f64, in order, and rounded once. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import { elementsOf } from "../Tensor.ts"
import { axisOf, shapeText, type Value } from "../Value.ts"

export const sumAll = (pass: Recorder, operation: "sumAll" | "meanAll", x: Value): Value => {
  const { raw } = pass
  const parts = operation === "sumAll" ? 1 : x.value.length
  const y = pass.tensor(operation, [])
  raw.fill(y.at, raw.sum(x.value.at, x.value.length) / parts, 1)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor(operation, x.shape)
    raw.fill(dx.at, pass.number(dy) / parts, dx.length)
    pass.give(x, dx)
  })
}

export const sumLast = (pass: Recorder, x: Value): Value => {
  if (x.shape.length === 0) throw new GradientError("sumLast", "at least one axis", "[]")
  const columns = axisOf(x.shape, -1)
  const y = pass.tensor("sumLast", x.shape.slice(0, -1))
  pass.raw.row_sums(x.value.at, y.at, y.length, columns)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor("sumLast", x.shape)
    pass.raw.row_sums_back(dy.at, dx.at, y.length, columns)
    pass.give(x, dx)
  })
}

export const meanOver = (pass: Recorder, x: Value, axis: number): Value => {
  if (!Number.isSafeInteger(axis) || axis < 0 || axis >= x.shape.length) {
    throw new GradientError("meanOver", `an axis of ${shapeText(x.shape)}, counted from 0`, String(axis))
  }
  const sizes = [elementsOf(x.shape.slice(0, axis)), axisOf(x.shape, axis), elementsOf(x.shape.slice(axis + 1))]
  const y = pass.tensor("meanOver", x.shape.toSpliced(axis, 1))
  pass.raw.mean_over(x.value.at, y.at, ...sizes)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor("meanOver", x.shape)
    pass.raw.mean_over_back(dy.at, dx.at, ...sizes)
    pass.give(x, dx)
  })
}
