/**
 * How many of m fair coins show heads, drawn exactly and without tossing each one: 4096 and 256 coins at a time by the inverse of their
 * exact distribution, the rest as the bits of words.
 *
 * Sharp edge: one word of 32 bits nearly always decides a table. Where it lies on a step of the distribution, about once in ten million,
 * as many more words are drawn as the table has coins left, and whole numbers decide; so the draw has no error at all, and the number of
 * words that it takes varies.
 */
import type { Rng } from "@feagi-trainer/contracts"

/** Where the words come from: `below(2 ** 32)` is one word. */
export type Words = Pick<Rng, "below">

const span = 2 ** 32

/** 2^size · P(X ≤ k) for k = 0 … size: whole numbers. */
export const cumulativeHeads = (size: number): ReadonlyArray<bigint> => {
  const sums: Array<bigint> = []
  let ways = 1n
  let sum = 0n
  for (let k = 0; k <= size; k++) {
    sum += ways
    sums.push(sum)
    ways = (ways * BigInt(size - k)) / BigInt(k + 1)
  }
  return sums
}

interface Table {
  readonly size: number
  /** The first 32 binary digits of P(X ≤ k), as an integer; 2^32 for the last. */
  readonly steps: Float64Array
}

const tableOf = (size: number): Table => ({
  size,
  steps: Float64Array.from(cumulativeHeads(size), (sum) => Number(sum >> BigInt(size - 32)))
})

let tables: ReadonlyArray<Table> | undefined
/** Large to small. They are computed at first use: 4097 binomial coefficients of 4096 bits. */
const allTables = (): ReadonlyArray<Table> => {
  tables ??= [tableOf(4096), tableOf(256)]
  return tables
}

/** The first k whose P(X ≤ k) lies above the number that is drawn, digit by digit, between 0 and 1. */
const fromTable = ({ size, steps }: Table, words: Words): number => {
  const word = words.below(span)
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if (word <= (steps[middle] ?? span)) high = middle
    else low = middle + 1
  }
  if (word !== steps[low]) return low
  // The step begins with this very word: the remaining digits decide.
  let drawn = BigInt(word)
  for (let digits = 32; digits < size; digits += 32) drawn = (drawn << 32n) | BigInt(words.below(span))
  return cumulativeHeads(size).findIndex((sum) => drawn < sum)
}

/** How many bits of a word are set. */
const ones = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Binomial with `coins` trials and probability 1/2, exactly. @param coins a whole number from 0 */
export const heads = (coins: number, words: Words): number => {
  let rest = coins
  let found = 0
  for (const table of coins >= 256 ? allTables() : []) {
    for (; rest >= table.size; rest -= table.size) found += fromTable(table, words)
  }
  for (; rest >= 32; rest -= 32) found += ones(words.below(span))
  return rest > 0 ? found + ones(words.below(span) >>> (32 - rest)) : found
}
