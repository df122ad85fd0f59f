/**
 * Potential-based shaping: a step from s to s′ is worth γΦ(s′) - Φ(s) more, which changes no optimal policy (Ng, Harada and Russell,
 * Policy invariance under reward transformations, ICML 1999, theorem 1).
 *
 * Φ is a declared function of the observation, linear or a table, and 0 where the episode has terminated. Sharp edge: an episode that
 * is cut off has an end as well. `truncated = "zero"` takes that for the end of the task, which the theorem then asks for (Grześ, Reward
 * shaping in episodic reinforcement learning, AAMAS 2017); `"state"` takes it for an interruption of a task that goes on.
 */
import type { StepOutcome } from "@feagi-trainer/contracts"
import { Schema } from "effect"

const Cut = Schema.Literals(["zero", "state"])

const None = Schema.Struct({ mode: Schema.Literal("none") })
/** Φ = bias + Σ weightᵢ · observationᵢ. */
const Linear = Schema.Struct({
  mode: Schema.Literal("linear"),
  weights: Schema.NonEmptyArray(Schema.Finite),
  bias: Schema.Finite,
  truncated: Cut
})
/** Φ = values[s] for an observation of one number s, the index of a state. */
const Table = Schema.Struct({ mode: Schema.Literal("table"), values: Schema.NonEmptyArray(Schema.Finite), truncated: Cut })

export const Shaping = Schema.Union([None, Linear, Table])
export type Shaping = typeof Shaping.Type
type Potential = Exclude<Shaping, { readonly mode: "none" }>

/**
 * Φ of an observation. Throws a RangeError, which names the policy, when the observation does not have the declared form.
 */
export const potentialOf = (policy: string, potential: Potential, observation: ReadonlyArray<number>): number => {
  const bad = observation.findIndex((value) => !Number.isFinite(value))
  if (bad !== -1)
    throw new RangeError(`the policy "${policy}" needs finite observations to shape by, got ${observation[bad]} at position ${bad}`)
  if (potential.mode === "linear") {
    const { weights, bias } = potential
    if (observation.length !== weights.length)
      throw new RangeError(
        `the policy "${policy}" has ${weights.length} weights to shape by, got an observation of ${observation.length} numbers`
      )
    return weights.reduce((sum, weight, index) => sum + weight * (observation[index] ?? 0), bias)
  }
  const [state, ...rest] = observation
  const value = state === undefined ? undefined : potential.values[state]
  if (value === undefined || rest.length > 0)
    throw new RangeError(
      `the policy "${policy}" needs one number to shape by, the index of a state from 0 to ${potential.values.length - 1}, got [${observation.join(", ")}]`
    )
  return value
}

/** What is added to the reward of a step. Throws as `potentialOf` does. */
export const bonusOf = (policy: string, shaping: Shaping, gamma: number, step: StepOutcome): number => {
  if (shaping.mode === "none") return 0
  const { observation, next_observation, terminated, truncated } = step
  const over = terminated || (truncated && shaping.truncated === "zero")
  const here = potentialOf(policy, shaping, observation)
  return gamma * (over ? 0 : potentialOf(policy, shaping, next_observation)) - here
}
