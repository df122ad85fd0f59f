/** What a sample becomes and what a code keeps, before any run: pictures in the terminal, SVG, JSON, and numbers checked by other means. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Ajv2020 } from "ajv/dist/2020.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { main as createPlugin } from "../../../packages/create-feagi-trainer/src/main.ts"
import { pngBytes } from "../src/commands/bindingFigure.ts"
import { irisProject, makeProject, type Project } from "./support/project.ts"

const digits = fileURLToPath(new URL("../../../docs/examples/digits/digits.csv", import.meta.url))

let project: Project
beforeAll(async () => {
  project = await irisProject("1")
  cpSync(digits, project.path("digits.csv"))
  await project.data("dataset", "add", "digits.csv", "--adapter", "csv", "--label-column", "class", "--name", "digits")
  const init = await project.ftr("init", "--template", "tabular-classification", "--dataset", "digits@1", "--seed", "1")
  project.write("digits.run.toml", init.stdout)
})
afterAll(() => project.close())

/** A two of the digits data, named by its content. */
const two = "ff9f91c605615aab-0"
const pixels = [
  [0, 0, 11, 12, 0, 0, 0, 0],
  [0, 7, 16, 16, 5, 0, 0, 0],
  [0, 5, 13, 16, 8, 0, 0, 0],
  [0, 0, 1, 16, 8, 0, 0, 0],
  [0, 0, 7, 16, 5, 0, 0, 0],
  [0, 0, 9, 15, 1, 0, 0, 0],
  [0, 0, 16, 15, 9, 7, 2, 0],
  [0, 0, 12, 14, 13, 12, 5, 0]
] as const

interface Voxel {
  readonly area: string
  readonly x: number
  readonly y: number
  readonly z: number
  readonly potential: number
}
interface Area {
  readonly id: string
  readonly name: string
  readonly dimensions: readonly number[]
  readonly voxels: ReadonlyArray<Voxel>
}
interface Explained {
  readonly sample_id: string
  readonly picture: { readonly width: number; readonly values: readonly number[]; readonly voxels: readonly number[] | null } | null
  readonly channels: ReadonlyArray<{
    readonly index: number
    readonly feature: string | null
    readonly feature_value: number | null
    readonly value: number
    readonly lit: ReadonlyArray<Voxel>
  }>
  readonly areas: ReadonlyArray<Area>
  readonly taught: { readonly values: ReadonlyArray<number>; readonly areas: ReadonlyArray<Area>; readonly unknown: string | null }
  readonly files: ReadonlyArray<string>
}
const explained = (...argv: ReadonlyArray<string>): Promise<Explained> => project.data<Explained>("binding", "explain", ...argv)

/** A command that is refused: its exit code and the code of every finding. */
const refused = async (...argv: ReadonlyArray<string>): Promise<readonly [number, ReadonlyArray<string>]> => {
  const said = await project.ftr(...argv, "--json")
  const { data } = JSON.parse(said.stdout) as { data: { diagnostics: ReadonlyArray<{ code: string }> } }
  return [said.code, data.diagnostics.map(({ code }) => code)]
}

