/**
 * Supervised training: the next token of a sequence, or the class of a row or a text. A step is one batch of the epoch's random order and one
 * step of the optimiser; the loss is divided by the weight of the batch, so that it is a mean over what counts.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TrainingSession } from "../client/TrainingClient.ts"
import { type ClassDataset, datasetSha256, type SequenceDataset } from "../data/Dataset.ts"
import type { TargetItem } from "../loss/LossBatch.ts"
import { lossOf } from "../loss/lossOf.ts"
import { type LearningRateSchedule, learningRateOf } from "./LearningRate.ts"
import { type LoopConfig, makeLoop, type TrainingLoop, unfit } from "./Loop.ts"
import { inGroups, minibatches, pick } from "./Minibatches.ts"
import { classItem, sequenceItem } from "./TargetItems.ts"

export interface SupervisedConfig extends LoopConfig {
  readonly num_epochs: number
  readonly batch_size: number
  readonly learning_rate: number
  readonly lr_schedule: LearningRateSchedule
  readonly loss_function: "cross_entropy" | "mean_squared_error"
}

const itemsOf = (dataset: ClassDataset | SequenceDataset, part: "train" | "evaluation"): ReadonlyArray<TargetItem> =>
  dataset.kind === "classification" ? dataset[part].map(classItem) : dataset[part].map(sequenceItem)

const weightOf = (items: ReadonlyArray<TargetItem>): number =>
  items.reduce((sum, { weights }) => weights.reduce((inner, weight) => inner + weight, sum), 0)

/** The loop, or a failure where the data are empty or nothing in a batch of them counts. */
export const supervisedLoop = (
  session: TrainingSession,
  dataset: ClassDataset | SequenceDataset,
  config: SupervisedConfig
): Effect.Effect<TrainingLoop, TrainerError> =>
  Effect.gen(function* () {
    const training = itemsOf(dataset, "train")
    const evaluation = itemsOf(dataset, "evaluation")
    if (training.length === 0) return yield* unfit("there is nothing to learn from", "at least one training example", "none")
    const weightless = training.findIndex((item) => !(weightOf([item]) > 0))
    if (weightless !== -1)
      return yield* unfit(`training example ${weightless} has nothing that counts`, "a weight above 0 behind the first token", "none")
    const batches = minibatches({ ...config, name: "supervised", count: training.length })
    const rateOf = learningRateOf(config.lr_schedule, config.learning_rate, batches.total_steps)
    const means = (prefix: string, sums: Readonly<Record<string, number>>) => {
      const { nll = Number.NaN, correct = Number.NaN, weight = Number.NaN } = sums
      return { [`${prefix}nll`]: nll / weight, [`${prefix}accuracy`]: correct / weight }
    }
    return makeLoop({
      id: "supervised",
      session,
      config,
      identity: { config, dataset: datasetSha256(dataset) },
      total_steps: batches.total_steps,
      state: Schema.Null,
      start: null,
      step: (state, step) =>
        Effect.gen(function* () {
          const { epoch, places } = batches.at(step)
          const items = pick(training, places)
          const learning_rate = rateOf(step)
          const { loss, sums } = yield* session.forwardBackward({ loss: config.loss_function, denominator: weightOf(items), items })
          const { gradient_norm } = yield* session.optimStep({ learning_rate })
          return { state, metrics: { epoch: epoch + 1, loss, ...means("", sums), learning_rate, gradient_norm } }
        }),
      ...(evaluation.length === 0
        ? {}
        : {
            evaluate: Effect.gen(function* () {
              const sums = { nll: 0, correct: 0, weight: 0 }
              for (const items of inGroups(evaluation, config.batch_size)) {
                const found = yield* judge(session, items)
                sums.nll += found.nll
                sums.correct += found.correct
                sums.weight += found.weight
              }
              return means("eval/", sums)
            })
          }),
      provenance: Effect.succeed({})
    })
  })

/** Sums of the negative log-likelihood and of right answers, without a gradient. */
const judge = (session: TrainingSession, items: ReadonlyArray<TargetItem>) =>
  Effect.map(session.outputs(items.map(({ input }) => input)), (outputs) => {
    const { sums } = lossOf({ loss: "cross_entropy", denominator: 1, items }, outputs)
    return { nll: sums.nll ?? Number.NaN, correct: sums.correct ?? Number.NaN, weight: sums.weight ?? Number.NaN }
  })
