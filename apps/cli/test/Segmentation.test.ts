/**
 * A brain that says a class for every pixel, through the program: learnt from pictures and masks, scored by `segmentation`, shown over the
 * pictures, verified, and scored again from its bundle by a program without its data.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { crc32, deflateSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { areaId } from "../../../plugins/feagi-binding/src/CorticalId.ts"
import { genomeText } from "../../../plugins/feagi-binding/src/Genome.ts"
import { type GroupShown, makeProject, type Project, type RunShown, started } from "./support/project.ts"

const side = 8
const parts = { train: 20, test: 6 } as const
/** Background, and the blob on it. */
const classes = ["soil", "leaf"]

let project: Project
let run: RunShown
/** Of the test part, in Base64. */
let pictures: ReadonlyArray<string>
const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(project.path(name)), { recursive: true })
  writeFileSync(project.path(name), content)
}

/** A grey PNG, a byte for each pixel. */
const png = (pixels: Uint8Array): Buffer => {
  const u32 = (...values: ReadonlyArray<number>) =>
    Buffer.from(values.flatMap((each) => [24, 16, 8, 0].map((shift) => (each >>> shift) & 255)))
  const chunk = (type: string, body: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), body])
    return Buffer.concat([u32(body.length), named, u32(crc32(named))])
  }
  const rows = Array.from({ length: side }, (_, y) => [0, ...pixels.subarray(y * side, (y + 1) * side)])
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat([u32(side, side), Uint8Array.of(8, 0, 0, 0, 0)])),
    chunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))),
    chunk("IEND", new Uint8Array(0))
  ])
}

/** A leaf, higher than wide and below the middle, so that a picture that is turned over is another one; bright, and noisy at its edge. */
const drawn = (k: number): { readonly picture: Uint8Array; readonly mask: Uint8Array } => {
  const [left, top] = [k % 6, (3 * k + Math.floor(k / 6)) % 5]
  const mask = Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)]
    return x >= left && x < left + 3 && y >= top && y < top + 4 ? 1 : 0
  })
  const picture = mask.map((leaf, at) => (leaf === 1 ? 180 : 90) + ((at * 37 + k * 53 + ((at * k) % 7) * 11) % 61))
  return { picture, mask }
}

/** A picture leads to the mask pixel by pixel, as bright as it is, and what is taught makes its way wider. */
const genome = (): string => {
  const [pixels, output] = [areaId("iimg", "CartesianPlane", 0), areaId("oseg", "MiscData", 0)]
  const learns = {
    morphology_id: "all_to_all",
    morphology_scalar: [1, 1, 1],
    postSynapticCurrent_multiplier: 0.025,
    plasticity_flag: true,
    plasticity_mode: "stdp",
    plasticity_window: 1,
    plasticity_constant: 1,
    ltp_multiplier: 1,
    ltd_multiplier: 0,
    plasticity_eta: 0.02,
    max_weight: 0.068,
    modulators: ["pleasure"]
  }
  const area = { size: [side, side, 1] as const, mappings: {}, cortex: {} }
  return genomeText({
    id: "leaves",
    title: "Leaves",
    description: "A pixel of the picture to a pixel of the mask",
    areas: [
      {
        ...area,
        id: pixels,
        name: "pixels",
        group: "IPU",
        mappings: { [output]: [learns] },
        neurons: { "fire_t-f": 150 }
      },
      { ...area, id: output, name: "mask", group: "OPU", neurons: { "fire_t-f": 1e-6 } }
    ],
    modulators: [{ name: "pleasure", magnitude_percent: 100, follows: null }],
    morphologies: {}
  })
}

/** Pleasure, and the picture again with the leaf of its mask; the soil is left to what the picture says. */
const tutor = `
import { optionsBy, RewardPolicy } from "@feagi-trainer/contracts"
import { Schema } from "effect"
const rewardOf = (prediction, { segmentation_mask: { labels } }) => {
  const said = "segmentation_mask" in prediction ? prediction.segmentation_mask.labels : []
  const right = labels.filter((label, at) => label === said[at]).length / labels.length
  return { raw: right, shaped: right }
}
const leafOf = ({ segmentation_mask: mask }) =>
  ({ segmentation_mask: { ...mask, labels: mask.labels.map((label) => (label === 0 ? 255 : label)), ignore_label: 255 } })
export const leaves = RewardPolicy.define({
  id: "leaves",
  decodeOptions: optionsBy(() => ({})),
  experience: ["sample"],
  state: Schema.Null,
  channels: () => [{ channel: "pleasure", least: 100, limit: 100, path: [] }],
  teaches: () => true,
  start: () => null,
  respond: (_, state, { target, prediction }) => ({
    state,
    feedback: [
      { offset: 0, affect: { channel: "pleasure", magnitude: 100 } },
      { offset: 1, represent: true },
      { offset: 1, teach: { value: leafOf(target) } }
    ],
    reward: rewardOf(prediction, target)
  })
})
`
const entry = {
  ...{ kind: "reward", id: "leaves", spec: 1, title: "Teaches leaves", options_schema: { type: "object" }, requires: {} },
  ...{ provides: { output_types: ["segmentation_mask"], feedback: ["affect", "represent", "teach"] }, deterministic: true },
  ...{ capabilities: { fs: false, net: false, child_process: false }, export: "leaves" }
}

