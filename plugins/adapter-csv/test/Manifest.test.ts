import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import * as exported from "../src/index.ts"
import { accepts } from "./jsonSchema.ts"
import { base } from "./World.ts"

const full = {
  ...base,
  id_column: "id",
  group_column: null,
  split_column: "part",
  columns: { x: { type: "number", missing: { texts: ["n/a", ""], value: -1 } }, "*": { type: "ignore" } },
  classes: ["b", "a"]
}
const without = (key: string) => Object.fromEntries(Object.entries(full).filter(([each]) => each !== key))

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ["the least", base, true],
  ["everything", full, true],
  ...[",", ";", "\t", "|", "scan"].map((delimiter) => [`delimiter ${JSON.stringify(delimiter)}`, { ...base, delimiter }, true] as const),
  ...['"', "'", "none"].map((quote) => [`quote ${quote}`, { ...base, quote }, true] as const),
  ["a decimal comma", { ...base, decimal: "," }, true],
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
