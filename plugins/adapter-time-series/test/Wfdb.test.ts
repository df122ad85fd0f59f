import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { wfdb } from "./cases.ts"
import golden from "./golden/time_series_package.json" with { type: "json" }
import physical from "./oracle/physical.json" with { type: "json" }
import { codesOf, samplesOf, scanOf, seriesOf } from "./World.ts"
import { atrOf, filesOf, heaOf, records, type WrittenRecord } from "./wfdbWriter.ts"

const all = {
  ...wfdb.options,
  channels: "scan",
  window: { pre_samples: 0, post_samples: 0 },
  labels: { N: "a", V: "b", "/": "c", "+": "d" }
}

describe("layout wfdb", () => {
  it.each(records.flatMap((record) => Object.entries(filesOf(record))))("%s of the fixtures is what the writer writes", (name, content) => {
    expect(Buffer.compare(readFileSync(new URL(`fixtures/wfdb/${name}`, import.meta.url)), Buffer.from(content))).toBe(0)
  })

  it.each(Object.entries(physical.records))("reads the physical values of %s as the WFDB package does", async (name, answer) => {
    const record = records.find((each) => each.name === name)
    if (record === undefined) throw new Error(name)
    const length = answer.physical.length
    // An annotation at every sample, so that windows of one sample cover the record.
    const events = Array.from({ length }, (_, at) => [at, 1] as const)
    const samples = await samplesOf({ ...filesOf(record), [`${name}.atr`]: atrOf(events) }, all)
    expect(samples.map((sample) => seriesOf(sample).samples)).toEqual(answer.physical)
    expect(seriesOf(samples[0] ?? fail())).toMatchObject({ channel_ids: answer.signals, sample_rate_hz: answer.rate })
    const { entries } = await scanOf(filesOf(record), all)
    const classes: Readonly<Record<string, string>> = all.labels
    expect(entries.map(({ sample_id, label }) => [sample_id, label])).toEqual(
      answer.annotations.map(([sample, symbol]) => [`${name}/${sample}`, classes[String(symbol)]])
    )
  })

  it("cuts the window on both sides of the annotation, both ends included, in the order of the channels", async () => {
    const two = records.find(({ name }) => name === "two12") ?? fail()
    const options = { ...wfdb.options, channels: ["V5", "MLII"], window: { pre_samples: 1, post_samples: 2 } }
    const [first] = await samplesOf(filesOf(two), options)
    const answer = physical.records.two12.physical
    expect(seriesOf(first ?? fail()).samples).toEqual([1, 2, 3, 4].flatMap((at) => [...(answer[at] ?? [])].reverse()))
    expect(first).toMatchObject({ metadata: { episode_id: "two12", event_sample_index: 2 }, target: { class: { label: "normal" } } })
  })

  it("groups by record, takes time from the sample and counts what is left out", async () => {
    const { report, entries, scan } = await scanOf(wfdb.files, wfdb.options)
    expect(entries.map(({ sample_id, group, time, label, values }) => [sample_id, group, time, label, values])).toEqual([
      ["one12/11", "one12", 44, "ectopic", { length: 14, sample_index: 11 }],
      ["one12/30", "one12", 120, "normal", { length: 14, sample_index: 30 }],
      ["one80/9", "one80", 36, "normal", { length: 14, sample_index: 9 }],
      ["one80/33", "one80", 132, "ectopic", { length: 14, sample_index: 33 }],
      ["three16/20", "three16", 80, "normal", { length: 14, sample_index: 20 }],
      ["three16/21", "three16", 84, "ectopic", { length: 14, sample_index: 21 }],
      ["three16/50", "three16", 200, "normal", { length: 14, sample_index: 50 }],
      ["two12/40", "two12", 160, "normal", { length: 14, sample_index: 40 }],
      ["two12/77", "two12", 308, "ectopic", { length: 14, sample_index: 77 }],
      ["two12/1200", "two12", 4800, "normal", { length: 14, sample_index: 1200 }],
      ["two12/1263", "two12", 5052, "paced", { length: 14, sample_index: 1263 }]
    ])
    expect(report).toMatchObject({ error_count: 0, warning_count: 4 })
    expect(report.diagnostics.map(({ code, sample_id, count }) => [code, sample_id, count])).toEqual([
      ["time-series/INCOMPLETE-WINDOW", "one12/58", 3],
      ["time-series/INCOMPLETE-WINDOW", "two12/2", undefined],
      ["time-series/UNKNOWN-ANNOTATION", "two12/41", undefined],
      ["time-series/INCOMPLETE-WINDOW", "two12/1299", undefined]
    ])
    expect(
      scan()
        .files.map(({ path }) => path)
        .slice(0, 3)
    ).toEqual(["one12.hea", "one12.dat", "one12.atr"])
    expect(scan().classes.map(({ label }) => label)).toEqual(["ectopic", "normal", "paced"])
  })

  it("reads gain(baseline), and the ADC zero where there is no baseline", async () => {
    const value = async (gain: string, zero: number) => {
      const record: WrittenRecord = {
        name: "x",
        rate: 10,
        format: 16,
        signals: [{ name: "a", gain, zero, values: [30] }],
        events: [[0, 1]]
      }
      return seriesOf((await samplesOf(filesOf(record), all))[0] ?? fail()).samples
    }
    expect(await value("10", 4)).toEqual([2.6])
    expect(await value("10(20)", 4)).toEqual([1])
    expect(await value("-10(-20)/mV", 4)).toEqual([-5])
    expect(await value("2.5e0(30)/mm Hg".replace(" ", "_"), 4)).toEqual([0])
  })

  it("takes the invalid sample of each format as missing", async () => {
    for (const [format, invalid] of [
      [16, -32768],
      [80, -128],
      [212, -2048]
    ] as const) {
      const record: WrittenRecord = {
        name: "x",
        rate: 10,
        format,
        signals: [{ name: "a", gain: "1", values: [1, invalid, 3] }],
        events: [[1, 1]]
      }
      const options = { ...all, window: { pre_samples: 1, post_samples: 1 } }
      expect(codesOf(await scanOf(filesOf(record), options))).toEqual(["MISSING-VALUE"])
      const [sample] = await samplesOf(filesOf(record), { ...options, missing: "interpolate-linear" })
      expect(seriesOf(sample ?? fail()).samples).toEqual([1, 2, 3])
    }
  })

  it("reads intervals of any size, back ones too, and notes about the file", async () => {
    const record: WrittenRecord = {
      name: "x",
      rate: 10,
      format: 80,
      signals: [{ name: "a", gain: "1", values: Array.from({ length: 3000 }, () => 0) }],
      events: []
    }
    const atr = atrOf(
      [
        [5, 1],
        [2900, 5],
        [1100, 42]
      ],
      ["## time resolution: 10", "## annotation type definitions", "42 my a symbol", "## end of definitions"]
    )
    const { entries } = await scanOf({ ...filesOf(record), "x.atr": atr }, { ...all, labels: { N: "n", V: "v", my: "m" } })
    expect(entries.map(({ sample_id, label }) => [sample_id, label])).toEqual([
      ["x/5", "n"],
      ["x/2900", "v"],
      ["x/1100", "m"]
    ])
  })

  it("derives the length from the signal file where the header does not say it", async () => {
    const one = records.find(({ name }) => name === "one12") ?? fail()
    const files = { ...filesOf(one), "one12.hea": heaOf(one).replace(" 250 61", " 250") }
    expect((await scanOf(files, wfdb.options)).entries).toHaveLength(2)
  })

  it("takes records of subfolders under names of their own, and declared parts with their split", async () => {
    const one = filesOf(records[1] ?? fail())
    const files = Object.fromEntries(
      ["p/q", "r"].flatMap((folder) => Object.entries(one).map(([name, content]) => [`${folder}/${name}`, content]))
    )
    const parts = [{ path: "r/one12.hea", given_split: "test" }, { path: "p/q/one12.hea" }]
    const { entries } = await scanOf(files, { ...wfdb.options, parts })
    expect(entries.map(({ sample_id, given_split }) => [sample_id, given_split])).toEqual([
      ["r/one12/11", "test"],
      ["r/one12/30", "test"],
      ["p/q/one12/11", undefined],
      ["p/q/one12/30", undefined]
    ])
  })
})

