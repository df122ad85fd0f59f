/**
 * Experience out of a dataset: in a phase that learns, epochs in the sampler's order, every sample answered before it is learnt from; in any
 * other phase the samples of its part once, in canonical order.
 *
 * Under the shuffled-label control the learner is taught the label of another training sample, by one fixed permutation drawn from
 * its own stream, so that the distribution of labels stays and their meaning goes.
 */
import type {
  IRSample,
  LearnerOutput,
  LearnerSample,
  OwnTraining,
  ProtocolPhase,
  Sampler,
  TrainerError,
  TypedTarget
} from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import { contained } from "../catalogue/contained.ts"
import { idsOf } from "./checkPins.ts"
import type { ExperienceSource, Lived, Pass } from "./ExperienceSource.ts"
import { epochsOf, phaseTotal } from "./phaseProgress.ts"
import type { RunContext } from "./RunContext.ts"
import { streams } from "./RunDocument.ts"
import { samplerItems } from "./samplerItems.ts"

export type DatasetContext = Pick<RunContext, "document" | "seeds" | "reader" | "read" | "parts" | "session">

export const datasetSource = (context: DatasetContext, catalogue: Catalogue["Service"]): ExperienceSource => {
  const { document, seeds, session } = context
  return {
    kind: "sample",
    extent: (phase) => ({ passes: epochsOf(document, phase), samples: phaseTotal(document, phase) }),
    expected: (phase, done) => idsOf(context.parts, phase.split).slice(0, done),
    pass: (phase, epoch) =>
      Effect.gen(function* () {
        const own = phase.learns ? session.own_training : undefined
        if (own !== undefined) return ownPass(own, phase, phaseTotal(document, phase))
        const ids = idsOf(context.parts, phase.split)
        const order = phase.learns ? yield* epochOrder(context, catalogue, ids, epoch, seeds.child(streams.sampler(epoch)).random()) : ids
        const shuffled = phase.learns && document.controls.shuffled_labels ? shuffledTargets(context, ids) : undefined
        return {
          length: order.length,
          live: (from, count) =>
            Effect.gen(function* () {
              const batch = yield* context.read(order.slice(from, from + count), phase.split, phase.learns ? "train" : "measure", epoch)
              const targets = batch.map((sample) => shuffled?.get(sample.sample_id) ?? sample.target)
              const outputs = phase.learns
                ? yield* session.train(yield* Effect.forEach(batch, (sample, index) => labelled(sample, targets[index])))
                : yield* session.predict(batch)
              return yield* answered(phase, batch, targets, outputs)
            })
        }
      })
  }
}

/** The steps of a training that goes its own way, each under the number that it has from the beginning on. */
const ownPass = (own: OwnTraining, phase: ProtocolPhase, length: number): Pass => ({
  length,
  live: (from, count) =>
    Effect.gen(function* () {
      const wanted = Math.min(count, length - from)
      const outputs = wanted > 0 ? yield* own.advance(wanted) : []
      if (outputs.length !== wanted)
        return yield* trainerError("failed", {
          code: "FT3021",
          message: `the learner did not do every step of phase "${phase.name}"`,
          expected: `${wanted} steps`,
          actual: String(outputs.length),
          help: "a step is told as it was done: this is a bug of the learner"
        })
      return outputs.map((output, at) => ({ sample_id: `step-${from + at + 1}`, target: null, output }))
    })
})

const answered = (
  phase: ProtocolPhase,
  batch: ReadonlyArray<IRSample>,
  targets: ReadonlyArray<TypedTarget | null>,
  outputs: ReadonlyArray<LearnerOutput>
): Effect.Effect<ReadonlyArray<Lived>, TrainerError> =>
  outputs.length === batch.length
    ? Effect.succeed(
        batch.flatMap(({ sample_id }, index) => {
          const output = outputs[index]
          return output === undefined ? [] : [{ sample_id, target: targets[index] ?? null, output }]
        })
      )
    : Effect.fail(
        trainerError("failed", {
          code: "FT3021",
          message: `the learner did not answer every sample of phase "${phase.name}"`,
          expected: `${batch.length} answers`,
          actual: String(outputs.length),
          help: "an answer belongs to the sample at its place: this is a bug of the learner or its backend"
        })
      )

const labelled = (sample: IRSample, target: TypedTarget | null | undefined): Effect.Effect<LearnerSample, TrainerError> =>
  target === null || target === undefined
    ? Effect.fail(
        trainerError("failed", {
          code: "FT3022",
          sample_id: sample.sample_id,
          message: "has no target, so that nothing can be learnt from it",
          help: "leave unlabelled samples out of the training part of the split"
        })
      )
    : Effect.succeed({ sample, target })

const epochOrder = (
  context: DatasetContext,
  catalogue: Catalogue["Service"],
  ids: ReadonlyArray<string>,
  epoch: number,
  rng: Parameters<Sampler["plan"]>[1]["rng"]
): Effect.Effect<ReadonlyArray<string>, TrainerError> =>
  Effect.gen(function* () {
    const { plugin, options } = context.document.sampler
    const sampler = (yield* catalogue.lookup("sampler", plugin.id)).entry
    const decoded = sampler.decodeOptions(options)
    if (!decoded.ok)
      return yield* trainerError("invalid", { code: "FT2014", message: `sampler ${plugin.id} does not know its pinned options` })
    const index = samplerItems(ids, context.reader.entry)
    const { order, draws } = yield* contained(plugin, () => sampler.plan(decoded.value, { index, rng, epoch }))
    const often = draws === "permutation" ? "once" : "subset" in draws ? "at most once" : "any number of times"
    const wrong =
      often === "any number of times"
        ? order.find((position) => ids[position] === undefined)
        : notAPermutation(order, ids.length, often === "once")
    if (wrong !== undefined)
      return yield* trainerError("failed", {
        code: "FT2015",
        message: `sampler ${plugin.id} gave position ${wrong} wrongly in epoch ${epoch}`,
        expected: `each of 0 … ${ids.length - 1} ${often}`,
        actual: `${order.length} positions`
      })
    return order.map((position) => ids[position] ?? "")
  })

/** The first position that is repeated, out of range or, where the order has to be `whole`, missing. */
const notAPermutation = (order: ReadonlyArray<number>, count: number, whole: boolean): number | undefined => {
  const seen = new Set<number>()
  for (const position of order) {
    if (!Number.isInteger(position) || position < 0 || position >= count || seen.has(position)) return position
    seen.add(position)
  }
  return seen.size === count || !whole ? undefined : order.length
}

const shuffledTargets = (context: DatasetContext, ids: ReadonlyArray<string>): ReadonlyMap<string, TypedTarget> => {
  const labels = new Map(context.document.dataset.classes.map((each) => [each.class_id, each.label]))
  const permutation = context.seeds.child(streams.shuffledLabels).random().permutation(ids.length)
  return new Map(
    ids.flatMap((id, position) => {
      const class_id = context.reader.entry(ids[permutation[position] ?? position] ?? id)?.class_id
      return class_id === undefined ? [] : [[id, { class: { class_id, label: labels.get(class_id) ?? null } }] as const]
    })
  )
}
