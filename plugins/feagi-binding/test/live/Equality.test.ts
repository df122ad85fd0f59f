/**
 * The engine of crates 0.0.49 in its own process, stepped, and the engine of crates 0.0.53 in this one: the same plastic genome and the
 * same script, and then the same spikes, readings and weights. Where the crates changed in between, the difference itself is held fast.
 */
import type { BrainSession, CoderReading, SynapseTable } from "@feagi-trainer/contracts"
import { Brain, type FeedbackEvent, type Firing } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { loadedEngine } from "../../src/Engine.ts"
import { live } from "../../src/live/LiveBackend.ts"
import { randomStream } from "../../src/RandomStream.ts"
import { boundUnits } from "../../src/Selection.ts"
import { tabularGenome } from "../../src/TabularGenome.ts"
import { inputs, outputs, request, seedOf, templateOptions } from "../support.ts"
import { testEngine, withEngine } from "./engine.ts"
import { liveOptions, liveRequest } from "./liveSupport.ts"

const output = "b21pcwoAAAA="

/** What happens, one after the other. `show` takes two bursts, everything else one. */
type Act =
  | { readonly show: readonly [number, number] }
  | { readonly again: true; readonly taught: number | undefined }
  | { readonly affect: "pleasure" | "pain" }
  | { readonly wait: true }

/** 48 acts, more than 60 bursts, from a small generator: rewards at once, late, none, and both signs. */
const script: ReadonlyArray<Act> = (() => {
  let state = 12_345
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
  return Array.from({ length: 12 }, (_, i): ReadonlyArray<Act> => {
    const show: Act = { show: [draw(1000) / 999, draw(1000) / 999] }
    const affect: Act = { affect: draw(3) === 0 ? "pain" : "pleasure" }
    const again: Act = { again: true, taught: draw(3) }
    return i % 3 === 2 ? [show, again, { wait: true }, affect] : [show, affect, again, { wait: true }]
  }).flat()
})()

const burstsOf = (acts: ReadonlyArray<Act>): number => acts.reduce((sum, act) => sum + ("show" in act ? 2 : 1), 0)

interface Spike {
  readonly area: string
  readonly x: number
  readonly y: number
  readonly z: number
}

interface Account {
  /** Of the last burst of each act. */
  readonly spikes: ReadonlyArray<ReadonlyArray<string>>
  readonly readings: ReadonlyArray<CoderReading | undefined>
  readonly synapses: SynapseTable
}

const spikeText = ({ area, x, y, z }: Spike): string => `${Buffer.from(area, "base64").toString("latin1")} ${x} ${y} ${z}`
const spikesOf = (spikes: ReadonlyArray<Spike>): ReadonlyArray<string> => spikes.map(spikeText).toSorted()

const taughtRow = (taught: number | undefined): ReadonlyArray<number> => [0, 1, 2].map((each) => Number(each === taught))

const here = async (genome: string, acts: ReadonlyArray<Act>): Promise<Account> => {
  const { module } = await Effect.runPromise(loadedEngine)
  const budget = { voxels: 1000, synapses: 1000 }
  const brain = Brain.develop(module, { genome, random: randomStream(seedOf(7)), budget, reliesOn: [] })
  const units = boundUnits(inputs, outputs)
  if (!units.ok) throw new Error(units.messages.join())
  brain.bind(units.value)
  const drivers = new Map(brain.info().modulators.map(({ name, driver }) => [name, driver]))
  const eventsOf = (act: Exclude<Act, { readonly show: unknown } | { readonly wait: true }>): ReadonlyArray<FeedbackEvent> =>
    "affect" in act
      ? [{ offset: 0, force: { area: drivers.get(act.affect) ?? "", voxels: [[0, 0, 0]] } }]
      : [
          { offset: 0, represent: true },
          ...(taughtRow(act.taught).includes(1) ? [{ offset: 0, force: brain.writeTarget(0, taughtRow(act.taught)) }] : [])
        ]
  const spikes: Array<ReadonlyArray<string>> = []
  const readings: Array<CoderReading | undefined> = []
  for (const act of acts) {
    if ("show" in act) {
      const { readings: values, silent } = brain.present(Float32Array.from(act.show), { hold: 1, read: 1, settle: 0 })
      readings.push({ silent: silent[0] === 1, value: Array.from(values) })
    } else {
      readings.push(undefined)
      if ("wait" in act) brain.rest(1)
      else brain.feedback(eventsOf(act))
    }
    spikes.push(spikesOf(brain.fired() as ReadonlyArray<Firing>))
  }
  const { sourceArea, targetArea, ...columns } = brain.synapses()
  brain.dispose()
  return { spikes, readings, synapses: { ...columns, source_area: sourceArea, target_area: targetArea } }
}

interface FireQueue {
  readonly cortical_areas: Readonly<
    Record<string, { readonly coordinates_x: Array<number>; readonly coordinates_y: Array<number>; readonly coordinates_z: Array<number> }>
  >
}

/** What fired in the engine's last burst, by its own account. */
const firedThere = async (api: string): Promise<ReadonlyArray<string>> => {
  const { cortical_areas } = (await (await fetch(`${api}/v1/burst_engine/fire_queue/detailed`)).json()) as FireQueue
  return spikesOf(
    Object.entries(cortical_areas).flatMap(([area, { coordinates_x, coordinates_y, coordinates_z }]) =>
      coordinates_x.map((x, i) => ({ area, x, y: coordinates_y[i] ?? -1, z: coordinates_z[i] ?? -1 }))
    )
  )
}

