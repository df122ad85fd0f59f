/** Products with a matrix of weights, and of matrices with matrices. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import { axisOf, sameShape, shapeText, type Value } from "../Value.ts"
import { samplesOf } from "./arithmetic.ts"

export const linear = (pass: Recorder, x: Value, w: Value, bias: Value | undefined): Value => {
  const { raw } = pass
  const [inputs, outputs] = w.shape
  if (w.shape.length !== 2 || inputs === undefined || outputs === undefined)
    throw new GradientError("linear", "weights [in, out]", shapeText(w.shape))
  if (x.shape.at(-1) !== inputs)
    throw new GradientError("linear", `an input [.., ${inputs}] for the weights ${shapeText(w.shape)}`, shapeText(x.shape))
  if (bias !== undefined && !sameShape(bias.shape, [outputs]))
    throw new GradientError("linear", `a bias [${outputs}]`, shapeText(bias.shape))
  const rows = x.value.length / inputs
  const y = pass.tensor("linear", [...x.shape.slice(0, -1), outputs])
  raw.gemm(x.value.at, w.value.at, y.at, rows, outputs, inputs, bias?.value.at ?? 0)
  return pass.record(y, bias === undefined ? [x, w] : [x, w, bias], (dy) => {
    const { samples, positions } = samplesOf(x.shape, inputs)
    if (w.needs) raw.gemm_gradient(x.value.at, dy.at, pass.accumulator(w).at, samples, positions, inputs, outputs)
    if (bias?.needs) raw.column_sums(dy.at, pass.accumulator(bias).at, pass.scratch("linear", outputs), 1, samples, positions, outputs)
    if (!x.needs) return
    const transposed = pass.scratch("linear", w.value.length)
    raw.transpose2d(w.value.at, transposed, inputs, outputs)
    const dx = pass.tensor("linear", x.shape)
    raw.gemm(dy.at, transposed, dx.at, rows, inputs, outputs, 0)
    pass.give(x, dx)
  })
}

export const matmul = (pass: Recorder, a: Value, b: Value, transposeB: boolean): Value => {
  const { raw } = pass
  const lead = a.shape.slice(0, -2)
  const wanted = transposeB ? "b [.., n, k]" : "b [.., k, n]"
  if (a.shape.length < 2 || b.shape.length !== a.shape.length || !sameShape(lead, b.shape.slice(0, -2))) {
    throw new GradientError(
      "matmul",
      `a [.., m, k] and ${wanted} with the same leading axes`,
      `${shapeText(a.shape)} and ${shapeText(b.shape)}`
    )
  }
  const m = axisOf(a.shape, -2)
  const k = axisOf(a.shape, -1)
  const n = axisOf(b.shape, transposeB ? -2 : -1)
  if (axisOf(b.shape, transposeB ? -1 : -2) !== k) {
    throw new GradientError("matmul", `${wanted} with k = ${k}`, `${shapeText(a.shape)} and ${shapeText(b.shape)}`)
  }
  const count = a.value.length / (m * k)
  const y = pass.tensor("matmul", [...lead, m, n])
  const turned = pass.scratch("matmul", k * n)
  const at = (base: number, i: number, size: number) => base + 4 * i * size
  for (let i = 0; i < count; i++) {
    const right = at(b.value.at, i, k * n)
    if (transposeB) raw.transpose2d(right, turned, n, k)
    raw.gemm(at(a.value.at, i, m * k), transposeB ? turned : right, at(y.at, i, m * n), m, n, k, 0)
  }
  return pass.record(y, [a, b], (dy) => {
    if (a.needs) {
      const da = pass.tensor("matmul", a.shape)
      const scratch = pass.scratch("matmul", k * n)
      for (let i = 0; i < count; i++) {
        const right = at(b.value.at, i, k * n)
        if (!transposeB) raw.transpose2d(right, scratch, k, n)
        raw.gemm(at(dy.at, i, m * n), transposeB ? right : scratch, at(da.at, i, m * k), m, k, n, 0)
      }
      pass.give(a, da)
    }
    if (!b.needs) return
    const db = pass.zeros("matmul", b.shape)
    for (let i = 0; i < count; i++) {
      const [left, slope, target] = [at(a.value.at, i, m * k), at(dy.at, i, m * n), at(db.at, i, k * n)]
      if (transposeB) raw.gemm_gradient(slope, left, target, 1, m, n, k)
      else raw.gemm_gradient(left, slope, target, 1, m, k, n)
    }
    pass.give(b, db)
  })
}
