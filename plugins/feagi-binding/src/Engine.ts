/**
 * The compiled engine module, once per process and only when the first brain is opened: compiling takes some hundred milliseconds,
 * an instance of it one or two. Sharp edge: a failed load is forgotten, so that the next session tries again.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { EngineError, type EngineModule } from "@feagi-trainer/feagi-runtime"
import { loadEngineModule } from "@feagi-trainer/feagi-runtime/node"
import { Effect } from "effect"
import { fromEngine } from "./EngineFailure.ts"

let loading: Promise<EngineModule> | undefined

const load = (): Promise<EngineModule> => {
  loading ??= loadEngineModule().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

export const engineModule: Effect.Effect<EngineModule, TrainerError> = Effect.tryPromise({
  try: load,
  catch: (error) =>
    error instanceof EngineError
      ? fromEngine(error)
      : trainerError("missing", {
          code: "embedded/MODULE-INVALID",
          message: `the engine module cannot be read: ${error instanceof Error ? error.message : String(error)}`,
          help: "install @feagi-trainer/feagi-runtime again"
        })
})
