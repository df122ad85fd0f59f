/**
 * A node with its plugin in hand, and every call into that plugin.
 *
 * Sharp edge: whatever a plugin throws, at once or within its effect, fails in the name of plugin, operation and sample. Nothing that
 * it does can pass for a bug of the trainer.
 */
import {
  type IRSample,
  type PluginRef,
  type Rng,
  type SampleShape,
  TrainerError,
  type Transform,
  trainerError
} from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { Phases } from "./TransformNode.ts"

/** An operation with its decoded options, before it is known what comes in. */
export interface ChosenNode {
  /** Position in the graph. */
  readonly index: number
  readonly ref: PluginRef
  readonly entry: Transform
  readonly phases: Phases
  readonly options: unknown
}

export interface BoundNode extends ChosenNode {
  /** Of the samples that come in. */
  readonly shape: SampleShape
  readonly fitted: unknown
}

/** Where a node stands in a run file. */
export const fieldOf = (index: number): string => `transforms.${index}`

const nameOf = ({ ref, entry }: ChosenNode): string => `${ref.id} ${ref.version} (version ${entry.version})`

/** Runs a call into a plugin. An error of the plugin's own making gets the node and the sample that it does not name itself. */
export const contained = <A>(
  node: ChosenNode,
  call: () => Effect.Effect<A, TrainerError>,
  sample_id?: string
): Effect.Effect<A, TrainerError> => {
  const place = { field: fieldOf(node.index), ...(sample_id === undefined ? {} : { sample_id }) }
  return Effect.suspend(call).pipe(
    Effect.catchDefect((defect) =>
      Effect.fail(
        defect instanceof TrainerError
          ? defect
          : trainerError("failed", {
              code: "FT2307",
              message: `${nameOf(node)} failed: ${defect instanceof Error ? defect.message : String(defect)}`,
              help: "report it to the author of the plugin"
            })
      )
    ),
    Effect.mapError(
      ({ reason, diagnostics: [first, ...rest] }) =>
        new TrainerError({ reason, diagnostics: [{ ...place, ...first }, ...rest.map((each) => ({ ...place, ...each }))] })
    )
  )
}

/** What no operation may touch: by these fields a prediction finds its target, and a sample its part. */
const identityOf = ({ sample_id, dataset_version_id, split, output_type }: IRSample) => ({
  sample_id,
  dataset_version_id,
  split,
  output_type
})

/** One sample through one node. */
export const applyNode = (node: BoundNode, sample: IRSample, rng: Rng): Effect.Effect<IRSample, TrainerError> =>
  contained(
    node,
    () => node.entry.apply({ options: node.options, shape: node.shape, fitted: node.fitted }, sample, rng),
    sample.sample_id
  ).pipe(
    Effect.flatMap((changed) => {
      const [before, after] = [canonical(identityOf(sample)), canonical(identityOf(changed))]
      if (before === after) return Effect.succeed(changed)
      return Effect.fail(
        trainerError("failed", {
          code: "FT2308",
          field: fieldOf(node.index),
          sample_id: sample.sample_id,
          message: `${nameOf(node)} changed what a sample is known by`,
          expected: before,
          actual: after,
          help: "report it to the author of the plugin"
        })
      )
    })
  )
