/** The text of a genome file that a person names. */
import { resolve } from "node:path"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { fromUtf8 } from "@feagi-trainer/determinism"
import { readFileLimited } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"

/** Largest genome that is read: 256 MiB. */
const maxGenomeBytes = 256 * 1024 * 1024

export const readGenomeFile = (file: string): Effect.Effect<string, TrainerError> =>
  Effect.flatMap(readFileLimited(resolve(file), maxGenomeBytes), (bytes) =>
    Effect.try({
      try: () => fromUtf8(bytes),
      catch: () => trainerError("invalid", { code: "FT1007", file, message: "is not UTF-8 text" })
    })
  )

/** A seed as it is written on the command line. */
export const seedOf = (text: string): Effect.Effect<bigint, TrainerError> =>
  /^\d{1,20}$/.test(text) && BigInt(text) < 1n << 64n
    ? Effect.succeed(BigInt(text))
    : Effect.fail(
        trainerError("usage", {
          code: "FT1313",
          field: "--seed",
          message: "is not a seed",
          expected: "an integer from 0 to 18446744073709551615",
          actual: JSON.stringify(text)
        })
      )
