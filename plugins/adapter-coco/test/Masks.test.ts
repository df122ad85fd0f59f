/** Against pycocotools: `oracle/masks.py` wrote the answers, a line per annotation. */
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { polygonRuns } from "../src/mask/PolygonRuns.ts"
import { eachStretch, paintRuns, type Runs, runsArea, runsBox, unionOfRuns } from "../src/mask/Runs.ts"
import { readRunsText } from "../src/mask/RunsText.ts"

interface Document {
  readonly images: ReadonlyArray<{ readonly id: number; readonly width: number; readonly height: number }>
  readonly annotations: ReadonlyArray<{
    readonly id: number
    readonly image_id: number
    readonly segmentation: ReadonlyArray<ReadonlyArray<number>> | { readonly counts: ReadonlyArray<number> | string }
  }>
}

const oracle = (name: string): URL => new URL(`oracle/${name}`, import.meta.url)

const runsOf = (segmentation: Document["annotations"][number]["segmentation"], height: number, width: number): Runs => {
  if (!("counts" in segmentation))
    return unionOfRuns(
      segmentation.map((polygon) => polygonRuns(polygon, height, width)),
      height * width
    )
  return typeof segmentation.counts === "string" ? (readRunsText(segmentation.counts) ?? []) : segmentation.counts
}

/** The lines of ours that are not those of the oracle. */
const differences = (name: string): { readonly count: number; readonly different: ReadonlyArray<string> } => {
  const { images, annotations }: Document = JSON.parse(readFileSync(oracle(`${name}.json`), "utf8"))
  const answers = readFileSync(oracle(`${name}.txt`), "utf8")
    .trim()
    .split("\n")
  const sizes = new Map(images.map((image) => [image.id, image]))
  const lines = annotations.map(({ id, image_id, segmentation }) => {
    const { width, height } = sizes.get(image_id) ?? { width: 0, height: 0 }
    const runs = runsOf(segmentation, height, width)
    const mask = new Uint8Array(width * height)
    eachStretch(runs, (from, until) => mask.fill(1, from, until))
    return [id, createHash("sha256").update(mask).digest("hex"), runsArea(runs), ...runsBox(runs, height)].join(" ")
  })
  expect(lines.length).toBe(answers.length)
  return { count: lines.length, different: lines.filter((line, index) => line !== answers[index]) }
}

describe("masks are those of pycocotools", () => {
  it("for 400 shapes that hurt: mask, area and box", () => {
    expect(differences("shapes")).toEqual({ count: 400, different: [] })
  })

  // The annotations are not ours to give away. Put instances_val2014_100.json of faster_coco_eval (tests/dataset/cocoapi) beside the answers.
  it.skipIf(!existsSync(oracle("instances_val2014_100.json")))(
    "for 839 annotations of COCO val2014, whose file has to be put beside the answers",
    () => {
      expect(differences("instances_val2014_100")).toEqual({ count: 839, different: [] })
    }
  )
})

describe("readRunsText()", () => {
  it("reads what pycocotools writes", () => {
    expect(readRunsText("")).toEqual([])
    expect(readRunsText("0")).toEqual([0])
    // encode() of a 6 × 8 mask with its columns 2 and 3 set; runs of several characters.
    expect(readRunsText("<<h0")).toEqual([12, 12, 24])
    expect(readRunsText("1T3\\9")).toEqual([1, 100, 300])
  })

  it.each([
    ["a number that is cut", "T"],
    ["a character below", "/"],
    ["a character above", "p"],
    ["a run below zero", "O"],
    ["a number without an end", "oooooooooooo0"],
    ["a character that is no ASCII", "é"]
  ])("refuses %s", (_, text) => {
    expect(readRunsText(text)).toBeUndefined()
  })
})

describe("runs", () => {
  it("are painted column by column into rows", () => {
    const pixels = new Uint8Array(6)
    paintRuns([1, 2, 3], pixels, 3, 2, 9)
    expect([...pixels]).toEqual([0, 9, 0, 9, 0, 0])
  })

  it("have no box without a pixel", () => {
    expect(runsBox([6], 2)).toEqual([0, 0, 0, 0])
    expect(runsArea([6])).toBe(0)
  })

  it("unite where they touch, where they overlap and where one lies in the other", () => {
    expect(
      unionOfRuns(
        [
          [0, 2, 4],
          [2, 2, 2]
        ],
        6
      )
    ).toEqual([0, 4, 2])
    expect(
      unionOfRuns(
        [
          [0, 5, 1],
          [1, 2, 3]
        ],
        6
      )
    ).toEqual([0, 5, 1])
    expect(
      unionOfRuns(
        [
          [0, 1, 5],
          [3, 2, 1]
        ],
        6
      )
    ).toEqual([0, 1, 2, 2, 1])
    expect(unionOfRuns([[6], [6]], 6)).toEqual([6])
  })
})
