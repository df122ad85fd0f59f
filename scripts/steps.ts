/**
 * Runs the programs of a check one after the other, shows what they print, and remembers which of them failed.
 * A failing step does not stop the next one: a person wants to see all that is wrong at once.
 */
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

export interface Step {
  readonly name: string
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env?: Record<string, string>
}

/**
 * Runs one step; true if it ended with 0. Its output is shown only if it failed or `show` is set; what it says that it skipped is shown
 * always.
 */
export const runStep = (step: Step, show = false): boolean => {
  const result = spawnSync(step.command, step.args, {
    cwd: root,
    env: { ...process.env, ...step.env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: show ? "inherit" : ["ignore", "pipe", "pipe"]
  })
  const passed = result.status === 0
  console.log(`${passed ? "ok  " : "FAIL"} ${step.name}`)
  for (const line of (result.stdout ?? "").split("\n")) if (line.startsWith("SKIPPED")) console.log(line)
  if (!passed && !show) {
    process.stdout.write(result.stdout ?? "")
    process.stdout.write(result.stderr ?? "")
    if (result.error !== undefined) console.log(String(result.error))
  }
  return passed
}

const bin = (name: string) => join(root, "node_modules", ".bin", name)

export const typecheck: Step = { name: "build and typecheck (tsc -b)", command: bin("tsc"), args: ["-b"] }
/** Tests open it in a browser. */
export const studio: Step = { name: "the Studio (scripts/studio.ts)", command: process.execPath, args: ["scripts/studio.ts"] }
/** Builds these packages and what they need; tests are left alone. */
export const build = (folders: ReadonlyArray<string>): Step => ({ name: "build (tsc -b)", command: bin("tsc"), args: ["-b", ...folders] })
/** What `test:full` proves besides: the committed engine is what its sources build, and the bytes are the same on every Node. */
export const slow: ReadonlyArray<Step> = [
  {
    name: "engine module rebuilt from its sources (scripts/wasm.ts --check)",
    command: process.execPath,
    args: ["scripts/wasm.ts", "--check"]
  },
  { name: "the same run on every Node (scripts/matrix.ts)", command: process.execPath, args: ["scripts/matrix.ts"] }
]
export const lint: Step = { name: "format and lint (biome)", command: bin("biome"), args: ["check", "--error-on-warnings", "."] }
export const unused: Step = { name: "unused files, exports and dependencies (knip)", command: bin("knip"), args: [] }
export const packages: Step = {
  name: "published packages (publint, attw)",
  command: bin("turbo"),
  args: ["run", "check:pkg", "--output-logs=errors-only", "--no-update-notifier"]
}
export const vitest = (report: string, args: ReadonlyArray<string>): Step => ({
  name: "tests (vitest)",
  command: bin("vitest"),
  args: ["run", "--reporter=default", "--reporter=json", `--outputFile=${report}`, ...args]
})
