/** Losses against closed forms that NumPy computed (`golden/make.py`), and their gradients against differences. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { generalisedAdvantages, type LossBatch, lossOf, type ModelInput, type Outputs, rewardsToGo } from "../src/index.ts"
import { standardised } from "../src/loops/Advantages.ts"

type Matrix = ReadonlyArray<ReadonlyArray<number>>
interface Expected {
  readonly loss: number
  readonly gradient: Matrix
}
const golden: {
  readonly cross_entropy: {
    readonly logits: Matrix
    readonly targets: ReadonlyArray<number>
    readonly weights: ReadonlyArray<number>
    readonly denominator: number
    readonly cross_entropy: Expected
    readonly mean_squared_error: Expected
  }
  readonly dpo: {
    readonly logits: ReadonlyArray<Matrix>
    readonly targets: Matrix
    readonly weights: Matrix
    readonly reference: ReadonlyArray<number>
    readonly beta: number
    readonly losses: ReadonlyArray<number>
    readonly loss: number
    readonly margin: number
  }
  readonly divergences: {
    readonly logits: Matrix
    readonly teacher: Matrix
    readonly weights: ReadonlyArray<number>
    readonly forward_kl: Expected
    readonly reverse_kl: Expected
  }
  readonly ppo: Readonly<
    Record<"values" | "actions" | "advantages" | "returns" | "old_logprobs" | "old_values", ReadonlyArray<number>> &
      Record<"ppo" | "ppo_value_clip" | "policy_gradient" | "entropy", number> & { logits: Matrix }
  >
  readonly gae: Readonly<
    Record<"rewards" | "values" | "behind" | "advantages", ReadonlyArray<number>> &
      Record<"terminated" | "truncated", ReadonlyArray<boolean>> &
      Record<"gamma" | "lambda", number>
  >
} = JSON.parse(readFileSync(new URL("golden/losses.json", import.meta.url), "utf8"))

const tokens = (count: number): ModelInput => ({ tokens: Array.from({ length: count }, () => 0) })
const row: ModelInput = { features: [0] }

/** Rows of logits as outputs of items with so many positions each. */
const outputsOf = (rows: Matrix, positions: ReadonlyArray<number>, values?: ReadonlyArray<number>): Outputs => {
  const offsets = [0]
  for (const count of positions) offsets.push((offsets.at(-1) ?? 0) + count)
  return {
    width: rows[0]?.length ?? 0,
    offsets,
    logits: Float32Array.from(rows.flat()),
    ...(values === undefined ? {} : { values: Float32Array.from(values) })
  }
}

const g = golden
const supervised = (loss: "cross_entropy" | "mean_squared_error"): LossBatch => ({
  loss,
  denominator: g.cross_entropy.denominator,
  items: [
    { input: tokens(2), targets: g.cross_entropy.targets.slice(0, 2), weights: g.cross_entropy.weights.slice(0, 2) },
    { input: tokens(3), targets: g.cross_entropy.targets.slice(2), weights: g.cross_entropy.weights.slice(2) }
  ]
})
const ofSupervised = outputsOf(g.cross_entropy.logits, [2, 3])

const referred = (at: number) => ({
  input: tokens(3),
  targets: g.dpo.targets[at] ?? [],
  weights: g.dpo.weights[at] ?? [],
  reference_logprob: g.dpo.reference[at] ?? Number.NaN
})
const dpo: LossBatch = {
  loss: "dpo",
  beta: g.dpo.beta,
  denominator: 2,
  pairs: [
    { chosen: referred(0), rejected: referred(1) },
    { chosen: referred(2), rejected: referred(3) }
  ]
}
const ofDpo = outputsOf(g.dpo.logits.flat(), [3, 3, 3, 3])

const divergence = (loss: "forward_kl" | "reverse_kl"): LossBatch => ({
  loss,
  denominator: 4,
  items: [{ input: tokens(4), weights: g.divergences.weights, teacher_logprobs: Float64Array.from(g.divergences.teacher.flat()) }]
})
const ofDivergence = outputsOf(g.divergences.logits, [4])

const steps = g.ppo.actions.map((action, at) => ({
  input: row,
  action,
  advantage: g.ppo.advantages[at] ?? Number.NaN,
  return: g.ppo.returns[at] ?? Number.NaN,
  old_logprob: g.ppo.old_logprobs[at] ?? Number.NaN,
  old_value: g.ppo.old_values[at] ?? Number.NaN
}))
const coefficients = { denominator: 6, entropy_coefficient: 0.01, value_coefficient: 0.5, items: steps }
const ppo = (value_clip: number | "none"): LossBatch => ({ loss: "ppo", clip_range: 0.2, value_clip, ...coefficients })
const policyGradient: LossBatch = { loss: "policy_gradient", ...coefficients }
const ofPpo = outputsOf(g.ppo.logits, [1, 1, 1, 1, 1, 1], g.ppo.values)

const largestDifference = (left: ArrayLike<number>, right: ReadonlyArray<number>) =>
  right.reduce((most, x, at) => Math.max(most, Math.abs(x - (left[at] ?? Number.NaN))), 0)