const act = (brain: BrainSession, each: Act) => {
  if ("show" in each) return Effect.map(brain.present([each.show], 0), ([row]) => row?.[0])
  if ("wait" in each) return Effect.as(brain.rest(1), undefined)
  const events =
    "affect" in each
      ? [{ offset: 0, affect: { channel: each.affect, magnitude: 100 } }]
      : [
          { offset: 0, represent: true as const },
          { offset: 0, teach: [taughtRow(each.taught)] }
        ]
  return Effect.as(brain.feedback(events), undefined)
}

const there = (api: string, genome: string, acts: ReadonlyArray<Act>): Promise<Account> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const brain = yield* live.open(liveRequest(liveOptions(api), { genome, seed: request.seed }))
        const spikes: Array<ReadonlyArray<string>> = []
        const readings: Array<CoderReading | undefined> = []
        for (const each of acts) {
          readings.push(yield* act(brain, each))
          spikes.push(yield* Effect.promise(() => firedThere(api)))
        }
        expect(yield* brain.bursts).toBe(burstsOf(acts))
        return { spikes, readings, synapses: yield* brain.synapses }
      })
    )
  )

const plain = tabularGenome({ ...templateOptions, learning_rate: 0.02, max_weight: 3 }, 2, 3)

/** The genome with other words in it. */
const changed = (changes: ReadonlyArray<readonly [string, string]>): string =>
  changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the genome does not say ${from}`)
    return text.replaceAll(from, to)
  }, plain)

/** Another value of a property that the output's neurons have. */
const ofOutput = (neuron: string, from: string, to: string): readonly [string, string] => [
  `_____10c-${output}-nx-${neuron}":${from}`,
  `_____10c-${output}-nx-${neuron}":${to}`
]

const genomes: ReadonlyArray<readonly [string, string]> = [
  ["of the tabular template: what fires together under a reward", plain],
  [
    "that depresses too, and remembers for five bursts what a late reward is for",
    changed([
      ['"plasticity_mode":"stdp","plasticity_window":1', '"plasticity_mode":"rstdp","eligibility_decay_bursts":20,"plasticity_window":5'],
      ['"ltd_multiplier":0', '"ltd_multiplier":1']
    ])
  ],
  [
    "that learns without reward over three bursts, in both directions",
    changed([
      ['"plasticity_window":1', '"plasticity_window":3'],
      ['"ltd_multiplier":0', '"ltd_multiplier":1'],
      [',"modulators":["pleasure","pain"]}', "}"]
    ])
  ],
  [
    "with neurons that rest after they fired, and after three times in a row for longer",
    changed([
      ofOutput("refrac-i", "0", "1"),
      ofOutput("c_fr_c-i", "0", "3"),
      ofOutput("snooze-i", "0", "2"),
      ['"plasticity_window":1', '"plasticity_window":2'],
      ['"ltd_multiplier":0', '"ltd_multiplier":1']
    ])
  ]
]

/** Outputs gather charge, lose half of it in every burst, and need more of it than one sample brings, which is a third. */
const leaky = changed([ofOutput("mp_acc-b", "false", "true"), ofOutput("leak_c-f", "0", "0.5"), ofOutput("fire_t-f", "0.000001", "0.45")])

/** What both do; the live one in an engine of its own. */
const both = async (genome: string, acts: ReadonlyArray<Act>): Promise<{ readonly live: Account; readonly embedded: Account }> => {
  const engine = await testEngine()
  try {
    return { live: await there(engine.api, genome, acts), embedded: await here(genome, acts) }
  } finally {
    await engine.end()
  }
}

withEngine("two engines in step", () => {
  it.concurrent.each(genomes)(
    `agree over ${burstsOf(script)} bursts on every spike, reading and weight, with a genome %s`,
    async (_, genome) => {
      expect(burstsOf(script)).toBeGreaterThanOrEqual(60)
      const { live, embedded } = await both(genome, script)
      expect(live.spikes).toEqual(embedded.spikes)
      expect(live.readings).toEqual(embedded.readings)
      expect(live.synapses).toEqual(embedded.synapses)
      // Something was learnt, and something fired: equal nothings would be equal too.
      expect(new Set(live.synapses.weight).size).toBeGreaterThan(2)
      expect(live.spikes.flat().filter((spike) => spike.startsWith("omis")).length).toBeGreaterThan(20)
    }
  )

  // feagi-npu-neural 0.0.49 (dynamics.rs, update_neuron_lif) takes the leak once, behind an input that did not make the neuron fire,
  // and charge then stays until the next input. 0.0.53 takes it in front of an input, once for every burst since the last one.
  describe("differ with neurons that leak: the older crates keep charge between two inputs, the newer let it go", () => {
    const sample: Act = { show: [0.1, 0.1] }
    const wait: Act = { wait: true }
    const again: Act = { again: true, taught: undefined }
    /** Places of the acts in whose last burst the outputs fired. */
    const answered = ({ spikes }: Account): ReadonlyArray<number> =>
      spikes.flatMap((fired, act) => (fired.some((spike) => spike.startsWith("omis")) ? [act] : []))

    it.each([
      // 1/3 · 1/2 + 1/3 = 0.5 fires at a threshold of 0.45; 1/3 · (1/2)³ + 1/3 = 0.375 does not.
      { name: "with a pause of two bursts", acts: [sample, wait, sample], older: [2], newer: [] },
      // 0.5 again; 1/3 · (1/2)² + 1/3 = 0.42 does not, and half of that with 1/3 does, one burst later.
      { name: "with a pause of one burst", acts: [sample, again, again, wait], older: [2], newer: [3] }
    ])("$name", async ({ acts, older, newer }) => {
      const { live, embedded } = await both(leaky, acts)
      expect(answered(live)).toEqual(older)
      expect(answered(embedded)).toEqual(newer)
    })
  })
})
