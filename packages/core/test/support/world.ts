/**
 * A whole world of plugins in a few lines: a dataset in memory, two samplers, a metric pack, a protocol, and a learner that can be
 * told to misbehave. Small enough that a test can say what every answer has to be.
 */
import {
  Adapter,
  type AdapterSession,
  type Answer,
  type AnyEntry,
  type DatasetScan,
  type IndexEntry,
  type IRSample,
  Learner,
  type LearnerFamily,
  type LearnerOutput,
  type LearnerSample,
  type LearnerSession,
  MetricPack,
  optionsFrom,
  type Precondition,
  type Protocol,
  Sampler,
  type TrainingMeasure,
  Transform,
  trainerError
} from "@feagi-trainer/contracts"
import { canonical, canonicalBytes, fromCanonical, hashOf, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Layer, Schema, Stream } from "effect"
import {
  Catalogue,
  type CompareRunsOptions,
  carryOn,
  compareRuns,
  createRun,
  type Duplicates,
  documentOf,
  type EventPayloads,
  hashRegistry,
  knowsRewards,
  makeCatalogue,
  type PluginPackage,
  plan,
  type Recording,
  type RegisteredScan,
  type RunFile,
  RunJournal,
  type RunRequest,
  type RunRow,
  type RunView,
  replayRun,
  type StoredDataset,
  storedRun,
  viewRun
} from "../../src/index.ts"
import { type Memory, memory } from "./memory.ts"

export const classes = [
  { class_id: 0, label: "left" },
  { class_id: 1, label: "right" },
  { class_id: 2, label: "up" }
] as const

/** Sample k of class k mod 3, with two features near (class, −class). */
const rows = (count: number): ReadonlyArray<{ readonly id: string; readonly class_id: number; readonly features: ReadonlyArray<number> }> =>
  Array.from({ length: count }, (_, k) => {
    const class_id = k % 3
    return { id: `s-${String(k).padStart(3, "0")}`, class_id, features: [class_id + (k % 5) / 10, -class_id + (k % 7) / 10] }
  })

const entriesOf = (count: number): ReadonlyArray<IndexEntry> =>
  rows(count).map((row) => ({ sample_id: row.id, content_hash: hashOf(row), class_id: row.class_id }))

const noDuplicates: Duplicates = { schema_version: 1, decoded: [], near: [], near_checked: "none", near_truncated: false }

/** Everything that a registration stores, with the document that names the rest last. */
const blobsOf = (count: number): ReadonlyArray<Uint8Array> => {
  const index = new TextEncoder().encode(
    entriesOf(count)
      .map((entry) => `${canonical(entry)}\n`)
      .join("")
  )
  const duplicates = canonicalBytes(noDuplicates)
  const hashes = canonicalBytes(hashRegistry([]))
  const scan: RegisteredScan = {
    ...scanOf(count),
    source_classes: [...classes],
    source_fingerprint: scanOf(count).schema_fingerprint,
    label_map: null,
    given_leakage: null,
    summary: {
      sample_count: count,
      class_counts: classes.map(({ class_id }) => rows(count).filter((row) => row.class_id === class_id).length),
      part_counts: {},
      group_count: 0,
      grouped_count: 0,
      time_count: 0,
      values: []
    },
    index_sha256: sha256Hex(index),
    duplicates_sha256: sha256Hex(duplicates),
    hashes_sha256: sha256Hex(hashes)
  }
  return [index, duplicates, hashes, canonicalBytes(scan)]
}

const scanOf = (count: number): DatasetScan => ({
  content_hash: hashOf(rows(count)),
  schema_fingerprint: hashOf(["x", "y", classes]),
  modality: "tabular",
  output_type: "class",
  shape: {
    kind: "tabular",
    features: [
      { name: "x", min: 0, max: 2.4 },
      { name: "y", min: -2, max: 0.6 }
    ]
  },
  classes: [...classes],
  files: []
})

/** An empty struct would accept every key. */
const None = Schema.Struct({ note: Schema.optionalKey(Schema.String) })

