/**
 * Examples as items of a loss. A sequence of n tokens has n - 1 positions: each token but the last is asked for the one behind it, and the
 * weight of a position is that of the token that is to be said. A completion counts, its prompt does not.
 */
import type { ClassExample, SequenceExample } from "../data/Dataset.ts"
import type { TargetItem } from "../loss/LossBatch.ts"

export const classItem = ({ input, class: target }: ClassExample): TargetItem => ({ input, targets: [target], weights: [1] })

export const sequenceItem = ({ tokens, weights }: SequenceExample): TargetItem => ({
  input: { tokens: tokens.slice(0, -1) },
  targets: tokens.slice(1),
  weights: (weights ?? tokens.map(() => 1)).slice(1)
})

export const completionItem = (prompt: ReadonlyArray<number>, completion: ReadonlyArray<number>): TargetItem =>
  sequenceItem({ tokens: [...prompt, ...completion], weights: [...prompt.map(() => 0), ...completion.map(() => 1)] })
