/**
 * The key that a record shares with a copy of it whose numbers were rounded to 3 decimals.
 *
 * Rounding says something of a record when one of its numbers is not whole. It says nothing of the table when it merges what is
 * different: when, among the first 4096 records, a column of fractions spreads over less than 0.1, or all of them together span fewer
 * than 10^8 cells of a thousandth, as one column of rates does. Then there are no keys. Two records with equal keys are equal up to 0.001 in every feature; without a fraction that 3 decimals lose
 * they are equal altogether, which the decoded hash says as well. Sharp edges: a column that spreads only later leaves the table
 * without keys, because a scan does not turn back; and where a number lies at a half, a copy by a program that rounds halves to even
 * has another key.
 */
import { hash } from "node:crypto"
import type { InputReader } from "./InputReader.ts"

/** Records whose ranges decide whether there are keys. */
export const HEAD_RECORDS = 4096
/** Spread of a column that rounding to 3 decimals cuts into fewer than a hundred steps. */
const LEAST_SPREAD = 0.1
/** Cells of a thousandth that the columns of fractions span: so many that of 100 000 records hardly one in 1000 meets another by chance. */
const LEAST_CELLS = 1e8
/** Longer keys are told by their SHA-256. */
const LONGEST = 256

/**
 * Thousandths of a number, rounded as its exact value says. Near a half the product cannot tell on which side the number lies; `toFixed`
 * can, and is slow.
 */
const thousandths = (value: number): number => {
  const scaled = value * 1000
  const whole = Math.round(scaled)
  const apart = 0.5 - Math.abs(scaled - whole)
  return apart > 1e-9 + Math.abs(scaled) * 2 ** -51 ? whole : Math.round(Number(value.toFixed(3)) * 1000)
}

/** The digits of the numbers below 1000, three bytes each. */
const TRIPLES = Buffer.from(Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, "0")).join(""))

const writeTriple = (into: Buffer, at: number, value: number): number => {
  into[at] = TRIPLES[value * 3] ?? 0
  into[at + 1] = TRIPLES[value * 3 + 1] ?? 0
  into[at + 2] = TRIPLES[value * 3 + 2] ?? 0
  return at + 3
}

/** Digits of a number below 2^31, written without a string. @returns the place behind them */
const writeDigits = (into: Buffer, at: number, value: number): number => {
  if (value >= 1000) {
    const thousands = Math.trunc(value / 1000)
    return writeTriple(into, writeDigits(into, at, thousands), value - thousands * 1000)
  }
  const skip = value >= 100 ? 0 : value >= 10 ? 1 : 2
  for (let k = skip; k < 3; k++) into[at + k - skip] = TRIPLES[value * 3 + k] ?? 0
  return at + 3 - skip
}

/** Longest text of a double, and a blank. */
const NUMBER_BYTES = 32

/**
 * Makes the keys of the records of a table; undefined when all numbers of a record are whole. A key is written as bytes and becomes one
 * string, because a string that is put together from many pieces stays many pieces in memory.
 */
export const nearKeys = (reader: InputReader): ((values: Float64Array) => string | undefined) => {
  const { inputs, isText } = reader
  const encoding = isText.includes(1) ? "utf8" : "latin1"
  let bytes = Buffer.alloc(inputs.length * NUMBER_BYTES)
  const write = (text: string, at: number): number => {
    const room = Buffer.byteLength(text) + inputs.length * NUMBER_BYTES
    if (bytes.length < at + room) bytes = Buffer.concat([bytes, Buffer.alloc(at + room)])
    return at + bytes.write(text, at)
  }
  return (values) => {
    let fractions = false
    let at = 0
    for (let k = 0; k < inputs.length; k++) {
      const value = values[k] ?? 0
      if (!Number.isInteger(value)) fractions = true
      if (k > 0) bytes[at++] = 0x20
      if (isText[k] === 1) at = write(JSON.stringify(reader.text(k, value)), at)
      else {
        const whole = thousandths(value)
        if (whole < 0) bytes[at++] = 0x2d
        const size = Math.abs(whole)
        at = size < 2 ** 31 ? writeDigits(bytes, at, size) : at + bytes.write(String(size), at)
      }
    }
    if (!fractions) return undefined
    return at > LONGEST ? hash("sha256", bytes.subarray(0, at)) : bytes.toString(encoding, 0, at)
  }
}

/** What the head of a table says of a column that is a number. */
export interface Spread {
  readonly min: number
  readonly max: number
  readonly fractions: boolean
}

/** Whether rounding tells the records of a table apart. */
export const roundingSays = (spreads: ReadonlyArray<Spread>): boolean => {
  const moving = spreads.flatMap(({ min, max, fractions }) => (fractions && max > min ? [max - min] : []))
  return moving.every((spread) => spread >= LEAST_SPREAD) && moving.reduce((cells, spread) => cells * spread * 1000, 1) >= LEAST_CELLS
}
