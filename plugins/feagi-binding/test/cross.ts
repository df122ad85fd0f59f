/**
 * A world in which any adapter's output meets any encoder, decoder and metric pack: the trainer's own planning, running and scoring, the
 * real engine, and in memory what a machine would have on its disk. Brains have every input before every output.
 */
import {
  Adapter,
  type AdapterSession,
  type Answer,
  type AnyEntry,
  type ClassLabel,
  type CoderSelection,
  type DatasetScan,
  decodeStrict,
  type EntryManifest,
  type IndexEntry,
  type IRSample,
  imageFrame,
  isAbstain,
  MetricPack,
  type MetricValue,
  type Modality,
  type OutputType,
  optionsFrom,
  PluginManifest,
  type Protocol,
  RewardPolicy,
  Sampler,
  type SampleShape,
  TaskTemplate,
  type TypedTarget,
  trainerError
} from "@feagi-trainer/contracts"
import { Effect, Layer, Result, Schema, Stream } from "effect"
import { brainFamily } from "../../../packages/brain/src/index.ts"
import {
  Catalogue,
  carryOn,
  createRun,
  hashRegistry,
  makeCatalogue,
  type PluginPackage,
  plan,
  type RegisteredScan,
  type RunFile,
  readAnswer
} from "../../../packages/core/src/index.ts"
import { memory } from "../../../packages/core/test/support/memory.ts"
import { canonical, canonicalBytes, hashOf, sha256Hex } from "../../../packages/determinism/src/index.ts"
import * as rewardSupervised from "../../reward-supervised/src/index.ts"
import { genomeText } from "../src/Genome.ts"
import * as binding from "../src/index.ts"
import { areasOf } from "../src/Selection.ts"

export type Written = { readonly plugin: string; readonly options: Readonly<Record<string, unknown>> }

export const labels: ReadonlyArray<ClassLabel> = ["ant", "bee", "cat"].map((label, class_id) => ({ class_id, label }))

/** A dataset as an adapter gives it: `values` are the numbers of sample k, or its text. */
export interface CrossData {
  readonly name: string
  readonly modality: Modality
  readonly shape: SampleShape
  readonly output_type: OutputType
  readonly payload: (k: number) => IRSample["payload"]
  /** Every voxel of an input to the one at its place in an output, with a current of 1; left out: all to all, each with little. */
  readonly morphology?: "block_to_block"
  /** Left out: one of the output type. */
  readonly target?: (k: number) => TypedTarget
}

/** Four to learn from and two to be judged on. */
const SAMPLES = 6
const partOf = (k: number): "train" | "test" => (k < 4 ? "train" : "test")

const half = Math.SQRT1_2
const targets: Readonly<Record<string, (k: number) => TypedTarget>> = {
  class: (k) => ({ class: { class_id: k % 3, label: labels[k % 3]?.label ?? null } }),
  class_set: (k) => ({ class_set: k % 2 === 0 ? [0, 2] : [1] }),
  scalar: (k) => ({ scalar: k / 5 }),
  vector: (k) => ({ vector: [k % 3, k / 5] }),
  segmentation_mask: (k) => ({
    segmentation_mask: { width: 4, height: 3, labels: Array.from({ length: 12 }, (_, i) => (i + k) % 3), ignore_label: 255 }
  }),
  pose6_dof: (k) => ({ pose6_dof: { position: [0, k / 5, -k / 5], orientation: { w: half, x: half, y: 0, z: 0 } } }),
  keypoints: () => ({
    keypoints: [
      { x: 1, y: 1, visibility: 2 },
      { x: 2, y: 2, visibility: 2 }
    ]
  }),
  bbox_set: () => ({ bbox_set: [{ class_id: 0, x: 0, y: 0, width: 2, height: 2 }] })
}
const targetOf = ({ output_type, target: own }: CrossData, k: number): TypedTarget => {
  if (own !== undefined) return own(k)
  if (typeof output_type !== "string")
    return {
      custom: { type: output_type.custom, value: { kind: targets.class?.(k), amount: targets.scalar?.(k) } as never }
    }
  const target = targets[output_type]
  if (target === undefined) throw new Error(`no targets for ${output_type}`)
  return target(k)
}

const sampleOf = (data: CrossData, k: number, dataset_version_id: string): IRSample => {
  const { shape, modality, output_type } = data
  return {
    schema_version: 1,
    sample_id: `s-${k}`,
    dataset_version_id,
    split: partOf(k),
    modality,
    payload: data.payload(k),
    target: targetOf(data, k),
    output_type,
    coordinate_frame:
      shape.kind === "image" ? imageFrame({ width: shape.width[0], height: shape.height[0], channels: shape.channels[0] }) : null,
    timestamp: null,
    metadata: {}
  }
}

