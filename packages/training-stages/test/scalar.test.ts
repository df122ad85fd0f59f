import { describe, expect, it } from "vitest"
import { exp, log, logSoftmax, sigmoid, softplus } from "../src/scalar/Scalar.ts"

/** How many doubles lie between two numbers of one sign. */
const apart = (left: number, right: number): number => {
  const bits = (x: number) => new BigInt64Array(new Float64Array([x]).buffer)[0] ?? 0n
  const distance = bits(left) - bits(right)
  return Number(distance < 0n ? -distance : distance)
}
const grid = (from: number, to: number) => Array.from({ length: 20_001 }, (_, at) => from + ((to - from) * at) / 20_000.0137)
const worst = (ours: (x: number) => number, theirs: (x: number) => number, xs: ReadonlyArray<number>) =>
  xs.reduce((most, x) => Math.max(most, apart(ours(x), theirs(x))), 0)

describe("exp and log", () => {
  it.each([
    [-1, 1],
    [-40, 40],
    [-708, 709]
  ])("exp is within two units in the last place of Math's from %d to %d", (from, to) => {
    expect(worst(exp, Math.exp, grid(from, to))).toBeLessThanOrEqual(2)
  })

  it.each([
    [0.5, 2],
    [1e-9, 1e-3],
    [1, 1e9]
  ])("log is within three units in the last place of Math's from %d to %d", (from, to) => {
    expect(
      worst(
        log,
        Math.log,
        grid(from, to).filter((x) => x !== 1)
      )
    ).toBeLessThanOrEqual(3)
  })

  it("have their limits", () => {
    expect([exp(0), exp(-800), exp(800), exp(-745), exp(709.78), log(1), log(0), log(-1), log(Number.POSITIVE_INFINITY)]).toEqual([
      ...[1, 0, Number.POSITIVE_INFINITY, 5e-324, Math.exp(709.78), 0, Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY]
    ])
  })

  it("keep their bits", () => {
    expect([exp(1), exp(-0.3), log(3), log(0.1), softplus(-2), softplus(2), sigmoid(-40), sigmoid(0.1)]).toMatchInlineSnapshot(`
      [
        2.7182818284590455,
        0.7408182206817179,
        1.0986122886681098,
        -2.3025850929940455,
        0.1269280110429725,
        2.1269280110429727,
        4.248354255291589e-18,
        0.52497918747894,
      ]
    `)
  })
})

describe("what is made of them", () => {
  it("softplus and sigmoid lose nothing far from 0", () => {
    expect(softplus(-40) / Math.exp(-40)).toBeCloseTo(1, 14)
    expect(softplus(800)).toBe(800)
    expect(sigmoid(-30) / Math.exp(-30)).toBeCloseTo(1, 12)
    for (const x of grid(-20, 20)) expect(Math.abs(softplus(x) - Math.log1p(Math.exp(x)))).toBeLessThan(4e-15)
  })

  it("logSoftmax of a row sums to 1 and does not overflow", () => {
    const row = logSoftmax([9, 1000, -1000, 999], 1, 3, new Float64Array(3))
    expect([...row].reduce((sum, x) => sum + Math.exp(x), 0)).toBeCloseTo(1, 12)
    expect(row[1]).toBe(-2000 - Math.log1p(Math.exp(-1)))
  })
})
