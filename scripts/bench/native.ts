/**
 * Row `native`: the engine as a WebAssembly module by its native twin, for the same number of bursts of the same samples.
 *
 * Sharp edge: the twin's hash maps are keyed by the operating system, so the order of sums differs; what both must agree on is how many
 * samples were silent.
 */
import { Brain } from "../../packages/feagi-runtime/src/index.ts"
import { loadEngineModule } from "../../packages/feagi-runtime/src/node.ts"
import { buildTwin, runTwin, twinName, writeTwinFiles } from "./engineTwin.ts"
import { comparePair, type Result } from "./measure.ts"
import { recordDigits } from "./trainer.ts"

const SAMPLES = 500
const timing = { hold: 1, read: 1, settle: 0 } as const
const row = "native"

/** Numbers from 0 to below 1, drawn from one seed. */
const inputs = (width: number): Float32Array => {
  let state = 12345
  return Float32Array.from({ length: SAMPLES * width }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 16_777_216
  })
}

export const native = async (): Promise<ReadonlyArray<Result>> => {
  const built = buildTwin()
  if (!built.ok) return [{ kind: "skipped", row, peer: twinName, reason: built.reason }]
  const { project, recording } = await recordDigits()
  try {
    const module = await loadEngineModule()
    const develop = () => {
      const brain = Brain.develop(module, recording.develop)
      return { brain, inputWidth: brain.bind(recording.bind).inputWidth }
    }
    const sized = develop()
    const batch = inputs(sized.inputWidth)
    sized.brain.dispose()
    const files = writeTwinFiles(project.folder, "digits", recording.develop.genome, recording.bind, batch)
    let wasmSilent = -1

    const wasm = (): number => {
      const { brain } = develop()
      const start = performance.now()
      const { silent } = brain.present(batch, timing)
      const took = performance.now() - start
      brain.dispose()
      wasmSilent = silent.reduce((sum, flag) => sum + flag, 0)
      return (2 * SAMPLES * 1000) / took
    }
    const twin = (): number => {
      const { samples, passes } = runTwin(built.program, files, 1, timing)
      const [only] = passes
      if (samples !== SAMPLES || only?.silent !== wasmSilent)
        throw new Error(`the twin presented ${samples} samples, ${only?.silent} silent; the module ${SAMPLES}, ${wasmSilent} silent`)
      return (2 * SAMPLES) / only.seconds
    }
    return [
      await comparePair({
        row,
        ours: ["engine as WebAssembly module", wasm],
        peer: [twinName, twin],
        unit: "bursts/s",
        note: `${2 * SAMPLES} bursts on the brain of row trainer, no feedback; as many silent samples on both sides`
      })
    ]
  } finally {
    await project.close()
  }
}
