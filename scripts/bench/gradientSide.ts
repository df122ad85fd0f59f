/**
 * One side of row `gradient` in a process of its own: `gradientSide.ts ours|tfjs <workload> <steps> [profile]`. Prints seconds and the last
 * loss as JSON; with `profile`, where the time went, by kernel.
 */
import { readFile } from "node:fs/promises"
import { Session } from "node:inspector/promises"
import { Effect } from "effect"
import { type Device, kernelModuleUrl, openDevice } from "../../packages/gradient/src/index.ts"
import { loadTensorFlow } from "../../plugins/learner-tfjs-node/src/TensorFlow.ts"
import { tfDevice } from "../../plugins/learner-tfjs-node/src/TfDevice.ts"
import { tensorFlowFrom } from "../tfjs.ts"
import { trainer, workloads } from "./gradientModels.ts"

const [side, name, count, profile] = process.argv.slice(2)
const workload = workloads.find((each) => each.name === name)
const steps = Number(count)
if (workload === undefined || !(steps >= 1)) throw new Error("gradientSide.ts ours|tfjs cnn|transformer <steps> [profile]")

const settings = { threads: 1, onednn: true }
const device: Device =
  side === "tfjs" ? tfDevice(await Effect.runPromise(loadTensorFlow(tensorFlowFrom, settings)), settings) : await openDevice()
const step = trainer(device, workload)

/** The language library has these types only among the browser's. */
interface WebAssemblyOf {
  readonly compile: (bytes: Uint8Array) => Promise<object>
  readonly Module: { readonly imports: (module: object) => ReadonlyArray<{ readonly module: string; readonly name: string }> }
  readonly instantiate: (module: object, imports: object) => Promise<{ readonly exports: Readonly<Record<string, unknown>> }>
}
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyOf }

/** Names of the kernels by the number of their function: an exported function is named by its number. */
const kernelNames = async (): Promise<ReadonlyMap<string, string>> => {
  const module = await WebAssembly.compile(await readFile(kernelModuleUrl))
  const imports = Object.fromEntries(WebAssembly.Module.imports(module).map(({ module: from, name: each }) => [from, { [each]: () => 0 }]))
  const { exports } = await WebAssembly.instantiate(module, imports)
  return new Map(
    Object.entries(exports).flatMap(([each, value]) => (typeof value === "function" ? [[`wasm-function[${value.name}]`, each]] : []))
  )
}

/** Shares of the time by kernel as it is called from JavaScript, whatever it calls itself; the largest first. */
const profiled = async (work: () => void): Promise<ReadonlyArray<readonly [string, number]>> => {
  const names = await kernelNames()
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  await session.post("Profiler.setSamplingInterval", { interval: 200 })
  await session.post("Profiler.start")
  work()
  const { profile: found } = await session.post("Profiler.stop")
  session.disconnect()
  const called = new Map<number, string>()
  const children = new Map(found.nodes.map((node) => [node.id, node]))
  const walk = (id: number, kernel: string | undefined): void => {
    const node = children.get(id)
    if (node === undefined) return
    const { functionName } = node.callFrame
    const inside = kernel ?? (functionName.startsWith("wasm-function[") ? (names.get(functionName) ?? functionName) : undefined)
    called.set(id, inside ?? "JavaScript")
    for (const child of node.children ?? []) walk(child, inside)
  }
  for (const { id, callFrame } of found.nodes) if (callFrame.functionName === "(root)") walk(id, undefined)
  const shares = new Map<string, number>()
  const samples = found.samples ?? []
  for (const id of samples) {
    const each = called.get(id) ?? "JavaScript"
    shares.set(each, (shares.get(each) ?? 0) + 1 / samples.length)
  }
  return [...shares].sort(([, a], [, b]) => b - a)
}

// The first steps grow memory and are compiled.
for (let warm = 0; warm < 3; warm++) step()
let loss = Number.NaN
const work = (): void => {
  for (let done = 0; done < steps; done++) loss = step()
}
const start = performance.now()
const shares = profile === "profile" ? await profiled(work) : work()
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, loss, shares: shares ?? [] }))
