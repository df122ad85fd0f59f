/**
 * The learning phase: epochs in the sampler's order, every sample answered before it is learnt from.
 *
 * Under the shuffled-label control the learner is taught the label of another training sample, by one fixed permutation drawn from
 * its own stream, so that the distribution of labels stays and their meaning goes.
 */
import type { IRSample, LearnerSample, ProtocolPhase, Sampler, TrainerError, TypedTarget } from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { Catalogue } from "../../catalogue/Catalogue.ts"
import { contained } from "../../catalogue/contained.ts"
import { idsOf } from "../checkPins.ts"
import type { Interruption, RunContext } from "../RunContext.ts"
import { streams } from "../RunDocument.ts"
import type { Cursor } from "../RunSink.ts"
import { samplerItems } from "../samplerItems.ts"
import { visit } from "./steps.ts"

export const trainPhase = (
  context: RunContext,
  phase: ProtocolPhase,
  from: Cursor
): Effect.Effect<void, TrainerError | Interruption, Catalogue> =>
  Effect.gen(function* () {
    const { document, seeds } = context
    const ids = idsOf(context.parts, phase.split)
    const shuffled = document.controls.shuffled_labels ? shuffledTargets(context, ids) : undefined
    for (let epoch = from.epoch; epoch < document.training.epochs; epoch++) {
      const order = yield* epochOrder(context, ids, epoch, seeds.child(streams.sampler(epoch)).random())
      yield* visit(context, {
        phase: { name: phase.name, split: phase.split, index: from.phase, transforms: "train" },
        epoch,
        order,
        from: epoch === from.epoch ? from.next : 0,
        targets: (sample) => shuffled?.get(sample.sample_id) ?? sample.target,
        work: (samples, targets) =>
          Effect.flatMap(
            Effect.forEach(samples, (sample, index) => labelled(sample, targets[index])),
            context.session.train
          )
      })
    }
  })

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
  context: RunContext,
  ids: ReadonlyArray<string>,
  epoch: number,
  rng: Parameters<Sampler["plan"]>[1]["rng"]
): Effect.Effect<ReadonlyArray<string>, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
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

const shuffledTargets = (context: RunContext, ids: ReadonlyArray<string>): ReadonlyMap<string, TypedTarget> => {
  const labels = new Map(context.document.dataset.classes.map((each) => [each.class_id, each.label]))
  const permutation = context.seeds.child(streams.shuffledLabels).random().permutation(ids.length)
  return new Map(
    ids.flatMap((id, position) => {
      const class_id = context.reader.entry(ids[permutation[position] ?? position] ?? id)?.class_id
      return class_id === undefined ? [] : [[id, { class: { class_id, label: labels.get(class_id) ?? null } }] as const]
    })
  )
}