describe("binding explain", () => {
  it("shows the picture of a digit, and beside it the same digit read from its voxels alone", async () => {
    const { stdout } = await project.ftr("binding", "explain", "digits.run.toml", two)
    const drawn = [
      "  ┌────────────────┐  ┌────────────────┐",
      "  │    ▓▓▓▓        │  │    ▓▓▓▓        │",
      "  │  ▒▒████▒▒      │  │  ▒▒████▒▒      │",
      "  │  ▒▒████▒▒      │  │  ▒▒████▒▒      │",
      "  │    ░░██▒▒      │  │    ░░██▒▒      │",
      "  │    ▒▒██▒▒      │  │    ▒▒██▒▒      │",
      "  │    ▓▓██░░      │  │    ▓▓██░░      │",
      "  │    ████▓▓▒▒░░  │  │    ████▓▓▒▒░░  │",
      "  │    ▓▓████▓▓▒▒  │  │    ▓▓████▓▓▒▒  │",
      "  └────────────────┘  └────────────────┘"
    ]
    expect(stdout).toContain(`sample ${two} of digits@1, part test, class 2\n`)
    expect(stdout).toContain(drawn.join("\n"))
    expect(stdout).toContain("features (aWluZgEAAAA=): 256 × 1 × 5 voxels, 256 lit")
    expect(stdout).toContain("taught for its target:\n  classes (b21pcwoAAAA=): 10 × 1 × 1 voxels, 1 lit\n")
    expect(stdout).toContain("z0 │  █       │")
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(140)
  })

  it("lights the voxels that FEAGI's rule gives, channel by channel, and teaches the class", async () => {
    const { channels, areas, taught, picture } = await explained("digits.run.toml", two)
    const flat = pixels.flat()
    expect(channels).toHaveLength(4 * 64)
    for (const { index, feature, feature_value, value, lit } of channels) {
      const pixel = Math.floor(index / 4)
      expect([index, feature, feature_value]).toEqual([index, `pixel_${Math.floor(pixel / 8)}_${pixel % 8}`, flat[pixel]])
      // Exactly one voxel: z = floor((1 − value) · bins), from the top.
      expect(lit).toEqual([{ area: "aWluZgEAAAA=", x: index, y: 0, z: Math.min(4, Math.floor((1 - value) * 5)), potential: 1 }])
    }
    expect(areas.map(({ name, dimensions, voxels }) => [name, dimensions, voxels.length])).toEqual([["features", [256, 1, 5], 256]])
    expect(taught).toMatchObject({ unknown: null, areas: [{ name: "classes", dimensions: [10, 1, 1] }] })
    expect(taught.areas[0]?.voxels).toEqual([{ area: "b21pcwoAAAA=", x: 2, y: 0, z: 0, potential: 1 }])
    expect(picture?.values).toEqual(flat)
    // The mean depth of the four voxels of a pixel; 0 to 4 of five bins.
    expect(picture?.voxels).toEqual(
      flat.map((_, pixel) => channels.slice(4 * pixel, 4 * pixel + 4).reduce((sum, { lit }) => sum + (1 - (lit[0]?.z ?? 0) / 4), 0) / 4)
    )
  })

  it("names the features of a table that is no picture, and draws no picture then", async () => {
    const id = (await project.data<{ samples: ReadonlyArray<{ sample_id: string }> }>("dataset", "preview", "iris@1", "--count", "1"))
      .samples[0]
    const { channels, picture } = await explained("x.run.toml", id?.sample_id ?? "")
    expect(picture).toBeNull()
    expect(channels.map(({ feature }) => feature)).toEqual(
      ["sepal_length", "sepal_width", "petal_length", "petal_width"].flatMap((name) => [name, name, name, name])
    )
    const { stdout } = await project.ftr("binding", "explain", "x.run.toml", id?.sample_id ?? "")
    expect(stdout).toMatch(/^ +0 {2}sepal_length +5\.1 +0\.\d+ +0,0,\d$/m)
  })

  it("is as open for another encoder: potentials are shaded, and those below zero are told apart", async () => {
    const text = project.read("digits.run.toml")
    const [from, to] = [text.indexOf("[learner.binding.encoder]"), text.indexOf("# One voxel per class")]
    const options =
      'area = "imis", group = 0, code = { scheme = "potential" }, range = "train", out_of_range = "clip", constant_feature = "keep"'
    project.write(
      "potential.run.toml",
      `${text.slice(0, from)}[learner.binding.encoder]\nplugin = "misc-data"\noptions = { ${options} }\n${text.slice(to)}`
    )
    const { areas, picture, channels } = await explained("potential.run.toml", two)
    expect(areas.map(({ name, dimensions }) => [name, dimensions])).toEqual([["imis", [64, 1, 1]]])
    // One channel carries all features, so that none of them can be named.
    expect([channels.length, channels[0]?.feature, picture?.voxels]).toEqual([1, null, null])
    const { stdout } = await project.ftr("binding", "explain", "potential.run.toml", two)
    const line = stdout.split("\n").find((each) => each.startsWith("  z0 │")) ?? ""
    const signs = Array.from({ length: 64 }, (_, x) => Math.sign(areas[0]?.voxels.find((voxel) => voxel.x === x)?.potential ?? 0))
    expect(Array.from(line.slice(6, 70), (mark) => (mark === " " ? 0 : mark === "-" ? -1 : 1))).toEqual(signs)
    expect(new Set(signs)).toEqual(new Set([-1, 0, 1]))
  })

  it("draws a picture per area as SVG, the same bytes again, into an empty folder only", async () => {
    const argv = ["binding", "explain", "digits.run.toml", two, "--format", "svg", "--out"]
    const said = await project.ftr(...argv, "figures")
    expect(said.stdout).toBe("figures/picture.svg\nfigures/voxels.svg\nfigures/input-0.svg\nfigures/taught-0.svg\n")
    expect((await project.ftr(...argv, "again")).code).toBe(0)
    expect(readdirSync(project.path("figures")).sort()).toEqual(["input-0.svg", "picture.svg", "taught-0.svg", "voxels.svg"])
    for (const name of readdirSync(project.path("figures"))) {
      const svg = project.read(`figures/${name}`)
      expect(svg).toBe(project.read(`again/${name}`))
      expect(svg).toMatch(/^<svg [^>]*role="img"/)
      expect(svg).toMatch(/href="data:image\/png;base64,iVBORw0KGgo/)
    }
    expect(await refused(...argv, "figures")).toEqual([3, ["FT3302"]])
    expect(await refused("binding", "explain", "digits.run.toml", two, "--format", "svg")).toEqual([2, ["FT1314"]])
  })

  it("refuses a sample that is not there, a seed that is none, and a learner without an encoder", async () => {
    expect(await refused("binding", "explain", "digits.run.toml", "nothing")).toEqual([3, ["FT1301"]])
    expect((await project.ftr("binding", "explain", "digits.run.toml", "nothing")).stderr).toContain(
      "list them with  feagi-trainer dataset preview NAME@VERSION"
    )
    expect(await refused("binding", "explain", "digits.run.toml", two, "--seed", "x")).toEqual([2, ["FT1313"]])
    expect(await refused("binding", "explain", "digits.run.toml", two, "--set", 'learner.kind="table"')).toEqual([3, ["FT2622"]])
    const [code, codes] = await refused("binding", "explain", "digits.run.toml", two, "--set", 'learner.binding.encoder.plugin="percent"')
    expect([code, codes]).toEqual([3, ["FT1201"]])
  })
})

describe("binding explain of a picture", () => {
  it("shows it as it stands in the area, the largest y on top", async () => {
    const pictures = makeProject(["adapter-image-folder", "transform-image", "transform-tabular"])
    try {
      // An L: upright on the left, its foot at the bottom. The other class is one dot.
      const width = 5
      const drawn = (mark: (x: number, row: number) => boolean, level: number) =>
        Uint8Array.from({ length: 25 }, (_, at) => (mark(at % width, Math.floor(at / width)) ? level : 0))
      for (const [kind, mark] of [
        ["ell", (x: number, row: number) => x === 1 || (row === 4 && x > 0)],
        ["dot", (x: number, row: number) => x === 3 && row === 0]
      ] as const)
        for (let k = 0; k < 6; k++) {
          mkdirSync(pictures.path("img", kind), { recursive: true })
          writeFileSync(pictures.path("img", kind, `${k}.png`), pngBytes({ width, height: 5, pixels: drawn(mark, 200 + k) }))
        }
      await pictures.data("dataset", "add", "img", "--adapter", "image-folder", "--name", "img")
      const text = (await pictures.ftr("init", "--template", "image-classification", "--dataset", "img@1", "--seed", "1")).stdout
      const cut = (of: string, from: string, to: string, by: string) => `${of.slice(0, of.indexOf(from))}${by}${of.slice(of.indexOf(to))}`
      const options = 'area = "iimg", group = 0, frame = "Absolute", color_space = "Linear"'
      const encoder = `[learner.binding.encoder]\nplugin = "image-frame"\noptions = { ${options} }\n\n`
      const decode = '[[transforms]]\nplugin = "image-decode"\nversion = 1\nphases = "all"\n'
      const nodes = `${decode}options = { channels = 1, alpha = "drop", orientation = "apply" }\n\n`
      pictures.write(
        "frame.run.toml",
        cut(cut(text, "[[transforms]]", "[split]", nodes), "[learner.binding.encoder]", "# One voxel per class", encoder)
      )
      const said = await pictures.ftr("binding", "explain", "frame.run.toml", "ell/2.png")
      expect(said.stderr).toBe("")
      for (const line of [
        "(aWltZwkAAAA=): 5 × 5 × 1 voxels, 8 lit",
        "  y4 │  ██      │",
        "  y3 │  ██      │",
        "  y2 │  ██      │",
        "  y1 │  ██      │",
        "  y0 │  ████████│"
      ])
        expect(said.stdout).toContain(`${line}\n`)
      expect(said.stdout.indexOf("y4 │")).toBeLessThan(said.stdout.indexOf("y0 │"))
    } finally {
      pictures.close()
    }
  })
})

interface Report {
  readonly part: string
  readonly reports: ReadonlyArray<{
    readonly bins: number
    readonly samples: number
    readonly features: ReadonlyArray<{
      readonly name: string
      readonly distinct_values: number
      readonly distinct_codes: number
      readonly value_bits: number
      readonly code_bits: number
      readonly lost_bits: number
    }>
    readonly sample: { readonly code_bits: number; readonly value_bits: number }
    readonly collisions: { readonly codes: number; readonly samples: number }
    readonly ambiguous: { readonly by_code: { readonly errors: number } } | null
    readonly voxels: { readonly count: number; readonly never_lit: number }
    readonly channels: { readonly count: number; readonly silent: ReadonlyArray<{ readonly index: number }> }
    readonly active: { readonly least: number; readonly mean: number; readonly most: number }
  }>
}

/** −Σ p log₂ p, as it is written in books. */
const entropy = (items: ReadonlyArray<unknown>): number => {
  const groups = Map.groupBy(items, (item) => JSON.stringify(item))
  return [...groups.values()].reduce((sum, { length }) => sum - (length / items.length) * Math.log2(length / items.length), 0)
}

describe("encoding report", () => {
  it("counts what a hand would count, for every number of bins", async () => {
    // Four values at the middles of four bins, and a flag that half of the samples share; part train holds all but two rows.
    const rows = Array.from({ length: 16 }, (_, k) => [k % 4, k % 2, 7, k % 4 < 2 ? "low" : "high"])
    const parts = rows.map((_, k) => (k < 14 ? "train" : k === 14 ? "val" : "test"))
    project.write("hand.csv", `${["a,b,still,kind,part", ...rows.map((row, k) => `${row.join(",")},${parts[k]}`)].join("\n")}\n`)
    await project.data(
      "dataset",
      "add",
      "hand.csv",
      "--adapter",
      "csv",
      "--label-column",
      "kind",
      "--split-column",
      "part",
      "--name",
      "hand"
    )
    const init = await project.ftr(
      "init",
      "--template",
      "tabular-classification",
      "--dataset",
      "hand@1",
      "--seed",
      "1",
      "--option",
      "tilings=1"
    )
    project.write("hand.run.toml", init.stdout)
    const { part, reports } = await project.data<Report>("encoding", "report", "hand.run.toml", "--bins", "2,4", "--part", "train")
    const trained = rows.slice(0, 14)
    expect([part, reports.map(({ bins, samples }) => [bins, samples])]).toEqual([
      "train",
      [
        [2, 14],
        [4, 14]
      ]
    ])
    // The ranges are those of the training part: a from 0 to 3, b from 0 to 1, and the one that never changes.
    const zOf = (value: number, bins: number) => Math.min(bins - 1, Math.floor((1 - value) * bins))
    for (const report of reports) {
      const { bins } = report
      const codes = trained.map((row) => [zOf(Number(row[0]) / 3, bins), zOf(Number(row[1]), bins)])
      const of = (column: number) => report.features[column]
      expect(report.features.map(({ name }) => name)).toEqual(["a", "b", "still"])
      expect(of(0)?.value_bits).toBeCloseTo(entropy(trained.map((row) => row[0])), 12)
      expect(of(0)?.code_bits).toBeCloseTo(entropy(codes.map(([a]) => a)), 12)
      expect(of(1)?.code_bits).toBeCloseTo(entropy(codes.map(([, b]) => b)), 12)
      expect(of(2)).toMatchObject({ distinct_values: 1, distinct_codes: 1, value_bits: 0, code_bits: 0, lost_bits: 0 })
      expect(report.sample.code_bits).toBeCloseTo(entropy(codes), 12)
      expect(report.sample.value_bits).toBeCloseTo(entropy(trained), 12)
      const lit = new Set(codes.flatMap(([a, b]) => [`a${a}`, `b${b}`]))
      expect(report.voxels).toEqual({ count: 3 * bins, never_lit: 3 * bins - lit.size - 1 })
      expect(report.active).toEqual({ least: 3, mean: 3, most: 3 })
      expect([report.channels, report.collisions.codes]).toEqual([{ count: 3, silent: [] }, 0])
    }
  })

  it("finds what a code makes equal, with the labels that it confuses", async () => {
    // 0.1 and 0.2 share a bin of two and have different labels: one of the two is answered wrongly for every pair.
    const rows = ["0,x", "0.1,x", "0.2,y", "0.9,y", "1,y", "0.15,x"].map((row) => `${row},train`)
    project.write("near.csv", `${["a,kind,part", ...rows, "0.5,x,val", "0.5,y,val", "0.6,x,test", "0.7,y,test"].join("\n")}\n`)
    await project.data(
      "dataset",
      "add",
      "near.csv",
      "--adapter",
      "csv",
      "--label-column",
      "kind",
      "--split-column",
      "part",
      "--name",
      "near"
    )
    const init = await project.ftr(
      "init",
      "--template",
      "tabular-classification",
      "--dataset",
      "near@1",
      "--seed",
      "1",
      "--option",
      "tilings=1"
    )
    project.write("near.run.toml", init.stdout)
    const { reports } = await project.data<Report>("encoding", "report", "near.run.toml", "--bins", "2")
    expect(reports[0]).toMatchObject({
      samples: 6,
      features: [{ distinct_values: 6, distinct_codes: 2 }],
      collisions: { codes: 2, contents: 6, samples: 6 },
      ambiguous: { labelled: 6, by_code: { groups: 1, samples: 4, errors: 1 }, by_content: { groups: 0, samples: 0, errors: 0 } }
    })
    const { stdout } = await project.ftr("encoding", "report", "near.run.toml", "--bins", "2")
    expect(stdout).toMatch(/^ +2 {2}0\.918 of 2\.585 bits {2}2 of 6 +6 samples in 2 +16\.7 % +0 of 1 +0 of 2 +1 … 1\.000 … 1$/m)
    expect(stdout).toContain("one code at 2 bins for x and y: ")
  })

  it("draws what is kept, once, and refuses bins and parts that are none", async () => {
    const argv = ["encoding", "report", "x.run.toml"]
    expect((await project.ftr(...argv, "--bins", "3,6", "--figure", "kept.svg")).code).toBe(0)
    const svg = project.read("kept.svg")
    for (const word of ["sepal_length", "3 bins", "6 bins"]) expect(svg).toContain(word)
    expect(await refused(...argv, "--figure", "kept.svg")).toEqual([2, ["FT2624"]])
    expect(project.read("kept.svg")).toBe(svg)
    for (const bins of ["", "0", "4,4", "4,x", "-1", "1.5"])
      expect([bins, await refused(...argv, `--bins=${bins}`)]).toEqual([bins, [2, ["FT1315"]]])
    expect(await refused(...argv, "--part", "nowhere")).toEqual([2, ["FT2626"]])
    // No sample is no measurement: there is no entropy of nothing.
    const empty = await project.ftr(...argv, "--set", "split.fractions={train=0.9,val=0,test=0.1}", "--part", "val")
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/FT2626.*part "val" has no sample: expected one of train, test/)])
    expect(await refused("encoding", "report", "potential.run.toml", "--bins", "4")).toEqual([2, ["FT2623"]])
  })
})

