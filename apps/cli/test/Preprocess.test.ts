/** Pictures behind the transforms of a run file, as they are measured. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { crc32, deflateSync, inflateSync } from "node:zlib"
import { TrainerError } from "@feagi-trainer/contracts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pngMetadata } from "../src/pngMetadata.ts"
import { filesOf, makeProject, type Project } from "./support/project.ts"

const chunk = (type: string, body: Buffer): Buffer => {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}
/** A grey picture of 4 × 2 pixels. */
const grey = (pixels: ReadonlyArray<number>): Buffer => {
  const lines = Buffer.from([0, ...pixels.slice(0, 4), 0, ...pixels.slice(4, 8)])
  const header = Buffer.from([0, 0, 0, 4, 0, 0, 0, 2, 8, 0, 0, 0, 0])
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))])
}
/** The pixels of a picture that was stored row by row without a filter. */
const pixelsOf = (bytes: Buffer): ReadonlyArray<number> => {
  const at = bytes.indexOf("IDAT")
  const lines = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)))
  return [...lines.subarray(1, 5), ...lines.subarray(6, 10)]
}

const file = (transforms: string): string => `schema_version = 1
name = "pictures"
protocol = "classification-holdout@1"
dataset = "pictures@1"
seeds = [1]
checkpoint_every = 10
${transforms}
[split]
method = "hash"
seed = "per-run"
fractions = { train = 0.6, test = 0.4 }
[sampler]
plugin = "sequential"
options = {}
[training]
epochs = 1
[learner]
kind = "none"
[metrics]
plugin = "classification"
options = { undefined_in_macro = "insufficient" }
[controls]
silent_reward = false
shuffled_labels = false
`
const decode =
  '[[transforms]]\nplugin = "image-decode"\nversion = 1\nphases = "all"\noptions = { channels = 1, alpha = "refuse", orientation = "refuse" }\n'
const flipping =
  '[[transforms]]\nplugin = "image-random-flip"\nversion = 1\nphases = "train"\noptions = { axis = "horizontal", probability = 0.5 }\n'

interface Preprocessed {
  readonly parts: Readonly<Record<string, number>>
  readonly files: ReadonlyArray<string>
  readonly samples_sha256: string
}

let project: Project
beforeAll(async () => {
  project = makeProject(["adapter-image-folder", "transform-image"])
  for (const [label, base] of [
    ["dark", 0],
    ["light", 200]
  ] as const) {
    mkdirSync(project.path("pictures", label), { recursive: true })
    for (let at = 0; at < 8; at++)
      writeFileSync(project.path("pictures", label, `${label}-${at}.png`), grey(Array.from({ length: 8 }, (_, k) => base + at * 5 + k)))
  }
  await project.data("dataset", "add", "pictures", "--adapter", "image-folder", "--name", "pictures")
  project.write("p.run.toml", file(`${decode}${flipping}`))
})
afterAll(() => project.close())

