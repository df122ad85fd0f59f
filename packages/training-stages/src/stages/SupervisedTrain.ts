/** The stage of supervised training: next tokens of sequences, or classes of rows and texts. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type StageSpec, sessionFields, sessionNotes } from "../ir/StageSpec.ts"
import { supervisedLoop } from "../loops/SupervisedLoop.ts"
import { commonNotes, commonSettings, loopOf } from "./commonSettings.ts"
import { makeStage, type Stage, sessionConfigOf, settingsOf, wrongDataset } from "./Stage.ts"

const lossFunctions = ["cross_entropy", "mean_squared_error"] as const
const Settings = Schema.Struct(commonSettings)
const LossFunction = Schema.Struct({ loss_function: Schema.Literals(lossFunctions) })

const spec: StageSpec = {
  id: "supervised_train",
  title: "Supervised training",
  settings: Settings.fields,
  training_config: sessionFields(lossFunctions),
  notes: { ...commonNotes, ...sessionNotes(lossFunctions) },
  datasets: ["classification", "sequence"]
}

export const SupervisedTrain: Stage = makeStage({
  spec,
  loop: ({ session, settings, training_config, dataset }) => {
    if (dataset.kind !== "classification" && dataset.kind !== "sequence") return Effect.fail(wrongDataset(spec.id, dataset))
    const { seed } = sessionConfigOf(training_config)
    const { loss_function } = settingsOf(LossFunction, { loss_function: training_config.loss_function })
    return supervisedLoop(session, dataset, { ...loopOf(settingsOf(Settings, settings)), seed, loss_function })
  }
})
