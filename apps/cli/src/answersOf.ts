/** Stored predictions as people ask for them: what was right, what was wrong, and where nothing was said. */
import type { ClassLabel } from "@feagi-trainer/contracts"
import { type PredictionRow, readAnswer, type StoredAnswer } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"

/** `unscored`: there is no target, or the right answer is a matter of degree. */
export type Outcome = "correct" | "wrong" | "abstained" | "unscored"

export interface AnswerRow {
  readonly phase: string
  /** From 1. */
  readonly epoch: number
  readonly index: number
  readonly sample_id: string
  readonly tick: number
  /** Label of the class that is right; of no class its number. Null where there is none. */
  readonly truth: string | null
  readonly predicted: string | null
  readonly outcome: Outcome
  readonly scores: Readonly<Record<string, number>> | null
  readonly prediction: StoredAnswer["prediction"]
  readonly target: StoredAnswer["target"]
}

const classOf = (answer: object | null): number | null =>
  answer !== null && "class" in answer ? (answer.class as { readonly class_id: number }).class_id : null

const labelOf = (class_id: number | null, classes: ReadonlyArray<ClassLabel>): string | null =>
  class_id === null ? null : (classes.find((each) => each.class_id === class_id)?.label ?? String(class_id))

const outcomeOf = ({ prediction, target }: StoredAnswer): Outcome => {
  if ("abstain" in prediction) return "abstained"
  if (target === null) return "unscored"
  const [right, said] = [classOf(target), classOf(prediction)]
  if (right !== null && said !== null) return right === said ? "correct" : "wrong"
  // Of boxes, masks and series a part may be right: only what is the same to the last digit is called so.
  return canonical(prediction) === canonical(target) ? "correct" : "unscored"
}

const scoresOf = (prediction: object, classes: ReadonlyArray<ClassLabel>): Readonly<Record<string, number>> | null => {
  const found = "class" in prediction ? (prediction.class as { readonly scores?: ReadonlyArray<number> | null }).scores : undefined
  if (!Array.isArray(found) || found.length !== classes.length) return null
  return Object.fromEntries(classes.map(({ label }, at) => [label, found[at] ?? 0]))
}

export const answerRow = (row: PredictionRow, classes: ReadonlyArray<ClassLabel>): AnswerRow => {
  const answer = readAnswer(row.line)
  return {
    phase: answer.phase,
    epoch: answer.epoch + 1,
    index: answer.index,
    sample_id: answer.sample_id,
    tick: row.tick,
    truth: labelOf(classOf(answer.target), classes),
    predicted: labelOf(classOf(answer.prediction), classes),
    outcome: outcomeOf(answer),
    scores: scoresOf(answer.prediction, classes),
    prediction: answer.prediction,
    target: answer.target
  }
}