const memoryAdapter = (world: World): AnyEntry =>
  Adapter.define({
    id: "memory",
    decodeOptions: optionsFrom(Schema.Struct({ count: Schema.Int })),
    discover: () => Effect.succeed([]),
    validate: () => Effect.die("not needed here"),
    open: (_, options, scan, dataset_version_id) => {
      if (world.faults.datasetChanged)
        return Effect.fail(
          trainerError("integrity", { code: "memory/CHANGED", message: "the data are not those of the scan", expected: "a", actual: "b" })
        )
      const all = rows(options.count)
      return Effect.succeed<AdapterSession>({
        stream: (order, from) =>
          Stream.fromIterable(
            order.slice(from).map((position) => ({ position, sample_id: scan.index[position]?.sample_id ?? "", data: all[position] }))
          ),
        mapToIr: (raw, split) => {
          const row = raw.data as (typeof all)[number]
          const unlabelled = world.faults.unlabelled === raw.sample_id
          return {
            schema_version: 1,
            sample_id: raw.sample_id,
            dataset_version_id,
            output_type: "class",
            timestamp: null,
            modality: "tabular",
            payload: { tabular: [...row.features] },
            target: unlabelled ? null : { class: { class_id: row.class_id, label: classes[row.class_id]?.label ?? null } },
            split,
            coordinate_frame: null,
            metadata: {}
          } satisfies IRSample
        }
      })
    }
  })

const inOrder = Sampler.define<object>({
  id: "in-order",
  decodeOptions: optionsFrom(None),
  plan: (_, { index }) => ({ order: index.map((item) => item.position), draws: "permutation" })
})
const shuffled = Sampler.define<object>({
  id: "shuffled",
  decodeOptions: optionsFrom(None),
  plan: (_, { index, rng }) => ({ order: rng.permutation(index.length), draws: "permutation" })
})
const lossy = Sampler.define<object>({
  id: "lossy",
  decodeOptions: optionsFrom(None),
  plan: (_, { index }) => ({ order: index.slice(1).map((item) => item.position), draws: "permutation" })
})

const thrower = Sampler.define<object>({
  id: "thrower",
  decodeOptions: optionsFrom(None),
  plan: () => {
    throw new Error("no order today")
  }
})

const withValues = (sample: IRSample, values: ReadonlyArray<number>): IRSample => ({ ...sample, payload: { tabular: values } })

/** Takes the mean of the first feature out, learnt from a part. */
const centre = Transform.define<object, { readonly mean: number; readonly count: number }>({
  id: "centre",
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(None),
  fit: () => {
    let sum = 0
    let count = 0
    return {
      ok: true,
      value: {
        add: (sample) => {
          sum += valuesOf(sample)[0] ?? 0
          count++
        },
        result: () => ({ ok: true, value: { mean: sum / count, count } })
      }
    }
  },
  shape: ({ shape }) => ({ ok: true, value: shape }),
  apply: ({ fitted }, sample) => {
    const [x = 0, ...rest] = valuesOf(sample)
    return Effect.succeed(withValues(sample, [x - fitted.mean, ...rest]))
  }
})

/** An augmentation: noise below a tenth on every feature. */
const noise = Transform.define<object>({
  id: "noise",
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(None),
  shape: ({ shape }) => ({ ok: true, value: shape }),
  apply: (_, sample, rng) =>
    Effect.sync(() =>
      withValues(
        sample,
        valuesOf(sample).map((value) => value + rng.unit() / 10)
      )
    )
})

/** The first ten samples of the index, and no others. */
const firstTen = Sampler.define<object>({
  id: "first-ten",
  decodeOptions: optionsFrom(None),
  check: (_, { index }) =>
    index.length >= 10 ? [] : [{ path: [], problem: "invalid", message: "needs ten samples", actual: String(index.length) }],
  plan: (_, { index }) => ({ order: index.slice(0, 10).map((item) => item.position), draws: { subset: "the first ten" } })
})

