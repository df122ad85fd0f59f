/**
 * All that the pack `time-series` remembers: the answered numbers beside their targets, and how many samples got no answer. R² and the
 * median need every one of them.
 *
 * Sharp edge: rows are in the order of arrival until `columnsOf` sorts them; nothing may be computed from them before that.
 */
import { isAbstain, type Scored } from "@feagi-trainer/contracts"
import { Chunk, Schema, SchemaGetter } from "effect"

export const Row = Schema.Struct({ target: Schema.Array(Schema.Finite), prediction: Schema.Array(Schema.Finite) })
export type Row = typeof Row.Type

const RowChunk = Schema.declare((value: unknown): value is Chunk.Chunk<Row> => Chunk.isChunk(value), { expected: "a Chunk of rows" })

/** Written as a list; in memory a list that grows by one without being copied. */
const Rows = Schema.Array(Row).pipe(
  Schema.decodeTo(RowChunk, {
    decode: SchemaGetter.transform<Chunk.Chunk<Row>, ReadonlyArray<Row>>((rows) => Chunk.fromIterable(rows)),
    encode: SchemaGetter.transform<ReadonlyArray<Row>, Chunk.Chunk<Row>>((rows) => Chunk.toReadonlyArray(rows))
  })
)

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Pairs = Schema.Struct({
  /** Numbers in one target; null until there is a sample. */
  outputs: Schema.NullOr(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  abstained: Count,
  rows: Rows
})
export type Pairs = typeof Pairs.Type

export const noPairs: Pairs = { outputs: null, abstained: 0, rows: Chunk.empty() }

export type NumericType = "scalar" | "vector"

/** The numbers of a target or of an answer of type `type`. */
const numbersOf = (type: NumericType, id: string, side: "target" | "prediction", value: object): ReadonlyArray<number> => {
  const found = type === "scalar" ? ("scalar" in value ? [value.scalar] : undefined) : "vector" in value ? value.vector : undefined
  if (!Array.isArray(found))
    throw new RangeError(`sample "${id}": its ${side} is of type ${Object.keys(value).join(", ") || "nothing"}, expected ${type}`)
  const numbers = found as ReadonlyArray<unknown>
  if (numbers.length === 0) throw new RangeError(`sample "${id}": its ${side} is a vector of no numbers, expected at least one`)
  for (const [index, number] of numbers.entries())
    if (typeof number !== "number" || !Number.isFinite(number))
      throw new RangeError(`sample "${id}": number ${index} of its ${side} is ${String(number)}, expected a finite number`)
  return numbers as ReadonlyArray<number>
}

const sameOutputs = (id: string, what: string, found: number, expected: number | null): void => {
  if (expected !== null && found !== expected)
    throw new RangeError(`sample "${id}": its ${what} has ${found} numbers, expected ${expected}, as many as the targets before it`)
}

/** One more sample. Throws RangeError with its id when it is of another type or of another length than those before it. */
export const addPair =
  (type: NumericType) =>
  (pairs: Pairs, { sample_id, target, prediction }: Scored): Pairs => {
    const truth = numbersOf(type, sample_id, "target", target)
    sameOutputs(sample_id, "target", truth.length, pairs.outputs)
    const outputs = truth.length
    if (isAbstain(prediction)) return { outputs, abstained: pairs.abstained + 1, rows: pairs.rows }
    const answer = numbersOf(type, sample_id, "prediction", prediction)
    sameOutputs(sample_id, "prediction", answer.length, outputs)
    return { outputs, abstained: pairs.abstained, rows: Chunk.append(pairs.rows, { target: truth, prediction: answer }) }
  }

/** The samples of both. Throws RangeError when their targets are of different lengths. */
export const mergePairs = (left: Pairs, right: Pairs): Pairs => {
  if (left.outputs !== null && right.outputs !== null && left.outputs !== right.outputs)
    throw new RangeError(
      `samples of ${left.outputs} numbers cannot be merged with samples of ${right.outputs}: both must come from the same dataset`
    )
  return {
    outputs: left.outputs ?? right.outputs,
    abstained: left.abstained + right.abstained,
    rows: Chunk.appendAll(left.rows, right.rows)
  }
}

/** One output of all rows, in the order of the columns. */
export interface Column {
  readonly target: Float64Array
  readonly prediction: Float64Array
}

/** The rows in an order that depends on nothing but themselves. */
export interface Columns {
  readonly count: number
  readonly columns: ReadonlyArray<Column>
  /** Where each row that was given stands now. */
  readonly placeOf: Uint32Array
}

/** Sorts the rows, once: number by number, targets first. @param outputs numbers in one target */
export const columnsOf = (rows: ReadonlyArray<Row>, outputs: number): Columns => {
  const width = 2 * outputs
  // Flat, because comparing is nearly all of the work.
  const numbers = new Float64Array(rows.length * width)
  for (const [row, { target, prediction }] of rows.entries()) {
    numbers.set(target, row * width)
    numbers.set(prediction, row * width + outputs)
  }
  const order = Uint32Array.from(rows.keys()).sort((left, right) => {
    for (let at = 0; at < width; at += 1) {
      const one = numbers[left * width + at] ?? 0
      const other = numbers[right * width + at] ?? 0
      if (one !== other) return one < other ? -1 : 1
      // Minus zero comes before zero, so that only equal rows compare as equal.
      if (one === 0 && !Object.is(one, other)) return Object.is(one, -0) ? -1 : 1
    }
    return 0
  })
  const placeOf = new Uint32Array(rows.length)
  for (const [place, row] of order.entries()) placeOf[row] = place
  const column = (at: number): Float64Array => Float64Array.from(order, (row) => numbers[row * width + at] ?? Number.NaN)
  return {
    count: rows.length,
    columns: Array.from({ length: outputs }, (_, output) => ({ target: column(output), prediction: column(outputs + output) })),
    placeOf
  }
}
