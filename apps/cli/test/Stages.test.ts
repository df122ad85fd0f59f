/**
 * The four training stages as runs: planned from the examples of the documentation, trained, told step by step, measured by standard protocols
 * and replayed; one of them killed and resumed.
 */
import { cpSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cloneOf, hashes, makeProject, type Project, type RunShown, started } from "./support/project.ts"

const examples = fileURLToPath(new URL("../../../docs/examples/stages/", import.meta.url))
const plugins = ["adapter-text", "env-cartpole", "learner-stages", "metric-pack-time-series", "transform-tabular"]
const option = (text: string) => ["--option", text]
const sets = (...values: ReadonlyArray<string>) => values.flatMap((value) => ["--set", value])

let project: Project
beforeAll(async () => {
  project = makeProject(plugins)
  cpSync(examples, project.folder, { recursive: true })
  const add = (...argv: ReadonlyArray<string>) => project.data("dataset", "add", ...argv)
  await add("iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  await add("starts.csv", "--adapter", "csv", "--name", "starts")
  await add(
    ...["pairs.jsonl", "--adapter", "text", "--name", "pairs", ...option('layout="jsonl"'), ...option('encoding="utf-8"')],
    ...[...option('text_field="text"'), ...option('label_field="label"'), ...option('classes="scan"')]
  )
})
afterAll(() => project.close())

/** The reinforcement stage with small updates: dozens of them in a second. */
const updates = (count: number) =>
  sets(
    ...["checkpoint_every=1", `learner.options.num_epochs=${count}`, "learner.options.environments=4"],
    ...["learner.options.steps_per_update=32", "learner.options.batch_size=64", "learner.environment.options.step_limit=100"]
  )

interface Event {
  readonly type: string
  readonly payload: {
    readonly samples?: number
    readonly measures?: ReadonlyArray<{ readonly step: number; readonly values: Record<string, number> }>
  }
}
const eventsOf = (of: Project, run: string) => of.data<ReadonlyArray<Event>>("run", "logs", run)
const measuresOf = async (run: string) => (await eventsOf(project, run)).flatMap(({ payload }) => payload.measures ?? [])
const testOf = (run: RunShown) => run.phases.at(-1)?.metrics ?? {}

/** 90 samples of iris in batches of 16, 36 pairs in batches of 12; an update of the reinforcement stage is a step. */
const stages: ReadonlyArray<readonly [stage: string, steps: number, argv: ReadonlyArray<string>]> = [
  ["supervised", 20 * 6, sets("learner.training_config.epochs=20")],
  ["rl", 10, updates(10)],
  ["dpo", 6 * 3, sets("learner.options.num_epochs=6")],
  ["distillation", 20 * 6, sets("learner.options.num_epochs=20")]
]

describe.each(stages)("the stage %s", (stage, steps, argv) => {
  let shown: RunShown
  beforeAll(async () => {
    shown = await started(project, `${stage}.run.toml`, "--no-progress", ...argv)
  })

  it("is a run whose training phase is as long as the stage, and which is measured on what it was not trained on", () => {
    expect(shown.status).toBe("completed")
    expect(shown.phases.map(({ phase }) => phase)).toEqual(["train", "validate", "test"])
    expect(shown.phases[0]?.samples).toBe(steps)
    expect(shown.phases.every(({ weights_sha256 }) => weights_sha256 === shown.weights_sha256)).toBe(true)
    if (stage === "rl") expect(testOf(shown)).toMatchObject({ answered: 1, mae: expect.any(Number) })
    else expect(testOf(shown).accuracy).toBeGreaterThan(0.8)
  })

  it("tells the measures of every step", async () => {
    const measures = await measuresOf(shown.run_id)
    expect(measures.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, at) => at + 1))
    const { values } = measures.at(-1) ?? { values: {} }
    const known = { supervised: "nll", rl: "environment_steps", dpo: "margin", distillation: "forward_kl" }[stage] ?? ""
    expect(Object.keys(values)).toContain(known)
  })

  it("is replayed to the same bytes", async () => {
    expect(await project.ftr("run", "replay", shown.run_id)).toMatchObject({ code: 0, stdout: "replay: EQUAL\n" })
  })
})

describe("what a stage is refused for", () => {
  it("stands at its place in the run file", async () => {
    const wrong = sets("training.epochs=2", "learner.training_config.checkpoint_every=5", "learner.training_config.epochs=1.5")
    const said = await project.ftr("run", "start", "supervised.run.toml", ...wrong)
    expect(said.code).toBe(3)
    expect(said.stderr).toContain('field "training.epochs": a stage counts its own epochs')
    expect(said.stderr).toContain('field "learner.training_config.checkpoint_every": is decided by the run')
    expect(said.stderr).toContain('field "learner.training_config.epochs": has the wrong value: expected an integer, got 1.5')
  })
})

describe("a stage that is killed", () => {
  it("goes on behind its last durable step to the same weights, answers and scorecards", async () => {
    const argv = ["rl.run.toml", "--no-progress", ...updates(30)]
    const other = cloneOf(project)
    try {
      const ids = async () => (await other.data<ReadonlyArray<{ readonly run_id: string }>>("run", "ls")).map(({ run_id }) => run_id)
      const before = new Set(await ids())
      const { child, ended } = other.spawn(["run", "start", ...argv])
      // As soon as two steps are durable; a run that has ended by then fails below.
      const inTheMiddle = async (): Promise<string> => {
        const id = (await ids()).find((each) => !before.has(each)) ?? ""
        const steps = id === "" ? [] : (await eventsOf(other, id)).filter(({ type }) => type === "step")
        if (steps.length >= 2 || child.exitCode !== null) return id
        await new Promise((resolve) => setTimeout(resolve, 20))
        return inTheMiddle()
      }
      const id = await inTheMiddle()
      child.kill("SIGKILL")
      expect((await ended).stderr).not.toContain("error")
      expect(await other.data<RunShown>("run", "show", id)).toMatchObject({ status: "interrupted" })
      const { code, stderr } = await other.ftr("run", "resume", id, "--no-progress")
      expect([code, stderr.includes("error")]).toEqual([0, false])
      const resumed = await other.data<RunShown>("run", "show", id)
      const unbroken = await started(project, ...argv)
      expect(hashes(resumed)).toEqual(hashes(unbroken))
      expect(await other.ftr("run", "replay", id)).toMatchObject({ code: 0, stdout: "replay: EQUAL\n" })
    } finally {
      other.close()
    }
  })
})
