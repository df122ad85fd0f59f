/**
 * Same module, genome, random bytes and calls: same bits. In this thread, in another one, in a realm that has nothing but the
 * language, after a checkpoint; and the committed module is the one that the committed sources describe.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { createContext, runInContext } from "node:vm"
import { Worker } from "node:worker_threads"
import { beforeAll, describe, expect, it } from "vitest"
import { Brain, CoderSession, EngineError, type EngineModule, engineModuleUrl } from "../src/index.ts"
import { engine } from "./support/brains.ts"
import { play, scriptedBrain } from "./support/script.ts"

const samples = 60

let module: EngineModule
beforeAll(async () => {
  module = await engine()
})

const recorded = (seed: number) => {
  const brain = scriptedBrain(Brain, module, seed)
  return { lines: play(brain, samples), hash: brain.hash("full") }
}

const refusal = (work: () => unknown): EngineError => {
  try {
    work()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error("nothing was refused")
}

describe("the same seed", () => {
  it("plays the same run twice, bit for bit, and another seed numbers its neurons otherwise", () => {
    const run = recorded(1)
    expect(recorded(1)).toEqual(run)
    expect(new Set(run.lines).size).toBeGreaterThan(samples / 2)
    expect(recorded(2).lines).not.toEqual(run.lines)
    expect(recorded(2).hash).toBe(run.hash)
  })

  it("plays the same run in a worker thread", async () => {
    const worker = new Worker(new URL("./support/worker.ts", import.meta.url), { workerData: { wasm: module.wasm, seed: 1, samples } })
    const answer = await new Promise((resolve, reject) => {
      worker.once("message", resolve)
      worker.once("error", reject)
    })
    await worker.terminate()
    expect(answer).toEqual(recorded(1))
  })

  it("plays the same run in a bare realm: the host needs nothing but the language and WebAssembly", () => {
    const files = ["Wasm", "EngineError", "Text", "Instance", "EngineModule", "Samples", "CoderBench", "Brain"]
    const script = files
      .map((name) => stripTypeScriptTypes(readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8")))
      .map((text) => text.replace(/^import [^;]*?from "[^"]+"$/gm, "").replace(/^export /gm, ""))
      .join("\n")
    const realm = createContext(Object.create(null))
    const globals = runInContext("Object.getOwnPropertyNames(globalThis)", realm) as ReadonlyArray<string>
    expect(globals.filter((name) => ["process", "Buffer", "TextDecoder", "crypto", "performance"].includes(name))).toEqual([])
    const host = runInContext(`${script}\n;({ Brain, EngineModule })`, realm) as {
      readonly Brain: typeof Brain
      readonly EngineModule: { of(wasm: unknown): EngineModule }
    }
    const brain = scriptedBrain(host.Brain, host.EngineModule.of(module.wasm), 1)
    expect({ lines: play(brain, samples), hash: brain.hash("full") }).toEqual(recorded(1))
  })
})

describe("a checkpoint", () => {
  it("is restored to the same brain, which goes on like the saved one", () => {
    const saved = scriptedBrain(Brain, module, 1)
    play(saved, 30)
    const bytes = saved.checkpoint()
    const restored = scriptedBrain(Brain, module, 1)
    restored.restore(bytes)
    expect(restored.hash("full")).toBe(saved.hash("full"))
    expect(play(restored, 100)).toEqual(play(saved, 100))
    expect(restored.hash("full")).toBe(saved.hash("full"))
  })

  it("taken again at once has the same bytes", () => {
    const brain = scriptedBrain(Brain, module, 1)
    play(brain, 10)
    const bytes = brain.checkpoint()
    expect([...brain.checkpoint()]).toEqual([...bytes])
    const other = scriptedBrain(Brain, module, 1)
    other.restore(bytes)
    expect([...other.checkpoint()]).toEqual([...bytes])
  })

  it("keeps a freeze", () => {
    const brain = scriptedBrain(Brain, module, 1)
    brain.freeze(true)
    const other = scriptedBrain(Brain, module, 1)
    other.restore(brain.checkpoint())
    const before = other.hash("connectome")
    play(other, 10)
    expect(other.hash("connectome")).toBe(before)
  })

  it("is refused with any flipped bit, truncated, of another seed, of another genome, and the brain stays as it was", () => {
    const brain = scriptedBrain(Brain, module, 1)
    play(brain, 5)
    const bytes = brain.checkpoint()
    play(brain, 5)
    const before = brain.hash("full")
    const flipped = (at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))
    const places = [0, 8, 12, 44, 76, 80, bytes.length >> 1, bytes.length - 1]
    const refused = [...places.map(flipped), bytes.slice(0, -1), bytes.slice(0, 50), new Uint8Array(0)]
    expect(refused.map((one) => refusal(() => brain.restore(one)).kind)).toEqual(refused.map(() => "snapshot-invalid"))
    expect(brain.hash("full")).toBe(before)
    expect(refusal(() => scriptedBrain(Brain, module, 2).restore(bytes)).message).toContain("another seed")
    const { genome, ...rest } = { genome: '{ "another": "genome" }', at: 12 }
    const hash = createHash("sha256").update(genome).digest()
    const body = Uint8Array.from(bytes.slice(0, -32))
    body.set(hash, rest.at)
    const signed = Uint8Array.from([...body, ...createHash("sha256").update(body).digest()])
    expect(refusal(() => brain.restore(signed)).message).toContain("another genome")
  })
})

describe("a trap", () => {
  it("is named by the engine's panic, ends its instance and no other", () => {
    const before = scriptedBrain(Brain, module, 1)
    const lines = play(before, 10)
    const frame = { image_resolution: { width: 2, height: 2 }, color_space: "Linear", color_channel_layout: "GrayScale" }
    const device = { friendly_name: null, device_properties: {}, channel_index_override: null, pipeline_stages: [] }
    const flags = { frame_change_handling: "Absolute" }
    const unit = { friendly_name: null, cortical_unit_index: 0, io_configuration_flags: flags, device_grouping: [device] }
    const session = CoderSession.open(module, {
      config: {
        input_units_and_encoder_properties: {},
        output_units_and_decoder_properties: { SimpleVisionOutput: [[unit, { CartesianPlane: frame }]] },
        feedbacks: { registered_feedbacks: [] }
      }
    })
    const outside = { "b2ltZwkAAAA=": { x: [0], y: [0], z: [2], p: [1] } }
    const error = refusal(() => session.decodeVoxels(outside))
    expect(error.kind).toBe("trap")
    expect(error.message).toMatch(/panicked at .*out of bounds.*develop a new one/s)
    expect(refusal(() => session.registrations())).toBe(error)
    expect(play(scriptedBrain(Brain, module, 1), 10)).toEqual(lines)
    expect(play(before, 1).length).toBe(1)
  })
})

describe("the committed module", () => {
  const folder = new URL("../", engineModuleUrl)
  const manifest = JSON.parse(readFileSync(new URL("wasm/manifest.json", folder), "utf8")) as {
    readonly sha256: string
    readonly size: number
    readonly sourceSha256: string
    readonly lockSha256: string
    readonly patches: Readonly<Record<string, string>>
    readonly crates: Readonly<Record<string, string>>
  }
  const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

  it("has the bytes, the lock and the patches that its manifest names", () => {
    const bytes = readFileSync(engineModuleUrl)
    expect([sha256(bytes), bytes.length]).toEqual([manifest.sha256, manifest.size])
    expect(sha256(readFileSync(new URL("rust/Cargo.lock", folder)))).toBe(manifest.lockSha256)
    const { crates, patches } = module.version()
    expect(crates).toEqual(Object.fromEntries(Object.keys(crates).map((name) => [name, manifest.crates[name]])))
    expect(Object.fromEntries(Object.entries(patches).map(([name, sum]) => [`${name}.patch`, sum]))).toEqual(manifest.patches)
  })

  it("was built from the sources that are here; if not, run: node scripts/wasm.ts", () => {
    const rust = new URL("rust/", folder)
    const inside = ["src", "patches", ".cargo"].flatMap((name) =>
      readdirSync(new URL(name, rust), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.split("\\").join("/"))
        .map((path) => path.slice(path.lastIndexOf(`/rust/${name}`) + "/rust/".length))
    )
    const lines = [...inside, "Cargo.toml", "Cargo.lock"].map((path) => `${sha256(readFileSync(new URL(path, rust)))}  ${path}\n`)
    expect(sha256(lines.sort().join(""))).toBe(manifest.sourceSha256)
  })
})
