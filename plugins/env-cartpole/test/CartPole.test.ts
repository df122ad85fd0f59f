/** Against trajectories that Gymnasium computed (`golden/make.py`), and by its own laws. */
import { readFileSync } from "node:fs"
import { epochRng } from "@feagi-trainer/conformance"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { move } from "../src/CartPole.ts"
import { type CartPoleState, cartPole } from "../src/index.ts"

type Row = readonly [
  action: 0 | 1,
  sine: number,
  cosine: number,
  position: number,
  velocity: number,
  angle: number,
  angularVelocity: number,
  reward: number,
  terminated: boolean,
  truncated: boolean
]
interface Trajectory {
  readonly policy: string
  readonly start: readonly [number, number, number, number]
  readonly steps: ReadonlyArray<Row>
}
const golden: { readonly trajectories: ReadonlyArray<Trajectory> } = JSON.parse(
  readFileSync(new URL("golden/trajectories.json", import.meta.url), "utf8")
)
const options = { step_limit: 500, reward: "upright" } as const
const stateOf = ([position, velocity, angle, angular_velocity]: Trajectory["start"], steps = 0): CartPoleState => ({
  ...{ position, velocity, angle, angular_velocity, steps },
  over: false
})
const numbers = ({ position, velocity, angle, angular_velocity }: Omit<CartPoleState, "steps" | "over">) => [
  position,
  velocity,
  angle,
  angular_velocity
]
/** A stream for each initial-state index. */
const streamOf = (index: number) => epochRng("7", index)
const start = (index: number) => cartPole.reset(options, { index, rng: streamOf(index) })
const cases = golden.trajectories.map((trajectory, at) => [`${at} (${trajectory.policy})`, trajectory] as const)

describe("cart-pole", () => {
  it.each(cases)("has the bits of Gymnasium in every step of trajectory %s, given its sines and cosines", (_, { start: from, steps }) => {
    let motion: Parameters<typeof move>[0] = stateOf(from)
    for (const [action, sine, cosine, ...rest] of steps) {
      motion = move(motion, action === 1 ? 10 : -10, { sine: () => sine, cosine: () => cosine })
      expect(numbers(motion)).toEqual(rest.slice(0, 4))
    }
  })

  it.each(cases)("ends trajectory %s in the step in which Gymnasium does, with its rewards and observations", (_, golden) => {
    let state = stateOf(golden.start)
    const seen = golden.steps.map(([action, , , ...rest]) => {
      const step = cartPole.step(options, state, action)
      state = step.state
      for (const [at, number] of step.observation.entries()) {
        expect(Math.fround(number)).toBe(number)
        expect(Math.abs(number - Number(rest[at]))).toBeLessThan(1e-6)
      }
      return [step.reward, step.terminated, step.truncated]
    })
    expect(seen).toEqual(golden.steps.map((row) => row.slice(7)))
    expect(state).toMatchObject({ steps: golden.steps.length, over: true })
  })

  it("keeps Gymnasium's bits for a whole episode of 500 steps as far as its sines and cosines are ours", () => {
    const balanced = golden.trajectories.find(({ steps }) => steps.length === 500)
    let state = stateOf(balanced?.start ?? [0, 0, 0, 0])
    const furthest = (balanced?.steps ?? []).map(([action, , , ...rest]) => {
      state = cartPole.step(options, state, action).state
      return Math.max(...numbers(state).map((number, at) => Math.abs(number - Number(rest[at]))))
    })
    expect(furthest).toHaveLength(500)
    expect(Math.max(...furthest)).toBeLessThan(1e-12)
  })

  it("begins from an index and its chance alone, within the bounds, and differently for each index", () => {
    expect(start(3)).toEqual(start(3))
    const drawn = Array.from({ length: 100 }, (_, index) => numbers(start(index).state))
    expect(new Set(drawn.map(String)).size).toBe(100)
    expect(Math.max(...drawn.flat().map(Math.abs))).toBeLessThanOrEqual(0.05)
    expect(Math.max(...drawn.flat().map(Math.abs))).toBeGreaterThan(0.045)
    expect(() => cartPole.reset(options, { index: -1, rng: streamOf(0) })).toThrow("an initial-state index is an integer from 0, got -1")
  })

  it("is pure: a state that went through JSON goes on to the same steps", () => {
    const decode = Schema.decodeUnknownSync(cartPole.state)
    let state = start(0).state
    for (let at = 0; at < 8; at += 1) {
      const copy = decode(JSON.parse(JSON.stringify(state)))
      const step = cartPole.step(options, state, at % 2)
      expect(cartPole.step(options, copy, at % 2)).toEqual(step)
      state = step.state
    }
    expect(state.steps).toBe(8)
  })

  it("is cut off at the step limit, and refuses a step after the end and an unknown action", () => {
    const short = { ...options, step_limit: 2 }
    const one = cartPole.step(short, start(0).state, 0)
    expect(one).toMatchObject({ terminated: false, truncated: false })
    const two = cartPole.step(short, one.state, 1)
    expect(two).toMatchObject({ terminated: false, truncated: true })
    expect(() => cartPole.step(short, two.state, 1)).toThrow("the episode was over after 2 steps: reset() begins the next one")
    expect(() => cartPole.step(options, start(0).state, 2)).toThrow("0 (left) and 1 (right), got 2")
    expect(() => cartPole.step(options, start(0).state, [1])).toThrow("got [1]")
  })

  it("pays -1 for the fall and nothing else when the reward is fall", () => {
    let state = start(0).state
    const rewards: Array<number> = []
    while (!state.over) {
      const step = cartPole.step({ ...options, reward: "fall" }, state, 0)
      rewards.push(step.reward)
      state = step.state
    }
    expect(rewards.at(-1)).toBe(-1)
    expect(new Set(rewards.slice(0, -1))).toEqual(new Set([0]))
  })

  it("says its spaces, which every observation has as many numbers as", () => {
    const { observation, action } = cartPole.spaces(options)
    expect(observation.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
      "position m",
      "velocity m/s",
      "angle rad",
      "angular-velocity rad/s"
    ])
    expect(start(0).observation).toHaveLength(observation.length)
    expect(action).toEqual({ type: "discrete", names: ["left", "right"] })
  })
})
