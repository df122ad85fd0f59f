/** Two and more runs over the same samples: tests, corrections and effects against scipy and statsmodels, and by hand. */
import { readFileSync } from "node:fs"
import { isAbstain, type Scored } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import {
  cohenDz,
  compareAll,
  comparePairedMetrics,
  discordantEffect,
  holm,
  interquartileMeanInterval,
  mcNemarExact,
  wilcoxonSignedRank
} from "../src/index.ts"
import { verdictOf } from "../src/PairedMetrics.ts"
import { permute } from "../src/Permutation.ts"
import { answeredWith, context, hitPack } from "./support.ts"

const oracle = JSON.parse(readFileSync(new URL("./oracle/resampling.json", import.meta.url), "utf8")) as {
  readonly signed_ranks: ReadonlyArray<{
    readonly differences: ReadonlyArray<number>
    readonly by: "exact" | "normal"
    readonly statistic: number
    readonly p: number
  }>
  readonly permutations: ReadonlyArray<{ readonly a: ReadonlyArray<number>; readonly b: ReadonlyArray<number>; readonly p: number }>
  readonly holm: ReadonlyArray<{ readonly p: ReadonlyArray<number>; readonly holm: ReadonlyArray<number> }>
}

const run = (answers: ReadonlyArray<number>): ReadonlyArray<Scored> =>
  answers.map((answer, index) => answeredWith(`s${String(index).padStart(5, "0")}`, answer))
const draws = { seed: 11, resamples: 600, confidence: 0.95 }
const compared = (a: ReadonlyArray<Scored>, b: ReadonlyArray<Scored>, pack = hitPack, over: Partial<typeof draws> = {}) => {
  const result = comparePairedMetrics({ ...draws, ...over, a, b, pack, options: {}, context })
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics))
  return result
}

/** The same pack with the three things that it tells apart as atoms. */
const byAtoms: typeof hitPack = {
  ...hitPack,
  atoms: (_options, _context, samples) => ({
    count: 3,
    atomOf: Uint32Array.from(samples, ({ prediction }) =>
      isAbstain(prediction) ? 2 : "class" in prediction ? prediction.class.class_id : 0
    ),
    values: (multiplicity) => {
      const [wrong = 0, right = 0, silent = 0] = multiplicity
      const total = wrong + right + silent
      const share = (part: number, whole: number) => (whole === 0 ? { insufficient: "nothing there" } : part / whole)
      return {
        hits: share(right, total),
        misses: share(total - right, total),
        "hits/answered": share(right, wrong + right),
        answered: share(wrong + right, total),
        samples: total
      }
    }
  })
}

describe("wilcoxonSignedRank()", () => {
  it("equals scipy's p and statistic in all 129 cases, exact with ties and without, and normal beyond 50", () => {
    expect(oracle.signed_ranks).toHaveLength(129)
    expect(oracle.signed_ranks.filter(({ by }) => by === "exact")).toHaveLength(100)
    for (const [index, { differences, by, statistic, p }] of oracle.signed_ranks.entries()) {
      const found = wilcoxonSignedRank(differences)
      expect([found.by, Math.min(found.w_plus, found.w_minus)], `case ${index}`).toEqual([by, statistic])
      expect(Math.abs(found.p / p - 1), `p of case ${index}: ${found.p} against ${p}`).toBeLessThan(1e-11)
      expect(found.n + found.zeros).toBe(differences.length)
    }
  })

  it("counts ranks by hand", () => {
    // |d| = 1, 2, 2, 4 have the ranks 1, 2.5, 2.5, 4.
    expect(wilcoxonSignedRank([1, -2, 2, 0, 4])).toEqual({
      n: 4,
      zeros: 1,
      w_plus: 7.5,
      w_minus: 2.5,
      p: 0.5,
      by: "exact",
      rank_biserial: 0.5
    })
  })

  it("shows nothing where nothing differs, and refuses what is no number", () => {
    expect(wilcoxonSignedRank([0, 0])).toMatchObject({ n: 0, zeros: 2, p: 1, rank_biserial: { insufficient: "every difference is 0" } })
    expect(() => wilcoxonSignedRank([1, Number.NaN])).toThrow("difference 1 of 2 is NaN")
  })
})

