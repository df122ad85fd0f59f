/**
 * A session over a model in this process. A model has to give outputs, take gradients of them, step, and turn into bytes; losses,
 * sampling, checks and errors are the same for all of them and stand here. Sharp edge: what a model throws becomes a TrainerError if it
 * is an Error; anything else is a defect.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { inputsOf, type LossBatch } from "../loss/LossBatch.ts"
import { lossOf, targetLogprobs } from "../loss/lossOf.ts"
import { BatchError, checkInputs, type ModelInput, type ModelShape, type OutputGradients, type Outputs } from "./Outputs.ts"
import { sampleTokens } from "./sampleTokens.ts"
import type { LossReport, OptimReport, TrainingSession } from "./TrainingClient.ts"

/** A model in memory. Inputs were checked against `shape`. */
export interface LocalModel {
  readonly shape: ModelShape
  readonly outputs: (inputs: ReadonlyArray<ModelInput>) => Outputs
  /** Gives `gradientsOf` the outputs and adds what comes back to the gradients of the weights. */
  readonly accumulate: (inputs: ReadonlyArray<ModelInput>, gradientsOf: (outputs: Outputs) => OutputGradients) => void
  /** One step of the optimiser. Gradients are 0 afterwards. */
  readonly step: (learningRate: number) => OptimReport
  readonly save: () => Uint8Array
  readonly load: (bytes: Uint8Array) => void
  readonly weightsSha256: () => string
  readonly fingerprint: Readonly<Record<string, string>>
}

/** What went wrong in a session, as an error that says what to do. */
export const sessionError = (operation: string, error: Error): TrainerError =>
  error instanceof BatchError
    ? trainerError("invalid", {
        code: "training-stages/BAD-BATCH",
        message: `${operation}: ${error.message}`,
        expected: error.expected,
        actual: error.actual,
        help: "give the model what it was made for: its input, its targets and the positions that it answers"
      })
    : trainerError("failed", { code: "training-stages/CLIENT-FAILED", message: `${operation}: ${error.message}` })

const attempt = <A>(operation: string, run: () => A): Effect.Effect<A, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      if (error instanceof Error) return Effect.fail(sessionError(operation, error))
      throw error
    }
  })

const finite = (operation: string, values: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(values))
    if (!Number.isFinite(value))
      throw new Error(`${name} is ${value}: lower the learning rate, or clip the gradients; nothing is trained on it (${operation})`)
}

export const localSession = (model: LocalModel): TrainingSession => {
  let pending = false
  const outputs = (inputs: ReadonlyArray<ModelInput>) =>
    attempt("outputs", () => {
      checkInputs(model.shape, inputs)
      return model.outputs(inputs)
    })
  return {
    shape: model.shape,
    fingerprint: model.fingerprint,
    outputs,
    logprobs: (items) =>
      Effect.flatMap(outputs(items.map(({ input }) => input)), (given) => attempt("logprobs", () => targetLogprobs(items, given))),
    sample: (requests, random) =>
      Effect.catchDefect(sampleTokens(model.shape, outputs)(requests, random), (defect) =>
        defect instanceof BatchError ? Effect.fail(sessionError("sample", defect)) : Effect.die(defect)
      ),
    forwardBackward: (batch: LossBatch) =>
      attempt("forwardBackward", (): LossReport => {
        const inputs = inputsOf(batch)
        checkInputs(model.shape, inputs)
        let report: LossReport | undefined
        model.accumulate(inputs, (given) => {
          const { loss, sums, gradients } = lossOf(batch, given)
          finite("forwardBackward", { loss, ...sums })
          report = { loss, sums }
          return gradients
        })
        if (report === undefined) throw new Error("the model asked for no gradients")
        pending = true
        return report
      }),
    optimStep: ({ learning_rate }) =>
      attempt("optimStep", () => {
        if (!(learning_rate >= 0 && learning_rate < Number.POSITIVE_INFINITY))
          throw new BatchError("learning_rate", "a finite number from 0", String(learning_rate))
        const report = model.step(learning_rate)
        pending = false
        return report
      }),
    saveState: attempt("saveState", () => {
      if (pending)
        throw new BatchError("saveState", "a session whose gradients a step has used", "gathered gradients: call optimStep first")
      return model.save()
    }),
    loadState: (bytes) =>
      attempt("loadState", () => {
        model.load(bytes)
        pending = false
      }),
    weightsSha256: attempt("weightsSha256", model.weightsSha256)
  }
}
