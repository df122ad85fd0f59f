import { memoryRoot } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import { timeSeries } from "../src/index.ts"
import { cases } from "./cases.ts"
import { decoded, runOn, scanOf } from "./World.ts"

const discover = (files: Readonly<Record<string, string | Uint8Array>>, path = "") =>
  runOn(memoryRoot(files), timeSeries.discover({ path }))

describe("discover", () => {
  it.each(["ts", "row", "long", "wfdb"] as const)("proposes first what %s is", async (name) => {
    const [best] = await discover(cases[name].files)
    const { layout, form } = cases[name].options
    expect([best?.options.layout, best?.options.form]).toEqual([layout, form])
    expect(best?.because).toMatch(/no file says/)
  })

  it.each(["ts", "row", "wfdb"] as const)("proposes options with which %s is scanned", async (name) => {
    const [best] = await discover(cases[name].files)
    const window = name === "wfdb" ? { window: { pre_samples: 5, post_samples: 8 } } : {}
    expect((await scanOf(cases[name].files, { ...best?.options, ...window })).report.error_count).toBe(0)
  })

  it("names the parts that make one data set", async () => {
    const [best] = await discover(cases.ts.files)
    expect(best).toMatchObject({
      confidence: 0.95,
      options: {
        parts: [
          { path: "Toy_TRAIN.ts", given_split: "train" },
          { path: "Toy_TEST.ts", given_split: "test" }
        ]
      }
    })
  })

  it("gives a candidate for each of two data sets, and says that parts distinguishes them", async () => {
    const [train = ""] = Object.values(cases.ts.files)
    const candidates = await discover({ ...cases.ts.files, "Other.ts": train })
    expect(candidates.map(({ confidence }) => confidence)).toEqual([0.48, 0.48])
    expect(candidates.map(({ options }) => decoded(options).parts)).toEqual([
      [{ path: "Other.ts", given_split: null }],
      [
        { path: "Toy_TRAIN.ts", given_split: "train" },
        { path: "Toy_TEST.ts", given_split: "test" }
      ]
    ])
    for (const { because } of candidates) expect(because).toContain("parts says which one is meant")
  })

  it("ranks both tables of a folder below its .ts files", async () => {
    const candidates = await discover({ ...cases.ts.files, ...cases.row.files })
    expect(candidates.map(({ options }) => decoded(options).layout)).toEqual(["ts", "csv-series"])
  })

  it("says a target that is a number", async () => {
    const [best] = await discover({ "X.ts": "@timestamps false\n@univariate true\n@targetlabel true\n@data\n1,2:3\n" })
    expect(best?.options).toMatchObject({ target: "scalar", classes: null })
  })

  it("takes each kind of beat of the first record as a class of its own", async () => {
    const [best] = await discover(cases.wfdb.files)
    expect(best?.options).toMatchObject({ labels: { N: "N", V: "V" }, window: { pre_samples: 63, post_samples: 63 } })
  })

  it("proposes nothing for other files: TypeScript, video, prose, an empty folder", async () => {
    expect(await discover({ "index.ts": "export const x = 1\n", "video.ts": new Uint8Array([0x47, 0, 1]), "notes.txt": "a, b\n" })).toEqual(
      []
    )
    expect(await discover({})).toEqual([])
    expect(await discover({ "x.hea": "no header\n" })).toEqual([])
  })

  it("reads a source that is one file", async () => {
    const [best] = await discover(cases.ts.files, "Toy_TEST.ts")
    expect(best?.options.parts).toEqual([{ path: "Toy_TEST.ts", given_split: "test" }])
  })
})
