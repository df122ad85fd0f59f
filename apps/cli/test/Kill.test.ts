/**
 * A run that is killed at a random moment and resumed says what a run says that was left alone. The moments come from a seed; when
 * a test fails, its name says which.
 */
import { SeedTree } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cloneOf, hashes, irisProject, isFull, type Project, type RunShown, started } from "./support/project.ts"

const file = ["x.run.toml", "--no-progress", "--set", "training.epochs=12", "--set", "checkpoint_every=20"]
const rounds = isFull ? 20 : 5

let project: Project
let expected: ReturnType<typeof hashes>
let duration: number

beforeAll(async () => {
  project = await irisProject("7")
  const whole = cloneOf(project)
  try {
    expected = hashes(await started(whole, ...file))
    // How long a process of its own takes: the moments are spread over it. Nothing is asserted about time.
    const from = performance.now()
    const said = await whole.spawn(["run", "start", ...file]).ended
    expect(said.code).toBe(0)
    duration = performance.now() - from
  } finally {
    whole.close()
  }
})
afterAll(() => project.close())

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))
const runs = () => project.data<ReadonlyArray<{ readonly run_id: string; readonly status: string }>>("run", "ls")

describe("a run that is killed", () => {
  const draw = SeedTree.root(20n).child("test/kill").random()
  const moments = Array.from({ length: rounds }, (_, round) => (round + draw.unit()) / rounds)
  const seen: Array<string> = []

  it.each(moments.map((moment, round) => [round, moment] as const))(
    "round %i, after %f of its duration, goes on to the same hashes",
    async (_, moment) => {
      const before = (await runs()).length
      const { child, ended } = project.spawn(["run", "start", ...file])
      await sleep(moment * duration)
      child.kill("SIGKILL")
      const { code, signal } = await ended
      expect(signal === "SIGKILL" || code === 0).toBe(true)
      const after = await runs()
      const last = after.at(-1)
      if (after.length === before || last === undefined) {
        // Killed before the run was there: then nothing of it may be there, and the file can be started again.
        seen.push("nothing")
        expect(hashes(await started(project, ...file))).toEqual(expected)
        return
      }
      seen.push(last.status)
      expect(["created", "interrupted", "completed"]).toContain(last.status)
      if (last.status !== "completed") {
        const resumed = await project.ftr("run", "resume", last.run_id, "--no-progress")
        expect([resumed.code, resumed.stdout]).toEqual([0, `${last.run_id}\n`])
      }
      const shown = await project.data<RunShown>("run", "show", last.run_id)
      expect(shown.status).toBe("completed")
      expect(hashes(shown)).toEqual(expected)
    }
  )

  it("was killed in the middle of its work at least once, and left a store that is whole", async () => {
    expect(seen).toContain("interrupted")
    expect(await project.ftr("artifact", "verify")).toMatchObject({ code: 0 })
    expect(await project.ftr("run", "replay", "latest")).toMatchObject({ code: 0, stdout: "replay: EQUAL\n" })
  })
})
