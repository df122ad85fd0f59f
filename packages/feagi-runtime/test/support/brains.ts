/**
 * Brains for the tests: a seeded stream of random bytes, one compiled module for the thread, a bound classifier.
 */
import { Brain, type EngineModule, type RandomSource, registrations } from "../../src/index.ts"
import { loadEngineModule } from "../../src/node.ts"
import type { classifier } from "./genomes.ts"

let loading: Promise<EngineModule> | undefined

export const engine = (): Promise<EngineModule> => {
  loading ??= loadEngineModule()
  return loading
}

/** xorshift32: good enough to tell seeds apart. */
export const seeded = (seed: number): RandomSource => {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        bytes[i] = state >>> 24
      }
    }
  }
}

export const roomy = { voxels: 100_000, synapses: 1_000_000 }

export type Classifier = ReturnType<typeof classifier>

export const classifierRegistrations = ({ features, bins, classes }: Classifier) =>
  registrations(
    [
      {
        unit: "Infrared",
        group: 0,
        channels: features,
        flags: { frame_change_handling: "Absolute", percentage_neuron_positioning: "Linear" },
        coder: { Percentage: [{ value: bins }, "Linear", false, "D1"] }
      }
    ],
    [
      {
        unit: "MiscData",
        group: 0,
        channels: 1,
        flags: { frame_change_handling: "Absolute" },
        coder: { MiscData: { width: classes, height: 1, depth: 1 } }
      }
    ]
  )

export const bindClassifier = (brain: Brain, spec: Classifier): void => {
  brain.bind({
    registrations: classifierRegistrations(spec),
    inputs: Array.from({ length: spec.features }, (_, channel) => ({ unit: "Infrared", group: 0, channel })),
    outputs: [{ unit: "MiscData", group: 0, channel: 0 }]
  })
}

export const developClassifier = (module: EngineModule, spec: Classifier, seed = 1): Brain => {
  const reliesOn = [{ from: spec.input, to: spec.output }]
  const brain = Brain.develop(module, { genome: spec.genome, random: seeded(seed), budget: roomy, reliesOn })
  bindClassifier(brain, spec)
  return brain
}
