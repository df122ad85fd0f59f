import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"
import { base } from "./World.ts"

const full = {
  ...base,
  id_column: "id",
  group_column: null,
  split_column: "part",
  columns: { x: { type: "number", missing: { texts: ["n/a", ""], value: -1 } }, "*": { type: "ignore" } },
  classes: ["b", "a"]
}
const regression = {
  ...Object.fromEntries(Object.entries(base).filter(([key]) => !["label_column", "classes"].includes(key))),
  target_column: "y"
}
const column = (spec: unknown) => ({ ...base, columns: { x: spec } })
const category = { type: "category", as: "one-hot", values: ["a", "b"] }
const without = (key: string) => Object.fromEntries(Object.entries(full).filter(([each]) => each !== key))

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["the least", base, true],
  ["everything", full, true],
  ...[",", ";", "\t", "|", "scan"].map((delimiter) => [`delimiter ${JSON.stringify(delimiter)}`, { ...base, delimiter }, true] as const),
  ...['"', "'", "none"].map((quote) => [`quote ${quote}`, { ...base, quote }, true] as const),
  ["a decimal comma", { ...base, decimal: "," }, true],
  ["bare points", { ...base, bare_point: true }, true],
  ["bare points by a word", { ...base, bare_point: "yes" }, false],
  ["no id column", { ...base, id_column: null }, true],
  ["no columns", { ...base, columns: {} }, true],
  ["a column named __proto__", { ...base, columns: JSON.parse('{"__proto__": {"type": "number"}}') }, true],
  ["nothing", {}, false],
  ["a list", [], false],
  ["null", null, false],
  ...["delimiter", "quote", "decimal", "header", "label_column", "columns", "classes"].map(
    (key) => [`no ${key}`, without(key), false] as const
  ),
  ["an unknown key", { ...base, seperator: "," }, false],
  ["a blank as delimiter", { ...base, delimiter: " " }, false],
  ["two delimiters", { ...base, delimiter: ",;" }, false],
  ["quote null", { ...base, quote: null }, false],
  ["no header", { ...base, header: false }, false],
  ["an empty label column", { ...base, label_column: "" }, false],
  ["an empty id column", { ...base, id_column: "" }, false],
  ["a label column by number", { ...base, label_column: 4 }, false],
  ["columns by another word", { ...base, columns: "all" }, false],
  ["a column of text", { ...base, columns: { x: { type: "text" } } }, false],
  ["an ignored column with a value", { ...base, columns: { x: { type: "ignore", missing: { texts: ["?"], value: 0 } } } }, false],
  ["a missing text without a value", { ...base, columns: { x: { type: "number", missing: { texts: ["?"] } } } }, false],
  ["a value for no text", { ...base, columns: { x: { type: "number", missing: { texts: [], value: 0 } } } }, false],
  ["no class", { ...base, classes: [] }, false],
  ["an empty class", { ...base, classes: [""] }, false],
  ["a target column", regression, true],
  ["a target column and no label", { ...regression, label_column: null, classes: "scan" }, true],
  ["neither class nor target", { ...without("classes"), label_column: null }, true],
  ["no target", { ...regression, target_column: null }, false],
  ["an integer column", column({ type: "integer" }), true],
  ["a boolean column", column({ type: "boolean", true: ["yes"], false: ["no"], missing: { texts: [""], value: false } }), true],
  ["a boolean column without texts", column({ type: "boolean", true: ["yes"] }), false],
  [
    "a boolean column with a number for missing",
    column({ type: "boolean", true: ["y"], false: ["n"], missing: { texts: [""], value: 0 } }),
    false
  ],
  ["a category of declared values", column({ ...category, missing: { texts: [""], policy: "value", value: "b" } }), true],
  ["a category of scanned values", column({ type: "category", as: "index", values: "scan" }), true],
  ["a category that does not say as what", column({ type: "category", values: "scan" }), false],
  ["a category with a value twice", column({ ...category, values: ["a", "a"] }), false],
  ["a category with an empty value", column({ ...category, values: [""] }), false],
  ["a missing policy of value", column({ type: "number", missing: { texts: [""], policy: "value", value: 0 } }), true],
  ["a missing policy of drop-row", column({ type: "number", missing: { texts: ["", "NA"], policy: "drop-row" } }), true],
  ["drop-row with a value", column({ type: "number", missing: { texts: [""], policy: "drop-row", value: 0 } }), false],
  ["another policy", column({ type: "number", missing: { texts: [""], policy: "mean" } }), false],
  ["a time", { ...base, time_column: "when", time_format: "iso-8601" }, true],
  ["another format of time", { ...base, time_column: "when", time_format: "excel" }, false],
  ["values for samplers", { ...base, values_columns: ["difficulty"] }, true],
  ["no values for samplers", { ...base, values_columns: [] }, false],
  ["missing roles", { ...base, role_missing: { texts: ["NA"], policy: "drop-row" }, dropped_rows: 3 }, true],
  ["missing roles with a value", { ...base, role_missing: { texts: ["NA"], policy: "value", value: "a" } }, false],
  ["dropped rows to be counted", { ...base, dropped_rows: "scan" }, true],
  ["less than no dropped row", { ...base, dropped_rows: -1 }, false],
  ["half a dropped row", { ...base, dropped_rows: 0.5 }, false],
  ["files", { ...base, files: ["a.csv", "b.csv"], file_split: { "a.csv": "train" } }, true],
  ["a file twice", { ...base, files: ["a.csv", "a.csv"] }, false],
  ["a file without a name", { ...base, files: [""] }, false],
  ["a class twice", { ...base, classes: ["a", "b", "a"] }, false]
]

