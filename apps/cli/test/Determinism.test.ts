import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hashes, irisProject, type Project, type RunShown, started } from "./support/project.ts"

let project: Project
beforeAll(async () => {
  project = await irisProject("1")
})
afterAll(() => project.close())

describe("the same run file", () => {
  it("gives the same hashes again as attempt 2, in another process, time zone and language", async () => {
    const first = await started(project, "x.run.toml")
    const other = project.spawn(["run", "start", "x.run.toml", "--json", "--no-progress"], {
      TZ: "Asia/Tokyo",
      LANG: "tr_TR.UTF-8",
      LC_ALL: "tr_TR.UTF-8"
    })
    const said = await other.ended
    expect([said.code, said.stderr.includes("error[")]).toEqual([0, false])
    const [second] = (JSON.parse(said.stdout) as { data: { runs: ReadonlyArray<RunShown> } }).data.runs
    if (second === undefined) throw new Error("a run was started")
    expect(hashes(second)).toEqual(hashes(first))
    expect([first.run_id.slice(-2), second.run_id]).toEqual(["-1", first.run_id.replace(/-1$/, "-2")])
  })
})
