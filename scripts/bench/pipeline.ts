/**
 * Row `pipeline`: everything but the engine. Each of 4 features becomes one of 10 bins, the answer is decoded from what came back,
 * scored and recorded. A loopback stands where the engine would be, on both sides.
 *
 * Ours is a whole run: pins checked, file read and hashed, every prediction committed to the disk, a Scorecard written. Upstream's is
 * its `run_rollout` with its own coders, predictions in memory. Sharp edge: the two loops do not do the same; the row says what a
 * sample costs beside the engine, not which coder is faster.
 */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import {
  type AnyEntry,
  BrainBackend,
  type BrainSession,
  type CoderReading,
  type CoderValue,
  type EntryManifest,
  type Protocol
} from "../../packages/contracts/src/index.ts"
import type { PluginPackage } from "../../packages/core/src/index.ts"
import { root } from "../steps.ts"
import { cargoBuild } from "./cargo.ts"
import { comparePair, type Result, reportAlone, type Side } from "./measure.ts"
import { addDataset, execute, openProject, planTemplate, samplesOf } from "./project.ts"

const SAMPLES = 30_000
const CLASSES = 3
const FEATURES = 4
const BINS = 10

const number = (value: CoderValue): number => (typeof value === "number" ? value : Number.NaN)

/** The bin of each channel, and of the first channels the score of a class: what upstream's coders do with the same numbers. */
const loop = (values: ReadonlyArray<CoderValue>): CoderReading => {
  const bins = values.map((value) => Math.min(Math.floor((1 - number(value)) * BINS), BINS - 1))
  return { silent: false, value: bins.slice(0, CLASSES).map((bin) => 1 - bin / (BINS - 1)) }
}

const session = (): BrainSession => {
  let bursts = 0
  return {
    info: {
      core_version: "none",
      engine: { feagi: "none" },
      areas: [],
      mappings: [],
      affect_channels: ["pleasure", "pain"].map((name) => ({ name, limit: 100, graded: false }))
    },
    preconditions: [],
    continuation: "identical",
    present: (batch) =>
      Effect.sync(() => {
        bursts += batch.length
        return batch.map((values) => [loop(values)])
      }),
    feedback: () => Effect.void,
    freeze: () => Effect.void,
    rest: () => Effect.void,
    bursts: Effect.sync(() => bursts),
    activity: Effect.sync(() => ({ bursts })),
    checkpoint: Effect.sync(() => new Uint8Array(new Float64Array([bursts]).buffer)),
    restore: () => Effect.void,
    hash: (part) => Effect.sync(() => (part === "connectome" ? "0" : String(bursts)).padStart(64, "0")),
    weights: () => Effect.succeed([]),
    synapses: Effect.succeed({
      areas: [],
      count: 0,
      source_area: new Uint32Array(0),
      source: new Uint32Array(0),
      target_area: new Uint32Array(0),
      target: new Uint32Array(0),
      weight: new Float32Array(0),
      potential: new Float32Array(0),
      inhibitory: new Uint8Array(0)
    }),
    explain: () => Effect.succeed([])
  }
}

const loopback = BrainBackend.define<object>({
  id: "loopback",
  execution: "embedded",
  decodeOptions: () => ({ ok: true, value: {} }),
  open: () => Effect.sync(session),
  bench: () => Effect.succeed({ voxels: () => Effect.succeed([]) })
})

const rollout: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "rollout",
  version: 1,
  output_type: "class",
  phases: [{ name: "test", split: "test", learns: false, scored: true }],
  primary_metric: "accuracy",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0
}

const manifest = (kind: EntryManifest["kind"], id: string): EntryManifest => ({
  kind,
  id,
  spec: 1,
  title: id,
  options_schema: {},
  provides: {},
  requires: {},
  deterministic: true,
  capabilities: { fs: false, net: false, child_process: false },
  export: id
})

const added: PluginPackage = {
  name: "bench",
  version: "1.0.0",
  source: "link",
  files_sha256: "0".repeat(64),
  manifest: { schema_version: 1, entries: [manifest("brain-backend", "loopback"), manifest("protocol", "rollout")] },
  load: Effect.succeed({ loopback, rollout } satisfies Record<string, AnyEntry>)
}

const csv = (): string => {
  const rows = Array.from({ length: SAMPLES }, (_, index) => {
    const values = Array.from({ length: FEATURES }, (__, feature) => ((index * 7919 + feature * 104_729) % 99_991) / 100_000)
    return `${values.join(",")},c${index % CLASSES}\n`
  })
  return `a,b,c,d,class\n${rows.join("")}`
}

const edit = (text: string): string => {
  const changes: ReadonlyArray<readonly [RegExp, string]> = [
    [/^protocol = .*$/m, 'protocol = "rollout@1"'],
    [/^fractions = .*$/m, "fractions = { test = 1.0 }"],
    [/^plugin = "embedded"\noptions = .*$/m, 'plugin = "loopback"\noptions = {}'],
    [/^range = .*$/m, `range = [${Array.from({ length: FEATURES }, () => "[0.0, 1.0]").join(", ")}]`]
  ]
  return changes.reduce((before, [from, to]) => {
    if (!from.test(before)) throw new Error(`the template's run file has no ${from}`)
    return before.replace(from, to)
  }, text)
}

export const pipeline = async (): Promise<ReadonlyArray<Result>> => {
  const row = "pipeline"
  const project = await openProject([added])
  try {
    const file = join(project.folder, "rows.csv")
    writeFileSync(file, csv())
    const dataset = await project.run(addDataset(file, "class", "rows"))
    const planned = await project.run(planTemplate(dataset, { bins: BINS, tilings: 1 }, edit))
    const ours: Side = async () => {
      const start = performance.now()
      const view = await project.run(execute(planned))
      const took = performance.now() - start
      const samples = samplesOf(view)
      if (samples !== SAMPLES) throw new Error(`${samples} of ${SAMPLES} samples were recorded`)
      return (samples * 1000) / took
    }
    const name = "run with a loopback backend, durable store"
    const built = cargoBuild(join(root, "scripts/bench/upstream"), "upstream-bench", "upstream")
    const note = `${SAMPLES} samples of ${FEATURES} features × ${BINS} bins, ${CLASSES} classes`
    if (!built.ok)
      return [
        await reportAlone(row, [name, ours], "samples/s", note),
        { kind: "skipped", row, peer: "upstream crate feagi-trainer 0.0.53", reason: built.reason }
      ]
    const upstream: Side = () => {
      const ran = spawnSync(built.program, [String(SAMPLES)], { encoding: "utf8" })
      if (ran.status !== 0) throw new Error(`the upstream program failed: ${ran.stderr}`)
      const { samples, seconds } = JSON.parse(ran.stdout) as { samples: number; seconds: number }
      if (samples !== SAMPLES) throw new Error(`upstream answered ${samples} of ${SAMPLES} samples`)
      return samples / seconds
    }
    return [
      await comparePair({
        row,
        ours: [name, ours],
        peer: ["upstream crate feagi-trainer 0.0.53, in memory", upstream],
        unit: "samples/s",
        note
      })
    ]
  } finally {
    await project.close()
  }
}
