/** What the program's name alone says, in every state that a folder can be in. */
import { rmSync } from "node:fs"
import type { RunStatus } from "@feagi-trainer/core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CommandNode } from "../src/CommandNode.ts"
import { commandTree } from "../src/commandTree.ts"
import { type Found, type NextSteps, nextSteps, nextStepsText } from "../src/nextSteps.ts"
import { type GroupShown, iris, irisProject, makeProject, type Project } from "./support/project.ts"

const runs = (...statuses: ReadonlyArray<RunStatus>): Found["runs"] =>
  statuses.map((status, at) => ({
    run_id: `r-${at}`,
    group_id: `g-${at}`,
    status,
    scored: status === "completed" || status === "skipped",
    control: false,
    subject: "iris",
    mutated: false
  }))
const changed = (all: Found["runs"], ...changes: ReadonlyArray<Partial<Found["runs"][number]>>): Found["runs"] =>
  all.map((run, at) => ({ ...run, ...changes[at] }))

const project = "feagi-trainer.toml"
const datasets = ["iris@1", "digits@2"]
const files: ReadonlyArray<string> = []

const states: Readonly<Record<string, readonly [Found, NextSteps["state"], string]>> = {
  "no project": [{ project: undefined, files, datasets: [], runs: [] }, "no-project", "feagi-trainer init"],
  "no dataset": [{ project, files, datasets: [], runs: [] }, "no-dataset", "feagi-trainer dataset discover FILE"],
  "no run": [{ project, files, datasets, runs: [] }, "no-run", "feagi-trainer template ls --dataset digits@2"],
  "a paused run": [{ project, files, datasets, runs: runs("completed", "paused") }, "unfinished", "feagi-trainer run resume r-1"],
  "a failed run": [{ project, files, datasets, runs: runs("failed", "completed") }, "unfinished", "feagi-trainer run resume r-0"],
  "many that wait, and one that runs": [
    { project, files, datasets, runs: runs("created", "paused", "interrupted", "failed", "failed", "running") },
    "unfinished",
    "feagi-trainer run resume r-2"
  ],
  "a run on its way": [{ project, files, datasets, runs: runs("completed", "running") }, "running", "feagi-trainer monitor"],
  "all of them over": [
    { project, files, datasets, runs: runs("completed", "skipped", "cancelled") },
    "results",
    "feagi-trainer report g-1"
  ],
  "a control behind its recipe": [
    { project, files, datasets, runs: changed(runs("completed", "completed"), {}, { control: true }) },
    "results",
    "feagi-trainer report g-0 --control g-1"
  ],
  "a control of something else": [
    { project, files, datasets, runs: changed(runs("completed", "completed"), {}, { control: true, subject: "digits" }) },
    "results",
    "feagi-trainer report g-0"
  ],
  "nothing but a control": [
    { project, files, datasets, runs: changed(runs("completed"), { control: true }) },
    "results",
    "feagi-trainer run show r-0"
  ],
  "a cancelled run alone": [{ project, files, datasets, runs: runs("cancelled") }, "results", "feagi-trainer run show r-0"],
  "a run that changed its brain": [
    { project, files, datasets, runs: changed(runs("failed"), { mutated: true }) },
    "results",
    "feagi-trainer run show r-0"
  ],
  "imported runs without a dataset": [{ project, files, datasets: [], runs: runs("completed") }, "results", "feagi-trainer report g-0"]
}

/** Whether the words behind the program's name begin with those of a command. */
const exists = (words: ReadonlyArray<string>, node: CommandNode = commandTree): boolean => {
  const [first = "", ...rest] = words
  const child = node.commands.find(({ name }) => name === first)
  return child === undefined ? node.load !== undefined && node !== commandTree : exists(rest, child)
}

