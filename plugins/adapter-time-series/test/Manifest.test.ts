import { accepts } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { timeSeries } from "../src/index.ts"
import { cases } from "./cases.ts"
import { scanOf } from "./World.ts"

type Json = Readonly<Record<string, unknown>>
const { ts, row, long, wfdb } = { ts: cases.ts.options, row: cases.row.options, long: cases.long.options, wfdb: cases.wfdb.options }
const without = (options: Json, key: string): Json => Object.fromEntries(Object.entries(options).filter(([each]) => each !== key))
const required: ReadonlyArray<readonly [string, Json]> = [
  ...["layout", "parts", "target", "missing", "sample_rate_hz"].map((key) => [key, ts] as const),
  ...["form", "delimiter", "header", "label_column", "sample_rate_hz"].map((key) => [key, row] as const),
  ...["form", "delimiter", "series_column", "value_columns", "label_column"].map((key) => [key, long] as const),
  ...Object.keys(wfdb).map((key) => [key, wfdb] as const)
]

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ...Object.entries(cases).map(([name, { options }]) => [`the case ${name}`, options, true] as const),
  ...required.map(([key, options]) => [`${options.layout} without ${key}`, without(options, key), false] as const),
  ["nothing", {}, false],
  ["null", null, false],
  ["a list", [], false],
  ["a layout that does not exist", { ...ts, layout: "arff" }, false],
  ["a form that does not exist", { ...row, form: "wide" }, false],
  ["a form of a layout that has none", { ...ts, form: "row" }, false],
  ["an unknown key", { ...ts, sample_rate: 1 }, false],
  ["a key of another layout", { ...ts, annotator: "atr" }, false],
  ["declared parts", { ...ts, parts: [{ path: "a.ts", given_split: "train" }, { path: "b.ts" }] }, true],
  ["parts with null", { ...ts, parts: [{ path: "a.ts", given_split: null }] }, true],
  ["no part", { ...ts, parts: [] }, false],
  ["a part without a path", { ...ts, parts: [{ given_split: "train" }] }, false],
  ["a part with an empty split", { ...ts, parts: [{ path: "a.ts", given_split: "" }] }, false],
  ["a part by name alone", { ...ts, parts: ["a.ts"] }, false],
  ["declared classes", { ...ts, classes: ["b", "a"] }, true],
  ["a class twice", { ...ts, classes: ["b", "b"] }, false],
  ["no class", { ...ts, classes: [] }, false],
  ["a target that is a number", { ...ts, target: "scalar", classes: null }, true],
  ["a target of another kind", { ...ts, target: "vector" }, false],
  ["a value for what is missing", { ...ts, missing: { value: -1 } }, true],
  ["interpolation", { ...wfdb, missing: "interpolate-linear" }, true],
  ["a word for what is missing", { ...ts, missing: "zero" }, false],
  ["a text for what is missing", { ...ts, missing: { value: "0" } }, false],
  ["a rate of 0", { ...ts, sample_rate_hz: 0 }, false],
  ["a rate as text", { ...ts, sample_rate_hz: "50" }, false],
  ["columns by number", { ...row, label_column: 2, id_column: 1, group_column: 3 }, true],
  ["column 0", { ...row, label_column: 0 }, false],
  ["half a column", { ...row, label_column: 1.5 }, false],
  ["null as label column", { ...row, label_column: null }, false],
  ["a blank as delimiter", { ...row, delimiter: " " }, false],
  ["a header that is a word", { ...row, header: "yes" }, false],
  ["no time", { ...long, time: null }, true],
  ["time left out", without(long, "time"), true],
  ["a time without a unit", { ...long, time: { column: "t" } }, false],
  ["a time in minutes", { ...long, time: { column: "t", unit: "min" } }, false],
  ["no value column", { ...long, value_columns: [] }, false],
  ["a value column twice", { ...long, value_columns: ["x", "x"] }, false],
  ["a column of the long form by number", { ...long, series_column: 1 }, false],
  ["all channels", { ...wfdb, channels: "scan" }, true],
  ["a channel twice", { ...wfdb, channels: ["MLII", "MLII"] }, false],
  ["a window of one sample", { ...wfdb, window: { pre_samples: 0, post_samples: 0 } }, true],
  ["a window in the future", { ...wfdb, window: { pre_samples: -3, post_samples: 5 } }, false],
  ["half a sample", { ...wfdb, window: { pre_samples: 0.5, post_samples: 5 } }, false],
  ["a window with a third end", { ...wfdb, window: { pre_samples: 0, post_samples: 5, feature_count: 6 } }, false],
  ["an empty class for a symbol", { ...wfdb, labels: { N: "" } }, false],
  ["a policy that does not exist", { ...wfdb, unknown_label: "skip" }, false],
  ["a rate where the file says it", { ...wfdb, sample_rate_hz: 360 }, false]
]

describe("manifest", () => {
  const schema = manifest.entries[0]?.options_schema ?? {}

  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect([accepts(schema, value), timeSeries.decodeOptions(value).ok]).toEqual([accepted, accepted])
  })

  it("leaves the rules between fields to the decoder, which names the field", () => {
    const paths = (value: unknown): ReadonlyArray<string> => {
      expect(accepts(schema, value)).toBe(true)
      const decoded = timeSeries.decodeOptions(value)
      return decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))
    }
    expect(paths(without(ts, "classes"))).toEqual(["classes"])
    expect(paths({ ...ts, classes: null })).toEqual(["classes"])
    expect(paths({ ...ts, target: "scalar" })).toEqual(["classes"])
    expect(paths({ ...ts, parts: [{ path: "a.ts" }, { path: "a.ts", given_split: "test" }] })).toEqual(["parts.1.path"])
    expect(paths({ ...row, label_column: "kind" })).toEqual(["label_column"])
    expect(paths({ ...row, id_column: 1 })).toEqual(["id_column"])
    expect(paths({ ...long, value_columns: ["x", "t"], group_column: "label" })).toEqual(["group_column", "value_columns"])
    expect(paths({ ...wfdb, labels: {} })).toEqual(["labels"])
    expect(paths({ ...wfdb, classes: ["normal", "paced"] })).toEqual(["labels.V"])
  })

  it.each(Object.entries(cases))("accepts the resolved options of %s, in which nothing is left to find", async (_, { files, options }) => {
    const { report } = await scanOf(files, options)
    expect(accepts(schema, report.resolved_options)).toBe(true)
    expect(timeSeries.decodeOptions(report.resolved_options).ok).toBe(true)
    expect(JSON.stringify(report.resolved_options)).not.toContain('"scan"')
  })

  it("reports all mistakes at once, with the nearest key", () => {
    const decoded = timeSeries.decodeOptions({ ...without(ts, "sample_rate_hz"), sample_rate: 1, missing: "no", form: "row" })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join(".")).sort()).toEqual([
      "form",
      "missing",
      "sample_rate",
      "sample_rate_hz"
    ])
    expect(decoded.ok ? undefined : decoded.mistakes.find(({ path }) => path[0] === "sample_rate")).toMatchObject({
      suggestion: "sample_rate_hz"
    })
  })
})