const nothing = optionsFrom(Schema.Struct({ note: Schema.optionalKey(Schema.String) }))

const adapterOf = (all: ReadonlyMap<string, CrossData>): AnyEntry =>
  Adapter.define<{ readonly name: string }>({
    id: "memory",
    decodeOptions: optionsFrom(Schema.Struct({ name: Schema.String })),
    discover: () => Effect.succeed([]),
    validate: () => Effect.die("not needed here"),
    open: (_, { name }, scan, dataset_version_id) => {
      const data = all.get(name)
      if (data === undefined) return Effect.fail(trainerError("missing", { code: "cross/NONE", message: name }))
      return Effect.succeed<AdapterSession>({
        stream: (order, from) =>
          Stream.fromIterable(
            order.slice(from).map((position) => ({ position, sample_id: scan.index[position]?.sample_id ?? "", data: position }))
          ),
        mapToIr: ({ data: k }) => sampleOf(data, k as number, dataset_version_id)
      })
    }
  })

const inOrder = Sampler.define<object>({
  id: "in-order",
  decodeOptions: nothing,
  plan: (_, { index }) => ({ order: index.map(({ position }) => position), draws: "permutation" })
})

/** Teaches every target as it is with pleasure, or nothing at all. */
const tutor = RewardPolicy.define<{ readonly teach: boolean }, null>({
  id: "tutor",
  decodeOptions: optionsFrom(Schema.Struct({ teach: Schema.Boolean })),
  experience: ["sample"],
  state: Schema.Null,
  channels: ({ teach }) => (teach ? [{ channel: "pleasure", least: 100, limit: 100, path: ["teach"] }] : []),
  teaches: ({ teach }) => teach,
  start: () => null,
  respond: ({ teach }, state, outcome) => ({
    state,
    feedback:
      teach && outcome.kind === "sample"
        ? [
            { offset: 0, affect: { channel: "pleasure", magnitude: 100 } },
            { offset: 1, represent: true },
            { offset: 1, teach: { value: outcome.target } }
          ]
        : [],
    reward: { raw: 0, shaped: 0 }
  })
})

interface Tally {
  readonly answered: number
  readonly abstained: number
}
const typeName = (type: OutputType): string => (typeof type === "string" ? type : type.custom)

/** A pack for every output type: counts answers, and throws for one of another type than was asked for. */
const tallyOf = (types: ReadonlyArray<OutputType>) =>
  MetricPack.define<object, Tally>({
    id: "tally",
    output_types: types.map(typeName),
    decodeOptions: nothing,
    state: Schema.Struct({ answered: Schema.Int, abstained: Schema.Int }),
    signature: () => "tally:1",
    directions: { answered: "higher-is-better" },
    start: (_, { output_type }) => ({
      empty: { answered: 0, abstained: 0 },
      add: ({ answered, abstained }, { prediction, sample_id }) => {
        if (isAbstain(prediction)) return { answered, abstained: abstained + 1 }
        if (!((typeof output_type === "string" ? output_type : "custom") in prediction))
          throw new RangeError(`sample ${sample_id} is answered with ${Object.keys(prediction).join(", ")}`)
        return { answered: answered + 1, abstained }
      },
      merge: (a, b) => ({ answered: a.answered + b.answered, abstained: a.abstained + b.abstained }),
      result: ({ answered }) => ({ values: { answered }, figures: [] })
    })
  })

const protocolOf = (type: OutputType, index: number, primary_metric: string): Protocol => ({
  kind: "protocol",
  spec: 1,
  id: `any-${index}`,
  version: 1,
  output_type: typeName(type),
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  primary_metric,
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0
})

const selected = (kind: "encoder" | "decoder", { plugin, options }: Written, data: CrossData): ReadonlyArray<CoderSelection> => {
  for (const each of Object.values(binding)) {
    if (each.kind !== kind || each.id !== plugin) continue
    const decoded = (each as { decodeOptions: (input: unknown) => { ok: boolean; value?: unknown } }).decodeOptions(options)
    const context = { shape: data.shape, fitted: { ranges: null }, output_type: data.output_type, classes: labels }
    const made = decoded.ok ? (each.select as (options: unknown, context: unknown) => unknown)(decoded.value, context) : undefined
    const { ok, value } = (made ?? { ok: false }) as { ok: boolean; value?: ReadonlyArray<CoderSelection> }
    return ok ? (value ?? []) : []
  }
  throw new Error(`no ${kind} ${plugin}`)
}

