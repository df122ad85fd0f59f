/** What scores give in a run: closed forms by hand, what is missing and why, figures, options, and the log of rows behind it. */
import { ExactSum, type Figure, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { binsOf } from "../src/Calibration.ts"
import { FixedSum } from "../src/FixedSum.ts"
import { type ClassificationOptions, classification } from "../src/index.ts"
import type { RowFacts } from "../src/Probabilities.ts"
import { byFallingValue, ranked, rankingOf } from "../src/Ranking.ts"
import { mergeRows, noRows, ScoreRows, withRow } from "../src/ScoreRows.ts"
import { classesOf, foldOf, scored } from "./support.ts"

const options: ClassificationOptions = { undefined_in_macro: "zero" }

/** Samples of the true classes with these scores; each is answered with its own class. */
const withScores = (truth: ReadonlyArray<number>, scores: ReadonlyArray<ReadonlyArray<number> | undefined>): ReadonlyArray<Scored> =>
  truth.map((each, index) => {
    const row = scores[index]
    return { ...scored(index, each, each), ...(row === undefined ? {} : { scores: row }) }
  })

const resultOf = (classes: number, samples: ReadonlyArray<Scored>, chosen = options) => {
  const fold = classification.start(chosen, { output_type: "class", classes: classesOf(classes) })
  return fold.result(samples.reduce(fold.add, fold.empty))
}
const valuesOf = (classes: number, samples: ReadonlyArray<Scored>, chosen = options) => resultOf(classes, samples, chosen).values
const reason = (value: MetricValue | undefined): string => (typeof value === "object" ? value.insufficient : `the number ${value}`)

describe("closed forms", () => {
  // Scores of class 1 for truths 0 0 1 1: of the four pairs three are in order.
  const four = withScores(
    [0, 0, 1, 1],
    [
      [0.875, 0.125],
      [0.5, 0.5],
      [0.625, 0.375],
      [0.25, 0.75]
    ]
  )
  const values = valuesOf(2, four)

  it("counts pairs in order for ROC-AUC", () => {
    expect(values.roc_auc).toBe(3 / 4)
    expect(values["roc_auc/c0"]).toBe(3 / 4)
    expect(values["roc_auc/c1"]).toBe(3 / 4)
  })

  it("sums precision at each gain of recall for average precision", () => {
    expect(values["average_precision/c1"]).toBe((1 / 2) * 1 + (1 / 2) * (2 / 3))
  })

  it("takes the mean of −ln p for log loss and of (1 − p)² for two classes' Brier", () => {
    const own = [0.875, 0.5, 0.375, 0.75]
    expect(values.log_loss).toBeCloseTo(own.reduce((sum, p) => sum - Math.log(p), 0) / 4, 14)
    expect(values.brier).toBe(own.reduce((sum, p) => sum + (1 - p) ** 2, 0) / 4)
  })

  it("doubles Brier's scale from three classes on, as scikit-learn does", () => {
    expect(valuesOf(3, withScores([0], [[0, 1, 0]])).brier).toBe(2)
    expect(valuesOf(2, withScores([0], [[0, 1]])).brier).toBe(1)
  })

  it("takes how far apart confidence and success are, by bin, for the calibration error", () => {
    // Bins above 13/15 (one right of one), at 8/15 (the tie names class 0, right), at 10/15 (wrong), at 12/15 (right).
    expect(values.ece).toBe((0.125 + 0.5 + 0.625 + 0.25) / 4)
    expect(valuesOf(2, four, { ...options, calibration_bins: 1 }).ece).toBe(Math.abs(3 - (0.875 + 0.5 + 0.625 + 0.75)) / 4)
  })

  it("counts a tie as half a pair, and as one threshold", () => {
    const tied = valuesOf(
      2,
      withScores(
        [0, 1],
        [
          [0.5, 0.5],
          [0.5, 0.5]
        ]
      )
    )
    expect(tied.roc_auc).toBe(1 / 2)
    expect(tied["average_precision/c1"]).toBe(1 / 2)
  })

  it("gives Matthews' correlation of a 2 × 2 table and Cohen's kappa as their papers do", () => {
    // 20 and 15 agreements, 5 and 10 disagreements: kappa 0.4 exactly.
    const pairs = [...Array(20).fill([1, 1]), ...Array(5).fill([1, 0]), ...Array(10).fill([0, 1]), ...Array(15).fill([0, 0])] as Array<
      [number, number]
    >
    const table = valuesOf(
      2,
      pairs.map(([truth, answer], index) => scored(index, truth, answer))
    )
    expect(table.kappa).toBe(0.4)
    expect(table.mcc).toBeCloseTo((20 * 15 - 10 * 5) / Math.sqrt(30 * 25 * 20 * 25), 15)
  })

  it("leaves the correlation of constants undefined unless undefined values count as 0", () => {
    const constant = [scored(0, 1, 1), scored(1, 1, 1)]
    expect(valuesOf(2, constant).mcc).toBe(0)
    expect(reason(valuesOf(2, constant, { undefined_in_macro: "insufficient" }).mcc)).toContain("of one class")
    expect(reason(valuesOf(2, constant).kappa)).toContain("of the same class")
  })
})

describe("what is missing", () => {
  const fine = [0.5, 0.5]
  it.each([
    ["no scores at all", [undefined, undefined], "no sample comes with scores"],
    ["one sample without", [fine, undefined], "1 of 2 samples have no scores"],
    ["an empty list", [fine, []], "1 of 2 samples have no scores"],
    ["too few", [fine, [1]], "1 of 2 samples have another number of scores than the 2 classes"],
    ["NaN", [[Number.NaN, 1], fine], "1 of 2 samples have a score that is NaN or infinite"],
    [
      "everything at once",
      [
        [Number.POSITIVE_INFINITY, 1],
        [1, 2, 3]
      ],
      "1 of 2 samples have another number of scores than the 2 classes; 1 of 2 samples have a score that is NaN or infinite"
    ]
  ] as const)("is said of every metric of scores: %s", (_, scores, why) => {
    const values = valuesOf(2, withScores([0, 1], scores))
    for (const name of ["top_k", "log_loss", "brier", "roc_auc", "average_precision/macro", "ece"])
      expect(values[name]).toEqual({ insufficient: why })
    expect(values.accuracy).toBe(1)
    expect(values).not.toHaveProperty("roc_auc/c0")
  })

  it("is what scores that are no probabilities cannot say; what needs an order only stays", () => {
    const values = valuesOf(
      2,
      withScores(
        [0, 1, 1],
        [
          [4, 1],
          [0.5, 0.5],
          [-1, 0.25]
        ]
      )
    )
    const why =
      "the scores of 2 samples are no probabilities: their rows sum to -0.75 to 5, of scores from -1 to 4; expected scores from 0 to 1 that sum to 1 within 0.01"
    expect([values.log_loss, values.brier, values.ece]).toEqual([{ insufficient: why }, { insufficient: why }, { insufficient: why }])
    expect(values.roc_auc).toBe(0)
    expect(values.top_k).toBe(1)
  })

  it("allows a sum as far from 1 as two decimals can bring it, and no farther", () => {
    expect(typeof valuesOf(3, withScores([0], [[0.33, 0.33, 0.33]])).log_loss).toBe("number")
    expect(typeof valuesOf(3, withScores([0], [[0.33, 0.33, 0.32]])).log_loss).toBe("object")
    expect(typeof valuesOf(20, withScores([0], [[0.94, ...Array<number>(19).fill(0)]])).log_loss).toBe("object")
  })

  it("names the classes that ROC-AUC needs samples of", () => {
    const values = valuesOf(
      3,
      withScores(
        [0, 1],
        [
          [0.5, 0.25, 0.25],
          [0.25, 0.5, 0.25]
        ]
      )
    )
    expect(values.roc_auc).toEqual({ insufficient: 'undefined for 1 of 3 classes: "c2"' })
    expect(values["roc_auc/c0"]).toBe(1)
    expect(values["average_precision/macro"]).toBe(2 / 3)
  })
})

describe("figures of scores", () => {
  const ids = (figures: ReadonlyArray<Figure>) => figures.map(({ id }) => id)
  const curve = (figures: ReadonlyArray<Figure>, id: string) => {
    const found = figures.find((figure) => figure.id === id)
    if (found?.kind !== "curve") throw new Error(`there is no curve ${id}`)
    return found
  }
  // 5 000 thresholds and 12 classes.
  const many = Array.from({ length: 5000 }, (_, index) => {
    const own = (index * 7919) % 5000
    return { truth: index % 12, row: Array.from({ length: 12 }, (_, at) => (at === index % 12 ? own : 5000 - own) / 60000) }
  })
  const large = resultOf(
    12,
    withScores(
      many.map(({ truth }) => truth),
      many.map(({ row }) => row)
    )
  ).figures

  it("are left out where there are no scores, and the reliability where they are no probabilities", () => {
    expect(ids(resultOf(2, withScores([0, 1], [undefined, undefined])).figures)).toEqual(["confusion", "per-class"])
    expect(
      ids(
        resultOf(
          2,
          withScores(
            [0, 1],
            [
              [2, 1],
              [1, 2]
            ]
          )
        ).figures
      )
    ).toEqual(["confusion", "per-class", "precision-recall", "roc"])
    expect(
      ids(
        resultOf(
          2,
          withScores(
            [0, 1],
            [
              [0.75, 0.25],
              [0.5, 0.5]
            ]
          )
        ).figures
      )
    ).toEqual(["confusion", "per-class", "precision-recall", "roc", "reliability", "confidence"])
  })

  it("show ten classes and say how many were left out", () => {
    expect(curve(large, "precision-recall").series).toHaveLength(10)
    expect(curve(large, "precision-recall").description).toContain("The first 10 of 12 classes are shown, 2 are left out.")
    expect(
      curve(large, "roc")
        .series.map(({ name }) => name)
        .at(-1)
    ).toBe("chance")
  })

  it("have at most 200 points a curve, from end to end", () => {
    for (const { points } of curve(large, "precision-recall").series) {
      expect(points.length).toBeLessThanOrEqual(200)
      expect(points.length).toBeGreaterThan(150)
      expect([points[0]?.[0], points.at(-1)?.[0]]).toEqual([1, 0])
    }
    for (const { points } of curve(large, "roc").series) {
      expect(points.length).toBeLessThanOrEqual(200)
      expect([points[0], points.at(-1)]).toEqual([
        [0, 0],
        [1, 1]
      ])
    }
  })

  it("draw two classes' ROC once, with its corners alone", () => {
    const { figures, values } = resultOf(
      2,
      withScores(
        [0, 0, 0, 1, 1],
        [
          [0.9, 0.1],
          [0.8, 0.2],
          [0.4, 0.6],
          [0.3, 0.7],
          [0.5, 0.5]
        ]
      )
    )
    expect(curve(figures, "roc").series[0]).toEqual({
      name: "c1",
      style: "line",
      points: [
        [0, 0],
        [0, 0.5],
        [1 / 3, 0.5],
        [1 / 3, 1],
        [1, 1]
      ]
    })
    expect(curve(figures, "precision-recall").series[1]).toEqual({
      name: "c1",
      style: "step",
      points: [
        [1, 2 / 3],
        [0.5, 1],
        [0, 1]
      ]
    })
    const area = (points: ReadonlyArray<readonly [number, number | null]>): number =>
      points.reduce((sum, [x, y], index) => sum + (x - (points[index + 1]?.[0] ?? x)) * (y ?? Number.NaN), 0)
    for (const { name, points } of curve(figures, "precision-recall").series)
      expect(area(points)).toBeCloseTo(Number(values[`average_precision/${name}`]), 15)
  })
})

describe("options of scores", () => {
  it("may be left out, and are checked when they are there", () => {
    expect(classification.decodeOptions({ undefined_in_macro: "zero", top_k: 5, calibration_bins: 10 })).toEqual({
      ok: true,
      value: { undefined_in_macro: "zero", top_k: 5, calibration_bins: 10 }
    })
    for (const wrong of [{ top_k: 0 }, { top_k: 1.5 }, { calibration_bins: 0 }, { calibration_bins: 1001 }, { observed: {} }])
      expect(classification.decodeOptions({ undefined_in_macro: "zero", ...wrong })).toMatchObject({ ok: false })
  })

  it("choose k", () => {
    const samples = withScores([0, 1, 2], Array(3).fill([0.5, 0.3, 0.2]))
    expect([1, 2, 3, 4].map((top_k) => valuesOf(3, samples, { ...options, top_k }).top_k)).toEqual([1 / 3, 2 / 3, 1, 1])
  })
})

describe("the state", () => {
  const fine = withScores([0, 1, 1], Array(3).fill([0.5, 0.5]))

  it("keeps no scores once one sample has none, and says so of any order and any shards", () => {
    const fold = foldOf(classesOf(2), "zero")
    const bare = withScores([1], [undefined])
    const one = [...fine, ...bare].reduce(fold.add, fold.empty)
    const other = [...bare, ...fine].reduce(fold.add, fold.empty)
    const merged = fold.merge(fine.reduce(fold.add, fold.empty), bare.reduce(fold.add, fold.empty))
    for (const state of [one, other, merged]) {
      expect(state.rows.length).toBe(0)
      expect(state.unscored).toEqual({ absent: 1, wrong_length: 0, not_finite: 0 })
      expect(reason(fold.result(state).values.top_k)).toBe("1 of 4 samples have no scores")
    }
  })

  it("is refused when a stored one has rows of another width", () => {
    const fold = foldOf(classesOf(2), "zero")
    const text = JSON.stringify(Schema.encodeSync(classification.state)(fine.reduce(fold.add, fold.empty)))
    expect(() => Schema.decodeUnknownSync(classification.state)(JSON.parse(text.replace('"width":2', '"width":3')))).toThrow(
      "expected 3 scores"
    )
  })
})

describe("atoms", () => {
  const half = [0.5, 0.5]
  const samples = [
    ...withScores([0, 1, 1, 0, 1, 1, 0], [[0.25, 0.75], undefined, half, [1], undefined, [Number.NaN, 1], half]),
    { ...scored(7, 0, -1), scores: half },
    scored(8, 0, -1),
    scored(9, 0, 1)
  ]
  const context = { output_type: "class", classes: classesOf(2) } as const
  const atoms = classification.atoms?.(options, context, samples)
  if (atoms === undefined) throw new Error("there are no atoms")

  it("are the samples that have scores, and truth, answer and fault of all others", () => {
    expect([...atoms.atomOf]).toEqual([0, 1, 2, 3, 1, 4, 5, 6, 7, 8])
    expect(atoms.count).toBe(9)
  })

  it("give what a fold of the resample gives, whichever samples without scores are in it", () => {
    const fold = foldOf(context.classes, "zero")
    const resamples = [[0, 2, 6, 6, 7], [0, 1, 4], [3, 3, 5], [8, 9, 9, 1], [7, 7], [2], []]
    for (const drawn of resamples) {
      const multiplicity = new Uint32Array(atoms.count)
      for (const index of drawn) {
        const atom = atoms.atomOf[index] ?? 0
        multiplicity[atom] = (multiplicity[atom] ?? 0) + 1
      }
      const folded = fold.result(drawn.flatMap((index) => samples[index] ?? []).reduce(fold.add, fold.empty))
      expect(atoms.values(multiplicity), `samples ${drawn.join(", ")}`).toStrictEqual(folded.values)
    }
  })
})

describe("a log of rows", () => {
  const encoded = (rows: ScoreRows) => Schema.encodeSync(ScoreRows)(rows)

  it("is not changed by logs that grow from it, one after the other or side by side", () => {
    const base = withRow(withRow(noRows(2), 0, [1, 2]), 1, [3, 4])
    const before = encoded(base)
    const left = withRow(base, 0, [5, 6])
    const right = withRow(base, 1, [7, 8])
    expect(encoded(base)).toEqual(before)
    expect(encoded(left).scores).toEqual([1, 2, 3, 4, 5, 6])
    expect(encoded(right).scores).toEqual([1, 2, 3, 4, 7, 8])
    expect(encoded(mergeRows(left, base)).scores).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4])
    expect(encoded(mergeRows(base, left)).scores).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 5, 6])
    expect(encoded(mergeRows(right, right)).truths).toEqual([0, 1, 1, 0, 1, 1])
    expect(encoded(left).scores).toEqual([1, 2, 3, 4, 5, 6])
    expect(encoded(base)).toEqual(before)
  })

  it("keeps no sign of zero, so that it is the same when it was stored as JSON", () => {
    expect(Object.is(encoded(withRow(noRows(1), 0, [-0])).scores[0], 0)).toBe(true)
  })

  it("grows in place as long as nobody else has grown it", () => {
    let rows = withRow(noRows(1), 0, [0])
    const stores = new Set([rows.store])
    for (let index = 1; index < 1000; index++) {
      rows = withRow(rows, index, [index])
      stores.add(rows.store)
    }
    expect(rows.length).toBe(1000)
    expect(stores.size).toBeLessThan(12)
    expect(Array.from(rows.store.truths.subarray(0, 1000))).toEqual(Array.from({ length: 1000 }, (_, index) => index))
  })
})

