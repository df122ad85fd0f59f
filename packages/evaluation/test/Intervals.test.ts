/** Intervals of the values of one run: scipy's, given the same resamples; and what scipy has no word for. */
import { readFileSync } from "node:fs"
import { isAbstain, type MetricPack, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { atomIntervals, atomsOf, bootstrapInterval, type IntervalMethod, type LeftOut, metricIntervals } from "../src/index.ts"
import { redraw } from "../src/Multinomial.ts"
import { normalAbove, normalBelow, normalQuantile } from "../src/Normal.ts"
import { answeredWith, context, hitPack } from "./support.ts"

interface Oracle {
  readonly tails: ReadonlyArray<{ readonly z: number; readonly below: number; readonly above: number }>
  readonly intervals: ReadonlyArray<{
    readonly statistic: "mean" | "deviation" | "ratio"
    readonly method: IntervalMethod
    readonly confidence: number
    readonly data: ReadonlyArray<ReadonlyArray<number>>
    readonly observed: number
    readonly resampled: ReadonlyArray<number>
    readonly low: number
    readonly high: number
  }>
}
const oracle = JSON.parse(readFileSync(new URL("./oracle/resampling.json", import.meta.url), "utf8")) as Oracle

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, each) => sum + each, 0) / values.length
const statistics = {
  mean: ([x = []]: ReadonlyArray<ReadonlyArray<number>>) => mean(x),
  deviation: ([x = []]: ReadonlyArray<ReadonlyArray<number>>) =>
    Math.sqrt(x.reduce((sum, each) => sum + (each - mean(x)) ** 2, 0) / (x.length - 1)),
  ratio: ([x = [], y = []]: ReadonlyArray<ReadonlyArray<number>>) => mean(x) / mean(y)
}

describe("the normal distribution", () => {
  it("has scipy's shares on both sides, small tails with their own digits", () => {
    expect(oracle.tails).toHaveLength(13)
    for (const { z, below, above } of oracle.tails) {
      expect(Math.abs(normalBelow(z) - below), `below ${z}`).toBeLessThan(1e-15)
      expect(Math.abs(normalAbove(Math.abs(z)) / above - 1), `above ${z}`).toBeLessThan(1e-12)
    }
    for (const share of [0.0005, 0.3, 0.5, 0.975]) expect(normalBelow(normalQuantile(share))).toBeCloseTo(share, 15)
    expect([normalBelow(50), normalBelow(-50), normalBelow(1e9)]).toEqual([1, 0, 1])
    expect(() => normalQuantile(1)).toThrow("a share between 0 and 1, not 1")
  })
})

