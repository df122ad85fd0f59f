import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { ts } from "./cases.ts"
import { codesOf, samplesOf, scanOf, seriesOf } from "./World.ts"

const head = (keys: string): string => `@problemName X\n@timestamps false\n${keys}\n@data\n`
const univariate = head("@univariate true\n@classLabel true a b")
const file = (content: string) => ({ "X.ts": content })

describe("layout ts", () => {
  it("reads samples interleaved by time, then channel", async () => {
    const samples = await samplesOf(ts.files, ts.options)
    expect(samples.map((sample) => [seriesOf(sample).samples, sample.target])).toEqual([
      [[1, 4, 2, 5, 3, 6], { class: { class_id: 0, label: "up" } }],
      [[-1.5, 0, 0, 0, 20, 0.25], { class: { class_id: 1, label: "down" } }],
      [[1, 4, 2, 5, 3, 6], { class: { class_id: 0, label: "up" } }],
      [[7, 9, 8, 10], { class: { class_id: 1, label: "down" } }]
    ])
    expect(samples[0]).toMatchObject({
      modality: "time_series",
      output_type: "class",
      payload: { time_series: { sample_rate_hz: 50, channel_ids: ["dim_0", "dim_1"] } },
      timestamp: null
    })
  })

  it("takes train and test from the names of the files, train first, and finds the shape", async () => {
    const { report, entries, scan } = await scanOf(ts.files, ts.options)
    expect(entries.map(({ given_split, line, file: name }) => [given_split, name, line])).toEqual([
      ["train", "Toy_TRAIN.ts", 10],
      ["train", "Toy_TRAIN.ts", 11],
      ["train", "Toy_TRAIN.ts", 12],
      ["test", "Toy_TEST.ts", 10]
    ])
    expect(scan().shape).toEqual({
      kind: "time_series",
      channels: [
        { name: "dim_0", min: -1.5, max: 20 },
        { name: "dim_1", min: 0, max: 10 }
      ],
      length: [2, 3],
      sample_rate_hz: 50
    })
    expect(report.resolved_options).toEqual({
      ...ts.options,
      parts: [
        { path: "Toy_TRAIN.ts", given_split: "train" },
        { path: "Toy_TEST.ts", given_split: "test" }
      ],
      classes: ["up", "down"]
    })
  })

  it("gives ids by content, so that the order of the lines does not matter", async () => {
    const lines = ["1,2:a", "3,4:b", "5,6:a"]
    const ids = async (order: ReadonlyArray<string>) =>
      (await scanOf(file(univariate + order.join("\n")), ts.options)).scan().index.map(({ sample_id }) => sample_id)
    expect([...(await ids([...lines].reverse()))].reverse()).toEqual(await ids(lines))
  })

  it("hashes lines without their breaks and numbers without their text", async () => {
    const { entries } = await scanOf(file(`${univariate}1,2.50:a\r\n 1.0 , 2.5 :a`), ts.options)
    const bytes = Buffer.alloc(16)
    bytes.writeDoubleLE(1, 0)
    bytes.writeDoubleLE(2.5, 8)
    const meaning = createHash("sha256").update("1\n").update(bytes).digest("hex")
    expect(entries.map(({ decoded_hash }) => decoded_hash)).toEqual([meaning, meaning])
    expect(entries[0]?.content_hash).toBe(createHash("sha256").update("1,2.50:a").digest("hex"))
    expect(entries[1]?.content_hash).not.toBe(entries[0]?.content_hash)
  })

  it("tells near series by three decimals, and series that hardly move by nothing", async () => {
    const near = async (...lines: ReadonlyArray<string>) =>
      (await scanOf(file(univariate + lines.join("\n")), ts.options)).entries.map((entry) => entry.near?.key)
    const [first, second, third] = await near("1,2.0001:a", "1.0002,2:b", "1,2.001:a")
    expect(first).toBe(second)
    expect(first).not.toBe(third)
    expect(await near("1,1.05:a", "0.2,0.25:b")).toEqual([undefined, undefined])
  })

  it("reads keys in any case, comments anywhere, blank lines and a byte order mark", async () => {
    const content =
      "\uFEFF# é\n@PROBLEMNAME X\n\n@TimeStamps FALSE\n@univariate true\n@classLabel TRUE a b\n@Data\n% note\n1,2:a\n\n#note\n3,4:b\n\n"
    expect((await samplesOf(file(content), ts.options)).map((sample) => seriesOf(sample).samples)).toEqual([
      [1, 2],
      [3, 4]
    ])
  })

  it("reads a target that is a number", async () => {
    const options = { ...ts.options, target: "scalar", classes: null }
    const files = file(`${head("@univariate true\n@targetlabel true")}1,2:3.5\n4,5,6:-1e3\n`)
    const { entries, scan } = await scanOf(files, options)
    expect(scan()).toMatchObject({ output_type: "scalar", classes: [] })
    expect(entries.map(({ values, label }) => [values, label])).toEqual([
      [{ length: 2, target: 3.5 }, undefined],
      [{ length: 3, target: -1000 }, undefined]
    ])
    expect((await samplesOf(files, options)).map(({ target, output_type }) => [target, output_type])).toEqual([
      [{ scalar: 3.5 }, "scalar"],
      [{ scalar: -1000 }, "scalar"]
    ])
  })

  it("fills missing values by the declared policy only", async () => {
    const files = file(`${head("@univariate false\n@classLabel true a b")}1,?,?,7:?,5,NaN,8:a\n`)
    const read = async (missing: unknown) => (await samplesOf(files, { ...ts.options, missing })).map((sample) => seriesOf(sample).samples)
    expect(await read({ value: -9 })).toEqual([[1, -9, -9, 5, -9, -9, 7, 8]])
    const refused = await scanOf(files, ts.options)
    expect(codesOf(refused)).toEqual(Array.from({ length: 4 }, () => "MISSING-VALUE"))
    expect(refused.report.diagnostics.map(({ column, field, count }) => [column, field, count])).toEqual([
      [9, "dim_1", 2],
      [3, "dim_0", 2],
      [5, "dim_0", undefined],
      [13, "dim_1", undefined]
    ])
    expect(codesOf(await scanOf(files, { ...ts.options, missing: "interpolate-linear" }))).toEqual(["MISSING-AT-EDGE"])
    const inner = file(`${univariate}1,?,?,7,?,8:a\n`)
    expect((await samplesOf(inner, { ...ts.options, missing: "interpolate-linear" })).map((sample) => seriesOf(sample).samples)).toEqual([
      [1, 3, 5, 7, 7.5, 8]
    ])
  })

  it("puts declared classes in the declared order and warns of one without a sample", async () => {
    const { report, scan } = await scanOf(ts.files, { ...ts.options, classes: ["down", "still", "up"] })
    expect(scan().index.map(({ class_id }) => class_id)).toEqual([2, 0, 2, 0])
    expect(report.diagnostics).toMatchObject([{ code: "time-series/EMPTY-CLASS", severity: "warning" }])
  })

  it("keeps a second @problemname as a warning, because nothing is read by it", async () => {
    const { report } = await scanOf(file(`@problemName Y\n${univariate}1,2:a\n3,4:b\n`), ts.options)
    expect(report).toMatchObject({ error_count: 0, warning_count: 1, diagnostics: [{ code: "time-series/HEADER-TWICE", line: 2 }] })
  })

  it("counts every problem, keeps the first twenty and locates them in lines of many blocks", async () => {
    const long = Array.from({ length: 60_000 }, (_, at) => at).join(",")
    const bad = Array.from({ length: 30 }, () => "1,é,3:a").join("\n")
    const { report } = await scanOf(file(`${univariate}${long}:a\n${bad}\n`), ts.options)
    expect([report.error_count, report.diagnostics.length]).toEqual([30, 20])
    expect(report.diagnostics[19]).toMatchObject({
      code: "time-series/NOT-A-NUMBER",
      line: 26,
      column: 3,
      byte_offset: Buffer.byteLength(`${univariate}${long}:a\n`) + 19 * 9 + 2,
      actual: '"é"',
      excerpt: "1,é,3:a"
    })
    expect(report.diagnostics[0]?.count).toBe(30)
  })
})
