/** A real engine for tests, on free ports and in a folder of its own; stopped by its process id whatever happens. */
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, it } from "vitest"
import { missingEngine, type RunningEngine, startEngine, stopEngine } from "../../../../scripts/feagi.ts"

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../../..")

/** Where `npm run ci:optional` puts packages that nobody needs otherwise. */
export const optional = join(root, ".cache/optional/node_modules")

const missingZmq = (): string | undefined => {
  try {
    createRequire(join(optional, "x.js")).resolve("zeromq")
    return undefined
  } catch {
    return "no zeromq; npm run ci:optional brings it"
  }
}

export interface TestEngine extends RunningEngine {
  readonly end: () => Promise<void>
}

/** Whoever starts it calls `end`, in a `finally` or an `afterAll`. */
export const testEngine = async (): Promise<TestEngine> => {
  const folder = mkdtempSync(join(tmpdir(), "feagi-engine-"))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const engine = await startEngine(folder)
    const end = async (): Promise<void> => {
      await stopEngine(engine.pid)
      remove()
    }
    return { ...engine, end }
  } catch (error) {
    remove()
    throw error
  }
}

interface SuiteOptions {
  readonly concurrent?: boolean
  readonly timeout?: number
}

const suiteUnless =
  (reason: string | undefined) =>
  (name: string, body: () => void, options: SuiteOptions = {}): void => {
    if (reason === undefined) describe(name, options, body)
    // One line for a suite in the summary, with the reason in front.
    else it.skip(`live: ${reason}: ${name}`, () => undefined)
  }

/** Tests that need a real engine; without one they are skipped and say why. */
export const withEngine = suiteUnless(missingEngine())
export const withEngineAndZmq = suiteUnless(missingEngine() ?? missingZmq())
