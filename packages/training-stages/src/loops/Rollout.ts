/**
 * Episodes of an environment by the policy of a session: many at once, each with its own state, one call of the model for a step of all.
 *
 * What an episode begins with is a function of seed, purpose and initial-state index; of the index alone where the dataset lists its indices.
 * Sharp edge: what an environment throws, and a reward
 * or an observation that is no number, fails the training and never becomes a number.
 */
import { type Environment, type EnvironmentStart, type EnvironmentStep, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { largestColumn } from "../client/sampleTokens.ts"
import type { TrainingSession } from "../client/TrainingClient.ts"
import type { EnvironmentDataset } from "../data/Dataset.ts"
import { streamOf, unfit } from "./Loop.ts"

/** An environment with its options decoded. */
export interface World {
  // biome-ignore lint/suspicious/noExplicitAny: see EnvironmentDataset
  readonly environment: Environment<any, any>
  readonly actions: number
  readonly begin: (purpose: string, index: number) => Effect.Effect<EnvironmentStart<unknown>, TrainerError>
  readonly act: (state: unknown, action: number) => Effect.Effect<EnvironmentStep<unknown>, TrainerError>
}

const failed = (environment: string, what: string, error: Error): TrainerError =>
  trainerError("failed", {
    code: "training-stages/ENVIRONMENT-FAILED",
    message: `the environment "${environment}" failed in ${what}: ${error.message}`
  })

/** The environment of a dataset, or a failure that names every mistake in its options, an action space that is not discrete, and what does not fit the model. */
export const openWorld = (
  session: TrainingSession,
  { environment, options, initial_states }: EnvironmentDataset,
  seed: number
): Effect.Effect<World, TrainerError> =>
  Effect.gen(function* () {
    if (initial_states?.length === 0) return yield* unfit("there is nothing to begin with", "at least one initial-state index", "none")
    const decoded = environment.decodeOptions(options)
    if (!decoded.ok)
      return yield* unfit(
        `the options of the environment "${environment.id}" have mistakes`,
        decoded.mistakes.map(({ path, expected, message }) => `${path.join(".")}: ${expected ?? message}`).join("; "),
        JSON.stringify(options) ?? String(options)
      )
    const { observation, action } = environment.spaces(decoded.value)
    if (action.type !== "discrete")
      return yield* unfit(
        "this loop chooses one of several actions",
        "a discrete action space",
        action.type,
        "take an environment with named actions"
      )
    const { shape } = session
    if (shape.input !== "features" || shape.length !== observation.length || shape.width !== action.names.length)
      return yield* unfit(
        "environment and model do not fit",
        `a model of ${observation.length} features and ${action.names.length} actions`,
        `one of ${shape.length} ${shape.input} and ${shape.width} columns`
      )
    const attempt = <A extends EnvironmentStart<unknown>>(what: string, run: () => A): Effect.Effect<A, TrainerError> =>
      Effect.suspend(() => {
        try {
          const result = run()
          const numbers = [...result.observation, ...("reward" in result ? [Number(result.reward)] : [])]
          if (result.observation.length !== observation.length || !numbers.every(Number.isFinite))
            return Effect.fail(
              failed(
                environment.id,
                what,
                new Error(`expected ${observation.length} finite numbers and a finite reward, got ${numbers.join(", ")}`)
              )
            )
          return Effect.succeed(result)
        } catch (error) {
          if (error instanceof Error) return Effect.fail(failed(environment.id, what, error))
          throw error
        }
      })
    return {
      environment,
      actions: action.names.length,
      begin: (purpose, index) => {
        if (initial_states === undefined)
          return attempt("reset()", () =>
            environment.reset(decoded.value, { index, rng: streamOf(seed, `${purpose}/initial-state-${index}`) })
          )
        const listed = purpose === "training" ? (initial_states[index % initial_states.length] ?? index) : index
        return attempt("reset()", () => environment.reset(decoded.value, { index: listed, rng: streamOf(0, `initial-state-${listed}`) }))
      },
      act: (state, chosen) => attempt("step()", () => environment.step(decoded.value, state, chosen))
    }
  })

/** Returns of `episodes` episodes, in the order of their initial-state indices, each action being the most likely one. */
export const evaluatePolicy = (
  session: TrainingSession,
  world: World,
  episodes: number
): Effect.Effect<ReadonlyArray<number>, TrainerError> =>
  Effect.gen(function* () {
    const returns = Array.from({ length: episodes }, () => 0)
    let running: ReadonlyArray<{ readonly at: number; readonly start: EnvironmentStart<unknown> }> = yield* Effect.forEach(
      returns.map((_, at) => at),
      (at) => Effect.map(world.begin("evaluation", at), (start) => ({ at, start }))
    )
    while (running.length > 0) {
      const { logits, width } = yield* session.outputs(running.map(({ start }) => ({ features: start.observation })))
      const next: Array<{ readonly at: number; readonly start: EnvironmentStart<unknown> }> = []
      for (const [row, { at, start }] of running.entries()) {
        const step = yield* world.act(start.state, largestColumn(logits, row * width, width))
        returns[at] = (returns[at] ?? 0) + step.reward
        if (!step.terminated && !step.truncated) next.push({ at, start: step })
      }
      running = next
    }
    return returns
  })

/** Mean, least and largest of returns. */
export const returnsOf = (prefix: string, returns: ReadonlyArray<number>): Readonly<Record<string, number>> =>
  returns.length === 0
    ? {}
    : {
        [`${prefix}mean_return`]: returns.reduce((sum, value) => sum + value, 0) / returns.length,
        [`${prefix}least_return`]: returns.reduce((least, value) => Math.min(least, value)),
        [`${prefix}largest_return`]: returns.reduce((largest, value) => Math.max(largest, value))
      }
