/**
 * The native twin of the engine module: built on demand, run on files, and its answer read.
 *
 * Sharp edge: a process develops its own brain, so a pass that is compared comes after one that is not: pages are touched by then.
 */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { BindOptions, BrainActivity, Timing } from "../../packages/feagi-runtime/src/index.ts"
import { root } from "../steps.ts"
import type { Built } from "./cargo.ts"

export const twinName = "native twin of the module"

export interface TwinPass {
  readonly seconds: number
  readonly silent: number
  /** Since development, not of this pass. */
  readonly activity: BrainActivity
}

export interface TwinAnswer {
  readonly samples: number
  readonly passes: ReadonlyArray<TwinPass>
}

/** Builds the twin from the sources of the module, patches and all, or says why this machine cannot. */
export const buildTwin = (): Built => {
  const built = spawnSync(process.execPath, [join(root, "scripts/wasm.ts"), "--native"], {
    env: { ...process.env, CARGO_TARGET_DIR: join(root, ".cache/bench/native") },
    encoding: "utf8",
    maxBuffer: 1 << 28
  })
  if (built.status === 0) return { ok: true, program: built.stdout.trim() }
  return { ok: false, reason: built.stderr.trim().split("\n").at(-1) ?? "scripts/wasm.ts --native failed" }
}

export interface TwinFiles {
  readonly genome: string
  readonly binding: string
  readonly batch: string
}

/** Writes what the twin reads. `name` tells the files of several brains in one folder apart. */
export const writeTwinFiles = (folder: string, name: string, genome: string, bind: BindOptions, batch: Float32Array): TwinFiles => {
  const path = (what: string) => join(folder, `${name}-${what}`)
  const files = { genome: path("genome.json"), binding: path("binding.json"), batch: path("batch.f32") }
  writeFileSync(files.genome, genome)
  writeFileSync(files.binding, JSON.stringify(bind))
  writeFileSync(files.batch, new Uint8Array(batch.buffer, batch.byteOffset, batch.byteLength))
  return files
}

/** Presents the batch `passes` times to one brain of its own. */
export const runTwin = (program: string, { genome, binding, batch }: TwinFiles, passes: number, timing: Timing): TwinAnswer => {
  const args = [genome, binding, batch, ...[passes, timing.hold, timing.read, timing.settle].map(String)]
  const ran = spawnSync(program, args, { encoding: "utf8" })
  if (ran.status !== 0) throw new Error(`the native twin failed: ${ran.stderr}`)
  return JSON.parse(ran.stdout) as TwinAnswer
}