describe("manifest", () => {
  const schema = manifest.entries[0]?.options_schema ?? {}

  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export)).toEqual(Object.keys(exported))
    for (const { kind, id, spec } of manifest.entries) expect(exported.csv).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder on %s", (_, value, accepted) => {
    expect(accepts(schema, value)).toBe(accepted)
    expect(exported.csv.decodeOptions(value).ok).toBe(accepted)
  })

  it("leaves the rules between fields to the decoder, which names the field", () => {
    const paths = (value: unknown): ReadonlyArray<string> => {
      expect(accepts(schema, value)).toBe(true)
      const decoded = exported.csv.decodeOptions(value)
      return decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join("."))
    }
    expect(paths({ ...base, id_column: "species" })).toEqual(["id_column"])
    expect(paths({ ...base, group_column: "g", split_column: "g" })).toEqual(["split_column"])
    expect(paths({ ...base, columns: { species: { type: "number" } } })).toEqual(["columns.species"])
    expect(paths({ ...base, target_column: "y" })).toEqual(["label_column"])
    expect(paths({ ...base, label_column: null, classes: ["a"] })).toEqual(["classes"])
    expect(paths({ ...base, time_column: "t" })).toEqual(["time_format"])
    expect(paths({ ...base, time_format: "unix-ms" })).toEqual(["time_format"])
    expect(paths({ ...base, values_columns: ["species"] })).toEqual(["values_columns"])
    expect(paths({ ...base, values_columns: ["x"], columns: { x: { type: "number" } } })).toEqual([])
    expect(paths(column({ type: "boolean", true: ["1"], false: ["1"] }))).toEqual(["columns.x.false"])
    expect(paths(column({ ...category, missing: { texts: [""], value: "c" } }))).toEqual(["columns.x.missing.value"])
    expect(paths({ ...base, file_split: {} })).toEqual(["file_split"])
    expect(paths({ ...base, files: ["a.csv"], file_split: { "b.csv": "test" } })).toEqual(["file_split.b.csv"])
    expect(paths({ ...base, files: ["a.csv"], file_split: { "a.csv": "test" }, split_column: "part" })).toEqual(["split_column"])
  })

  it("says what a column may be", () => {
    expect(exported.csv.decodeOptions({ ...base, columns: { x: { type: "text" } } })).toMatchObject({
      ok: false,
      mistakes: [{ path: ["columns", "x"], expected: expect.stringContaining('{ type = "number" } or { type = "ignore" }') }]
    })
  })

  it("reports all mistakes at once, with the nearest key", () => {
    const decoded = exported.csv.decodeOptions({ ...base, decimal: "·", header: "yes", clases: ["a"] })
    expect(decoded.ok ? [] : decoded.mistakes.map(({ path }) => path.join(".")).sort()).toEqual(["clases", "decimal", "header"])
    expect(decoded.ok ? [] : decoded.mistakes.find(({ path }) => path[0] === "clases")).toMatchObject({ suggestion: "classes" })
  })
})
