/** Every error against BOP toolkit and scipy, whose answers were computed once by oracle/bop-toolkit.py. */
import { readFileSync } from "node:fs"
import type { MetricValue } from "@feagi-trainer/contracts"
import { Chunk } from "effect"
import { describe, expect, it } from "vitest"
import type { ObjectModel, PoseOptions } from "../src/index.ts"
import { foldOf, poseOf, resultOf, type Seven, scored } from "./support.ts"

interface Errors {
  readonly rotation: number
  readonly translation: number
  readonly within: ReadonlyArray<boolean>
  /** Degrees, by an arc cosine. */
  readonly re: number
  readonly add: number
  readonly adds: number
  readonly mssd: number
}
interface Model {
  readonly points: ObjectModel["points"]
  readonly diameter: number
  readonly symmetries: ReadonlyArray<Seven>
}
type Sample = readonly [image: number, object: number, truth: Seven, estimate: Seven | null, errors: Errors | null]
type Values = Readonly<Record<string, number | null>>

const oracle = JSON.parse(readFileSync(new URL("./oracle/bop-toolkit.json", import.meta.url), "utf8")) as {
  readonly models: ReadonlyArray<Model>
  readonly cases: ReadonlyArray<
    Errors & { readonly about: string; readonly model: number; readonly truth: Seven; readonly estimate: Seven }
  >
  readonly lmo_models: Readonly<Record<string, Model>>
  readonly lmo: ReadonlyArray<Sample>
  readonly lmo_values: Values
  readonly lmo_per_object: Readonly<Record<string, Values>>
  readonly sets: ReadonlyArray<{
    readonly add_threshold: number
    readonly auc_max: number
    readonly samples: ReadonlyArray<number>
    readonly silent: ReadonlyArray<boolean>
    readonly values: Values
  }>
}

const modelOf = ({ points, diameter, symmetries }: Model): ObjectModel => ({ points, diameter, symmetries: symmetries.map(poseOf) })

const lmoOptions = (add_threshold: number, auc_max: number): PoseOptions => ({
  objects: Object.fromEntries(Object.entries(oracle.lmo_models).map(([name, model]) => [name, modelOf(model)])),
  add_threshold,
  auc_max
})

const close = (actual: MetricValue | undefined, expected: number | null | undefined, what: string): void => {
  if (expected === null) {
    expect(actual, what).toHaveProperty("insufficient")
    return
  }
  expect(typeof actual, `${what} is a number`).toBe("number")
  expect(Math.abs(Number(actual) - Number(expected)), `${what}: ${String(actual)} against ${expected}`).toBeLessThanOrEqual(1e-9)
}

const allClose = (values: Readonly<Record<string, MetricValue>>, expected: Values, suffix: string, what: string): void => {
  expect(Object.keys(expected)).toHaveLength(22)
  for (const [name, value] of Object.entries(expected)) close(values[`${name}${suffix}`], value, `${what}: ${name}${suffix}`)
}

describe("single poses against BOP toolkit and scipy", () => {
  it("has 259 pairs of poses and 7 models", () => {
    expect([oracle.cases.length, oracle.models.length]).toEqual([259, 7])
  })

  it("equals scipy's angle and the toolkit's te, add, adi and mssd to 1e-9", () => {
    for (const each of oracle.cases) {
      const model = oracle.models[each.model]
      if (model === undefined) throw new Error(`${each.about} has no model`)
      const options = { objects: { it: modelOf(model) }, add_threshold: 0.1, auc_max: 0.1 }
      const { values } = resultOf(options, [scored("s", each.truth, each.estimate)])
      close(values.rotation_rad, each.rotation, `${each.about}: rotation`)
      close(values.translation, each.translation, `${each.about}: translation`)
      close(values.add, each.add, `${each.about}: add`)
      close(values.adds, each.adds, `${each.about}: adds`)
      close(values.mssd, each.mssd, `${each.about}: mssd`)
      expect([values.recall_5deg_5cm, values.recall_2deg_2cm], each.about).toEqual(each.within.map(Number))
      // The toolkit's own angle is good to 1e-6 degrees only.
      expect(Math.abs(Number(values.rotation_deg) - each.re), `${each.about}: re`).toBeLessThan(1e-5)
    }
  })

  it("is exactly 0 for equal poses and for q and -q, whatever the model", () => {
    const same = oracle.cases.filter(({ about }) => about.includes("the same pose"))
    expect(same).toHaveLength(14)
    for (const { model, truth, estimate, about } of same) {
      const found = oracle.models[model]
      if (found === undefined) throw new Error(`${about} has no model`)
      const { values } = resultOf({ objects: { it: modelOf(found) }, add_threshold: 0.1, auc_max: 0.1 }, [scored("s", truth, estimate)])
      for (const name of ["rotation_rad", "rotation_deg", "translation", "add", "adds", "mssd"])
        expect(values[name], `${about}: ${name}`).toBe(0)
    }
  })
})

describe("the estimates of CNOS and MegaPose for LM-O", () => {
  const samples = oracle.lmo.map(([image, object, truth, estimate]) => scored(`${image}/${object}`, truth, estimate, String(object)))

  it("are 1205 estimates for 1445 objects", () => {
    expect(samples).toHaveLength(1445)
    expect(oracle.lmo.filter(([, , , estimate]) => estimate !== null)).toHaveLength(1205)
  })

  it("have the toolkit's errors one by one, to 1e-9", () => {
    const fold = foldOf(lmoOptions(0.1, 0.1))
    const rows = Chunk.toReadonlyArray(samples.reduce(fold.add, fold.empty))
    for (const [index, [, , , , expected]] of oracle.lmo.entries()) {
      const row = rows[index]
      if (expected === null) {
        expect(row?.errors).toBeNull()
        continue
      }
      close(row?.errors?.rotation, expected.rotation, `${row?.sample_id}: rotation`)
      close(row?.errors?.translation, expected.translation, `${row?.sample_id}: translation`)
      close(row?.errors?.points?.add, expected.add, `${row?.sample_id}: add`)
      close(row?.errors?.points?.adds, expected.adds, `${row?.sample_id}: adds`)
      close(row?.errors?.points?.mssd, expected.mssd, `${row?.sample_id}: mssd`)
      expect(row?.errors?.within).toEqual(expected.within)
    }
  })

  it("have numpy's means and medians, recalls and YCB-Video's areas, over all and per object", () => {
    const { values } = resultOf(lmoOptions(0.1, 0.1), samples)
    allClose(values, oracle.lmo_values, "", "LM-O")
    expect(Object.keys(oracle.lmo_per_object)).toHaveLength(8)
    for (const [object, expected] of Object.entries(oracle.lmo_per_object)) allClose(values, expected, `/${object}`, "LM-O")
  })

  it("have them in 60 random sets with other thresholds, repeated samples and abstentions", () => {
    expect(oracle.sets).toHaveLength(60)
    for (const [index, { add_threshold, auc_max, samples: chosen, silent, values: expected }] of oracle.sets.entries()) {
      const some = chosen.flatMap((at, place) => {
        const row = oracle.lmo[at]
        if (row === undefined) return []
        const [image, object, truth, estimate] = row
        return [scored(`${image}/${object}/${place}`, truth, silent[place] === true ? null : estimate, String(object))]
      })
      allClose(resultOf(lmoOptions(add_threshold, auc_max), some).values, expected, "", `set ${index}`)
    }
  })
})
