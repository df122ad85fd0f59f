import { createHash } from "node:crypto"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import { openWith } from "../src/Open.ts"
import { collect, fileOf, optionsWith, scanOf, world } from "./World.ts"

const train = "x,y,species\n1,2.5,a\n3,4,b\n"
const test = "x,y,species\r\n5,6,b\r\n1,2.5,a\r\n"
const files = { "d/train.csv": train, "d/more/test.csv": test }
const source = { path: "d" }
const both = { files: ["train.csv", "more/test.csv"] }
const sha = (text: string): string => createHash("sha256").update(text).digest("hex")

const scanned = async (contents: Readonly<Record<string, string>>, overrides: Readonly<Record<string, unknown>> = both) => {
  const here = world(contents)
  const report = await here.run(csv.validate(source, optionsWith(overrides)))
  return { here, report }
}
const codes = async (contents: Readonly<Record<string, string>>, overrides: Readonly<Record<string, unknown>> = both) =>
  (await scanned(contents, overrides)).report.diagnostics.map(
    ({ code, file, line, column }) => `${code.slice(4)} ${file}:${line ?? "-"}:${column ?? "-"}`
  )

describe("several files", () => {
  it("are one dataset, in the order of the options", async () => {
    const { here, report } = await scanned(files)
    const scan = here.indexed(report)
    expect(scan.files).toEqual([
      { path: "d/train.csv", bytes: train.length, sha256: sha(train) },
      { path: "d/more/test.csv", bytes: test.length, sha256: sha(test) }
    ])
    expect(scan.content_hash).toBe(
      sha(
        JSON.stringify([
          ["train.csv", sha(train)],
          ["more/test.csv", sha(test)]
        ])
      )
    )
    expect(here.entries().map(({ at, file, line, label }) => [at, file, line, label])).toEqual([
      [[0, 12, 7], "d/train.csv", 2, "a"],
      [[0, 20, 5], "d/train.csv", 3, "b"],
      [[1, 13, 5], "d/more/test.csv", 2, "b"],
      [[1, 20, 7], "d/more/test.csv", 3, "a"]
    ])
    // The same record in two files is one content, counted on.
    expect(scan.index.map(({ sample_id }) => sample_id.slice(-2))).toEqual(["-0", "-0", "-0", "-1"])
    expect(scan.shape).toMatchObject({
      features: [
        { min: 1, max: 5 },
        { min: 2.5, max: 6 }
      ]
    })
    expect(report.resolved_options).toMatchObject({ ...both, classes: ["a", "b"] })
  })

  it("are read back in any order, from memory and from the files", async () => {
    const { here, report } = await scanned(files)
    const scan = here.indexed(report)
    for (const open of [csv.open, openWith(0)]) {
      const session = open(source, optionsWith(both), scan, "v")
      const samples = await world(files).run(Effect.flatMap(session, (opened) => collect(opened, [3, 0, 2, 1])))
      expect(samples.map(({ data }) => (data as { readonly features: ReadonlyArray<number> }).features)).toEqual([
        [1, 2.5],
        [1, 2.5],
        [5, 6],
        [3, 4]
      ])
    }
  })

  it("are a part of the data each, when that is declared", async () => {
    const { here, report } = await scanned(files, { ...both, file_split: { "train.csv": "train" } })
    expect(here.indexed(report).index.map(({ given_split }) => given_split)).toEqual(["train", "train", undefined, undefined])
    expect(report.resolved_options).toMatchObject({ file_split: { "train.csv": "train" } })
  })

  it("are another content in another order, and one file is the content of its bytes", async () => {
    const hash = async (names: ReadonlyArray<string>) => (await scanned(files, { files: names })).report.scan?.content_hash
    const order = await hash(["more/test.csv", "train.csv"])
    expect(order).not.toBe(await hash(both.files))
    expect(await hash(["train.csv"])).toBe((await scanOf(train)).content_hash)
  })

  it("need one header: the first column that differs is named with both files", async () => {
    const other = { ...files, "d/more/test.csv": "x,z,species\n1,2,a\n" }
    const { report } = await scanned(other)
    expect(report.diagnostics).toMatchObject([
      {
        code: "csv/OTHER-HEADER",
        file: "d/more/test.csv",
        line: 1,
        column: 3,
        message: 'column 2 is not that of "d/train.csv"',
        expected: '"y"',
        actual: '"z"'
      }
    ])
    expect(await codes({ ...files, "d/more/test.csv": "x,y\n1,2\n" })).toEqual(["OTHER-HEADER d/more/test.csv:1:3"])
    expect(await codes({ ...files, "d/more/test.csv": "x,y,species,z\n1,2,a,3\n" })).toEqual(["OTHER-HEADER d/more/test.csv:1:13"])
  })

  it("are all reported at once, in their order", async () => {
    const faults = { "d/train.csv": "x,y,species\n1,?,a\n3,b\n", "d/more/test.csv": 'x,y,species\n\n1,,a\n2,"3' }
    expect(await codes(faults)).toEqual([
      "NOT-A-NUMBER d/train.csv:2:3",
      "RAGGED d/train.csv:3:3",
      "BLANK-LINE d/more/test.csv:2:1",
      "NOT-A-NUMBER d/more/test.csv:3:3",
      "UNCLOSED-QUOTE d/more/test.csv:4:3"
    ])
    expect(await codes({ ...files, "d/more/test.csv": "" })).toEqual(["EMPTY-FILE d/more/test.csv:-:-"])
    expect(await codes({ ...files, "d/more/test.csv": "x,y,species\n" })).toEqual(["NO-RECORDS d/more/test.csv:-:-"])
  })

  it("that are not there are all named, and a folder without files says how to name them", async () => {
    const failure = (overrides: object) => world(files).run(Effect.flip(csv.validate(source, optionsWith({ ...overrides }))))
    expect((await failure({ files: ["a.csv", "train.csv", "b.csv"] })).diagnostics).toHaveLength(2)
    expect(await failure({})).toMatchObject({
      reason: "invalid",
      diagnostics: [{ code: "csv/NEEDS-FILES", file: "d", help: 'files = ["more/test.csv", "train.csv"]' }]
    })
  })

  it("that change are an integrity error that names file and sample", async () => {
    const { here, report } = await scanned(files)
    const scan = here.indexed(report)
    const opened = (contents: Readonly<Record<string, string>>, overrides: object = both) =>
      world(contents).run(Effect.flip(csv.open(source, optionsWith({ ...overrides }), scan, "v")))
    expect(await opened({ ...files, "d/more/test.csv": test.replace("1,2.5", "1,2.6") })).toMatchObject({
      reason: "integrity",
      diagnostics: [{ code: "FT2110", file: "d/more/test.csv", sample_id: scan.index[3]?.sample_id, expected: sha(test) }]
    })
    expect(await opened({ "d/train.csv": train })).toMatchObject({
      reason: "integrity",
      diagnostics: [{ code: "FT2110", file: "d/more/test.csv", expected: sha(test), actual: "no file" }]
    })
    expect(await opened(files, { files: ["more/test.csv", "train.csv"] })).toMatchObject({ diagnostics: [{ code: "csv/OTHER-OPTIONS" }] })
    const later = world(files)
    const failure = await later.run(
      Effect.gen(function* () {
        const session = yield* openWith(0)(source, optionsWith(both), scan, "v")
        later.files.set("d/more/test.csv", fileOf(test.replace("5,6", "5,7")))
        return yield* Effect.flip(collect(session, [0, 2]))
      })
    )
    expect(failure).toMatchObject({ diagnostics: [{ code: "FT2110", file: "d/more/test.csv", sample_id: scan.index[2]?.sample_id }] })
  })
})
