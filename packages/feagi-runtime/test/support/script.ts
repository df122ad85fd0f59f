/**
 * A run with everything in it (samples, corrections, rest, a freeze), written down number by number. It is given the classes
 * to run with, so that it can also drive a host that lives in another realm.
 */
import type { Brain, EngineModule } from "../../src/index.ts"
import { classifierRegistrations, roomy, seeded } from "./brains.ts"
import { classifier, joy, ouch } from "./genomes.ts"

const scripted = classifier(4, 10, 3)

type BrainClass = Pick<typeof Brain, "develop">

export const scriptedBrain = (Class: BrainClass, module: EngineModule, seed: number): Brain => {
  const reliesOn = [{ from: scripted.input, to: scripted.output }]
  const brain = Class.develop(module, { genome: scripted.genome, random: seeded(seed), budget: roomy, reliesOn })
  brain.bind({
    registrations: classifierRegistrations(scripted),
    inputs: Array.from({ length: scripted.features }, (_, channel) => ({ unit: "Infrared", group: 0, channel })),
    outputs: [{ unit: "MiscData", group: 0, channel: 0 }]
  })
  return brain
}

/** One line for each sample: readings, silence, everything that fired last. */
export const play = (brain: Brain, samples: number): ReadonlyArray<string> => {
  let state = 12345
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: samples }, () => {
    const sample = Float32Array.from({ length: scripted.features }, () => next(1000) / 999)
    const { readings, silent } = brain.present(sample, { hold: 1, read: 1, settle: next(2) })
    const label = next(scripted.classes)
    const target = Array.from({ length: scripted.classes }, (_, i) => Number(i === label))
    const driver = next(3) === 0 ? ouch : joy
    brain.feedback([
      { offset: 0, force: { area: driver, voxels: [[0, 0, 0]] } },
      { offset: 1, represent: true },
      { offset: 1, force: brain.writeTarget(0, target) }
    ])
    const fired = brain.fired().map(({ area, x, y, z, potential, neuron }) => `${area},${x},${y},${z},${potential},${neuron}`)
    return [readings.join(","), silent.join(","), fired.join(";")].join("|")
  })
}