const runFile = (genome_sha256: string): string => `
schema_version = 1
name = "leaves"
protocol = "segmentation-train-test@1"
dataset = "leaves@1"
seeds = [1, 2]
checkpoint_every = 5

[split]
method = "given"
seed = 1

[[transforms]]
plugin = "image-decode"
version = 1
phases = "all"
options = { channels = 1, alpha = "refuse", orientation = "refuse" }

[sampler]
plugin = "random"
options = {}

[training]
epochs = 4

[learner]
kind = "brain"

[learner.backend]
plugin = "embedded"
options = { max_voxels = 10000, max_synapses = 10000, validation = "strict" }

[learner.binding.encoder]
plugin = "image-frame"
options = { area = "iimg", group = 0, frame = "Absolute", color_space = "Linear" }

[learner.binding.decoder]
plugin = "segmentation-mask"
options = { area = "oseg", group = 0, size = "sample" }

[learner.reward]
plugin = "leaves"
options = {}

[learner.schedule]
hold_bursts = 1
read_burst = 2
settle_bursts = 1

[brain]
genome_sha256 = "${genome_sha256}"
registered = "leaves@1"

[metrics]
plugin = "segmentation"
options = { empty_class = "excluded" }

[controls]
silent_reward = false
shuffled_labels = false
`

beforeAll(async () => {
  project = makeProject(["adapter-image-folder", "metric-pack-segmentation", "transform-image"])
  put(
    "plugins/leaves/package.json",
    JSON.stringify({ name: "leaves", version: "1.0.0", type: "module", exports: "./index.js", feagiTrainer: "./plugin.json" })
  )
  put("plugins/leaves/plugin.json", JSON.stringify({ schema_version: 1, entries: [entry] }))
  put("plugins/leaves/index.js", tutor)
  project.write("feagi-trainer.toml", project.read("feagi-trainer.toml").replace("]", `, "./plugins/leaves"]`))
  let k = 0
  for (const [part, count] of Object.entries(parts))
    for (let at = 0; at < count; at++) {
      const { picture, mask } = drawn(k)
      put(`leaves/images/${part}/${at}.png`, png(picture))
      put(`leaves/masks/${part}/${at}.png`, png(mask))
      k += 1
    }
  const options = {
    ...{ layout: '"mask-folders"', images: '"images"', masks: '"masks"', classes: JSON.stringify(classes) },
    ...{ ignore_label: "255", splits: '{ train = "train", test = "test" }', on_corrupt: '"fail"' }
  }
  const written = Object.entries(options).flatMap(([name, value]) => ["--option", `${name}=${value}`])
  await project.data("dataset", "add", "leaves", "--adapter", "image-folder", "--name", "leaves", ...written)
  put("leaves.genome.json", genome())
  const limits = ["--max-voxels", "10000", "--max-synapses", "10000", "--validation", "strict", "--seed", "1"]
  const brain = await project.data("brain", "add", "leaves.genome.json", "--name", "leaves", "--backend", "embedded", ...limits)
  project.write("leaves.run.toml", runFile(String(brain.genome_sha256)))
  const { runs } = await project.data<GroupShown>("run", "start", "leaves.run.toml")
  const [first] = runs
  if (first === undefined) throw new Error("no run")
  run = first
  pictures = Array.from({ length: parts.test }, (_, at) => readFileSync(project.path(`leaves/images/test/${at}.png`)).toString("base64"))
})
afterAll(() => project.close())

const silent = ["--set", "controls.silent_reward=true", "--set", "seeds=[1]"]
const tested = ({ phases }: RunShown): Readonly<Record<string, unknown>> => phases.at(-1)?.metrics ?? {}

