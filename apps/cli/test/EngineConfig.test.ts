/** Engine files on the command line: one hash in every format, conversions that keep it, and a run file that the core decodes. */
import { mkdirSync, symlinkSync } from "node:fs"
import { decodeDocument, parseDocument } from "@feagi-trainer/config"
import { RunFile } from "@feagi-trainer/core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { engineJson, engineToml, engineYaml } from "../../../packages/config/test/engine/files.ts"
import { decodeSection } from "../../../packages/gradient/src/learner/Options.ts"
import { makeProject, type Project, started } from "./support/project.ts"

const hash = "134fc515ef71f83ee2777e2af12404b7c18504c0443eb4d862a18fe93e272d03"
const splits = /splits = (\{.*\})\n/.exec(engineToml)?.[0] ?? ""

let project: Project
beforeAll(() => {
  project = makeProject()
  project.write("engine.toml", engineToml)
  project.write("engine.yaml", engineYaml)
  project.write("engine.json", engineJson)
  mkdirSync(project.path("deep", "parts"), { recursive: true })
  project.write("deep/engine.toml", engineToml.replace(splits, 'splits = "parts/splits.yaml"\n'))
  project.write("deep/parts/splits.yaml", "method: stratified\nseed: per-run\nfractions: { train: 0.6, val: 0.2, test: 0.2 }\n")
})
afterAll(() => project.close())

interface Found {
  readonly code: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly field?: string
}
const refused = async (...argv: ReadonlyArray<string>): Promise<readonly [number, ReadonlyArray<Found>]> => {
  const { code, stdout } = await project.ftr(...argv, "--json")
  const { kind, data } = JSON.parse(stdout) as { kind: string; data: { diagnostics: ReadonlyArray<Found> } }
  expect(kind).toBe("error")
  return [code, data.diagnostics]
}

describe("config hash", () => {
  it.each(["engine.toml", "engine.yaml", "engine.json", "deep/engine.toml"])("prints the one hash of %s", async (file) => {
    expect(await project.ftr("config", "hash", file)).toMatchObject({ code: 0, stdout: `${hash}\n`, stderr: "" })
  })

  it("names the files it read, and takes the hashes of a split in", async () => {
    const plain = await project.data("config", "hash", "deep/engine.toml")
    expect(plain).toEqual({ file: "deep/engine.toml", parts: ["deep/parts/splits.yaml"], splits: null, config_hash: hash })
    const known = "0".repeat(64)
    const more = await project.data("config", "hash", "engine.toml", "--split", `train=${known}`)
    expect(more).toMatchObject({ parts: [], splits: { train: known } })
    expect(more.config_hash).not.toBe(hash)
  })

  it("refuses what is no part with its hash", async () => {
    for (const texts of [["train"], ["=x"], ["train=a", "train=b"]]) {
      const [code, found] = await refused("config", "hash", "engine.toml", ...texts.flatMap((text) => ["--split", text]))
      expect([code, found.map((each) => each.code)]).toEqual([2, ["FT1317"]])
    }
    const [code, found] = await refused("config", "hash", "engine.toml", "--split", "tran=xyz")
    expect([code, found.map((each) => `${each.code} ${each.field}`)]).toEqual([3, ["FT1004 splits.tran", "FT1004 splits.tran"]])
  })

  it("says every mistake of every file with its place", async () => {
    project.write("deep/bad.toml", engineToml.replace(splits, 'splits = "parts/bad.yaml"\n').replace("epochs = 3", "epochs = 0"))
    project.write("deep/parts/bad.yaml", "method: stratified\nsede: 1\n")
    const [code, found] = await refused("config", "run", "deep/bad.toml")
    expect([code, found.map((each) => [each.code, each.file, each.line, each.column, each.field])]).toEqual([
      3,
      [
        ["FT1004", "deep/bad.toml", 57, 10, "training.epochs"],
        ["FT1003", "deep/parts/bad.yaml", 1, 1, "dataset.splits.seed"],
        ["FT1002", "deep/parts/bad.yaml", 2, 1, undefined]
      ]
    ])
  })

  it("follows no link out of the folder of the file, and says where the file is named", async () => {
    symlinkSync(project.path("feagi-trainer.toml"), project.path("deep", "parts", "link.toml"))
    project.write("deep/out.toml", engineToml.replace(splits, 'splits = "parts/link.toml"\n'))
    const said = await project.ftr("config", "hash", "deep/out.toml")
    expect([said.code, said.stdout]).toEqual([3, ""])
    expect(said.stderr).toContain("error[FT1011] deep/out.toml:10:10")
    expect(said.stderr).toContain("a symbolic link leads out of the root (FT4041)")
  })
})

