/** A small table that can be learnt, and the learner opened on it. */
import type {
  IRSample,
  LearnerOpenRequest,
  LearnerPlanRequest,
  LearnerSample,
  LearnerSession,
  SampleShape,
  TrainerError
} from "@feagi-trainer/contracts"
import { ChaCha8, Random } from "@feagi-trainer/determinism"
import { Effect, type Scope, Stream } from "effect"
import { gradient } from "../src/index.ts"

export const classes = [
  { class_id: 3, label: "left" },
  { class_id: 7, label: "right" },
  { class_id: 9, label: "up" }
] as const

export const shape: SampleShape = {
  kind: "tabular",
  features: ["x", "y"].map((name) => ({ name, min: -3, max: 3 }))
}

const random = new Random(ChaCha8.fromSeed(new Uint8Array(32).fill(5)))

/** Three clouds around the corners of a triangle. */
export const lessons: ReadonlyArray<LearnerSample> = Array.from({ length: 96 }, (_, index) => {
  const at = index % 3
  const [x, y] = [
    [-1, 0],
    [1, 0],
    [0, 1.5]
  ][at] ?? [0, 0]
  const target = { class: { class_id: classes[at]?.class_id ?? 0, label: classes[at]?.label ?? null } }
  const sample: IRSample = {
    schema_version: 1,
    sample_id: `s-${index}`,
    dataset_version_id: "clouds@1",
    output_type: "class",
    timestamp: null,
    modality: "tabular",
    payload: { tabular: [(x ?? 0) + random.unit() - 0.5, (y ?? 0) + random.unit() - 0.5] },
    target,
    split: "train",
    coordinate_frame: null,
    metadata: {}
  }
  return { sample, target }
})

const he = { type: "he-normal" }
/** With dropout, so that chance in training is part of what has to be the same. */
export const options = {
  model: {
    input: { kind: "values", shape: [2] },
    layers: [
      { type: "dense", units: 16, bias: true, init: he },
      { type: "relu" },
      { type: "dropout", rate: 0.1 },
      { type: "dense", units: 3, bias: true, init: he }
    ]
  },
  loss: { type: "cross-entropy", label_smoothing: 0 },
  optimiser: { type: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0 },
  schedule: { type: "constant", learning_rate: 0.02 },
  batch_size: 16,
  micro_batch: 16,
  clip_norm: 1
}

export const section = (over: Readonly<Record<string, unknown>> = {}) => ({
  kind: "gradient",
  plugin: "gradient",
  options: { ...options, ...over }
})

const common = {
  shape,
  output_type: "class",
  classes: [...classes],
  seed: new Uint8Array(32).fill(1),
  lookup: () => Effect.die("a gradient learner needs no plugin")
} satisfies Partial<LearnerOpenRequest>

export const planRequest = (over: Partial<LearnerPlanRequest> = {}): LearnerPlanRequest => ({
  ...common,
  section: section(),
  experience: "sample",
  training: Stream.fromIterable(lessons.map(({ sample }) => sample)),
  training_samples: lessons.length,
  epochs: 2,
  checkpoint_every: 32,
  controls: { silent_reward: false },
  ...over
})

export const plan = (over: Partial<LearnerPlanRequest> = {}) => Effect.runPromise(Effect.scoped(gradient.plan(planRequest(over))))

export const open = (
  over: Readonly<Record<string, unknown>> = {},
  more: Partial<LearnerPlanRequest> = {}
): Effect.Effect<LearnerSession, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const request = planRequest({ section: section(over), ...more })
    const planned = yield* gradient.plan(request)
    if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics))
    const { seed, classes: labels, output_type, lookup } = request
    return yield* gradient.open({
      pins: planned.pins,
      shape: request.shape,
      output_type,
      classes: labels,
      seed,
      lookup,
      controls: { silent_reward: false }
    })
  })

/** Trains in batches of the session, as an executor does. */
export const trainAll = (session: LearnerSession, from: ReadonlyArray<LearnerSample> = lessons) =>
  Effect.forEach(
    Array.from({ length: Math.ceil(from.length / 16) }, (_, at) => from.slice(at * 16, at * 16 + 16)),
    (batch) => session.train(batch)
  ).pipe(Effect.map((outputs) => outputs.flat()))

export const run = <A>(effect: Effect.Effect<A, TrainerError, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

/** The failure of an effect that has to fail. */
export const failureOf = <A, R>(effect: Effect.Effect<A, TrainerError, R>): Effect.Effect<TrainerError, never, R> =>
  Effect.flip(effect).pipe(Effect.catch((value) => Effect.die(`it did not fail: ${JSON.stringify(value)}`)))