describe("data preprocess", () => {
  it("writes every picture of the parts that were asked for, with where it comes from, and the same bytes again", async () => {
    const data = await project.data<Preprocessed>("data", "preprocess", "p.run.toml", "--out", "one")
    expect(Object.values(data.parts).reduce((sum, count) => sum + count, 0)).toBe(16)
    expect([...data.files].sort()).toEqual(Object.keys(filesOf(project.path("one"))).sort())
    const lines = project
      .read("one/samples.ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { file: string; part: string })
    expect(lines.map((line) => line.file)).toEqual(data.files.slice(1))
    await project.data("data", "preprocess", "p.run.toml", "--out", "two")
    expect(filesOf(project.path("two"))).toEqual(filesOf(project.path("one")))
    const only = await project.data<Preprocessed>("data", "preprocess", "p.run.toml", "--part", "test", "--out", "three")
    expect(Object.keys(only.parts)).toEqual(["test"])
    const bytes = readFileSync(project.path("three", only.files[1] ?? ""))
    const said = pngMetadata(bytes, "x.png")
    expect(said instanceof TrainerError ? said : [said.width, said.height, said.bit_depth, said.color_type]).toEqual([4, 2, 8, "grey"])
  })

  it("gives the pixels as they are measured: what augments a training is not applied", async () => {
    project.write("plain.run.toml", file(decode))
    await project.data("data", "preprocess", "plain.run.toml", "--out", "plain")
    expect(filesOf(project.path("plain"))).toEqual(filesOf(project.path("one")))
    const lines = project.read("one/samples.ndjson").trimEnd().split("\n")
    const [first] = lines.map((line) => JSON.parse(line) as { file: string; sample_id: string })
    const pixels = pixelsOf(readFileSync(project.path("one", first?.file ?? "")))
    const [base = 0] = pixels
    expect(pixels).toEqual(Array.from({ length: 8 }, (_, k) => base + k))
  })

  it("augments the part that is learnt from, as one epoch of a seed does: others are other, the same ones are the same", async () => {
    const made = async (name: string, epoch: number, seed: number) => {
      // One split for every seed, so that the augmentation alone differs.
      project.write("split.run.toml", file(`${decode}${flipping}`).replace('seed = "per-run"', "seed = 7"))
      const argv = ["--seed", String(seed), "--epoch", String(epoch), "--out", name]
      expect(await project.data("data", "preprocess", "split.run.toml", ...argv)).toMatchObject({ epoch, seed })
      const lines = project.read(`${name}/samples.ndjson`).trimEnd().split("\n")
      return lines
        .map((line) => JSON.parse(line) as { file: string; part: string })
        .map((line) => ({ part: line.part, pixels: pixelsOf(readFileSync(project.path(name, line.file))) }))
    }
    const [one, again, two, other] = [await made("e1", 1, 1), await made("e1b", 1, 1), await made("e2", 2, 1), await made("s2", 1, 2)]
    expect(again).toEqual(one)
    expect(two).not.toEqual(one)
    expect(other).not.toEqual(one)
    /** Whether each picture stands as it is or mirrored; anything else is neither. */
    const mirrored = two.map(({ part, pixels }) => {
      const base = Math.min(...pixels)
      const rows = [pixels.slice(0, 4), pixels.slice(4)].map((row) => row.map((value) => value - base))
      const plain =
        JSON.stringify(rows) ===
        JSON.stringify([
          [0, 1, 2, 3],
          [4, 5, 6, 7]
        ])
      const turned =
        JSON.stringify(rows) ===
        JSON.stringify([
          [3, 2, 1, 0],
          [7, 6, 5, 4]
        ])
      expect([part, plain !== turned]).toEqual([part, true])
      return { part, turned }
    })
    expect(new Set(mirrored.filter(({ part }) => part === "train").map(({ turned }) => turned))).toEqual(new Set([true, false]))
    expect(mirrored.filter(({ part, turned }) => part === "test" && turned)).toEqual([])
    expect((await project.ftr("data", "preprocess", "p.run.toml", "--epoch", "0", "--out", "e0")).code).toBe(2)
    expect((await project.ftr("compat", "image_preprocessor", "--config", "p.run.toml", "--epoch", "2", "--out", "c2")).code).toBe(0)
    await project.data("data", "preprocess", "p.run.toml", "--epoch", "2", "--out", "v2")
    expect(filesOf(project.path("c2"))).toEqual(filesOf(project.path("v2")))
  })

  it("refuses a part that the split does not make, and a folder that holds something", async () => {
    for (const [argv, code, exit] of [
      [["--part", "val", "--out", "four"], "FT3432", 2],
      [["--out", "one"], "FT3302", 3]
    ] as const) {
      const said = await project.ftr("data", "preprocess", "p.run.toml", ...argv)
      expect([argv, said.code, said.stderr.includes(`[${code}]`)]).toEqual([argv, exit, true])
    }
  })
})
