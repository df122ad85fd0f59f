/** CartPole as a dataset, and small models for it. */

import { cartPole } from "../../../plugins/env-cartpole/src/index.ts"
import type { EnvironmentDataset } from "../src/index.ts"

export const balancing: EnvironmentDataset = { kind: "environment", environment: cartPole, options: { step_limit: 500, reward: "upright" } }

const dense = (units: number, init: object) => ({ type: "dense", units, bias: true, init })
const body = (hidden: number) => [
  dense(hidden, { type: "glorot-uniform" }),
  { type: "tanh" },
  dense(hidden, { type: "glorot-uniform" }),
  { type: "tanh" }
]
const input = { kind: "values", shape: [4] }

/** A policy and a value of `hidden` tanh units in two layers each. */
export const policyAndValue = (hidden: number) => ({
  policy: { input, layers: [...body(hidden), dense(2, { type: "normal", deviation: 0.01 })] },
  value: { input, layers: [...body(hidden), dense(1, { type: "glorot-uniform" })] }
})