describe("an encoder of somebody else", () => {
  it("is explained and measured like the own ones, as its scaffold comes", async () => {
    const quiet = { cwd: project.folder, out: () => {}, error: () => {} }
    expect(await createPlugin(["encoder", "quantiles"], quiet)).toBe(0)
    const projectFile = project.read("feagi-trainer.toml")
    project.write("feagi-trainer.toml", projectFile.replace("plugins = [", 'plugins = ["./quantiles", '))
    const text = project.read("x.run.toml")
    const [from, to] = [text.indexOf("[learner.binding.encoder]"), text.indexOf("# One voxel per class")]
    project.write(
      "quantiles.run.toml",
      `${text.slice(0, from)}[learner.binding.encoder]\nplugin = "quantiles"\noptions = { bins = 6, group = 0 }\n${text.slice(to)}`
    )
    const { channels, areas } = await explained("quantiles.run.toml", "latest")
    expect(areas.map(({ dimensions, voxels }) => [dimensions, voxels.length])).toEqual([[[4, 1, 6], 4]])
    // The middle of a bin of six, counted from z 5 for the smallest values.
    for (const { value, lit } of channels) expect(lit.map(({ z }) => z)).toEqual([5 - Math.floor(value * 6)])
    const { reports } = await project.data<Report>("encoding", "report", "quantiles.run.toml", "--bins", "2,6")
    expect(reports.map(({ bins, features }) => [bins, features.every(({ distinct_codes }) => distinct_codes <= bins)])).toEqual([
      [2, true],
      [6, true]
    ])
    // Bins of equally many samples keep nearly as much as so many bins can: one bit of two.
    for (const { code_bits } of reports[0]?.features ?? []) expect(code_bits).toBeGreaterThan(0.95)
    project.write("feagi-trainer.toml", projectFile)
  })
})