/** The last genome, asked for by the run file and by its plan. */
let made: { readonly encoder: Written; readonly decoder: Written; readonly data: CrossData; readonly text: string } | undefined

/** Where nothing is selected, the plan is to say so: then any genome will do. */
const crossGenome = (encoder: Written, decoder: Written, data: CrossData): string => {
  const same = made?.encoder === encoder && made.decoder === decoder && made.data === data
  if (made === undefined || !same) made = { encoder, decoder, data, text: newGenome(encoder, decoder, data) }
  return made.text
}

const newGenome = (encoder: Written, decoder: Written, data: CrossData): string => {
  const inputs = selected("encoder", encoder, data).flatMap(areasOf)
  const outputs = inputs.length === 0 ? [] : selected("decoder", decoder, data).flatMap(areasOf)
  const fits = inputs.length > 0 && outputs.length > 0
  const learns = {
    morphology_id: data.morphology ?? "all_to_all",
    morphology_scalar: [1, 1, 1],
    postSynapticCurrent_multiplier: 1,
    plasticity_flag: true,
    plasticity_mode: "stdp",
    plasticity_window: 1,
    plasticity_constant: 1,
    ltp_multiplier: 1,
    ltd_multiplier: 0,
    plasticity_eta: 1,
    max_weight: 4,
    modulators: ["pleasure", "pain"]
  }
  return genomeText({
    id: "cross",
    title: "Everything to everything",
    description: "Every input has a synapse to every output",
    areas: [
      ...(fits ? inputs : []).map(({ id, size }) => ({
        id,
        name: id,
        group: "IPU" as const,
        size,
        mappings: Object.fromEntries(outputs.map((output) => [output.id, [learns]])),
        cortex: {},
        neurons: { "fire_t-f": 1e-6, "pstcr_-f": data.morphology === undefined ? 0.02 : 1 }
      })),
      ...outputs.map(({ id, size }) => ({
        id,
        name: id,
        group: "OPU" as const,
        size,
        mappings: {},
        cortex: {},
        neurons: { "fire_t-f": 1e-6 }
      }))
    ],
    modulators: fits
      ? [
          { name: "pleasure", magnitude_percent: 100, follows: null },
          { name: "pain", magnitude_percent: -100, follows: null }
        ]
      : [],
    morphologies: {}
  })
}

const templateOf = (all: ReadonlyMap<string, CrossData>): TaskTemplate<object> => {
  const Side = Schema.Struct({ plugin: Schema.String, options: Schema.Record(Schema.String, Schema.Unknown) })
  return TaskTemplate.define<{ readonly encoder: Written; readonly decoder: Written }>({
    id: "cross",
    version: 1,
    decodeOptions: optionsFrom(Schema.Struct({ encoder: Side, decoder: Side })),
    defaults: () => ({ ok: false, mistakes: [] }),
    genome: ({ encoder, decoder }, { dataset }) => {
      const data = all.get(dataset.split("@")[0] ?? "")
      return data === undefined ? { ok: false, mistakes: [] } : { ok: true, value: crossGenome(encoder, decoder, data) }
    },
    runFile: () => ""
  }) as TaskTemplate<object>
}

const entry = (kind: EntryManifest["kind"], id: string, exported: string): EntryManifest => ({
  kind,
  id,
  spec: 1,
  title: id,
  options_schema: {},
  provides: {},
  requires: {},
  deterministic: true,
  capabilities: { fs: false, net: false, child_process: false },
  export: exported
})

/** A plugin of this repository: its manifest, and what its source exports. */
export interface CrossPlugin {
  readonly name: string
  readonly manifest: unknown
  readonly module: Readonly<Record<string, unknown>>
}

const shipped = ({ name, manifest, module }: CrossPlugin): PluginPackage => {
  const decoded = decodeStrict(PluginManifest, manifest)
  if (!decoded.ok) throw new Error(`${name} has no manifest`)
  return { name, version: "1.0.0", source: "link", files_sha256: "f".repeat(64), manifest: decoded.value, load: Effect.succeed(module) }
}

const exportsOf = (plugins: ReadonlyArray<CrossPlugin>, kind: "metric-pack" | "protocol") =>
  plugins.flatMap((plugin) =>
    Object.values(plugin.module)
      .filter((each) => (each as { readonly kind?: unknown }).kind === kind)
      .map((each) => ({ plugin, entry: each as never }))
  )

