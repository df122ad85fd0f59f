import { accepts } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { text } from "../src/index.ts"
import { bare, conll, csv, folders, jsonl, lines, type Options, scanning } from "./World.ts"

const all: Readonly<Record<string, Options>> = { folders, jsonl, csv, lines, bare, conll }
const without = (options: Options, key: string): Options => Object.fromEntries(Object.entries(options).filter(([each]) => each !== key))

const corpus: ReadonlyArray<readonly [string, unknown, boolean]> = [
  ...Object.entries(all).map(([name, options]) => [`the least: ${name}`, options, true] as const),
  ...Object.entries(all).flatMap(([name, options]) =>
    Object.keys(options).map((key) => [`${name} without ${key}`, without(options, key), false] as const)
  ),
  ...Object.entries(all).map(([name, options]) => [`${name} with a strange key`, { ...options, texts: "x" }, false] as const),
  ...["utf-8", "utf-16le", "utf-16be", "latin1", "windows-1252", "ascii"].map(
    (encoding) => [encoding, { ...jsonl, encoding }, true] as const
  ),
  ["utf8", { ...jsonl, encoding: "utf8" }, false],
  ["the encoding left to a scan", { ...jsonl, encoding: "scan" }, false],
  ["an unknown layout", { ...jsonl, layout: "json" }, false],
  ["nothing", {}, false],
  ["null", null, false],
  ["a list", [jsonl], false],
  ["declared classes", { ...jsonl, classes: ["b", "a"] }, true],
  ["no class", { ...jsonl, classes: [] }, false],
  ["an empty class", { ...jsonl, classes: [""] }, false],
  ["a class twice", { ...jsonl, classes: ["a", "a"] }, false],
  ["another word for the classes", { ...jsonl, classes: "all" }, false],
  ["folders without classes", { ...folders, classes: null }, false],
  ["sequences without classes", { ...conll, classes: null }, false],
  ["nothing ignored", { ...folders, ignore: null }, true],
  ["a file ignored", { ...folders, ignore: ["README.txt"] }, true],
  ["an empty name ignored", { ...folders, ignore: [""] }, false],
  ["split folders in a word", { ...folders, split_folders: "yes" }, false],
  ["all fields", { ...jsonl, id_field: "id", group_field: "g", split_field: "s", time_field: "t", splits: null }, true],
  ["no fields", { ...jsonl, id_field: null, group_field: null, split_field: null, time_field: null }, true],
  ["an empty field", { ...jsonl, id_field: "" }, false],
  ["a field by number", { ...jsonl, text_field: 1 }, false],
  ["no text", { ...jsonl, text_field: null }, false],
  ["no label", { ...jsonl, label_field: null, classes: null }, true],
  ["parts by file", { ...jsonl, splits: { "train.jsonl": "train" } }, true],
  ["parts of no file", { ...jsonl, splits: {} }, false],
  ["an empty part", { ...jsonl, splits: { "train.jsonl": "" } }, false],
  ["a file without a name", { ...jsonl, splits: { "": "train" } }, false],
  ["a part that is no text", { ...jsonl, splits: { "train.jsonl": 1 } }, false],
  ["columns by number", { ...csv, header: false, text_column: 2, label_column: 1 }, true],
  ["column 0", { ...csv, header: false, text_column: 2, label_column: 0 }, false],
  ["half a column", { ...csv, header: false, text_column: 2, label_column: 1.5 }, false],
  ["all columns", { ...csv, id_column: "i", group_column: "g", split_column: "s", time_column: "t" }, true],
  ...[",", ";", "\t", "|"].map((delimiter) => [`delimiter ${JSON.stringify(delimiter)}`, { ...csv, delimiter }, true] as const),
  ["a blank as delimiter", { ...csv, delimiter: " " }, false],
  ...['"', "'", "none"].map((quote) => [`quote ${quote}`, { ...csv, quote }, true] as const),
  ["quote null", { ...csv, quote: null }, false],
  ["labels of no file", { ...lines, labels: {} }, false],
  ["labels and parts", { ...lines, splits: { b: "test", a: "train" } }, true],
  ["a comma between columns", { ...conll, separator: "," }, false],
  ["a tab between columns", { ...conll, separator: "\t" }, true],
  ["the tag by name", { ...conll, label_column: "tag" }, false],
  ["no tag", { ...conll, label_column: null }, false],
  ["token column 0", { ...conll, token_column: 0 }, false]
]

describe("options", () => {
  const schema = manifest.entries[0]?.options_schema

  it.each(corpus)("manifest and decoder agree on %s", (_, value, accepted) => {
    expect([accepts(schema, value), text.decodeOptions(value).ok]).toEqual([accepted, accepted])
  })

  it("rules between fields are the decoder's, which names the field", () => {
    const paths = (value: unknown): ReadonlyArray<string> => {
      expect(accepts(schema, value)).toBe(true)
      const result = text.decodeOptions(value)
      return result.ok ? [] : result.mistakes.map(({ path }) => path.join("."))
    }
    expect(paths({ ...jsonl, classes: null })).toEqual(["classes"])
    expect(paths({ ...jsonl, label_field: null })).toEqual(["classes"])
    expect(paths({ ...lines, labels: null })).toEqual(["classes"])
    expect(paths({ ...jsonl, label_field: "text" })).toEqual(["label_field"])
    expect(paths({ ...csv, header: false, text_column: 2, label_column: 2 })).toEqual(["label_column"])
    expect(paths({ ...csv, header: false })).toEqual(["text_column", "label_column"])
    expect(paths({ ...csv, id_column: 3 })).toEqual(["id_column"])
    expect(paths({ ...jsonl, split_field: "s", splits: { f: "train" } })).toEqual(["splits"])
    expect(paths({ ...lines, splits: { a: "train" } })).toEqual(["splits"])
    expect(paths({ ...conll, label_column: 1 })).toEqual(["label_column"])
    expect(paths({ ...jsonl, classes: ["caf\u00e9", "cafe\u0301"] })).toEqual(["classes"])
  })

  it("all mistakes are told at once, with the nearest key", () => {
    const result = text.decodeOptions({ ...jsonl, encoding: "utf8", labelfield: "y" })
    expect(result.ok ? [] : result.mistakes.map(({ path }) => path.join(".")).sort()).toEqual(["encoding", "labelfield"])
    expect(result.ok ? [] : result.mistakes).toContainEqual(expect.objectContaining({ path: ["labelfield"], suggestion: "label_field" }))
    expect(text.decodeOptions({ ...jsonl, layout: "json" })).toMatchObject({ mistakes: [{ path: ["layout"], suggestion: "jsonl" }] })
  })

  it("resolved options leave nothing to find and give the same scan", async () => {
    const files = { a: "one\ntwo\n", b: "three\n" }
    const first = await scanning(files, lines)
    expect(first.report.resolved_options).toEqual({ ...lines, splits: null, classes: ["x", "y"] })
    const again = await scanning(files, first.report.resolved_options ?? {})
    expect(again).toEqual(first)
    const unlabelled = await scanning({ a: "one" }, bare, "a")
    expect(unlabelled.report.resolved_options).toEqual({ ...bare, splits: null })
  })
})
