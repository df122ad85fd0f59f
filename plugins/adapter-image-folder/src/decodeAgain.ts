/** A picture of a registered file, decoded once more. What the scan could read and this machine cannot is a failure, not another picture. */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Decoded, decoder, isRefusal } from "./Picture.ts"

export const decodeAgain = (path: string, bytes: Uint8Array, sample_id: string): Effect.Effect<Decoded, TrainerError> =>
  Effect.flatMap(decoder.decode(path, bytes), (decoded) => {
    if (!isRefusal(decoded)) return Effect.succeed(decoded)
    const { refused, ...why } = decoded
    return Effect.fail(trainerError("failed", { code: `image-folder/${refused}`, ...why, file: path, sample_id }))
  })
