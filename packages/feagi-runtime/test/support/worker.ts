/** Plays the script in a worker thread, with the module that the main thread compiled. */
import { parentPort, workerData } from "node:worker_threads"
import { Brain, EngineModule, type WasmModule } from "../../src/index.ts"
import { play, scriptedBrain } from "./script.ts"

const { wasm, seed, samples } = workerData as { readonly wasm: WasmModule; readonly seed: number; readonly samples: number }
const brain = scriptedBrain(Brain, EngineModule.of(wasm), seed)
parentPort?.postMessage({ lines: play(brain, samples), hash: brain.hash("full") })
