/**
 * The engine for Node: reads the module that lies beside this package. The only file here that knows Node.
 */
import { readFile } from "node:fs/promises"
import { EngineModule } from "./EngineModule.ts"
import { engineModuleUrl } from "./ModuleUrl.ts"

/** Reads and compiles `feagi.wasm`. Compiling takes some hundred milliseconds: do it once and share the module. */
export const loadEngineModule = async (): Promise<EngineModule> => EngineModule.compile(await readFile(engineModuleUrl))
