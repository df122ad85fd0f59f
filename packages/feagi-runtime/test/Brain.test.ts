/**
 * A developed brain from outside: what it is made of, what it reads, how it learns, what it refuses.
 */
import { beforeAll, describe, expect, it } from "vitest"
import { Brain, type BrainInfo, EngineError, type EngineModule, registrations } from "../src/index.ts"
import { bindClassifier, type Classifier, classifierRegistrations, developClassifier, engine, roomy, seeded } from "./support/brains.ts"
import { classifier, genome, ioId, joy, kinds, ouch, plainId, reward, rule } from "./support/genomes.ts"

const once = { hold: 1, read: 1, settle: 1 }

let module: EngineModule
beforeAll(async () => {
  module = await engine()
})

const refusal = (work: () => unknown): EngineError => {
  try {
    work()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error("nothing was refused")
}

const mapping = (info: BrainInfo, from: string, to: string) => info.mappings.find((one) => one.from === from && one.to === to)

const total = (brain: Brain, spec: Classifier): number => brain.weights(spec.input, spec.output).weight.reduce((sum, one) => sum + one, 0)

/** Weights from the voxels of a sample to one class, summed. */
const strengthOf = (brain: Brain, spec: Classifier, label: number): number => {
  const { count, target, weight } = brain.weights(spec.input, spec.output)
  let sum = 0
  for (let i = 0; i < count; i++) if (target[3 * i] === label) sum += weight[i] ?? 0
  return sum
}

const oneHot = (classes: number, label: number): ReadonlyArray<number> => Array.from({ length: classes }, (_, i) => Number(i === label))

/** The perceptron's correction: the wanted class up, the class that won in its place down. */
const correct = (brain: Brain, spec: Classifier, label: number, winner: number): void => {
  const voxel = [[0, 0, 0]] as const
  brain.feedback([
    { offset: 0, force: { area: joy, voxels: voxel } },
    { offset: 1, represent: true },
    { offset: 1, force: brain.writeTarget(0, oneHot(spec.classes, label)) },
    { offset: 2, force: { area: ouch, voxels: voxel } },
    { offset: 3, represent: true },
    { offset: 3, force: brain.writeTarget(0, oneHot(spec.classes, winner)) }
  ])
}

const best = (scores: ArrayLike<number>, except = -1): number => {
  let found = -1
  for (let i = 0; i < scores.length; i++) if (i !== except && (found < 0 || (scores[i] ?? 0) > (scores[found] ?? 0))) found = i
  return found
}

describe("Brain.develop()", () => {
  it("tells areas, real synapse counts and modulators", () => {
    const spec = classifier(4, 10, 3)
    const info = developClassifier(module, spec).info()
    const input = info.areas.find(({ id }) => id === spec.input)
    expect(input).toEqual({ id: "aWluZgEAAAA=", name: "in", dims: [4, 1, 10], voxels: 40, neurons: 40 })
    expect(mapping(info, spec.input, spec.output)).toEqual({
      from: spec.input,
      to: spec.output,
      plastic: true,
      morphologies: ["all_to_all"],
      synapses: 120
    })
    expect(info.modulators.map(({ name, magnitudePercent, driver }) => [name, magnitudePercent, driver])).toEqual([
      ["joy", 100, joy],
      ["ouch", -100, ouch]
    ])
    expect([info.synapses, info.precision, info.burst]).toEqual([120, "fp32", 0])
  })

  it("develops an int8 genome on the int8 engine", () => {
    const input = ioId("iinf", kinds.percentage)
    const text = genome([{ id: input, name: "in", group: "IPU", dims: [1, 1, 4] }], {}, "int8")
    const brain = Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [] })
    expect(brain.info().precision).toBe("int8")
  })

  it("refuses a text that is no JSON, and a genome without areas", () => {
    const develop = (text: string) => () => Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [] })
    expect(refusal(develop("{ not json")).kind).toBe("genome-invalid")
    expect(refusal(develop("{}")).kind).toBe("genome-invalid")
    expect(module.validate("{ not json").errors.length).toBe(1)
  })

  it("refuses areas of four thousand million voxels before they grow, and names the largest", () => {
    const huge = ioId("iinf", kinds.percentage)
    for (const width of [4_000_000_000, 1e15]) {
      const text = genome([{ id: huge, name: "in", group: "IPU", dims: [width, 1, 1] }])
      const error = refusal(() => Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [] }))
      expect(["budget-exceeded", "genome-invalid"]).toContain(error.kind)
      if (width < 2 ** 32) expect(error.message).toContain(`the largest area, ${huge} (in), is 4000000000 x 1 x 1`)
    }
  })

  it("refuses more synapses than the budget", () => {
    const spec = classifier(4, 10, 3)
    const budget = { voxels: 1000, synapses: 119 }
    const error = refusal(() => Brain.develop(module, { genome: spec.genome, random: seeded(1), budget, reliesOn: [] }))
    expect([error.kind, error.message.includes("120")]).toEqual(["budget-exceeded", true])
    const enough = { voxels: 1000, synapses: 120 }
    expect(Brain.develop(module, { genome: spec.genome, random: seeded(1), budget: enough, reliesOn: [] }).info().synapses).toBe(120)
  })

  it("refuses every relied-on mapping that grew no synapse, all at once", () => {
    const input = ioId("iinf", kinds.percentage)
    const nowhere = ioId("omis", kinds.misc)
    const other = plainId("cother")
    const unknown = rule("no_such_morphology")
    const text = genome([
      { id: input, name: "in", group: "IPU", dims: [2, 1, 4], to: { [nowhere]: [rule("all_to_all")], [other]: [unknown] } },
      { id: other, name: "other", group: "CUSTOM", dims: [2, 1, 1] }
    ])
    const reliesOn = [nowhere, other].map((to) => ({ from: input, to }))
    const error = refusal(() => Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn }))
    expect(error.kind).toBe("mapping-empty")
    expect(error.message.split("\n")).toEqual([
      `the mapping ${input} -> ${nowhere} cannot exist: the brain has no area ${nowhere}`,
      `the mapping ${input} -> ${other} has no synapse; check its morphology and both areas`
    ])
  })
})

