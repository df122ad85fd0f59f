/** What a plan says of a run before it runs: bindings, counts, and with which runs it will be comparable. The run then is as was said. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { PlannedData } from "../src/planData.ts"
import { irisProject, type Project, type RunShown, started } from "./support/project.ts"

describe("run plan", () => {
  let project: Project
  let first: RunShown
  beforeAll(async () => {
    project = await irisProject("1")
    project.write(
      "x.run.toml",
      project
        .read("x.run.toml")
        .replace(/^epochs = .*$/m, "epochs = 2")
        .replace(/^checkpoint_every = .*$/m, "checkpoint_every = 40")
        .replace(/^seed = "per-run"$/m, "seed = 1")
    )
    first = await started(project, "x.run.toml")
  })
  afterAll(() => project.close())

  const plan = async (...set: ReadonlyArray<string>): Promise<PlannedData> => {
    const { runs } = await project.data<{ readonly runs: readonly [PlannedData] }>("run", "plan", "x.run.toml", ...set)
    return runs[0]
  }
  const change = ["--set", "learner.reward.options.margin=0.2", "--set", "controls.shuffled_labels=true"]

  it("counts what the run then comes to", async () => {
    const { cost, spec_sha256 } = await plan()
    expect(spec_sha256).toBe(first.spec_sha256)
    expect(cost.phases).toEqual([
      { phase: "train", epochs: 2, samples: 180, steps: 6 },
      { phase: "validate", epochs: 1, samples: 30, steps: 1 },
      { phase: "test", epochs: 1, samples: 30, steps: 1 }
    ])
    expect(cost.phases.map(({ samples }) => samples)).toEqual(first.phases.map(({ samples }) => samples))
    const { rows } = await project.data<{ readonly rows: unknown }>("query", "select count(*) as steps from events where type = 'step'")
    expect(rows).toEqual([[cost.steps]])
    const table = await project.data<{ readonly rows: ReadonlyArray<{ readonly cells: ReadonlyArray<number> }> }>(
      "run",
      "ls",
      "--table",
      "--columns",
      "cost.bursts"
    )
    const bursts = table.rows[0]?.cells[0] ?? 0
    expect(cost.bursts_at_least).toBe(240 * 2)
    expect(bursts).toBeGreaterThanOrEqual(cost.bursts_at_least ?? Number.POSITIVE_INFINITY)
  })

  it("says which field goes to which area, and what the answer is read from", async () => {
    const { bindings } = await plan()
    expect(bindings.map(({ direction, area, channels, fields }) => [direction, area, channels, fields.length])).toEqual([
      ["input", "iinf", 16, 4],
      ["output", "omis", 1, 1]
    ])
    const said = (await project.ftr("run", "plan", "x.run.toml")).stdout
    expect(said).toContain("#percentage   sepal_length, sepal_width, petal_length, petal_width → iinf, 16 channels of 1 × 1 × 5 voxels\n")
    expect(said).toContain("  samples   train 2 × 90 = 180, validate 30, test 30\n")
    expect(said).toContain("  steps     8, and at least 480 bursts: feedback adds to them\n")
    expect(said).toContain(`  compare   with ${first.run_id}\n`)
    expect(said).not.toMatch(/second|minute/)
  })

  it("names the runs that a comparison then takes, and the fields that it asks for", async () => {
    expect((await plan()).comparable).toEqual({ alike: [{ across: [], count: 1, run_ids: [first.run_id] }], looked_at: 1 })
    const { comparable } = await plan(...change)
    const [alike] = comparable.alike
    expect(alike).toMatchObject({ count: 1, run_ids: [first.run_id] })
    expect(alike?.across).toContain("controls.shuffled_labels")
    const second = await started(project, "x.run.toml", ...change)
    const compare = async (across: ReadonlyArray<string>) =>
      (await project.ftr("run", "compare", first.run_id, second.run_id, ...across.flatMap((field) => ["--across", field]))).code
    expect(await compare(alike?.across ?? [])).toBe(0)
    for (const left of alike?.across ?? [])
      expect([left, await compare((alike?.across ?? []).filter((each) => each !== left))]).toEqual([left, 4])
  })

  it("names no run of another benchmark, and none that has no score", async () => {
    expect((await plan("--set", "split.seed=2")).comparable.alike).toEqual([])
    const { looked_at } = (await plan()).comparable
    await project.data("run", "create", "x.run.toml", "--set", "seeds=[5]")
    expect((await plan()).comparable.looked_at).toBe(looked_at)
  })
})
