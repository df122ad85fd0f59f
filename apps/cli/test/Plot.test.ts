/** Pictures of what was recorded: every form, the same bytes twice, energy kept, and what cannot be drawn refused by name. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import type { Figure } from "@feagi-trainer/charts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Column } from "../src/Column.ts"
import { lineFigures } from "../src/plot/lineFigures.ts"
import { largestDrift, pictureDrift, spectralDrift } from "../src/plot/spectrumFigures.ts"
import { tensorView } from "../src/plot/tensorFigure.ts"
import { makeProject, type Project, started } from "./support/project.ts"

let project: Project
let brain: string
let gradient: string

beforeAll(async () => {
  project = makeProject(["learner-gradient", "transform-tabular"])
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  for (const [learner, file] of [
    ["gradient", "g.run.toml"],
    ["brain", "b.run.toml"]
  ] as const) {
    const init = await project.ftr(
      "init",
      "--template",
      "tabular-classification",
      "--learner",
      learner,
      "--dataset",
      "iris@1",
      "--seed",
      "1"
    )
    project.write(file, init.stdout)
  }
  gradient = (await started(project, "g.run.toml", "--no-progress", "--set", "training.epochs=6")).run_id
  brain = (await started(project, "b.run.toml", "--no-progress", "--set", "training.epochs=2")).run_id
})
afterAll(() => project.close())

interface Plotted {
  readonly figures: ReadonlyArray<Figure>
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: number; readonly sha256: string }>
}
const plot = (...argv: ReadonlyArray<string>) => project.data<Plotted>("plot", ...argv)
const bytesOf = (name: string): Buffer => readFileSync(project.path(name))
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Every verb with a picture, as a person would ask for it. */
const verbs = (): ReadonlyArray<readonly [name: string, argv: ReadonlyArray<string>]> => [
  ["metrics", ["metrics", gradient, "--name", "metric/train/accuracy"]],
  ["coherence", ["metrics", gradient, "--name", "measure/train/coherence", "--x", "epoch"]],
  ["tensor", ["tensor", "w.safetensors", "--tensor", "weights/layers.0.weight"]],
  ["raster", ["raster", brain, "--sample", "latest"]],
  ["voxels", ["voxels", brain, "--sample", "latest", "--burst", "1"]]
]

describe("plot", () => {
  beforeAll(() => project.data("weights", "export", gradient, "--out", "w.safetensors"))

  it("writes the same bytes every time, in every form", async () => {
    for (const [name, argv] of verbs())
      for (const form of ["svg", "png", "csv", "md", "json", "vl.json"]) {
        const files = [`${name}.${form}`, `${name}-again.${form}`]
        const told = await Promise.all(files.map((file) => plot(...argv, "--out", file)))
        const [first, again] = files.map((file) => bytesOf(file))
        expect(first?.equals(again ?? Buffer.alloc(0)), `${name}.${form}`).toBe(true)
        expect(told.map(({ files: written }) => written.map((each) => each.sha256))).toEqual([
          [sha256(first ?? Buffer.alloc(0))],
          [sha256(again ?? Buffer.alloc(0))]
        ])
        if (form === "png") expect(first?.subarray(1, 4).toString()).toBe("PNG")
        if (form === "svg") expect(first?.toString()).toMatch(/^<svg .*<\/svg>\n$/s)
        if (form === "vl.json") expect(JSON.parse(first?.toString() ?? "")).toMatchObject({ $schema: expect.stringContaining("vega-lite") })
        if (form === "json") expect(JSON.parse(first?.toString() ?? "")).toEqual(told[0]?.figures[0])
      }
  })

  it("draws the lines of a brain run without a loss, and those of a gradient run with one", async () => {
    const groups = async (run: string) => (await plot("metrics", run)).figures.map(({ id }) => id.split("/")[2])
    expect(await groups(brain)).toEqual(expect.arrayContaining(["metric", "reward"]))
    expect(await groups(brain)).not.toContain("loss")
    expect(await groups(gradient)).toContain("loss")
  })

  it("says the picture as a table where no file is asked for", async () => {
    const { stdout } = await project.ftr("plot", "raster", brain, "--sample", "latest")
    expect(stdout).toContain("| cortical area | burst (from 0) |")
  })

  it("lists the tensors of a file, and refuses what is none", async () => {
    const listed = await project.data<{ readonly tensors: ReadonlyArray<{ readonly name: string }> }>("plot", "tensor", "w.safetensors")
    expect(listed.tensors.map(({ name }) => name)).toContain("weights/layers.0.weight")
    project.write("no.safetensors", "this is text and no tensor")
    expect(await project.ftr("plot", "tensor", "no.safetensors")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("error[FT5506]")
    })
    expect((await project.ftr("plot", "tensor", "w.safetensors", "--tensor", "weights/layer.0.weight")).stderr).toContain("did you mean")
  })

  it("refuses forms and bursts that there are not", async () => {
    expect(await project.ftr("plot", "metrics", gradient, "--out", "x.pdf")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("FT5501")
    })
    expect(existsSync(project.path("x.pdf"))).toBe(false)
    expect(await project.ftr("plot", "voxels", brain, "--sample", "latest", "--burst", "99")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("FT5510")
    })
    expect((await project.ftr("plot", "metrics", gradient, "--name", "loss/train/los")).stderr).toContain('did you mean "loss/train/loss"?')
  })
})

