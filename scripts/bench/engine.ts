/**
 * Row `engine`: the engine as a WebAssembly module by its native twin, on brains of 1 000, 10 000 and 100 000 neurons.
 *
 * Half of the neurons are inputs, each with 49 synapses to the other half. Driven: one input of a hundred fires in every burst,
 * encoders included. Idle: nothing fires. Sharp edge: both sides are checked to do the same work (spikes and synaptic events of a pass),
 * and the twin has the module's patches, so the ratio is the price of WebAssembly and of nothing else.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Brain, type BrainActivity, type EngineModule, registrations, type Timing } from "../../packages/feagi-runtime/src/index.ts"
import { loadEngineModule } from "../../packages/feagi-runtime/src/node.ts"
import { seeded } from "../../packages/feagi-runtime/test/support/brains.ts"
import { genome, ioId, kinds, plainId, rule } from "../../packages/feagi-runtime/test/support/genomes.ts"
import { frames } from "./engineFrames.ts"
import { buildTwin, runTwin, twinName, writeTwinFiles } from "./engineTwin.ts"
import { comparePairs, type Measured, type Pair, type Result } from "./measure.ts"

const row = "engine"
const GOAL = 0.5
const REACH = 3
const HIDDEN_THRESHOLD = 3
const FIRING_SHARE = 0.01

/** Neurons, and bursts of a pass: some tenths of a second each. */
const SIZES = [
  { neurons: 1_000, driven: 2_000, idle: 10_000 },
  { neurons: 10_000, driven: 500, idle: 4_000 },
  { neurons: 100_000, driven: 60, idle: 600 }
] as const

const brainOf = (neurons: number) => {
  const side = Math.round(Math.sqrt(neurons / 2))
  const hidden = plainId("chidden")
  const steps = Array.from({ length: 2 * REACH + 1 }, (_, at) => at - REACH)
  const vectors = steps.flatMap((x) => steps.map((y) => [x, y, 0]))
  const spread = { class: "core", type: "vectors", parameters: { vectors } }
  const areas = [
    {
      id: ioId("imis", kinds.misc),
      name: "in",
      group: "IPU",
      dims: [side, side, 1],
      to: { [hidden]: [rule("spread")] },
      neurons: { "fire_t-f": 1e-6 }
    },
    { id: hidden, name: "hidden", group: "CUSTOM", dims: [side, side, 1], neurons: { "fire_t-f": HIDDEN_THRESHOLD } }
  ] as const
  const input = {
    unit: "MiscData",
    group: 0,
    channels: 1,
    flags: { frame_change_handling: "Absolute" },
    coder: { MiscData: { width: side, height: side, depth: 1 } }
  }
  const bind = { registrations: registrations([input], []), inputs: [{ unit: "MiscData", group: 0, channel: 0 }], outputs: [] }
  return { text: genome(areas, {}, "fp32", { spread }), bind, width: side * side }
}

/** Samples with ones in a share of the places, drawn from one seed. The last is blank, so that no pass reaches into the next. */
const sparse = (samples: number, width: number): Float32Array => {
  let state = 12345
  const batch = Float32Array.from({ length: samples * width }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Number(state / 2 ** 32 < FIRING_SHARE)
  })
  return batch.fill(0, (samples - 1) * width)
}

const since = (now: BrainActivity, then: BrainActivity): BrainActivity => ({
  bursts: now.bursts - then.bursts,
  spikes: now.spikes - then.spikes,
  synapticEvents: now.synapticEvents - then.synapticEvents
})

interface Job {
  readonly brain: Brain
  readonly name: string
  readonly text: string
  readonly bind: Parameters<Brain["bind"]>[0]
  readonly batch: Float32Array
  readonly timing: Timing
}

/** Both sides of one job, and what a pass of it does. */
const pairOf = (program: string, folder: string, job: Job) => {
  const { brain, name, text, bind, batch, timing } = job
  const files = writeTwinFiles(folder, name, text, bind, batch)
  let done: BrainActivity = { bursts: 0, spikes: 0, synapticEvents: 0 }
  const ours = (): number => {
    const before = brain.activity()
    const start = performance.now()
    brain.present(batch, timing)
    const took = performance.now() - start
    done = since(brain.activity(), before)
    return (done.bursts * 1000) / took
  }
  const peer = (): number => {
    const [first, second] = runTwin(program, files, 2, timing).passes
    if (first === undefined || second === undefined) throw new Error("the twin made no two passes")
    const twin = since(second.activity, first.activity)
    if (JSON.stringify(twin) !== JSON.stringify(done)) {
      throw new Error(`${name}: a pass of the twin did ${JSON.stringify(twin)}, and one of the module ${JSON.stringify(done)}`)
    }
    return twin.bursts / second.seconds
  }
  return { pair: (note: () => string): Pair => pairing(name, ours, peer, note), done: () => done }
}

const pairing = (name: string, ours: () => number, peer: () => number, note: () => string): Pair => ({
  row,
  ours: [`WebAssembly module, ${name}`, ours],
  peer: [twinName, peer],
  unit: "bursts/s",
  target: GOAL,
  note
})

/** The same measurement in another unit: the work of a burst is the same on both sides. */
const inEvents = (measured: Measured, { bursts, synapticEvents }: BrainActivity): Measured => ({
  ...measured,
  unit: "synaptic events/s",
  oursMedian: (measured.oursMedian * synapticEvents) / bursts,
  peerMedian: (measured.peerMedian * synapticEvents) / bursts,
  note: "the same rounds, counted in synapses that carried a spike"
})

const measure = async (
  module: EngineModule,
  program: string,
  folder: string,
  size: (typeof SIZES)[number]
): Promise<ReadonlyArray<Result>> => {
  const { text, bind, width } = brainOf(size.neurons)
  using brain = Brain.develop(module, { genome: text, random: seeded(1), budget: { voxels: 1e6, synapses: 1e7 }, reliesOn: [] })
  brain.bind(bind)
  const { neurons, synapses } = brain.info()
  const common = { brain, text, bind }
  const named = (what: string) => `${size.neurons} neurons ${what}`
  const driven = pairOf(program, folder, {
    ...common,
    name: named("driven"),
    batch: sparse(size.driven, width),
    timing: { hold: 1, read: 0, settle: 0 }
  })
  const idle = pairOf(program, folder, {
    ...common,
    name: named("idle"),
    batch: new Float32Array(width),
    timing: { hold: 1, read: 0, settle: size.idle - 1 }
  })
  const note = (done: () => BrainActivity) => (): string => {
    const { bursts, spikes, synapticEvents } = done()
    return `${neurons} neurons, ${synapses} synapses; a pass: ${bursts} bursts, ${spikes} spikes, ${synapticEvents} synaptic events`
  }
  const [first, second] = await comparePairs([driven.pair(note(driven.done)), idle.pair(note(idle.done))])
  if (first === undefined || second === undefined) throw new Error("two pairs give two rows")
  return [first, inEvents(first, driven.done()), second]
}

export const engine = async (): Promise<ReadonlyArray<Result>> => {
  const module = await loadEngineModule()
  const pictures = await frames(module)
  const built = buildTwin()
  if (!built.ok) return [{ kind: "skipped", row, peer: twinName, reason: built.reason }, ...pictures]
  const folder = mkdtempSync(join(tmpdir(), "feagi-bench-"))
  try {
    const results: Array<Result> = []
    for (const size of SIZES) results.push(...(await measure(module, built.program, folder, size)))
    return [...results, ...pictures]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
