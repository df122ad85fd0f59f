/** Options of a plugin from the command line: `key=value`, each value written as in TOML; and `key=null`, for TOML has no null. */
import { parseSet } from "@feagi-trainer/config"
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import type { JsonValue } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"

export const optionValues = (texts: ReadonlyArray<string>): Effect.Effect<Record<string, JsonValue>, TrainerError> =>
  Effect.gen(function* () {
    const given: Record<string, JsonValue> = {}
    for (const text of texts) {
      const none = /^[^=]*=\s*null\s*$/.test(text)
      const assignment = parseSet(none ? text.replace(/null\s*$/, "0") : text, "--option")
      if (!assignment.ok) return yield* trainerErrors("usage", assignment.diagnostics)
      const [key] = assignment.path
      if (assignment.path.length !== 1 || typeof key !== "string")
        return yield* trainerError("usage", { code: "FT1304", field: "--option", message: "takes one key", actual: text })
      given[key] = none ? null : assignment.value
    }
    return given
  })