describe("a loss equals its closed form", () => {
  it.each(["cross_entropy", "mean_squared_error"] as const)("%s, with its gradient", (name) => {
    const { loss, gradients } = lossOf(supervised(name), ofSupervised)
    expect(Math.abs(loss - g.cross_entropy[name].loss)).toBeLessThan(1e-12)
    expect(largestDifference(gradients.logits, g.cross_entropy[name].gradient.flat())).toBeLessThan(1e-7)
  })

  it.each(["forward_kl", "reverse_kl"] as const)("%s, with its gradient", (name) => {
    const { loss, gradients } = lossOf(divergence(name), ofDivergence)
    expect(Math.abs(loss - g.divergences[name].loss)).toBeLessThan(1e-12)
    expect(largestDifference(gradients.logits, g.divergences[name].gradient.flat())).toBeLessThan(1e-7)
  })

  it("dpo, for each pair and together", () => {
    const { loss, sums } = lossOf(dpo, ofDpo)
    expect(Math.abs(loss - g.dpo.loss)).toBeLessThan(1e-12)
    expect(Math.abs((sums.margin ?? Number.NaN) - g.dpo.margin)).toBeLessThan(1e-12)
    expect(sums.preferred).toBe(g.dpo.losses.filter((each) => each < Math.LN2).length)
  })

  it("ppo, with and without a bound for the value, and the policy gradient", () => {
    expect(Math.abs(lossOf(ppo("none"), ofPpo).loss - g.ppo.ppo)).toBeLessThan(1e-12)
    expect(Math.abs(lossOf(ppo(0.2), ofPpo).loss - g.ppo.ppo_value_clip)).toBeLessThan(1e-7)
    expect(Math.abs(lossOf(policyGradient, ofPpo).loss - g.ppo.policy_gradient)).toBeLessThan(1e-12)
    expect(Math.abs((lossOf(ppo("none"), ofPpo).sums.entropy ?? Number.NaN) - g.ppo.entropy)).toBeLessThan(1e-12)
    expect(lossOf(ppo("none"), ofPpo).sums.clipped).toBe(4)
  })
})

const everyLoss: ReadonlyArray<readonly [string, LossBatch, Outputs]> = [
  ["cross_entropy", supervised("cross_entropy"), ofSupervised],
  ["mean_squared_error", supervised("mean_squared_error"), ofSupervised],
  ["dpo", dpo, ofDpo],
  ["forward_kl", divergence("forward_kl"), ofDivergence],
  ["reverse_kl", divergence("reverse_kl"), ofDivergence],
  ["ppo", ppo("none"), ofPpo],
  ["ppo with a bound for the value", ppo(0.2), ofPpo],
  ["policy_gradient", policyGradient, ofPpo]
]

/** The slope of the loss in one number of the outputs, over a step that 32 bits hold exactly. */
const slope = (batch: LossBatch, outputs: Outputs, part: "logits" | "values", at: number): number => {
  const moved = (by: number) => {
    const numbers = Float32Array.from(outputs[part] ?? [])
    numbers[at] = (numbers[at] ?? 0) + by
    return { at: numbers[at] ?? Number.NaN, loss: lossOf(batch, { ...outputs, [part]: numbers }).loss }
  }
  const [low, high] = [moved(-(2 ** -11)), moved(2 ** -11)]
  return (high.loss - low.loss) / (high.at - low.at)
}

describe("a gradient equals the slope of its loss", () => {
  it.each(everyLoss)("%s", (_, batch, outputs) => {
    const { gradients } = lossOf(batch, outputs)
    for (const [at, gradient] of gradients.logits.entries())
      expect(Math.abs(gradient - slope(batch, outputs, "logits", at))).toBeLessThan(2e-6)
    for (const [at, gradient] of (gradients.values ?? []).entries())
      expect(Math.abs(gradient - slope(batch, outputs, "values", at))).toBeLessThan(2e-6)
    expect(Math.max(...gradients.logits.map(Math.abs))).toBeGreaterThan(0.01)
  })
})

describe("a batch that does not fit is refused, with both sides", () => {
  const good = supervised("cross_entropy")
  const items = good.loss === "cross_entropy" ? good.items : []
  it.each([
    ["a target beyond the columns", { ...good, items: [{ ...items[0], targets: [0, 4] }, items[1]] }, "a target from 0 to 3; got 4"],
    [
      "too few positions",
      { ...good, items: [{ ...items[0], targets: [0], weights: [1] }, items[1]] },
      "2 positions, as the model gives; got 1"
    ],
    ["another count of weights", { ...good, items: [{ ...items[0], weights: [1] }, items[1]] }, "2 weights; got 1"],
    ["a weight that is no number", { ...good, items: [{ ...items[0], weights: [1, Number.NaN] }, items[1]] }, "a finite weight; got NaN"],
    ["a denominator of 0", { ...good, denominator: 0 }, "a finite number above 0; got 0"]
  ])("%s", (_, batch, message) => {
    // The wrong batches keep the form of a sound one.
    expect(() => lossOf(batch as LossBatch, ofSupervised)).toThrow(message)
  })
})

describe("advantages", () => {
  it("equal the sums that they are made of, across a termination, a cut and the end", () => {
    const steps = g.gae.rewards.map((reward, at) => ({
      reward,
      value: g.gae.values[at] ?? Number.NaN,
      next_value: g.gae.behind[at] ?? Number.NaN,
      terminated: g.gae.terminated[at] ?? false,
      truncated: g.gae.truncated[at] ?? false
    }))
    expect(largestDifference(generalisedAdvantages(steps, g.gae.gamma, g.gae.lambda), g.gae.advantages)).toBeLessThan(1e-12)
  })

  it("rewards to go are discounted sums", () => {
    expect(rewardsToGo([1, 2, 4], 0.5)).toEqual([3, 4, 4])
    expect(rewardsToGo([], 0.5)).toEqual([])
  })

  it("are brought to mean 0 and deviation 1, and to 0 where all are equal", () => {
    const [low = 0, high = 0] = standardised([1, 3])
    expect(low).toBeCloseTo(-1, 7)
    expect(high).toBeCloseTo(1, 7)
    expect(standardised([2, 2, 2])).toEqual([0, 0, 0])
  })
})
