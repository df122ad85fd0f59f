import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { interquartileMean, interquartileMeanOf } from "../src/index.ts"

const { cases } = JSON.parse(readFileSync(new URL("./oracle/iqm.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<{ readonly values: ReadonlyArray<number>; readonly iqm: number }>
}

describe("interquartileMean()", () => {
  it("equals scipy's trimmed mean on lists of 1 to 101 values to 1e-12 of their size", () => {
    expect(cases.length).toBeGreaterThan(40)
    for (const { values, iqm } of cases) {
      const size = Math.max(1, ...values.map(Math.abs))
      const ours = interquartileMean(values)
      expect(typeof ours === "number" && Math.abs(ours - iqm) <= 1e-12 * size, `${values.length} values: ${ours} against ${iqm}`).toBe(true)
    }
  })

  it("is not moved by what the outer quarters hold, and does not see the order of the seeds", () => {
    expect(interquartileMean([0, 0.5, 0.6, 0.7, 1])).toBe(interquartileMean([-1e300, 0.6, 1e300, 0.5, 0.7]))
    expect(interquartileMean([0.2, 0.4, 0.6, 0.8])).toBe(0.5)
  })

  it("is the plain mean of fewer than four values, for there is no quarter to cut", () => {
    expect([interquartileMean([0.25]), interquartileMean([0, 1]), interquartileMean([0, 0, 1.5])]).toEqual([0.25, 0.5, 0.5])
  })

  it("never makes a number of nothing, and none of seeds that lack one", () => {
    expect(interquartileMean([])).toEqual({ insufficient: "there is no value" })
    expect(interquartileMeanOf([0.5, { insufficient: "the class was never predicted" }])).toEqual({
      insufficient: "1 of 2 seeds have no value: the class was never predicted"
    })
    expect(() => interquartileMean([1, Number.NaN])).toThrow("value 1 of 2 is NaN")
  })
})
