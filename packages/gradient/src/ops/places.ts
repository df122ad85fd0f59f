/** What moves numbers and computes none: rows of a table, parts of an axis, other shapes, masks. */
import { GradientError } from "../GradientError.ts"
import type { Recorder } from "../Recorder.ts"
import { elementsOf, type Shape } from "../Tensor.ts"
import { axisOf, sameShape, shapeText, type Value } from "../Value.ts"

export const embedding = (pass: Recorder, table: Value, ids: Int32Array, shape: Shape): Value => {
  const [vocabulary, width] = table.shape
  if (table.shape.length !== 2 || vocabulary === undefined || width === undefined) {
    throw new GradientError("embedding", "a table [vocabulary, width]", shapeText(table.shape))
  }
  const count = elementsOf(shape)
  const at = pass.integers("embedding", ids, count, vocabulary)
  const y = pass.tensor("embedding", [...shape, width])
  pass.raw.embedding(table.value.at, at, y.at, count, width)
  return pass.record(y, [table], (dy) => {
    const samples = shape[0] ?? 1
    pass.raw.embedding_back(dy.at, at, pass.accumulator(table).at, pass.scratch("embedding", width), samples, count / samples, width)
  })
}

export const gather = (pass: Recorder, x: Value, ids: Int32Array): Value => {
  const [n, c] = x.shape
  if (x.shape.length !== 2 || n === undefined || c === undefined) throw new GradientError("gather", "an input [n, c]", shapeText(x.shape))
  const at = pass.integers("gather", ids, n, c)
  const y = pass.tensor("gather", [n])
  pass.raw.gather(x.value.at, at, y.at, n, c)
  return pass.record(y, [x], (dy) => {
    const dx = pass.zeros("gather", x.shape)
    pass.raw.gather_back(dy.at, at, dx.at, n, c)
    pass.give(x, dx)
  })
}

/** Costs nothing: the same numbers under another shape. The gradient of a reshaped leaf gathers where the leaf's does. */
export const reshape = (pass: Recorder, x: Value, shape: Shape): Value => {
  if (elementsOf(shape) !== x.value.length || !shape.every((axis) => Number.isSafeInteger(axis) && axis > 0)) {
    throw new GradientError("reshape", `a shape of ${x.value.length} elements for ${shapeText(x.shape)}`, shapeText(shape))
  }
  const y = { ...x.value, shape: [...shape] }
  if (x.needs && x.back === undefined) {
    const leaf = pass.leaf(y, true)
    leaf.gradient = { ...pass.accumulator(x), shape: [...shape] }
    leaf.owned = true
    return leaf
  }
  return pass.record(y, [x], (dy) => pass.give(x, { ...dy, shape: x.shape }, false))
}

const permuted = (pass: Recorder, from: number, shape: Shape, axes: ReadonlyArray<number>) => {
  const steps = shape.map((_, axis) => elementsOf(shape.slice(axis + 1)))
  const y = pass.tensor(
    "transpose",
    axes.map((axis) => axisOf(shape, axis))
  )
  const table = pass.scratch("transpose", 3 * axes.length)
  const zeros = axes.map(() => 0)
  new Int32Array(pass.memory.floats.buffer, table, 3 * axes.length).set([...y.shape, ...axes.map((axis) => axisOf(steps, axis)), ...zeros])
  pass.raw.permute(from, y.at, table, axes.length, y.length)
  return y
}

export const transpose = (pass: Recorder, x: Value, axes: ReadonlyArray<number>): Value => {
  const sorted = axes.toSorted((a, b) => a - b)
  if (axes.length === 0 || !sameShape(sorted, [...x.shape.keys()])) {
    throw new GradientError("transpose", `every axis of ${shapeText(x.shape)} once, from 0`, shapeText(axes))
  }
  return pass.record(permuted(pass, x.value.at, x.shape, axes), [x], (dy) => {
    const inverse = axes.map((_, axis) => axes.indexOf(axis))
    pass.give(x, permuted(pass, dy.at, dy.shape, inverse))
  })
}

const checkAxis = (operation: string, shape: Shape, axis: number): void => {
  if (!Number.isSafeInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new GradientError(operation, `an axis of ${shapeText(shape)}, counted from 0`, String(axis))
  }
}

