import { describe, expect, it } from "vitest"
import { cosine, sine } from "../src/Circular.ts"

/** How many doubles lie from one number to another of the same sign. */
const ulps = (left: number, right: number): bigint => {
  const bits = (x: number) => new BigInt64Array(new Float64Array([Math.abs(x)]).buffer)[0] ?? 0n
  if (left === right) return 0n
  if (Math.sign(left) !== Math.sign(right)) return 1n << 62n
  const apart = bits(left) - bits(right)
  return apart < 0n ? -apart : apart
}
/** 40 001 numbers from -`bound` to `bound`, no two of them of the same fraction. */
const grid = (bound: number) => Array.from({ length: 40_001 }, (_, at) => (bound * (at - 20_000)) / 20_000.0137)
const worst = (ours: (x: number) => number, theirs: (x: number) => number, bound: number) =>
  Math.max(...grid(bound).map((x) => Number(ulps(ours(x), theirs(x)))))

describe("sine and cosine", () => {
  it.each([0.25, 1, 8])("are within one unit in the last place of Math's for |x| <= %d", (bound) => {
    expect({ sine: worst(sine, Math.sin, bound), cosine: worst(cosine, Math.cos, bound) }).toEqual({ sine: 1, cosine: 1 })
  })

  it("are exact where they can be", () => {
    expect([sine(0), Object.is(sine(-0), -0), cosine(0), sine(2 ** -30)]).toEqual([0, true, 1, 2 ** -30])
  })

  it("keep their bits, which are those of every machine", () => {
    const bits = (x: number) => new BigUint64Array(new Float64Array([x]).buffer)[0]?.toString(16)
    expect([0.2, 0.7, 1.1, -3, 1000].map((x) => `${bits(sine(x))} ${bits(cosine(x))}`)).toMatchInlineSnapshot(`
      [
        "3fc96dff233dd2bc 3fef5cb49577627a",
        "3fe49d6e694619b8 3fe87996529f9d93",
        "3fec84c54c2d6338 3fdd07b806c76111",
        "bfc210386db6d55b bfefae04be85e5d2",
        "3fea75cc150a206b 3fe1ff026793f1bb",
      ]
    `)
  })

  it("refuse what they cannot bring to a quarter turn", () => {
    expect(() => sine(2 ** 20 + 1)).toThrow("from -2^20 to 2^20, got 1048577")
    expect(() => cosine(Number.NaN)).toThrow("got NaN")
  })
})
