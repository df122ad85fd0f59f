/** The cart-pole environment. */
export { type CartPoleOptions, type CartPoleState, cartPole } from "./CartPole.ts"