interface Counts {
  readonly right: number
  readonly total: number
}
const hits = MetricPack.define<object, Counts>({
  id: "hits",
  output_types: ["class"],
  decodeOptions: optionsFrom(None),
  state: Schema.Struct({ right: Schema.Int, total: Schema.Int }),
  signature: () => "hits:1",
  directions: { hits: "higher-is-better" },
  start: () => ({
    empty: { right: 0, total: 0 },
    add: ({ right, total }, { target, prediction }) => {
      const same = "class" in target && "class" in prediction && target.class.class_id === prediction.class.class_id
      return { right: right + (same ? 1 : 0), total: total + 1 }
    },
    merge: (a, b) => ({ right: a.right + b.right, total: a.total + b.total }),
    result: ({ right, total }) => ({
      values: { hits: total === 0 ? { insufficient: "nothing was scored" } : right / total },
      figures: []
    })
  })
})
/** What a pack is told of the classes, as values. */
const declared = MetricPack.define<object, Counts>({
  ...hits,
  id: "declared",
  start: (options, context) => {
    const fold = hits.start(options, context)
    const told = Object.fromEntries(context.classes.map((each) => [`declared/${each.label}`, each.class_id]))
    return { ...fold, result: (state) => ({ figures: [], values: { ...fold.result(state).values, ...told } }) }
  }
})
/** Refuses every dataset. */
const picky = MetricPack.define<object, Counts>({
  ...hits,
  id: "picky",
  start: () => {
    throw new RangeError("two classes are called alike")
  }
})
const masks = MetricPack.define<object, Counts>({ ...hits, id: "masks", output_types: ["segmentation_mask"] })

const protocolOf = (id: string, output_type: string): Protocol => ({
  kind: "protocol",
  spec: 1,
  id,
  version: 1,
  output_type,
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "validate", split: "val", learns: false, scored: true },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  primary_metric: "hits",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0
})

/** How the learner and the world misbehave. */
export interface Faults {
  /** Learns from the samples that it is tested with. */
  learnsInPredict: boolean
  /** Answers with the value of a clock. */
  clock: (() => number) | undefined
  /** Never answers. */
  silent: boolean
  /** Forgets its tick when it is restored. */
  forgetsOnRestore: boolean
  /** Gives one output too few. */
  dropsAnswer: boolean
  /** Fails at this sample while it trains. */
  failsAt: string | undefined
  datasetChanged: boolean
  /** The sample that has no target. */
  unlabelled: string | undefined
  /** What the learner is measured by at start. */
  initial: string | undefined
  /** A transform does not declare that it is deterministic. */
  carelessNoise: boolean
  /** Keeps learning in its own way when it is frozen: at the first freeze. */
  leaksOnFreeze: boolean
  /** Tells rewards and counts feedback; `leak` delivers affect while it is measured, `judge` rewards it, `loud` is so under silent reward. */
  rewards: "none" | "told" | "leak" | "judge" | "loud" | "nan"
  /** Learns by optimiser steps over so many samples, and measures each. */
  batch: number | undefined
  /** Goes its own way in so many steps, and counts at `read` the samples that it reads when it is opened. */
  own: number | undefined
  read: number
  /** Does not promise that a restored session goes on as the saved one would have. */
  inexact: boolean
  /** What is known of its preconditions. */
  preconditions: ReadonlyArray<Precondition>
  /** Takes down what the learner was shown: no fault, but the only way to see it. */
  seen: ((phase: "train" | "measure", sample_id: string, values: ReadonlyArray<number>) => void) | undefined
}

const noFaults: Faults = {
  learnsInPredict: false,
  clock: undefined,
  silent: false,
  forgetsOnRestore: false,
  dropsAnswer: false,
  failsAt: undefined,
  datasetChanged: false,
  unlabelled: undefined,
  initial: undefined,
  carelessNoise: false,
  leaksOnFreeze: false,
  rewards: "none",
  batch: undefined,
  own: undefined,
  read: 0,
  inexact: false,
  preconditions: [],
  seen: undefined
}

