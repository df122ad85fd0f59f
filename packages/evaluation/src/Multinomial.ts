/**
 * Draws with replacement from samples that are sorted into atoms: how often each atom occurs, which is multinomial, without drawing every
 * sample. Whole numbers and random bits only, so the distribution is exact and the same bits come out on every machine.
 *
 * How many of m draws fall to a share of `part` in `whole` is found by comparing m uniform numbers with part / whole, all of them one
 * binary digit at a time: a fair coin decides about half of those that are still equal, and how many that is takes one binomial with 1/2.
 * The atoms are split in two by weight, each half again, and so on. Sharp edge: with fewer than 64 samples for each atom the samples are
 * drawn one by one, because that is quicker; the two ways give the same distribution and other draws.
 */
import type { Atoms } from "@feagi-trainer/contracts"
import { heads, type Words } from "./FairCoins.ts"

/** Below this many draws to an atom, one by one is quicker. */
const few = 64

/** Binomial with `trials` and probability `part` / `whole`, exactly. Whole numbers, 0 ≤ part ≤ whole ≤ 2^52. */
export const binomial = (trials: number, part: number, whole: number, words: Words): number => {
  if (part === whole) return trials
  let below = 0
  let equal = trials
  for (let rest = part; rest > 0 && equal > 0; ) {
    rest *= 2
    const zeros = heads(equal, words)
    if (rest >= whole) {
      // The digit of part / whole is 1: a number with 0 here lies below.
      rest -= whole
      below += zeros
      equal -= zeros
    } else {
      equal = zeros
    }
  }
  // Numbers whose digits are still those of part / whole when these have ended are not below it.
  return below
}

/** The samples of one stratum: which atom each is of, and the atoms with how many samples lie before each. */
interface Stratum {
  readonly members: Uint32Array
  readonly atoms: Uint32Array
  /** One longer than `atoms`; the last is the number of samples. */
  readonly before: Float64Array
}

const stratumOf = (members: Uint32Array, count: number): Stratum => {
  const weights = new Uint32Array(count)
  for (const atom of members) weights[atom] = (weights[atom] ?? 0) + 1
  const atoms = Uint32Array.from(weights.keys()).filter((atom) => (weights[atom] ?? 0) > 0)
  const before = new Float64Array(atoms.length + 1)
  for (const [index, atom] of atoms.entries()) before[index + 1] = (before[index] ?? 0) + (weights[atom] ?? 0)
  return { members, atoms, before }
}

/** The first index from `low` to `high` - 1 before whose end `at` lies. */
const holding = (before: Float64Array, at: number, from: number, to: number): number => {
  let low = from
  let high = to - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at < (before[middle + 1] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

const split = ({ atoms, before }: Stratum, words: Words, into: Uint32Array): void => {
  const put = (index: number, more: number): void => {
    const atom = atoms[index] ?? 0
    into[atom] = (into[atom] ?? 0) + more
  }
  const deal = (low: number, high: number, draws: number): void => {
    if (draws === 0) return
    if (high - low === 1) {
      put(low, draws)
      return
    }
    const start = before[low] ?? 0
    const whole = (before[high] ?? 0) - start
    if (draws < few) {
      for (let draw = 0; draw < draws; draw++) put(holding(before, start + words.below(whole), low, high), 1)
      return
    }
    // The atom over the middle of the weight goes to the left, unless that leaves the right one empty.
    const middle = Math.min(high - 1, holding(before, start + Math.floor(whole / 2), low, high) + 1)
    const left = binomial(draws, (before[middle] ?? 0) - start, whole, words)
    deal(low, middle, left)
    deal(middle, high, draws - left)
  }
  deal(0, atoms.length, before[atoms.length] ?? 0)
}

/** The atoms of the samples of each stratum, in the order of the samples. */
const byStratum = (atomOf: Uint32Array, strata: Uint32Array): ReadonlyArray<Uint32Array> => {
  const members = new Map<number, Array<number>>()
  for (const [index, atom] of atomOf.entries()) {
    const stratum = strata[index] ?? 0
    const known = members.get(stratum)
    if (known === undefined) members.set(stratum, [atom])
    else known.push(atom)
  }
  return [...members.values()].map((each) => Uint32Array.from(each))
}

/** Fills `into` with how often each atom occurs in a resample. */
export type Redraw = (words: Words, into: Uint32Array) => void

/**
 * Resamples of the size of the samples. @param strata the stratum of every sample; each is drawn from itself and keeps its size, in the
 * order in which they first occur. An atom may belong to several.
 */
export const redraw = ({ count, atomOf }: Pick<Atoms, "count" | "atomOf">, strata?: Uint32Array): Redraw => {
  const all = (strata === undefined ? [atomOf] : byStratum(atomOf, strata)).map((members) => stratumOf(members, count))
  return (words, into) => {
    into.fill(0)
    for (const stratum of all) {
      const { members: own, atoms } = stratum
      if (own.length >= few * atoms.length) split(stratum, words, into)
      else
        for (let draw = 0; draw < own.length; draw++) {
          const atom = own[words.below(own.length)] ?? 0
          into[atom] = (into[atom] ?? 0) + 1
        }
    }
  }
}