describe("bind()", () => {
  it("refuses a coder whose block of voxels is not the area's", () => {
    const spec = classifier(4, 10, 3)
    const brain = Brain.develop(module, { genome: spec.genome, random: seeded(1), budget: roomy, reliesOn: [] })
    const error = refusal(() => bindClassifier(brain, { ...spec, bins: 9 }))
    expect([error.kind, error.message]).toEqual([
      "coder",
      "Infrared 0 with 4 channels needs area aWluZgEAAAA= to be [4, 1, 9], and the genome makes it [4, 1, 10]"
    ])
  })

  it("refuses unwritten channels, unknown channels and twice the same channel", () => {
    const spec = classifier(2, 4, 2)
    const brain = Brain.develop(module, { genome: spec.genome, random: seeded(1), budget: roomy, reliesOn: [] })
    const bind = (channels: ReadonlyArray<number>) =>
      refusal(() =>
        brain.bind({
          registrations: classifierRegistrations(spec),
          inputs: channels.map((channel) => ({ unit: "Infrared", group: 0, channel })),
          outputs: []
        })
      ).message
    expect(bind([0])).toContain("2 input channels are registered and 1 are bound")
    expect(bind([0, 2])).toContain("there is no channel 2")
    expect(bind([0, 0])).toContain("bound twice")
  })

  it("takes one Boolean unit for each bit, and refuses two channels in one", () => {
    const ids = [0, 1].map((group) => ioId("idgp", kinds.boolean, group))
    const dims = (width: number) => [width, 1, 1] as const
    const flags = { frame_change_handling: "Absolute" }
    const area = (id: string, width: number) => ({ id, name: id, group: "IPU", dims: dims(width) })
    const develop = (text: string) => Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [] })
    const unit = (group: number, channels: number) => ({ unit: "DigitalGPIO", group, channels, flags, coder: "Boolean" })
    const brain = develop(genome(ids.map((id) => area(id, 1))))
    const inputs = [0, 1].map((group) => ({ unit: "DigitalGPIO", group, channel: 0 }))
    brain.bind({ registrations: registrations([unit(0, 1), unit(1, 1)], []), inputs, outputs: [] })
    expect(brain.explain(Float32Array.of(0, 1))).toEqual(
      [
        { area: ids[0], voxels: [] },
        { area: ids[1], voxels: [[0, 0, 0, 1]] }
      ].filter(({ voxels }) => voxels.length > 0)
    )
    brain.present(Float32Array.of(1, 1, 0, 1), { hold: 2, read: 0, settle: 0 })
    expect(
      brain
        .fired()
        .filter(({ area: id }) => ids.includes(id))
        .map(({ area: id }) => id)
    ).toEqual([ids[1]])
    expect(refusal(() => brain.present(Float32Array.of(0, 0.5), once)).kind).toBe("payload-invalid")
    const wide = develop(genome([area(ids[0] ?? "", 2)]))
    const both = [0, 1].map((channel) => ({ unit: "DigitalGPIO", group: 0, channel }))
    const error = refusal(() => wide.bind({ registrations: registrations([unit(0, 2)], []), inputs: both, outputs: [] }))
    expect([error.kind, error.message.includes("use one unit")]).toEqual(["coder", true])
  })
})

