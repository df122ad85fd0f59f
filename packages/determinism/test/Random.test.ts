import { describe, expect, it } from "vitest"
import { ChaCha8, Random } from "../src/index.ts"
import { reduceBelow, reduceBelowBig } from "../src/Rejection.ts"
import { toHex } from "./hex.ts"

const random = (seed: bigint): Random => new Random(ChaCha8.seedFromU64(seed))

const take = <A>(count: number, draw: () => A): ReadonlyArray<A> => Array.from({ length: count }, () => draw())

describe("below", () => {
  it("gives each result the same number of accepted draws, for every bound and every draw of a small span", () => {
    for (const span of [1, 2, 16, 64, 100]) {
      for (let n = 1; n <= span; n += 1) {
        const counts = new Map<number, number>()
        let rejected = 0
        for (let draw = 0; draw < span; draw += 1) {
          const result = reduceBelow(draw, n, span)
          const big = reduceBelowBig(BigInt(draw), BigInt(n), BigInt(span))
          expect(big).toBe(result === undefined ? undefined : BigInt(result))
          if (result === undefined) rejected += 1
          else counts.set(result, (counts.get(result) ?? 0) + 1)
        }
        expect(Array.from(counts.keys()).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, index) => index))
        expect(new Set(counts.values())).toEqual(new Set([Math.floor(span / n)]))
        expect(rejected).toBe(span % n)
      }
    }
  })

  it("rejects exactly from the last multiple of the bound, at the spans in use", () => {
    const span = 2 ** 32
    expect(reduceBelow(span - 2, 3, span)).toBe(2)
    expect(reduceBelow(span - 1, 3, span)).toBe(undefined)
    expect(reduceBelow(span - 1, span, span)).toBe(span - 1)
    expect(reduceBelow(2 ** 31, 2 ** 31 + 1, span)).toBe(2 ** 31)
    expect(reduceBelow(2 ** 31 + 1, 2 ** 31 + 1, span)).toBe(undefined)
    expect(reduceBelow(2 ** 53 - 1, 2 ** 53, 2 ** 53)).toBe(2 ** 53 - 1)
    expect(reduceBelow(2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53)).toBe(undefined)
    expect(reduceBelowBig(2n ** 64n - 1n, 10n, 2n ** 64n)).toBe(undefined)
    expect(reduceBelowBig(2n ** 64n - 7n, 10n, 2n ** 64n)).toBe(9n)
  })

  it("uses one word up to 2^32, two beyond and for bigint", () => {
    const uses = (draw: (source: Random) => unknown): bigint => {
      const source = ChaCha8.seedFromU64(1n)
      draw(new Random(source))
      return source.wordPos
    }
    expect(uses((source) => source.below(1))).toBe(1n)
    expect(uses((source) => source.below(2 ** 32))).toBe(1n)
    expect(uses((source) => source.below(2 ** 53))).toBe(2n)
    expect(uses((source) => source.below(2n ** 64n))).toBe(2n)
    expect(uses((source) => source.unit())).toBe(2n)
    expect(uses((source) => source.permutation(2))).toBe(1n)
    expect(uses((source) => source.permutation(1))).toBe(0n)
  })

  it("draws the words of the stream", () => {
    const source = ChaCha8.seedFromU64(5n)
    const words = take(3, () => source.nextU32())
    const draws = random(5n)
    expect(take(3, () => draws.below(2 ** 32))).toEqual(words)
    expect(random(5n).below(2n ** 64n)).toBe(ChaCha8.seedFromU64(5n).nextU64())
    expect(BigInt(random(5n).below(2 ** 53))).toBe(ChaCha8.seedFromU64(5n).nextU64() & (2n ** 53n - 1n))
  })

  it("refuses bounds outside its range", () => {
    for (const n of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53 + 2]) {
      expect(() => random(0n).below(n)).toThrow(`below(n) needs an integer n from 1 to 2^53, not ${n}`)
    }
    expect(() => random(0n).below(0n)).toThrow("below(n) needs an integer n from 1 to 2^64, not 0")
    expect(() => random(0n).below(2n ** 64n + 1n)).toThrow(RangeError)
  })
})

