import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { mixed, pooledCount } from "../../src/index.ts"

const pool = Array.from({ length: 12 }, (_, index) => ({ sample_id: `p${index}`, sha256: String(index).repeat(64).slice(0, 64) }))
const rng = (seed: number) => SeedTree.root(seed).child("pool").random()
const batch = (length: number): ReadonlyArray<number> => Array.from({ length }, (_, index) => index)

describe("mixed()", () => {
  it.each([
    [10, 0, 0],
    [10, 0.29, 3],
    [10, 0.25, 3],
    [10, 0.24, 2],
    [30, 0.1, 3],
    [100, 0.07, 7],
    [3, 0.1, 0],
    [8, 1, 8],
    [0, 0.5, 0]
  ])("takes of %i visits at a share of %f exactly %i from the pool", (length, ratio, count) => {
    expect(pooledCount(length, ratio)).toBe(count)
    if (count > pool.length) return
    const { visits, left_out } = mixed(batch(length), pool, ratio, rng(1))
    expect([visits.length, visits.filter((each) => each.from === "pool").length, left_out.length]).toEqual([length, count, count])
  })

  it("keeps the places of what stays, names what gives way, and takes no sample twice", () => {
    const random = rng(5)
    for (let round = 0; round < 200; round += 1) {
      const { visits, left_out } = mixed(batch(16), pool, 0.5, random)
      const stay = visits.flatMap((each, place) => (each.from === "data" ? [[each.item, place]] : []))
      expect(stay.every(([item, place]) => item === place)).toBe(true)
      expect([...stay.map(([item]) => item), ...left_out].toSorted((a, b) => Number(a) - Number(b))).toEqual(batch(16))
      const drawn = visits.flatMap((each) => (each.from === "pool" ? [each.entry.sample_id] : []))
      expect(new Set(drawn).size).toBe(8)
    }
  })

  it("gives the same for the same seed, and otherwise something else", () => {
    const show = (seed: number): string =>
      mixed(batch(8), pool, 0.5, rng(seed))
        .visits.map((each) => (each.from === "data" ? String(each.item) : each.entry.sample_id))
        .join(" ")
    expect(show(7)).toBe(show(7))
    expect(show(7)).toBe("p2 p6 2 3 p11 5 p10 7")
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map(show)).size).toBe(8)
  })

  it("reaches every place and every sample of the pool", () => {
    const random = rng(9)
    const places = new Set<number>()
    const drawn = new Map<string, number>()
    for (let round = 0; round < 600; round += 1)
      for (const [place, each] of mixed(batch(8), pool, 0.25, random).visits.entries())
        if (each.from === "pool") {
          places.add(place)
          drawn.set(each.entry.sample_id, (drawn.get(each.entry.sample_id) ?? 0) + 1)
        }
    expect([places.size, drawn.size]).toEqual([8, 12])
    // 1200 draws over 12 samples: 100 each, with a standard deviation below 10
    expect([...drawn.values()].every((count) => count > 60 && count < 140)).toBe(true)
  })

  it("draws nothing for a share of 0", () => {
    const draws: Array<number> = []
    const counting = {
      permutation: (n: number) => {
        draws.push(n)
        return batch(n)
      }
    }
    expect(mixed(batch(3), [], 0, counting).visits).toEqual(batch(3).map((item) => ({ from: "data", item })))
    expect(draws).toEqual([])
    mixed(batch(4), pool, 0.5, counting)
    expect(draws).toEqual([4, 12])
  })

  it("refuses a share that is none, and a pool that is too small, with both numbers", () => {
    for (const ratio of [-0.1, 1.1, Number.NaN]) expect(() => mixed(batch(4), pool, ratio, rng(1))).toThrow(`from 0 to 1, not ${ratio}`)
    expect(() => mixed(batch(30), pool, 0.5, rng(1))).toThrow("15 of 30 visits come from the pool, which has 12 samples")
  })
})
