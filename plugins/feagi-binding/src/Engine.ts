/**
 * The compiled engine module, once per process and only when the first brain is opened: compiling takes some hundred milliseconds,
 * an instance of it one or two. Threads that are started afterwards are handed the module, code that was optimised included. Sharp edge: a
 * failed load is forgotten, so that the next session tries again.
 */
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads"
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

/** Under this key the main thread leaves the module for the threads that it starts. */
const sharedKey = "@feagi-trainer/feagi-binding/engine"
interface SharedEngine {
  readonly url: string
  readonly wasm: EngineModule["wasm"]
  readonly sha256: string
}

/** What the main thread left, if it is the module of this very file. */
const handedOver = (): LoadedEngine | undefined => {
  const shared = isMainThread ? undefined : (getEnvironmentData(sharedKey) as unknown as SharedEngine | undefined)
  return shared?.url === engineModuleUrl.href ? { module: EngineModule.of(shared.wasm), sha256: shared.sha256 } : undefined
}

const read = async (): Promise<LoadedEngine> => {
  const shared = handedOver()
  if (shared !== undefined) return shared
  const bytes = await readFile(engineModuleUrl)
  const engine = { module: await EngineModule.compile(bytes), sha256: createHash("sha256").update(bytes).digest("hex") }
  const left: SharedEngine = { url: engineModuleUrl.href, wasm: engine.module.wasm, sha256: engine.sha256 }
  if (isMainThread) setEnvironmentData(sharedKey, left as unknown as Parameters<typeof setEnvironmentData>[1])
  return engine
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