export interface Combination {
  readonly data: string
  readonly encoder: Written
  readonly decoder: Written
  /** A metric pack; `tally` is the one of this world. */
  readonly pack: Written
  /** Whether the answers can be taught: FEAGI has no encoder for some. */
  readonly teach: boolean
  /** Of the affects of a policy for classes; left out: that of the brain's modulators, which have one strength. */
  readonly magnitude?: number
}

export type Outcome =
  | {
      readonly kind: "ran"
      readonly answered: number
      readonly tested: ReadonlyArray<Answer>
      /** Metric name → value of the test phase. */
      readonly metrics: Readonly<Record<string, MetricValue>>
      readonly primary: string
    }
  | { readonly kind: "refused"; readonly reasons: ReadonlyArray<string> }
  | { readonly kind: "failed"; readonly why: string }

export interface CrossPlugins {
  /** Manifests. */
  readonly binding: unknown
  readonly reward: unknown
  readonly packs: ReadonlyArray<CrossPlugin>
}

export const crossWorld = (plugins: CrossPlugins, datasets: ReadonlyArray<CrossData>) => {
  const all = new Map(datasets.map((data) => [data.name, data]))
  const types = [...new Map(datasets.map(({ output_type }) => [typeName(output_type), output_type])).values()]
  const packs = exportsOf(plugins.packs, "metric-pack").map(({ plugin, entry }) => ({ plugin, pack: entry as MetricPack }))
  const protocols = new Map(
    types.map((type, index) => {
      const scoring = packs.find(({ pack }) => pack.output_types.includes(typeName(type)))
      return [typeName(type), protocolOf(type, index, Object.keys(scoring?.pack.directions ?? {})[0] ?? "answered")]
    })
  )
  /** What the plugin of the pack ships for such data; else one of this world. */
  const protocolFor = (type: OutputType, pack: string): Protocol => {
    const from = packs.find((each) => each.pack.id === pack)?.plugin
    const given = exportsOf(from === undefined ? [] : [from], "protocol").map(({ entry }): Protocol => entry)
    const found = given.find((each) => each.output_type === typeName(type) && each.phases.length === 2) ?? protocols.get(typeName(type))
    if (found === undefined) throw new Error(`no protocol for ${typeName(type)}`)
    return found
  }
  const exported = Object.fromEntries([...protocols.values()].map((protocol) => [protocol.id.replace("-", ""), protocol]))
  const own: PluginPackage = {
    name: "cross",
    version: "1.0.0",
    source: "link",
    files_sha256: "f".repeat(64),
    manifest: {
      schema_version: 1,
      entries: [
        entry("adapter", "memory", "memory"),
        entry("sampler", "in-order", "inOrder"),
        entry("reward", "tutor", "tutor"),
        entry("metric-pack", "tally", "tally"),
        entry("task-template", "cross", "template"),
        ...[...protocols.values()].map(({ id }) => entry("protocol", id, id.replace("-", "")))
      ]
    },
    load: Effect.succeed({
      memory: adapterOf(all),
      inOrder,
      tutor,
      tally: tallyOf(types),
      template: templateOf(all),
      ...exported
    })
  }
  const stored = memory()
  const put = (bytes: Uint8Array): string => {
    const sha256 = sha256Hex(bytes)
    stored.blobs.set(sha256, bytes)
    return sha256
  }
  for (const data of datasets) {
    const index = Array.from({ length: SAMPLES }, (_, k): IndexEntry => {
      const { class_id, ...rest } = { class_id: k % 3, sample_id: `s-${k}`, content_hash: hashOf([data.name, k]), given_split: partOf(k) }
      return data.output_type === "class" ? { ...rest, class_id } : rest
    })
    const content_hash = hashOf(index)
    const scan: DatasetScan = {
      content_hash,
      schema_fingerprint: hashOf(data.name),
      modality: data.modality,
      output_type: data.output_type,
      shape: data.shape,
      classes: [...labels],
      files: []
    }
    const registered: RegisteredScan = {
      ...scan,
      source_classes: [...labels],
      source_fingerprint: scan.schema_fingerprint,
      label_map: null,
      given_leakage: null,
      summary: {
        sample_count: SAMPLES,
        class_counts: labels.map(({ class_id }) => index.filter((each) => each.class_id === class_id).length),
        part_counts: { train: 4, test: 2 },
        group_count: 0,
        grouped_count: 0,
        time_count: 0,
        values: []
      },
      index_sha256: put(new TextEncoder().encode(index.map((each) => `${canonical(each)}\n`).join(""))),
      duplicates_sha256: put(canonicalBytes({ schema_version: 1, decoded: [], near: [], near_checked: "none", near_truncated: false })),
      hashes_sha256: put(canonicalBytes(hashRegistry([])))
    }
    stored.datasets.push({
      name: data.name,
      version: 1,
      dataset_asset_id: `ds-${content_hash.slice(0, 12)}`,
      dataset_version_id: `${data.name}@1`,
      content_hash,
      schema_fingerprint: scan.schema_fingerprint,
      modality: data.modality,
      output_type: typeof data.output_type === "string" ? data.output_type : canonical(data.output_type),
      adapter: { id: "cross#memory", version: "1.0.0" },
      adapter_options: canonical({ name: data.name }),
      sample_count: SAMPLES,
      scan_sha256: put(canonicalBytes(registered)),
      location: { root: "/nowhere", path: data.name }
    })
  }
  const catalogue = Effect.runSync(
    makeCatalogue([
      shipped({ name: "binding", manifest: plugins.binding, module: binding }),
      shipped({ name: "reward", manifest: plugins.reward, module: rewardSupervised }),
      ...plugins.packs.map(shipped),
      own
    ])
  )
  const services = Layer.merge(stored.layer, Layer.succeed(Catalogue, catalogue))
  const families = [brainFamily]

  const fileOf = ({ data, encoder, decoder, pack, teach, magnitude = 100 }: Combination): RunFile => {
    const affect = (channel: string) => ({ channel, magnitude })
    const known = all.get(data)
    if (known === undefined) throw new Error(`no data ${data}`)
    const real = known.output_type === "class"
    const protocol = protocolFor(known.output_type, pack.plugin)
    return {
      schema_version: 1,
      name: "cross",
      protocol: `${protocol.id}@${protocol.version}`,
      dataset: `${data}@1`,
      seeds: [1],
      checkpoint_every: 3,
      split: { method: "given", seed: 1 },
      transforms: [],
      sampler: { plugin: "in-order", options: {} },
      training: { epochs: 1 },
      learner: {
        kind: "brain",
        backend: { plugin: "embedded", options: { max_voxels: 100_000, max_synapses: 100_000, validation: "strict" } },
        binding: { encoder, decoder },
        reward: real
          ? {
              plugin: "supervised",
              options: {
                reinforce: affect("pleasure"),
                suppress: affect("pain"),
                margin: 0.1,
                teach: true,
                timing: { reinforce: 0, reinforce_present: 1, suppress: 2, suppress_present: 3 }
              }
            }
          : { plugin: "tutor", options: { teach } },
        schedule: { hold_bursts: 1, read_burst: 2, settle_bursts: 1 }
      },
      brain: {
        genome_sha256: sha256Hex(crossGenome(encoder, decoder, known)),
        generate: { template: "cross", version: 1, encoder, decoder }
      },
      metrics: pack,
      controls: { silent_reward: false, shuffled_labels: false }
    } as RunFile
  }

  /** Plans, and where the plan holds, learns, measures and scores. */
  return (combination: Combination): Promise<Outcome> =>
    Effect.gen(function* () {
      const planned = yield* Effect.scoped(plan({ file: fileOf(combination), seed: 1n, families })).pipe(Effect.result)
      if (Result.isFailure(planned)) {
        const reasons = planned.failure.diagnostics.map(({ code, field, message }) => `${code} ${field ?? "?"}: ${message}`)
        return { kind: "refused", reasons } as Outcome
      }
      const row = yield* createRun(planned.success, "cross")
      const run = yield* carryOn(row, { families, asked: Effect.succeed(undefined) }).pipe(Effect.result)
      if (Result.isFailure(run)) return { kind: "failed", why: run.failure.diagnostics.map(({ message }) => message).join("; ") } as Outcome
      const { status, phases } = run.success.state
      if (status !== "completed" || phases.length !== 2 || phases[1]?.scorecard_id === undefined)
        return { kind: "failed", why: `${status} after ${phases.length} phases` } as Outcome
      const made = stored.runs.find((each) => each.row.run_id === row.run_id)
      const answers = made?.predictions.map(({ line }) => readAnswer(line)) ?? []
      const answered = answers.filter(({ prediction }) => !isAbstain(prediction)).length
      const tested = answers.flatMap(({ phase, prediction }) => (phase === "test" ? [prediction] : []))
      const primary = planned.success.document.protocol.primary_metric
      return { kind: "ran", answered, tested, metrics: phases[1].metrics ?? {}, primary } as Outcome
    }).pipe(
      Effect.catchDefect((defect) => Effect.succeed<Outcome>({ kind: "failed", why: `defect: ${String(defect)}` })),
      Effect.provide(services),
      Effect.runPromise
    )
}
