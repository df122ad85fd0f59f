/**
 * The compiled engine module, once per process and only when the first brain is opened: compiling takes some hundred milliseconds,
 * an instance of it one or two. Sharp edge: a failed load is forgotten, so that the next session tries again.
 */
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { EngineError, EngineModule, engineModuleUrl } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { fromEngine } from "./EngineFailure.ts"

export interface LoadedEngine {
  readonly module: EngineModule
  /** Of the module's bytes: versions of crates name an engine, only this identifies it. */
  readonly sha256: string
}

let loading: Promise<LoadedEngine> | undefined

const read = async (): Promise<LoadedEngine> => {
  const bytes = await readFile(engineModuleUrl)
  return { module: await EngineModule.compile(bytes), sha256: createHash("sha256").update(bytes).digest("hex") }
}

const load = (): Promise<LoadedEngine> => {
  loading ??= read().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

export const loadedEngine: Effect.Effect<LoadedEngine, TrainerError> = Effect.tryPromise({
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