describe("a brain that answers with masks", () => {
  it("learns by its reward: without it every pixel is soil", async () => {
    expect(run.phases.map(({ phase, samples }) => [phase, samples])).toEqual([
      ["train", 4 * parts.train],
      ["test", parts.test]
    ])
    expect(tested(run).miou).toBeGreaterThan(0.7)
    const unrewarded = await started(project, "leaves.run.toml", ...silent)
    expect(tested(unrewarded)).toMatchObject({ "accuracy/leaf": 0, "iou/leaf": 0 })
  })

  it("counts every pixel of the test part once", () => {
    const leaf = parts.test * 12
    expect(tested(run)).toMatchObject({ "pixels/leaf": leaf, "pixels/soil": parts.test * side * side - leaf, answered: 1 })
  })

  it("replays to the same bytes, and its Scorecard verifies", async () => {
    expect(await project.data("run", "replay", run.run_id)).toMatchObject({ verdict: "EQUAL" })
    expect(await project.data("scorecard", "verify", run.scorecard_id)).toEqual({
      scorecard_id: run.scorecard_id,
      verified: true,
      predictions: parts.test
    })
  })

  it("is scored from its bundle as it was in its run, to the last bit", async () => {
    await project.data("run", "export", run.run_id, "--bundle", "leaves.zip")
    const data = await project.data("score", "leaves.zip")
    expect(data).toMatchObject({ phase: "test", recorded: "equal", n: parts.test, missing: 0, metrics: tested(run) })
  })

  it("is put into no bundle when a picture is gone: the error names it", async () => {
    const [file, away] = [project.path("leaves/images/test/0.png"), project.path("leaves/0.png")]
    renameSync(file, away)
    const said = await project.ftr("run", "export", run.run_id, "--bundle", "gone.zip")
    renameSync(away, file)
    expect({ code: said.code, stdout: said.stdout }).toEqual({ code: 3, stdout: "" })
    expect(said.stderr).toContain(`error[FT4043] ${file}`)
    expect(existsSync(project.path("gone.zip"))).toBe(false)
  })
})

describe("its report", () => {
  let html: string
  let markdown: string
  beforeAll(async () => {
    expect(await project.ftr("report", run.run_id, "--out", "report")).toMatchObject({ code: 0 })
    html = project.read("report/report.html")
    markdown = project.read("report/report.md")
  })

  /** Places in the test part, the worst first. */
  const worst = () => [...html.matchAll(/<title[^>]*>Worst sample \d: images\/test\/(\d)\.png/g)].map(([, at]) => Number(at))

  it("draws the outlines of the worst samples over their pictures", () => {
    const shown = worst()
    expect(shown).toHaveLength(3)
    expect(new Set(shown).size).toBe(3)
    for (const [at, picture] of pictures.entries())
      expect([at, html.split(`data:image/png;base64,${picture}`).length - 1]).toEqual([at, shown.includes(at) ? 1 : 0])
  })

  it("adds up the pixels of both seeds, and has a row for every class", () => {
    const row = (label: string) =>
      markdown
        .match(new RegExp(`^\\| ${label} \\| (\\d+) \\| (\\d+) \\| 0 \\|$`, "m"))
        ?.slice(1)
        .map(Number) ?? []
    const leaf = parts.test * 12
    expect([...row("soil"), ...row("leaf")]).toHaveLength(4)
    expect(row("leaf")[0] ?? 0).toBeLessThan(row("leaf")[1] ?? 0)
    expect((row("leaf")[0] ?? 0) + (row("leaf")[1] ?? 0)).toBe(2 * leaf)
    expect((row("soil")[0] ?? 0) + (row("soil")[1] ?? 0)).toBe(2 * (parts.test * side * side - leaf))
    expect(markdown).toContain("| class | pixels | iou | dice | accuracy |")
    expect(markdown).not.toMatch(/No (confusion matrix|value per class)/)
    expect(markdown).not.toContain("values per sample")
  })

  it("leaves the place of a picture hatched that was changed since, and of no other", async () => {
    const [first = 0, ...others] = worst()
    const file = project.path(`leaves/images/test/${first}.png`)
    const kept = readFileSync(file)
    writeFileSync(file, png(drawn(99).picture))
    const said = await project.ftr("report", run.run_id, "--out", "changed")
    writeFileSync(file, kept)
    expect(said.code).toBe(0)
    const changed = project.read("changed/report.html")
    expect(pictures.flatMap((picture, at) => (changed.includes(picture) ? [at] : []))).toEqual([...others].sort())
    expect(changed.split("data:image/png").length - 1).toBe(others.length)
    expect(project.read("changed/report.md")).toBe(markdown)
  })
})