interface Golden {
  readonly config: (typeof golden.cases)[number]["config"]
  readonly samples: { readonly ok?: ReadonlyArray<GoldenSample>; readonly error?: { readonly message: string } }
  readonly files: Readonly<Record<string, unknown>>
}
interface GoldenSample {
  readonly payload: { readonly time_series: { readonly samples: ReadonlyArray<number> } }
  readonly target: unknown
  readonly metadata: Readonly<Record<string, unknown>>
}

describe("upstream's windows", () => {
  /** Upstream's package as a record whose converter values are positions of its stream, so that a window says where it was cut. */
  const record = ({ files, config }: Golden) => {
    const stream = files["streams/rec0/lead_0.f32le"] as ReadonlyArray<number>
    const codes: Readonly<Record<string, number>> = { N: 1, V: 5, Q: 13 }
    const events = (files["events.jsonl"] as ReadonlyArray<string>).map(
      (line) => JSON.parse(line) as { label: string; sample_index: number }
    )
    const written: WrittenRecord = {
      name: "rec0",
      rate: 360,
      format: 16,
      signals: [{ name: "lead_0", gain: "1", values: stream.map((_, at) => at) }],
      events: events.map(({ sample_index, label }) => [sample_index, codes[label] ?? 0] as const)
    }
    const options = {
      ...wfdb.options,
      channels: ["lead_0"],
      window: { pre_samples: config.window.pre_samples, post_samples: config.window.post_samples },
      labels: { N: "N", V: "V" },
      classes: config.class_labels,
      unknown_label: config.unknown_label_policy,
      incomplete_window: config.incomplete_window_policy
    }
    return { stream, options, files: filesOf(written) }
  }
  // The recorded documents are one JSON file of many shapes; these fields are in every case.
  const cases = golden.cases as unknown as ReadonlyArray<Golden>

  it("are cut at the same places and have the same classes", async () => {
    const plain = cases.filter(
      ({ config, samples }) =>
        samples.ok !== undefined && config.normalize === "none" && config.presentation === "stream_train" && !("max_samples" in config)
    )
    expect(plain).toHaveLength(1)
    for (const each of plain) {
      const { stream, options, files } = record(each)
      const samples = await samplesOf(files, options)
      const ours = samples.map((sample) => [seriesOf(sample).samples.map((at) => stream[at]), sample.target, sample.metadata])
      expect(ours).toEqual(each.samples.ok?.map(({ payload, target, metadata }) => [payload.time_series.samples, target, metadata]))
    }
  })

  it.each([
    [2, "does not fit the configured window", "INCOMPLETE-WINDOW"],
    [3, "unknown annotation", "UNKNOWN-ANNOTATION"]
  ])("fail where ours do: case %d, %s", async (at, message, code) => {
    const each = cases[at] ?? fail()
    expect(each.samples.error?.message).toContain(message)
    const { options, files } = record(each)
    expect(codesOf(await scanOf(files, options))).toContain(code)
  })
})

const fail = (): never => {
  throw new Error("a fixture is missing")
}
