/** Every value against scikit-learn's, whose answers were computed once by oracle/errors.py. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { close, type Numbers, resultOf, samplesOf } from "./support.ts"

type Expected = Readonly<Record<string, number | null>>
interface Case {
  readonly about: string
  readonly target: ReadonlyArray<Numbers>
  readonly prediction: ReadonlyArray<Numbers>
  readonly expected: Expected
  readonly outputs?: ReadonlyArray<Expected>
}

const { cases } = JSON.parse(readFileSync(new URL("./oracle/errors.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

/** Differences of two numbers near 1 are bounded by 1e-12, all others by 1e-12 of the number. */
const scaleOf = (name: string, expected: number): number =>
  name.startsWith("r2") || name.startsWith("explained_variance") ? Math.max(1, Math.abs(expected)) : Math.abs(expected)

const flat = ({ expected, outputs = [] }: Case): ReadonlyArray<readonly [string, number | null]> => [
  ...Object.entries(expected),
  ...outputs.flatMap((output, index) => Object.entries(output).map(([name, value]) => [`${name}/${index}`, value] as const))
]

describe("time-series against scikit-learn", () => {
  it("has 244 cases with 3701 numbers, 67 cases with vectors", () => {
    expect(cases).toHaveLength(244)
    expect(cases.filter(({ outputs }) => outputs !== undefined)).toHaveLength(67)
    expect(cases.flatMap(flat)).toHaveLength(3701)
  })

  it.each(cases)("equals scikit-learn to 1e-12, where that gives a number: $about", (given) => {
    const { values } = resultOf(samplesOf(given.target, given.prediction), "scikit-learn")
    for (const [name, expected] of flat(given)) {
      if (expected === null) expect(values[name], name).toHaveProperty("insufficient")
      else close(values[name], expected, scaleOf(name, expected), name)
    }
  })

  it.each(cases)("with insufficient, differs from it only where a formula divides by zero: $about", ({ target, prediction }) => {
    const samples = samplesOf(target, prediction)
    const [strict, filled] = [resultOf(samples).values, resultOf(samples, "scikit-learn").values]
    const columns = target.map((each) => (typeof each === "number" ? [each] : each))
    const outputs = columns[0]?.length ?? 0
    const of = (output: number) => columns.map((row) => row[output])
    const constant = Array.from({ length: outputs }, (_, output) => new Set(of(output)).size === 1)
    const zero = Array.from({ length: outputs }, (_, output) => of(output).some((each) => each === 0))
    for (const [name, value] of Object.entries(strict)) {
      const [metric = "", output] = name.split("/")
      const about = metric === "mape" ? zero : ["r2", "explained_variance"].includes(metric) ? constant : []
      const undefinedHere = output === undefined ? about.includes(true) : about[Number(output)] === true
      if (undefinedHere) expect(value, name).toHaveProperty("insufficient")
      // scikit-learn replaces these, although they are no zeros.
      else if (!(metric === "mape" && columns.flat().some((each) => each !== 0 && Math.abs(each) < 2 ** -52)))
        expect(value, name).toEqual(filled[name])
    }
  })
})
