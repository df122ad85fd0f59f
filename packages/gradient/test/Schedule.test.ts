import { describe, expect, it } from "vitest"
import { type ScheduleSpec, scheduleOf } from "../src/Schedule.ts"
import { SpecError } from "../src/SpecProblem.ts"

const rates = (spec: ScheduleSpec, steps: number): ReadonlyArray<number> => {
  const schedule = scheduleOf(spec)
  return Array.from({ length: steps }, (_, step) => schedule(step))
}

const problemsOf = (spec: ScheduleSpec): ReadonlyArray<string> => {
  try {
    scheduleOf(spec)
  } catch (error) {
    if (error instanceof SpecError) return error.problems.map(({ path, message }) => `${path.join(".")} ${message}`)
    throw error
  }
  return []
}

describe("scheduleOf()", () => {
  it("gives one rate at every step where it is constant", () => {
    expect(rates({ type: "constant", learning_rate: 0.3 }, 4)).toEqual([0.3, 0.3, 0.3, 0.3])
  })

  it("goes in a line from the rate to the end and stays there", () => {
    expect(rates({ type: "linear", learning_rate: 1, end: 0, steps: 4 }, 7)).toEqual([1, 0.75, 0.5, 0.25, 0, 0, 0])
    expect(rates({ type: "linear", learning_rate: 0.25, end: 1, steps: 3 }, 5)).toEqual([0.25, 0.5, 0.75, 1, 1])
  })

  it("goes along half a cosine and stays at the end", () => {
    const found = rates({ type: "cosine", learning_rate: 1, end: 0.5, steps: 4 }, 7)
    // cos(π/4) = √½, which is exact in no number: ½ + ¼(1 ± √½)
    expect(found).toEqual([1, 0.5 + 0.25 * (1 + Math.SQRT1_2), 0.75, 0.5 + 0.25 * (1 - Math.SQRT1_2), 0.5, 0.5, 0.5])
  })

  it.each(["linear", "cosine"])("is at its end at once with 0 steps, and behind the first step with 1: %s", (type) => {
    expect(rates({ type, learning_rate: 1, end: 0.1, steps: 0 }, 3)).toEqual([0.1, 0.1, 0.1])
    expect(rates({ type, learning_rate: 1, end: 0.1, steps: 1 }, 3)).toEqual([1, 0.1, 0.1])
  })

  it("warms up to the schedule behind it, which then begins with its step 0", () => {
    const then = { type: "linear", learning_rate: 1, end: 0, steps: 2 }
    expect(rates({ type: "warm-up", steps: 3, then }, 7)).toEqual([0.25, 0.5, 0.75, 1, 0.5, 0, 0])
    expect(rates({ type: "warm-up", steps: 0, then }, 3)).toEqual([1, 0.5, 0])
    expect(rates({ type: "warm-up", steps: 1, then }, 3)).toEqual([0.5, 1, 0.5])
  })

  it("never rises along a cosine that falls, nor falls along one that rises", () => {
    const steps = 1000
    const down = rates({ type: "cosine", learning_rate: 0.1, end: 0.001, steps }, steps + 1)
    const up = rates({ type: "cosine", learning_rate: 0.001, end: 0.1, steps }, steps + 1)
    expect(down.findIndex((rate, at) => at > 0 && rate > (down[at - 1] ?? 0))).toBe(-1)
    expect(up.findIndex((rate, at) => at > 0 && rate < (up[at - 1] ?? 0))).toBe(-1)
  })

  it("names every mistake of a description at once", () => {
    expect(problemsOf({ type: "cosine", learning_rate: -1, end: "x", steps: 1.5 })).toEqual([
      "learning_rate has the wrong value",
      "end has the wrong value",
      "steps has the wrong value"
    ])
    expect(problemsOf({ type: "constant", learning_rate: 1, steps: 3 })).toEqual(['steps unknown key "steps"'])
    expect(problemsOf({ type: "constant" })).toEqual(["learning_rate is required and missing"])
  })

  it("offers the nearest type for one it does not know, also inside of a warm-up", () => {
    expect(() => scheduleOf({ type: "cosin", learning_rate: 1 })).toThrow('did you mean "cosine"?')
    const then = { type: "linaer" }
    expect(() => scheduleOf({ type: "warm-up", steps: 1, then })).toThrow(/then\.type: has the wrong value.*did you mean "linear"\?/)
  })

  it.each([-1, 0.5, Number.NaN])("refuses the step %s", (step) => {
    expect(() => scheduleOf({ type: "constant", learning_rate: 1 })(step)).toThrow(RangeError)
  })
})
