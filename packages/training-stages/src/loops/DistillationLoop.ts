/**
 * Distillation: a student learns the distributions of a teacher. Off-policy it follows the teacher on given data by KL(teacher ‖ student)
 * (Hinton, Vinyals, Dean 2015); on-policy it completes prompts itself and is corrected where it went by KL(student ‖ teacher), position
 * by position (Agarwal et al.: "On-policy distillation of language models", ICLR 2024). Both divergences are over whole distributions.
 *
 * Sharp edge: the chance of a sample is not differentiated through, as in the source: what is corrected is each position of what was said.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Outputs } from "../client/Outputs.ts"
import type { TrainingSession } from "../client/TrainingClient.ts"
import { type ClassDataset, datasetSha256, type PromptDataset, type SequenceDataset } from "../data/Dataset.ts"
import type { DivergenceBatch, TargetItem, TaughtItem } from "../loss/LossBatch.ts"
import { lossOf } from "../loss/lossOf.ts"
import { logSoftmax } from "../scalar/Scalar.ts"
import { type LearningRateSchedule, learningRateOf } from "./LearningRate.ts"
import { type LoopConfig, makeLoop, streamOf, type TrainingLoop, unfit } from "./Loop.ts"
import { inGroups, minibatches, pick } from "./Minibatches.ts"
import { classItem, completionItem, sequenceItem } from "./TargetItems.ts"

export interface DistillationConfig extends LoopConfig {
  readonly num_epochs: number
  readonly batch_size: number
  readonly learning_rate: number
  readonly lr_schedule: LearningRateSchedule
  readonly mode: "off_policy" | "on_policy"
  /** `by_mode`: forward_kl off-policy, reverse_kl on-policy. */
  readonly loss_function: "by_mode" | "forward_kl" | "reverse_kl"
  /** Tokens that the student says to a prompt. On-policy only. */
  readonly max_tokens: number
  /** Of the student's sampling, above 0. On-policy only. */
  readonly temperature: number
  /** Ends a completion. On-policy only. */
  readonly stop_token: number | "none"
}

/** ln of the teacher's probabilities at every position of each item. */
const taught = (items: ReadonlyArray<TargetItem>, teacher: Outputs): ReadonlyArray<TaughtItem> =>
  items.map(({ input, weights }, at) => {
    const first = teacher.offsets[at] ?? Number.NaN
    const rows = (teacher.offsets[at + 1] ?? Number.NaN) - first
    const teacher_logprobs = new Float64Array(rows * teacher.width)
    for (let row = 0; row < rows; row += 1)
      logSoftmax(teacher.logits, (first + row) * teacher.width, teacher.width, teacher_logprobs.subarray(row * teacher.width))
    return { input, weights, teacher_logprobs }
  })

const weightOf = (items: ReadonlyArray<TargetItem>): number =>
  items.reduce((sum, { weights }) => weights.reduce((inner, weight) => inner + weight, sum), 0)

type DistillationDataset = ClassDataset | SequenceDataset | PromptDataset

/** Items of given data; of a prompt there are none, because nothing was said yet. */
const given = (dataset: DistillationDataset, part: "train" | "evaluation"): ReadonlyArray<TargetItem> => {
  if (dataset.kind === "classification") return dataset[part].map(classItem)
  return dataset.kind === "sequence" ? dataset[part].map(sequenceItem) : []
}

const batchOf = (
  teacher: TrainingSession,
  loss: DivergenceBatch["loss"],
  items: ReadonlyArray<TargetItem>
): Effect.Effect<DivergenceBatch, TrainerError> =>
  Effect.map(teacher.outputs(items.map(({ input }) => input)), (outputs) => ({
    loss,
    denominator: weightOf(items),
    items: taught(items, outputs)
  }))

/** The loop, or a failure where mode, data, student and teacher do not fit. */
export const distillationLoop = (
  student: TrainingSession,
  teacher: TrainingSession,
  dataset: DistillationDataset,
  config: DistillationConfig
): Effect.Effect<TrainingLoop, TrainerError> =>
  Effect.gen(function* () {
    const onPolicy = config.mode === "on_policy"
    if (onPolicy !== (dataset.kind === "prompt"))
      return yield* unfit(
        `the mode "${config.mode}" has no use for this dataset`,
        onPolicy ? "prompts" : "sequences or classes",
        dataset.kind,
        onPolicy ? 'give prompts, or take mode "off_policy"' : 'give what the teacher is to be followed on, or take mode "on_policy"'
      )
    if (student.shape.width !== teacher.shape.width)
      return yield* unfit(
        "student and teacher answer with different columns",
        `${teacher.shape.width} of the teacher`,
        String(student.shape.width)
      )
    if (dataset.train.length === 0) return yield* unfit("there is nothing to learn from", "at least one example", "none")
    const loss = config.loss_function === "by_mode" ? (onPolicy ? "reverse_kl" : "forward_kl") : config.loss_function
    const teacherSha256 = yield* teacher.weightsSha256
    const data = given(dataset, "train")
    const evaluation = given(dataset, "evaluation")
    const batches = minibatches({ ...config, name: "distillation", count: dataset.train.length })
    const rateOf = learningRateOf(config.lr_schedule, config.learning_rate, batches.total_steps)

    const said = (step: number, places: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<TargetItem>, TrainerError> => {
      const prompts = dataset.kind === "prompt" ? pick(dataset.train, places) : []
      const { max_tokens, temperature, stop_token } = config
      const requests = prompts.map(({ prompt }) => ({
        ...{ prompt, max_tokens, temperature },
        ...(stop_token === "none" ? {} : { stop: stop_token })
      }))
      return Effect.map(student.sample(requests, streamOf(config.seed, `distillation/sample/step-${step}`)), (completions) =>
        prompts.map(({ prompt }, at) => completionItem(prompt, completions[at] ?? []))
      )
    }

    return makeLoop({
      id: "distillation",
      session: student,
      config,
      identity: { config, dataset: datasetSha256(dataset), teacher: teacherSha256 },
      total_steps: batches.total_steps,
      state: Schema.Null,
      start: null,
      step: (state, step) =>
        Effect.gen(function* () {
          const { epoch, places } = batches.at(step)
          const items = onPolicy ? yield* said(step, places) : pick(data, places)
          const learning_rate = rateOf(step)
          const report = yield* student.forwardBackward(yield* batchOf(teacher, loss, items))
          const { gradient_norm } = yield* student.optimStep({ learning_rate })
          const metrics = {
            epoch: epoch + 1,
            [loss]: report.loss,
            positions: report.sums.weight ?? Number.NaN,
            learning_rate,
            gradient_norm
          }
          return { state, metrics }
        }),
      ...(evaluation.length === 0
        ? {}
        : {
            evaluate: Effect.gen(function* () {
              let kl = 0
              let weight = 0
              for (const items of inGroups(evaluation, config.batch_size)) {
                const outputs = yield* student.outputs(items.map(({ input }) => input))
                const { sums } = lossOf(yield* batchOf(teacher, loss, items), outputs)
                kl += sums.kl ?? Number.NaN
                weight += sums.weight ?? Number.NaN
              }
              return { [`eval/${loss}`]: kl / weight }
            })
          }),
      provenance: Effect.succeed({ teacher: { weights_sha256: teacherSha256, ...teacher.fingerprint } })
    })
  })
