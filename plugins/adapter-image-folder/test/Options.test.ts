import { accepts } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { imageFolder } from "../src/index.ts"
import { classOptions, idxOptions, maskOptions, type Options } from "./World.ts"

const without = (options: Options, key: string) => Object.fromEntries(Object.entries(options).filter(([each]) => each !== key))
const all = { classOptions, maskOptions, idxOptions }

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ...Object.entries(all).map(([name, options]) => [name, options, true] as const),
  ...Object.entries(all).flatMap(([name, options]) =>
    Object.keys(options).map((key) => [`${name} without ${key}`, without(options, key), false] as const)
  ),
  ...Object.entries(all).map(([name, options]) => [`${name} with an unknown key`, { ...options, clases: [] }, false] as const),
  ["declared classes", { ...classOptions, classes: ["b", "a"] }, true],
  ["parts", { ...classOptions, splits: { train: "train", holdout: "test" } }, true],
  ["masks in parts", { ...maskOptions, splits: { train: "train" } }, true],
  ["skipping", { ...maskOptions, on_corrupt: "skip" }, true],
  ["folders in folders", { ...maskOptions, images: "data/images", masks: "data/masks" }, true],
  ["no label to ignore", { ...maskOptions, ignore_label: null }, true],
  ["declared labels", { ...idxOptions, classes: ["T-shirt", "trousers"] }, true],
  ["nothing", {}, false],
  ["null", null, false],
  ["a list", [], false],
  ["another layout", { ...classOptions, layout: "folders" }, false],
  ["no class", { ...classOptions, classes: [] }, false],
  ["an empty class", { ...classOptions, classes: [""] }, false],
  ["a class twice", { ...classOptions, classes: ["a", "a"] }, false],
  ["no part", { ...classOptions, splits: {} }, false],
  ["a part without a name", { ...classOptions, splits: { train: "" } }, false],
  ["parts by a word", { ...classOptions, splits: "scan" }, false],
  ["on_corrupt by another word", { ...classOptions, on_corrupt: "ignore" }, false],
  ["images of class folders", { ...classOptions, images: "images" }, false],
  ["masks that scan their classes", { ...maskOptions, classes: "scan" }, false],
  ["257 classes in a byte", { ...maskOptions, classes: Array.from({ length: 257 }, (_, at) => String(at)), ignore_label: null }, false],
  ["an absolute folder", { ...maskOptions, images: "/images" }, false],
  ["a folder with a slash at its end", { ...maskOptions, images: "images/" }, false],
  ["an empty folder", { ...maskOptions, masks: "" }, false],
  ["a label beyond a byte", { ...maskOptions, ignore_label: 256 }, false],
  ["half a label", { ...maskOptions, ignore_label: 2.5 }, false],
  ["a label as text", { ...maskOptions, ignore_label: "255" }, false],
  ["parts of idx files", { ...idxOptions, splits: "none" }, false],
  ["idx files that skip", { ...idxOptions, on_corrupt: "skip" }, false]
]

describe("options", () => {
  it.each(corpus)("are what the manifest says: %s", (_, value, accepted) => {
    expect(accepts(manifest.entries[0]?.options_schema, value)).toBe(accepted)
    expect(imageFolder.decodeOptions(value).ok).toBe(accepted)
  })

  const paths = (value: unknown): ReadonlyArray<string> => {
    const result = imageFolder.decodeOptions(value)
    return result.ok ? [] : result.mistakes.map(({ path }) => path.join(".")).sort()
  }

  it("leave the rules between options to the decoder, which names the option", () => {
    const between = [
      { ...maskOptions, masks: "images" },
      { ...maskOptions, masks: "images/masks" },
      { ...maskOptions, images: "masks/images" },
      { ...maskOptions, ignore_label: 1 }
    ]
    expect(between.map((options) => accepts(manifest.entries[0]?.options_schema, options))).toEqual([true, true, true, true])
    expect(between.map(paths)).toEqual([["masks"], ["masks"], ["masks"], ["ignore_label"]])
  })

  it("are told from the layout that is meant, all mistakes at once and with the nearest key", () => {
    expect(paths({ layout: "class-folders", clases: "scan", splits: "non" })).toEqual(["clases", "classes", "on_corrupt", "splits"])
    const result = imageFolder.decodeOptions({ ...without(classOptions, "classes"), clases: "scan" })
    expect(result.ok ? [] : result.mistakes).toContainEqual(expect.objectContaining({ path: ["clases"], suggestion: "classes" }))
    expect(paths({ classes: "scan" })).toEqual(["layout"])
  })
})
