/**
 * The losses as data: what a loop asks a client to make gradients of. All that a loss needs beside the outputs of the model stands in
 * its batch, so that a client on another machine needs nothing else. Sharp edge: every loss is a sum over the items divided by
 * `denominator`, which the loop gives, so that micro-batches of one step add up to the step.
 */
import type { ModelInput } from "../client/Outputs.ts"

interface Divided {
  readonly denominator: number
}

/** One entry for each position of the input; weight 0 leaves a position out. */
export interface TargetItem {
  readonly input: ModelInput
  readonly targets: ReadonlyArray<number>
  readonly weights: ReadonlyArray<number>
}

/** -ln p(target), the negative log-likelihood. */
export interface CrossEntropyBatch extends Divided {
  readonly loss: "cross_entropy"
  readonly items: ReadonlyArray<TargetItem>
}

/** Mean over the outputs of (output - y)², where y is 1 at the target and 0 elsewhere. */
export interface MeanSquaredErrorBatch extends Divided {
  readonly loss: "mean_squared_error"
  readonly items: ReadonlyArray<TargetItem>
}

/** One step of an environment: the input has one position. */
export interface ActionItem {
  readonly input: ModelInput
  readonly action: number
  readonly advantage: number
  /** What the value should have been. */
  readonly return: number
}

/** -A ln p(action) - entropy_coefficient H + value_coefficient (v - R)². (Williams 1992.) The last term only where the model has values. */
export interface PolicyGradientBatch extends Divided {
  readonly loss: "policy_gradient"
  readonly entropy_coefficient: number
  readonly value_coefficient: number
  readonly items: ReadonlyArray<ActionItem>
}

export interface PpoItem extends ActionItem {
  /** ln p(action) and the value when the action was taken. */
  readonly old_logprob: number
  readonly old_value: number
}

/**
 * -min(r A, clip(r, 1 - c, 1 + c) A) - entropy_coefficient H + value_coefficient (v - R)², r = p(action) / p_old(action).
 * (Schulman, Wolski, Dhariwal, Radford, Klimov 2017, equation 9.) With `value_clip` the larger of (v - R)² and (v' - R)², v' being v held within
 * `value_clip` of the old value.
 */
export interface PpoBatch extends Divided {
  readonly loss: "ppo"
  readonly clip_range: number
  readonly value_clip: number | "none"
  readonly entropy_coefficient: number
  readonly value_coefficient: number
  readonly items: ReadonlyArray<PpoItem>
}

/** A completion with the sum of weight · ln p(target) under the reference model. */
export interface ReferredItem extends TargetItem {
  readonly reference_logprob: number
}

/** -ln σ(beta ((π_w - ref_w) - (π_l - ref_l))), π the sum of weight · ln p(target). (Rafailov et al. 2023, equation 7.) */
export interface DpoBatch extends Divided {
  readonly loss: "dpo"
  readonly beta: number
  readonly pairs: ReadonlyArray<{ readonly chosen: ReferredItem; readonly rejected: ReferredItem }>
}

export interface TaughtItem {
  readonly input: ModelInput
  readonly weights: ReadonlyArray<number>
  /** [positions, width]: ln of the teacher's probabilities. */
  readonly teacher_logprobs: Float64Array
}

/** Weighted sum over positions of KL(teacher ‖ student) or KL(student ‖ teacher), each over the whole distribution. */
export interface DivergenceBatch extends Divided {
  readonly loss: "forward_kl" | "reverse_kl"
  readonly items: ReadonlyArray<TaughtItem>
}

export type LossBatch = CrossEntropyBatch | MeanSquaredErrorBatch | PolicyGradientBatch | PpoBatch | DpoBatch | DivergenceBatch
export type LossName = LossBatch["loss"]

/** The inputs in the order of the rows: of pairs the chosen one, then the rejected one. */
export const inputsOf = (batch: LossBatch): ReadonlyArray<ModelInput> =>
  batch.loss === "dpo"
    ? batch.pairs.flatMap(({ chosen, rejected }) => [chosen.input, rejected.input])
    : batch.items.map(({ input }) => input)
