/** Bytes as text, or the failure of a reader that takes nothing but UTF-8. */
import type { TrainerError } from "@feagi-trainer/contracts"
import { fromUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { type StoreCodeId, storeError } from "./StoreError.ts"

export const strictText = (bytes: Uint8Array, code: StoreCodeId, file: string): Effect.Effect<string, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(fromUtf8(bytes))
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause
      return Effect.fail(storeError(code, { message: "the bytes are not UTF-8", file }))
    }
  })
