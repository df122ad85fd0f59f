/**
 * The compiled engine. One module serves any number of brains, each in an instance of its own, and it may be posted to
 * workers (`wasm` is structured-cloneable): compile once, share everywhere.
 */
import { EngineError } from "./EngineError.ts"
import { Instance, requiredExports } from "./Instance.ts"
import type { RandomSource } from "./RandomSource.ts"
import { type WasmModule, wasm } from "./Wasm.ts"

/** What the module is built from; `patches` are the SHA-256 of the patch files. */
export interface EngineVersion {
  readonly engine: string
  readonly crates: Readonly<Record<string, string>>
  readonly patches: Readonly<Record<string, string>>
}

/** What FEAGI's own loader and validator say about a genome. An empty `errors` does not prove that its mappings grow. */
export interface GenomeReport {
  readonly errors: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
}

/** For calls whose results do not depend on chance. */
export const noChance = (): RandomSource => {
  let next = 0
  return {
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = next = (next * 5 + 1) & 0xff
    }
  }
}

export class EngineModule {
  readonly wasm: WasmModule

  private constructor(module: WasmModule) {
    this.wasm = module
  }

  /** Compiles the bytes of `feagi.wasm`. Fails with `module-invalid` if they are not a FEAGI engine of this package. */
  static async compile(bytes: Uint8Array): Promise<EngineModule> {
    let module: WasmModule
    try {
      module = await wasm.compile(bytes)
    } catch (error) {
      throw new EngineError("module-invalid", `these ${bytes.length} bytes are no WebAssembly module: ${String(error)}`)
    }
    return EngineModule.of(module)
  }

  /** Takes a module that was compiled before, for instance by another thread. */
  static of(module: WasmModule): EngineModule {
    const found = new Set(wasm.Module.exports(module).map(({ name }) => name))
    const missing = requiredExports.filter((name) => !found.has(name))
    if (missing.length > 0) {
      throw new EngineError("module-invalid", `the module is no FEAGI engine of this version: it does not export ${missing.join(", ")}`)
    }
    return new EngineModule(module)
  }

  version(): EngineVersion {
    return new Instance(this.wasm, noChance()).ask("version", {}) as EngineVersion
  }

  /** Parses, migrates and validates a genome text; nothing is developed. */
  validate(genome: string): GenomeReport {
    return new Instance(this.wasm, noChance()).ask("validate", { genome }) as GenomeReport
  }
}
