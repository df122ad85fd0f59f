/** What a person can write wrongly, and that every bit of it is found at once, located, before anything is written. */

import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, symlinkSync } from "node:fs"
import { parseDocument } from "@feagi-trainer/config"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { filesOf, irisProject, type Project, type Said, store } from "./support/project.ts"

let project: Project
let text: string
let before: Readonly<Record<string, string>>
beforeAll(async () => {
  project = await irisProject("1")
  text = project.read("x.run.toml")
  const few = Array.from({ length: 12 }, (_, k) => `${k}.5,${k * 2}.25,${k === 11 ? "rare" : k % 2 === 0 ? "a" : "b"}`)
  project.write("few.csv", `x,y,kind\n${few.join("\n")}\n`)
  await project.data("dataset", "add", "few.csv", "--adapter", "csv", "--label-column", "kind", "--name", "few")
  before = filesOf(store(project))
})
afterAll(() => project.close())

interface Found {
  readonly code: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly field?: string
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
}
interface Refusal extends Said {
  readonly found: ReadonlyArray<Found>
  readonly reason: string
}

const refusalOf = (said: Said): Refusal => {
  const { kind, data } = JSON.parse(said.stdout) as { kind: string; data: { reason: string; diagnostics: ReadonlyArray<Found> } }
  expect(kind).toBe("error")
  return { ...said, found: data.diagnostics, reason: data.reason }
}
/** Plans a run file; it must be refused, the store untouched, and every finding printed for people as well. */
const refused = async (content: string, ...flags: ReadonlyArray<string>): Promise<Refusal> => {
  project.write("bad.run.toml", content)
  const refusal = refusalOf(await project.ftr("run", "plan", "bad.run.toml", "--json", ...flags))
  expect(filesOf(store(project))).toEqual(before)
  expect(refusal.stderr.match(/^error\[/gm)?.length).toBe(Math.min(20, refusal.found.length))
  expect(refusal.stderr).not.toMatch(/^\s+at /m)
  return refusal
}
const changed = (from: string | RegExp, to: string): string => {
  const next = text.replace(from, to)
  expect(next, String(from)).not.toBe(text)
  return next
}
/** Where a text stands, as an editor counts. */
const placeOf = (content: string, what: string): readonly [number, number] => {
  const at = content.indexOf(what)
  expect(at, what).toBeGreaterThanOrEqual(0)
  const lines = content.slice(0, at).split("\n")
  return [lines.length, (lines.at(-1) ?? "").length + 1]
}

describe("a run file that does not fit", () => {
  it("names an unknown key with file, line, column and the key that was meant", async () => {
    const content = changed("[training]\nepochs", "[training]\nsead = 1\nepochs")
    const { code, found, stderr } = await refused(content)
    const [line, column] = placeOf(content, "sead")
    expect([code, found.length]).toEqual([3, 1])
    expect(found[0]).toMatchObject({ code: "FT1002", file: "bad.run.toml", line, column, message: 'unknown key "sead"' })
    expect(stderr).toContain(`bad.run.toml:${line}:${column} `)
    const near = await refused(changed("seeds = [1]", "sedes = 3\nseeds = [1]"))
    expect(near.found[0]?.message).toBe('unknown key "sedes"; did you mean "seeds"?')
  })

  it.each([
    ["sampler", /\n\[sampler\]\nplugin = "random"\noptions = \{\}\n/, "sampler"],
    ["seeds", /\nseeds = .*\n/, "seeds"],
    ["split", /\n\[split\][^[]*(?=\n\[sampler|\n#[^\n]*\n\[sampler)/, "split"],
    ["metrics", /\n\[metrics\]\n[^[]*/, "metrics"],
    ["reward", /\n\[learner\.reward\]\nplugin = "supervised"\n\n\[learner\.reward\.options\][^[]*/, "learner.reward"],
    ["protocol", /\nprotocol = .*\n/, "protocol"],
    ["checkpoint_every", /\ncheckpoint_every = .*\n/, "checkpoint_every"],
    ["controls", /\n\[controls\]\n[\s\S]*$/, "controls"],
    ["epochs", /\nepochs = .*\n/, "training.epochs"],
    ["schedule", /\n\[learner\.schedule\]\n[^[]*/, "learner.schedule"]
  ] as const)("has no default for %s: what is missing is named", async (_, without, field) => {
    const { code, found } = await refused(changed(without, "\n"))
    expect(code).toBe(3)
    expect(found.map((each) => [each.code, each.field])).toEqual([["FT1003", field]])
  })

  it.each([
    ["a dataset version that is not there", 'dataset = "iris@1"', 'dataset = "iris@7"', "dataset", /iris@1/],
    ["a dataset without a version", 'dataset = "iris@1"', 'dataset = "iris"', "dataset", /iris@1/],
    ["a sampler with a slip", 'plugin = "random"', 'plugin = "randon"', "sampler.plugin", /did you mean "random"/],
    [
      "an encoder with a slip",
      'plugin = "percentage"',
      'plugin = "percentge"',
      "learner.binding.encoder.plugin",
      /did you mean "percentage"/
    ],
    ["a backend that is not installed", 'plugin = "embedded"', 'plugin = "embeded"', "learner.backend.plugin", /did you mean "embedded"/],
    [
      "a metric pack of another package",
      'plugin = "classification"',
      'plugin = "other#classification"',
      "metrics.plugin",
      /classification/
    ],
    ["a protocol of another version", "classification-holdout@1", "classification-holdout@2", "protocol", /classification-holdout@1/],
    ["a learner of no known kind", 'kind = "brain"', 'kind = "brian"', "learner.kind", /"brain"/],
    [
      "a template that nobody offers",
      'template = "tabular-classification"',
      'template = "tabular-classifier"',
      "brain.generate.template",
      /tabular-classification/
    ],
    ["a template of another version", "version = 1\n# Voxels", "version = 2\n# Voxels", "brain.generate.version", /1/]
  ] as const)("names %s, with the way out", async (_, from, to, field, help) => {
    const content = changed(from, to)
    const { code, found } = await refused(content)
    expect(code).toBe(3)
    const first = found.find((each) => each.field === field)
    expect(first, JSON.stringify(found)).toBeDefined()
    expect([first?.file, typeof first?.line, typeof first?.column]).toEqual(["bad.run.toml", "number", "number"])
    if (help !== undefined)
      expect(JSON.stringify(first)).toMatch(help instanceof RegExp ? new RegExp(help.source.replaceAll('"', '\\\\"')) : help)
  })

  it("pins another genome: says which hash it has and which is written", async () => {
    const { code, found } = await refused(changed(/genome_sha256 = ".*"/, `genome_sha256 = "${"0".repeat(64)}"`))
    expect(code).toBe(3)
    expect(found).toEqual([expect.objectContaining({ code: "FT2013", field: "brain.genome_sha256", actual: "0".repeat(64) })])
    expect(text).toContain(found[0]?.expected)
  })

  it.each(["rate", "temporal", "value"])(
    "refuses the encoding scheme %s, which the engine does not have, and falls back to none",
    async (scheme) => {
      const { code, found } = await refused(changed('scheme = "population_single_spike"', `scheme = "${scheme}"`))
      expect(code).toBe(3)
      const said = found.map((each) => `${each.field} ${each.message} ${each.expected ?? ""} ${each.help ?? ""}`).join("\n")
      expect(said).toContain("learner.binding.encoder.options")
      expect(said).toContain("population_single_spike")
    }
  )

  it("leaves a class out of a part: refused, with the class named", async () => {
    const file = (await project.ftr("init", "--template", "tabular-classification", "--dataset", "few@1", "--seed", "1")).stdout
    const { code, found } = await refused(file)
    expect(code).toBe(3)
    expect(found[0]?.field).toMatch(/^split/)
    expect(found.map((each) => each.message).join("\n")).toContain("rare")
  })

  it.each([
    ["a seed below 0", "seeds = [1]", "seeds = [-1]", "seeds"],
    ["a seed of 2^64", "seeds = [1]", "seeds = [18446744073709551616]", "seeds"],
    ["a seed with a point", "seeds = [1]", "seeds = [1.5]", "seeds"],
    ["a seed that is a text", "seeds = [1]", 'seeds = ["7"]', "seeds"],
    ["no seed at all", "seeds = [1]", "seeds = []", "seeds"],
    ["no epochs", /\nepochs = \d+/, "\nepochs = 0", "training.epochs"],
    ["a step of nothing", /\ncheckpoint_every = \d+/, "\ncheckpoint_every = 0", "checkpoint_every"],
    ["fractions beyond everything", "train = 0.6", "train = 0.7", "split"],
    ["a fraction above 1", "train = 0.6", "train = 1.6", "split.fractions"],
    ["a magnitude that is no number", /magnitude = [\d.]+ \}\nsuppress/, "magnitude = nan }\nsuppress", "nan is not a number"],
    ["an unknown method of splitting", 'method = "stratified"', 'method = "random"', "split.method"],
    ["a transform, of which there is none", "transforms = []", 'transforms = ["blur"]', "transforms"]
  ] as const)("has %s: refused with the range that is allowed", async (_, from, to, field) => {
    const { code, found } = await refused(changed(from, to))
    expect(code).toBe(3)
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]?.field ?? found[0]?.message).toContain(field)
    expect(found[0]?.line).toBeGreaterThan(0)
  })

  it("has six mistakes: all six are listed once, in the order of the file", async () => {
    const content = [
      ["seeds = [1]", "seeds = [-1]"],
      [/\ncheckpoint_every = \d+/, "\ncheckpoint_every = 0"],
      ['method = "stratified"', 'method = "random"'],
      ["[training]\n", "[training]\nsead = 1\n"],
      ["shuffled_labels = false", "shufled_labels = false\nshuffled_labels = 1"]
    ].reduce((all, [from, to]) => all.replace(from ?? "", String(to)), text)
    const { code, found } = await refused(content)
    expect(code).toBe(3)
    const lines = found.map((each) => each.line ?? 0)
    expect(lines).toEqual([...lines].sort((left, right) => left - right))
    expect(new Set(found.map((each) => `${each.line}:${each.column}`)).size).toBe(found.length)
    expect(found.map((each) => each.field ?? each.message)).toEqual([
      "seeds[0]",
      "checkpoint_every",
      "split.method",
      'unknown key "sead"',
      'unknown key "shufled_labels"; did you mean "shuffled_labels"?',
      "controls.shuffled_labels"
    ])
  })

  it("has mismatches of every kind: the learner's are listed with all others", async () => {
    const content = [
      ["classification-holdout@1", "classification-holdout@2"],
      ['plugin = "random"', 'plugin = "randon"'],
      ['scheme = "population_single_spike"', 'scheme = "rate"'],
      ['plugin = "supervised"', 'plugin = "supervisd"']
    ].reduce((all, [from, to]) => all.replace(from ?? "", to ?? ""), text)
    const { code, found } = await refused(content)
    expect(code).toBe(3)
    const fields = found.map((each) => each.field ?? "")
    for (const field of ["protocol", "sampler.plugin", "learner.binding.encoder.options", "learner.reward"])
      expect(
        fields.some((each) => each.startsWith(field)),
        `${field} in ${fields.join(" ")}`
      ).toBe(true)
    expect(found.map((each) => each.line ?? 0)).toEqual([...found.map((each) => each.line ?? 0)].sort((a, b) => a - b))
  })

  it("is no TOML: the place is named", async () => {
    const content = `${text}\nb = = 2\n`
    const { code, found } = await refused(content)
    expect([code, found[0]?.line]).toEqual([3, placeOf(content, "b = = 2")[0]])
  })

  it("has no schema_version, one that is a text, or one from the future", async () => {
    expect(await refused(changed("schema_version = 1\n", ""))).toMatchObject({ code: 3, found: [{ field: "schema_version" }] })
    expect(await refused(changed("schema_version = 1\n", 'schema_version = "1"\n'))).toMatchObject({
      code: 3,
      found: [{ field: "schema_version" }]
    })
    const future = await refused(changed("schema_version = 1\n", "schema_version = 2\n"))
    expect([future.code, future.reason]).toEqual([6, "integrity"])
    expect(future.stderr).toMatch(/upgrade|newer/)
  })

  it("cannot be altered by --set into something that is not allowed, and names the flag", async () => {
    const { code, found } = await refused(text, "--set", "training.epochs=0", "--set", "split.sead=3")
    expect(code).toBe(3)
    expect(found.map((each) => each.field ?? each.message).sort()).toEqual(["training.epochs", 'unknown key "sead"; did you mean "seed"?'])
    expect(found.every((each) => each.file?.includes("--set"))).toBe(true)
    const usage = await refused(text, "--set", "training.epochs")
    expect([usage.code, usage.reason]).toEqual([2, "usage"])
  })

  it("cannot pollute a prototype", async () => {
    for (const set of ["__proto__.polluted=true", "constructor.prototype.polluted=true", "training.__proto__.polluted=true"]) {
      const { code } = await refused(text, "--set", set)
      expect([2, 3]).toContain(code)
    }
    expect((await refused(`${text}\n[__proto__]\npolluted = true\n`)).code).toBe(3)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe("the same choices", () => {
  const spec = async (name: string, content: string): Promise<string> => {
    project.write(name, content)
    const { runs } = await project.data<{ runs: ReadonlyArray<{ spec_sha256: string }> }>("run", "plan", name)
    return runs[0]?.spec_sha256 ?? ""
  }

  it("have one hash, whatever the comments, line ends, order of keys or format", async () => {
    const plain = await spec("a.run.toml", text)
    expect(await spec("b.run.toml", text.replace(/^#.*\n/gm, ""))).toBe(plain)
    expect(await spec("c.run.toml", text.replaceAll("\n", "\r\n"))).toBe(plain)
    const parsed = parseDocument({ text, file: "a.run.toml", format: "toml" })
    if (!parsed.ok) throw new Error("the template's run file is TOML")
    const json = JSON.stringify(parsed.document.value, undefined, 2)
    expect(await spec("f.run.json", json)).toBe(plain)
    expect(await spec("g.run.yaml", `# JSON is YAML\n${json}`)).toBe(plain)
    expect(filesOf(store(project))).toEqual(before)
    const moved = text
      .replace(/\ncheckpoint_every = \d+\n/, "\n")
      .replace("seeds = [1]", `seeds = [1]\n${/checkpoint_every = \d+/.exec(text)?.[0]}`)
    expect(moved).not.toBe(text)
    expect(await spec("d.run.toml", moved)).toBe(plain)
    expect(await spec("e.run.toml", text.replace("seeds = [1]", "seeds = [2]"))).not.toBe(plain)
  })

  it("are not run under --dry-run: the store stays as it is", async () => {
    project.write("a.run.toml", text)
    const said = await project.ftr("run", "start", "a.run.toml", "--dry-run")
    expect(said.code).toBe(0)
    expect(filesOf(store(project))).toEqual(before)
    const data = await project.data(
      "dataset",
      "add",
      "iris.csv",
      "--adapter",
      "csv",
      "--label-column",
      "species",
      "--name",
      "other",
      "--dry-run"
    )
    expect(data).toMatchObject({ registered: false })
    expect(filesOf(store(project))).toEqual(before)
  })
})

describe("a project file", () => {
  /** Runs a command in the project as it is changed, and changes it back. */
  const withProject = async (change: (project: Project) => void, ...argv: ReadonlyArray<string>): Promise<Said> => {
    const file = project.read("feagi-trainer.toml")
    try {
      change(project)
      return await project.ftr(...argv)
    } finally {
      for (const name of ["feagi-trainer.toml", "feagi-trainer.json", "plugins/again"])
        rmSync(project.path(name), { recursive: true, force: true })
      project.write("feagi-trainer.toml", file)
    }
  }

  it("may be there once: two are refused, both named", async () => {
    const said = await withProject((here) => here.write("feagi-trainer.json", "{}"), "plugin", "ls")
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("feagi-trainer.toml and feagi-trainer.json")
  })

  it("has to be a readable file: a folder, a pipe, an empty file and a dangling link are refused and do not hang", async () => {
    const file = project.path("feagi-trainer.toml")
    const make: ReadonlyArray<readonly [string, () => unknown]> = [
      ["a folder", () => mkdirSync(file)],
      ["a pipe", () => spawnSync("mkfifo", [file])],
      ["an empty file", () => project.write("feagi-trainer.toml", "")],
      ["a dangling link", () => symlinkSync("nowhere", file)]
    ]
    for (const [what, put] of make) {
      const said = await withProject(
        () => {
          rmSync(file)
          put()
        },
        "plugin",
        "ls"
      )
      expect([what, said.code]).toEqual([what, 3])
      expect(said.stderr).toContain("feagi-trainer.toml")
    }
  })

  it("names an unknown key with its place", async () => {
    const said = await withProject(
      (here) => here.write("feagi-trainer.toml", 'schema_version = 1\nplugin = ["./plugins/adapter-csv"]\n'),
      "plugin",
      "ls"
    )
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("feagi-trainer.toml:2:1")
    expect(said.stderr).toContain('did you mean "plugins"?')
  })

  it("says where the store lies, who said so and what that overrode; looking makes no store", async () => {
    const file = project.read("feagi-trainer.toml")
    project.write("feagi-trainer.toml", `${file}store = "beside"\n`)
    try {
      const said = await project.spawn(["config", "show", "--origin", "--json"], { FEAGI_TRAINER_STORE: "elsewhere" }).ended
      const { data } = JSON.parse(said.stdout) as { data: ReadonlyArray<{ readonly key: string }> }
      expect(data.find((each) => each.key === "store")).toEqual({
        key: "store",
        value: "elsewhere",
        origin: "FEAGI_TRAINER_STORE",
        overrode: ["feagi-trainer.toml:3 (beside)", "default (.feagi-trainer)"]
      })
      expect([filesOf(project.path("elsewhere")), filesOf(project.path("beside"))]).toEqual([{}, {}])
    } finally {
      project.write("feagi-trainer.toml", file)
    }
  })

  it("may list a plugin that is not installed: 7, with the line that installs it", async () => {
    const said = await withProject(
      (here) => here.write("feagi-trainer.toml", 'schema_version = 1\nplugins = ["@toys/none"]\n'),
      "plugin",
      "ls"
    )
    expect(said.code).toBe(7)
    expect(said.stderr).toContain("npm install @toys/none")
  })

  it("may list a plugin twice, under two names of its folder: refused before anything is ambiguous", async () => {
    const said = await withProject(
      (here) => {
        symlinkSync(here.path("plugins/adapter-csv"), here.path("plugins/again"))
        here.write("feagi-trainer.toml", 'schema_version = 1\nplugins = ["./plugins/adapter-csv", "./plugins/again"]\n')
      },
      "plugin",
      "ls"
    )
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("twice")
  })

  it("has to be there", async () => {
    const said = await withProject((here) => rmSync(here.path("feagi-trainer.toml")), "run", "ls")
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("feagi-trainer init")
  })
})
