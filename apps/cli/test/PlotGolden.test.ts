/**
 * Every plot against its golden, as the program writes it: pictures as SVG, their numbers as CSV, Markdown and Vega-Lite, and a PNG by the
 * hash of its bytes.
 *
 * `vitest run apps/cli/test/PlotGolden.test.ts -u` writes them anew: look at what changed before it is kept. The id of a run holds the hashes
 * of the plugins that ran, so that it is replaced before anything is compared; a PNG is therefore drawn once more, from the figure without it.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Figure } from "@feagi-trainer/charts"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bytesOf } from "../src/plot/output.ts"
import { makeProject, type Project, started } from "./support/project.ts"

const golden = fileURLToPath(new URL("./golden/plot/", import.meta.url))
/** No golden is larger, in bytes: a person is to look at every one. */
const largest = 30_000

let project: Project
let brain: string
let gradient: string

beforeAll(async () => {
  project = makeProject(["learner-gradient", "transform-tabular"])
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  const init = async (learner: string) =>
    (await project.ftr("init", "--template", "tabular-classification", "--learner", learner, "--dataset", "iris@1", "--seed", "1")).stdout
  project.write("g.run.toml", await init("gradient"))
  project.write("b.run.toml", await init("brain"))
  gradient = (await started(project, "g.run.toml", "--no-progress", "--set", "training.epochs=12")).run_id
  brain = (await started(project, "b.run.toml", "--no-progress", "--set", "training.epochs=3")).run_id
  await project.data("weights", "export", gradient, "--out", "w.safetensors")
})
afterAll(() => project.close())

/** Ids of elements end with a hash of what the figure is called, run and all. */
const withoutIds = (text: string): string =>
  text
    .replaceAll(gradient, "r-gradient")
    .replaceAll(brain, "r-brain")
    .replace(/(figure-[\w-]*)-[0-9a-f]{8}\b/g, "$1")

/** What is asked for, and how many figures it makes. */
const plots: Readonly<Record<string, readonly [argv: () => ReadonlyArray<string>, figures: number]>> = {
  metrics: [() => ["metrics", brain, "--name", "metric/train/accuracy", "--name", "curve/train/accuracy"], 1],
  loss: [() => ["metrics", gradient, "--name", "loss/train/loss", "--log"], 1],
  coherence: [() => ["metrics", gradient, "--name", "measure/train/coherence", "--x", "epoch"], 1],
  fft: [() => ["fft", gradient, "--name", "loss/train/loss", "--window", "9"], 3],
  tensor: [() => ["tensor", "w.safetensors", "--tensor", "weights/layers.4.weight"], 1],
  raster: [() => ["raster", brain, "--sample", "latest"], 1],
  voxels: [() => ["voxels", brain, "--sample", "latest"], 1]
}
const names = Object.entries(plots).flatMap(([name, [, figures]]) =>
  Array.from({ length: figures }, (_, at) => [name, figures === 1 ? name : `${name}-${at + 1}`] as const)
)

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

describe("every plot is its golden", () => {
  for (const [name, [argv, figures]] of Object.entries(plots))
    it(`${name}: pictures and numbers, in every form of text`, async () => {
      for (const form of ["svg", "csv", "md", "vl.json"]) {
        const { files } = await project.data<{ files: ReadonlyArray<{ path: string }> }>("plot", ...argv(), "--out", `${name}.${form}`)
        expect(files.length).toBe(figures)
        for (const { path } of files) await expect(withoutIds(project.read(path))).toMatchFileSnapshot(`${golden}${path}`)
      }
    })

  it("as a PNG: what the program writes is what its figure gives, and that has the bytes of the golden", async () => {
    const found: Record<string, string> = {}
    for (const [name, [argv]] of Object.entries(plots)) {
      const said = await project.data<{ figures: ReadonlyArray<Figure>; files: ReadonlyArray<{ path: string }> }>(
        ...["plot", ...argv(), "--out", `${name}.png`]
      )
      for (const [at, { path }] of said.files.entries()) {
        const figure = said.figures[at] as Figure
        const png = (of: Figure) => Effect.runPromise(bytesOf(of, ".png", "auto"))
        expect(hashOf(readFileSync(project.path(path))), path).toBe(hashOf(await png(figure)))
        found[path] = hashOf(await png(JSON.parse(withoutIds(JSON.stringify(figure)))))
      }
    }
    await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(`${golden}png.json`)
  })

  it("dream: the animation, and every frame of it by its hash", async () => {
    const argv = ["plot", "dream", brain, "--sample", "latest", "--area", "features", "--out", "dream.svg"]
    await project.data(...argv, "--frames", "frames")
    await expect(withoutIds(project.read("dream.svg"))).toMatchFileSnapshot(`${golden}dream.svg`)
    const frames = readdirSync(project.path("frames")).sort()
    const hashes = Object.fromEntries(frames.map((name) => [name, hashOf(Buffer.from(withoutIds(project.read(`frames/${name}`))))]))
    await expect(`${JSON.stringify(hashes, null, 2)}\n`).toMatchFileSnapshot(`${golden}dream.json`)
    await project.data("plot", "dream", gradient, "--out", "curve.svg", "--frames", "curve")
    const curve = readdirSync(project.path("curve")).sort()
    expect(curve.length).toBeGreaterThan(3)
    const grown = curve.map((name) => hashOf(Buffer.from(withoutIds(project.read(`curve/${name}`)))))
    await expect(`${JSON.stringify(grown, null, 2)}\n`).toMatchFileSnapshot(`${golden}dream-run.json`)
  })

  it("and no golden is there that nothing makes, or that nobody would look at", () => {
    const made = names.flatMap(([, file]) => ["svg", "csv", "md", "vl.json"].map((form) => `${file}.${form}`))
    expect(readdirSync(golden).sort()).toEqual([...made, "png.json", "dream.svg", "dream.json", "dream-run.json"].sort())
    for (const file of readdirSync(golden)) expect([file, statSync(`${golden}${file}`).size < largest]).toEqual([file, true])
  })
})
