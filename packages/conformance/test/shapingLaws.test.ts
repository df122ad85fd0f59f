/** A potential keeps the laws of shaping; what is no potential, or forgets a part of it, breaks them. */
import { describe, expect, it } from "vitest"
import { actionValues, bestActions, drawnMdp, epochRng, shapingLaws, type TabularMdp } from "../src/index.ts"
import { proveRed } from "./proveRed.ts"

const potential = [3, -1, 0.5, 2, -4]
const phi = (observation: ReadonlyArray<number>) => potential[observation[0] ?? 0] ?? 0
const gamma = 0.9
type Subject = Parameters<typeof shapingLaws>[0]
const sound: Subject["bonus"] = ({ observation, next_observation, terminated }) =>
  gamma * (terminated ? 0 : phi(next_observation)) - phi(observation)
const suite = (bonus: Subject["bonus"]) => shapingLaws({ bonus, gamma, states: 5, observe: (state) => [state] })
const best = "the best policies of a task are the best ones with the bonus"
const same = "the bonus of every step is a finite number, and the same every time"
let asked = 0

proveRed("shapingLaws", () => suite(sound), [
  ["pays for reaching a state", () => suite(({ next_observation }) => (next_observation[0] === 2 ? 1 : 0)), best],
  ["pays for every step", () => suite(() => 0.25), best],
  [
    "forgets the discount",
    () => suite(({ observation, next_observation, terminated }) => (terminated ? 0 : phi(next_observation)) - phi(observation)),
    best
  ],
  [
    "keeps a potential where the episode is over",
    () => suite(({ observation, next_observation }) => gamma * phi(next_observation) - phi(observation)),
    best
  ],
  ["swaps the two potentials", () => suite(({ observation, next_observation }) => gamma * phi(observation) - phi(next_observation)), best],
  ["has a rounding of its own each time", () => suite((step) => sound(step) + ++asked * 1e-12), same],
  ["has no number for one step", () => suite((step) => (step.observation[0] === 3 ? Number.NaN : sound(step))), [best, same]]
])

describe("actionValues()", () => {
  /** Two ways out of state 0: 1 at once, or 0 now and 2 after one more step. */
  const fork = (discount: number): TabularMdp => ({
    states: 3,
    actions: 2,
    gamma: discount,
    transitions: [
      [[{ next: 2, probability: 1, reward: 1 }], [{ next: 1, probability: 1, reward: 0 }]],
      [
        [{ next: 2, probability: 1, reward: 2 }],
        [
          { next: 2, probability: 0.5, reward: 2 },
          { next: 2, probability: 0.5, reward: -2 }
        ]
      ],
      []
    ]
  })

  it("solves a fork as by hand: patience pays while twice the discount is more than 1", () => {
    expect(actionValues(fork(0.75), () => 0)).toEqual([
      [1, 1.5],
      [2, 0]
    ])
    expect(actionValues(fork(0.25), () => 0)[0]).toEqual([1, 0.5])
    expect(bestActions([1, 1.5])).toEqual([1])
    expect(bestActions(actionValues(fork(0.5), () => 0)[0] ?? [])).toEqual([0, 1])
  })

  it("sums the geometric series of a loop", () => {
    const loop: TabularMdp = {
      ...{ states: 2, actions: 2, gamma: 0.9 },
      transitions: [[[{ next: 0, probability: 1, reward: 1 }], [{ next: 1, probability: 1, reward: 5 }]], []]
    }
    const [values] = actionValues(loop, () => 0)
    expect(values?.[0]).toBeCloseTo(10, 9)
    expect(values?.[1]).toBe(5)
  })

  it("shifts every value of a state by its potential, and those of no other one", () => {
    const mdp = drawnMdp(epochRng("shift", 0), { states: 5, actions: 3, gamma })
    const shaped = actionValues(mdp, (from, to, terminated) => gamma * (terminated ? 0 : phi([to])) - phi([from]))
    for (const [state, values] of actionValues(mdp, () => 0).entries())
      for (const [action, value] of values.entries()) expect(shaped[state]?.[action]).toBeCloseTo(value - phi([state]), 9)
  })
})

describe("drawnMdp()", () => {
  it("draws probabilities that sum to 1 and one terminal state, the same for the same chance", () => {
    const sizes = { states: 4, actions: 3, gamma: 0.9 }
    const mdp = drawnMdp(epochRng("mdp", 0), sizes)
    expect(mdp.transitions.map((actions) => actions.length)).toEqual([3, 3, 3, 0])
    for (const follows of mdp.transitions.flat()) expect(follows.reduce((sum, { probability }) => sum + probability, 0)).toBe(1)
    expect(drawnMdp(epochRng("mdp", 0), sizes)).toEqual(mdp)
    expect(drawnMdp(epochRng("mdp", 1), sizes)).not.toEqual(mdp)
  })

  it("refuses what value iteration does not end for", () => {
    expect(() => drawnMdp(epochRng("mdp", 0), { states: 4, actions: 3, gamma: 1 })).toThrow(/gamma from 0 to 0.99, got 4, 3, 1/)
  })
})
