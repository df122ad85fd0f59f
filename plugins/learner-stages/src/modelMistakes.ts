/** Why a model is none for the samples of a run: what a loop would find out in the middle of its first step, or of a long text. */
import type { Diagnostic } from "@feagi-trainer/contracts"
import type { Dataset, ModelShape } from "@feagi-trainer/training-stages"
import type { ReaderRequest } from "./Examples.ts"
import { refusal } from "./Section.ts"

/** Tokens of one byte each. */
const bytes = 256

/** Positions that texts of at most `max_bytes` need: the last token of a sequence is never asked for what follows it. */
const positionsFor = (dataset: Dataset, max_bytes: number): number => {
  if (dataset.kind === "preference") return 2 * max_bytes - 1
  return dataset.kind === "sequence" ? max_bytes - 1 : max_bytes
}

/** The findings, at the field `model_ref`; none for an environment, whose loop looks by itself. */
export const modelMistakes = (
  { classes, max_bytes }: Pick<ReaderRequest, "classes" | "max_bytes">,
  shape: ModelShape,
  dataset: Dataset
): ReadonlyArray<Diagnostic> => {
  if (dataset.kind === "environment") return []
  const unfit = (message: string, expected: string, actual: string) =>
    refusal("stages/MODEL", "model_ref", message, { expected, actual, help: "change the input or the last layer of the model" })
  const [first] = dataset.kind === "classification" ? dataset.train : []
  const features = first !== undefined && "features" in first.input ? first.input.features.length : undefined
  const input = features === undefined ? "tokens" : "features"
  if (shape.input !== input) return [unfit("takes other inputs", `a model of ${input}`, `a model of ${shape.input}`)]
  const ofClasses = dataset.kind === "classification"
  const rows = ofClasses ? "one row of columns for a sample" : "a row of columns for each token"
  const found: Array<Diagnostic> = []
  if (shape.rows !== (ofClasses ? "each-item" : "each-token"))
    found.push(unfit("answers in other rows", rows, shape.rows === "each-item" ? "one row for a sample" : "a row for each token"))
  if (ofClasses && shape.width !== classes.length)
    found.push(unfit("has another number of columns", `${classes.length}, one for each class`, String(shape.width)))
  if (!ofClasses && shape.width < bytes)
    found.push(unfit("has fewer columns than there are bytes", `at least ${bytes}`, String(shape.width)))
  if (features !== undefined && shape.length !== features)
    found.push(unfit("takes rows of another length", `${features} features`, String(shape.length)))
  if (features === undefined && shape.length < positionsFor(dataset, max_bytes))
    found.push(
      unfit("takes shorter texts", `at least ${positionsFor(dataset, max_bytes)} tokens, for texts of max_bytes`, String(shape.length))
    )
  if (features === undefined && (shape.vocabulary ?? 0) < bytes)
    found.push(unfit("does not know every byte", `a vocabulary of at least ${bytes}`, String(shape.vocabulary ?? 0)))
  return found
}
