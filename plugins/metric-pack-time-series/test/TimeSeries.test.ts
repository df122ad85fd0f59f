/** Closed forms, abstention, refusals, figures, resamples and protocols: what no oracle has. */
import { type Atoms, isInsufficient, type Scored } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import * as plugin from "../src/index.ts"
import { eventsContext, foldOf, type Numbers, recording, resultOf, sample, samplesOf } from "./support.ts"

const { timeSeries, timeSeriesEvents } = plugin

describe("the errors of four answers", () => {
  // Errors 1, 0, −2, 1.
  const { values } = resultOf(samplesOf([1, 2, 3, 4], [2, 2, 1, 5]))

  it("are those that a hand computes", () => {
    expect(values).toMatchObject({ mae: 1, mse: 1.5, median_ae: 1, max_error: 2, bias: 0, answered: 1, abstained: 0 })
    expect(values.rmse).toBe(Math.sqrt(1.5))
    expect(values.mape).toBe((1 + 2 / 3 + 1 / 4) / 4)
    expect(values.r2).toBe(1 - 6 / 5)
    expect(values.explained_variance).toBe(1 - 6 / 5)
    expect(values.rmse_of_mean).toBe(Math.sqrt(5 / 4))
  })

  it("leave out what was abstained from, and say how much that was", () => {
    const silent = resultOf(samplesOf([1, 2, 3, 4, 9, 9, 9, 9], [2, 2, 1, 5, null, null, null, null])).values
    expect(silent).toEqual({ ...values, answered: 0.5, abstained: 0.5 })
  })
})

describe("values that are none", () => {
  it("say that nothing was scored", () => {
    const { values, figures } = resultOf([])
    expect(Object.values(values)).toEqual(Array.from({ length: 12 }, () => ({ insufficient: "no sample was scored" })))
    expect(figures).toEqual([])
  })

  it("say that nothing was answered, for every output of a vector", () => {
    const { values } = resultOf([sample(0, [1, 2], null)])
    expect(values["mae/1"]).toEqual({ insufficient: "every sample was abstained from" })
    expect(values.mae).toEqual({ insufficient: "undefined for 2 of 2 outputs, first 0: every sample was abstained from" })
    expect([values.answered, values.abstained]).toEqual([0, 1])
  })

  it("say which output of a vector is at fault", () => {
    const { values } = resultOf(
      samplesOf(
        [
          [1, 7],
          [2, 7]
        ],
        [
          [1, 7],
          [2, 8]
        ]
      )
    )
    expect(values.r2).toEqual({
      insufficient: "undefined for 1 of 2 outputs, first 1: all targets are the same number, so there is no variance to explain"
    })
    expect(values["r2/0"]).toBe(1)
    expect(values.mae).toBe(0.25)
  })

  it("are those beyond the range of a double, each for itself", () => {
    const { values } = resultOf(samplesOf([1e200, -1e200], [-1e200, 1e200]))
    expect(values.mae).toBe(2e200)
    expect(values.mse).toEqual({ insufficient: "the sum is beyond the range of a double (1.8e308)" })
    expect(values.max_error).toBe(2e200)
  })

  it("are those of targets whose squares vanish", () => {
    expect(resultOf(samplesOf([1e-200, 2e-200], [1e-200, 1e-200])).values.r2).toEqual({
      insufficient: "the squares of these targets are below the range of a double"
    })
  })
})

describe("rounding", () => {
  it("does not turn equal targets into a variance", () => {
    // 0.1 + 0.1 + 0.1 is 0.30000000000000004, whose third is not 0.1.
    const equal = samplesOf([0.1, 0.1, 0.1], [0.2, 0.1, 0.1])
    expect(resultOf(equal).values.r2).toHaveProperty("insufficient")
    expect(resultOf(equal, "scikit-learn").values.r2).toBe(0)
    expect(resultOf(equal).values.rmse_of_mean).toBe(0)
    // One error throughout leaves nothing unexplained.
    expect(resultOf(samplesOf([0, 0, 0], [0.1, 0.1, 0.1]), "scikit-learn").values.explained_variance).toBe(1)
  })

  it("loses nothing of small errors after a large one", () => {
    // 1e16 + 1 is 1e16; the first row in order is the one with the smallest target.
    const ones = Array.from({ length: 1000 }, () => 1)
    const { values } = resultOf(samplesOf([0, ...ones], [1e16, ...ones.map(() => 2)]))
    expect(values.mae).toBe((1e16 + 1000) / 1001)
  })

  it("sees minus zero as zero", () => {
    expect(resultOf(samplesOf([-0, 0], [0, -0])).values.mae).toBe(0)
    expect(resultOf(samplesOf([-0, 0], [0, -0])).values.r2).toHaveProperty("insufficient")
  })
})

