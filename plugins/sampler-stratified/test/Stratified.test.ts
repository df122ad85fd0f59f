import { epochRng } from "@feagi-trainer/conformance"
import type { SamplerItem } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { stratified } from "../src/index.ts"

/** Samples of these classes, all mixed. */
const indexOf = (counts: ReadonlyArray<number>, seed = "index"): ReadonlyArray<SamplerItem> =>
  epochRng(seed, 0)
    .shuffle(counts.flatMap((count, class_id) => Array.from({ length: count }, () => class_id)))
    .map((class_id, position) => ({ position, sample_id: `s${position}`, class_id }))

const planned = (index: ReadonlyArray<SamplerItem>, window: number, seed = "plan", epoch = 0) =>
  stratified.plan({ window }, { index, rng: epochRng(seed, epoch), epoch })

/** The class of every sample, in the order of the plan. */
const classesOf = (counts: ReadonlyArray<number>, window: number, seed = "plan"): ReadonlyArray<number> => {
  const index = indexOf(counts, seed)
  return planned(index, window, seed).order.map((position) => index[position]?.class_id ?? -1)
}

/** The largest |count − share| of any class in these places, in units of 1 / total: exact integers. */
const deviation = (counts: ReadonlyArray<number>, places: ReadonlyArray<number>): number => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const held = counts.map(() => 0)
  for (const each of places) held[each] = (held[each] ?? 0) + 1
  return Math.max(...counts.map((count, at) => Math.abs((held[at] ?? 0) * total - count * places.length)))
}

describe("stratified", () => {
  it("holds each class within one of its share in every window, for random class counts and windows that do not divide", () => {
    let undivided = 0
    for (let round = 0; round < 500; round++) {
      const rng = epochRng("counts", round)
      const most = [3, 12, 60][round % 3] ?? 3
      const counts = Array.from({ length: 1 + rng.below(12) }, () => 1 + rng.below(most))
      const total = counts.reduce((sum, count) => sum + count, 0)
      const window = 2 + rng.below(total + 3)
      const places = classesOf(counts, window, `round-${round}`)
      expect(places).toHaveLength(total)
      expect(deviation(counts, places)).toBe(0)
      const width = Math.min(window, total)
      for (let start = 0; start + width <= total; start++)
        if (deviation(counts, places.slice(start, start + width)) > total)
          expect.unreachable(`counts ${counts}, window ${window}, round ${round}: places ${start} to ${start + width}`)
      // The window that is left over at the end, when windows are laid side by side.
      if (total % width === 0) continue
      undivided += 1
      expect(deviation(counts, places.slice(total - (total % width)))).toBeLessThanOrEqual(total)
    }
    expect(undivided).toBeGreaterThan(100)
  })

  it("visits a class that is rarer than one in a window no more than once in any", () => {
    const places = classesOf([100, 3], 10)
    const rare = places.flatMap((each, at) => (each === 1 ? [at] : []))
    expect(rare).toHaveLength(3)
    for (const [at, place] of rare.slice(1).entries()) expect(place - (rare[at] ?? 0)).toBeGreaterThanOrEqual(10)
  })

  it("draws which classes stand where, and which of their samples", () => {
    const index = indexOf([30, 30, 30])
    const orders = [0, 1, 2, 3].map((epoch) => planned(index, 9, "plan", epoch).order)
    expect(new Set(orders.map((order) => order.map((at) => index[at]?.class_id).join(""))).size).toBe(4)
    const first = orders.map((order) => order.find((at) => index[at]?.class_id === 0))
    expect(new Set(first).size).toBeGreaterThan(1)
  })

  it("repeats no pattern from window to window where the shares leave a choice", () => {
    const text = classesOf([40, 40, 40], 12).join("")
    const windows = Array.from({ length: 10 }, (_, at) => text.slice(at * 12, at * 12 + 12))
    expect(new Set(windows).size).toBe(10)
  })

  it("takes one window for all when the window is larger than the split", () => {
    const index = indexOf([4, 3])
    expect([...planned(index, 1000).order].sort((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(planned(index, 1000).draws).toBe("permutation")
  })

  it("does not depend on the names of the classes, nor on which of them comes first", () => {
    const index = indexOf([5, 9])
    const renamed = index.map((item) => ({ ...item, class_id: (item.class_id ?? 0) * 1000 + 7 }))
    expect(planned(renamed, 4)).toEqual(planned(index, 4))
  })

  it("names positions of the split, whatever part of it the index holds", () => {
    const index = indexOf([8, 8]).filter(({ position }) => position % 2 === 1)
    expect([...planned(index, 3).order].sort((left, right) => left - right)).toEqual([1, 3, 5, 7, 9, 11, 13, 15])
  })

  it("says how many samples have no class, names the first, and refuses to plan", () => {
    const index = indexOf([5, 5]).map(({ class_id, ...item }, at) => (at < 6 ? item : { ...item, class_id: class_id ?? 0 }))
    const mistakes = stratified.check?.({ window: 4 }, { index, epochs: 1 })
    const message = "the sampler stratified needs the class of every sample; 6 of 10 have none"
    expect(mistakes).toEqual([
      { path: [], problem: "missing", message, expected: "a class_id in every entry of the index", actual: 'none in "s0", "s1", "s2", …' }
    ])
    expect(() => planned(index, 4)).toThrow(new RangeError(message))
  })
})
