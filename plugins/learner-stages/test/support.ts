/** Small data for each stage, a section that learns from them, and the learner opened on both. */
import type {
  AnyEntry,
  EntryLookup,
  IRSample,
  LearnerPlanRequest,
  LearnerSession,
  OutputType,
  SampleShape,
  TrainerError,
  TypedTarget
} from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import { Effect, type Scope, Stream } from "effect"
import { cartPole } from "../../env-cartpole/src/index.ts"
import { stages } from "../src/index.ts"

export type StageCase = "supervised" | "texts" | "language" | "rl" | "dpo" | "distillation" | "on-policy"

const init = { type: "glorot-uniform" }
const small = { type: "normal", deviation: 0.2 }
export const dense = (units: number) => ({ type: "dense", units, bias: true, init })
const tanh = { type: "tanh" }

const rows = (features: number, hidden: number, columns: number) => ({
  input: { kind: "values", shape: [features] },
  layers: [dense(hidden), tanh, dense(columns)]
})

/** A causal model of bytes. */
const bytes = (length: number) => ({
  input: { kind: "tokens", length, vocabulary: 256 },
  layers: [
    { type: "embedding", width: 6, init: small },
    { type: "positional", kind: "learned", init: small },
    { type: "transformer-block", heads: 1, hidden: 8, dropout: 0.1, causal: true, norm: "pre", activation: "gelu", init },
    dense(256)
  ]
})

/** A model of texts that are filled up, with a class for each. */
const reader = (length: number, columns: number) => ({
  input: { kind: "tokens", length, vocabulary: 257, pad: 256 },
  layers: [{ type: "embedding", width: 6, init: small }, { type: "mean-over-positions" }, dense(columns)]
})

export const classes = [
  { class_id: 4, label: "left" },
  { class_id: 9, label: "right" }
]
const preferred = [
  { class_id: 0, label: "a" },
  { class_id: 1, label: "b" }
]

const sample = (at: number, payload: IRSample["payload"], target: TypedTarget, output_type: OutputType): IRSample => ({
  schema_version: 1,
  sample_id: `s-${at}`,
  dataset_version_id: "small@1",
  output_type,
  timestamp: null,
  modality: "tabular",
  payload,
  target,
  split: "train",
  coordinate_frame: null,
  metadata: {}
})

const classOf = (from: typeof classes, at: number): TypedTarget => ({
  class: { class_id: from[at]?.class_id ?? 0, label: from[at]?.label ?? null }
})

/** Left of 0 and right of it, on a lattice. */
export const points = Array.from({ length: 20 }, (_, at) => {
  const side = at % 2
  return sample(at, { tabular: [(side === 0 ? -1 : 1) * (1 + (at % 5) / 4), ((at * 3) % 7) / 7] }, classOf(classes, side), "class")
})
/** Words with a sign in front that tells their class. */
export const texts = Array.from({ length: 12 }, (_, at) =>
  sample(at, { text: `${at % 2 === 0 ? "-" : "+"}word${at % 4}` }, classOf(classes, at % 2), "class")
)
/** Yes is preferred, on either side. */
export const pairs = Array.from({ length: 10 }, (_, at) => {
  const first = at % 3 === 0
  const text = JSON.stringify({ prompt: `q${at}?`, a: first ? "yes" : "no", b: first ? "no" : "yes" })
  return sample(at, { text }, classOf(preferred, first ? 0 : 1), "class")
})
export const starts = Array.from({ length: 5 }, (_, at) => sample(at, { tabular: [10 + at] }, { scalar: 500 }, "scalar"))

const table = (...names: ReadonlyArray<string>): SampleShape => ({
  kind: "tabular",
  features: names.map((name) => ({ name, min: -3, max: 20 }))
})
const textShape: SampleShape = { kind: "text", length: [1, 60] }

interface Case {
  readonly samples: ReadonlyArray<IRSample>
  readonly shape: SampleShape
  readonly output_type: OutputType
  readonly classes: ReadonlyArray<{ readonly class_id: number; readonly label: string }>
  readonly section: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, unknown>>
}

const few = { num_epochs: 4, batch_size: 6, learning_rate: 0.02 }