interface Learnt {
  /** Sum of the first feature in tenths and count, by class. */
  readonly sums: Array<number>
  readonly counts: Array<number>
  tick: number
}

/** Nearest mean of the first feature in whole tenths. Its answers depend on everything that it saw before, in order. */
const valuesOf = ({ payload }: IRSample): ReadonlyArray<number> => ("tabular" in payload ? payload.tabular : [])

const makeSession = (faults: Faults, silent = false): LearnerSession => {
  let pleased = 0
  let pained = 0
  let taught = 0
  let state: Learnt = { sums: [0, 0, 0], counts: [0, 0, 0], tick: 0 }
  let frozen = false
  let steps = 0
  let measures: Array<TrainingMeasure> = []
  const x = (sample: IRSample): number => ("tabular" in sample.payload ? Math.round((sample.payload.tabular[0] ?? 0) * 10) : 0)
  const answer = (sample: IRSample): LearnerOutput => {
    state.tick += 1
    const known = state.counts.flatMap((count, class_id) =>
      count === 0 ? [] : [{ class_id, distance: Math.abs((state.sums[class_id] ?? 0) / count - x(sample)) }]
    )
    const [first] = [...known].sort((a, b) => a.distance - b.distance || a.class_id - b.class_id)
    const shift = faults.clock?.() ?? 0
    const said: Answer =
      first === undefined || faults.silent
        ? { abstain: { reason: "nothing to say" } }
        : { class: { class_id: (first.class_id + shift) % 3, scores: [] } }
    return { answer: said, tick: state.tick }
  }
  const learn = (sample: IRSample, class_id: number) => {
    state.sums[class_id] = (state.sums[class_id] ?? 0) + x(sample)
    state.counts[class_id] = (state.counts[class_id] ?? 0) + 1
  }
  /** 1 for a hit and shaped to a half, −1 for a miss; a miss is taught as well. */
  const rewarded = (output: LearnerOutput, target: LearnerSample["target"]): LearnerOutput => {
    const hit = "class" in target && "class" in output.answer && output.answer.class.class_id === target.class.class_id
    const felt = !silent || faults.rewards === "loud"
    if (hit && felt) pleased += 1
    if (!hit && felt) pained += 1
    if (!hit) taught += 1
    const raw = faults.rewards === "nan" ? Number.NaN : hit ? 1 : -1
    const affect = !felt ? {} : hit ? { pleasure: { count: 1, magnitude: 0.5 } } : { pain: { count: 1, magnitude: 1 } }
    return { ...output, reward: { raw, shaped: hit ? 0.5 : -1 }, feedback: { affect, teach: hit ? 0 : 1, represent: 0 } }
  }
  const short = (outputs: ReadonlyArray<LearnerOutput>) => (faults.dropsAnswer ? outputs.slice(1) : outputs)
  return {
    train: (batch) =>
      Effect.gen(function* () {
        if (faults.batch !== undefined) measures.push({ step: ++steps, values: { loss: 1 / steps, samples: batch.length } })
        const outputs: Array<LearnerOutput> = []
        for (const { sample, target } of batch) {
          faults.seen?.("train", sample.sample_id, valuesOf(sample))
          if (frozen) return yield* trainerError("failed", { code: "toy/FROZEN", message: "a frozen learner was asked to learn" })
          if (sample.sample_id === faults.failsAt)
            return yield* trainerError("failed", { code: "toy/FAILS", message: "the learner failed", sample_id: sample.sample_id })
          const output = answer(sample)
          if ("class" in target) learn(sample, target.class.class_id)
          outputs.push(faults.rewards === "none" ? output : rewarded(output, target))
        }
        return short(outputs)
      }),
    predict: (batch) =>
      Effect.sync(() =>
        short(
          batch.map((sample) => {
            faults.seen?.("measure", sample.sample_id, valuesOf(sample))
            const output = answer(sample)
            if (faults.learnsInPredict) learn(sample, 0)
            if (faults.rewards === "leak") pained += 1
            return faults.rewards === "judge" ? { ...output, reward: { raw: 1, shaped: 1 } } : output
          })
        )
      ),
    ...(faults.batch === undefined
      ? {}
      : {
          batch_size: faults.batch,
          measures: Effect.sync(() => {
            const told = measures
            measures = []
            return told
          })
        }),
    ...(faults.own === undefined
      ? {}
      : {
          own_training: {
            advance: (count: number) =>
              Effect.sync(() =>
                Array.from({ length: count }, (): LearnerOutput => {
                  state.tick += 1
                  state.sums[state.tick % 3] = (state.sums[state.tick % 3] ?? 0) + state.tick
                  state.counts[state.tick % 3] = (state.counts[state.tick % 3] ?? 0) + 1
                  return { answer: { scalar: state.tick }, tick: state.tick }
                })
              )
          }
        }),
    freeze: Effect.sync(() => {
      if (faults.leaksOnFreeze && !frozen) state.counts[0] = (state.counts[0] ?? 0) + 1
      frozen = true
    }),
    ...(faults.rewards === "none"
      ? {}
      : {
          delivered: Effect.sync(() => ({
            affect: {
              ...(pleased === 0 ? {} : { pleasure: { count: pleased, magnitude: pleased / 2 } }),
              ...(pained === 0 ? {} : { pain: { count: pained, magnitude: pained } })
            },
            teach: taught,
            represent: 0
          }))
        }),
    checkpoint: Effect.sync(() => canonicalBytes({ ...state, frozen, steps })),
    restore: (bytes) =>
      Effect.sync(() => {
        const {
          frozen: was,
          steps: done,
          ...learnt
        } = fromCanonical(new TextDecoder().decode(bytes)) as unknown as Learnt & {
          readonly frozen: boolean
          readonly steps: number
        }
        steps = done
        state = { ...learnt, tick: faults.forgetsOnRestore ? 0 : learnt.tick }
        frozen = was
      }),
    continuation: faults.inexact ? "not-identical" : "identical",
    activity: Effect.sync(() => ({ bursts: state.tick, spikes: state.tick * 3, synaptic_events: state.tick * 30, neurons: 12 })),
    learnedHash: Effect.sync(() => hashOf({ initial: faults.initial ?? "", sums: state.sums, counts: state.counts })),
    fullHash: Effect.sync(() => hashOf({ ...state, frozen })),
    fingerprint: { preconditions: faults.preconditions }
  }
}

