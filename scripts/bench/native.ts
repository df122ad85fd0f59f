/**
 * Row `native`: the engine as a WebAssembly module by its native twin, for the same number of bursts of the same samples.
 *
 * Sharp edge: the twin's hash maps are keyed by the operating system, so the order of sums differs; what both must agree on is how many
 * samples were silent.
 */
import { spawnSync } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Brain } from "../../packages/feagi-runtime/src/index.ts"
import { loadEngineModule } from "../../packages/feagi-runtime/src/node.ts"
import { root } from "../steps.ts"
import { cargoBuild } from "./cargo.ts"
import { comparePair, type Result } from "./measure.ts"
import { recordDigits } from "./trainer.ts"

const SAMPLES = 500
const timing = { hold: 1, read: 1, settle: 0 } as const
const row = "native"
const peer = "native twin of the module"

/** The twin's own generator of inputs. */
const inputs = (width: number): Float32Array => {
  let state = 12345
  return Float32Array.from({ length: SAMPLES * width }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 16_777_216
  })
}

export const native = async (): Promise<ReadonlyArray<Result>> => {
  const sources = join(root, "packages/feagi-runtime/rust")
  if (!existsSync(join(sources, "target/patched/.stamp")))
    return [{ kind: "skipped", row, peer, reason: "the patched crates are not unpacked; run: node scripts/wasm.ts --native" }]
  const built = cargoBuild(sources, "feagi-engine-native", "native")
  if (!built.ok) return [{ kind: "skipped", row, peer, reason: built.reason }]
  const { project, recording } = await recordDigits()
  try {
    const genome = join(project.folder, "genome.json")
    const binding = join(project.folder, "binding.json")
    writeFileSync(genome, recording.develop.genome)
    writeFileSync(binding, JSON.stringify(recording.bind))
    const module = await loadEngineModule()
    let wasmSilent = -1

    const wasm = (): number => {
      const brain = Brain.develop(module, recording.develop)
      const { inputWidth } = brain.bind(recording.bind)
      const batch = inputs(inputWidth)
      const start = performance.now()
      const { silent } = brain.present(batch, timing)
      const took = performance.now() - start
      brain.dispose()
      wasmSilent = silent.reduce((sum, flag) => sum + flag, 0)
      return (2 * SAMPLES * 1000) / took
    }
    const twin = (): number => {
      const args = [genome, binding, String(SAMPLES), String(timing.hold), String(timing.read), String(timing.settle)]
      const ran = spawnSync(built.program, args, { encoding: "utf8" })
      if (ran.status !== 0) throw new Error(`the native twin failed: ${ran.stderr}`)
      const { samples, seconds, silent } = JSON.parse(ran.stdout) as { samples: number; seconds: number; silent: number }
      if (samples !== SAMPLES || silent !== wasmSilent)
        throw new Error(`the twin presented ${samples} samples, ${silent} silent; the module ${SAMPLES}, ${wasmSilent} silent`)
      return (2 * SAMPLES) / seconds
    }
    return [
      await comparePair({
        row,
        ours: ["engine as WebAssembly module", wasm],
        peer: [peer, twin],
        unit: "bursts/s",
        note: `${2 * SAMPLES} bursts on the brain of row trainer, no feedback; as many silent samples on both sides`
      })
    ]
  } finally {
    await project.close()
  }
}
