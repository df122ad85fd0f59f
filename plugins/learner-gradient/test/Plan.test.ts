/** What is refused before anything runs, with the place in the run file and the way out. */
import { describe, expect, it } from "vitest"
import { options, plan, section } from "./support.ts"

const refusals = async (over: Parameters<typeof plan>[0]) => {
  const planned = await plan(over)
  return planned.ok ? [] : planned.diagnostics.map(({ code, field, expected, actual }) => ({ code, field, expected, actual }))
}
const dense = (units: number) => ({ type: "dense", units, bias: true, init: { type: "he-normal" } })
const layers = (...list: ReadonlyArray<unknown>) => section({ model: { ...options.model, layers: list } })

describe("the plan of a gradient learner", () => {
  it("pins every option, the hash of the kernels and of the first weights", async () => {
    const planned = await plan()
    if (!planned.ok) throw new Error("refused")
    const { kind, resolved, treatment, initial_hash } = planned.pins
    expect(kind).toBe("gradient")
    expect(resolved).toMatchObject({ options, parameters: 2 * 16 + 16 + 16 * 3 + 3 })
    expect(treatment).toMatchObject({ learner: "gradient", "engine.versions": { kernels: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    expect(initial_hash).toMatch(/^[0-9a-f]{64}$/)
    const other = await plan({ seed: new Uint8Array(32).fill(2) })
    expect(other.ok && other.pins.initial_hash).not.toBe(initial_hash)
  })

  it("names every mistake of the options at once", async () => {
    const found = await refusals({
      section: section({ batch_size: 0, clip_norm: "all", momentum: 0.9, loss: { type: "hinge" } })
    })
    expect(found.map(({ field }) => field).sort()).toEqual([
      "learner.options.batch_size",
      "learner.options.clip_norm",
      "learner.options.loss",
      "learner.options.momentum"
    ])
  })

  it("names layers, optimiser and schedule by their place", async () => {
    const found = await refusals({
      section: section({
        model: { ...options.model, layers: [{ type: "dens" }, { type: "conv2d" }] },
        optimiser: { type: "adam", beta1: 2 },
        schedule: { type: "cosin" }
      })
    })
    const fields = found.map(({ field }) => field)
    expect(fields).toContain("learner.options.model.layers.0.type")
    expect(fields).toContain("learner.options.optimiser.beta1")
    expect(fields).toContain("learner.options.schedule.type")
  })

  it.each([
    [
      "an input of another shape",
      { section: section({ model: { ...options.model, input: { kind: "values", shape: [3] } } }) },
      "learner.options.model.input.shape",
      "[2]"
    ],
    ["a last layer of another width", { section: layers(dense(4)) }, "learner.options.model.layers", "3 numbers"],
    ["a micro-batch that does not divide", { section: section({ micro_batch: 5 }) }, "learner.options.micro_batch", "a divisor of 16"],
    ["a durable step that cuts a batch", { checkpoint_every: 40 }, "checkpoint_every", "a multiple of 16"],
    ["targets that are no classes", { output_type: "scalar" as const }, "learner.options.loss.type", '"mean-squared-error" or "huber"'],
    ["silent reward", { controls: { silent_reward: true } }, "controls.silent_reward", "false"],
    ["an environment", { experience: "step" as const }, "learner.plugin", "samples"],
    ["pixels of a table", { section: section({ pixels: "unit" }) }, "learner.options.pixels", "nothing"],
    [
      "pictures of several sizes",
      {
        shape: {
          kind: "image" as const,
          values: "uint8" as const,
          width: [2, 4] as const,
          height: [2, 2] as const,
          channels: [1, 1] as const
        }
      },
      "learner.options",
      "one width"
    ]
  ])("refuses %s", async (_, over, field, expected) => {
    const found = await refusals(over)
    expect(found.map((each) => [each.field, each.expected])).toContainEqual([field, expected])
  })

  it("learns numbers too", async () => {
    const numbers = {
      output_type: "scalar" as const,
      classes: [],
      section: section({ loss: { type: "huber", delta: 1 }, model: { ...options.model, layers: [dense(1)] } })
    }
    expect(await refusals(numbers)).toEqual([])
  })
})
