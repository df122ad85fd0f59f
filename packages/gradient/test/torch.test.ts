/**
 * The package against PyTorch 2.15: operations forward and back, whole models, optimisers over 1 000 steps, clipping, schedules, and the
 * losses of a small language model on a real text. What is stored, how it was made, and the distances measured: oracle/README.md.
 * A distance is in units of the largest number of a tensor. "exact" is PyTorch in doubles, rounded once; PyTorch in floats has a distance
 * from it, too, and only by so much may the package be further from PyTorch in floats.
 */
import { beforeAll, describe, expect, it } from "vitest"
import {
  buildModel,
  clipByNorm,
  type Device,
  lossOf,
  type Model,
  type ModelSpec,
  makeOptimiser,
  makeTraining,
  type OptimiserSpec,
  openDevice,
  type ScheduleSpec,
  scheduleOf,
  supervised,
  trainStep
} from "../src/index.ts"
import { elements, type Formula, integers, numbers, words } from "./oracle/formula.ts"
import { type Operation, runOperation } from "./oracle/operations.ts"
import { distance, largest, storedBytes, storedJson, storedTensors, ulps } from "./oracle/stored.ts"

let device: Device
beforeAll(async () => {
  device = await openDevice()
})

/** How far sums and functions may be from the doubles, rounded once to floats. */
const near = 1e-6

/** What is copied, compared, or rounded once in the same way: equal to PyTorch's to the last bit, forward and back. */
const exact = new Set(
  "subtract minimum scale addScalar negate matmul maxPool2d averagePool2d relu clamp embedding gather transpose".split(" ")
)

/** Computed in doubles and rounded once: the value, element by element, is at most one float away from the exact one. */
const rounded = new Set(
  "add multiply square gelu tanh sigmoid exp log sumLast sumAll meanAll softmaxCrossEntropy binaryCrossEntropy meanSquaredError huber".split(
    " "
  )
)

/** Where several gradients are right, because the function has a corner, another one than PyTorch's is chosen; see the tests below. */
const corners = new Set(["clamp at its bounds", "minimum of equals"])

const operations = storedJson<{ readonly cases: ReadonlyArray<Operation> }>("operations").cases
const operated = storedTensors("operations")

describe("an operation is PyTorch's, forward and back", () => {
  it.each(operations.filter(({ name }) => !corners.has(name)).map((row) => [row.name, row] as const))("%s", (_, row) => {
    const found = runOperation(device, row)
    expect([...found.keys()].sort()).toEqual(["y", ...Object.keys(row.inputs)].sort())
    for (const [name, { shape, values }] of found) {
      const theirs = operated(`${row.key}.${name}`)
      const double = operated(`exact.${row.key}.${name}`).values
      expect(shape, name).toEqual(theirs.shape)
      expect(distance(values, double), name).toBeLessThanOrEqual(near)
      expect(distance(values, theirs.values), name).toBeLessThanOrEqual(near + distance(theirs.values, double))
      if (exact.has(row.op)) expect(ulps(values, theirs.values), name).toBe(0)
      // below -6 standard deviations PyTorch's 1 + erf cancels even in doubles; Functions.test.ts has the values there
      if (name === "y" && rounded.has(row.op) && row.name !== "gelu of large values") {
        expect(ulps(values, double)).toBeLessThanOrEqual(1)
      }
    }
  })

  /** What comes of a case with corners, and PyTorch's gradient of an input. */
  const corner = (wanted: string) => {
    const row = operations.find(({ name }) => name === wanted) ?? expect.fail(`no case ${wanted}`)
    const found = runOperation(device, row)
    const ours = (name: string): Float32Array => found.get(name)?.values ?? expect.fail(`no ${name}`)
    expect(ulps(ours("y"), operated(`${row.key}.y`).values)).toBe(0)
    const input = (name: string): Float32Array => numbers(row.inputs[name] ?? expect.fail(`no ${name}`))
    return { ours, input, theirs: (name: string) => operated(`${row.key}.${name}`).values, row }
  }

  it("clamp lets the gradient through at its bounds, where PyTorch gives 0", () => {
    const { ours, theirs, input, row } = corner("clamp at its bounds")
    const upstream = numbers({ seed: row.upstream, shape: [6, 8], scale: 1, offset: 0 })
    const expected = theirs("x").map((gradient, at) => (Math.abs(input("x")[at] ?? 0) === 1 ? (upstream[at] ?? 0) : gradient))
    expect(input("x").filter((x) => Math.abs(x) === 1).length).toBeGreaterThan(5)
    expect(ulps(ours("x"), expected)).toBe(0)
  })

  it("minimum of equals gives the gradient to its first operand, where PyTorch gives each a half", () => {
    const { ours, theirs, input } = corner("minimum of equals")
    const equal = input("a").map((a, at) => (a === input("b")[at] ? 1 : 0))
    expect(equal.filter((flag) => flag === 1).length).toBeGreaterThan(5)
    expect(
      ulps(
        ours("a"),
        theirs("a").map((gradient, at) => gradient * (1 + (equal[at] ?? 0)))
      )
    ).toBe(0)
    expect(
      ulps(
        ours("b"),
        theirs("b").map((gradient, at) => gradient * (1 - (equal[at] ?? 0)))
      )
    ).toBe(0)
  })
})

