/**
 * A brain of paper: an encoder, a decoder, a reward policy and a backend that write down everything that they are asked, so that a
 * test can say in which order a learner asks and what it passes on.
 */
import {
  type BrainBackend,
  type BrainFeedback,
  type BrainOpen,
  type BrainSession,
  Decoder,
  Encoder,
  type EntryKind,
  type EntryLookup,
  type Feedback,
  type IRSample,
  type LearnerSample,
  type LoadedEntry,
  optionsFrom,
  type Reason,
  RewardPolicy,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, hashOf } from "@feagi-trainer/determinism"
import { Effect, Schema } from "effect"

export const classes = [
  { class_id: 0, label: "no" },
  { class_id: 1, label: "yes" }
]
export const shape = { kind: "tabular", features: [{ name: "x", min: 0, max: 1 }] } as const

export const sampleOf = (sample_id: string, x: number): IRSample => ({
  schema_version: 1,
  sample_id,
  dataset_version_id: "d@1",
  modality: "tabular",
  payload: { tabular: [x] },
  output_type: "class",
  target: { class: { class_id: x > 0.5 ? 1 : 0, label: null } },
  split: "train",
  timestamp: null,
  coordinate_frame: null,
  metadata: {}
})
export const lesson = (sample_id: string, x: number): LearnerSample => ({
  sample: sampleOf(sample_id, x),
  target: { class: { class_id: x > 0.5 ? 1 : 0, label: null } }
})

export interface Paper {
  /** Everything that backend and policy were asked, in order. */
  readonly asked: Array<unknown>
  /** What the reward policy answers with. */
  feedback: ReadonlyArray<Feedback>
  /** The learner's brain changes when it is asked to predict, frozen or not. */
  leaky: boolean
  /** The reading of every sample is silent. */
  silent: boolean
  affect: ReadonlyArray<string>
  /** Whether the brain's affects have any strength up to 1, or this one alone. */
  graded: boolean
  /** What the policy says of itself. */
  magnitudes: { readonly least: number; readonly limit: number }
  teaches: boolean
}

export const paper = (): Paper => ({
  asked: [],
  feedback: [],
  leaky: false,
  silent: false,
  affect: ["pleasure", "pain"],
  graded: true,
  magnitudes: { least: 0, limit: 1 },
  teaches: true
})

const binding = (area: string) => ({ io_type: "Percentage", coder_id: "percentage", cortical_area_id: area, properties: {} }) as never

export const encoder = Encoder.define<{ readonly area: string }, object>({
  id: "one-number",
  decodeOptions: optionsFrom(Schema.Struct({ area: Schema.String })),
  fit: () => ({ ok: true, value: { add: () => {}, result: () => ({ ok: true, value: { low: 0, high: 1 } }) } }),
  select: (options) => ({
    ok: true,
    value: [{ direction: "input", binding: binding(options.area), channels: 1, channel_dimensions: [1, 1, 5] }]
  }),
  identity: () => ({ scheme: "population_single_spike", version: "1", bins: 5, spacing: "linear" }),
  values: (_, __, sample) => {
    const x = "tabular" in sample.payload ? sample.payload.tabular[0] : undefined
    return x === undefined || x < 0
      ? {
          ok: false,
          mistakes: [{ path: ["x"], problem: "invalid", message: "is below the range", expected: "0 or more", actual: String(x) }]
        }
      : { ok: true, value: [x] }
  }
})

export const decoder = Decoder.define<{ readonly area: string }>({
  id: "one-class",
  decodeOptions: optionsFrom(Schema.Struct({ area: Schema.String })),
  select: (options) => ({
    ok: true,
    value: [{ direction: "output", binding: binding(options.area), channels: 1, channel_dimensions: [2, 1, 1] }]
  }),
  read: (_, __, [reading]) =>
    reading === undefined || reading.silent
      ? { answer: { abstain: { reason: "silence" } } }
      : { answer: { class: { class_id: Number(reading.value) > 0.5 ? 1 : 0, scores: [] } }, scores: [0.25, 0.75] },
  frames: ({ area }) => (area === "eye" ? [{ frame_id: "image-pixels", width: 4, height: 3 }] : []),
  cannotTeach: ({ area }) => (area === "mute" ? [{ path: ["area"], problem: "invalid", message: "nothing is written to mute" }] : []),
  write: (_, __, target) =>
    "class" in target
      ? { ok: true, value: [target.class.class_id === 1 ? 0.875 : 0.125] }
      : { ok: false, mistakes: [{ path: [], problem: "invalid", message: "is no class" }] }
})

/** Its state counts the answers, and its feedback is what the paper says. */
export const rewardOf = (sheet: Paper) =>
  RewardPolicy.define<{ readonly channel: string }, { readonly asked: number; readonly seen: ReadonlyArray<unknown> }>({
    id: "counting",
    decodeOptions: optionsFrom(Schema.Struct({ channel: Schema.String })),
    state: Schema.Struct({ asked: Schema.Int, seen: Schema.Array(Schema.Unknown) }),
    experience: ["sample"],
    channels: ({ channel }) => [{ channel, ...sheet.magnitudes, path: ["channel"] }],
    teaches: () => sheet.teaches,
    start: () => ({ asked: 0, seen: [] }),
    respond: (_, state, outcome) => {
      sheet.asked.push({ respond: outcome, after: state.asked })
      if (outcome.kind !== "sample") throw new RangeError(`"counting" judges samples, got a ${outcome.kind}`)
      const seen = [...state.seen, outcome.prediction].slice(-2)
      return { state: { asked: state.asked + 1, seen }, feedback: sheet.feedback, reward: { raw: 1, shaped: 0.5 } }
    }
  })

