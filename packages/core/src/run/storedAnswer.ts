/** What a stored prediction line says. */
import type { Answer, Scored, TypedTarget } from "@feagi-trainer/contracts"
import { fromCanonical } from "@feagi-trainer/determinism"
import { scoredOf } from "@feagi-trainer/evaluation"

export interface StoredAnswer {
  readonly phase: string
  readonly epoch: number
  readonly index: number
  readonly sample_id: string
  readonly prediction: Answer
  readonly target: TypedTarget | null
}

export const readAnswer = (line: string): StoredAnswer => fromCanonical(line) as unknown as StoredAnswer

/** As evaluation reads it; nothing when there is no target to score against. */
export const scoredAnswer = (answer: Pick<StoredAnswer, "sample_id" | "prediction" | "target">): Scored | undefined =>
  answer.target === null ? undefined : scoredOf(answer)
