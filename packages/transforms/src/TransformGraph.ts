/**
 * A transform graph that is ready to run: the nodes in order, each with its options, its fitted value and the shape that it takes.
 *
 * Sharp edge: a node of phase `train` is not there for a sample that is measured. Its stream of chance is not even asked for.
 */
import type { IRSample, Rng, SampleShape, TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { applyNode, type BoundNode } from "./BoundNode.ts"

/** Everything that a run applies to a sample; opened once. */
export interface TransformGraph {
  /** Shape that goes in, and shape that comes out in every phase. */
  readonly input: SampleShape
  readonly output: SampleShape
  /** `rng(node)` is the stream of this node for this sample and epoch; it is called only for nodes that run. `measure` skips nodes of phase `train`. */
  readonly apply: (sample: IRSample, phase: "train" | "measure", rng: (node: number) => Rng) => Effect.Effect<IRSample, TrainerError>
}

export const graphOf = (nodes: ReadonlyArray<BoundNode>, input: SampleShape, output: SampleShape): TransformGraph => ({
  input,
  output,
  apply: Effect.fnUntraced(function* (sample, phase, rng) {
    let current = sample
    for (const node of nodes) if (node.phases === "all" || phase === "train") current = yield* applyNode(node, current, rng(node.index))
    return current
  })
})
