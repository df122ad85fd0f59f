/**
 * The part of the WebAssembly interface that the host uses. It is written down here because the language library has it only
 * among the browser's types, which would bring a thousand names that Node does not have.
 */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

export type WasmFunction = (...values: ReadonlyArray<number>) => number

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

interface WasmInterface {
  compile(bytes: Uint8Array): Promise<WasmModule>
  readonly Module: {
    new (bytes: Uint8Array): WasmModule
    imports(module: WasmModule): ReadonlyArray<{ readonly module: string; readonly name: string; readonly kind: string }>
    exports(module: WasmModule): ReadonlyArray<{ readonly name: string; readonly kind: string }>
  }
  readonly Instance: new (module: WasmModule, imports: Record<string, Record<string, unknown>>) => WasmInstance
}

declare const WebAssembly: WasmInterface

/** The engine of this realm. */
export const wasm: WasmInterface = WebAssembly