describe("present()", () => {
  it("reads each class's score through the real decoder", () => {
    const spec = classifier(4, 10, 3)
    const brain = developClassifier(module, spec)
    const { readings, silent } = brain.present(Float32Array.of(0.05, 0.35, 0.5, 1), once)
    // 4 active inputs, each with weight 1 and potential 1 / 16
    expect([...readings]).toEqual([0.25, 0.25, 0.25])
    expect([...silent]).toEqual([0])
    expect(brain.info().burst).toBe(3)
  })

  it("gives each sample of a batch what it gives the sample alone", () => {
    const spec = classifier(4, 10, 3)
    const samples = Float32Array.from({ length: 40 }, (_, i) => ((i * 37) % 101) / 100)
    const train = (brain: Brain) => {
      brain.present(samples.slice(0, 4), once)
      correct(brain, spec, 1, 0)
      brain.freeze(true)
      brain.rest(2)
    }
    const [left, right] = [developClassifier(module, spec), developClassifier(module, spec)]
    train(left)
    train(right)
    const whole = left.present(samples, once)
    const parts = Array.from({ length: 10 }, (_, i) => right.present(samples.slice(4 * i, 4 * i + 4), once))
    expect([...whole.readings]).toEqual(parts.flatMap(({ readings }) => [...readings]))
    expect(new Set(whole.readings).size).toBeGreaterThan(1)
  })

  it("calls a channel silent, and gives no number, when none of its voxels fired", () => {
    const spec = classifier(2, 4, 2)
    const brain = developClassifier(module, spec)
    const heard = brain.present(Float32Array.of(0.1, 0.9), { hold: 1, read: 1, settle: 2 })
    const unheard = brain.present(Float32Array.of(0.1, 0.9), { hold: 0, read: 1, settle: 0 })
    const unread = brain.present(Float32Array.of(0.1, 0.9), { hold: 1, read: 0, settle: 2 })
    expect([...heard.silent, ...unheard.silent, ...unread.silent]).toEqual([0, 1, 1])
    expect([...unheard.readings, ...unread.readings].map(Number.isNaN)).toEqual([true, true, true, true])
  })

  it("refuses NaN and numbers out of range before they enter, and names the channel", () => {
    const brain = developClassifier(module, classifier(2, 4, 2))
    const before = brain.hash("full")
    for (const value of [Number.NaN, -0.01, 1.01, Number.POSITIVE_INFINITY]) {
      const error = refusal(() => brain.present(Float32Array.of(0, 0, 0.5, value), once))
      expect([error.kind, error.message]).toEqual([
        "payload-invalid",
        `sample 1, number 1 (Infrared 0 channel 1): expected a number from 0 to 1, and ${Math.fround(value)} came`
      ])
    }
    expect(refusal(() => brain.present(Float32Array.of(0.5), once)).message).toContain("no whole number of samples")
    expect(refusal(() => brain.present(Float32Array.of(0, 0), { ...once, hold: -1 })).message).toContain("hold must be")
    expect(brain.hash("full")).toBe(before)
  })

  it("explains a sample by the voxels that its encoders make, without a burst", () => {
    const spec = classifier(4, 10, 3)
    const brain = developClassifier(module, spec)
    const wanted = [0.05, 0.35, 0.5, 1].map((value, x) => [x, 0, Math.min(9, Math.floor(Math.fround((1 - Math.fround(value)) * 10))), 1])
    expect(brain.explain(Float32Array.of(0.05, 0.35, 0.5, 1))).toEqual([{ area: spec.input, voxels: wanted }])
    expect(brain.info().burst).toBe(0)
  })

  it("spreads one number over bit planes with Fractional positioning", () => {
    const input = ioId("iinf", kinds.percentage, 0, true)
    const text = genome([{ id: input, name: "in", group: "IPU", dims: [1, 1, 3] }])
    const brain = Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [] })
    const flags = { frame_change_handling: "Absolute", percentage_neuron_positioning: "Fractional" }
    const coder = { Percentage: [{ value: 3 }, "Fractional", false, "D1"] }
    const unit = { unit: "Infrared", group: 0, channels: 1, flags, coder }
    brain.bind({ registrations: registrations([unit], []), inputs: [{ unit: "Infrared", group: 0, channel: 0 }], outputs: [] })
    const planes = (value: number) => brain.explain(Float32Array.of(value)).flatMap(({ voxels }) => voxels.map(([, , z]) => z))
    expect([0, 0.125, 0.5, 0.75, 0.875].map(planes)).toEqual([[2], [2], [0], [0, 1], [0, 1, 2]])
  })
})