describe("int and unit", () => {
  it("reaches both ends of int and nothing outside", () => {
    const source = random(3n)
    const seen = new Set(take(300, () => source.int(-2, 3)))
    expect(Array.from(seen).sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3])
    expect(source.int(7, 7)).toBe(7)
    expect(Number.isSafeInteger(source.int(-(2 ** 52), 2 ** 52 - 1))).toBe(true)
  })

  it("refuses an empty range and one that is too wide", () => {
    expect(() => random(0n).int(1, 0)).toThrow("int(min, max) needs safe integers min ≤ max")
    expect(() => random(0n).int(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toThrow(RangeError)
    expect(() => random(0n).int(0.5, 2)).toThrow(RangeError)
  })

  it("gives units that are multiples of 2^-53 below 1", () => {
    const source = random(4n)
    const units = take(2000, () => source.unit())
    expect(units.every((unit) => unit >= 0 && unit < 1 && Number.isInteger(unit * 2 ** 53))).toBe(true)
    expect(units.filter((unit) => (unit * 2 ** 53) % 2 === 1).length).toBeGreaterThan(900)
  })
})

describe("normal", () => {
  it("gives the moments of the normal distribution", () => {
    const source = random(11n)
    const draws = take(20_000, () => source.normal())
    const moment = (power: number): number => draws.reduce((sum, draw) => sum + draw ** power, 0) / draws.length
    // four standard errors of each moment: sqrt(1, 2, 15, 96) / sqrt(20 000)
    expect(Math.abs(moment(1))).toBeLessThan(0.029)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.041)
    expect(Math.abs(moment(3))).toBeLessThan(0.11)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.28)
    expect(draws.filter((draw) => Math.abs(draw) < 1).length / draws.length).toBeCloseTo(0.6827, 1)
  })

  it("agrees with the same method over Math.log to a few units in the last place", () => {
    const source = random(12n)
    const twin = random(12n)
    const reference = (): number => {
      for (;;) {
        const x = 2 * twin.unit() - 1
        const square = x * x + (2 * twin.unit() - 1) ** 2
        if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
      }
    }
    for (let round = 0; round < 5000; round += 1) {
      const expected = reference()
      expect(Math.abs(source.normal() - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -49)
    }
    expect(source.state()).toBe(twin.state())
  })
})

describe("orders and choices", () => {
  it("permutes: every number once, every order of three reached", () => {
    const source = random(21n)
    for (const n of [0, 1, 2, 17, 1000]) {
      expect(source.permutation(n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, index) => index))
    }
    expect(new Set(take(100, () => source.permutation(3).join(""))).size).toBe(6)
  })

  it("shuffles into a new array by the permutation, and keeps holes of value undefined", () => {
    const items = ["a", undefined, "c", "d"]
    const order = random(22n).permutation(4)
    expect(random(22n).shuffle(items)).toEqual(order.map((at) => items[at]))
    expect(items).toEqual(["a", undefined, "c", "d"])
  })

  it("chooses by below, undefined items included", () => {
    const items = ["x", "y", "z"]
    expect(random(23n).choice(items)).toBe(items[random(23n).below(3)])
    expect(random(23n).choice([undefined])).toBe(undefined)
    expect(() => random(0n).choice([])).toThrow("choice(items) needs at least one item")
  })

  it("draws by weight, never a weight of 0", () => {
    const source = random(24n)
    const counts = [0, 0, 0, 0]
    for (let round = 0; round < 8000; round += 1) {
      const index = source.weighted([0, 1, 3, 0])
      counts[index] = (counts[index] ?? 0) + 1
    }
    expect([counts[0], counts[3]]).toEqual([0, 0])
    // four standard errors of a share of one quarter of 8000
    expect(Math.abs((counts[1] ?? 0) - 2000)).toBeLessThan(155)
    // half of the products with the least double round up to the total
    expect(new Set(take(20, () => source.weighted([0, 5e-324, 0])))).toEqual(new Set([1]))
  })

  it("refuses weights that are no distribution", () => {
    expect(() => random(0n).weighted([1, -1])).toThrow("weight 1 is -1")
    expect(() => random(0n).weighted([Number.NaN])).toThrow("weight 0 is NaN")
    expect(() => random(0n).weighted([])).toThrow("the 0 given sum to 0")
    expect(() => random(0n).weighted([0, 0])).toThrow("the 2 given sum to 0")
    expect(() => random(0n).weighted([1e308, 1e308])).toThrow("sum to Infinity")
  })
})

it("goes on from a state as if it had not stopped, for every kind of draw", () => {
  const source = random(31n)
  const bytes = new Uint8Array(5)
  const draws = (from: Random): ReadonlyArray<unknown> => {
    from.fill(bytes)
    return [from.below(10), from.normal(), from.shuffle([1, 2, 3]), from.unit(), from.below(10n), toHex(bytes)]
  }
  for (let round = 0; round < 20; round += 1) {
    const state: string = JSON.parse(JSON.stringify(source.state()))
    expect(draws(Random.restore(state))).toEqual(draws(source))
  }
})

it("gives the draws that are on record", () => {
  const source = random(42n)
  expect({
    below: take(6, () => source.below(100)),
    wide: source.below(2 ** 53),
    big: source.below(10n ** 19n),
    unit: source.unit(),
    normal: take(3, () => source.normal()),
    permutation: source.permutation(10),
    weighted: take(6, () => source.weighted([1, 2, 3])),
    wordPos: source.state().split(":")[3]
  }).toEqual({
    below: [17, 45, 4, 98, 92, 68],
    wide: 7515133388941138,
    big: 5323617429756461744n,
    unit: 0.11576635458557738,
    normal: [0.839564724293608, 0.3338496017918356, 0.7994036511397369],
    permutation: [2, 9, 0, 5, 1, 3, 7, 4, 8, 6],
    weighted: [0, 1, 1, 1, 0, 2],
    wordPos: "49"
  })
})
