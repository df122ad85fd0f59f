/** Sections of `program.ts` for tests, and the reason to skip what needs TensorFlow. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, it } from "vitest"
import { missingTensorFlow } from "../../../../scripts/tfjs.ts"

const program = fileURLToPath(new URL("program.ts", import.meta.url))

/** What a section of `program.ts` found, in a fresh process. */
export const said = (section: string): unknown => {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, section], { env, encoding: "utf8", maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`the section ${section} failed: ${stderr}`)
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "")
}

/** Tests that need TensorFlow; without it they are skipped and say why. */
export const withTensorFlow = (name: string, body: () => void): void => {
  const reason = missingTensorFlow()
  if (reason === undefined) describe(name, body)
  // One line for a suite in the summary, with the reason in front.
  else it.skip(`tfjs: ${reason}: ${name}`, () => undefined)
}