describe("feedback()", () => {
  it("moves the weights of the shown sample by eta in the burst after the reward, and by no other", () => {
    const spec = classifier(4, 10, 3)
    const brain = developClassifier(module, spec)
    brain.present(Float32Array.of(0.05, 0.35, 0.5, 1), once)
    const target = brain.writeTarget(0, oneHot(3, 1))
    expect(target).toEqual({ area: spec.output, voxels: [[1, 0, 0, 1]] })
    const give = (driver: string) =>
      brain.feedback([
        { offset: 0, force: { area: driver, voxels: [[0, 0, 0]] } },
        { offset: 1, represent: true },
        { offset: 1, force: target }
      ])
    expect(give(joy)).toBe(2)
    expect([0, 1, 2].map((label) => Number(strengthOf(brain, spec, label).toFixed(3)))).toEqual([40, 40.08, 40])
    expect(give(ouch)).toBe(2)
    expect([0, 1, 2].map((label) => Number(strengthOf(brain, spec, label).toFixed(3)))).toEqual([40, 40, 40])
  })

  it("leaves every weight alone when the reward is silent", () => {
    const spec = classifier(4, 10, 3)
    const brain = developClassifier(module, spec)
    const before = brain.hash("connectome")
    for (let i = 0; i < 20; i++) {
      brain.present(Float32Array.of(i / 20, 0.35, 0.5, 1), once)
      brain.feedback([
        { offset: 1, represent: true },
        { offset: 1, force: brain.writeTarget(0, oneHot(3, i % 3)) }
      ])
    }
    expect(brain.hash("connectome")).toBe(before)
    expect(total(brain, spec)).toBe(120)
  })

  it("scales a graded reward by potential over full scale, and not beyond one", () => {
    const modulators = { joy: reward(0, 100, { graded: true, full_scale_potential: 2 }) }
    const spec = classifier(1, 2, 2, {}, modulators)
    const gain = (potential: number): number => {
      const brain = developClassifier(module, spec)
      brain.present(Float32Array.of(0), once)
      brain.feedback([
        { offset: 0, force: { area: joy, voxels: [[0, 0, 0, potential]] } },
        { offset: 1, represent: true },
        { offset: 1, force: brain.writeTarget(0, [1, 0]) }
      ])
      return Number((strengthOf(brain, spec, 0) - 2).toFixed(4))
    }
    expect([0.5, 1, 2, 8].map(gain)).toEqual([0.005, 0.01, 0.02, 0.02])
  })

  it("refuses voxels outside of their area, potentials that do nothing and unknown areas", () => {
    const spec = classifier(2, 4, 2)
    const brain = developClassifier(module, spec)
    const force = (area: string, voxel: readonly [number, number, number, number?]) =>
      refusal(() => brain.feedback([{ offset: 0, force: { area, voxels: [voxel] } }])).message
    expect(force(spec.output, [2, 0, 0])).toContain("outside of area")
    expect(force(spec.output, [0, 0, 0, 0])).toContain("finite potential other than 0")
    expect(force(spec.output, [0, 0, 0, Number.NaN])).toContain("finite potential other than 0")
    expect(force("AAAA", [0, 0, 0])).toContain("no area AAAA")
    expect(refusal(() => brain.feedback([{ offset: -1, represent: true }])).message).toContain("offset")
    expect(refusal(() => brain.writeTarget(0, [1])).message).toContain("takes 2 numbers")
    expect(refusal(() => brain.writeTarget(0, [2, 0])).message).toContain("expected -1 to 1")
    expect(brain.info().burst).toBe(0)
  })

  it("learns to tell two classes apart with reward, and stays at the start without", () => {
    const spec = classifier(2, 8, 2)
    const train = Array.from({ length: 40 }, (_, i) => {
      const x = ((i * 29) % 40) / 40
      const y = ((i * 11) % 40) / 40
      return { sample: Float32Array.of(x, y), label: Number(x > 0.5) }
    })
    const accuracy = (rewarded: boolean): number => {
      const brain = developClassifier(module, spec)
      for (let epoch = 0; epoch < 6; epoch++) {
        for (const { sample, label } of train) {
          const { readings } = brain.present(sample, { hold: 1, read: 1, settle: 0 })
          const rival = best(readings, label)
          if ((readings[label] ?? 0) - (readings[rival] ?? 0) > 0.01) continue
          if (rewarded) correct(brain, spec, label, rival)
        }
      }
      brain.freeze(true)
      const right = train.filter(({ sample, label }) => best(brain.present(sample, once).readings) === label)
      return right.length / train.length
    }
    expect(accuracy(true)).toBe(1)
    // Equal scores: every sample is called the first class.
    expect(accuracy(false)).toBe(train.filter(({ label }) => label === 0).length / train.length)
  })
})

