/** From rewards to advantages. All sums run in 64 bits from the last step to the first. */

/** One step of one environment as the estimate needs it. */
export interface ValuedStep {
  readonly reward: number
  readonly value: number
  readonly terminated: boolean
  readonly truncated: boolean
  /** The value behind a step that was cut off, and behind the last step of what was gathered. Of no use after a termination. */
  readonly next_value: number
}

/**
 * Generalised advantage estimation (Schulman, Moritz, Levine, Jordan, Abbeel: ICLR 2016, equation 16) over consecutive steps of one
 * environment: δ_t = r_t + γ V(s_t+1) - V(s_t), A_t = δ_t + γ λ A_t+1, where nothing passes the end of an episode, and the value behind a
 * termination is 0.
 */
export const generalisedAdvantages = (steps: ReadonlyArray<ValuedStep>, gamma: number, lambda: number): ReadonlyArray<number> => {
  const advantages = new Float64Array(steps.length)
  let behind = 0
  for (let t = steps.length - 1; t >= 0; t -= 1) {
    const step = steps[t]
    if (step === undefined) continue
    const over = step.terminated || step.truncated
    const next = step.terminated ? 0 : over || t === steps.length - 1 ? step.next_value : (steps[t + 1]?.value ?? Number.NaN)
    behind = step.reward + gamma * next - step.value + (over ? 0 : gamma * lambda * behind)
    advantages[t] = behind
  }
  return [...advantages]
}

/** Discounted sums of the rewards from each step of an episode to its end. */
export const rewardsToGo = (rewards: ReadonlyArray<number>, gamma: number): ReadonlyArray<number> => {
  const sums = new Float64Array(rewards.length)
  let behind = 0
  for (let t = rewards.length - 1; t >= 0; t -= 1) {
    behind = (rewards[t] ?? Number.NaN) + gamma * behind
    sums[t] = behind
  }
  return [...sums]
}

const meanOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length

/** Over their standard deviation plus 1e-8; what they are a difference from stays. */
export const scaled = (numbers: ReadonlyArray<number>): ReadonlyArray<number> => {
  const mean = meanOf(numbers)
  const variance = meanOf(numbers.map((x) => (x - mean) * (x - mean)))
  return numbers.map((x) => x / (Math.sqrt(variance) + 1e-8))
}

/** Minus the mean, over the standard deviation plus 1e-8; all 0 where all are equal. */
export const standardised = (numbers: ReadonlyArray<number>): ReadonlyArray<number> => {
  const mean = meanOf(numbers)
  return scaled(numbers.map((x) => x - mean))
}
