/** The stage of direct preference optimisation. Its reference is the model before training, or one that `reference_ref` names. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Reference, type StageSpec, sessionFields, sessionNotes } from "../ir/StageSpec.ts"
import { dpoLoop } from "../loops/DPOLoop.ts"
import { commonNotes, commonSettings, loopOf, Positive } from "./commonSettings.ts"
import { makeStage, type Stage, sessionConfigOf, settingsOf, wrongDataset } from "./Stage.ts"

const lossFunctions = ["dpo"] as const
const Settings = Schema.Struct({ ...commonSettings, beta: Positive, reference_ref: Reference })

const spec: StageSpec = {
  id: "dpo_train",
  title: "Direct preference optimisation",
  settings: Settings.fields,
  training_config: sessionFields(lossFunctions),
  notes: {
    ...commonNotes,
    ...sessionNotes(lossFunctions),
    learning_rate: { description: "At its highest.", default: 1e-5 },
    batch_size: { description: "Pairs of one step of the optimiser.", default: 128 },
    beta: { description: "How dear it is to leave the reference.", default: 0.1 },
    reference_ref: { description: "The reference model; same: the model itself as it was before training.", default: "same" }
  },
  datasets: ["preference"]
}

export const DPOTrain: Stage = makeStage({
  spec,
  loop: ({ session, client, settings, training_config, dataset }) =>
    Effect.gen(function* () {
      if (dataset.kind !== "preference") return yield* wrongDataset(spec.id, dataset)
      const { reference_ref, ...own } = settingsOf(Settings, settings)
      const config = sessionConfigOf(training_config)
      const model_ref = reference_ref === "same" ? training_config.model_ref : reference_ref
      const reference = yield* client.startSession({ model_ref, training_config: config })
      return yield* dpoLoop(session, reference, dataset, { ...loopOf(own), seed: config.seed })
    })
})