describe("config convert", () => {
  it("writes every format from every format, with the same hash, and from its own output the same bytes", async () => {
    for (const from of ["toml", "yaml", "json"])
      for (const to of ["toml", "yaml", "json"]) {
        const { code, stdout } = await project.ftr("config", "convert", `engine.${from}`, "--to", to)
        expect(code).toBe(0)
        project.write(`made.${to}`, stdout)
        expect((await project.ftr("config", "hash", `made.${to}`)).stdout).toBe(`${hash}\n`)
        expect((await project.ftr("config", "convert", `made.${to}`, "--to", to)).stdout).toBe(stdout)
      }
  })

  it("writes the files out that the engine file names", async () => {
    const made = await project.data<{ text: string; config_hash: string }>("config", "convert", "deep/engine.toml", "--to", "yaml")
    expect(made.config_hash).toBe(hash)
    expect(made.text).toContain('  splits:\n    method: "stratified"\n    seed: "per-run"\n    fractions:\n      train: 0.6\n')
  })

  it("names what TOML cannot hold", async () => {
    project.write("null.yaml", engineYaml.replace("shape: [8, 8, 1]", "shape: [8, null, 1]"))
    const [code, found] = await refused("config", "convert", "null.yaml", "--to", "toml")
    expect([code, found.map((each) => [each.code, each.field])]).toEqual([3, [["FT1004", "model.input.shape[1]"]]])
  })
})

describe("config run", () => {
  it("prints a run file that the core decodes, the same for every format", async () => {
    const { code, stdout } = await project.ftr("config", "run", "engine.toml")
    expect([code, stdout.split("\n")[1]]).toEqual([0, `# config_hash ${hash}`])
    const parsed = parseDocument({ text: stdout, file: "made.run.toml", format: "toml" })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics))
    const decoded = decodeDocument(RunFile, parsed.document)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.diagnostics))
    expect([decoded.value.seeds, decoded.value.learner.kind, decoded.value.split.method]).toEqual([
      [18_446_744_073_709_551_615n],
      "gradient",
      "stratified"
    ])
    const section = decodeSection(decoded.value.learner)
    expect(section).toMatchObject({ ok: true, options: { clip_norm: 1, loss: { type: "cross-entropy" } } })
    const [toml, json] = [await project.data("config", "run", "engine.toml"), await project.data("config", "run", "engine.json")]
    expect(toml).toEqual(json)
    expect(toml).toMatchObject({ config_hash: hash, outputs: { folder: "results/digits" }, run_file: { name: "digits" } })
  })
})

interface Document {
  readonly split: { readonly parts: ReadonlyArray<{ readonly name: string; readonly count: number; readonly split_hash: string }> }
}

describe("an engine file from end to end", () => {
  const engine = `schema_version = 1
engine = { name = "iris", seed = 3, precision = "fp32" }
optimizer = { type = "momentum", momentum = 0.9, nesterov = false }
schedule = { type = "constant", learning_rate = 0.05 }
model.input = { kind = "values", shape = [4] }
model.layers = [{ type = "dense", units = 3, bias = true, init = { type = "glorot-uniform" } }]
validation = { protocol = "classification-holdout@1", metrics = { plugin = "classification", options = { undefined_in_macro = "insufficient" } } }
outputs = { folder = "results" }

[dataset]
name = "iris@1"
splits = { method = "stratified", seed = "per-run", fractions = { train = 0.6, val = 0.2, test = 0.2 } }
transforms = []

[training]
epochs = 2
batch_size = 16
micro_batch = 4
loss = { type = "cross-entropy", label_smoothing = 0.0 }
gradient_clipping = "none"
sampler = { plugin = "random", options = {} }
checkpoint_every = 48
`
  it("becomes a run that completes, and its hash takes the split of that run in", async () => {
    const flowers = makeProject(["learner-gradient"])
    try {
      await flowers.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
      flowers.write("engine.toml", engine)
      flowers.write("iris.run.toml", (await flowers.ftr("config", "run", "engine.toml")).stdout)
      const run = await started(flowers, "iris.run.toml")
      expect([run.status, run.seed]).toEqual(["completed", 3])
      const { document } = await flowers.data<{ document: Document }>("run", "show", run.run_id, "--document")
      const splits = Object.fromEntries(document.split.parts.map(({ name, split_hash }) => [name, split_hash]))
      expect(document.split.parts.map(({ name, count }) => [name, count])).toEqual([
        ["train", 90],
        ["val", 30],
        ["test", 30]
      ])
      const given = Object.entries(splits).flatMap(([name, hash]) => ["--split", `${name}=${hash}`])
      const hashed = await flowers.data("config", "hash", "engine.toml", ...given)
      expect(hashed.splits).toEqual(splits)
      expect(hashed.config_hash).not.toBe((await flowers.data("config", "hash", "engine.toml")).config_hash)
    } finally {
      flowers.close()
    }
  })
})
