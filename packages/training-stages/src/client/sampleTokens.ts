/**
 * Completions by a model that gives the next token's logits: one token after the other, prompt after prompt, so that what a prompt draws
 * depends on the prompts before it and never on how they were batched.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { Random } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { exp, logSoftmax } from "../scalar/Scalar.ts"
import { BatchError, type ModelInput, type ModelShape, type Outputs } from "./Outputs.ts"
import type { SampleRequest } from "./TrainingClient.ts"

/**
 * A column of the distribution whose logits these are, by the running sum of its probabilities and one `unit`. Temperature above 0.
 */
export const drawColumn = (logits: ArrayLike<number>, at: number, width: number, temperature: number, random: Random): number => {
  const scaled = Float64Array.from({ length: width }, (_, j) => (logits[at + j] ?? Number.NaN) / temperature)
  const logprobs = logSoftmax(scaled, 0, width, new Float64Array(width))
  const target = random.unit()
  let sum = 0
  let last = 0
  for (let j = 0; j < width; j += 1) {
    const p = exp(logprobs[j] ?? Number.NaN)
    if (p === 0) continue
    sum += p
    last = j
    if (target < sum) return j
  }
  // The sum may be rounded to less than 1.
  return last
}

/** The column of the largest logit, the first one of equals. */
export const largestColumn = (logits: ArrayLike<number>, at: number, width: number): number => {
  let best = 0
  for (let j = 1; j < width; j += 1) if ((logits[at + j] ?? Number.NaN) > (logits[at + best] ?? Number.NaN)) best = j
  return best
}

const checkRequest = (shape: ModelShape, { prompt, max_tokens, temperature }: SampleRequest, at: number): void => {
  if (shape.input !== "tokens" || shape.rows !== "each-token")
    throw new BatchError("sample()", "a model that gives a row for each token", `one of ${shape.input} with a row ${shape.rows}`)
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY))
    throw new BatchError(`request ${at}, temperature`, "a finite number above 0", String(temperature))
  if (!Number.isInteger(max_tokens) || max_tokens < 1 || prompt.length < 1 || prompt.length + max_tokens > shape.length)
    throw new BatchError(`request ${at}`, `1 to ${shape.length} tokens of prompt and completion`, `${prompt.length} and ${max_tokens}`)
}

/** `sample` of a session, by its `outputs`. */
export const sampleTokens =
  (shape: ModelShape, outputs: (inputs: ReadonlyArray<ModelInput>) => Effect.Effect<Outputs, TrainerError>) =>
  (requests: ReadonlyArray<SampleRequest>, random: Random): Effect.Effect<ReadonlyArray<ReadonlyArray<number>>, TrainerError> =>
    Effect.gen(function* () {
      const completions: Array<ReadonlyArray<number>> = []
      for (const [at, request] of requests.entries()) {
        checkRequest(shape, request, at)
        const completion: Array<number> = []
        while (completion.length < request.max_tokens && (completion.length === 0 || completion.at(-1) !== request.stop)) {
          const tokens = [...request.prompt, ...completion]
          const { logits, width } = yield* outputs([{ tokens }])
          completion.push(drawColumn(logits, (tokens.length - 1) * width, width, request.temperature, random))
        }
        completions.push(completion)
      }
      return completions
    })
