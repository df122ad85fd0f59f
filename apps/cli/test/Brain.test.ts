/** Brains as inputs, as a person meets them: registered, looked at, taken from a run, begun with, compared, written out; and what is refused. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { blobFile, flip, irisProject, type Project, type RunShown, started } from "./support/project.ts"

interface Shown {
  readonly name: string
  readonly version: number
  readonly existing?: boolean
  readonly genome_sha256: string
  readonly canonical_sha256: string
  readonly connectome: { readonly sha256: string; readonly seed: string; readonly learned_hash: string } | null
  readonly lineage: Readonly<Record<string, unknown>> | null
  readonly areas: ReadonlyArray<{ readonly id: string; readonly name: string }>
  readonly mappings: ReadonlyArray<{ readonly from: string; readonly to: string }>
  readonly modulators: ReadonlyArray<{ readonly name: string }>
  readonly development: {
    readonly neurons: number
    readonly synapses: number
    readonly learned_hash: string
    readonly engine: Readonly<Record<string, string>>
  }
}
interface Change {
  readonly change: string
  readonly source: Readonly<Record<string, unknown>>
  readonly target: Readonly<Record<string, unknown>>
  readonly before: { readonly weight: number } | null
  readonly after: { readonly weight: number } | null
  readonly difference: number
}
interface Diff {
  readonly genome: { readonly same: boolean; readonly differences: ReadonlyArray<Readonly<Record<string, unknown>>> }
  readonly synapses: {
    readonly counts: Readonly<Record<string, number>>
    readonly totals: { readonly absolute: number; readonly signed: number; readonly largest: number | null }
    readonly top: ReadonlyArray<Change>
  }
}
type Table = Record<string, unknown>

let project: Project
let run: RunShown
let genome: Table
beforeAll(async () => {
  project = await irisProject("1")
  run = await started(project, "x.run.toml", "--set", "training.epochs=1")
  await project.data("brain", "new", "--template", "tabular-classification", "--dataset", "iris@1", "--name", "fresh")
  await project.data("brain", "export", "fresh@1", "--out", "fresh")
  genome = JSON.parse(project.read("fresh/genome.json")) as Table
})
afterAll(() => project.close())

const brain = (...argv: ReadonlyArray<string>): Promise<Shown> => project.data<Shown>("brain", ...argv)
const diff = (...argv: ReadonlyArray<string>): Promise<Diff> => project.data<Diff>("brain", "diff", ...argv)
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** A command that is refused: its exit code and the code of every finding. */
const refused = async (...argv: ReadonlyArray<string>): Promise<readonly [number, ReadonlyArray<string>]> => {
  const said = await project.ftr("brain", ...argv, "--json")
  const { data } = JSON.parse(said.stdout) as { data: { diagnostics: ReadonlyArray<{ code: string }> } }
  return [said.code, data.diagnostics.map(({ code }) => code)]
}

const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, each]) => [key, reversed(each)])
        )
      : value

const [input, output] = ["aWluZgEAAAA=", "b21pcwoAAAA="]
const rulesOf = (area: string) => `_____10c-${area}-cx-dstmap-d`
const variant = (name: string, change: (document: Table & { blueprint: Table }) => void): string => {
  const copy = structuredClone(genome) as Table & { blueprint: Table }
  change(copy)
  return project.write(name, JSON.stringify(copy))
}

