/**
 * The paired permutation test: were the two answers to each sample handed out by a coin, how often would the runs differ by as much as they
 * do? Every assignment is looked at where there are no more different ones than draws, else assignments are drawn (Fisher 1935; Noreen 1989).
 *
 * Sharp edges: an assignment that leaves a value without data counts as reaching it, which can only raise p; a drawn p is never below
 * 1 / (draws + 1), so a difference of many metrics or runs needs as many draws as Holm's correction divides by.
 */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { heads, type Words } from "./FairCoins.ts"

type Values = Readonly<Record<string, MetricValue>>

export interface PermutationRequest {
  /** How many pairs there are of each kind whose two answers differ. */
  readonly kinds: ReadonlyArray<number>
  /** The differences when of each kind so many pairs have swapped sides. */
  readonly differences: (swapped: ReadonlyArray<number>) => Values
  readonly words: Words
  readonly draws: number
}

export interface Permuted {
  readonly by: "exact" | "drawn"
  /** How many assignments were looked at; kinds of pairs make many of them the same. */
  readonly assignments: number
  /** Two-sided, by the name of the value. */
  readonly p: Values
}

const numbers = (values: Values): ReadonlyArray<readonly [name: string, value: number]> =>
  Object.entries(values).flatMap(([name, value]) => (isInsufficient(value) ? [] : [[name, value] as const]))

/** Sums in another order differ in the last digits; a difference that is equal on paper must count as reached. */
const reaches = (value: MetricValue | undefined, observed: number): boolean =>
  typeof value !== "number" || Math.abs(value) >= Math.abs(observed) * (1 - 1e-12)

/** n over 0 … n, in whole numbers. */
const choices = (n: number): ReadonlyArray<bigint> => {
  const found = [1n]
  for (let k = 1; k <= n; k++) found.push(((found[k - 1] ?? 0n) * BigInt(n - k + 1)) / BigInt(k))
  return found
}

/** part / 2^exponent; below the least double it is 0. */
const share = (part: bigint, exponent: number): number => {
  const excess = Math.max(0, part.toString(2).length - 60)
  let value = Number(part >> BigInt(excess))
  for (let halving = excess; halving < exponent; halving++) value /= 2
  return value
}

const exactly = ({ kinds, differences }: PermutationRequest, observed: ReturnType<typeof numbers>, assignments: number): Permuted => {
  const ways = kinds.map(choices)
  const reached = new Map(observed.map(([name]) => [name, 0n]))
  const swapped = kinds.map(() => 0)
  for (let index = 0; index < assignments; index++) {
    const found = differences(swapped)
    const weight = swapped.reduce((product, times, kind) => product * (ways[kind]?.[times] ?? 0n), 1n)
    for (const [name, value] of observed) if (reaches(found[name], value)) reached.set(name, (reached.get(name) ?? 0n) + weight)
    // The next assignment: count up, the first kind fastest.
    for (let kind = 0; kind < kinds.length; kind++) {
      const next = (swapped[kind] ?? 0) + 1
      if (next <= (kinds[kind] ?? 0)) {
        swapped[kind] = next
        break
      }
      swapped[kind] = 0
    }
  }
  const pairs = kinds.reduce((sum, each) => sum + each, 0)
  return { by: "exact", assignments, p: Object.fromEntries([...reached].map(([name, part]) => [name, share(part, pairs)])) }
}

const drawn = ({ kinds, differences, words, draws }: PermutationRequest, observed: ReturnType<typeof numbers>): Permuted => {
  const reached = new Map(observed.map(([name]) => [name, 0]))
  for (let draw = 0; draw < draws; draw++) {
    const found = differences(kinds.map((pairs) => heads(pairs, words)))
    for (const [name, value] of observed) if (reaches(found[name], value)) reached.set(name, (reached.get(name) ?? 0) + 1)
  }
  // The observed assignment is one of those that were looked at.
  return { by: "drawn", assignments: draws, p: Object.fromEntries([...reached].map(([name, count]) => [name, (1 + count) / (1 + draws)])) }
}

/** p of every difference; a difference without a value has it for its p. Exact when there are at most `draws` different assignments. */
export const permute = (request: PermutationRequest): Permuted => {
  const { kinds, differences, draws } = request
  const whole = differences(kinds.map(() => 0))
  const observed = numbers(whole)
  const assignments = kinds.reduce((product, pairs) => (product > draws ? product : product * (pairs + 1)), 1)
  const { p, ...how } = assignments <= draws ? exactly(request, observed, assignments) : drawn(request, observed)
  return { ...how, p: { ...whole, ...p } }
}
