import type { Candidate } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { imageFolder } from "../src/index.ts"
import { greyPixels, greyPng, idxPair, maskPng, png } from "./Draw.ts"
import { report, rootOf, run } from "./World.ts"

const candidates = (files: Record<string, Uint8Array>, path = ""): Promise<ReadonlyArray<Candidate>> =>
  run(imageFolder.discover({ path }), rootOf(files))
const layouts = async (files: Record<string, Uint8Array>) =>
  (await candidates(files)).map(({ options }) => [options.layout, ...(options.layout === "class-folders" ? [options.splits] : [])])

const animals = { "cat/1.png": greyPng(1), "cat/2.png": greyPng(2), "dog/1.png": greyPng(3), "dog/2.png": greyPng(4) }
const under = (part: string, seed: number) =>
  Object.fromEntries(["cat/1", "cat/2", "dog/1", "dog/2"].map((name, at) => [`${part}/${name}.png`, greyPng(seed + at)]))
const masks = Object.fromEntries(
  [1, 2, 3].flatMap((k) => [
    [`images/${k}.png`, greyPng(k)],
    [`masks/${k}.png`, maskPng(k)]
  ])
)

describe("discover", () => {
  it("finds class folders, without parts and with them", async () => {
    expect(await layouts(animals)).toEqual([["class-folders", "none"]])
    expect(await layouts({ ...under("train", 10), ...under("valid", 20) })).toEqual([
      ["class-folders", { train: "train", valid: "val" }],
      ["class-folders", "none"]
    ])
  })

  it("finds idx files, whole ones with more confidence than compressed ones", async () => {
    const [whole] = await candidates(idxPair("train", [0, 1]))
    const [packed] = await candidates(
      Object.fromEntries(Object.entries(idxPair("train", [0, 1])).map(([path, bytes]) => [`${path}.gz`, bytes]))
    )
    expect([whole?.options, packed?.options]).toEqual([
      { layout: "idx", classes: "scan" },
      { layout: "idx", classes: "scan" }
    ])
    expect(whole?.confidence).toBeGreaterThan(packed?.confidence ?? 1)
  })

  it("finds masks, proposes their values as classes, and still says that the folders may be classes", async () => {
    const ignoring = {
      ...masks,
      "masks/1.png": png({ width: 6, height: 5, samples: greyPixels(1).map((value) => (value > 200 ? 255 : value & 3)) })
    }
    const [first, second] = await candidates(ignoring)
    expect(first?.options).toEqual({
      layout: "mask-folders",
      images: "images",
      masks: "masks",
      classes: ["0", "1", "2", "3"],
      ignore_label: 255,
      splits: "none",
      on_corrupt: "fail"
    })
    expect(second?.options).toMatchObject({ layout: "class-folders", classes: "scan" })
    expect(second?.because).toContain('layout = "mask-folders"')
  })

  it("does not take two classes with files of the same names for pictures and masks", async () => {
    const coloured = png({ width: 6, height: 5, colour: 2, samples: greyPixels(1, 18, 5) })
    expect(await layouts({ "cat/1.png": coloured, "dog/1.png": coloured, "dog/2.png": coloured })).toEqual([["class-folders", "none"]])
  })

  it("ranks what it proposes, and says of each which option tells it from the others", async () => {
    for (const files of [animals, masks, { ...under("train", 10), ...under("test", 20) }, { ...animals, ...idxPair("train", [0]) }]) {
      const all = await candidates(files)
      expect(all.map(({ confidence }) => confidence)).toEqual(
        all.map(({ confidence }) => confidence).toSorted((left, right) => right - left)
      )
      for (const { because } of all) expect(because).toMatch(/layout = |splits = /)
    }
  })

  it("proposes options of which the best ones can be registered as they are", async () => {
    for (const files of [animals, masks, { ...under("train", 10), ...under("test", 20) }, idxPair("train", [0, 1])]) {
      const [best] = await candidates(files)
      expect((await report(files, best?.options ?? {})).error_count).toBe(0)
    }
  })

  it("has nothing to say of a file, of an empty folder and of texts", async () => {
    expect(await candidates(animals, "cat/1.png")).toEqual([])
    expect(await candidates({})).toEqual([])
    expect(await candidates({ "notes/1.txt": Buffer.from("x") })).toEqual([])
  })
})
