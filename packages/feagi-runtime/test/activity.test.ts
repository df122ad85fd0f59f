/**
 * What a brain did, counted, and every synapse that it has: against what it shows burst by burst and mapping by mapping.
 */
import { beforeAll, describe, expect, it } from "vitest"
import { Brain, type BrainSynapses, type EngineModule, EngineTools } from "../src/index.ts"
import { developClassifier, engine, roomy, seeded } from "./support/brains.ts"
import { classifier, genome, ioId, joy, kinds, plainId, rule } from "./support/genomes.ts"

const power = plainId("___power")
const input = ioId("iinf", kinds.percentage)
const inner = plainId("cinner")

let module: EngineModule
beforeAll(async () => {
  module = await engine()
})

/** Power drives an inner area, which drives itself and hears an input: something happens in every burst. */
const busy = (seed = 1): Brain => {
  const text = genome([
    { id: input, name: "in", group: "IPU", dims: [3, 1, 4], to: { [inner]: [rule("all_to_all")] } },
    { id: inner, name: "inner", group: "CUSTOM", dims: [5, 1, 1], to: { [inner]: [rule("block_to_block")] }, neurons: { "refrac-i": 1 } }
  ])
  const powered = text.replace(
    `"_____10c-${power}-cx-dstmap-d":{}`,
    `"_____10c-${power}-cx-dstmap-d":${JSON.stringify({ [inner]: [rule("all_to_all")] })}`
  )
  expect(powered).not.toBe(text)
  return Brain.develop(module, { genome: powered, random: seeded(seed), budget: roomy, reliesOn: [{ from: power, to: inner }] })
}

const row = ({ areas, sourceArea, source, targetArea, target, weight, potential, inhibitory }: BrainSynapses, i: number) => [
  areas[sourceArea[i] ?? 0],
  ...source.subarray(3 * i, 3 * i + 3),
  areas[targetArea[i] ?? 0],
  ...target.subarray(3 * i, 3 * i + 3),
  weight[i],
  potential[i],
  inhibitory[i]
]

describe("activity()", () => {
  it("counts every neuron that fired and every synapse that it has, but for the power area", () => {
    const brain = busy()
    const table = brain.synapses()
    const degree = new Map<string, number>()
    for (let i = 0; i < table.count; i++) {
      const key = `${table.areas[table.sourceArea[i] ?? 0]} ${table.source.subarray(3 * i, 3 * i + 3)}`
      degree.set(key, (degree.get(key) ?? 0) + 1)
    }
    expect([brain.activity(), degree.get(`${power} 0,0,0`)]).toEqual([{ bursts: 0, spikes: 0, synapticEvents: 0 }, 5])
    let [spikes, synapticEvents, powered] = [0, 0, 0]
    for (let burst = 1; burst <= 40; burst++) {
      const voxels = burst % 7 === 3 ? ([[burst % 3, 0, burst % 4]] as const) : []
      if (voxels.length > 0) brain.feedback([{ offset: 0, force: { area: input, voxels } }])
      else brain.rest(1)
      for (const { area, x, y, z } of brain.fired()) {
        if (area === power) powered++
        else {
          spikes++
          synapticEvents += degree.get(`${area} ${x},${y},${z}`) ?? 0
        }
      }
      expect(brain.activity()).toEqual({ bursts: burst, spikes, synapticEvents })
    }
    expect([powered, spikes > 40, synapticEvents > 40]).toEqual([40, true, true])
  })

  it("goes on from the counters of a checkpoint", () => {
    const brain = busy()
    brain.rest(10)
    const saved = brain.checkpoint()
    const then = brain.activity()
    brain.rest(5)
    const other = busy()
    other.rest(3)
    other.restore(saved)
    expect([then.bursts, other.activity()]).toEqual([10, then])
    other.rest(5)
    expect(other.activity()).toEqual(brain.activity())
  })
})

describe("synapses()", () => {
  it("has the rows of every mapping, in canonical order", () => {
    const brain = busy()
    const table = brain.synapses()
    const rows = Array.from({ length: table.count }, (_, i) => row(table, i))
    expect(rows.length).toBe(brain.info().synapses)
    const mappings = [
      [power, inner],
      [inner, inner],
      [input, inner]
    ] as const
    const mapped = mappings.flatMap(([from, to]) => {
      const { count, source, target, weight, potential, inhibitory } = brain.weights(from, to)
      return Array.from({ length: count }, (_, i) => [
        from,
        ...source.subarray(3 * i, 3 * i + 3),
        to,
        ...target.subarray(3 * i, 3 * i + 3),
        weight[i],
        potential[i],
        inhibitory[i]
      ])
    })
    expect(mapped.length).toBe(5 + 5 + 12 * 5)
    expect(rows).toEqual(mapped)
    expect(table.areas).toEqual(brain.info().areas.map(({ id }) => id))
  })

  it("is the same for another seed, and one correction changes one row of it", () => {
    const spec = classifier(1, 20, 50)
    const brain = developClassifier(module, spec)
    const before = brain.synapses()
    expect([before.count, developClassifier(module, spec, 2).synapses()]).toEqual([1000, before])
    brain.present(Float32Array.of(0.62), { hold: 1, read: 1, settle: 1 })
    const wanted = Array.from({ length: 50 }, (_, i) => Number(i === 31))
    brain.feedback([
      { offset: 0, force: { area: joy, voxels: [[0, 0, 0]] } },
      { offset: 1, represent: true },
      { offset: 1, force: brain.writeTarget(0, wanted) }
    ])
    const after = brain.synapses()
    const changed = Array.from(after.weight.keys()).filter((i) => after.weight[i] !== before.weight[i])
    expect(changed.map((i) => row(after, i).slice(0, 8))).toEqual([[spec.input, 0, 0, 7, spec.output, 31, 0, 0]])
  })
})

describe("FEAGI's own genome essential", () => {
  const develop = (seed: number, strict = false) =>
    Brain.develop(module, {
      genome: new EngineTools(module).template("essential"),
      random: seeded(seed),
      budget: { voxels: 1_000_000, synapses: 10_000_000 },
      reliesOn: [],
      strict
    })

  it("develops where its validator is not asked, runs 50 bursts, and does the same again", () => {
    const run = (seed: number) => {
      const brain = develop(seed)
      brain.rest(50)
      const { neurons, synapses } = brain.info()
      return { neurons, synapses, activity: brain.activity(), connectome: brain.hash("connectome"), state: brain.hash("state") }
    }
    const first = run(1)
    expect(first.neurons).toBe(55_363)
    expect(first.activity.bursts).toBe(50)
    expect(run(1)).toEqual(first)
    expect(run(2).connectome).toBe(first.connectome)
    expect(() => develop(1, true)).toThrow()
  })
})