describe("freeze(), reset(), rest()", () => {
  it("freeze keeps the connectome's hash through a correction, and thawing lets it change", () => {
    const spec = classifier(4, 10, 3)
    const brain = developClassifier(module, spec)
    brain.present(Float32Array.of(0.05, 0.35, 0.5, 1), once)
    const before = brain.hash("connectome")
    expect(brain.freeze(true)).toBe(1)
    correct(brain, spec, 1, 2)
    expect(brain.hash("connectome")).toBe(before)
    brain.freeze(false)
    correct(brain, spec, 1, 2)
    expect(brain.hash("connectome")).not.toBe(before)
  })

  it("reset brings the state, not the weights, back", () => {
    const input = ioId("iinf", kinds.percentage)
    const hidden = plainId("chidden")
    const text = genome([
      { id: input, name: "in", group: "IPU", dims: [1, 1, 4], neurons: { "pstcr_-f": 0.4 }, to: { [hidden]: [rule("all_to_all")] } },
      { id: hidden, name: "hidden", group: "CUSTOM", dims: [2, 1, 1], neurons: { "mp_acc-b": true } }
    ])
    const brain = Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [{ from: input, to: hidden }] })
    const [state, connectome] = [brain.hash("state"), brain.hash("connectome")]
    brain.feedback([{ offset: 0, force: { area: input, voxels: [[0, 0, 0]] } }])
    brain.rest(2)
    expect(brain.hash("state")).not.toBe(state)
    brain.reset()
    expect(brain.hash("state")).toBe(state)
    expect(brain.hash("connectome")).toBe(connectome)
  })

  it("a memory area remembers in the very next burst, the same on every run", () => {
    const input = ioId("iinf", kinds.percentage)
    const memory = plainId("mem_main")
    const text = genome([
      { id: input, name: "in", group: "IPU", dims: [4, 1, 2], to: { [memory]: [rule("episodic_memory")] } },
      { id: memory, name: "memory", group: "MEMORY", dims: [1, 1, 1], cortex: { "mem__t-i": 1 } }
    ])
    const run = () => {
      const brain = Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn: [] })
      const show = (x: number) => {
        brain.feedback([{ offset: 0, force: { area: input, voxels: [[x, 0, 0]] } }])
        brain.rest(1)
        return brain
          .fired()
          .filter(({ area }) => area === memory)
          .map(({ neuron }) => neuron)
      }
      const neurons = [0, 2, 0].map(show)
      return { neurons, refused: refusal(() => brain.checkpoint()) }
    }
    const { neurons, refused } = run()
    expect(neurons.map((fired) => fired.length)).toEqual([1, 1, 1])
    expect(neurons[2]).toEqual(neurons[0])
    expect(neurons[1]).not.toEqual(neurons[0])
    expect(run().neurons).toEqual(neurons)
    expect([refused.kind, refused.message.includes("memory neurons")]).toEqual(["snapshot-invalid", true])
  })
})

describe("the end of a brain", () => {
  it("a disposed brain says so", () => {
    const brain = developClassifier(module, classifier(2, 4, 2))
    brain.dispose()
    expect(refusal(() => brain.info()).kind).toBe("disposed")
    expect(refusal(() => brain.present(Float32Array.of(0, 0), once)).kind).toBe("disposed")
  })

  it("bytes of another module are refused", async () => {
    const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)
    const { EngineModule: Module } = await import("../src/index.ts")
    for (const bytes of [empty, Uint8Array.of(1, 2, 3)]) {
      await expect(Module.compile(bytes)).rejects.toMatchObject({ kind: "module-invalid" })
    }
  })
})
