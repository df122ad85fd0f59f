/** The draws behind every interval: exact by construction, so their distribution is held against exact probabilities. */
import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { cumulativeHeads, heads, type Words } from "../src/FairCoins.ts"
import { binomial, redraw } from "../src/Multinomial.ts"

const wordsOf = (seed: string): Words => SeedTree.root(seed).random()

/** P(X = k) for k = 0 … n, from whole numbers: C(n, k)·part^k·(whole − part)^(n − k) / whole^n. */
const exactBinomial = (n: number, part: number, whole: number): ReadonlyArray<number> => {
  const total = BigInt(whole) ** BigInt(n)
  let ways = 1n
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) ways = (ways * BigInt(n - k + 1)) / BigInt(k)
    const weight = ways * BigInt(part) ** BigInt(k) * BigInt(whole - part) ** BigInt(n - k)
    return Number((weight << 80n) / total) / 2 ** 80
  })
}

/** χ² of counts against probabilities; neighbouring cells are pooled until at least 5 are expected. */
const chiSquare = (
  counts: ReadonlyArray<number>,
  probabilities: ReadonlyArray<number>
): { readonly value: number; readonly freedom: number } => {
  const draws = counts.reduce((sum, each) => sum + each, 0)
  const cells: Array<{ seen: number; expected: number }> = []
  let open = { seen: 0, expected: 0 }
  for (const [k, probability] of probabilities.entries()) {
    open = { seen: open.seen + (counts[k] ?? 0), expected: open.expected + probability * draws }
    if (open.expected < 5) continue
    cells.push(open)
    open = { seen: 0, expected: 0 }
  }
  const last = cells.at(-1)
  if (last !== undefined) Object.assign(last, { seen: last.seen + open.seen, expected: last.expected + open.expected })
  return { value: cells.reduce((sum, { seen, expected }) => sum + (seen - expected) ** 2 / expected, 0), freedom: cells.length - 1 }
}

/** The 99.9 % point of χ² (Wilson and Hilferty 1931): with fixed seeds a draw of the right distribution stays below it, a wrong one far above. */
const bound = (freedom: number): number => freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3

const expectDistribution = (draw: () => number, probabilities: ReadonlyArray<number>, draws: number): void => {
  const counts = probabilities.map(() => 0)
  for (let index = 0; index < draws; index++) {
    const k = draw()
    counts[k] = (counts[k] ?? 0) + 1
  }
  expect(counts).toHaveLength(probabilities.length)
  const { value, freedom } = chiSquare(counts, probabilities)
  expect(freedom).toBeGreaterThan(0)
  expect(value, `χ² with ${freedom} degrees of freedom`).toBeLessThan(bound(freedom))
}

describe("heads()", () => {
  it.each([1, 7, 32, 45, 256, 300, 4096, 4500])("of %i coins are distributed as binomial with 1/2", (coins) => {
    const words = wordsOf(`coins-${coins}`)
    expectDistribution(() => heads(coins, words), exactBinomial(coins, 1, 2), 20_000)
  })

  it("are none of no coins, and take no word", () => {
    expect(
      heads(0, {
        below: () => {
          throw new Error("a word was drawn")
        }
      })
    ).toBe(0)
  })

  it("are decided by whole numbers where the first word lies on a step", () => {
    const sums = cumulativeHeads(256)
    const at = 120
    const step = sums[at] ?? 0n
    const digits = (value: bigint): Words => {
      const all = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(224 - 32 * index)) & 0xffffffffn))
      return { below: () => all.shift() ?? 0 }
    }
    // Below the step of 120 and not below that of 119 is 120; the step itself belongs to 121.
    expect(heads(256, digits(step - 1n))).toBe(at)
    expect(heads(256, digits(step))).toBe(at + 1)
    expect(heads(256, digits(0n))).toBe(0)
    expect(heads(256, digits(1n))).toBe(1)
    expect(heads(256, digits((1n << 256n) - 1n))).toBe(256)
    expect(heads(256, digits((1n << 256n) - 2n))).toBe(255)
    expect(sums.at(-1)).toBe(1n << 256n)
  })
})

describe("binomial()", () => {
  it.each([
    [10, 1, 3],
    [40, 98, 100],
    [300, 1, 1000],
    [1000, 7, 10],
    [5000, 1, 4],
    [700, 333_333_333, 1_000_000_007]
  ])("of %i trials with probability %i / %i is distributed exactly so", (trials, part, whole) => {
    const words = wordsOf(`binomial-${trials}-${part}`)
    expectDistribution(() => binomial(trials, part, whole, words), exactBinomial(trials, part, whole), 8000)
  })

  it("is certain at both ends", () => {
    expect([binomial(9, 0, 4, wordsOf("ends")), binomial(9, 4, 4, wordsOf("ends")), binomial(0, 1, 4, wordsOf("ends"))]).toEqual([0, 9, 0])
  })
})

