/**
 * A law: one sentence that every plugin of an axis keeps, and the check that finds out. Laws are plain values, so any test runner can
 * run them, and so can a program that only wants the report.
 *
 * Sharp edge: a check that throws anything is a broken law, whether the plugin failed to keep it or fell over on the way.
 */
import { createRequire } from "node:module"

export interface Law {
  /** A sentence, unique within its suite. */
  readonly name: string
  /** Throws, or rejects, with what was expected, what came, and the seed that shows it again. */
  readonly check: () => void | Promise<void>
}

/** What an author can ship beside the package: which laws of which version of this kit hold. Plain JSON. */
export interface ConformanceReport {
  readonly kit_version: string
  readonly subject: string
  readonly passed: ReadonlyArray<string>
  readonly failed: ReadonlyArray<{ readonly law: string; readonly message: string }>
}

/** The two functions of a test runner that `describeLaws` needs; vitest and `node:test` both have them. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => unknown
  readonly it: (name: string, body: () => void | Promise<void>) => unknown
}

/** The version of this package: a report says by which laws it was made. */
export const kitVersion: string = (createRequire(import.meta.url)("../package.json") as { readonly version: string }).version

/** Runs every law, one after the other in the given order, also after one is broken. Never rejects. */
export const checkLaws = async (subject: string, laws: ReadonlyArray<Law>): Promise<ConformanceReport> => {
  const passed: Array<string> = []
  const failed: Array<{ readonly law: string; readonly message: string }> = []
  for (const { name, check } of laws) {
    try {
      await check()
      passed.push(name)
    } catch (error) {
      failed.push({ law: name, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { kit_version: kitVersion, subject, passed, failed }
}

/** Registers every law as a test of its own under `title`. Throws RangeError on a suite without laws: it would pass by doing nothing. */
export const describeLaws = ({ describe, it }: Runner, title: string, laws: ReadonlyArray<Law>): void => {
  if (laws.length === 0) throw new RangeError(`describeLaws("${title}") got no law to check`)
  describe(title, () => {
    for (const { name, check } of laws) it(name, async () => check())
  })
}
