/** What a report says of a group while not every seed is scored: no mean, and no bar is met. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { irisProject, type Project } from "./support/project.ts"

let project: Project
let first: string
beforeAll(async () => {
  project = await irisProject("1..3")
  const { run_ids } = await project.data<{ readonly run_ids: ReadonlyArray<string> }>(
    "run",
    "create",
    "x.run.toml",
    "--set",
    "training.epochs=1"
  )
  first = run_ids[0] ?? ""
})
afterAll(() => project.close())

interface Reported {
  readonly report: {
    readonly conditions: ReadonlyArray<{ readonly stats: Readonly<Record<string, { readonly insufficient?: string }>> }>
    readonly gates: ReadonlyArray<{ readonly passed: boolean }>
  }
}
const accuracy = async () => (await project.data<Reported>("report", "latest", "--out", "report")).report.conditions[0]?.stats.accuracy

describe("a report of a group", () => {
  it("in which nothing has run says of every seed that it is not scored, and misses its bar", async () => {
    expect(await accuracy()).toEqual({ insufficient: "3 of 3 seeds are not scored: 1 is created, 2 is created, 3 is created" })
    const said = await project.ftr("report", "latest", "--out", "report", "--fail-under", "0")
    expect(said.code).toBe(5)
    expect(said.stderr).toContain("3 of 3 seeds are not scored")
  })

  it("has no mean of the seeds that got through while others did not, and misses its bar", async () => {
    await project.data("run", "resume", first, "--no-progress")
    expect(await accuracy()).toEqual({ insufficient: "2 of 3 seeds are not scored: 2 is created, 3 is created" })
    expect((await project.ftr("report", "latest", "--out", "report", "--fail-under", "0")).code).toBe(5)
    expect(project.read("report/report.md")).toContain("**No mean test accuracy**: 2 of 3 seeds are not scored")
  })

  it("has a mean once all of them are scored", async () => {
    await project.data("run", "resume", "latest", "--no-progress")
    const rest = await project.ftr("run", "ls", "--where", "status:created", "--format", "csv", "--columns", "run_id")
    for (const run of rest.stdout.trim().split(/\r?\n/).slice(1)) await project.data("run", "resume", run, "--no-progress")
    expect(await accuracy()).toMatchObject({ n: 3, mean: expect.any(Number) })
    expect((await project.ftr("report", "latest", "--out", "report", "--fail-under", "0")).code).toBe(0)
  })
})
