/** Every value against scikit-learn's, whose answers were computed once by oracle/scikit-learn.py. */
import { readFileSync } from "node:fs"
import type { MetricValue } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { classesOf, foldOf, resultOf, scored } from "./support.ts"

interface Mean {
  readonly excluded: number | null
  readonly zero: number
  readonly one: number
}
type PerClass = ReadonlyArray<number | null>
interface Case {
  readonly about: string
  readonly classes: number
  readonly ignore: number | null
  readonly unpredicted: number | null
  readonly samples: ReadonlyArray<readonly [width: number, height: number, target: string, prediction: string | null]>
  readonly pixels?: ReadonlyArray<ReadonlyArray<number>>
  readonly values: {
    readonly pixel_accuracy: number
    readonly unpredicted: number
    readonly fw_iou: number
    readonly miou: Mean
    readonly dice: Mean
    readonly mean_accuracy: Mean
  } | null
  readonly per_class: { readonly iou: PerClass; readonly dice: PerClass; readonly accuracy: PerClass } | null
}

const { cases } = JSON.parse(readFileSync(new URL("./oracle/scikit-learn.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

const samplesOf = ({ samples, ignore, unpredicted }: Case) =>
  samples.map(([width, , target, prediction], index) => scored({ id: `s-${index}`, width, target, prediction, ignore, unpredicted }))

let compared = 0
const close = (value: MetricValue | undefined, expected: number | null, what: string): void => {
  compared += 1
  if (expected === null) {
    expect(value, what).toHaveProperty("insufficient")
    return
  }
  expect(typeof value, `${what} is a number`).toBe("number")
  expect(Math.abs(Number(value) - expected), `${what}: ${String(value)} against ${expected}`).toBeLessThanOrEqual(1e-12)
}

describe("segmentation against scikit-learn", () => {
  it("has 214 cases, 8 of them without a pixel that counts", () => {
    expect(cases).toHaveLength(214)
    expect(cases.filter(({ values }) => values === null)).toHaveLength(8)
    for (const trait of ["ignore", "unpredicted"] as const)
      expect(cases.filter((each) => each[trait] !== null).length, trait).toBeGreaterThanOrEqual(90)
  })

  it("counts the pixels as scikit-learn does", () => {
    for (const each of cases) {
      const fold = foldOf(classesOf(each.classes))
      const { pixels } = samplesOf(each).reduce(fold.add, fold.empty)
      const none = Array.from({ length: each.classes }, () => Array.from({ length: each.classes + 1 }, () => 0))
      expect(pixels, each.about).toEqual(each.pixels ?? none)
    }
  })

  it("equals scikit-learn to 1e-12 under every convention for empty classes", () => {
    compared = 0
    for (const each of cases) {
      const expected = each.values
      for (const convention of ["excluded", "zero", "one"] as const) {
        const { values } = resultOf(classesOf(each.classes), samplesOf(each), convention)
        const what = (name: string): string => `${each.about}, ${convention}: ${name}`
        for (const name of ["pixel_accuracy", "unpredicted", "fw_iou"] as const) close(values[name], expected?.[name] ?? null, what(name))
        for (const name of ["iou", "dice", "accuracy"] as const)
          for (let index = 0; index < each.classes; index += 1)
            close(values[`${name}/c${index}`], each.per_class?.[name][index] ?? null, what(`${name}/c${index}`))
        for (const name of ["miou", "dice", "mean_accuracy"] as const) close(values[name], expected?.[name][convention] ?? null, what(name))
      }
    }
    expect(compared).toBe(3 * cases.reduce((sum, { classes }) => sum + 6 + 3 * classes, 0))
  })
})