describe("plot fft", () => {
  it("keeps the energy of the line in every picture of power", async () => {
    const found = await project.data<
      Plotted & { readonly energy_drift_db: Record<string, number>; readonly windows: ReadonlyArray<unknown> }
    >(...["plot", "fft", gradient, "--name", "loss/train/loss", "--window", "4"])
    expect(Object.keys(found.energy_drift_db)).toEqual(["spectrum/loss/train/loss", "spectrogram/loss/train/loss"])
    for (const drift of Object.values(found.energy_drift_db)) expect(Math.abs(drift)).toBeLessThan(1e-9)
    expect(found.windows.length).toBeGreaterThan(1)
  })

  it("refuses a window that is longer than the line", async () => {
    expect(await project.ftr("plot", "fft", gradient, "--name", "loss/train/loss", "--window", "5000")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("FT5504")
    })
  })
})

describe("spectralDrift()", () => {
  const tone = (cycles: number, length: number) => Array.from({ length }, (_, at) => Math.sin((2 * Math.PI * cycles * at) / length))

  it("is 0 for the same tone and 1 for one of another frequency", () => {
    const { windows } = spectralDrift("x", [...tone(4, 32), ...tone(4, 32), ...tone(8, 32)], 32)
    expect(windows.map(({ distance }) => Math.round((distance ?? Number.NaN) * 1e9) / 1e9)).toEqual([0, 0, 1])
    expect(windows.every(({ energy_db }) => Math.abs(energy_db ?? Number.NaN) < 1e-9)).toBe(true)
  })

  // The mean of 32 times 0.1 is not quite 0.1.
  it.each([3, 0.1, -1e300])("has no distance to a silence at %d, and leaves out what is no whole window", (silence) => {
    const { windows, left_out, energy_drift_db } = spectralDrift("x", [...tone(4, 32), ...new Array<number>(32).fill(silence), 1, 2], 32)
    expect(windows[1]).toMatchObject({ distance: null, energy_db: null })
    expect(left_out).toBe(2)
    expect(energy_drift_db).toEqual({ "spectrum/x": 0, "spectrogram/x": 0 })
  })

  it("would notice a picture that loses half of its power", () => {
    const values = tone(4, 32)
    const [spectrum, spectrogram] = spectralDrift("x", values, 32).figures
    if (spectrum?.kind !== "curve" || spectrogram?.kind !== "grid") throw new Error("a spectrum is a curve, a spectrogram a grid")
    const half = (power: number | null) => (power ?? 0) / 2
    const quieter = (level: number | null) => (level === null ? null : level + 10 * Math.log10(0.5))
    const halved = [
      { ...spectrum, series: spectrum.series.map((each) => ({ ...each, points: each.points.map(([at, y]) => [at, half(y)] as const) })) },
      { ...spectrogram, panels: spectrogram.panels.map((each) => ({ ...each, values: each.values.map((row) => row.map(quieter)) })) }
    ]
    expect(Math.abs(pictureDrift(spectrum, [values]) ?? Number.NaN)).toBeLessThan(1e-9)
    for (const figure of halved) expect(pictureDrift(figure, [values])).toBeCloseTo(-3.0103, 4)
    expect(largestDrift).toBe(0.5)
  })
})

