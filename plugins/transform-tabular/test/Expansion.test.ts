/** Exact moments: the answers of test/oracle/moments.py, which adds fractions, in whatever order the numbers come. */
import { describe, expect, it } from "vitest"
import { add, addProduct, type Expansion, moments, roundedSum } from "../src/Expansion.ts"
import oracle from "./oracle/moments.json" with { type: "json" }

const momentsOf = (values: ReadonlyArray<number>) => {
  const [sum, squares]: [Expansion, Expansion] = [[], []]
  for (const value of values) {
    add(sum, value)
    addProduct(squares, value, value)
  }
  return moments(values.length, sum, squares)
}
/** Units in the last place between two doubles of one sign. */
const apart = (left: number, right: number): number => {
  const bits = (value: number) => new DataView(Float64Array.of(value).buffer).getBigInt64(0, true)
  return Math.abs(Number(bits(left) - bits(right)))
}

describe("moments()", () => {
  it.each(oracle)("of $name are within two units in the last place of the fractions", ({ values, mean, variance }) => {
    const found = momentsOf(values)
    expect(apart(found.mean, mean)).toBeLessThanOrEqual(2)
    expect(apart(found.variance, variance)).toBeLessThanOrEqual(2)
  })
  it.each(oracle)("of $name are the same bits in every order", ({ values }) => {
    const found = momentsOf(values)
    expect(momentsOf([...values].reverse())).toEqual(found)
    expect(momentsOf([...values].sort((left, right) => left - right))).toEqual(found)
  })
  it("are without variance only when every number is the same", () => {
    expect(momentsOf([0.1, 0.1, 0.1]).variance).toBe(0)
    expect(momentsOf([0.1, 0.1, 0.1 + 2 ** -56]).variance).toBeGreaterThan(0)
  })
})

describe("an expansion", () => {
  it("forgets nothing of a sum whose terms cancel", () => {
    const sum: Expansion = []
    for (const term of [1e100, 1, -1e100, 2 ** -60]) add(sum, term)
    expect(roundedSum(sum)).toBe(1)
    add(sum, -1)
    expect(roundedSum(sum)).toBe(2 ** -60)
  })
})