describe("a registered genome", () => {
  it("is told with what grew of it: areas, neurons, mappings, synapses, engine and hashes", async () => {
    const shown = await brain("show", "fresh@1")
    expect(shown.genome_sha256).toBe(sha256(readFileSync(project.path("fresh/genome.json"))))
    expect([shown.connectome, shown.lineage]).toEqual([null, null])
    // Four features with four tilings of five bins, fully connected to three classes; all others are single neurons.
    expect(shown.development).toMatchObject({ neurons: 4 * 4 * 5 + 3 + 9, synapses: 4 * 4 * 5 * 3 })
    expect(shown.mappings).toMatchObject([{ from: input, to: output }])
    expect(shown.modulators.map(({ name }) => name)).toEqual(["pleasure", "pain"])
    expect(shown.development.engine["feagi-npu-burst-engine"]).toBe("0.0.53")
    const { stdout } = await project.ftr("brain", "show", "fresh@1")
    for (const line of [
      "source     template tabular-classification 1 for iris@1",
      "learnt     nothing: a run develops it from its own seed",
      "features         aWluZgEAAAA=  IPU        16 × 1 × 5       80",
      "Pain             X19fcGFpbl8=  by FEAGI   1 × 1 × 1         1",
      "features  classes       240  all_to_all × 1 plastic: mode stdp eta 0.02"
    ])
      expect(stdout).toContain(line)
  })

  it("keeps its canonical hash and its brain when its text is written in another order, and loses both with one property", async () => {
    const fresh = await brain("show", "fresh@1")
    project.write("reversed.json", JSON.stringify(reversed({ ...genome, timestamp: 1 }), null, 2))
    const other = await brain("add", "reversed.json", "--name", "reversed")
    expect(other.genome_sha256).not.toBe(fresh.genome_sha256)
    expect(other.canonical_sha256).toBe(fresh.canonical_sha256)
    expect(other.development.learned_hash).toBe(fresh.development.learned_hash)
    const same = await diff("fresh@1", "reversed.json")
    expect([same.genome.same, same.genome.differences.every(({ ignored }) => ignored === true)]).toEqual([true, true])
    expect(same.synapses.counts).toMatchObject({ same: 240, changed: 0 })
    expect((await project.ftr("brain", "diff", "fresh@1", "reversed@1")).stdout).toContain(
      "genome: says the same; only the writing differs, and timestamp"
    )

    const file = variant("one.json", ({ blueprint }) => {
      const [rule] = (blueprint[rulesOf(input)] as Record<string, ReadonlyArray<Table>>)[output] ?? []
      Object.assign(rule ?? {}, { plasticity_eta: 0.125 })
    })
    expect((await brain("add", file, "--name", "one")).canonical_sha256).not.toBe(fresh.canonical_sha256)
    const { genome: found, synapses } = await diff("fresh@1", "one@1")
    expect(found).toEqual({
      same: false,
      differences: [
        {
          area: input,
          area_name: "features",
          to: output,
          to_name: "classes",
          property: "0.plasticity_eta",
          change: "changed",
          before: 0.02,
          after: 0.125,
          ignored: false
        }
      ]
    })
    expect(synapses.counts).toMatchObject({ changed: 0 })
  })

  it("that is added twice is one version, and a seed that is none is refused", async () => {
    const first = await brain("add", "fresh/genome.json", "--name", "twice")
    expect(first).toMatchObject({ name: "twice", version: 1, existing: false })
    expect(await brain("add", "fresh/genome.json", "--name", "twice")).toMatchObject({ version: 1, existing: true })
    // Grown from another seed it is the same genome, and what was recorded first stays.
    expect((await brain("add", "fresh/genome.json", "--name", "twice", "--seed", "7")).development).toEqual(first.development)
    expect((await brain("add", "fresh/genome.json", "--name", "seven", "--seed", "7")).development).not.toEqual(first.development)
    expect((await project.data<ReadonlyArray<Shown>>("brain", "ls")).filter(({ name }) => name === "twice")).toHaveLength(1)
    expect(await refused("add", "fresh/genome.json", "--name", "twice", "--seed", "-1")).toEqual([2, ["FT1313"]])
  })

  it("is refused when it is of a newer format, when it is none, and when the engine will not have it; nothing is registered then", async () => {
    const before = await project.data("brain", "ls")
    const newer = variant("newer.json", (document) => Object.assign(document, { genome_schema_version: 99, version: "4.1" }))
    expect(await refused("add", newer, "--name", "newer")).toEqual([3, ["FT2602", "FT2602"]])
    expect(await refused("add", project.write("list.json", "[1]"), "--name", "none")).toEqual([3, ["FT2601"]])
    expect(await refused("add", project.write("cut.json", "{"), "--name", "none")).toEqual([3, ["FT1001"]])
    const leaking = variant("leak.json", ({ blueprint }) => Object.assign(blueprint, { [`_____10c-${output}-nx-leak_c-f`]: 10 }))
    const [code, codes] = await refused("add", leaking, "--name", "leak")
    expect([code, codes]).toEqual([3, ["embedded/GENOME-INVALID"]])
    expect(await project.data("brain", "ls")).toEqual(before)
    const lenient = JSON.parse(
      (await project.ftr("brain", "add", leaking, "--name", "leak", "--validation", "lenient", "--json")).stdout
    ) as {
      warnings: ReadonlyArray<{ code: string; severity: string }>
    }
    expect(lenient.warnings).toMatchObject([{ code: "embedded/GENOME-INVALID", severity: "warning" }])
  })

  it("is told with every mapping that has grown no synapse", async () => {
    const rule = { morphology_id: "nowhere", morphology_scalar: [1, 1, 1], postSynapticCurrent_multiplier: 1, plasticity_flag: false }
    const empty = variant("empty.json", ({ blueprint }) => {
      blueprint[rulesOf(output)] = { [input]: [rule], "bm93aGVyZSE=": [{ ...rule, morphology_id: "all_to_all" }] }
    })
    const said = await project.ftr("brain", "add", empty, "--name", "empty")
    expect(said.code).toBe(0)
    expect(said.stderr).toContain(
      "[FT2603] the mapping classes → features has grown no synapse: expected at least one synapse, got rules nowhere"
    )
    expect(said.stderr).toContain("there is no bm93aGVyZSE=")
    expect(said.stderr.match(/FT2603/g)).toHaveLength(2)
  })
})

