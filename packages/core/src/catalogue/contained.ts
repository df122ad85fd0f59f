/** Calls into a plugin. What it throws fails the run in the plugin's own name and is never taken for a fault of the trainer. */
import { type PluginRef, TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export const contained = <A>(plugin: PluginRef, call: () => A): Effect.Effect<A, TrainerError> =>
  Effect.try({
    try: call,
    catch: (error) =>
      error instanceof TrainerError
        ? error
        : trainerError("failed", {
            code: "FT1214",
            message: `${plugin.id} ${plugin.version} failed: ${error instanceof Error ? error.message : String(error)}`,
            help: "report it to the author of the plugin"
          })
  })
