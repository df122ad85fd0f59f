import { power, SeedTree } from "@feagi-trainer/determinism"
import { beforeAll, describe, expect, it } from "vitest"
import type { Device } from "../src/Device.ts"
import { openDevice } from "../src/node.ts"
import { makeOptimiser, type OptimiserSpec } from "../src/Optimiser.ts"

const f = Math.fround
const steps = 1000
const rateOf = (t: number): number => 0.05 / t + 0.001

let device: Device
beforeAll(async () => {
  device = await openDevice()
})

/** One weight of the reference: every operation rounded to f32. */
interface Cell {
  w: number
  m: number
  v: number
}

type Update = (cell: Cell, gradient: number, rate: number, t: number) => void

const momentumUpdate =
  (momentum: number, nesterov: boolean): Update =>
  (cell, g, rate) => {
    const decay = f(momentum)
    cell.m = f(f(decay * cell.m) + g)
    const direction = nesterov ? f(g + f(decay * cell.m)) : cell.m
    cell.w = f(cell.w - f(f(rate) * direction))
  }

const adamUpdate =
  (beta1: number, beta2: number, epsilon: number, decay: number, decoupled: boolean): Update =>
  (cell, gradient, rate, t) => {
    const g = decoupled || decay === 0 ? gradient : f(gradient + f(f(decay) * cell.w))
    const share = f(1 - beta1)
    cell.m = share < 0.5 ? f(cell.m + f(share * f(g - cell.m))) : f(g - f(f(1 - share) * f(g - cell.m)))
    cell.v = f(f(f(beta2) * cell.v) + f(f(f(1 - beta2) * g) * g))
    const below = f(f(f(Math.sqrt(cell.v)) / f(Math.sqrt(1 - power(beta2, t)))) + f(epsilon))
    const kept = decoupled ? f(f(1 - rate * decay) * cell.w) : cell.w
    cell.w = f(kept - f(f(f(rate / (1 - power(beta1, t))) * cell.m) / below))
  }

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

const cases: ReadonlyArray<readonly [string, OptimiserSpec, Update]> = [
  [
    "sgd",
    { type: "sgd" },
    (cell, g, rate) => {
      cell.w = f(cell.w - f(f(rate) * g))
    }
  ],
  ["momentum", { type: "momentum", momentum: 0.9, nesterov: false }, momentumUpdate(0.9, false)],
  ["nesterov momentum", { type: "momentum", momentum: 0.9, nesterov: true }, momentumUpdate(0.9, true)],
  ["adam", { type: "adam", ...adam, weight_decay: 0 }, adamUpdate(0.9, 0.999, 1e-8, 0, false)],
  ["adam with decay in the gradient", { type: "adam", ...adam, weight_decay: 0.01 }, adamUpdate(0.9, 0.999, 1e-8, 0.01, false)],
  ["adamw", { type: "adamw", ...adam, weight_decay: 0.1 }, adamUpdate(0.9, 0.999, 1e-8, 0.1, true)],
  [
    "adamw with other betas",
    { type: "adamw", beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weight_decay: 0 },
    adamUpdate(0.8, 0.95, 1e-3, 0, true)
  ],
  ...[0.5, 0.3, 0].map(
    (beta1) =>
      [
        `adam with a first moment of beta ${beta1}, nearer to the gradient`,
        { type: "adam", ...adam, beta1, weight_decay: 0 },
        adamUpdate(beta1, 0.999, 1e-8, 0, false)
      ] as const
  )
]

describe("an optimiser equals its formula in f32, element by element, for 1 000 steps", () => {
  it.each(cases)("%s", (_, spec, update) => {
    const random = SeedTree.root("optimisers").random()
    const cells = Array.from({ length: 7 }, () => ({ w: f(random.normal()), m: 0, v: 0 }))
    const parameter = device.parameter(
      "w",
      [7],
      Float32Array.from(cells, ({ w }) => w)
    )
    const optimiser = makeOptimiser(device, spec, [parameter])
    for (let t = 1; t <= steps; t += 1) {
      const gradient = Float32Array.from(cells, () => random.normal())
      device.write(parameter.gradient, gradient)
      optimiser.step(t, rateOf(t))
      for (const [at, cell] of cells.entries()) update(cell, gradient[at] ?? 0, rateOf(t), t)
    }
    expect([...device.read(parameter.value)]).toEqual(cells.map(({ w }) => w))
    const kept = optimiser.state.map(({ tensor }) => [...device.read(tensor)])
    expect(kept).toEqual([cells.map(({ m }) => m), cells.map(({ v }) => v)].slice(0, kept.length))
  })
})

describe("makeOptimiser()", () => {
  it("names its state after slot and parameter", () => {
    const parameters = [device.parameter("a", [2], new Float32Array(2)), device.parameter("b", [3], new Float32Array(3))]
    const names = (spec: OptimiserSpec): ReadonlyArray<string> => makeOptimiser(device, spec, parameters).state.map(({ name }) => name)
    expect(names({ type: "sgd" })).toEqual([])
    expect(names({ type: "momentum", momentum: 0.5, nesterov: false })).toEqual(["momentum/a", "momentum/b"])
    expect(names({ type: "adam", ...adam, weight_decay: 0 })).toEqual([
      "first-moment/a",
      "second-moment/a",
      "first-moment/b",
      "second-moment/b"
    ])
  })

  it("names every mistake of a description, and the nearest type", () => {
    expect(() => makeOptimiser(device, { type: "adma" }, [])).toThrow('did you mean "adam"?')
    const spoilt = { type: "adam", beta1: 1, beta2: -0.1, epsilon: 0, weight_decay: "no" }
    expect(() => makeOptimiser(device, spoilt, [])).toThrow(/beta1.*\n.*beta2.*\n.*epsilon.*\n.*weight_decay/)
    expect(() => makeOptimiser(device, { type: "sgd", momentum: 0.9 }, [])).toThrow('unknown key "momentum"')
  })
})
