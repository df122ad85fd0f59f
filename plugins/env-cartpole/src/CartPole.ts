/**
 * Environment `cart-pole`: a pole on a cart that is pushed to the left or to the right with always the same force. The episode ends when
 * the pole leans by more than 12 degrees or the cart is more than 2.4 m away, and is cut off after `step_limit` steps.
 *
 * The system is that of Barto, Sutton and Anderson ("Neuronlike adaptive elements that can solve difficult learning control problems",
 * IEEE Transactions on Systems, Man, and Cybernetics, 1983), without friction, with the constants and the order of operations of
 * Gymnasium's `CartPole-v1`: Euler's method in steps of 0.02 s in 64-bit floating point. Given one initial state and the same actions
 * every operation but sine and cosine has Gymnasium's bits; these two come from `Circular.ts`, whose bits are the same on every machine.
 * Sharp edge: the state is kept in 64 bits and observed, as there, in 32.
 */
import { type Action, Environment, type EnvironmentStep, optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { cosine, sine } from "./Circular.ts"

const gravity = 9.8
const cartMass = 1
const poleMass = 0.1
const totalMass = poleMass + cartMass
/** Half of the pole's length, in m. */
const halfLength = 0.5
const poleMassLength = poleMass * halfLength
const force = 10
/** Seconds between two states. */
const interval = 0.02
const angleLimit = (12 * 2 * Math.PI) / 360
const positionLimit = 2.4
/** Every number of an initial state lies from minus this up to this. */
const initialBound = 0.05

const Options = Schema.Struct({
  /** After so many steps an episode is cut off; 500 in `CartPole-v1`. */
  step_limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  /** `upright`: 1 for every step, the last one too, as in `CartPole-v1`. `fall`: 0, and -1 for a step that ends the episode. */
  reward: Schema.Literals(["upright", "fall"])
})
export type CartPoleOptions = typeof Options.Type

const State = Schema.Struct({
  /** m, m/s, rad, rad/s. */
  position: Schema.Finite,
  velocity: Schema.Finite,
  angle: Schema.Finite,
  angular_velocity: Schema.Finite,
  /** Steps of the episode so far. */
  steps: Schema.Int,
  over: Schema.Boolean
})
export type CartPoleState = typeof State.Type

/** The four numbers that move. */
export type Motion = Pick<CartPoleState, "position" | "velocity" | "angle" | "angular_velocity">

/** One step of Euler's method. `push` is the force in N; the two functions are given so that a test can put others in their place. */
export const move = (
  { position, velocity, angle, angular_velocity }: Motion,
  push: number,
  circular: { readonly sine: (x: number) => number; readonly cosine: (x: number) => number } = { sine, cosine }
): Motion => {
  const cos = circular.cosine(angle)
  const sin = circular.sine(angle)
  const drive = (push + poleMassLength * (angular_velocity * angular_velocity) * sin) / totalMass
  const turn = (gravity * sin - cos * drive) / (halfLength * (4 / 3 - (poleMass * (cos * cos)) / totalMass))
  const acceleration = drive - (poleMassLength * turn * cos) / totalMass
  return {
    position: position + interval * velocity,
    velocity: velocity + interval * acceleration,
    angle: angle + interval * angular_velocity,
    angular_velocity: angular_velocity + interval * turn
  }
}

const observe = ({ position, velocity, angle, angular_velocity }: Motion): ReadonlyArray<number> =>
  [position, velocity, angle, angular_velocity].map(Math.fround)

const hasFallen = ({ position, angle }: Motion): boolean =>
  position < -positionLimit || position > positionLimit || angle < -angleLimit || angle > angleLimit

const pushOf = (action: Action): number => {
  if (action === 0) return -force
  if (action === 1) return force
  throw new RangeError(`the environment "cart-pole" has the actions 0 (left) and 1 (right), got ${JSON.stringify(action)}`)
}

const step = ({ step_limit, reward }: CartPoleOptions, state: CartPoleState, action: Action): EnvironmentStep<CartPoleState> => {
  if (state.over) throw new RangeError(`the episode was over after ${state.steps} steps: reset() begins the next one`)
  const motion = move(state, pushOf(action))
  const steps = state.steps + 1
  const terminated = hasFallen(motion)
  const truncated = steps >= step_limit
  return {
    state: { ...motion, steps, over: terminated || truncated },
    observation: observe(motion),
    reward: reward === "upright" ? 1 : terminated ? -1 : 0,
    terminated,
    truncated
  }
}

/** The environment. An initial state has four numbers, each drawn from -0.05 up to 0.05 by one `unit()`, in the order of the observation. */
export const cartPole: Environment<CartPoleOptions, CartPoleState> = Environment.define<CartPoleOptions, CartPoleState>({
  id: "cart-pole",
  decodeOptions: optionsFrom(Options),
  state: State,
  spaces: () => ({
    observation: [
      { name: "position", unit: "m", low: -2 * positionLimit, high: 2 * positionLimit },
      { name: "velocity", unit: "m/s" },
      { name: "angle", unit: "rad", low: -2 * angleLimit, high: 2 * angleLimit },
      { name: "angular-velocity", unit: "rad/s" }
    ],
    action: { type: "discrete", names: ["left", "right"] }
  }),
  reset: (_, { index, rng }) => {
    if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`an initial-state index is an integer from 0, got ${index}`)
    const draw = () => -initialBound + 2 * initialBound * rng.unit()
    const motion = { position: draw(), velocity: draw(), angle: draw(), angular_velocity: draw() }
    return { state: { ...motion, steps: 0, over: false }, observation: observe(motion) }
  },
  step
})