export const cases: Readonly<Record<StageCase, Case>> = {
  supervised: {
    ...{ samples: points, shape: table("x", "y"), output_type: "class", classes },
    section: { stage: "supervised", examples: "classes" },
    options: { ...few, model_ref: rows(2, 5, 2) }
  },
  texts: {
    ...{ samples: texts, shape: textShape, output_type: "class", classes },
    section: { stage: "supervised", examples: "classes", max_bytes: 6 },
    options: { ...few, num_epochs: 8, model_ref: reader(6, 2) }
  },
  language: {
    ...{ samples: texts, shape: textShape, output_type: "class", classes },
    section: { stage: "supervised", examples: "sequences", max_bytes: 6 },
    options: { ...few, num_epochs: 2, model_ref: bytes(5) }
  },
  rl: {
    ...{ samples: starts, shape: table("start"), output_type: "scalar", classes: [] },
    section: { stage: "rl", environment: { plugin: "cart-pole", options: { step_limit: 60, reward: "upright" } } },
    options: {
      ...{ num_epochs: 6, batch_size: 16, learning_rate: 0.01, environments: 3, steps_per_update: 16, update_epochs: 2 },
      model_ref: { policy: rows(4, 6, 2), value: rows(4, 6, 1) }
    }
  },
  dpo: {
    ...{ samples: pairs, shape: textShape, output_type: "class", classes: preferred },
    section: { stage: "dpo", max_bytes: 4 },
    options: { ...few, num_epochs: 3, batch_size: 5, model_ref: bytes(7) }
  },
  distillation: {
    ...{ samples: points, shape: table("x", "y"), output_type: "class", classes },
    section: {
      ...{ stage: "distillation", examples: "classes" },
      teacher: { ...few, seed: 1, num_epochs: 10, learning_rate: 0.05, model_ref: rows(2, 8, 2) }
    },
    options: { ...few, model_ref: rows(2, 3, 2) }
  },
  "on-policy": {
    ...{ samples: texts, shape: textShape, output_type: "class", classes },
    section: {
      ...{ stage: "distillation", examples: "prompts", max_bytes: 4 },
      teacher: { ...few, num_epochs: 1, model_ref: bytes(9) }
    },
    options: { ...few, num_epochs: 2, mode: "on_policy", max_tokens: 3, model_ref: bytes(9) }
  }
}
export const everyCase = Object.keys(cases) as ReadonlyArray<StageCase>

/** One environment, and nothing else. */
export const lookupOf = (environment: typeof cartPole): EntryLookup =>
  ((kind: string, reference: string) =>
    kind === "environment" && reference === "cart-pole"
      ? Effect.succeed({ ref: { id: "env-cartpole#cart-pole", version: "1" }, manifest: {}, entry: environment as AnyEntry })
      : Effect.fail(trainerError("missing", { code: "FT1201", message: `no ${kind} "${reference}"` }))) as EntryLookup
const lookup = lookupOf(cartPole)

export const seed = new Uint8Array(32).fill(1)

type Over = Partial<LearnerPlanRequest> & {
  readonly options?: object
  readonly section?: object
  readonly samples?: ReadonlyArray<IRSample>
}

/** A field that is given as undefined is left out. */
const sectionOf = (name: StageCase, { options = {}, section = {} }: Over) =>
  Object.fromEntries(
    Object.entries({
      ...{ kind: "stage", plugin: "stages", options: { ...cases[name].options, ...options } },
      ...cases[name].section,
      ...section
    }).filter(([, value]) => value !== undefined)
  )

export const planRequest = (name: StageCase, over: Over = {}): LearnerPlanRequest => {
  const { options: _, section: __, samples = cases[name].samples, ...rest } = over
  const { shape, output_type, classes: labels } = cases[name]
  return {
    ...{ section: sectionOf(name, over), shape, output_type, classes: labels, seed, lookup },
    experience: "sample",
    training: Stream.fromIterable(samples),
    training_samples: samples.length,
    epochs: 1,
    checkpoint_every: 2,
    controls: { silent_reward: false },
    ...rest
  }
}

export const plan = (name: StageCase, over: Over = {}) => Effect.scoped(stages.plan(planRequest(name, over)))

/** The learner of a case, planned and opened. */
export const open = (name: StageCase, over: Over = {}): Effect.Effect<LearnerSession, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const request = planRequest(name, over)
    const planned = yield* stages.plan(request)
    if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics))
    const { training, shape, output_type, classes: labels, controls } = request
    return yield* stages.open({
      pins: planned.pins,
      training,
      shape,
      output_type,
      classes: labels,
      controls,
      seed: request.seed,
      lookup: request.lookup
    })
  })

export const stepsOf = async (name: StageCase, over: Over = {}): Promise<number> => {
  const planned = await Effect.runPromise(plan(name, over))
  return planned.ok ? (planned.pins.own_steps ?? 0) : 0
}

export const advance = (session: LearnerSession, count: number) =>
  session.own_training?.advance(count) ?? Effect.die("no training of its own")

export const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))