describe("plot dream", () => {
  it("tells a run and a sample again, frame by frame, the same every time", async () => {
    for (const [name, argv] of [
      ["run", [gradient]],
      ["sample", [brain, "--sample", "latest", "--area", "features"]]
    ] as const) {
      const told = async (again: string) =>
        project.data<{
          readonly frames: ReadonlyArray<{ readonly frame: string; readonly sha256: string }>
          readonly animation_sha256: string
        }>(...["plot", "dream", ...argv, "--out", `${name}${again}.svg`, "--frames", `${name}${again}`])
      const [first, second] = [await told(""), await told("-again")]
      expect(first.frames).toEqual(second.frames)
      expect(first.animation_sha256).toBe(second.animation_sha256)
      expect(sha256(bytesOf(`${name}.svg`))).toBe(first.animation_sha256)
      expect(readdirSync(project.path(name))).toEqual(first.frames.map(({ frame }) => frame))
      for (const { frame, sha256: hash } of first.frames) expect(sha256(bytesOf(`${name}/${frame}`))).toBe(hash)
      expect(first.frames.length).toBeGreaterThan(1)
      expect(bytesOf(`${name}.svg`).toString()).not.toContain("<script")
    }
  })

  it("does not overwrite a folder that holds something", async () => {
    expect(await project.ftr("plot", "dream", gradient, "--frames", ".")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("FT3302")
    })
  })
})

describe("tensorView()", () => {
  it("shows the last two axes as sheets, and numbers that are none as no data", () => {
    const { figure, sheets, shown } = tensorView({
      name: "t",
      shape: [2, 2, 2, 3],
      values: Array.from({ length: 24 }, (_, at) => (at === 5 ? Number.NaN : at))
    })
    if (figure.kind !== "grid") throw new Error("a tensor is a grid")
    expect([sheets, shown]).toEqual([4, 4])
    expect(figure.panels.map(({ title }) => title)).toEqual(["[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"])
    expect(figure.panels[0]?.values).toEqual([
      [0, 1, 2],
      [3, 4, null]
    ])
    expect(figure.panels[3]?.values[1]).toEqual([21, 22, 23])
  })

  it("shows a number and a list as one row", () => {
    const rows = (shape: ReadonlyArray<number>, values: ReadonlyArray<number>) => {
      const { figure } = tensorView({ name: "t", shape, values })
      return figure.kind === "grid" ? figure.panels[0]?.values : undefined
    }
    expect(rows([], [7])).toEqual([[7]])
    expect(rows([3], [1, 2, 3])).toEqual([[1, 2, 3]])
  })

  it("leaves out sheets beyond the most and says so", () => {
    expect(tensorView({ name: "t", shape: [100, 1, 1], values: new Array<number>(100).fill(1) })).toMatchObject({ sheets: 100, shown: 64 })
  })
})

it("leaves what is not above zero out of a logarithmic picture", () => {
  const x = Column.of([0, 1, 2, 3])
  const points = { at: { step: x, sample: x, wall: x, epoch: x }, y: Column.of([1, 0, -1, 10]) }
  const [figure] = lineFigures([{ name: "l", title: "l", group: "loss", unit: "1", phase: "train", ...points }], {
    run_id: "r",
    x: "sample",
    log: true
  })
  expect(figure?.kind === "curve" ? figure.series[0]?.points : undefined).toEqual([
    [0, 1],
    [1, null],
    [2, null],
    [3, 10]
  ])
})