describe("bootstrapInterval()", () => {
  it("equals scipy.stats.bootstrap given the same resamples, in all 240 cases", () => {
    expect(oracle.intervals).toHaveLength(240)
    expect(oracle.intervals.filter(({ method }) => method === "bca").length).toBeGreaterThan(150)
    for (const [index, each] of oracle.intervals.entries()) {
      const [x = []] = each.data
      const without = x.map((_, at) => each.data.map((side) => side.filter((__, place) => place !== at)))
      const leftOut = without.map((data): LeftOut => ({ count: 1, value: statistics[each.statistic](data) }))
      const interval = bootstrapInterval({ ...each, leftOut })
      if ("insufficient" in interval) throw new Error(`case ${index}: ${interval.insufficient}`)
      const size = Math.max(1, Math.abs(each.low), Math.abs(each.high))
      expect(Math.abs(interval.low - each.low) / size, `low of case ${index}`).toBeLessThan(1e-9)
      expect(Math.abs(interval.high - each.high) / size, `high of case ${index}`).toBeLessThan(1e-9)
    }
  })

  const base = { confidence: 0.5, method: "percentile" } as const
  const resampled = Array.from({ length: 21 }, (_, index) => index)

  it("takes samples that give the same value without them as one entry", () => {
    const bca = (leftOut: ReadonlyArray<LeftOut>) => bootstrapInterval({ observed: 9, resampled, confidence: 0.8, method: "bca", leftOut })
    const one = [9, 9, 9, 8, 8, 4].map((value) => ({ count: 1, value }))
    expect(
      bca([
        { count: 3, value: 9 },
        { count: 2, value: 8 },
        { count: 1, value: 4 }
      ])
    ).toEqual(bca(one))
    // Without the bias of the resamples and without any influence it is the percentile interval.
    const flat = bootstrapInterval({ observed: 10, resampled, confidence: 0.8, method: "bca", leftOut: [{ count: 6, value: 10 }] })
    if ("insufficient" in flat) throw new Error(flat.insufficient)
    expect(flat.low).toBeCloseTo(2, 12)
    expect(flat.high).toBeCloseTo(18, 12)
  })

  it("is widened by resamples without a value, and is none when an end falls among them", () => {
    const none = { insufficient: "empty" }
    const holes = (count: number) => [...resampled.slice(count), ...Array.from({ length: count }, () => none)]
    const cut = (given: ReadonlyArray<MetricValue>) => bootstrapInterval({ ...base, observed: 10, resampled: given })
    expect(cut(resampled)).toEqual({ low: 5, high: 15, confidence: 0.5 })
    // Without 0, 1 and 2 they still lie below the low end, which stays; the high one is cut as if they lay above, and rises.
    expect(cut(holes(3))).toEqual({ low: 5, high: 18, confidence: 0.5 })
    expect(cut(holes(5))).toEqual({ low: 5, high: 20, confidence: 0.5 })
    expect(cut(holes(6))).toEqual({ insufficient: "6 of 21 resamples have no value" })
    expect(cut(holes(21))).toEqual({ insufficient: "21 of 21 resamples have no value" })
  })

  it("says why BCa has none: resamples on one side, or no value without a sample", () => {
    const bca = { observed: -1, resampled, confidence: 0.95, method: "bca" } as const
    expect(bootstrapInterval({ ...bca, leftOut: [{ count: 1, value: 0 }] })).toEqual({
      insufficient: "all 21 resamples lie above the value: BCa cannot correct such a bias"
    })
    expect(bootstrapInterval({ ...bca, leftOut: [{ count: 1, value: { insufficient: "empty" } }] })).toEqual({
      insufficient: "without one of the samples there is no value: empty"
    })
    expect(bootstrapInterval({ ...base, observed: { insufficient: "empty" }, resampled })).toEqual({ insufficient: "empty" })
  })

  it("refuses no resample, BCa without what is left out, and a confidence that is none", () => {
    expect(() => bootstrapInterval({ ...base, observed: 1, resampled: [] })).toThrow("at least one resample")
    expect(() => bootstrapInterval({ ...base, method: "bca", observed: 1, resampled })).toThrow("with every sample left out in turn")
    expect(() => bootstrapInterval({ ...base, confidence: 1, observed: 1, resampled })).toThrow("got 1")
  })
})

describe("atomIntervals()", () => {
  // Skewed, so that what is left out matters.
  const numbers = [0, 1, 1, 2, 3, 5, 8, 40]
  const atomOf = Uint32Array.from([0, 1, 1, 2, 3, 4, 5, 6])
  const distinct = [0, 1, 2, 3, 5, 8, 40]
  const atoms = {
    count: distinct.length,
    atomOf,
    values: (times: Uint32Array) => ({
      mean: mean(distinct.flatMap((value, atom) => Array.from({ length: times[atom] ?? 0 }, () => value)))
    })
  }
  const wordsOf = () => SeedTree.root("atoms").random()
  /** The means of the resamples that are drawn. */
  const drawn = (resamples: number) => {
    const [words, draw, times] = [wordsOf(), redraw(atoms), new Uint32Array(atoms.count)]
    return Array.from({ length: resamples }, () => {
      draw(words, times)
      return atoms.values(times).mean
    })
  }
  const without = (left: (index: number) => boolean) => mean(numbers.filter((_, index) => !left(index)))

  it("leaves every sample out in turn, those of an atom at once", () => {
    const leftOut = numbers.map((_, at): LeftOut => ({ count: 1, value: without((index) => index === at) }))
    const expected = bootstrapInterval({ observed: 7.5, resampled: drawn(50), confidence: 0.9, method: "bca", leftOut })
    const { values, intervals } = atomIntervals({ atoms, words: wordsOf(), resamples: 50, confidence: 0.9, method: "bca" })
    expect(values).toEqual({ mean: 7.5 })
    if ("insufficient" in expected) throw new Error(expected.insufficient)
    expect(intervals.mean).toEqual({ low: expect.closeTo(expected.low, 12), high: expect.closeTo(expected.high, 12), confidence: 0.9 })
  })

  it("deals the samples into as many groups as there are resamples where there are more atoms", () => {
    const leftOut = [0, 1, 2, 3, 4].map((group): LeftOut => ({ count: 1, value: without((index) => index % 5 === group) }))
    const expected = bootstrapInterval({ observed: 7.5, resampled: drawn(5), confidence: 0.5, method: "bca", leftOut })
    const { intervals } = atomIntervals({ atoms, words: wordsOf(), resamples: 5, confidence: 0.5, method: "bca" })
    if ("insufficient" in expected) throw new Error(expected.insufficient)
    expect(intervals.mean).toEqual({ low: expect.closeTo(expected.low, 12), high: expect.closeTo(expected.high, 12), confidence: 0.5 })
  })
})

