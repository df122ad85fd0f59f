/** The stage of distillation: a student follows the teacher that `teacher_ref` names, on given data or on what it says itself. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Reference, type StageSpec, sessionFields, sessionNotes } from "../ir/StageSpec.ts"
import { distillationLoop } from "../loops/DistillationLoop.ts"
import { Count, commonNotes, commonSettings, Every, loopOf, Positive } from "./commonSettings.ts"
import { makeStage, type Stage, sessionConfigOf, settingsOf, wrongDataset } from "./Stage.ts"

const lossFunctions = ["by_mode", "forward_kl", "reverse_kl"] as const
const Settings = Schema.Struct({
  ...commonSettings,
  mode: Schema.Literals(["off_policy", "on_policy"]),
  teacher_ref: Reference,
  teacher_seed: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  max_tokens: Count,
  temperature: Positive,
  stop_token: Schema.Union([Every, Schema.Literal("none")])
})
const LossFunction = Schema.Struct({ loss_function: Schema.Literals(lossFunctions) })

const spec: StageSpec = {
  id: "distillation",
  title: "Distillation",
  settings: Settings.fields,
  training_config: sessionFields(lossFunctions),
  notes: {
    ...commonNotes,
    ...sessionNotes(lossFunctions),
    loss_function: { description: "The divergence; by_mode: forward_kl off-policy, reverse_kl on-policy.", default: "by_mode" },
    mode: { description: "Whose data: given ones, or what the student says to prompts.", default: "off_policy" },
    teacher_ref: { description: "Who teaches, as the training client knows it." },
    teacher_seed: { description: "Seed of a teacher that is described and not stored.", default: 0 },
    max_tokens: { description: "Tokens that the student says to a prompt; on-policy.", default: 16 },
    temperature: { description: "Of the student's sampling; on-policy.", default: 1 },
    stop_token: { description: "Ends a completion; on-policy.", default: "none" }
  },
  datasets: ["classification", "sequence", "prompt"]
}

export const Distillation: Stage = makeStage({
  spec,
  loop: ({ session, client, settings, training_config, dataset }) =>
    Effect.gen(function* () {
      if (dataset.kind !== "classification" && dataset.kind !== "sequence" && dataset.kind !== "prompt")
        return yield* wrongDataset(spec.id, dataset)
      const { teacher_ref, teacher_seed, ...own } = settingsOf(Settings, settings)
      const { loss_function } = settingsOf(LossFunction, { loss_function: training_config.loss_function })
      const config = sessionConfigOf(training_config)
      const teacher = yield* client.startSession({ model_ref: teacher_ref, training_config: { ...config, seed: teacher_seed } })
      return yield* distillationLoop(session, teacher, dataset, { ...loopOf(own), seed: config.seed, loss_function })
    })
})