export const slice = (pass: Recorder, x: Value, axis: number, from: number, to: number): Value => {
  checkAxis("slice", x.shape, axis)
  const length = axisOf(x.shape, axis)
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to > length || from >= to) {
    throw new GradientError("slice", `0 <= from < to <= ${length}`, `${from} to ${to}`)
  }
  const inner = elementsOf(x.shape.slice(axis + 1))
  const outer = elementsOf(x.shape.slice(0, axis))
  const width = (to - from) * inner
  const offset = 4 * from * inner
  const y = pass.tensor("slice", x.shape.with(axis, to - from))
  pass.raw.blocks(x.value.at + offset, y.at, outer, width, length * inner, width)
  return pass.record(y, [x], (dy) => {
    const dx = pass.zeros("slice", x.shape)
    pass.raw.blocks(dy.at, dx.at + offset, outer, width, width, length * inner)
    pass.give(x, dx)
  })
}

export const concat = (pass: Recorder, parts: ReadonlyArray<Value>, axis: number): Value => {
  const first = parts[0]
  if (first === undefined) throw new GradientError("concat", "at least one part", "none")
  checkAxis("concat", first.shape, axis)
  const fits = (part: Value) => part.shape.length === first.shape.length && sameShape(part.shape.with(axis, 0), first.shape.with(axis, 0))
  const wrong = parts.find((part) => !fits(part))
  if (wrong !== undefined)
    throw new GradientError("concat", `parts like ${shapeText(first.shape)} but for axis ${axis}`, shapeText(wrong.shape))
  const inner = elementsOf(first.shape.slice(axis + 1))
  const outer = elementsOf(first.shape.slice(0, axis))
  const total = parts.reduce((sum, part) => sum + axisOf(part.shape, axis), 0)
  const y = pass.tensor("concat", first.shape.with(axis, total))
  const starts: Array<number> = []
  let start = 0
  for (const part of parts) {
    starts.push(start)
    const width = axisOf(part.shape, axis) * inner
    pass.raw.blocks(part.value.at, y.at + 4 * start, outer, width, width, total * inner)
    start += width
  }
  return pass.record(y, parts, (dy) => {
    for (const [i, part] of parts.entries()) {
      if (!part.needs) continue
      const width = axisOf(part.shape, axis) * inner
      const dx = pass.tensor("concat", part.shape)
      pass.raw.blocks(dy.at + 4 * (starts[i] ?? 0), dx.at, outer, width, total * inner, width)
      pass.give(part, dx)
    }
  })
}

export const causalMask = (pass: Recorder, scores: Value): Value => {
  if (scores.shape.length < 2) throw new GradientError("causalMask", "scores [.., rows, columns]", shapeText(scores.shape))
  const rows = axisOf(scores.shape, -2)
  const columns = axisOf(scores.shape, -1)
  const count = scores.value.length / (rows * columns)
  const y = pass.tensor("causalMask", scores.shape)
  pass.raw.mask_later(scores.value.at, y.at, count, rows, columns, Number.NEGATIVE_INFINITY)
  return pass.record(y, [scores], (dy) => {
    const dx = pass.tensor("causalMask", scores.shape)
    pass.raw.mask_later(dy.at, dx.at, count, rows, columns, 0)
    pass.give(scores, dx)
  })
}

export const dropout = (pass: Recorder, x: Value, rate: number, fill: (words: Uint32Array) => void): Value => {
  const threshold = Math.ceil(rate * 2 ** 32)
  if (!(rate >= 0 && threshold < 2 ** 32)) throw new GradientError("dropout", "a rate of at least 0 and below 1", String(rate))
  const words = new Uint32Array(x.value.length)
  fill(words)
  const at = pass.scratch("dropout", words.length)
  new Uint32Array(pass.memory.floats.buffer, at, words.length).set(words)
  const factor = 1 / (1 - rate)
  const y = pass.tensor("dropout", x.shape)
  pass.raw.dropout(x.value.at, at, y.at, threshold, factor, y.length)
  return pass.record(y, [x], (dy) => {
    const dx = pass.tensor("dropout", x.shape)
    pass.raw.dropout(dy.at, at, dx.at, threshold, factor, dx.length)
    pass.give(x, dx)
  })
}