const side = (coder_id: string) => ({ io_type: coder_id, coder_id, cortical_area_id: "none", properties: {} })

/** What upstream's RunSpec asks of a learner. */
const toyWire = {
  binding: { encoder: side("in"), decoder: side("out") },
  reward_policy: { plugin: { id: "toys#told", version: "1.0.0" }, config: {} },
  execution_mode: "embedded",
  backend: "cpu",
  present: { hold_bursts: 1, read_burst: 1, settle_bursts: 0 }
}

/** The family `toy`: `[learner] kind = "toy"`, with any further keys as treatment. */
const toyFamily = (faults: Faults, kind = "toy"): LearnerFamily => ({
  kind,
  plan: (request) =>
    Effect.gen(function* () {
      if (typeof request.section.wrong === "string")
        return {
          ok: false,
          diagnostics: [{ code: "toy/WRONG", severity: "error", field: "learner.wrong", message: "the learner does not like this" }]
        }
      return {
        ok: true,
        pins: {
          kind,
          resolved: { section: request.section },
          ...(faults.own === undefined ? {} : { own_steps: faults.own }),
          treatment: { learner: "toy", ...((request.section.treatment ?? {}) as object) },
          wire: { ...toyWire, preconditions: faults.preconditions },
          initial_hash: yield* makeSession(faults).learnedHash
        }
      }
    }),
  open: ({ controls, training }) =>
    Effect.gen(function* () {
      if (faults.own !== undefined && training !== undefined) faults.read = yield* Stream.runCount(training)
      return makeSession(faults, controls.silent_reward)
    })
})

