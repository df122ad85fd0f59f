/** Operations that move numbers, pick them or add them up. */
import { GradientError, type Shape, type Tape } from "@feagi-trainer/gradient"
import { heldBy, showShape } from "../Cell.ts"
import type { Recorder } from "../Recorder.ts"
import type { TensorFlow, TfTensor } from "../TensorFlow.ts"

/** As whole numbers below `count`. TensorFlow on a CPU answers other ids with zeros, or with an abort. */
export const idsOf = (tf: TensorFlow, operation: string, ids: Int32Array, wanted: number, count: number): TfTensor => {
  if (ids.length !== wanted) throw new GradientError(operation, `${wanted} ids`, `${ids.length}`)
  const wrong = ids.find((id) => id < 0 || id >= count)
  if (wrong !== undefined) throw new GradientError(operation, `ids from 0 to ${count - 1}`, String(wrong))
  return tf.tensor(ids.slice(), [ids.length], "int32")
}

const axisOf = (operation: string, shape: Shape, axis: number): number => {
  const length = shape[axis]
  if (length === undefined) throw new GradientError(operation, `an axis of ${showShape(shape)}`, String(axis))
  return length
}

const replaced = (shape: Shape, axis: number, length: number): Shape => shape.map((each, index) => (index === axis ? length : each))

/** 0 up to the diagonal and 1 after it, where the column is later than the row. */
const later = (rows: number, columns: number, value: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, index) => (index % columns > Math.floor(index / columns) ? value : 0))

export const places = (recorder: Recorder) => {
  const { tf } = recorder
  return {
    embedding: (table, ids, shape) =>
      recorder.record("embedding", [table], () => {
        const [vocabulary = 0, width = 0] = table.shape
        if (table.shape.length !== 2) throw new GradientError("embedding", "a table [vocabulary, width]", showShape(table.shape))
        const count = shape.reduce((product, axis) => product * axis, 1)
        const rows = idsOf(tf, "embedding", ids, count, vocabulary)
        return {
          value: tf.reshape(tf.gather(heldBy(table), rows), [...shape, width]),
          pulls: [(dy) => tf.unsortedSegmentSum(tf.reshape(dy, [count, width]), rows, vocabulary)],
          saved: [rows]
        }
      }),
    gather: (x, ids) =>
      recorder.record("gather", [x], () => {
        const [rows = 0, columns = 0] = x.shape
        if (x.shape.length !== 2) throw new GradientError("gather", "x [n, c]", showShape(x.shape))
        const chosen = tf.cast(tf.oneHot(idsOf(tf, "gather", ids, rows, columns), columns), "float32")
        return {
          value: tf.sum(tf.mul(heldBy(x), chosen), 1),
          pulls: [(dy) => tf.mul(tf.reshape(dy, [rows, 1]), chosen)],
          saved: [chosen]
        }
      }),
    reshape: (x, shape) =>
      recorder.record("reshape", [x], () => ({
        value: tf.reshape(heldBy(x), shape),
        pulls: [(dy) => tf.reshape(dy, x.shape)]
      })),
    transpose: (x, axes) =>
      recorder.record("transpose", [x], () => {
        const back = axes.map((_, axis) => axes.indexOf(axis))
        return { value: tf.transpose(heldBy(x), axes), pulls: [(dy) => tf.transpose(dy, back)] }
      }),
    slice: (x, axis, from, to) =>
      recorder.record("slice", [x], () => {
        const length = axisOf("slice", x.shape, axis)
        if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= length))
          throw new GradientError("slice", `0 ≤ from < to ≤ ${length}`, `from ${from} to ${to}`)
        const begin = x.shape.map((_, index) => (index === axis ? from : 0))
        const around = x.shape.map((_, index) => (index === axis ? ([from, length - to] as const) : ([0, 0] as const)))
        return { value: tf.slice(heldBy(x), begin, replaced(x.shape, axis, to - from)), pulls: [(dy) => tf.pad(dy, around)] }
      }),
    concat: (parts, axis) =>
      recorder.record("concat", parts, () => {
        let end = 0
        const places = parts.map(({ shape }) => {
          const begin = end
          end += axisOf("concat", shape, axis)
          return { begin: shape.map((_, index) => (index === axis ? begin : 0)), shape }
        })
        return {
          value: tf.concat(parts.map(heldBy), axis),
          pulls: places.map(
            ({ begin, shape }) =>
              (dy) =>
                tf.slice(dy, begin, shape)
          )
        }
      }),
    causalMask: (scores) =>
      recorder.record("causalMask", [scores], () => {
        const [rows, columns] = scores.shape.slice(-2)
        if (rows === undefined || columns === undefined)
          throw new GradientError("causalMask", "scores [.., rows, columns]", showShape(scores.shape))
        const seen = tf.sub(tf.scalar(1), tf.tensor(later(rows, columns, 1), [rows, columns], "float32"))
        const hidden = tf.tensor(later(rows, columns, Number.NEGATIVE_INFINITY), [rows, columns], "float32")
        return { value: tf.add(heldBy(scores), hidden), pulls: [(dy) => tf.mul(dy, seen)], saved: [seen] }
      }),
    meanOver: (x, axis) =>
      recorder.record("meanOver", [x], () => {
        const length = axisOf("meanOver", x.shape, axis)
        return {
          value: tf.mean(heldBy(x), axis),
          pulls: [(dy) => tf.mul(tf.reshape(dy, replaced(x.shape, axis, 1)), tf.fill(x.shape, 1 / length))]
        }
      }),
    sumLast: (x) =>
      recorder.record("sumLast", [x], () => {
        const last = x.shape.length - 1
        axisOf("sumLast", x.shape, last)
        return {
          value: tf.sum(heldBy(x), last),
          pulls: [(dy) => tf.mul(tf.reshape(dy, replaced(x.shape, last, 1)), tf.fill(x.shape, 1))]
        }
      }),
    sumAll: (x) => recorder.record("sumAll", [x], () => ({ value: tf.sum(heldBy(x)), pulls: [(dy) => tf.mul(tf.fill(x.shape, 1), dy)] })),
    meanAll: (x) =>
      recorder.record("meanAll", [x], () => ({
        value: tf.mean(heldBy(x)),
        pulls: [(dy) => tf.mul(tf.fill(x.shape, 1 / x.value.length), dy)]
      }))
  } satisfies Partial<Tape>
}