/** The pack with atoms: right, wrong and not answered are all that it tells apart. */
const kinds = ["no", "yes", "silent"] as const
const sortedPack: typeof hitPack = {
  ...hitPack,
  atoms: (options, given, samples) => {
    const atomOf = Uint32Array.from(samples, ({ prediction }) =>
      isAbstain(prediction) ? 2 : "class" in prediction ? prediction.class.class_id : 0
    )
    return {
      count: kinds.length,
      atomOf,
      values: (multiplicity) => {
        const fold = hitPack.start(options, given)
        const all = [...multiplicity].flatMap((times, atom) =>
          Array.from({ length: times }, () => answeredWith("s", atom === 2 ? -1 : atom))
        )
        return fold.result(all.reduce(fold.add, fold.empty)).values
      }
    }
  }
}

const answers = Array.from({ length: 40 }, (_, index) => (index % 7 === 3 ? -1 : index % 3 === 0 ? 0 : 1))
const samples: ReadonlyArray<Scored> = answers.map((answer, index) => answeredWith(`s${index}`, answer))
const request = { options: {}, context, samples, seed: 5, resamples: 300, confidence: 0.95 } as const
const run = (pack: typeof hitPack, method: IntervalMethod, over: Partial<typeof request> = {}) =>
  metricIntervals({ ...request, ...over, pack, method })

describe("metricIntervals()", () => {
  it.each(["percentile", "bca"] as const)("gives the same by atoms as by folding every resample anew: %s", (method) => {
    const atoms = run(sortedPack, method)
    const folded = run(hitPack, method)
    expect(Object.keys(atoms)).toEqual(["hits", "misses", "hits/answered", "answered", "samples"])
    for (const [name, interval] of Object.entries(atoms)) {
      const other = folded[name]
      if (other === undefined || "insufficient" in interval || "insufficient" in other) throw new Error(`${name} has no interval`)
      expect(interval.low).toBeCloseTo(other.low, 12)
      expect(interval.high).toBeCloseTo(other.high, 12)
    }
    expect(atoms.samples).toEqual({ low: 40, high: 40, confidence: 0.95 })
  })

  it("depends on the samples and not on their order, and on the seed", () => {
    expect(run(hitPack, "bca", { samples: samples.toReversed() })).toEqual(run(hitPack, "bca"))
    expect(run(hitPack, "percentile", { seed: 6 as 5 })).not.toEqual(run(hitPack, "percentile"))
  })

  it("leaves groups of samples out where there are more samples than resamples, which comes close", () => {
    const many = Array.from({ length: 1000 }, (_, index) => answeredWith(`s${index}`, index % 5 === 0 ? 0 : 1))
    const of = (pack: MetricPack<Record<never, never>, never>) =>
      metricIntervals({ ...request, pack, samples: many, resamples: 200, method: "bca", seed: 1 }).hits
    const [grouped, each] = [of(hitPack as never), of(sortedPack as never)]
    if (grouped === undefined || each === undefined || "insufficient" in grouped || "insufficient" in each) throw new Error("no interval")
    expect(Math.abs(grouped.low - each.low)).toBeLessThan(0.01)
    expect(Math.abs(grouped.high - each.high)).toBeLessThan(0.01)
    expect(grouped.low).toBeGreaterThan(0.76)
    expect(grouped.high).toBeLessThan(0.84)
  })

  it("has no interval of no sample", () => {
    expect(run(hitPack, "bca", { samples: [] })).toMatchObject({
      hits: { insufficient: "nothing there" },
      samples: { insufficient: "no sample was scored" }
    })
  })

  it("refuses a pack whose atoms do not fit the samples, and resamples that are none", () => {
    const wrong = { ...sortedPack, atoms: () => ({ count: 1, atomOf: Uint32Array.from([0, 3]), values: () => ({}) }) }
    expect(() => run(wrong, "bca")).toThrow("sorted 40 samples into 1 atoms and names the atom of 2, up to 3")
    expect(() => atomsOf(wrong, {}, context, samples.slice(0, 2))).toThrow("up to 3")
    expect(() => run(hitPack, "bca", { resamples: 0 as 300 })).toThrow("resamples is a whole number from 1, not 0")
  })
})