describe("a vector", () => {
  const { values, figures } = resultOf(
    samplesOf(
      [
        [1, 10],
        [3, 20]
      ],
      [
        [1, 14],
        [3, 18]
      ]
    )
  )

  it("has the mean of its outputs, and the largest error of all", () => {
    expect([values.mae, values["mae/0"], values["mae/1"]]).toEqual([1.5, 0, 3])
    expect([values.max_error, values["max_error/0"], values["max_error/1"]]).toEqual([4, 0, 4])
    expect(values.rmse).toBe(Math.sqrt(10) / 2)
    expect(values.rmse).not.toBe(Math.sqrt(5))
  })

  it("has its errors drawn by output", () => {
    expect(figures.map(({ id }) => id)).toEqual(["prediction-over-target", "errors", "outputs"])
    expect(figures[2]).toMatchObject({ categories: ["0", "1"], series: [{ name: "mae", values: [0, 3] }, { name: "rmse" }] })
  })
})

describe("what cannot be scored is refused by its id", () => {
  const scalars = foldOf("insufficient", "scalar")
  const vectors = foldOf("insufficient", "vector")
  const one = vectors.add(vectors.empty, sample(0, [1, 2], [1, 2]))

  it.each([
    ["another type", () => scalars.add(scalars.empty, sample(4, [1], 1)), 'sample "s-4": its target is of type vector, expected scalar'],
    ["another type of answer", () => scalars.add(scalars.empty, sample(4, 1, [1])), 'sample "s-4": its prediction is of type vector'],
    ["a number that is none", () => scalars.add(scalars.empty, sample(4, 1, Number.NaN)), "number 0 of its prediction is NaN"],
    [
      "an infinite target",
      () => scalars.add(scalars.empty, sample(4, Number.POSITIVE_INFINITY, null)),
      "number 0 of its target is Infinity"
    ],
    ["a vector of nothing", () => vectors.add(vectors.empty, sample(4, [], [])), "its target is a vector of no numbers"],
    ["another length of answer", () => vectors.add(vectors.empty, sample(4, [1, 2], [1])), "its prediction has 1 numbers, expected 2"],
    ["another length of target", () => vectors.add(one, sample(4, [1], [1])), 'sample "s-4": its target has 1 numbers, expected 2'],
    [
      "shards of other lengths",
      () => vectors.merge(one, vectors.add(vectors.empty, sample(4, [1], [1]))),
      "samples of 2 numbers cannot be merged"
    ]
  ])("%s", (_, act, message) => {
    expect(act).toThrow(RangeError)
    expect(act).toThrow(message)
  })

  it("and so is another output type", () => {
    expect(() => timeSeries.start({ undefined_values: "insufficient" }, { output_type: "class", classes: [] })).toThrow('not "class"')
  })
})

describe("figures", () => {
  it("show at most 200 points, first and last among them, whatever the order of arrival", () => {
    const targets = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 1000)
    const samples = samplesOf(
      targets,
      targets.map((each) => each + 1)
    )
    const [scatter] = resultOf(samples).figures
    if (scatter?.kind !== "curve") throw new Error("expected a curve")
    expect(scatter.series.map(({ points }) => points.length)).toEqual([200, 2])
    expect(scatter.series[0]?.points[0]).toEqual([0, 1])
    expect(scatter.series[0]?.points.at(-1)).toEqual([999, 1000])
    expect(resultOf(samples.toReversed()).figures).toEqual(resultOf(samples).figures)
  })

  it("count every error once", () => {
    const { figures } = resultOf(samplesOf([0, 0, 0, 0], [0, 1, 19.5, 20]))
    expect(figures[1]).toMatchObject({ kind: "histogram", counts: [1, 1, ...Array.from({ length: 17 }, () => 0), 2] })
    expect(resultOf(samplesOf([1, 1], [3, 3])).figures[1]).toMatchObject({ edges: [1, 3], counts: [2] })
  })
})

