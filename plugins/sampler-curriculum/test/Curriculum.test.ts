import { epochRng } from "@feagi-trainer/conformance"
import type { Rng, SamplerItem } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { curriculum } from "../src/index.ts"
import { fractionOf, type Options } from "../src/Options.ts"

const refuse = (): never => {
  throw new Error("a sorted epoch must not draw")
}
const noRng: Rng = { below: refuse, unit: refuse, shuffle: refuse, permutation: refuse, fill: refuse }

const schedule: Options["schedule"] = { epochs_to_full: 4, start_fraction: 0.2, pacing: "linear" }
const options: Options = { by: "difficulty", order: "rising", schedule, within: "sorted" }
const indexOf = (values: ReadonlyArray<number>): ReadonlyArray<SamplerItem> =>
  values.map((difficulty, position) => ({ position, sample_id: `s${String(position).padStart(3, "0")}`, values: { difficulty, other: 0 } }))
const planned = (given: Options, index: ReadonlyArray<SamplerItem>, epoch: number, rng = noRng) =>
  curriculum.plan(given, { index, rng, epoch })

describe("pacing", () => {
  const of = (pacing: Options["schedule"]["pacing"]) => [0, 1, 2, 3, 4, 9].map((epoch) => fractionOf({ ...schedule, pacing }, epoch))

  it("linear grows by the same share every epoch", () => {
    for (const [at, expected] of [0.2, 0.4, 0.6, 0.8, 1, 1].entries()) expect(of("linear")[at]).toBeCloseTo(expected, 12)
  })

  it("root is the square root of what grows linearly from the square of the start, as in Platanios et al. 2019", () => {
    // c(t) = min(1, sqrt(t (1 − c0²) / T + c0²)) with c0 = 0.2, T = 4: the squares are 0.04, 0.28, 0.52, 0.76, 1.
    for (const [at, expected] of [0.04, 0.28, 0.52, 0.76, 1, 1].entries()) expect((of("root")[at] ?? 0) ** 2).toBeCloseTo(expected, 12)
  })

  it("step stays at the start and then takes everything", () => {
    expect(of("step")).toEqual([0.2, 0.2, 0.2, 0.2, 1, 1])
  })

  it("never falls", () => {
    for (const pacing of ["linear", "step", "root"] as const)
      expect(of(pacing)).toEqual([...of(pacing)].sort((left, right) => left - right))
  })
})

describe("curriculum", () => {
  const hundred = indexOf(epochRng("values", 0).permutation(100))

  it("visits the easiest share of every epoch, all of it in the end", () => {
    const sizes = [0, 1, 2, 3, 4, 5].map((epoch) => planned(options, hundred, epoch).order.length)
    expect(sizes).toEqual([20, 40, 60, 80, 100, 100])
    const difficulties = planned(options, hundred, 0).order.map((at) => hundred[at]?.values?.difficulty)
    expect(difficulties).toEqual(Array.from({ length: 20 }, (_, at) => at))
  })

  it("visits again what an earlier epoch visited", () => {
    for (const epoch of [0, 1, 2, 3]) {
      const next = new Set(planned({ ...options, within: "shuffled" }, hundred, epoch + 1, epochRng("plan", epoch + 1)).order)
      expect(planned(options, hundred, epoch).order.filter((at) => !next.has(at))).toEqual([])
    }
  })

  it("says which samples it leaves out, and claims a permutation only when it leaves out none", () => {
    expect([0, 3, 4].map((epoch) => planned(options, hundred, epoch).draws)).toEqual([
      { subset: "the 20 of 100 samples with the smallest difficulty" },
      { subset: "the 80 of 100 samples with the smallest difficulty" },
      "permutation"
    ])
    expect(planned({ ...options, order: "falling" }, hundred, 0).draws).toEqual({
      subset: "the 20 of 100 samples with the largest difficulty"
    })
  })

  it("begins with the largest values when it goes by a falling one", () => {
    expect(planned({ ...options, order: "falling" }, indexOf([3, 9, 1, 7, 5]), 1).order).toEqual([1, 3])
  })

  it("tells equally easy samples apart by their ids, not by their places in the split", () => {
    const index = ["b", "a", "d", "c"].map((sample_id, position) => ({ position, sample_id, values: { difficulty: 1 } }))
    expect(planned(options, index, 9).order).toEqual([1, 0, 3, 2])
    expect(planned({ ...options, order: "falling" }, index, 9).order).toEqual([1, 0, 3, 2])
  })

  it("shuffles the same samples that it would sort", () => {
    const shuffled = planned({ ...options, within: "shuffled" }, hundred, 1, epochRng("plan", 1)).order
    expect(shuffled).not.toEqual(planned(options, hundred, 1).order)
    expect([...shuffled].sort()).toEqual([...planned(options, hundred, 1).order].sort())
  })

  it("visits at least one sample, and a share rounded to the nearest number of them", () => {
    const small = { ...options, schedule: { ...schedule, start_fraction: 0.01 } }
    expect(planned(small, indexOf([3, 1, 2]), 0).order).toEqual([1])
    expect(planned({ ...options, schedule: { ...schedule, start_fraction: 0.5 } }, indexOf([1, 2, 3]), 0).order).toHaveLength(2)
    expect(planned(options, [], 0)).toEqual({ order: [], draws: "permutation" })
  })

  it("names every sample without the value, and the values that there are", () => {
    const index = indexOf([1, 2, 3, 4, 5, 6]).map((item, at) =>
      at === 0
        ? { position: 0, sample_id: "bare" }
        : at === 1
          ? { ...item, values: { difficulty: Number.NaN } }
          : at === 2
            ? { ...item, values: { difficulty: Number.POSITIVE_INFINITY } }
            : at === 3
              ? { ...item, values: { length: 4 } }
              : item
    )
    const message = 'the sampler curriculum orders by the value "difficulty"; 4 of 6 samples have none'
    expect(curriculum.check?.(options, { index, epochs: 10 })).toEqual([
      {
        path: ["by"],
        problem: "invalid",
        message,
        expected: "a finite number in every sample; the dataset has the values difficulty, length, other",
        actual: 'none in "bare", "s001", "s002", …'
      }
    ])
    expect(() => planned(options, index, 0)).toThrow(new RangeError(message))
    // What every object has is no value of a sample.
    expect(curriculum.check?.({ ...options, by: "constructor" }, { index, epochs: 10 })).toHaveLength(1)
  })

  it("refuses a training that ends before everything was visited, beside all else that is wrong", () => {
    const index = indexOf([1, 2])
    expect(curriculum.check?.(options, { index, epochs: 5 })).toEqual([])
    expect(curriculum.check?.(options, { index, epochs: 4 })).toMatchObject([
      { path: ["schedule", "epochs_to_full"], expected: "less than the 4 epochs of training", actual: "4" }
    ])
    expect(curriculum.check?.({ ...options, by: "age" }, { index, epochs: 1 })).toHaveLength(2)
  })
})
