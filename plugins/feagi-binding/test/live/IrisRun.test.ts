/**
 * The shipped run of a live brain, with the program as a person uses it and a real engine: over WebSocket with the engine killed on its
 * way and the run resumed, and over ZeroMQ in one go. Sharp edge: a run has some 400 bursts at 60 ms each, so that the two go at the same
 * time, each with an engine of its own.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { makeProject, type Project, type RunShown } from "../../../../apps/cli/test/support/project.ts"
import { startEngine } from "../../../../scripts/feagi.ts"
import { optional, root, type TestEngine, testEngine, withEngine, withEngineAndZmq } from "./engine.ts"
import { timeouts } from "./liveSupport.ts"

const file = "iris-live.run.toml"
/** Of some 180 in training, with a checkpoint behind every 10 of its 30 samples. */
const KILLED_AFTER = 90

const limits = Object.entries(timeouts).map(([name, millis]) => `learner.backend.options.timeouts.${name}=${millis}`)

const start = (project: Project, { api }: TestEngine, transport: "websocket" | "zmq") => {
  const set = [`learner.backend.options.api="${api}"`, `learner.backend.options.transport="${transport}"`, ...limits]
  const argv = ["run", "start", file, "--no-progress", ...set.flatMap((each) => ["--set", each])]
  return project.spawn(argv, { NODE_PATH: optional }).ended
}

/** A project with the flowers and the shipped file, and an engine; both are gone afterwards. */
const within = async <A>(work: (project: Project, engine: TestEngine) => Promise<A>): Promise<A> => {
  const project = makeProject()
  try {
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    project.write(file, readFileSync(join(root, "docs/examples/iris", file), "utf8"))
    const engine = await testEngine()
    try {
      return await work(project, engine)
    } finally {
      await engine.end()
    }
  } finally {
    project.close()
  }
}

interface Shown extends RunShown {
  readonly phases: ReadonlyArray<RunShown["phases"][number] & { readonly scorecard_id: string | null }>
}

const onlyRun = async (project: Project): Promise<Shown> => {
  const runs = await project.data<ReadonlyArray<{ readonly run_id: string }>>("run", "ls")
  expect(runs).toHaveLength(1)
  return project.data<Shown>("run", "show", runs[0]?.run_id ?? "")
}

const burstsOf = async (api: string): Promise<number> => Number(await (await fetch(`${api}/v1/burst_engine/burst_counter`)).text())

const sampled = ({ phases }: Shown) => phases.map(({ phase, samples, scorecard_id }) => [phase, samples, scorecard_id !== null])
const scored = [
  ["train", 30, false],
  ["validate", 60, true],
  ["test", 60, true]
]
const ended: Array<Shown> = []

/** Half a minute on an idle machine. */
const together = { concurrent: true, timeout: 900_000 }

withEngine(
  "the shipped live run over WebSocket",
  () => {
    it("ends with a Scorecard after its engine was killed and the run resumed, and says that it went on", () =>
      within(async (project, engine) => {
        const started = start(project, engine, "websocket")
        const state = { over: false }
        void started.then(() => {
          state.over = true
        })
        while (!state.over && (await burstsOf(engine.api)) < KILLED_AFTER) await new Promise((resolve) => setTimeout(resolve, 20))
        process.kill(engine.pid, "SIGKILL")
        const said = await started
        expect(said.stderr).toContain("error[live/ENGINE-LOST]")
        expect(said.stderr).toContain("run resume")
        expect(said.code).toBe(1)
        const { run_id, status } = await onlyRun(project)
        expect(status).toBe("failed")

        const down = await project.ftr("run", "resume", run_id, "--no-progress")
        expect(down.stderr).toContain("error[live/ENGINE-DOWN]")
        expect(down.code).toBe(7)

        const again = await startEngine(engine.folder, { api: Number(new URL(engine.api).port) })
        try {
          expect(await project.ftr("run", "resume", run_id, "--no-progress")).toMatchObject({ code: 0 })
        } finally {
          process.kill(again.pid, "SIGTERM")
        }
        const run = await onlyRun(project)
        expect(run.status).toBe("completed")
        expect(sampled(run)).toEqual(scored)
        expect((await project.ftr("run", "show", run_id)).stdout).toContain("CONTINUED, NOT IDENTICAL")
        ended.push(run)
      }))
  },
  together
)

withEngineAndZmq(
  "the shipped live run over ZeroMQ",
  () => {
    it("ends with a Scorecard", () =>
      within(async (project, engine) => {
        const said = await start(project, engine, "zmq")
        expect(said.stderr).not.toContain("error[")
        expect(said.code).toBe(0)
        const run = await onlyRun(project)
        expect(sampled(run)).toEqual(scored)
        expect((await project.ftr("run", "show", run.run_id)).stdout).not.toContain("CONTINUED")
        ended.push(run)
      }))
  },
  together
)

/**
 * Values that are made from the scores themselves. The engine adds up what reaches a neuron in the order in which its hash maps, keyed anew
 * in every process, list the neurons that fired: the scores of two processes differ in the last bits of their 32, whatever the transport.
 * Nothing here could put that sum in order. What the largest score says is the same.
 */
const fromScores = ["average_precision", "brier", "ece", "log_loss", "roc_auc", "top_k"]
const fromAnswers = ({ phases }: Shown) =>
  phases.map(({ connectome_hash, metrics }) => ({
    connectome_hash,
    metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !fromScores.includes(name.split("/")[0] ?? "")))
  }))

withEngineAndZmq("the two live runs", () => {
  it("learnt the same and answered the same, killed or not", () => {
    const [first, second] = ended.map(fromAnswers)
    expect(first).toHaveLength(3)
    expect(first?.at(-1)?.metrics).toMatchObject({ accuracy: expect.any(Number), "recall/virginica": expect.any(Number) })
    expect(first).toEqual(second)
  })
})
