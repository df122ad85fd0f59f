/** The token that every request shows: given by the environment, or made by chance when the server starts. */
import { randomBytes } from "node:crypto"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export interface Token {
  readonly value: string
  /** Whether whoever started the server knows it already. */
  readonly given: boolean
}

const pattern = /^[A-Za-z0-9_-]{32,256}$/

export const tokenOf = (environment: NodeJS.ProcessEnv): Effect.Effect<Token, TrainerError> =>
  Effect.suspend((): Effect.Effect<Token, TrainerError> => {
    const given = environment.FEAGI_TRAINER_TOKEN
    if (given === undefined) return Effect.succeed({ value: randomBytes(32).toString("base64url"), given: false })
    if (pattern.test(given)) return Effect.succeed({ value: given, given: true })
    // What was given may be a secret that was only cut: it is not repeated.
    return Effect.fail(
      trainerError("usage", {
        code: "FT1360",
        message: "FEAGI_TRAINER_TOKEN is no token",
        expected: "32 to 256 letters, digits, - and _",
        actual: `${given.length} characters`,
        help: "take it away, and one is made when the server starts"
      })
    )
  })