describe("the sorting by falling value", () => {
  it("sorts doubles of both signs, the smallest and the largest, and keeps equal ones in order", () => {
    const values = [0, -1, 1, 5e-324, -5e-324, 1.7976931348623157e308, -1e300, 0.1, 0.1, 2 ** -52, -0.1, 3, Number.NEGATIVE_INFINITY]
    const sorted = [...byFallingValue(Float64Array.from(values))]
    expect(sorted).toEqual(values.map((_, index) => index).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b))
    expect([...byFallingValue(new Float64Array(0))]).toEqual([])
  })
})

describe("average precision over very many thresholds", () => {
  it("is the exact sum, rounded", () => {
    const rows = 60_000
    const hit = (index: number): boolean => (index * 48271) % 7 < 3
    const table = {
      rows,
      width: 1,
      truth: Int32Array.from({ length: rows }, (_, index) => (hit(index) ? 0 : 1)),
      scores: Float64Array.from({ length: rows }, (_, index) => -index)
    }
    let hits = 0
    const terms = Array.from({ length: rows }, (_, index) => (hit(index) ? ++hits / (index + 1) : 0))
    const exact = ExactSum.value(ExactSum.addAll(ExactSum.empty, terms)) / hits
    expect(ranked(rankingOf(table, 0), new Uint32Array(rows).fill(1)).average_precision).toBe(exact)
  })
})