const entry = (kind: string, id: string, exported: string, provides: Readonly<Record<string, unknown>> = {}) => ({
  kind: kind as "adapter",
  id,
  spec: 1 as const,
  title: id,
  options_schema: {},
  provides,
  requires: {},
  deterministic: true,
  capabilities: { fs: false, net: false, child_process: false },
  export: exported
})

const pluginOf = (world: World): PluginPackage => ({
  name: "toys",
  version: "1.0.0",
  source: "installed",
  files_sha256: world.filesSha256,
  manifest: {
    schema_version: 1,
    entries: [
      entry("adapter", "memory", "memory"),
      entry("sampler", "in-order", "inOrder"),
      entry("sampler", "shuffled", "shuffled"),
      entry("sampler", "lossy", "lossy"),
      entry("sampler", "thrower", "thrower"),
      entry("sampler", "first-ten", "firstTen"),
      entry("transform", "centre", "centre"),
      { ...entry("transform", "noise", "noise"), deterministic: !world.faults.carelessNoise },
      entry("metric-pack", "hits", "hits"),
      entry("metric-pack", "masks", "masks"),
      entry("metric-pack", "picky", "picky"),
      entry("metric-pack", "declared", "declared"),
      entry("learner", "pluggable", "pluggable"),
      entry("protocol", "holdout", "holdout"),
      entry("protocol", "segmentation", "segmentation")
    ]
  },
  load: Effect.succeed({
    memory: memoryAdapter(world),
    inOrder,
    shuffled,
    lossy,
    thrower,
    firstTen,
    centre,
    noise,
    hits,
    masks,
    picky,
    declared,
    pluggable: Learner.define({ ...toyFamily(world.faults, "plugged"), id: "pluggable", family: "plugged" }),
    holdout: protocolOf("holdout", "class"),
    segmentation: protocolOf("segmentation", "segmentation_mask")
  })
})

export interface World {
  readonly memory: Memory
  readonly faults: Faults
  filesSha256: string
  readonly families: () => ReadonlyArray<LearnerFamily>
  readonly run: <A, E>(effect: Effect.Effect<A, E, never>) => Promise<A>
}

/** A world with a dataset `shapes@1` of `count` samples. */
export const makeWorld = (count = 60): World => {
  const stored = memory()
  const blobs = blobsOf(count)
  for (const bytes of blobs) stored.blobs.set(sha256Hex(bytes), bytes)
  const scan = blobs.at(-1) ?? new Uint8Array(0)
  const dataset: StoredDataset = {
    name: "shapes",
    version: 1,
    dataset_asset_id: `ds-${scanOf(count).content_hash.slice(0, 12)}`,
    dataset_version_id: "shapes@1",
    content_hash: scanOf(count).content_hash,
    schema_fingerprint: scanOf(count).schema_fingerprint,
    modality: "tabular",
    output_type: "class",
    adapter: { id: "toys#memory", version: "1.0.0" },
    adapter_options: `{"count":${count}}`,
    sample_count: count,
    scan_sha256: sha256Hex(scan),
    location: { root: "/nowhere", path: "shapes" }
  }
  stored.datasets.push(dataset)
  const faults = { ...noFaults }
  return {
    memory: stored,
    faults,
    filesSha256: "f".repeat(64),
    families: () => [toyFamily(faults)],
    run: (effect) => Effect.runPromise(effect)
  }
}

/** Everything that the core asks for, from this world. The catalogue is made anew each time, as a new process would. */
export const services = (world: World) =>
  Layer.merge(world.memory.layer, Layer.effect(Catalogue, Effect.orDie(makeCatalogue([pluginOf(world)]))))

