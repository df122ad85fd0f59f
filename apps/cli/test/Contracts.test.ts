import { execFileSync, spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type ContractName, decodeDocument } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { filesOf, type GroupShown, irisProject, isFull, type Project, type RunShown, store } from "./support/project.ts"

interface Index {
  readonly run_id: string
  readonly documents: ReadonlyArray<{
    readonly file: string
    readonly contract: ContractName
    readonly upstream_readable: boolean
    readonly variant: string | null
  }>
}

let project: Project
let run: RunShown
let index: Index
beforeAll(async () => {
  project = await irisProject("1..2")
  // A second attempt at the same seeds must not count as more repeats.
  await project.data("run", "start", "x.run.toml", "--set", "training.epochs=1")
  const { runs } = await project.data<GroupShown>("run", "start", "x.run.toml", "--set", "training.epochs=1")
  const [first] = runs
  if (first === undefined) throw new Error("two seeds were started")
  run = first
  expect((await project.ftr("run", "export", run.run_id, "--contracts", "out")).code).toBe(0)
  index = JSON.parse(project.read("out/index.json"))
})
afterAll(() => project.close())

const documents = (contract: ContractName): ReadonlyArray<Record<string, unknown>> =>
  index.documents.filter((each) => each.contract === contract).map((each) => JSON.parse(project.read(`out/${each.file}`)))

/** Documents that upstream has no type for. */
const ours: ReadonlyArray<string> = ["AdapterSpec", "SamplerSpec", "EncoderSpec", "DecoderSpec"]

describe("a run exported as contract documents", () => {
  it("lists every file in its index, and nothing that is not there", () => {
    expect(index.run_id).toBe(run.run_id)
    expect(["index.json", ...index.documents.map((each) => each.file)].sort()).toEqual(readdirSync(project.path("out")).sort())
    const counts = Object.fromEntries(
      [...new Set(index.documents.map((each) => each.contract))].map((name) => [name, documents(name).length])
    )
    expect(counts).toEqual({
      DatasetManifest: 1,
      IRSample: 150,
      RunSpec: 3,
      EvaluationSpec: 2,
      PredictionRecord: 150,
      RunEvent: expect.any(Number),
      RunSummary: 3,
      AdapterSpec: 1,
      SamplerSpec: 1,
      EncoderSpec: 1,
      DecoderSpec: 1,
      Scorecard: 2,
      GenomeEvaluation: 1,
      MetricStat: expect.any(Number)
    })
  })

  it("can be read back, each as the contract that it is said to be", () => {
    for (const { file, contract } of index.documents) {
      const decoded = decodeDocument(contract, project.read(`out/${file}`))
      expect([file, decoded.ok ? [] : decoded.problems]).toEqual([file, []])
    }
  })

  it("can be read by upstream wherever none of our own variants is in it, and names the variant where one is", () => {
    for (const { file, contract, upstream_readable, variant } of index.documents) {
      expect(upstream_readable, file).toBe(variant === null)
      if (contract === "PredictionRecord") {
        const { prediction } = JSON.parse(project.read(`out/${file}`)) as { prediction: object }
        expect([file, upstream_readable]).toEqual([file, !("abstain" in prediction)])
      } else expect([file, upstream_readable]).toEqual([file, !ours.includes(contract)])
    }
  })

  it("says in its documents what the run says", () => {
    const specs = documents("RunSpec")
    expect(specs.map((each) => each.run_id)).toEqual([run.run_id, run.run_id, run.run_id])
    expect(new Set(specs.map((each) => each.split_id)).size).toBe(3)
    expect(documents("RunSummary").map((each) => [each.status, each.total_samples, each.evaluated_samples])).toEqual([
      ["completed", 90, 0],
      ["completed", 30, 30],
      ["completed", 30, 30]
    ])
    const [, test] = documents("Scorecard")
    expect(test?.scorecard_id).toBe(run.scorecard_id)
    expect(test?.connectome_hash).toBe(run.connectome_hash)
    const accuracy = run.phases.at(-1)?.metrics.accuracy
    expect(test).toMatchObject({ metrics: { accuracy } })
    expect(documents("PredictionRecord").filter((each) => (each.metadata as { phase: string }).phase === "test").length).toBe(30)
  })

  it("counts a seed once in the statistics, however often it was run", () => {
    const stats = documents("MetricStat")
    expect(stats.length).toBeGreaterThan(10)
    expect(new Set(stats.map((each) => each.n))).toEqual(new Set([2]))
  })

  it("writes the ids that upstream has for our plugins, with ours beside them", () => {
    const [spec] = documents("RunSpec")
    expect(spec).toMatchObject({
      adapter: { id: expect.not.stringContaining("#") },
      x_feagi_trainer: { plugins: { adapter: { id: "@feagi-trainer/adapter-csv#csv" } } }
    })
  })

  it("holds no absolute path", () => {
    for (const { file } of index.documents) expect(project.read(`out/${file}`).includes(project.folder), file).toBe(false)
  })

  it("gives the same bytes again, and refuses a folder that is not empty", async () => {
    expect((await project.ftr("run", "export", run.run_id, "--contracts", "again")).code).toBe(0)
    expect(filesOf(project.path("again"))).toEqual(filesOf(project.path("out")))
    const said = await project.ftr("run", "export", run.run_id, "--contracts", "out")
    expect([said.code, said.stderr.includes("is not empty")]).toEqual([3, true])
  })

  it("keeps the scorecards byte for byte as they are stored, under the hash of their body", async () => {
    const scorecards = await project.data<
      ReadonlyArray<{ run_id: string; document_sha256: string; scorecard_id: string; body_sha256: string }>
    >("scorecard", "ls")
    const own = scorecards.filter((each) => each.run_id === run.run_id)
    expect(own.length).toBe(2)
    for (const [at, card] of own.entries()) {
      expect(sha256Hex(`${project.read(`out/Scorecard-0${at}.json`)}`.replace(/\n$/, ""))).toBe(card.document_sha256)
      expect(card.scorecard_id).toBe(`sc-${card.body_sha256.slice(0, 12)}`)
      expect(await project.ftr("scorecard", "verify", card.scorecard_id)).toMatchObject({ code: 0 })
    }
    expect(Object.keys(filesOf(store(project))).length).toBeGreaterThan(0)
  })
})

const cargo = spawnSync("cargo", ["--version"]).status === 0
const why = isFull ? (cargo ? "" : " (skipped: there is no cargo)") : " (skipped: FEAGI_TRAINER_TEST_FULL is not 1)"

describe("upstream itself", () => {
  it.skipIf(!isFull || !cargo)(`reads every exported document and writes it again as it is${why}`, { timeout: 1_200_000 }, () => {
    const manifest = fileURLToPath(new URL("./oracle/contracts/Cargo.toml", import.meta.url))
    const said = execFileSync("cargo", ["run", "--quiet", "--locked", "-j1", "--manifest-path", manifest, "--", project.path("out")], {
      encoding: "utf8",
      env: { ...process.env, CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? join(tmpdir(), "feagi-trainer-oracle-target") }
    })
    const readable = new Map<string, number>()
    for (const each of index.documents) if (each.upstream_readable) readable.set(each.contract, (readable.get(each.contract) ?? 0) + 1)
    expect(said.trim().split("\n").sort()).toEqual([...readable].map(([contract, count]) => `${contract} ${count}`).sort())
    expect(readFileSync(project.path("out/index.json"), "utf8").length).toBeGreaterThan(0)
  })
})
