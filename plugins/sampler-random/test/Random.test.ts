import type { Rng, SamplerItem } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { random } from "../src/index.ts"

/** A tiny seeded stream (Numerical Recipes' 32-bit linear congruential generator): enough to tell one order from another. */
const rngOf = (seed: number): Rng => {
  let state = seed >>> 0
  const unit = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(unit() * bound)
  const shuffle = <A>(source: ReadonlyArray<A>): Array<A> => {
    const left = [...source]
    const out: Array<A> = []
    while (left.length > 0) out.push(...left.splice(below(left.length), 1))
    return out
  }
  const permutation = (n: number): ReadonlyArray<number> => shuffle(Array.from({ length: n }, (_, k) => k))
  return { unit, below, shuffle, permutation, fill: (bytes) => void bytes.set(bytes.map(() => below(256))) }
}
const items = (n: number): ReadonlyArray<SamplerItem> =>
  Array.from({ length: n }, (_, position) => ({ position, sample_id: `s${position}` }))
const orderOf = (n: number, seed: number): ReadonlyArray<number> => random.plan({}, { index: items(n), rng: rngOf(seed), epoch: 0 }).order

describe("random", () => {
  it("is a permutation for every size", () => {
    for (const n of [0, 1, 2, 3, 10, 257]) {
      const order = orderOf(n, 42)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, k) => k))
    }
    expect(random.plan({}, { index: items(3), rng: rngOf(1), epoch: 0 }).draws).toBe("permutation")
  })

  it("gives the same order for the same seed, and another for another", () => {
    expect(orderOf(50, 7)).toEqual(orderOf(50, 7))
    expect(orderOf(50, 7)).not.toEqual(orderOf(50, 8))
  })

  it("is the permutation that the stream gives, drawn once", () => {
    const calls: Array<number> = []
    const permutation = (n: number): ReadonlyArray<number> => {
      calls.push(n)
      return [2, 0, 1]
    }
    const rng: Rng = { ...rngOf(3), permutation }
    expect(random.plan({}, { index: items(3), rng, epoch: 0 }).order).toEqual([2, 0, 1])
    expect(calls).toEqual([3])
  })

  it("names positions of the split, whatever order the index has", () => {
    const rng: Rng = { ...rngOf(3), permutation: () => [2, 0, 1] }
    const index = [...items(3)].reverse()
    expect(random.plan({}, { index, rng, epoch: 0 }).order).toEqual([0, 2, 1])
  })

  it("depends on the number of samples alone, not on ids, classes or groups", () => {
    const dressed = items(20).map((item) => ({ ...item, sample_id: `other-${item.position}`, class_id: item.position % 2, group: "g" }))
    expect(random.plan({}, { index: dressed, rng: rngOf(5), epoch: 4 }).order).toEqual(orderOf(20, 5))
  })

  it("puts every sample at every place about equally often", () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0])
    const rng = rngOf(2026)
    for (let round = 0; round < 4000; round++)
      random.plan({}, { index: items(4), rng, epoch: round }).order.forEach((sample, place) => {
        const row = counts[sample] ?? []
        row[place] = (row[place] ?? 0) + 1
      })
    // 4000 rounds, a quarter each: the standard deviation is 27, the bound five of them.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(137)
  })

  it("refuses a stream that does not give a permutation", () => {
    const rng: Rng = { ...rngOf(1), permutation: () => [0, 3, 1] }
    expect(() => random.plan({}, { index: items(3), rng, epoch: 0 })).toThrow(new RangeError("the permutation of 3 samples names sample 3"))
  })
})