export const runFile = (change: Partial<Record<keyof RunFile, unknown>> = {}): RunFile =>
  ({
    schema_version: 1,
    name: "toy",
    protocol: "holdout@1",
    dataset: "shapes@1",
    seeds: [1],
    checkpoint_every: 7,
    split: { method: "stratified", seed: "per-run", fractions: { train: 0.6, val: 0.2, test: 0.2 } },
    transforms: [],
    sampler: { plugin: "shuffled", options: {} },
    training: { epochs: 2 },
    learner: { kind: "toy" },
    metrics: { plugin: "hits", options: {} },
    controls: { silent_reward: false, shuffled_labels: false },
    ...change
  }) as RunFile

export const planned = (world: World, file: RunFile = runFile(), seed = 1n) =>
  Effect.scoped(plan({ file, seed, families: world.families() })).pipe(Effect.provide(services(world)))

export const create = (world: World, file: RunFile = runFile(), seed = 1n) =>
  Effect.flatMap(planned(world, file, seed), (made) => createRun(made, "g-test")).pipe(Effect.provide(services(world)))

export const goOn = (world: World, row: RunRow, asked: Effect.Effect<RunRequest | undefined> = Effect.succeed(undefined)) =>
  carryOn(row, { families: world.families(), asked }).pipe(Effect.provide(services(world)))

/** Runs until the n-th commit, where the process "dies" before it is stored. Gives whether it died. */
export const dieAt = async (world: World, row: RunRow, n: number): Promise<boolean> => {
  let commits = 0
  world.memory.beforeCommit = () => {
    commits += 1
    if (commits === n) throw new Error("power cut")
  }
  try {
    await world.run(goOn(world, row))
    return false
  } catch {
    return true
  } finally {
    world.memory.beforeCommit = () => undefined
  }
}

/** Asks once, at the first look at which so many samples of the run are committed. */
export const askBehind = (world: World, committed: number, request: RunRequest): Effect.Effect<RunRequest | undefined> => {
  let asked = false
  return Effect.sync(() => {
    if (asked || (world.memory.runs.at(-1)?.predictions.length ?? 0) < committed) return undefined
    asked = true
    return request
  })
}

/** Plans and runs to the end. */
export const runToEnd = (world: World, file: RunFile = runFile(), seed = 1n) =>
  Effect.flatMap(create(world, file, seed), (row) => goOn(world, row))

export const view = (world: World, row: RunRow) => viewRun(row).pipe(Effect.provide(services(world)))

/** What a test holds against another run: every hash that a person is shown. */
export const hashesOf = (seen: RunView) =>
  seen.state.phases.map(({ phase, samples, learned_hash, predictions_sha256, scorecard_body_sha256 }) => ({
    phase,
    samples,
    learned_hash,
    predictions_sha256,
    scorecard_body_sha256
  }))

export const recordingOf = (world: World, row: RunRow) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const seen = yield* viewRun(row)
    const events = yield* journal.events(row.run_id)
    return {
      run_id: row.run_id,
      document: yield* documentOf(row),
      phases: seen.state.phases,
      predictions: yield* journal.predictions(row.run_id),
      rewards: knowsRewards(events) ? yield* journal.rewards(row.run_id) : undefined,
      continued_not_identical: seen.state.continued.length > 0,
      brain_mutated: seen.state.brain_mutated,
      steps: events.flatMap((event) => {
        if (event.type !== "step") return []
        const { phase, cursor, full_hash, measures } = event.payload as unknown as EventPayloads["step"]
        const told = measures === undefined ? {} : { measures }
        return [{ phase, epoch: cursor.epoch, next: cursor.next, full_hash, ...told }]
      })
    } satisfies Recording
  }).pipe(Effect.provide(services(world)))

export const replay = (world: World, recording: Recording) => replayRun(recording, world.families()).pipe(Effect.provide(services(world)))

/** A comparison of stored runs, the first of them the baseline. */
export const compared = (world: World, rows: ReadonlyArray<RunRow>, options: CompareRunsOptions) =>
  Effect.flatMap(Effect.forEach(rows, storedRun), (runs) => compareRuns(runs, options)).pipe(Effect.provide(services(world)))
