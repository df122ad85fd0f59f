/**
 * Small Markov decision processes, drawn, and their exact enough solution by value iteration.
 *
 * A process has states 0 … states - 1, of which the last one is terminal, and a discount below 1, so that the values exist whatever the
 * policy does. Sharp edge: values are compared with a tolerance, because value iteration ends in rounding; a difference below it is
 * taken for none.
 */
import type { Rng } from "@feagi-trainer/contracts"

export interface Transition {
  readonly next: number
  readonly probability: number
  readonly reward: number
}

export interface TabularMdp {
  readonly states: number
  readonly actions: number
  readonly gamma: number
  /** What may follow, by state and then by action; a terminal state has none. */
  readonly transitions: ReadonlyArray<ReadonlyArray<ReadonlyArray<Transition>>>
}

/** What is added to the reward of a step from one state to the next. */
export type Bonus = (from: number, to: number, terminated: boolean) => number

/** Differences of values up to this one are rounding. */
export const valueTolerance = 1e-7

const sweeps = 20_000

/**
 * Draws a process: every action leads to one of two states, with probabilities in quarters and rewards from -2 to 2 in quarters.
 * Throws a RangeError for fewer than 2 states or actions and for a discount outside of 0 … 0.99.
 */
export const drawnMdp = (rng: Rng, { states, actions, gamma }: Pick<TabularMdp, "states" | "actions" | "gamma">): TabularMdp => {
  if (states < 2 || actions < 2 || !(gamma >= 0 && gamma <= 0.99))
    throw new RangeError(`drawnMdp() needs at least 2 states and actions and gamma from 0 to 0.99, got ${states}, ${actions}, ${gamma}`)
  const transition = (probability: number): Transition => ({ next: rng.below(states), probability, reward: rng.below(17) / 4 - 2 })
  const choices = () =>
    Array.from({ length: actions }, () => {
      const likely = (1 + rng.below(3)) / 4
      return [transition(likely), transition(1 - likely)]
    })
  return { states, actions, gamma, transitions: Array.from({ length: states }, (_, state) => (state === states - 1 ? [] : choices())) }
}

/** Value of each action in each state that is not terminal, with the bonus added to every reward. */
export const actionValues = (mdp: TabularMdp, bonus: Bonus): ReadonlyArray<ReadonlyArray<number>> => {
  const { states, gamma, transitions } = mdp
  const rewards = transitions.map((actions, from) =>
    actions.map((follows) => follows.map(({ next, reward }) => reward + bonus(from, next, next === states - 1)))
  )
  let best: ReadonlyArray<number> = transitions.map(() => 0)
  let values: ReadonlyArray<ReadonlyArray<number>> = []
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const before = best
    values = transitions.map((actions, from) =>
      actions.map((follows, action) =>
        follows.reduce(
          (sum, { next, probability }, at) => sum + probability * ((rewards[from]?.[action]?.[at] ?? 0) + gamma * (before[next] ?? 0)),
          0
        )
      )
    )
    best = values.map((each) => (each.length === 0 ? 0 : Math.max(...each)))
    if (best.every((value, state) => Math.abs(value - (before[state] ?? 0)) < 1e-12)) break
  }
  return values.slice(0, -1)
}

/** The actions that no other one beats. */
export const bestActions = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const best = Math.max(...values)
  return values.flatMap((value, action) => (value >= best - valueTolerance ? [action] : []))
}
