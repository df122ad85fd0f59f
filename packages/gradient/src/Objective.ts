/**
 * What a training minimises, for one micro-batch: the training step knows no loss and no model by name. `supervised` is the common case;
 * reinforcement, preference and distillation bring objectives of their own.
 *
 * Sharp edge: an objective divides by the denominator it is given, that of the whole optimiser step, and never by the size of its batch.
 */
import type { Mode } from "./LayerKind.ts"
import type { Loss, Target } from "./Loss.ts"
import type { Model, ModelInput } from "./Model.ts"
import type { Tape } from "./Tape.ts"
import type { Node, Tensor } from "./Tensor.ts"

/** The outcome of an objective on one micro-batch. */
export interface ObjectiveValue {
  /** The scalar to go backward from. */
  readonly loss: Node
  /**
   * The loss of each row before the division, so that the loss of a step does not depend on how it was cut. Left out where there are none:
   * then the losses of the micro-batches are added, and the last bits of what is told (not of the weights) depend on the cut.
   */
  readonly rows?: Tensor
  /** What the model answered, the samples along the first axis. Left out where nobody asks: that of a language model is large. */
  readonly output?: Node
}

export interface Objective<B> {
  /** How much a micro-batch counts in the denominator. */
  readonly terms: (batch: B) => number
  readonly run: (tape: Tape, mode: Mode, batch: B, denominator: number) => ObjectiveValue
}

/** Samples with their targets. */
export interface SupervisedBatch {
  readonly input: ModelInput
  readonly target: Target
}

/**
 * The loss of the model's output against the targets. With `outputs: false` a step does not tell what the model answered, which saves a
 * copy of every output.
 */
export const supervised = (
  model: Model,
  loss: Loss,
  options: { readonly outputs: boolean } = { outputs: true }
): Objective<SupervisedBatch> => ({
  terms: ({ input, target }) => loss.terms(target, input.batch),
  run: (tape, mode, { input, target }, denominator) => {
    const output = model.forward(tape, input, mode)
    const value = loss.apply(tape, output, target, denominator)
    return options.outputs ? { ...value, output } : value
  }
})