interface NamedFormula extends Formula {
  readonly name: string
}

interface Network {
  readonly name: string
  readonly key: string
  readonly spec: ModelSpec
  readonly input?: Formula
  readonly ids?: { readonly seed: number; readonly shape: readonly [number, number]; readonly below: number }
  readonly classes: number
  readonly targets: number
  readonly parameters: ReadonlyArray<NamedFormula>
}

const noChance = (stream: string) => expect.fail(`nothing is drawn, but ${stream} was asked for`)

/** A model with the weights that the formulas give; each of its parameters has one. */
const modelOf = (spec: ModelSpec, parameters: ReadonlyArray<NamedFormula>): Model => {
  const model = buildModel(device, spec, noChance)
  expect(model.parameters.map(({ name, value }) => [name, value.shape]).sort()).toEqual(
    parameters.map(({ name, shape }) => [name, shape]).sort()
  )
  for (const { name, value } of model.parameters) {
    const formula = parameters.find((one) => one.name === name) ?? expect.fail(`no formula for ${name}`)
    device.write(value, numbers(formula))
  }
  return model
}

describe("a model has PyTorch's outputs, loss and gradients", () => {
  const stored = storedTensors("networks")
  const { cases } = storedJson<{ readonly cases: ReadonlyArray<Network> }>("networks")
  it.each(cases.map((row) => [row.name, row] as const))("%s", (_, row) => {
    const model = modelOf(row.spec, row.parameters)
    const { input, ids } = row
    const tape = device.pass()
    const outputs = model.forward(
      tape,
      ids === undefined
        ? { kind: "values", batch: input?.shape[0] ?? 0, values: numbers(input ?? expect.fail("no input")) }
        : { kind: "tokens", batch: ids.shape[0], ids: integers(ids.seed, elements(ids.shape), ids.below) },
      { training: false }
    )
    const rows = elements(outputs.shape) / row.classes
    const targets = integers(row.targets, rows, row.classes)
    const loss = tape.softmaxCrossEntropy(tape.reshape(outputs, [rows, row.classes]), targets, { denominator: rows, label_smoothing: 0 })
    device.zeroGradients(model.parameters)
    tape.backward(loss)
    const key = (name: string) => `${row.key}.${name}`
    const compare = (name: string, ours: Float32Array, least = 0): void => {
      const theirs = stored(key(name))
      const double = stored(`exact.${key(name)}`).values
      expect(distance(ours, double, least), name).toBeLessThanOrEqual(near)
      expect(distance(ours, theirs.values, least), name).toBeLessThanOrEqual(near + distance(theirs.values, double, least))
    }
    compare("outputs", device.read(outputs.value))
    compare("loss", device.read(loss.value))
    expect(ulps(device.read(loss.value), stored(`exact.${key("loss")}`).values)).toBeLessThanOrEqual(1)
    // a key's bias moves all scores of a query alike, so its gradient is rounding alone: measured against the others'
    const top = Math.max(...row.parameters.map(({ name }) => largest(stored(key(name)).values)))
    for (const { name, gradient } of model.parameters) {
      expect(gradient.shape).toEqual(stored(key(name)).shape)
      compare(name, device.read(gradient), name.endsWith("key.bias") ? top : 0)
    }
  })
})

interface Updates {
  readonly kept_after: ReadonlyArray<number>
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly seed: number
    readonly shape: ReadonlyArray<number>
    readonly scale: number
    readonly gradient: { readonly seed: number; readonly scale: number }
  }>
  readonly cases: ReadonlyArray<{
    readonly name: string
    readonly key: string
    readonly spec: OptimiserSpec
    readonly learning_rate: number
  }>
  readonly clipping: ReadonlyArray<{ readonly max: number; readonly norm: number; readonly key: string }>
  readonly schedules: ReadonlyArray<{ readonly name: string; readonly spec: ScheduleSpec; readonly rates: ReadonlyArray<number> }>
}

const updates = storedJson<Updates>("updates-default")
const updated = storedTensors("updates-default")
const fused = storedTensors("updates-avx2")

/** The parameters of the stored updates, and their gradients of a step from 1. */
const given = () =>
  updates.parameters.map((row) => ({ row, parameter: device.parameter(row.name, row.shape, numbers({ ...row, offset: 0 })) }))
const writeGradients = (all: ReturnType<typeof given>, step: number): void => {
  for (const { row, parameter } of all) {
    const start = (step - 1) * parameter.value.length
    device.write(parameter.gradient, numbers({ ...row.gradient, shape: row.shape, offset: 0 }, start))
  }
}