/** The values of `multiplicity` against those of the samples that it stands for. */
const expectSameAsFold = (
  atoms: Atoms,
  samples: ReadonlyArray<Scored>,
  times: ReadonlyArray<number>,
  fold: (some: ReadonlyArray<Scored>) => object
) => {
  const multiplicity = new Uint32Array(atoms.count)
  const some = samples.flatMap((each, index) => {
    const atom = atoms.atomOf[index] ?? 0
    multiplicity[atom] = (multiplicity[atom] ?? 0) + (times[index] ?? 0)
    return Array.from({ length: times[index] ?? 0 }, () => each)
  })
  const values = atoms.values(multiplicity)
  expect(Object.keys(values).length).toBeGreaterThan(5)
  expect(fold(some)).toMatchObject(values)
}

describe("a resample has the values of its samples, to the last bit", () => {
  const multisets = [
    [1, 1, 1, 1, 1, 1],
    [0, 3, 0, 1, 2, 0],
    [5, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 2, 0]
  ]
  const targets: ReadonlyArray<Numbers> = [0.1, 1 / 3, 0.1, 0.7, 2.2, -5]
  const answers = [0.3, 0.3, 0.3, 1.1, null, -4.9]

  it.each(multisets.map((times) => [times]))("of numbers taken %j times", (times) => {
    const samples = samplesOf(targets, answers)
    const options = { undefined_values: "insufficient" } as const
    const atoms = timeSeries.atoms?.(options, { output_type: "scalar", classes: [] }, samples)
    if (atoms === undefined) throw new Error("no atoms")
    expectSameAsFold(atoms, samples, times, (some) => resultOf(some).values)
  })

  it.each(multisets.map((times) => [times]))("of vectors taken %j times", (times) => {
    const pair = (value: Numbers | null, index: number): Numbers | null => (value === null ? null : [Number(value), index / 3])
    const samples = samplesOf(
      targets.map((each, index) => [Number(each), index % 2]),
      answers.map(pair)
    )
    const context = { output_type: "vector", classes: [] } as const
    const atoms = timeSeries.atoms?.({ undefined_values: "scikit-learn" }, context, samples)
    if (atoms === undefined) throw new Error("no atoms")
    expectSameAsFold(atoms, samples, times, (some) => resultOf(some, "scikit-learn").values)
  })

  it.each(multisets.map((times) => [times]))("of recordings taken %j times", (times) => {
    const samples = [
      recording(0, [[0, 1]], [[0, 1]]),
      recording(1, [[0, 1, "y"]], [[0, 1]]),
      recording(2, [], [[3, 4, "z"]]),
      recording(
        3,
        [
          [0, 2],
          [3, 4]
        ],
        [[3, 4]]
      ),
      recording(4, [[0, 2]], null),
      recording(5, [], [])
    ]
    const options = { rule: "overlap@1", min_iou: 0.5 } as const
    const atoms = timeSeriesEvents.atoms?.(options, eventsContext, samples)
    if (atoms === undefined) throw new Error("no atoms")
    const fold = timeSeriesEvents.start(options, eventsContext)
    expectSameAsFold(atoms, samples, times, (some) => fold.result(some.reduce(fold.add, fold.empty)).values)
  })
})

describe("the protocols", () => {
  it("are six with ten examples", () => {
    const protocols = Object.values(plugin).flatMap((value) => (value.kind === "protocol" ? [value] : []))
    expect(protocols.map(({ id }) => id).sort()).toEqual([
      "time-series-events-holdout",
      "time-series-events-train-test",
      "time-series-scalar-holdout",
      "time-series-scalar-train-test",
      "time-series-vector-holdout",
      "time-series-vector-train-test"
    ])
    expect(protocols.flatMap(({ vectors = [] }) => vectors)).toHaveLength(10)
  })

  it("fix every value of the first example of numbers", () => {
    const [vector] = plugin.scalarHoldout.vectors ?? []
    expect(Object.values(vector?.values ?? {}).filter((value) => !isInsufficient(value))).toHaveLength(10)
  })
})
