/** A learner of a small table: the laws of learners, and what two learners with the same pins do. */
import { type ConformanceReport, checkLaws, learnerLaws } from "@feagi-trainer/conformance"
import type { LearnerPlan, LearnerPlanRequest, LearnerPlugin, LearnerSample, LearnerSession, TrainerError } from "@feagi-trainer/contracts"
import { gradientLearner, openDevice } from "@feagi-trainer/gradient"
import { Effect, type Scope, Stream } from "effect"
import { openTensorFlow } from "../../src/TfDevice.ts"
import { tfjsWith } from "../../src/Tfjs.ts"
import { apart } from "./devices.ts"

const classes = ["low", "high"].map((label, class_id) => ({ class_id, label }))
const rows = [
  [0, 1],
  [9, 8],
  [2, 3],
  [7, 6],
  [1, 0],
  [8, 9],
  [3, 1],
  [6, 8]
].map((row) => row.map((each) => each / 10))

const lesson = (tabular: ReadonlyArray<number>, index: number): LearnerSample => {
  const target = { class: { class_id: index % 2, label: null } }
  return {
    sample: {
      schema_version: 1,
      sample_id: `s${index}`,
      dataset_version_id: "d@1",
      split: "train",
      modality: "tabular",
      payload: { tabular },
      target,
      output_type: "class",
      coordinate_frame: null,
      timestamp: null,
      metadata: {}
    },
    target
  }
}
export const lessons = rows.map(lesson)
const samples = lessons.map(({ sample }) => sample)

const init = { type: "glorot-uniform" }
export const options = {
  model: {
    input: { kind: "values", shape: [2] },
    layers: [
      { type: "dense", units: 6, bias: true, init },
      { type: "gelu" },
      { type: "dropout", rate: 0.2 },
      { type: "dense", units: 2, bias: true, init }
    ]
  },
  loss: { type: "cross-entropy", label_smoothing: 0 },
  optimiser: { type: "momentum", momentum: 0.5, nesterov: false },
  schedule: { type: "constant", learning_rate: 0.1 },
  batch_size: 4,
  micro_batch: 2,
  clip_norm: "none"
}
export const settings = { threads: 1, onednn: false }

export const requestOf = (given: Readonly<Record<string, unknown>>): LearnerPlanRequest => ({
  section: { kind: "gradient", plugin: "any", options: given },
  experience: "sample",
  shape: { kind: "tabular", features: ["x", "y"].map((name) => ({ name, min: 0, max: 1 })) },
  output_type: "class",
  classes,
  training: Stream.fromIterable(samples),
  training_samples: samples.length,
  epochs: 1,
  checkpoint_every: 4,
  controls: { silent_reward: false },
  seed: new Uint8Array(32).fill(7),
  lookup: () => Effect.die(new Error("this learner looks nothing up"))
})

const openWith = (
  learner: LearnerPlugin,
  given: Readonly<Record<string, unknown>>,
  seed: Uint8Array
): Effect.Effect<{ readonly session: LearnerSession; readonly plan: LearnerPlan & { readonly ok: true } }, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const request = { ...requestOf(given), seed }
    const plan = yield* learner.plan(request)
    if (!plan.ok) return yield* Effect.die(new Error(JSON.stringify(plan.diagnostics)))
    return { session: yield* learner.open({ ...request, pins: plan.pins }), plan }
  })

const onTensorFlow = (from: string): LearnerPlugin => tfjsWith((chosen) => openTensorFlow(from, chosen))

export const laws = (from: string): Promise<ConformanceReport> => {
  const open = (seed: Uint8Array) => Effect.map(openWith(onTensorFlow(from), { ...options, ...settings }, seed), ({ session }) => session)
  return checkLaws("tfjs", learnerLaws({ open, training: lessons, probes: samples.slice(0, 3) }))
}

/** What the learner `tfjs` and one on the kernels of the trainer do with the same options, seed and samples. */
export interface Both {
  readonly initial: readonly [string, string]
  readonly scores: number
  readonly answers: readonly [ReadonlyArray<unknown>, ReadonlyArray<unknown>]
  readonly resolved: Readonly<Record<string, unknown>>
  readonly fingerprint: Readonly<Record<string, unknown>>
  readonly measures: readonly [number, number]
}

export const both = (from: string): Promise<Both> =>
  Effect.gen(function* () {
    const seed = new Uint8Array(32).fill(3)
    const kernels = gradientLearner({ id: "kernels", openDevice: Effect.promise(() => openDevice()), engine: () => ({}) })
    const one = yield* openWith(kernels, options, seed)
    const two = yield* openWith(onTensorFlow(from), { ...options, ...settings }, seed)
    const did = Effect.fnUntraced(function* ({ session }: { readonly session: LearnerSession }) {
      const outputs = [
        ...(yield* session.train(lessons.slice(0, 4))),
        ...(yield* session.train(lessons.slice(4))),
        ...(yield* session.predict(samples))
      ]
      const told = session.measures === undefined ? [] : yield* session.measures
      return { outputs, loss: told.at(-1)?.values.loss ?? Number.NaN }
    })
    const [left, right] = [yield* did(one), yield* did(two)]
    const ofClass = (of: typeof left) => of.outputs.map(({ answer }) => ("class" in answer ? answer.class : { class_id: -1, scores: [] }))
    const scores = (of: typeof left): Float32Array => Float32Array.from(ofClass(of).flatMap((each) => each.scores))
    return {
      initial: [one.plan.pins.initial_hash, two.plan.pins.initial_hash] as const,
      scores: apart(scores(left), scores(right)),
      answers: [ofClass(left).map(({ class_id }) => class_id), ofClass(right).map(({ class_id }) => class_id)] as const,
      resolved: two.plan.pins.resolved,
      fingerprint: two.session.fingerprint,
      measures: [left.loss, right.loss] as const
    }
  }).pipe(Effect.scoped, Effect.runPromise)