const atomsOf = (weights: ReadonlyArray<number>) => ({
  count: weights.length,
  atomOf: Uint32Array.from(weights.flatMap((weight, atom) => Array.from({ length: weight }, () => atom)))
})

describe("redraw()", () => {
  // Both ways: many samples for each atom are split, few are drawn one by one.
  it.each([
    ["split", [700, 40, 0, 260]],
    ["drawn one by one", [7, 4, 0, 2, 1, 1]],
    ["split into single atoms", [60, 60, 60, 60, 60, 60, 60, 60, 60, 1200]],
    ["split until few are left, which are drawn one by one", [4, 3, 2, 1, 990]]
  ])("gives every atom its binomial share when it is %s", (_, weights) => {
    const atoms = atomsOf(weights)
    const n = atoms.atomOf.length
    const draw = redraw(atoms)
    const words = wordsOf("shares")
    const into = new Uint32Array(atoms.count)
    const seen = weights.map((): Array<number> => Array.from({ length: n + 1 }, () => 0))
    for (let index = 0; index < 6000; index++) {
      draw(words, into)
      expect(into.reduce((sum, times) => sum + times, 0)).toBe(n)
      for (const [atom, times] of into.entries()) {
        const counts = seen[atom]
        if (counts !== undefined) counts[times] = (counts[times] ?? 0) + 1
      }
    }
    for (const [atom, weight] of weights.entries()) {
      const counts = seen[atom] ?? []
      if (weight === 0) {
        expect(counts[0]).toBe(6000)
        continue
      }
      const { value, freedom } = chiSquare(counts, exactBinomial(n, weight, n))
      expect(value, `atom ${atom}, ${freedom} degrees of freedom`).toBeLessThan(bound(freedom))
    }
  })

  it("gives all atoms together their multinomial distribution, by both ways", () => {
    // Four draws from atoms of weight 2, 1, 1: the 15 outcomes and their probabilities by hand. 200-fold weights of 800 draws are split.
    const outcome = (first: number, second: number): number => first * 5 + second
    const factorial = [1, 1, 2, 6, 24]
    const probabilities = Array.from({ length: 25 }, (_, cell) => {
      const [first, second] = [Math.floor(cell / 5), cell % 5]
      const third = 4 - first - second
      if (third < 0) return 0
      return (24 / ((factorial[first] ?? 1) * (factorial[second] ?? 1) * (factorial[third] ?? 1))) * 0.5 ** first * 0.25 ** (second + third)
    })
    const draw = redraw(atomsOf([2, 1, 1]))
    const words = wordsOf("joint")
    const into = new Uint32Array(3)
    expectDistribution(
      () => {
        draw(words, into)
        return outcome(into[0] ?? 0, into[1] ?? 0)
      },
      probabilities,
      20_000
    )
    // Cov(X, Y) = −n·p·q of a multinomial; the product of the deviations has it for its mean.
    const many = redraw(atomsOf([400, 200, 200]))
    let product = 0
    for (let index = 0; index < 20_000; index++) {
      many(words, into)
      product += ((into[0] ?? 0) - 400) * ((into[1] ?? 0) - 200)
    }
    expect(product / 20_000).toBeGreaterThan(-105)
    expect(product / 20_000).toBeLessThan(-95)
  })

  it("keeps the size of every stratum and draws it from itself", () => {
    const atomOf = Uint32Array.from([0, 0, 1, 1, 1, 2])
    const draw = redraw({ count: 3, atomOf }, Uint32Array.from([0, 0, 0, 1, 1, 1]))
    const into = new Uint32Array(3)
    const words = wordsOf("strata")
    const seen = new Set<string>()
    for (let index = 0; index < 8000; index++) {
      draw(words, into)
      seen.add(into.join())
    }
    // Stratum 0 holds atoms 0, 0, 1 and stratum 1 atoms 1, 1, 2: at most three of atom 0 and of atom 2, six in all.
    for (const each of seen)
      expect(
        each
          .split(",")
          .map(Number)
          .reduce((sum, times) => sum + times, 0)
      ).toBe(6)
    expect(seen.size).toBe(16)
    expect([...seen].every((each) => Number(each.split(",")[0]) <= 3 && Number(each.split(",")[2]) <= 3)).toBe(true)
  })

  it("gives the same bits for the same seed, on every machine", () => {
    const into = new Uint32Array(4)
    redraw(atomsOf([500_000, 300_000, 199_999, 1]))(wordsOf("golden"), into)
    expect([...into]).toEqual([500_122, 299_792, 200_085, 1])
  })
})
