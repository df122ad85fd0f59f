/**
 * Direct preference optimisation (Rafailov, Sharma, Mitchell, Manning, Ermon, Finn: "Direct Preference Optimization", NeurIPS 2023): the
 * model is moved towards the chosen completion of a pair and away from the rejected one, as far from a reference model as `beta` lets it.
 *
 * What the reference thinks of a completion never changes, so that it is asked once and kept under the hash of who was asked and what.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TrainingSession } from "../client/TrainingClient.ts"
import { datasetSha256, type PreferenceDataset, type PreferenceExample } from "../data/Dataset.ts"
import type { DpoBatch, ReferredItem, TargetItem } from "../loss/LossBatch.ts"
import { lossOf } from "../loss/lossOf.ts"
import { type LearningRateSchedule, learningRateOf } from "./LearningRate.ts"
import { type LoopConfig, makeLoop, type TrainingLoop, unfit } from "./Loop.ts"
import { inGroups, minibatches, pick } from "./Minibatches.ts"
import { completionItem } from "./TargetItems.ts"

export interface DPOConfig extends LoopConfig {
  readonly num_epochs: number
  /** Pairs of a step. */
  readonly batch_size: number
  readonly learning_rate: number
  readonly lr_schedule: LearningRateSchedule
  /** How dear it is to leave the reference, above 0. */
  readonly beta: number
}

/** Where the logarithms of the reference are kept: sum of ln p by hash. */
export interface ReferenceCache {
  readonly get: (key: string) => number | undefined
  readonly set: (key: string, logprob: number) => void
}

/** A cache in memory. */
export const memoryReferenceCache = (): ReferenceCache => {
  const kept = new Map<string, number>()
  return { get: (key) => kept.get(key), set: (key, logprob) => void kept.set(key, logprob) }
}

/** The key of a completion: hash of the reference's weights and of the item. */
export const referenceKey = (weightsSha256: string, item: TargetItem): string => hashOf({ reference: weightsSha256, item })

/** The sum of weight · ln p of each item under the reference, asked only for what the cache lacks. */
export const referenceLogprobs = (
  reference: TrainingSession,
  weightsSha256: string,
  cache: ReferenceCache,
  items: ReadonlyArray<TargetItem>
): Effect.Effect<ReadonlyArray<ReferredItem>, TrainerError> =>
  Effect.gen(function* () {
    const keys = items.map((item) => referenceKey(weightsSha256, item))
    // By key, so that what occurs twice is asked once.
    const wanted = new Map(items.map((item, at) => [keys[at] ?? "", item]))
    const lacking = [...wanted].flatMap(([key, item]) => (cache.get(key) === undefined ? [{ item, key }] : []))
    if (lacking.length > 0) {
      const logprobs = yield* reference.logprobs(lacking.map(({ item }) => item))
      for (const [at, { item, key }] of lacking.entries())
        cache.set(
          key,
          (logprobs[at] ?? []).reduce((sum, logprob, position) => {
            const weight = item.weights[position] ?? Number.NaN
            return weight === 0 ? sum : sum + weight * logprob
          }, 0)
        )
    }
    return items.map((item, at) => ({ ...item, reference_logprob: cache.get(keys[at] ?? "") ?? Number.NaN }))
  })

const itemsOf = ({ prompt, chosen, rejected }: PreferenceExample): ReadonlyArray<TargetItem> => [
  completionItem(prompt, chosen),
  completionItem(prompt, rejected)
]

/** The loop, or a failure for an empty dataset or an empty prompt or completion. */
export const dpoLoop = (
  session: TrainingSession,
  reference: TrainingSession,
  dataset: PreferenceDataset,
  config: DPOConfig,
  cache: ReferenceCache = memoryReferenceCache()
): Effect.Effect<TrainingLoop, TrainerError> =>
  Effect.gen(function* () {
    const { train, evaluation } = dataset
    if (train.length === 0) return yield* unfit("there is nothing to learn from", "at least one pair", "none")
    const empty = [...train, ...evaluation].findIndex(
      ({ prompt, chosen, rejected }) => prompt.length === 0 || chosen.length === 0 || rejected.length === 0
    )
    if (empty !== -1) return yield* unfit(`pair ${empty} has an empty part`, "a prompt and two completions of at least one token", "none")
    const referenceSha256 = yield* reference.weightsSha256
    const batches = minibatches({ ...config, name: "dpo", count: train.length })
    const rateOf = learningRateOf(config.lr_schedule, config.learning_rate, batches.total_steps)
    const batchOf = (examples: ReadonlyArray<PreferenceExample>): Effect.Effect<DpoBatch, TrainerError> =>
      Effect.map(referenceLogprobs(reference, referenceSha256, cache, examples.flatMap(itemsOf)), (items) => ({
        loss: "dpo",
        beta: config.beta,
        denominator: examples.length,
        pairs: examples.flatMap((_, at) => {
          const [chosen, rejected] = items.slice(2 * at, 2 * at + 2)
          return chosen === undefined || rejected === undefined ? [] : [{ chosen, rejected }]
        })
      }))
    const means = (prefix: string, sums: Readonly<Record<string, number>>, count: number) => ({
      [`${prefix}loss`]: (sums.loss ?? Number.NaN) / count,
      [`${prefix}accuracy`]: (sums.preferred ?? Number.NaN) / count,
      [`${prefix}margin`]: (sums.margin ?? Number.NaN) / count,
      [`${prefix}chosen_reward`]: (sums.chosen_reward ?? Number.NaN) / count,
      [`${prefix}rejected_reward`]: (sums.rejected_reward ?? Number.NaN) / count
    })
    return makeLoop({
      id: "dpo",
      session,
      config,
      identity: { config, dataset: datasetSha256(dataset), reference: referenceSha256 },
      total_steps: batches.total_steps,
      state: Schema.Null,
      start: null,
      step: (state, step) =>
        Effect.gen(function* () {
          const { epoch, places } = batches.at(step)
          const examples = pick(train, places)
          const learning_rate = rateOf(step)
          const { sums } = yield* session.forwardBackward(yield* batchOf(examples))
          const { gradient_norm } = yield* session.optimStep({ learning_rate })
          return { state, metrics: { epoch: epoch + 1, ...means("", sums, examples.length), learning_rate, gradient_norm } }
        }),
      ...(evaluation.length === 0
        ? {}
        : {
            evaluate: Effect.gen(function* () {
              const total: Record<string, number> = {}
              for (const examples of inGroups(evaluation, config.batch_size)) {
                const batch = yield* batchOf(examples)
                const outputs = yield* session.outputs(batch.pairs.flatMap(({ chosen, rejected }) => [chosen.input, rejected.input]))
                for (const [name, sum] of Object.entries(lossOf(batch, outputs).sums)) total[name] = (total[name] ?? 0) + sum
              }
              return means("eval/", total, evaluation.length)
            })
          }),
      provenance: Effect.succeed({ reference: { weights_sha256: referenceSha256, ...reference.fingerprint } })
    })
  })