describe("the permutation test", () => {
  it("is exact on few samples and equals scipy's in all 60 cases", () => {
    expect(oracle.permutations).toHaveLength(60)
    for (const { a, b, p } of oracle.permutations) {
      for (const pack of [hitPack, byAtoms]) {
        const { metrics, permutation } = compared(run(a), run(b), pack)
        expect(permutation.by).toBe("exact")
        expect(metrics.hits?.p, JSON.stringify({ a, b })).toBeCloseTo(p, 12)
      }
    }
  })

  it("is exact on thousands of samples that fall into a few kinds, and equals McNemar's test there", () => {
    const a = Array.from({ length: 3000 }, (_, index) => (index < 30 ? 1 : index < 80 ? 0 : index % 2))
    const b = Array.from({ length: 3000 }, (_, index) => (index < 30 ? 0 : index < 80 ? 1 : index % 2))
    const { metrics, permutation } = compared(run(a), run(b), byAtoms, { resamples: 1600 })
    // 31 numbers of swaps among the 30 pairs that b lost, 51 among the 50 that it won.
    expect(permutation).toEqual({ by: "exact", assignments: 31 * 51 })
    const p = metrics.hits?.p
    expect(typeof p === "number" ? p / mcNemarExact(30, 50) : p).toBeCloseTo(1, 12)
  })

  it("is drawn where there are more assignments than draws, and comes close to the exact p", () => {
    const a = Array.from({ length: 60 }, (_, index) => (index < 6 ? 1 : index < 20 ? 0 : index % 2))
    const b = a.map((answer, index) => (index < 20 ? 1 - answer : answer))
    const { metrics, permutation } = compared(run(a), run(b), hitPack, { resamples: 2000 })
    expect(permutation).toEqual({ by: "drawn", assignments: 2000 })
    expect(metrics.hits?.p).toBeGreaterThan(0.09)
    expect(Math.abs(Number(metrics.hits?.p) - mcNemarExact(6, 14))).toBeLessThan(0.02)
  })

  it("counts an assignment without a value as one that reaches the difference", () => {
    const differences = ([swapped = 0]: ReadonlyArray<number>) => ({
      gap: swapped === 1 ? { insufficient: "empty" } : swapped === 0 ? 2 : -1
    })
    const words = { below: () => 0 }
    // Of 2² assignments one is the observed, two have no value, one is smaller.
    expect(permute({ kinds: [2], differences, words, draws: 10 })).toEqual({ by: "exact", assignments: 3, p: { gap: 0.75 } })
  })

  it("gives the least p as what it is, below what a double could halve to in steps", () => {
    const differences = ([swapped = 0]: ReadonlyArray<number>) => ({ gap: 1000 - 2 * swapped })
    const { p } = permute({ kinds: [1000], differences, words: { below: () => 0 }, draws: 1001 })
    expect(p.gap).toBe(2 ** -999)
  })
})

describe("comparePairedMetrics()", () => {
  const a = Array.from({ length: 200 }, (_, index) => (index % 9 === 4 ? -1 : index % 3 === 0 ? 1 : 0))
  const b = Array.from({ length: 200 }, (_, index) => (index % 13 === 4 ? -1 : index % 3 === 1 ? 0 : 1))

  it("gives by atoms what folding gives, when both are drawn one by one", () => {
    const [atoms, folded] = [compared(run(a), run(b), byAtoms), compared(run(a), run(b), hitPack)]
    for (const [name, metric] of Object.entries(atoms.metrics)) {
      const other = folded.metrics[name]
      if (other === undefined || "insufficient" in metric.interval || "insufficient" in other.interval)
        throw new Error(`${name} has no interval`)
      expect(metric.diff).toEqual(other.diff)
      expect(metric.interval.low).toBeCloseTo(other.interval.low, 12)
      expect(metric.interval.high).toBeCloseTo(other.interval.high, 12)
      expect(metric.verdict).toBe(other.verdict)
    }
    expect(atoms.metrics.hits).toMatchObject({ verdict: "b-better" })
  })

  it("does not see the order in which either run stored its samples", () => {
    expect(compared(run(a).toReversed(), run(b))).toEqual(
      compared(
        run(a),
        run(b).toSorted(() => -1)
      )
    )
  })

  it("compares 100 000 samples by their atoms", () => {
    const many = (answers: ReadonlyArray<number>) => run(Array.from({ length: 100_000 }, (_, index) => answers[index % 200] ?? 0))
    const { n, metrics } = compared(many(a), many(b), byAtoms)
    expect(n).toBe(100_000)
    expect(metrics.hits).toMatchObject({ verdict: "b-better", p: 1 / 601 })
    const interval = metrics.hits?.interval
    if (interval === undefined || "insufficient" in interval) throw new Error("no interval")
    expect(interval.high - interval.low).toBeLessThan(0.011)
  })

  it("takes BCa where it is asked for", () => {
    const result = comparePairedMetrics({ ...draws, method: "bca", a: run(a), b: run(b), pack: byAtoms, options: {}, context })
    if (!result.ok) throw new Error("was refused")
    expect(result.metrics.hits?.interval).not.toEqual(compared(run(a), run(b), byAtoms).metrics.hits?.interval)
    expect(result.metrics.hits).toMatchObject({ verdict: "b-better" })
  })

  it("shows no difference whenever the interval includes 0, however small p is, and whenever p is not small, wherever it lies", () => {
    const verdict = (low: number, high: number, p: number) => verdictOf({ low, high, confidence: 0.95 }, p, "higher-is-better")
    expect([verdict(-0.1, 0.2, 1e-9), verdict(0, 0.2, 1e-9), verdict(-0.2, 0, 1e-9), verdict(0.1, 0.2, 0.05)]).toEqual([
      "no-difference-shown",
      "no-difference-shown",
      "no-difference-shown",
      "no-difference-shown"
    ])
    expect([verdict(0.1, 0.2, 0.049), verdict(-0.2, -0.1, 0.049)]).toEqual(["b-better", "a-better"])
  })
})

