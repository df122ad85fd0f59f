/**
 * Where the engine's bytes lie, beside this package. Written so that bundlers see it and bring the file along; a browser then
 * compiles `await (await fetch(engineModuleUrl)).arrayBuffer()`.
 */
export const engineModuleUrl: URL = new URL("../wasm/feagi.wasm", import.meta.url)
