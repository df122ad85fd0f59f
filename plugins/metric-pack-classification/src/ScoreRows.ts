/**
 * The scores of the samples seen so far, one row each: an append-only log that is immutable to whoever holds it, and costs no copy as
 * long as it only grows.
 *
 * Several logs may share one store; each of them ends at its own `length`, and what lies before that is never written again. Only the
 * log that ends where the store ends may grow in place; any other one copies first. Sharp edge: read rows below `length` only.
 */
import { Schema, SchemaGetter } from "effect"

interface Store {
  truths: Int32Array
  scores: Float64Array
  filled: number
}

export interface ScoreRows {
  /** Scores per row. */
  readonly width: number
  readonly length: number
  /** Row by row; what lies beyond `length` belongs to somebody else. */
  readonly store: Readonly<Store>
}

export const noRows = (width: number): ScoreRows => ({
  width,
  length: 0,
  store: { truths: new Int32Array(0), scores: new Float64Array(0), filled: 0 }
})

/** A store with the rows of this log and room for `rows` in all. */
const storeFor = ({ width, length, store }: ScoreRows, rows: number): Store => {
  const capacity = Math.max(8, rows)
  const truths = new Int32Array(capacity)
  const scores = new Float64Array(capacity * width)
  truths.set(store.truths.subarray(0, length))
  scores.set(store.scores.subarray(0, length * width))
  return { truths, scores, filled: length }
}

const withRoom = (rows: ScoreRows, more: number): Store =>
  rows.store.filled === rows.length && rows.length + more <= rows.store.truths.length
    ? rows.store
    : storeFor(rows, Math.max(rows.length + more, 2 * rows.length))

/** One more row. `truth` is the position of the true class; `scores` has to be `width` long. -0 is kept as 0, so that both rank alike. */
export const withRow = (rows: ScoreRows, truth: number, scores: ReadonlyArray<number>): ScoreRows => {
  const store = withRoom(rows, 1)
  const { width, length } = rows
  store.truths[length] = truth
  for (let column = 0; column < width; column++) store.scores[length * width + column] = (scores[column] ?? Number.NaN) + 0
  store.filled = length + 1
  return { width, length: length + 1, store }
}

/** The rows of both. */
export const mergeRows = (left: ScoreRows, right: ScoreRows): ScoreRows => {
  if (right.length === 0) return left
  if (left.length === 0) return right
  const store = withRoom(left, right.length)
  const { width, length } = left
  store.truths.set(right.store.truths.subarray(0, right.length), length)
  store.scores.set(right.store.scores.subarray(0, right.length * width), length * width)
  store.filled = length + right.length
  return { width, length: store.filled, store }
}

const isRows = (value: unknown): value is ScoreRows =>
  typeof value === "object" && value !== null && "store" in value && "width" in value && "length" in value

const Encoded = Schema.Struct({
  width: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  truths: Schema.Array(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  scores: Schema.Array(Schema.Finite)
}).check(
  Schema.makeFilter(({ width, truths, scores }) =>
    scores.length === width * truths.length
      ? undefined
      : `expected ${width} scores for each of ${truths.length} rows, found ${scores.length} scores`
  )
)

/** As JSON: the number of scores a row, the true classes, and the scores of all rows one after the other. */
export const ScoreRows = Encoded.pipe(
  Schema.decodeTo(Schema.declare<ScoreRows>(isRows, { expected: "rows of scores" }), {
    decode: SchemaGetter.transform<ScoreRows, typeof Encoded.Type>(({ width, truths, scores }) => ({
      width,
      length: truths.length,
      store: { truths: Int32Array.from(truths), scores: Float64Array.from(scores), filled: truths.length }
    })),
    encode: SchemaGetter.transform<typeof Encoded.Type, ScoreRows>(({ width, length, store }) => ({
      width,
      truths: Array.from(store.truths.subarray(0, length)),
      scores: Array.from(store.scores.subarray(0, length * width))
    }))
  })
)