describe("schemes and bindings", () => {
  it("tell what can be had and why the rest cannot", async () => {
    const schemes = await project.data<ReadonlyArray<Record<string, unknown>>>("schemes")
    const find = (scheme: string) => schemes.find((row) => row.scheme === scheme)
    expect(find("population_single_spike")).toMatchObject({ available: true, version: "1", because: null })
    for (const scheme of ["rate", "temporal", "value"]) {
      expect(find(scheme)).toMatchObject({ available: false, version: null })
      expect((await project.ftr("schemes")).stdout).toContain(`${scheme} is not available: ${String(find(scheme)?.because)}`)
    }
    const { rows, unavailable } = await project.data<{
      rows: ReadonlyArray<Record<string, unknown>>
      unavailable: ReadonlyArray<Record<string, unknown>>
    }>("bindings")
    expect(rows).toContainEqual({
      direction: "out",
      subject: "class",
      io_type: "MiscData",
      entry: "@feagi-trainer/feagi-binding#misc-class",
      units: ["omis"]
    })
    expect(unavailable.map(({ subject }) => subject)).toContain("bbox_set")
    const { stdout } = await project.ftr("bindings")
    expect(stdout).toMatch(/^class +misc-class +MiscData +omis$/m)
    expect(stdout).toMatch(/^tabular +percentage +Percentage +iinf, ipro, ishk, ibat, isvm, icnt$/m)
    expect(stdout).toMatch(/^bbox_set is not available: /m)
  })
})

describe("--json", () => {
  it("of every verb is as its schema says", async () => {
    const ajv = new Ajv2020({ strict: false })
    for (const [name, argv] of [
      ["BindingOutput", ["binding", "explain", "digits.run.toml", two]],
      ["BindingOutput", ["binding", "explain", "potential.run.toml", two]],
      ["EncodingReportOutput", ["encoding", "report", "x.run.toml", "--bins", "3,6"]],
      ["SchemesOutput", ["schemes"]],
      ["BindingsOutput", ["bindings"]]
    ] as const) {
      const schema = JSON.parse((await project.ftr("schema", "show", name)).stdout) as object
      const said = await project.ftr(...argv, "--json")
      const valid = ajv.compile(schema)
      expect([name, argv, valid(JSON.parse(said.stdout)), valid.errors ?? []]).toEqual([name, argv, true, []])
    }
  })
})
