import { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { encoded, greyPixels, greyPng, maskPng, png } from "./Draw.ts"
import { codes, collect, maskOptions, report, within } from "./World.ts"

const files = {
  "images/1.png": greyPng(1),
  "images/b/2.png": greyPng(2),
  "masks/1.png": png({ width: 6, height: 5, samples: greyPixels(1).map((value) => (value > 200 ? 255 : value & 1)) }),
  "masks/b/2.png": png({
    width: 6,
    height: 5,
    depth: 4,
    colour: 3,
    palette: new Uint8Array(6),
    samples: greyPixels(2).map((value) => value & 1)
  })
}
const without = (path: keyof typeof files): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).filter(([each]) => each !== path))

describe("mask folders", () => {
  it("give a picture as the sample and a class per pixel as the target, by the grey value or the index", async () => {
    const samples = await within(files, maskOptions, (session) =>
      Effect.map(collect(session, [0, 1]), (raw) => raw.map((each) => session.mapToIr(each, "test")))
    )
    expect(samples.map(({ sample_id }) => sample_id)).toEqual(["images/1.png", "images/b/2.png"])
    expect(samples[0]).toMatchObject({
      output_type: "segmentation_mask",
      metadata: { path: "images/1.png" }
    })
    const labels = [greyPixels(1).map((value) => (value > 200 ? 255 : value & 1)), greyPixels(2).map((value) => value & 1)]
    expect(samples.map(({ target }) => target)).toEqual(
      labels.map((each) => ({ segmentation_mask: { width: 6, height: 5, labels: [...each], ignore_label: 255 } }))
    )
  })

  it("may hold pictures of another type, and lie in parts", async () => {
    const mask = png({ width: 16, height: 12, samples: greyPixels(4, 16, 12).map((value) => value & 1) })
    const tree = { "data/images/train/x.jpg": await encoded.jpeg(), "data/masks/train/x.png": mask }
    const { entries, scan } = await report(tree, { ...maskOptions, images: "data/images", masks: "data/masks", splits: { train: "train" } })
    expect(entries).toMatchObject([{ sample_id: "data/images/train/x.jpg", given_split: "train", at: [0, 1, 16, 12, 3] }])
    expect(scan?.shape).toMatchObject({ width: [16, 16], height: [12, 12], channels: [3, 3] })
  })

  const grey16 = png({ width: 6, height: 5, depth: 16, samples: greyPixels(1, 12, 5) })
  const table: ReadonlyArray<readonly [string, Record<string, Uint8Array>, ReadonlyArray<string>]> = [
    ["no pair", {}, ["NO-SAMPLES ."]],
    ["a picture without a mask", without("masks/1.png"), ["NO-MASK images/1.png"]],
    ["a mask without a picture", without("images/1.png"), ["NO-IMAGE masks/1.png"]],
    ["two pictures of one name", { ...files, "images/1.jpg": greyPng(4) }, ["SAME-STEM images/1.png", "WRONG-EXTENSION images/1.jpg"]],
    ["a mask of another size", { ...files, "masks/1.png": maskPng(1, 5, 6) }, ["OTHER-SIZE masks/1.png"]],
    [
      "a value of no class",
      { ...files, "masks/1.png": png({ width: 6, height: 5, samples: greyPixels(1).map((_, at) => (at === 8 ? 7 : at & 1)) }) },
      ["UNDECLARED-CLASS masks/1.png"]
    ],
    [
      "a mask in colours",
      { ...files, "masks/1.png": png({ width: 6, height: 5, colour: 2, samples: greyPixels(1, 18, 5) }) },
      ["NOT-A-MASK masks/1.png"]
    ],
    ["a mask of 16 bits", { ...files, "masks/1.png": grey16 }, ["NOT-A-MASK masks/1.png"]],
    [
      "a mask of 4-bit grey, whose values programs read in two ways",
      { ...files, "masks/1.png": png({ width: 6, height: 5, depth: 4, samples: greyPixels(1).map(() => 1) }) },
      ["NOT-A-MASK masks/1.png"]
    ],
    [
      "an interlaced mask",
      { ...files, "masks/1.png": png({ width: 6, height: 5, samples: greyPixels(1), interlace: 1 }) },
      ["NOT-A-MASK masks/1.png"]
    ],
    ["a mask that is no picture", { ...files, "masks/1.png": Buffer.from("<svg/>") }, ["NOT-A-MASK masks/1.png"]],
    ["an empty mask", { ...files, "masks/1.png": new Uint8Array(0) }, ["EMPTY-FILE masks/1.png"]],
    ["half a mask", { ...files, "masks/1.png": maskPng(1).subarray(0, 50) }, ["CORRUPT masks/1.png"]],
    ["half a picture", { ...files, "images/1.png": greyPng(1).subarray(0, 50) }, ["CORRUPT images/1.png"]],
    [
      "one picture with two masks",
      { ...files, "images/3.png": greyPng(1), "masks/3.png": maskPng(7) },
      ["CONFLICTING-LABELS images/3.png"]
    ],
    ["a file beside the two folders", { ...files, "README.md": Buffer.from("x") }, ["STRAY README.md"]]
  ]
  it.each(table)("are told of %s", async (_, tree, expected) => {
    const told = await report(tree, maskOptions)
    expect(codes(told)).toEqual(expected)
    expect(told.scan === undefined).toBe(told.error_count > 0)
  })

  it("are told of the first pixel of a value that is no class", async () => {
    const mask = png({ width: 6, height: 5, samples: greyPixels(1).map((_, at) => (at === 8 ? 7 : at & 1)) })
    const { diagnostics } = await report({ ...files, "masks/1.png": mask }, maskOptions)
    expect(diagnostics[0]).toMatchObject({
      message: "the pixel at x 2, y 1 is of no declared class",
      expected: "0 to 1 or 255",
      actual: "7"
    })
  })

  it("are told of a class that no pixel has, and of a value that would be one without ignore_label", async () => {
    expect(codes(await report(files, { ...maskOptions, classes: ["sky", "sea", "land"] }))).toEqual(["UNUSED-CLASS ."])
    expect(codes(await report(files, { ...maskOptions, ignore_label: null }))).toEqual(["UNDECLARED-CLASS masks/1.png"])
  })

  it("leave out a pair of which one is refused", async () => {
    const { entries, scan, ...told } = await report({ ...files, "masks/1.png": new Uint8Array(0) }, { ...maskOptions, on_corrupt: "skip" })
    expect(codes({ ...told })).toEqual(["SKIPPED masks/1.png"])
    expect(entries.map(({ sample_id }) => sample_id)).toEqual(["images/b/2.png"])
    expect(scan?.files.length).toBe(4)
  })

  it("refuse a mask that is another one than that of the scan, and other options", async () => {
    const failure = (changes: object) =>
      within(files, maskOptions, (session) => collect(session, [0]), changes).then(
        () => undefined,
        (error) => (error instanceof TrainerError ? error.diagnostics[0] : error)
      )
    expect(await failure({ later: { ...files, "masks/1.png": maskPng(9) } })).toMatchObject({
      code: "FT2110",
      file: "masks/1.png",
      sample_id: "images/1.png"
    })
    expect(await failure({ options: { ...maskOptions, ignore_label: null } })).toMatchObject({ code: "image-folder/OTHER-OPTIONS" })
  })
})