describe("holm()", () => {
  it("equals statsmodels in all 48 cases", () => {
    expect(oracle.holm).toHaveLength(48)
    for (const { p, holm: theirs } of oracle.holm)
      for (const [index, corrected] of holm(p).entries()) expect(Math.abs(corrected - (theirs[index] ?? -1))).toBeLessThan(1e-12)
  })

  it("corrects by hand, keeps the order, and refuses what is no p", () => {
    expect(holm([0.03, 0.01, 0.02, 0.5])).toEqual([0.06, 0.04, 0.06, 0.5])
    expect(holm([])).toEqual([])
    expect(() => holm([0.1, 1.5])).toThrow("number 1 of 2 is 1.5")
  })
})

describe("compareAll()", () => {
  const answers = (wrong: number) => run(Array.from({ length: 60 }, (_, index) => (index < wrong ? 0 : 1)))
  const runs = [
    { name: "base", scored: answers(20) },
    { name: "same", scored: answers(19) },
    { name: "good", scored: answers(8) },
    { name: "best", scored: answers(0) }
  ]
  const base = { ...draws, runs, pack: byAtoms, options: {}, context }

  it("compares every pair, with Holm's correction over the pairs of each metric", () => {
    const result = compareAll({ ...base, against: "all-pairs" })
    if (!result.ok) throw new Error("was refused")
    expect(result.pairs.map(({ a, b }) => `${a} ${b}`)).toEqual([
      "base same",
      "base good",
      "base best",
      "same good",
      "same best",
      "good best"
    ])
    const ps = result.pairs.map(({ metrics }) => Number(metrics.hits?.p))
    expect(result.pairs.map(({ metrics }) => metrics.hits?.p_holm)).toEqual(holm(ps))
    expect(result.pairs[0]?.metrics.hits).toMatchObject({ p: 1, p_holm: 1, verdict: "no-difference-shown" })
    expect(result.pairs[2]?.metrics.hits).toMatchObject({ verdict: "b-better" })
  })

  it("judges by the corrected p: one pair alone is shown, the same pair among many is not", () => {
    // 6 samples to none: p = 1/32. Twice as much is more than 0.05.
    const two = [
      { name: "base", scored: answers(20) },
      { name: "six", scored: answers(14) }
    ]
    const verdicts = (given: typeof runs) => {
      const result = compareAll({ ...base, runs: given, against: { baseline: "base" } })
      if (!result.ok) throw new Error("was refused")
      return result.pairs.map(({ a, b, metrics }) => [a, b, metrics.hits?.p, metrics.hits?.p_holm, metrics.hits?.verdict])
    }
    expect(verdicts(two)).toEqual([["base", "six", 0.03125, 0.03125, "b-better"]])
    expect(verdicts([...two, { name: "same", scored: answers(19) }])).toEqual([
      ["base", "six", 0.03125, 0.0625, "no-difference-shown"],
      ["base", "same", 1, 1, "no-difference-shown"]
    ])
  })

  it("keeps a pair without p out of the family, and says of which runs a refusal speaks", () => {
    const silent = { name: "silent", scored: run(Array.from({ length: 60 }, () => -1)) }
    const result = compareAll({ ...base, runs: [...runs.slice(0, 2), silent], against: "all-pairs" })
    if (!result.ok) throw new Error("was refused")
    expect(result.pairs[1]?.metrics["hits/answered"]).toMatchObject({
      p: { insufficient: "b: nothing there" },
      p_holm: { insufficient: "b: nothing there" },
      verdict: "insufficient"
    })
    const short = { name: "short", scored: answers(1).slice(1) }
    const refused = compareAll({ ...base, runs: [...runs.slice(0, 1), short], against: "all-pairs" })
    expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: "FT5020", message: expect.stringMatching(/^base and short: /) }] })
  })

  it("refuses one run, a name given twice and a baseline that is none of them", () => {
    expect(() => compareAll({ ...base, runs: runs.slice(1, 2), against: "all-pairs" })).toThrow("at least two runs; got 1")
    expect(() => compareAll({ ...base, runs: [...runs, ...runs], against: "all-pairs" })).toThrow('"base" is given twice')
    expect(() => compareAll({ ...base, against: { baseline: "bse" } })).toThrow("one of base, same, good, best; got bse")
  })
})