interface Cells {
  readonly weight: number
  readonly bursts: number
}

/** A brain whose one weight grows with every feedback while it is not frozen. A sample takes two bursts. */
export const brainOf = (sheet: Paper): BrainSession => {
  let cells: Cells = { weight: 1, bursts: 0 }
  let frozen = false
  return {
    info: {
      core_version: "0.0.53",
      engine: { feagi: "0.0.53" },
      areas: [],
      mappings: [],
      affect_channels: sheet.affect.map((name) => ({ name, limit: 1, graded: sheet.graded }))
    },
    preconditions: [{ name: "stepped", status: "verified", detail: "" }],
    continuation: "identical",
    present: (batch, settle) =>
      Effect.sync(() => {
        sheet.asked.push({ present: batch, settle, frozen })
        cells = { ...cells, bursts: cells.bursts + batch.length * (2 + settle) }
        if (sheet.leaky) cells = { ...cells, weight: cells.weight + 1 }
        return batch.map(([value]) => [{ silent: sheet.silent, value: Number(value) }])
      }),
    feedback: (events: ReadonlyArray<BrainFeedback>) =>
      Effect.sync(() => {
        sheet.asked.push({ feedback: events, frozen })
        if (!frozen) cells = { ...cells, weight: cells.weight + events.length }
      }),
    freeze: (on) =>
      Effect.sync(() => {
        sheet.asked.push({ freeze: on })
        frozen = on
      }),
    rest: (bursts) =>
      Effect.sync(() => {
        sheet.asked.push({ rest: bursts })
        cells = { ...cells, bursts: cells.bursts + bursts }
      }),
    bursts: Effect.sync(() => cells.bursts),
    activity: Effect.sync(() => ({ bursts: cells.bursts })),
    checkpoint: Effect.sync(() => canonicalBytes(cells)),
    restore: (bytes) =>
      Effect.sync(() => {
        cells = fromCanonical(new TextDecoder().decode(bytes)) as unknown as Cells
      }),
    hash: (part) => Effect.sync(() => hashOf(part === "full" ? cells : cells.weight)),
    weights: () => Effect.sync(() => [cells.weight]),
    synapses: Effect.sync(() => ({
      areas: ["in", "out"],
      count: 1,
      source_area: Uint32Array.of(0),
      source: Uint32Array.of(0, 0, 0),
      target_area: Uint32Array.of(1),
      target: Uint32Array.of(0, 0, 0),
      weight: Float32Array.of(cells.weight),
      potential: Float32Array.of(1),
      inhibitory: Uint8Array.of(0)
    })),
    explain: () => Effect.succeed([])
  }
}

export const backendOf = (sheet: Paper, refuse?: string, reason: Reason = "invalid"): BrainBackend => ({
  kind: "brain-backend",
  spec: 1,
  id: "paper",
  execution: "embedded",
  decodeOptions: optionsFrom(Schema.Struct({ size: Schema.Int })) as BrainBackend["decodeOptions"],
  open: (request: BrainOpen) =>
    refuse === undefined
      ? Effect.sync(() => {
          sheet.asked.push({ open: { ...request, seed: [...request.seed] } })
          return brainOf(sheet)
        })
      : Effect.fail(trainerError(reason, { code: "paper/NO", message: refuse })),
  bench: () => Effect.succeed({ voxels: () => Effect.succeed([]) })
})

const loaded = <Kind extends EntryKind>(kind: Kind, entry: unknown, id: string): LoadedEntry<Kind> =>
  ({
    ref: { id: `toys#${id}`, version: "1.0.0" },
    manifest: { kind, id, provides: { shown: id, ...(kind === "reward" ? { output_types: ["class"] } : {}) } },
    entry
  }) as unknown as LoadedEntry<Kind>

export const lookupIn =
  (sheet: Paper, refuse?: string, reason?: Reason): EntryLookup =>
  <Kind extends EntryKind>(kind: Kind, id: string): Effect.Effect<LoadedEntry<Kind>, TrainerError> => {
    const entries: Readonly<Record<string, readonly [string, unknown]>> = {
      encoder: ["one-number", encoder],
      decoder: ["one-class", decoder],
      reward: ["counting", rewardOf(sheet)],
      "brain-backend": ["paper", backendOf(sheet, refuse, reason)]
    }
    const found = entries[kind]
    return found !== undefined && (id === found[0] || id === `toys#${found[0]}`)
      ? Effect.succeed(loaded(kind, found[1], found[0]))
      : Effect.fail(trainerError("missing", { code: "FT1201", message: `no installed plugin offers the ${kind} "${id}"` }))
  }

export const section = (change: object = {}) => ({
  kind: "brain",
  backend: { plugin: "paper", options: { size: 3 } },
  binding: { encoder: { plugin: "one-number", options: { area: "in" } }, decoder: { plugin: "one-class", options: { area: "out" } } },
  reward: { plugin: "counting", options: { channel: "pleasure" } },
  schedule: { hold_bursts: 1, read_burst: 2, settle_bursts: 0 },
  ...change
})
