import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { GradientError, kernelModuleUrl, openDevice, openDeviceOf } from "../src/index.ts"

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const manifest: { sha256: string; size: number; sources: Record<string, string> } = JSON.parse(
  readFileSync(new URL("../wasm/manifest.json", import.meta.url), "utf8")
)

describe("the kernel module", () => {
  it("has the committed bytes that its manifest names, and the sources that they were built from", () => {
    const bytes = readFileSync(kernelModuleUrl)
    expect({ sha256: sha256(bytes), size: bytes.length }).toEqual({ sha256: manifest.sha256, size: manifest.size })
    const folder = new URL("../assembly/", import.meta.url)
    const found = Object.fromEntries(readdirSync(folder).map((name) => [name, sha256(readFileSync(new URL(name, folder)))]))
    expect(found).toEqual(manifest.sources)
  })

  it("is what its sources build to, byte for byte", () => {
    const script = fileURLToPath(new URL("../../../scripts/kernels.ts", import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout).toContain(manifest.sha256)
  })

  it("is refused where its bytes are not those of the manifest", async () => {
    const altered = readFileSync(kernelModuleUrl)
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1
    await expect(openDeviceOf(altered, manifest.sha256)).rejects.toThrow(GradientError)
    await expect(openDeviceOf(altered, manifest.sha256)).rejects.toThrow(`expected a kernel module with SHA-256 ${manifest.sha256}`)
  })

  it("asks nothing of its host, so that no function of the host can reach a weight", async () => {
    const { WebAssembly: engine } = globalThis as unknown as {
      WebAssembly: { Module: { new (bytes: Uint8Array): object; imports(module: object): ReadonlyArray<unknown> } }
    }
    expect(engine.Module.imports(new engine.Module(readFileSync(kernelModuleUrl)))).toEqual([])
    expect((await openDevice()).module_sha256).toBe(manifest.sha256)
  })
})
