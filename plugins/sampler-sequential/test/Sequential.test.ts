import type { Rng, SamplerItem } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { sequential } from "../src/index.ts"

const refuse = (): never => {
  throw new Error("sequential must not draw")
}
const noRng: Rng = { below: refuse, unit: refuse, shuffle: refuse, permutation: refuse, fill: refuse }
const items = (n: number): ReadonlyArray<SamplerItem> =>
  Array.from({ length: n }, (_, position) => ({ position, sample_id: `s${n - position}`, class_id: position % 3 }))
const plan = (n: number, epoch: number) => sequential.plan({}, { index: items(n), rng: noRng, epoch })

describe("sequential", () => {
  it("visits 0 … n − 1 whatever the ids, classes and epoch are", () => {
    for (const n of [0, 1, 2, 7, 1000])
      for (const epoch of [0, 1, 9]) expect(plan(n, epoch)).toEqual({ order: Array.from({ length: n }, (_, k) => k), draws: "permutation" })
  })

  it("keeps the order of the index, not of the positions", () => {
    const reversed = [...items(4)].reverse()
    expect(sequential.plan({}, { index: reversed, rng: noRng, epoch: 0 }).order).toEqual([3, 2, 1, 0])
  })

  it("leaves the index as it was", () => {
    const index = Object.freeze(items(5).map((item) => Object.freeze(item)))
    expect(sequential.plan({}, { index, rng: noRng, epoch: 0 }).order).toHaveLength(5)
  })
})