describe("effects", () => {
  it("are Cohen's d_z, the odds of the discordant samples, and his g", () => {
    expect(cohenDz([1, 2, 3])).toBe(2)
    expect(discordantEffect(4, 12)).toEqual({ odds_ratio: 3, g: 0.25 })
    expect(discordantEffect(3, 0)).toEqual({ odds_ratio: 0, g: -0.5 })
  })

  it("are insufficient where there is nothing to measure by, never 0 and never infinite", () => {
    expect(cohenDz([0.5])).toEqual({ insufficient: "a spread needs at least two differences; there is 1" })
    expect(cohenDz([2, 2])).toEqual({ insufficient: "all differences are equal: there is no spread to measure by" })
    expect(discordantEffect(0, 3)).toEqual({ odds_ratio: { insufficient: "there is no sample that only a got right" }, g: 0.5 })
    expect(discordantEffect(0, 0).g).toEqual({ insufficient: "no sample tells the two runs apart" })
    expect(() => cohenDz([1, Number.POSITIVE_INFINITY])).toThrow("difference 1 of 2 is Infinity")
    expect(() => discordantEffect(-1, 0)).toThrow("got -1 and 0")
  })
})

describe("interquartileMeanInterval()", () => {
  const options = { seed: 3, resamples: 4000, confidence: 0.5 }

  it("finds the exact quantiles of all 4⁴ resamples of four seeds", () => {
    const seeds = [0, 1, 10, 100]
    const all: Array<number> = []
    for (let code = 0; code < 256; code++) {
      const drawn = [0, 2, 4, 6].map((shift) => seeds[(code >> shift) & 3] ?? 0).sort((x, y) => x - y)
      all.push(((drawn[1] ?? 0) + (drawn[2] ?? 0)) / 2)
    }
    all.sort((x, y) => x - y)
    const { value, interval } = interquartileMeanInterval([seeds], { ...options, confidence: 0.78 })
    expect(value).toBe(5.5)
    // 11 % and 89 % of the resamples, neither within 5 % of the edge between two values.
    expect([all[15], all[28], all[41], all[214], all[227], all[240]]).toEqual([0.5, 0.5, 0.5, 55, 55, 55])
    expect(interval).toEqual({ low: 0.5, high: 55, confidence: 0.78 })
  })

  it("draws the runs of a task from that task alone", () => {
    // A task whose seeds all agree has no spread of its own; mixed with the other it would.
    const { value, interval } = interquartileMeanInterval(
      [
        [1, 1, 1],
        [5, 5, 5]
      ],
      options
    )
    expect(value).toBe(3)
    expect(interval).toEqual({ low: 3, high: 3, confidence: 0.5 })
  })

  it("does not see the order of the seeds, and refuses a task without one", () => {
    expect(interquartileMeanInterval([[3, 1, 2, 9]], options)).toEqual(interquartileMeanInterval([[9, 2, 1, 3]], options))
    expect(() => interquartileMeanInterval([[1], []], options)).toThrow("task 1 of 2 has none")
    expect(interquartileMeanInterval([], options).value).toEqual({ insufficient: "there is no value" })
  })
})
