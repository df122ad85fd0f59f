/** A verb in the process of a host says what the program says in a process of its own, byte for byte. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type BridgeHost, bridgeOf } from "./support/bridge.ts"
import { irisProject, type Project } from "./support/project.ts"

let project: Project
let bridge: BridgeHost
beforeAll(async () => {
  project = await irisProject("1..2")
  await project.data("run", "start", "x.run.toml", "--set", "training.epochs=2", "--set", "checkpoint_every=30")
  bridge = bridgeOf(project)
})
afterAll(() => {
  bridge.close()
  project.close()
})

const verbs: ReadonlyArray<ReadonlyArray<string>> = [
  ["env"],
  ["doctor"],
  ["config", "show"],
  ["schema", "ls"],
  ["plugin", "ls"],
  ["plugin", "info", "csv"],
  ["bindings"],
  ["schemes"],
  ["protocol", "ls"],
  ["template", "ls"],
  ["template", "ls", "--dataset", "iris@1"],
  ["init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "1..3"],
  ["dataset", "ls"],
  ["dataset", "show", "iris@1"],
  ["dataset", "labels", "iris@1"],
  ["dataset", "preview", "iris@1", "--count", "3", "--from", "10"],
  ["dataset", "split", "iris@1", "--method", "stratified", "--fraction", "train=0.6", "--fraction", "test=0.4", "--seed", "1"],
  ["dataset", "check-compat", "iris@1"],
  ["run", "ls"],
  ["run", "show"],
  ["run", "show", "--document", "--telemetry"],
  ["run", "status"],
  ["run", "metrics"],
  ["run", "series", "--name", "all", "--max-points", "20"],
  ["run", "predictions", "--phase", "test"],
  ["run", "figures"],
  ["run", "export-config"],
  ["run", "logs"],
  ["run", "events"],
  ["run", "compare", "latest", "latest"],
  ["scorecard", "ls"],
  ["scorecard", "show"],
  ["brain", "ls"],
  // What goes wrong is a document as well.
  ["run", "show", "r-nothing"],
  ["run", "shwo"],
  ["run", "ls", "--nothing"],
  ["run", "series", "--name", "metric/train/acuracy"],
  ["run", "figures", "--phase", "train"],
  ["dataset", "show", "wine@1"],
  ["plugin", "info", "nothing"]
]

describe("a verb through the bridge", () => {
  it.each(verbs.map((argv) => [argv.join(" "), argv] as const))("%s", async (_, argv) => {
    const printed = await project.ftr(...argv, "--json")
    const answer = await bridge.call(argv)
    expect(answer.text).toBe(printed.stdout)
    expect(answer.exitCode).toBe(printed.code)
    expect(answer.envelope.kind === "error").toBe(printed.code !== 0)
  })

  it("is not disturbed by others that go on at the same time", async () => {
    const alone = await Promise.all(verbs.slice(0, 12).map(async (argv) => (await project.ftr(...argv, "--json")).stdout))
    const together = await Promise.all(verbs.slice(0, 12).map((argv) => bridge.call(argv)))
    expect(together.map(({ text }) => text)).toEqual(alone)
  })

  it("reads what is handed over in place of standard input, with mistakes where they stand", async () => {
    const text = project.read("x.run.toml")
    const planned = await bridge.call(["run", "plan", "-", "--format", "toml"], text)
    expect(planned.text).toBe((await project.ftr("run", "plan", "x.run.toml", "--json")).stdout)
    const broken = await bridge.call(["run", "plan", "-", "--format", "toml"], text.replace("seeds = [", "seeds = "))
    expect(broken.envelope.data).toMatchObject({ diagnostics: [{ code: "FT1001", file: "-", line: expect.any(Number) }] })
    const none = await bridge.call(["run", "plan", "-", "--format", "toml"])
    expect(none.envelope.data).toMatchObject({ reason: "usage", diagnostics: [{ code: "FT1351" }] })
    const formless = await bridge.call(["run", "plan", "-"], text)
    expect(formless.envelope.data).toMatchObject({ reason: "usage", diagnostics: [{ code: "FT1353" }] })
  })

  it("sees what another process wrote meanwhile", async () => {
    const count = async () => {
      const { data } = (await bridge.call(["run", "logs"])).envelope
      return (data as unknown as ReadonlyArray<unknown>).length
    }
    const created = await project.data<{ readonly run_ids: ReadonlyArray<string> }>("run", "create", "x.run.toml", "--set", "seeds=[9]")
    expect(await count()).toBe(1)
    await project.data("run", "resume", created.run_ids[0] ?? "", "--no-progress")
    expect(await count()).toBe((await project.data<ReadonlyArray<unknown>>("run", "logs")).length)
    expect(await count()).toBeGreaterThan(5)
    expect((await bridge.call(["run", "predictions"])).text).toBe((await project.ftr("run", "predictions", "--json")).stdout)
  })

  it("keeps integers beyond 2^53 with all their digits", async () => {
    const seed = "18446744073709551615"
    const { run_ids } = await project.data<{ readonly run_ids: ReadonlyArray<string> }>(
      "run",
      "create",
      "x.run.toml",
      "--set",
      `seeds=[${seed}]`
    )
    const { envelope } = await bridge.call(["run", "status", run_ids[0] ?? ""])
    expect((envelope.data as { readonly seed: unknown }).seed).toBe(BigInt(seed))
  })
})

describe("the run file of a run", () => {
  it.each(["toml", "yaml", "json"])("is written as %s such that planning it gives the same spec_sha256", async (format) => {
    const rows = await project.data<
      { readonly rows?: ReadonlyArray<{ readonly run_id: string }> } & ReadonlyArray<{ readonly run_id: string }>
    >("run", "ls")
    const ids = (rows.rows ?? rows).map(({ run_id }) => run_id)
    expect(ids.length).toBeGreaterThan(1)
    for (const id of ids) {
      const { text, spec_sha256 } = (await bridge.call(["run", "export-config", id, "--format", format])).envelope.data as {
        readonly text: string
        readonly spec_sha256: string
      }
      const { data } = (await bridge.call(["run", "plan", "-", "--format", format], text)).envelope
      expect((data as { readonly runs: ReadonlyArray<{ readonly spec_sha256: string }> }).runs.map((run) => run.spec_sha256)).toEqual([
        spec_sha256
      ])
    }
  })
})