describe("nextSteps()", () => {
  for (const [name, [found, state, first]] of Object.entries(states))
    it(`knows ${name}`, () => {
      const next = nextSteps(found)
      expect([next.state, next.steps[0]?.command]).toEqual([state, first])
      for (const { command } of next.steps) expect([command, exists(command.split(" ").slice(1))]).toEqual([command, true])
      const lines = nextStepsText(next, 80).split("\n")
      expect(lines.length).toBeLessThanOrEqual(12)
      expect(lines.at(-1)).toBe("Every command: feagi-trainer --help")
    })

  it("counts what is here", () => {
    expect(nextSteps({ project, files, datasets, runs: runs("completed", "failed", "completed") }).here).toBe(
      "2 datasets, 3 runs (2 completed, 1 failed)"
    )
    expect(nextSteps({ project, files, datasets: ["iris@1"], runs: runs("running") }).here).toBe("1 dataset, 1 run (1 running)")
  })

  it("names the files that are here", () => {
    const commands = (found: Partial<Found>) =>
      nextSteps({ project, files: ["Iris.csv", "a.run.toml", "b.run.toml"], datasets: [], runs: [], ...found }).steps.map(
        ({ command }) => command
      )
    expect(commands({})).toEqual([
      "feagi-trainer dataset discover Iris.csv",
      "feagi-trainer dataset add Iris.csv --adapter csv --label-column COLUMN --name iris"
    ])
    expect(commands({ datasets })).toEqual(["feagi-trainer run plan a.run.toml", "feagi-trainer run start a.run.toml"])
  })

  it("breaks no command, and has nothing else that is wider than the terminal", () => {
    for (const [found] of Object.values(states)) {
      const lines = nextStepsText(nextSteps(found), 80).split("\n")
      expect(lines.filter((line) => line.length > 80 && !/^ {2}feagi-trainer [^#]*$/.test(line))).toEqual([])
    }
    const narrow = nextStepsText(nextSteps({ project: undefined, files, datasets: [], runs: [] }), 40)
    expect(narrow).toContain("\n  # writes one that lists the plugins installed here\n  feagi-trainer init\n")
  })

  it("names three runs that wait and counts the others", () => {
    const { steps } = nextSteps({ project, files, datasets, runs: runs("paused", "paused", "paused", "paused", "paused") })
    expect(steps.map(({ command }) => command)).toEqual([
      "feagi-trainer run resume r-2",
      "feagi-trainer run resume r-3",
      "feagi-trainer run resume r-4",
      "feagi-trainer run ls",
      "feagi-trainer ui"
    ])
    expect(steps[3]?.why).toBe("2 more are not finished")
  })
})

/** What stands for a choice of the reader's. */
const chosen: Readonly<Record<string, string>> = { COLUMN: "species", TEMPLATE: "tabular-classification" }

/** Carries out everything that is suggested but what goes on until it is ended, whose help has to come; gives the state it was told in. */
const carriedOut = async (project: Project): Promise<NextSteps["state"]> => {
  const { state, steps } = await project.data<NextSteps>()
  for (const { command } of steps) {
    const [words = "", file] = command.replace(/^feagi-trainer /, "").split(" > ")
    const argv = words.split(" ").map((word) => chosen[word] ?? word)
    const said = await project.ftr(...argv, ...(argv[0] === "ui" || argv[0] === "monitor" ? ["--help"] : []))
    expect([command, said.code, said.stderr.includes("error[")]).toEqual([command, 0, false])
    if (file !== undefined) project.write(file, said.stdout.replace(/^epochs = .*$/m, "epochs = 1"))
  }
  return state
}

describe("the program's name alone", () => {
  let folder: Project
  beforeAll(() => {
    folder = makeProject()
  })
  afterAll(() => folder.close())

  const state = async (of: Project = folder) => (await of.data<NextSteps>()).state

  it("leads from an empty folder to a run, and makes nothing", async () => {
    expect(await state()).toBe("no-dataset")
    const said = await folder.ftr()
    expect([said.code, said.stderr]).toEqual([0, ""])
    expect(said.stdout).toContain("feagi-trainer dataset add iris.csv")
    await folder.data("dataset", "add", iris, "--adapter", "csv", "--label-column", "species", "--name", "iris")
    expect(await state()).toBe("no-run")
    expect((await folder.ftr()).stdout).toContain("--dataset iris@1 --seed 1..5 > iris.run.toml")
  })

  it("suggests nothing that does not work, in any state", { timeout: 300_000 }, async () => {
    const run = await irisProject()
    try {
      const small = run.read("x.run.toml").replace(/^epochs = .*$/m, "epochs = 1")
      run.write("x.run.toml", small)
      expect(await carriedOut(run)).toBe("no-run")
      // That carried the suggestions out, a start among them.
      expect(await carriedOut(run)).toBe("results")
      // A control is no subject of a report.
      const set = ["--set", "controls.shuffled_labels=true"]
      await run.data("run", "start", "x.run.toml", ...set)
      expect((await run.ftr()).stdout).toMatch(/feagi-trainer report g-[0-9a-f]{12} --control g-[0-9a-f]{12}/)
      expect(await carriedOut(run)).toBe("results")
      // Nor is a run that was given up one of a replay.
      const [made] = (await run.data<GroupShown>("run", "create", "x.run.toml", "--set", "seeds=[9]")).runs
      await run.data("run", "stop", made?.run_id ?? "")
      expect(await carriedOut(run)).toBe("results")
      await run.data("run", "create", "x.run.toml", "--set", "seeds=[10]")
      expect(await carriedOut(run)).toBe("unfinished")
      expect(await state(run)).toBe("results")
    } finally {
      run.close()
    }
    const alone = await irisProject()
    try {
      alone.write("x.run.toml", alone.read("x.run.toml").replace(/^epochs = .*$/m, "epochs = 1"))
      await alone.data("run", "start", "x.run.toml", "--set", "controls.shuffled_labels=true")
      expect(await carriedOut(alone)).toBe("results")
    } finally {
      alone.close()
    }
    const empty = makeProject()
    try {
      expect(await carriedOut(empty)).toBe("no-dataset")
      expect(await carriedOut(empty)).toBe("no-run")
      rmSync(empty.path("feagi-trainer.toml"))
      expect(await carriedOut(empty)).toBe("no-project")
    } finally {
      empty.close()
    }
  })

  it("is a place to begin where there is no project, and an error where there is a broken one", async () => {
    const text = folder.read("feagi-trainer.toml")
    folder.write("feagi-trainer.toml", "schema_version = 1\nplugin = []\n")
    const said = await folder.ftr("--json")
    expect([said.code, (JSON.parse(said.stdout) as { readonly kind: string }).kind]).toEqual([3, "error"])
    folder.write("feagi-trainer.toml", text)
  })

  it("still says of a word that it does not know", async () => {
    const said = await folder.ftr("datset")
    expect([said.code, said.stdout]).toEqual([2, ""])
    expect(said.stderr).toContain("dataset")
  })
})
