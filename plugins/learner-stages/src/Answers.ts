/** What a model in training answers to a sample of the run, by what samples are to its stage. Nothing here teaches it anything. */
import type { Answer, ClassLabel, IRSample, TrainerError } from "@feagi-trainer/contracts"
import { evaluatePolicy, exp, logSoftmax, type ModelInput, sigmoid, type TrainingSession, type World } from "@feagi-trainer/training-stages"
import { Effect } from "effect"
import { classInput, indexOf, pairOf } from "./Examples.ts"

export type Answerer = (samples: ReadonlyArray<IRSample>) => Effect.Effect<ReadonlyArray<Answer>, TrainerError>

/** The class with the largest score, of equal ones the first that is declared. */
const classAnswer = (classes: ReadonlyArray<ClassLabel>, scores: ReadonlyArray<number>): Answer => {
  const best = scores.reduce((found, score, at) => (score > (scores[found] ?? Number.NaN) ? at : found), 0)
  return { class: { class_id: classes[best]?.class_id ?? 0, scores: [...scores] } }
}

/** Classes by the softmax of the model's row. */
export const classAnswers =
  (session: TrainingSession, classes: ReadonlyArray<ClassLabel>, max_bytes: number): Answerer =>
  (samples) =>
    Effect.gen(function* () {
      const inputs = yield* Effect.forEach(samples, (sample) => classInput(sample, max_bytes))
      const { logits, width } = yield* session.outputs(inputs)
      const out = new Float64Array(width)
      return samples.map((_, row) => classAnswer(classes, Array.from(logSoftmax(logits, row * width, width, out), exp)))
    })

interface Asked {
  readonly input: ModelInput
  readonly targets: ReadonlyArray<number>
  /** Positions that say something of the prompt and not of the completion. */
  readonly skipped: number
}

const asked = (prompt: ReadonlyArray<number>, completion: ReadonlyArray<number>): Asked => {
  const tokens = [...prompt, ...completion]
  return { input: { tokens: tokens.slice(0, -1) }, targets: tokens.slice(1), skipped: prompt.length - 1 }
}

/** ln p of each completion. */
const likelihoods = (session: TrainingSession, items: ReadonlyArray<Asked>) =>
  Effect.map(session.logprobs(items), (logprobs) =>
    items.map(({ skipped }, at) => (logprobs[at] ?? []).slice(skipped).reduce((sum, logprob) => sum + logprob, 0))
  )

/**
 * The completion whose implicit reward beta · (ln p − ln p of the reference) is the larger one (Rafailov et al. 2023, equation 5). The scores
 * are the probabilities of the Bradley-Terry model: the sigmoid of the difference of the rewards.
 */
export const preferenceAnswers =
  (
    session: TrainingSession,
    reference: TrainingSession,
    { classes, beta, max_bytes }: { readonly classes: ReadonlyArray<ClassLabel>; readonly beta: number; readonly max_bytes: number }
  ): Answerer =>
  (samples) =>
    Effect.gen(function* () {
      const pairs = yield* Effect.forEach(samples, (sample) => pairOf(sample, max_bytes))
      const items = pairs.flatMap(({ prompt, a, b }) => [asked(prompt, a), asked(prompt, b)])
      const [own, base] = [yield* likelihoods(session, items), yield* likelihoods(reference, items)]
      const reward = (at: number) => beta * ((own[at] ?? Number.NaN) - (base[at] ?? Number.NaN))
      return pairs.map((_, at) => {
        const ofA = sigmoid(reward(2 * at) - reward(2 * at + 1))
        return classAnswer(
          classes,
          classes.map(({ label }) => (label === "a" ? ofA : 1 - ofA))
        )
      })
    })

/** The return of one whole episode from the index of the sample, each action being the most likely one. */
export const returnAnswers =
  (session: TrainingSession, world: World): Answerer =>
  (samples) =>
    Effect.gen(function* () {
      const indices = yield* Effect.forEach(samples, indexOf)
      const there: World = { ...world, begin: (purpose, at) => world.begin(purpose, indices[at] ?? Number.NaN) }
      return (yield* evaluatePolicy(session, there, indices.length)).map((scalar): Answer => ({ scalar }))
    })

/** A model that says how texts go on names no class. */
export const noAnswers: Answerer = (samples) =>
  Effect.succeed(samples.map((): Answer => ({ abstain: { reason: "a model of sequences names no class" } })))
