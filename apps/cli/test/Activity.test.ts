/** What fires in the brain of a run when a sample is shown to it: the same every time, in columns that fit together, and nothing is changed by it. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { makeProject, type Project, type RunShown, started } from "./support/project.ts"

interface Activity {
  readonly phase: string
  readonly part: string
  readonly sample_id: string
  readonly checkpoint: { readonly phase: string; readonly sha256: string }
  readonly schedule: { readonly hold_bursts: number; readonly read_burst: number; readonly settle_bursts: number }
  readonly bursts: number
  readonly areas: ReadonlyArray<{ readonly name: string; readonly role: string; readonly dimensions: ReadonlyArray<number> }>
  readonly firings: {
    readonly count: number
    readonly burst: ReadonlyArray<number>
    readonly area: ReadonlyArray<number>
    readonly x: ReadonlyArray<number>
    readonly y: ReadonlyArray<number>
    readonly z: ReadonlyArray<number>
    readonly potential: ReadonlyArray<number>
  }
  readonly answer: { readonly class?: { readonly class_id: number } }
  readonly recorded: unknown
}

let project: Project
let brain: RunShown
let gradient: RunShown

beforeAll(async () => {
  project = makeProject(["learner-gradient", "transform-tabular"])
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  for (const [learner, file] of [
    ["gradient", "g.run.toml"],
    ["brain", "b.run.toml"]
  ] as const) {
    const template = ["--template", "tabular-classification", "--learner", learner]
    const init = await project.ftr("init", ...template, "--dataset", "iris@1", "--seed", "1")
    if (init.code !== 0) throw new Error(init.stderr)
    project.write(file, init.stdout)
  }
  gradient = await started(project, "g.run.toml", "--no-progress", "--set", "training.epochs=1")
  brain = await started(project, "b.run.toml", "--no-progress", "--set", "training.epochs=2")
})
afterAll(() => project.close())

const look = (...more: ReadonlyArray<string>) => project.data<Activity>("run", "activity", brain.run_id, ...more)
const events = () => project.data<ReadonlyArray<{ type: string; payload: Record<string, unknown> }>>("run", "logs", brain.run_id)

it("tells areas, bursts and firings of a sample of the test, with the connectome of the end of training", async () => {
  const before = await events()
  const found = await look("--sample", "latest")
  const { firings, areas, schedule } = found
  const trained = before.findIndex(({ type, payload }) => type === "phase-completed" && payload.phase === "train")
  const step = before.slice(0, trained).findLast(({ type }) => type === "step")
  expect(found.checkpoint).toEqual({ phase: "train", sha256: step?.payload.checkpoint_sha256 })
  expect([found.phase, found.part]).toEqual(["test", "test"])
  expect(found.bursts).toBe(schedule.read_burst + schedule.settle_bursts)
  for (const column of [firings.burst, firings.area, firings.x, firings.y, firings.z, firings.potential])
    expect(column).toHaveLength(firings.count)
  const fired = (role: string, burst: number) =>
    firings.burst.filter((each, at) => each === burst && areas[firings.area[at] ?? 0]?.role === role).length
  // Four features of four tilings each light one voxel; they fire in the burst of the injection, the classes one later.
  expect([fired("input", 1), fired("output", 1), fired("input", 2)]).toEqual([16, 0, 0])
  expect(fired("output", schedule.read_burst)).toBeGreaterThan(0)
  expect(areas.filter(({ role }) => role !== "inner").map(({ name, role }) => `${name} ${role}`)).toEqual([
    "Brain_Power power",
    "features input",
    "classes output"
  ])
  // Looking changes nothing of the run, and shows the same again.
  expect(await look("--sample", found.sample_id, "--phase", "test")).toEqual(found)
  expect(await events()).toEqual(before)
})

it("looks at as many bursts as are asked for", async () => {
  const found = await look("--sample", "latest", "--bursts", "6")
  expect(found.bursts).toBe(6)
  expect(Math.max(...found.firings.burst)).toBe(6)
})

it("draws it as text", async () => {
  const { stdout } = await project.ftr("run", "activity", brain.run_id, "--sample", "latest")
  expect(stdout).toMatch(/^features\s+█· {2}16 firings, at most 16 of 80 neurons in a burst$/m)
})

it.each([
  ["bursts that are none", ["--sample", "latest", "--bursts", "0"], 2, "10000"],
  ["a phase that is none", ["--sample", "latest", "--phase", "exam"], 2, "FT3319"],
  ["a sample of another phase", ["--sample", "latest", "--phase", "train"], 2, "--phase test"],
  ["a sample that is none", ["--sample", "no-such"], 3, "FT1301"]
])("refuses %s", async (_, argv, code, text) => {
  const said = await project.ftr("run", "activity", brain.run_id, ...argv)
  expect(said.code).toBe(code)
  expect(said.stderr + said.stdout).toContain(text)
})

it("says of a gradient model that nothing fires in it", async () => {
  const said = await project.ftr("run", "activity", gradient.run_id, "--sample", "latest")
  expect(said.code).toBe(3)
  expect(said.stderr).toContain("FT2604")
})
