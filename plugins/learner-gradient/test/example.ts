import type { LearnerSample } from "@feagi-trainer/contracts"
import { gradient } from "@feagi-trainer/learner-gradient"
import { Effect, Stream } from "effect"

const init = { type: "he-normal" }
/** `[learner]` of a run file, as data. */
const section = {
  kind: "gradient",
  plugin: "gradient",
  options: {
    model: {
      input: { kind: "values", shape: [2] },
      layers: [{ type: "dense", units: 16, bias: true, init }, { type: "relu" }, { type: "dense", units: 3, bias: true, init }]
    },
    loss: { type: "cross-entropy", label_smoothing: 0 },
    optimiser: { type: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 },
    schedule: { type: "cosine", learning_rate: 0.05, end: 0, steps: 60 },
    batch_size: 16,
    micro_batch: 4,
    clip_norm: 1
  }
}
const classes = ["left", "right", "up"].map((label, class_id) => ({ class_id, label }))
const features = ["x", "y"].map((name) => ({ name, min: -3, max: 3 }))

/** Plans, opens and trains; gives the loss of every optimiser step, and the hash of the weights. */
export const learn = (lessons: ReadonlyArray<LearnerSample>, passes: number) =>
  Effect.gen(function* () {
    const common = {
      shape: { kind: "tabular", features },
      output_type: "class",
      classes,
      seed: new Uint8Array(32).fill(7),
      lookup: () => Effect.die("it needs no other plugin"),
      controls: { silent_reward: false }
    } as const
    const plan = yield* gradient.plan({
      ...common,
      section,
      experience: "sample",
      training: Stream.fromIterable(lessons.map(({ sample }) => sample)),
      training_samples: lessons.length,
      epochs: passes,
      checkpoint_every: 16
    })
    if (!plan.ok) throw new Error(plan.diagnostics.map(({ field, message }) => `${field}: ${message}`).join("\n"))
    const session = yield* gradient.open({ ...common, pins: plan.pins })
    for (let pass = 0; pass < passes; pass++)
      for (let at = 0; at < lessons.length; at += 16) yield* session.train(lessons.slice(at, at + 16))
    const measures = session.measures === undefined ? [] : yield* session.measures
    return { losses: measures.map(({ values }) => values.loss), weights: yield* session.learnedHash }
  }).pipe(Effect.scoped)