describe("bins of scores", () => {
  it.each([1, 2, 3, 7, 10, 15, 49, 100])("are open below and closed above, at the edges that numpy gives: %i", (bins) => {
    const step = 1 / bins
    const edges = Array.from({ length: bins + 1 }, (_, index) => [index * step, index / bins])
    const scores = [...edges.flat(), 0, 2 ** -1074, 0.5, 1 - 2 ** -53, 1].filter((score) => score <= 1)
    const highest = Float64Array.from(scores)
    const wanted = scores.map((score) => {
      const found = Array.from({ length: bins - 1 }, (_, bin) => (bin + 1) * step).findIndex((edge) => score <= edge)
      return found === -1 ? bins - 1 : found
    })
    expect([...binsOf({ highest } as unknown as RowFacts, bins)]).toEqual(wanted)
  })
})

describe("a sum in fixed point", () => {
  it("is the same in every order and near the true one", () => {
    const terms = Array.from({ length: 3000 }, (_, index) => ((index * 48271) % 2147483647) / 2147483647 / (1 + (index % 7)))
    const sumOf = (list: ReadonlyArray<number>) => {
      const sum = new FixedSum()
      for (const term of list) sum.add(term, 1)
      return sum.value()
    }
    expect(sumOf(terms.toReversed())).toBe(sumOf(terms))
    expect(sumOf(terms)).not.toBe(0)
    expect(Math.abs(sumOf(terms) - terms.reduce((total, term) => total + term, 0))).toBeLessThan(1e-11)
  })

  it("stays exact beyond 2^53 of its smallest units", () => {
    const sum = new FixedSum()
    for (let index = 0; index < 16; index++) sum.add(2 ** -20 - 2 ** -50, 2 ** 21)
    for (let index = 0; index < 4; index++) sum.add(2 ** -50, 1)
    expect(sum.value()).toBe(32 - 2 ** -25 + 2 ** -48)
  })

  it("takes a term so many times", () => {
    const many = new FixedSum()
    many.add(36.04365338911715, 2 ** 21)
    const one = new FixedSum()
    for (let index = 0; index < 2 ** 21; index++) one.add(36.04365338911715, 1)
    expect(one.value()).toBe(many.value())
    expect(Math.abs(many.value() / 2 ** 21 - 36.04365338911715)).toBeLessThan(1e-14)
  })
})
