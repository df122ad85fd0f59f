/** Every value against scikit-learn's, whose answers were computed once by oracle/scikit-learn.py. */
import { readFileSync } from "node:fs"
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { tallies } from "../src/Counts.ts"
import { classesOf, foldOf, samplesOf, valuesOf } from "./support.ts"

interface Averages {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}
interface Case {
  readonly about: string
  readonly classes: number
  readonly target: ReadonlyArray<number>
  readonly prediction: ReadonlyArray<number>
  readonly accuracy: number
  readonly accuracy_answered: number | null
  readonly balanced_accuracy: number
  readonly support: ReadonlyArray<number>
  readonly answered: ReadonlyArray<ReadonlyArray<number>>
  readonly abstained: ReadonlyArray<number>
  readonly per_class: Readonly<Record<keyof Averages, ReadonlyArray<number | null>>>
  readonly macro: Averages
  readonly weighted: Averages
  readonly micro: Averages
}

const { cases } = JSON.parse(readFileSync(new URL("./oracle/scikit-learn.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}
const names = ["precision", "recall", "f1"] as const

const close = (value: MetricValue | undefined, expected: number, what: string): void => {
  expect(typeof value, `${what} is a number`).toBe("number")
  expect(Math.abs((value as number) - expected), `${what}: ${String(value)} against ${expected}`).toBeLessThanOrEqual(1e-12)
}

describe("classification against scikit-learn", () => {
  it("has 52 cases, 20 of them with abstentions", () => {
    expect(cases).toHaveLength(52)
    expect(cases.filter(({ abstained }) => abstained.some((count) => count > 0)).length).toBeGreaterThanOrEqual(20)
  })

  it.each(cases)("counts as scikit-learn does: $about", ({ classes, target, prediction, answered, abstained, support }) => {
    const fold = foldOf(classesOf(classes), "zero")
    const { counts } = samplesOf(target, prediction).reduce(fold.add, fold.empty)
    expect(counts).toEqual({ answered, abstained })
    expect(tallies(counts).map((each) => each.support)).toEqual(support)
  })

  it.each(cases)("equals scikit-learn to 1e-12: $about", (expected) => {
    const values = valuesOf(classesOf(expected.classes), samplesOf(expected.target, expected.prediction), "zero")
    close(values.accuracy, expected.accuracy, "accuracy")
    close(values.balanced_accuracy, expected.balanced_accuracy, "balanced_accuracy")
    if (expected.accuracy_answered === null) expect(values.accuracy_answered).toHaveProperty("insufficient")
    else close(values.accuracy_answered, expected.accuracy_answered, "accuracy_answered")
    for (const name of names) {
      close(values[`${name}/macro`], expected.macro[name], `${name}/macro`)
      close(values[`${name}/weighted`], expected.weighted[name], `${name}/weighted`)
      // scikit-learn says 0 for the micro precision of no answer at all; here that is no number.
      if (expected.accuracy_answered === null && name === "precision") expect(values["precision/micro"]).toHaveProperty("insufficient")
      else close(values[`${name}/micro`], expected.micro[name], `${name}/micro`)
      for (const [index, value] of expected.per_class[name].entries()) {
        if (value === null) expect(values[`${name}/c${index}`], `${name}/c${index}`).toHaveProperty("insufficient")
        else close(values[`${name}/c${index}`], value, `${name}/c${index}`)
      }
    }
  })

  it.each(cases)("is macro only where every class is defined, under insufficient: $about", (expected) => {
    const values = valuesOf(classesOf(expected.classes), samplesOf(expected.target, expected.prediction), "insufficient")
    for (const name of names) {
      const value = values[`${name}/macro`]
      if (value === undefined) throw new Error(`${name}/macro is missing`)
      const undefinedClasses = expected.per_class[name].flatMap((each, index) => (each === null ? [`c${index}`] : []))
      expect(isInsufficient(value)).toBe(undefinedClasses.length > 0)
      if (isInsufficient(value)) for (const label of undefinedClasses.slice(0, 5)) expect(value.insufficient).toContain(`"${label}"`)
      else close(value, expected.macro[name], `${name}/macro`)
    }
  })
})
