/**
 * A gradient model as a run: written by a template, trained, killed and resumed, replayed, and compared with a brain of the same data,
 * split and protocol.
 */
import { SeedTree } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cloneOf, hashes, isFull, makeProject, type Project, type RunShown, started } from "./support/project.ts"

const plugins = ["learner-gradient", "transform-tabular"]
// Small batches, so that there are many steps to be killed between.
const sets = (...values: ReadonlyArray<string>) => values.flatMap((value) => ["--set", value])
const file = ["g.run.toml", "--no-progress", ...sets("checkpoint_every=32", "training.epochs=30")]

let project: Project
beforeAll(async () => {
  project = makeProject(plugins)
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  const init = await project.ftr(
    "init",
    "--template",
    "tabular-classification",
    "--learner",
    "gradient",
    "--dataset",
    "iris@1",
    "--seed",
    "3"
  )
  if (init.code !== 0) throw new Error(init.stderr)
  project.write("g.run.toml", init.stdout)
})
afterAll(() => project.close())

const runs = (of: Project) => of.data<ReadonlyArray<{ readonly run_id: string; readonly status: string }>>("run", "ls")
const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

describe("a run of a gradient model", () => {
  it("has its learner among the plugins, found by its kind", async () => {
    const learners = await project.data<ReadonlyArray<{ readonly kind: string; readonly id: string }>>("plugin", "ls", "--kind", "learner")
    expect(learners.map(({ kind, id }) => [kind, id])).toEqual([["learner", "gradient"]])
    expect(await project.ftr("plugin", "ls", "--kind", "exporter")).toMatchObject({
      code: 0,
      stdout: "no listed plugin offers anything of kind exporter\n"
    })
  })

  it("is written by the template of the task for that learner, and by no other", async () => {
    expect(project.read("g.run.toml")).toContain('kind = "gradient"\nplugin = "gradient"')
    const brain = await project.ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "3")
    expect(brain.stdout).toContain('kind = "brain"')
    const nobody = await project.ftr(
      "init",
      "--template",
      "tabular-classification",
      "--learner",
      "forest",
      "--dataset",
      "iris@1",
      "--seed",
      "3"
    )
    expect(nobody.code).toBe(7)
    expect(nobody.stderr).toContain('no installed plugin has a template "tabular-classification" for the learner "forest"')
  })

  it("learns, validates behind every epoch, and tells every step of its optimiser", async () => {
    const shown = await started(project, ...file)
    expect(shown.status).toBe("completed")
    expect(shown.phases.at(-1)?.metrics.accuracy).toBeGreaterThan(0.9)
    const events = await project.data<ReadonlyArray<{ readonly type: string; readonly payload: Record<string, never> }>>(
      "run",
      "logs",
      shown.run_id
    )
    const measures = events.flatMap(
      ({ payload }) => (payload.measures ?? []) as ReadonlyArray<{ step: number; values: Record<string, number> }>
    )
    expect(measures.map(({ step }) => step)).toEqual(Array.from({ length: 30 * 3 }, (_, at) => at + 1))
    expect(measures.at(-1)?.values.loss).toBeLessThan(measures[0]?.values.loss ?? 0)
    expect(events.filter(({ type }) => type === "validated")).toHaveLength(30)
  })

  it("is replayed to the same bytes", async () => {
    expect(await project.ftr("run", "replay", "latest")).toMatchObject({ code: 0, stdout: "replay: EQUAL\n" })
  })

  it("has the same weights however its batches are cut", async () => {
    const weights = async (micro: number) =>
      (
        await started(
          project,
          "g.run.toml",
          "--no-progress",
          ...sets("training.epochs=3", "checkpoint_every=32", `learner.options.micro_batch=${micro}`)
        )
      ).weights_sha256
    const whole = await weights(32)
    expect(whole).toMatch(/^[0-9a-f]{64}$/)
    expect(await weights(8)).toBe(whole)
    expect(await weights(1)).toBe(whole)
  })

  it("is refused for what does not fit, with the place in the file", async () => {
    const said = await project.ftr("run", "start", "g.run.toml", ...sets("checkpoint_every=50", "learner.options.micro_batch=5"))
    expect(said.code).toBe(3)
    expect(said.stderr).toContain('field "checkpoint_every": a durable step is not a whole number of batches')
    expect(said.stderr).toContain('field "learner.options.micro_batch": does not divide batch_size')
  })

  it("is exported as documents of the wire, with its learner in the place of a binding", async () => {
    const said = await project.ftr("run", "export", "latest", "--contracts", "wire")
    expect([said.code, said.stderr.includes("error")]).toEqual([0, false])
  })
})

describe("a brain and a gradient model of the same data, split and protocol", () => {
  it("are compared across the learner, sample by sample", async () => {
    const brain = await project.ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "3")
    project.write("b.run.toml", brain.stdout)
    const a = await started(project, "b.run.toml", "--no-progress")
    const b = await started(project, ...file)
    const refused = await project.ftr("run", "compare", a.run_id, b.run_id)
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('field "learner"')
    const data = await project.data<{ readonly comparable: boolean; readonly metrics: Record<string, unknown> }>(
      "run",
      "compare",
      a.run_id,
      b.run_id,
      "--across",
      "learner,transforms"
    )
    expect(data.comparable).toBe(true)
    expect(Object.keys(data.metrics)).toContain("accuracy")
  })
})

describe("a gradient run that is killed", () => {
  const rounds = isFull ? 50 : 4
  const draw = SeedTree.root(21n).child("test/kill").random()
  const moments = Array.from({ length: rounds }, (_, round) => (round + draw.unit()) / rounds)
  const seen: Array<string> = []
  let expected: ReturnType<typeof hashes>
  let duration: number

  beforeAll(async () => {
    const whole = cloneOf(project)
    try {
      expected = hashes(await started(whole, ...file))
      // How long a process of its own takes: the moments are spread over it. Nothing is asserted about time.
      const from = performance.now()
      expect((await whole.spawn(["run", "start", ...file]).ended).code).toBe(0)
      duration = performance.now() - from
    } finally {
      whole.close()
    }
  })

  it.each(moments.map((moment, round) => [round, moment] as const))(
    "round %i, after %f of its duration, goes on to the same weights and predictions",
    async (_, moment) => {
      const before = (await runs(project)).length
      const { child, ended } = project.spawn(["run", "start", ...file])
      await sleep(moment * duration)
      child.kill("SIGKILL")
      await ended
      const after = await runs(project)
      const last = after.at(-1)
      if (after.length === before || last === undefined) return void seen.push("nothing")
      seen.push(last.status)
      if (last.status !== "completed") expect((await project.ftr("run", "resume", last.run_id, "--no-progress")).code).toBe(0)
      expect(hashes(await project.data<RunShown>("run", "show", last.run_id))).toEqual(expected)
    }
  )

  it("was killed in the middle of its work at least once", () => {
    expect(seen).toContain("interrupted")
  })
})
