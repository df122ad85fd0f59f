/** The program's name alone: what comes next in this folder. Part of every call, so it imports its work when it is asked for. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"

export const root = Command.make("feagi-trainer", { json }, (flags) =>
  Effect.flatMap(
    Effect.promise(() => import("../nextSteps.ts")),
    ({ tellNextSteps }) => tellNextSteps(flags.json)
  )
)
