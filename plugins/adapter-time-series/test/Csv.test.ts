import { describe, expect, it } from "vitest"
import { long, row } from "./cases.ts"
import { samplesOf, scanOf, seriesOf } from "./World.ts"

describe("layout csv-series, form row", () => {
  it("reads the form of the UCR archive, label first, no header, lengths of any kind", async () => {
    const samples = await samplesOf(row.files, row.options)
    expect(samples.map((sample) => [seriesOf(sample).samples, sample.target])).toEqual([
      [[0.5, 1, 2], { class: { class_id: 0, label: "1" } }],
      [[-3, 4, 5], { class: { class_id: 1, label: "2" } }],
      [[6, 7, 8, 9], { class: { class_id: 0, label: "1" } }]
    ])
    expect(samples.map((sample) => seriesOf(sample).channel_ids)).toEqual([["value"], ["value"], ["value"]])
  })

  it("takes id, group and label by name wherever they stand", async () => {
    const files = { "data.csv": 'v0,who,v1,kind,id\n1,ann,2,"a ""b""",s1\n3,bob,4,a,s2\n' }
    const options = { ...row.options, delimiter: ",", header: true, label_column: "kind", id_column: "id", group_column: "who" }
    const { entries, scan } = await scanOf(files, options)
    expect(entries).toMatchObject([
      { sample_id: "s1", group: "ann", label: 'a "b"', line: 2 },
      { sample_id: "s2", group: "bob", label: "a", line: 3 }
    ])
    expect(scan().classes.map(({ label }) => label)).toEqual(["a", 'a "b"'])
    expect((await samplesOf(files, options)).map((sample) => seriesOf(sample).samples)).toEqual([
      [1, 2],
      [3, 4]
    ])
  })

  it("takes columns by number, and a target that is a number", async () => {
    const files = { "data.txt": "7;1;2\n8.5;3;4\n" }
    const options = { ...row.options, delimiter: ";", target: "scalar", classes: null }
    expect((await samplesOf(files, options, "data.txt")).map((sample) => [seriesOf(sample).samples, sample.target])).toEqual([
      [[1, 2], { scalar: 7 }],
      [[3, 4], { scalar: 8.5 }]
    ])
  })

  it("warns of labels that are hardly two classes", async () => {
    const { report } = await scanOf({ "x.tsv": "Up\t1\nup\t2\n" }, row.options)
    expect(report.diagnostics).toMatchObject([{ code: "time-series/NEAR-LABELS", severity: "warning", actual: '"up"' }])
    const forms = await scanOf({ "x.tsv": "\u00e9\t1\ne\u0301\t2\n" }, row.options)
    expect(forms.report.diagnostics).toMatchObject([{ code: "time-series/NEAR-LABELS", severity: "error" }])
  })
})

describe("layout csv-series, form long", () => {
  it("makes one sample of the rows that stand together", async () => {
    const { entries } = await scanOf(long.files, long.options)
    expect(entries).toMatchObject([
      { sample_id: "b", label: "run", group: "ann", time: 100, line: 2, values: { length: 3 } },
      { sample_id: "a", label: "walk, slow", group: "bob", time: 0, line: 5, values: { length: 2 } },
      { sample_id: "c", label: "run", group: "ann", time: 5, line: 7, values: { length: 1 } }
    ])
    expect((await samplesOf(long.files, long.options)).map((sample) => seriesOf(sample).samples)).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10],
      [0, 1]
    ])
  })

  it("gives a series that comes back as two samples of one id, which the host refuses by their lines", async () => {
    const files = { "walks.csv": `${long.files["walks.csv"]}b,0,1,2,run,ann\n` }
    const { entries } = await scanOf(files, long.options)
    expect(entries.filter(({ sample_id }) => sample_id === "b").map(({ line }) => line)).toEqual([2, 8])
  })

  it.each([
    ["s", 360, [1, 1.0028, 1.0056], 1000],
    ["ms", 360, [5.4, 8, 11], 5],
    ["sample", 360, [17, 18, 19], undefined]
  ])("checks times in %s against the rate", async (unit, sample_rate_hz, times, time) => {
    const files = { "x.csv": `series,t,x,y,label,who\n${times.map((each) => `a,${each},1,2,run,ann`).join("\n")}\n` }
    const { entries, report } = await scanOf(files, { ...long.options, time: { column: "t", unit }, sample_rate_hz })
    expect(report.diagnostics).toEqual([])
    expect(entries.map((entry) => entry.time)).toEqual([time])
  })

  it("reads rows without times in their order, whatever the length of the file", async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => `s${Math.floor(at / 3)},0,${at},1,run,ann`)
    const files = { "x.csv": `series,t,x,y,label,who\n${rows.join("\n")}` }
    const { entries, report } = await scanOf(files, { ...long.options, time: null })
    expect([report.error_count, entries.length]).toEqual([0, 10_000])
    expect(entries.at(-1)).toMatchObject({ sample_id: "s9999", values: { length: 3 }, line: 29_999 })
  })
})
