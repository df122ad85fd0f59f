import { accepts } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { coco } from "../src/index.ts"
import { base } from "./World.ts"

const schema: Readonly<Record<string, unknown>> = manifest.entries[0]?.options_schema ?? {}
const without = (key: string) => Object.fromEntries(Object.entries(base).filter(([each]) => each !== key))

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["the least", base, true],
  ["several files", { ...base, annotations: ["a/train.json", "a/val.json"], images: ["a/train", "."], split: ["train", "val"] }, true],
  ["the source", { ...base, annotations: "source", images: ".." }, true],
  ["no pictures", { ...base, images: null }, true],
  ["parts by file name", { ...base, split: "file-name" }, true],
  ["declared categories", { ...base, categories: ["b", "a"] }, true],
  ...["instances", "keypoints", "segmentation"].map((task) => [`task ${task}`, { ...base, task }, true] as const),
  ["HaGRID", { ...base, format: "hagrid", boxes: "normalised-xywh" }, true],
  ["a dropped crowd", { ...base, crowd: "drop" }, true],
  ["nothing", {}, false],
  ["a list", [], false],
  ["null", null, false],
  ...Object.keys(base).map((key) => [`no ${key}`, without(key), false] as const),
  ["an unknown key", { ...base, image: "images" }, false],
  ["an absolute path", { ...base, annotations: "/a.json" }, false],
  ["a drive", { ...base, annotations: "C:/a.json" }, false],
  ["a backslash", { ...base, images: "a\\b" }, false],
  ["an empty path", { ...base, images: "" }, false],
  ["a slash at the end", { ...base, images: "a/" }, false],
  ["no annotation file", { ...base, annotations: [] }, false],
  ["an annotation file twice", { ...base, annotations: ["a.json", "a.json"] }, false],
  ["a task of another name", { ...base, task: "detection" }, false],
  ["corners for boxes", { ...base, boxes: "pixel-xyxy" }, false],
  ["crowd as a boolean", { ...base, crowd: true }, false],
  ["an empty part", { ...base, split: [""] }, false],
  ["split null", { ...base, split: null }, false],
  ["no category", { ...base, categories: [] }, false],
  ["a category twice", { ...base, categories: ["a", "a"] }, false],
  ["categories by id", { ...base, categories: { 1: "a" } }, false]
]

describe("manifest", () => {
  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect([accepts(schema, value), coco.decodeOptions(value).ok]).toEqual([accepted, accepted])
  })

  it("leaves the rules between fields to the decoder, which names every one of them", () => {
    const paths = (overrides: object): ReadonlyArray<string> => {
      const value = { ...base, ...overrides }
      expect(accepts(schema, value)).toBe(true)
      const decoded = coco.decodeOptions(value)
      return decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))
    }
    expect(paths({ images: ["a", "b"] })).toEqual(["images"])
    expect(paths({ split: ["train", "val"] })).toEqual(["split"])
    expect(paths({ annotations: ["source", "a.json"] })).toEqual(["annotations"])
    expect(paths({ format: "hagrid", task: "keypoints", images: null })).toEqual(["task", "boxes", "images"])
  })

  it("reports an unknown key with the nearest one", () => {
    const decoded = coco.decodeOptions({ ...base, annotation: "a.json" })
    expect(decoded.ok ? [] : decoded.mistakes).toMatchObject([{ path: ["annotation"], suggestion: "annotations" }])
  })
})
