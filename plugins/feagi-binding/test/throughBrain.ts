/**
 * Numbers through FEAGI's encoder, a burst of neurons and FEAGI's MiscData decoder: every voxel of every input area has one neuron behind it
 * that hands its potential on. What is read is where the encoder lit the brain.
 */
import type { CoderSelection, CoderValue } from "@feagi-trainer/contracts"
import { Brain, CoderBench, type EngineModule } from "@feagi-trainer/feagi-runtime"
import { flatValues } from "../src/ChannelValues.ts"
import { miscForm } from "../src/CoderForm.ts"
import { showArea } from "../src/CorticalId.ts"
import { genomeText } from "../src/Genome.ts"
import { randomStream } from "../src/RandomStream.ts"
import { areasOf, boundUnits, takesBytes } from "../src/Selection.ts"
import { selectUnits } from "../src/UnitSelection.ts"
import { unitOf } from "../src/Units.ts"
import { must } from "./support.ts"

/** `iinf/0 Percentage Linear`: [x, y, z, potential], by x, y, z. */
export type Lights = Readonly<Record<string, ReadonlyArray<readonly [number, number, number, number]>>>

const byPlace = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  const at = a.findIndex((value, index) => value !== b[index])
  return (a[at] ?? 0) - (b[at] ?? 0)
}

const sorted = (lights: ReadonlyArray<readonly [string, readonly [number, number, number, number]]>): Lights =>
  Object.fromEntries(
    [...new Set(lights.map(([area]) => area))]
      .sort()
      .map((area) => [area, lights.flatMap(([of, place]) => (of === area ? [place] : [])).sort(byPlace)])
  )

const samples = (inputs: ReadonlyArray<CoderSelection>, values: ReadonlyArray<CoderValue>): Float32Array | Uint8Array => {
  const flat = flatValues(values)
  return inputs.every(takesBytes) ? Uint8Array.from(flat) : flat
}

/** What the encoder makes of the values, before any brain. */
export const encodedBy = (engine: EngineModule, inputs: ReadonlyArray<CoderSelection>, values: ReadonlyArray<CoderValue>): Lights => {
  const bound = boundUnits(inputs, [])
  if (!bound.ok) throw new Error(bound.messages.join("; "))
  const bench = CoderBench.open(engine, bound.value)
  try {
    const { count, area, x, y, z, potential } = bench.voxels(samples(inputs, values))
    return sorted(
      Array.from({ length: count }, (_, i) => {
        const id = showArea(bench.areas[area[i] ?? 0] ?? "")
        return [id, [x[i] ?? 0, y[i] ?? 0, z[i] ?? 0, potential[i] ?? 0]] as const
      })
    )
  } finally {
    bench.dispose()
  }
}

/** What a MiscData decoder reads behind neurons that hand on what the encoder lit; bytes as shares of 255. */
export const readBehind = (engine: EngineModule, inputs: ReadonlyArray<CoderSelection>, values: ReadonlyArray<CoderValue>): Lights => {
  const areas = inputs.flatMap(areasOf)
  const gain = inputs.some(takesBytes) ? 1 / 255 : 1
  const outputs = must(
    selectUnits(
      areas.map(({ size: [x, y, z] }, group) => ({
        unit: unitOf("omis"),
        group,
        form: miscForm(x, y, z),
        flags: { frame: "Absolute" },
        channels: 1,
        layout: {}
      }))
    )
  )
  const least = { "fire_t-f": 1e-6 }
  const genome = genomeText({
    id: "behind",
    title: "One behind each",
    description: "Every voxel of an input has a neuron behind it",
    areas: [
      ...areas.map(({ id, size }, index) => ({
        id,
        name: `input ${index}`,
        group: "IPU" as const,
        size,
        mappings: {
          [outputs[index]?.binding.cortical_area_id ?? ""]: [
            {
              morphology_id: "block_to_block",
              morphology_scalar: [1, 1, 1],
              postSynapticCurrent_multiplier: gain,
              plasticity_flag: false
            }
          ]
        },
        cortex: {},
        neurons: { ...least, "mp_psp-b": true }
      })),
      ...outputs.map(({ binding }, index) => ({
        id: binding.cortical_area_id,
        name: `output ${index}`,
        group: "OPU" as const,
        size: areas[index]?.size ?? ([1, 1, 1] as const),
        mappings: {},
        cortex: {},
        neurons: least
      }))
    ],
    modulators: [],
    morphologies: {}
  })
  const brain = Brain.develop(engine, {
    genome,
    random: randomStream(new Uint8Array(32)),
    budget: { voxels: 1_000_000, synapses: 1_000_000 },
    reliesOn: []
  })
  try {
    const units = boundUnits(inputs, outputs)
    if (!units.ok) throw new Error(units.messages.join("; "))
    brain.bind(units.value)
    const { readings, silent } = brain.present(samples(inputs, values), { hold: 1, read: 2, settle: 2 })
    let at = 0
    return sorted(
      areas.flatMap(({ id, size: [, height, depth], size }, area) => {
        const count = size[0] * height * depth
        const numbers = readings.subarray(at, at + count)
        at += count
        if (silent[area] === 1) return []
        return Array.from(numbers).flatMap((potential, index) => {
          const column = Math.floor(index / depth)
          const place = [Math.floor(column / height), column % height, index % depth, potential / gain] as const
          return potential === 0 ? [] : [[showArea(id), place] as const]
        })
      })
    )
  } finally {
    brain.dispose()
  }
}
