import { describe, expect, it } from "vitest"
import { type LearningRateSchedule, learningRateOf } from "../../src/index.ts"

const base = 0.3
const ratesOf = (schedule: LearningRateSchedule, steps: number) =>
  Array.from({ length: steps + 2 }, (_, step) => learningRateOf(schedule, base, steps)(step))

/** The formulas, with the host's own cosine. */
const reference: Readonly<Record<"constant" | "linear" | "cosine", (step: number, steps: number) => number>> = {
  constant: () => base,
  linear: (step, steps) => (step >= steps ? 0 : base * (1 - step / steps)),
  cosine: (step, steps) => (step >= steps ? 0 : (base / 2) * (1 + Math.cos((Math.PI * step) / steps)))
}

describe("the learning rate", () => {
  it.each(["constant", "linear", "cosine"] as const)("is %s at every step of trainings of 0, 1, 2, 7 and 100 steps", (name) => {
    for (const steps of [0, 1, 2, 7, 100])
      for (const [step, rate] of ratesOf(name, steps).entries()) expect(Math.abs(rate - reference[name](step, steps))).toBeLessThan(1e-15)
  })

  it.each(["constant", "linear", "cosine"] as const)("warms up and is %s behind it", (name) => {
    for (const [steps, warm] of [
      [10, 4],
      [1, 0],
      [1, 1],
      [0, 0],
      [3, 3],
      [3, 5]
    ] as const)
      for (const [step, rate] of ratesOf({ type: "warm-up", steps: warm, followed_by: name }, steps).entries()) {
        const rest = Math.max(0, steps - warm)
        const wanted = step < warm ? (reference[name](0, rest) * (step + 1)) / (warm + 1) : reference[name](step - warm, rest)
        expect(Math.abs(rate - wanted)).toBeLessThan(1e-15)
      }
  })
})