/** The run file with a registered brain instead of the template. */
const beginWith = (reference: string): string => {
  const text = project.read("x.run.toml")
  const [from, to] = [text.indexOf("\n[brain.generate]\n"), text.indexOf("\n[metrics]\n")]
  return project.write(
    "begin.run.toml",
    `${text.slice(0, from)}${text.slice(to)}`.replace("\n[brain]\n", `\n[brain]\nregistered = "${reference}"\n`)
  )
}

describe("what a run learnt", () => {
  it("becomes a version with its lineage, once", async () => {
    const taken = await brain("snapshot", run.run_id, "--name", "learnt")
    expect(taken).toMatchObject({
      name: "learnt",
      version: 1,
      existing: false,
      connectome: { learned_hash: run.connectome_hash },
      lineage: { parent: null, run_id: run.run_id, phase: "train", spec_sha256: run.spec_sha256, dataset_version_id: "iris@1" },
      development: { learned_hash: run.connectome_hash }
    })
    expect(await brain("snapshot", run.run_id, "--phase", "test", "--name", "other")).toMatchObject({
      connectome: { learned_hash: run.connectome_hash },
      lineage: { phase: "test" }
    })
    expect(await brain("snapshot", "--name", "learnt")).toMatchObject({ version: 1, existing: true })
    expect((await project.ftr("brain", "show", "learnt@1")).stdout).toContain(
      `lineage    a generated genome → ${run.run_id}, phase train, on iris@1 (`
    )
  })

  it("is refused of a phase that was not, and of the beginning of a run that knew nothing", async () => {
    expect(await refused("snapshot", run.run_id, "--phase", "practice", "--name", "x")).toEqual([3, ["FT2605"]])
    expect(await refused("snapshot", run.run_id, "--phase", "initial", "--name", "x")).toEqual([2, ["FT2605"]])
    expect(await refused("snapshot", "r-nothing", "--name", "x")).toEqual([3, ["FT1301"]])
  })

  it("is what another run begins with, pinned, replayed to the same bytes, and passed on", async () => {
    const { connectome } = await brain("show", "learnt@1")
    const second = await started(project, beginWith("learnt@1"), "--set", "training.epochs=1")
    const { document } = await project.data<{ document: Table }>("run", "show", second.run_id, "--document")
    expect(document).toMatchObject({
      brain: { connectome, source: { registered: "learnt@1" } },
      learner: { initial_hash: connectome?.learned_hash }
    })
    expect((await diff("learnt@1", `${second.run_id}:initial`)).synapses.counts).toMatchObject({ same: 240, changed: 0 })
    expect(await project.data("run", "replay", second.run_id)).toMatchObject({ verdict: "EQUAL" })
    expect(await brain("snapshot", second.run_id, "--name", "learnt")).toMatchObject({
      version: 2,
      lineage: { parent: "learnt@1", run_id: second.run_id }
    })
    // What the run pins is looked at before it is replayed.
    const file = blobFile(project, connectome?.sha256 ?? "")
    flip(file, 100)
    const said = await project.ftr("run", "replay", second.run_id)
    flip(file, 100)
    expect(said.code).not.toBe(0)
    expect(`${said.stdout}${said.stderr}`).toContain("connectome")
  })

  it("goes on learning, also when it was taken from a phase that measured", async () => {
    const { connectome } = await brain("show", "other@1")
    const further = await started(project, beginWith("other@1"), "--set", "training.epochs=1")
    expect(further.connectome_hash).not.toBe(connectome?.learned_hash)
    expect((await diff("other@1", further.run_id)).synapses.counts.changed).toBeGreaterThan(0)
    // Measuring it changed nothing.
    expect(new Set(further.phases.map(({ connectome_hash }) => connectome_hash))).toEqual(new Set([further.connectome_hash]))
  })

  it("travels in a bundle", async () => {
    const { run_id } = await project.data<{ run_id: string }>("run", "show")
    await project.data("run", "export", run_id, "--bundle", "bundle")
    const { connectome } = await brain("show", "other@1")
    const names = readdirSync(project.path("bundle"), { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("/", ""))
    expect(names.some((name) => name.endsWith(connectome?.sha256 ?? "-"))).toBe(true)
    expect((await project.ftr("run", "replay", "bundle")).code).toBe(0)
  })
})

describe("brain diff", () => {
  it("names the synapses that a run changed, with both weights, the largest first", async () => {
    const { genome: same, synapses } = await diff(`${run.run_id}:initial`, `${run.run_id}:train`, "--top", "1000")
    expect(same).toEqual({ same: true, differences: [] })
    const { before, after, same: kept, changed, added, removed } = synapses.counts
    expect([before, after, added, removed]).toEqual([240, 240, 0, 0])
    expect((kept ?? 0) + (changed ?? 0)).toBe(240)
    expect(synapses.top).toHaveLength(changed ?? -1)
    expect(changed).toBeGreaterThan(20)
    for (const { before: was, after: is, difference } of synapses.top) {
      expect(was?.weight).toBe(1)
      expect(Math.sign((is?.weight ?? 0) - 1)).toBe(Math.sign(difference))
    }
    const sizes = synapses.top.map(({ difference }) => Math.abs(difference))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(synapses.totals.absolute).toBeCloseTo(
      sizes.reduce((sum, each) => sum + each, 0),
      12
    )
    expect(synapses.totals.largest).toBe(sizes[0])
    // The other way round the same synapses change back.
    const back = await diff(run.run_id, `${run.run_id}:initial`, "--top", "3")
    expect(back.synapses.counts).toEqual(synapses.counts)
    expect(back.synapses.top).toMatchObject(
      synapses.top.slice(0, 3).map(({ source, target, before: was, after: is }) => ({ source, target, before: is, after: was }))
    )
  })

  it("says in the terminal which synapse it is", async () => {
    const [largest] = (await diff(`${run.run_id}:initial`, run.run_id, "--top", "1")).synapses.top
    const said = await project.ftr("brain", "diff", `${run.run_id}:initial`, run.run_id, "--top", "1")
    const { x, z } = largest?.source ?? {}
    expect(said.stdout).toContain("genome: the same")
    expect(said.stdout).toMatch(new RegExp(`features ${x},0,${z} +classes ${largest?.target.x},0,0 +changed +1 `))
    expect(said.stdout).toMatch(/… \d+ smaller changes; see --top/)
  })

  it("refuses what is no brain, naming the three ways to say one", async () => {
    const said = await project.ftr("brain", "diff", "nothing@1", "fresh@1")
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("expected name@version, a run id with or without :phase, or a genome file")
    expect(await refused("diff", "r-0000", "fresh@1")).toEqual([3, ["FT1301"]])
    // A brain may have a name that begins as the id of a run does.
    await brain("add", "fresh/genome.json", "--name", "r-best")
    expect((await diff("r-best@1", "fresh@1")).genome.same).toBe(true)
    expect(await refused("diff", `${run.run_id}:practice`, "fresh@1")).toEqual([3, ["FT2605"]])
    expect((await project.ftr("brain", "diff", "fresh@1", "fresh@1", "--top", "-1")).code).toBe(2)
  })
})

describe("brain export", () => {
  it("writes genome, connectome, what grew and a manifest, byte by byte, and never over something", async () => {
    const shown = await brain("show", "learnt@1")
    expect(await project.data("brain", "export", "learnt@1", "--out", "out")).toEqual({
      brain: "learnt@1",
      folder: "out",
      files: ["genome.json", "connectome.bin", "development.json", "brain.json"]
    })
    const manifest = JSON.parse(project.read("out/brain.json")) as {
      brain: Table
      files: ReadonlyArray<{ name: string; sha256: string | null; bytes: number }>
    }
    expect(manifest.files.map(({ name, sha256: hash }) => [name, hash])).toEqual([
      ["genome.json", shown.genome_sha256],
      ["connectome.bin", shown.connectome?.sha256],
      ["development.json", null]
    ])
    for (const { name, bytes, sha256: hash } of manifest.files) {
      const content = readFileSync(project.path("out", name))
      expect([name, content.length]).toEqual([name, bytes])
      if (hash !== null) expect([name, sha256(content)]).toEqual([name, hash])
    }
    expect(await refused("export", "learnt@1", "--out", "out")).toEqual([3, ["FT3302"]])
    // The genome that was written registers as what it was.
    expect(await brain("add", "out/genome.json", "--name", "fresh")).toMatchObject({ version: 1, existing: true })
  })
})

describe("--json", () => {
  it("of every verb is as its schema says", async () => {
    const ajv = new Ajv2020({ strict: false })
    for (const [name, argv] of [
      ["BrainOutput", ["brain", "show", "learnt@1"]],
      ["BrainOutput", ["brain", "show", "fresh@1"]],
      ["BrainOutput", ["brain", "snapshot", run.run_id, "--name", "learnt"]],
      ["BrainsOutput", ["brain", "ls"]],
      ["BrainExportOutput", ["brain", "export", "fresh@1", "--out", "schema-export"]],
      ["BrainDiffOutput", ["brain", "diff", "fresh@1", "one@1"]],
      ["BrainDiffOutput", ["brain", "diff", "fresh@1", "learnt@1"]]
    ] as const) {
      const schema = JSON.parse((await project.ftr("schema", "show", name)).stdout) as object
      const said = await project.ftr(...argv, "--json")
      const valid = ajv.compile(schema)
      expect([name, argv, valid(JSON.parse(said.stdout)), valid.errors ?? []]).toEqual([name, argv, true, []])
    }
  })
})

describe("the store", () => {
  it("finds a connectome that was altered", async () => {
    const { connectome } = await brain("show", "learnt@1")
    const file = blobFile(project, connectome?.sha256 ?? "")
    const bytes = readFileSync(file)
    flip(file, 40)
    const said = await project.ftr("artifact", "verify")
    writeFileSync(file, bytes)
    expect(said.code).not.toBe(0)
    expect(said.stderr).toContain("FT4011")
    expect((await project.ftr("artifact", "verify")).code).toBe(0)
  })
})
