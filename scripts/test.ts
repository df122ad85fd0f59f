/**
 * Everything that has to hold: types, lint, unused code, the published shape of every package, and all tests.
 *
 *     npm test                    all of it
 *     npm test -- packages/store  only the tests whose path contains the words
 *     npm run test:full           the slow matrix as well
 *
 * The last line is `N passed, N failed, N skipped`, counted from the test runner's own report; a failed step that is not
 * a test counts as one failure.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { lint, packages, root, runStep, slow, studio, typecheck, unused, vitest } from "./steps.ts"

const args = process.argv.slice(2)
const full = args.includes("--full")
const filters = args.filter((arg) => arg !== "--full")

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly success: boolean
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly assertionResults: ReadonlyArray<{ readonly fullName: string; readonly status: string }>
  }>
}

const readReport = (file: string): Report | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report
  } catch {
    return undefined
  }
}

const steps = [typecheck, studio, ...(filters.length === 0 ? [lint, unused, packages] : []), ...(full && filters.length === 0 ? slow : [])]
const failedSteps = steps.filter((step) => !runStep(step)).length

const reports = join(root, ".cache", "reports")
mkdirSync(reports, { recursive: true })
const file = join(reports, "vitest.json")
rmSync(file, { force: true })
const ran = runStep({ ...vitest(file, filters), env: full ? { FEAGI_TRAINER_TEST_FULL: "1" } : {} }, true)
const report = readReport(file)

// A file that could not be loaded has no tests of its own to count, yet it is a failure.
const brokenFiles = report?.testResults.filter((result) => result.status === "failed" && result.assertionResults.length === 0).length ?? 1
const passed = report?.numPassedTests ?? 0
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0)
const failed = (report?.numFailedTests ?? 0) + brokenFiles + failedSteps

for (const result of report?.testResults ?? [])
  for (const test of result.assertionResults)
    if (test.status === "pending" || test.status === "skipped" || test.status === "todo") console.log(`SKIPPED ${test.fullName}`)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(ran && failed === 0 && passed > 0 ? 0 : 1)