/** Optimisers that stay equal to PyTorch without fused multiply-adds, to the last bit. */
const bitwise = new Set(["sgd", "momentum", "adam", "adamw"])

describe("an optimiser goes PyTorch's way for 1 000 steps", () => {
  it.each(updates.cases.map((row) => [row.name, row] as const))("%s", (_, row) => {
    const all = given()
    const parameters = all.map(({ parameter }) => parameter)
    const optimiser = makeOptimiser(device, row.spec, parameters)
    for (let step = 1; step <= 1000; step += 1) {
      writeGradients(all, step)
      optimiser.step(step, row.learning_rate)
      if (!updates.kept_after.includes(step)) continue
      for (const { name, value } of parameters) {
        const key = `${row.key}.${step}.${name}`
        const ours = device.read(value)
        if (bitwise.has(row.spec.type)) expect(ulps(ours, updated(key).values), key).toBe(0)
        // all of them are up to 2e-5 from the doubles after 1 000 steps
        expect(distance(ours, updated(key).values), key).toBeLessThanOrEqual(near)
        expect(distance(ours, fused(key).values), key).toBeLessThanOrEqual(near)
      }
    }
  })
})

describe("clipByNorm()", () => {
  it.each(updates.clipping.map((row) => [row.max, row] as const))("clips to %s as clip_grad_norm_ does", (_, { max, norm, key }) => {
    const all = given()
    writeGradients(all, 1)
    const parameters = all.map(({ parameter }) => parameter)
    // PyTorch's norm is a float; and it divides by norm + 1e-6
    expect(Math.abs(clipByNorm(device, parameters, max) / norm - 1)).toBeLessThanOrEqual(1e-6)
    for (const { name, gradient } of parameters) {
      expect(distance(device.read(gradient), updated(`${key}.${name}`).values), name).toBeLessThanOrEqual(3e-7)
    }
  })
})

describe("scheduleOf()", () => {
  it.each(updates.schedules.map((row) => [row.name, row] as const))(
    "%s has the rate of torch.optim.lr_scheduler at every step",
    (_, row) => {
      const schedule = scheduleOf(row.spec)
      expect(row.rates.length).toBeGreaterThan(10)
      for (const [step, rate] of row.rates.entries()) {
        // PyTorch computes a rate from the one before, so its roundings pile up
        expect(Math.abs(schedule(step) - rate), `step ${step}`).toBeLessThanOrEqual(1e-14)
      }
    }
  )
})

interface Curve {
  readonly steps: number
  readonly batch: number
  readonly length: number
  readonly learning_rate: number
  readonly optimiser: OptimiserSpec
  readonly windows: { readonly seed: number; readonly below: number }
  readonly spec: ModelSpec
  readonly parameters: ReadonlyArray<NamedFormula>
  readonly losses: ReadonlyArray<number>
  readonly losses_double: ReadonlyArray<number>
}

describe("a causal Transformer on the bytes of a book", () => {
  it("has PyTorch's loss at each of 200 steps of AdamW, whose batches are cut in two here", () => {
    const curve = storedJson<Curve>("curve")
    const text = storedBytes("alice.txt")
    const { batch, length, windows } = curve
    const model = modelOf(curve.spec, curve.parameters)
    const training = makeTraining({
      model,
      optimiser: curve.optimiser,
      schedule: { type: "constant", learning_rate: curve.learning_rate },
      clip_norm: undefined,
      chance: noChance
    })
    const objective = supervised(model, lossOf({ type: "cross-entropy", label_smoothing: 0 }))
    const losses = Array.from({ length: curve.steps }, (_, step) => {
      const starts = words(windows.seed, batch, step * batch).map((word) => word % windows.below)
      const cut = (some: ReadonlyArray<number>, shift: number): Int32Array =>
        Int32Array.from(some.flatMap((start) => [...text.subarray(start + shift, start + shift + length)]))
      const micro = [starts.slice(0, 3), starts.slice(3)].map((some) => ({
        input: { kind: "tokens" as const, batch: some.length, ids: cut(some, 0) },
        target: { kind: "classes" as const, classes: cut(some, 1) }
      }))
      return trainStep(training, objective, micro).loss
    })
    // the largest relative difference
    const apart = (theirs: ReadonlyArray<number>): number =>
      losses.reduce((most, loss, step) => Math.max(most, Math.abs(loss / (theirs[step] ?? 0) - 1)), 0)
    expect(losses).toHaveLength(curve.losses.length)
    expect(apart(curve.losses)).toBeLessThanOrEqual(near)
    expect(apart(curve.losses_double)).toBeLessThanOrEqual(near)
    expect(losses[0]).toBeGreaterThan(5.5)
    expect(losses.at(-1)).toBeLessThan(2.6)
  })
})
