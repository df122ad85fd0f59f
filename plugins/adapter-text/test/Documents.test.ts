import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { bare, csv, folders, jsonl, lines, samplesOf, scanning, scanOf, textsOf } from "./World.ts"

const sha = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")
const row = (value: Readonly<Record<string, unknown>>): string => `${JSON.stringify({ text: "t", label: "a", ...value })}\n`

describe("documents", () => {
  it("keep every character: line breaks, blanks, Unicode forms", async () => {
    const content = " e\u0301\r\n\tx \n"
    expect(await textsOf({ "a/1.txt": content, "b/1.txt": `\uFEFF\uFEFF${content}` }, folders)).toEqual([content, `\uFEFF${content}`])
    expect(await textsOf({ f: " a\t\r\nb " }, bare, "f")).toEqual([" a\t", "b "])
  })

  it("have the SHA-256 of their bytes, of their characters and of what copies of them share", async () => {
    const { entries } = await scanning(
      { "a/1.txt": "Cafe\u0301  noir\n", "a/2.txt": " CAF\u00c9\u00a0Noir", "a/3.txt": "caf\u00e9 noire" },
      folders
    )
    expect(entries.map(({ content_hash }) => content_hash)).toEqual([
      sha("Cafe\u0301  noir\n"),
      sha(" CAF\u00c9\u00a0Noir"),
      sha("caf\u00e9 noire")
    ])
    expect(entries.map(({ decoded_hash }) => decoded_hash)).toEqual([
      sha("Caf\u00e9  noir\n"),
      sha(" CAF\u00c9\u00a0Noir"),
      sha("caf\u00e9 noire")
    ])
    expect(entries.map(({ near }) => near)).toEqual([
      { key: sha("caf\u00e9 noir") },
      { key: sha("caf\u00e9 noir") },
      { key: sha("caf\u00e9 noire") }
    ])
  })

  it("of the same characters have one decoded hash in every encoding", async () => {
    const text = "na\u00efve \u00e9"
    const bytes = { "utf-8": Buffer.from(text), "utf-16le": Buffer.from(text, "utf16le"), latin1: Buffer.from(text, "latin1") }
    const hashes = await Promise.all(
      Object.entries(bytes).map(async ([encoding, f]) => (await scanning({ f }, { ...bare, encoding }, "f")).entries[0])
    )
    expect(new Set(hashes.map((entry) => entry?.decoded_hash)).size).toBe(1)
    expect(new Set(hashes.map((entry) => entry?.content_hash)).size).toBe(3)
  })

  it("are as long as they have code points", async () => {
    const { entries, report } = await scanning({ f: "a😀e\u0301\nx\n" }, bare, "f")
    expect(entries.map(({ values }) => values)).toEqual([{ length: 4 }, { length: 1 }])
    expect(report.scan?.shape).toEqual({ kind: "text", length: [1, 4] })
  })

  it("say where they stand, and their id only where it is declared or a path", async () => {
    const whole = await scanning({ "c/a/sub/1.txt": "x", "c/b/2.txt": "y" }, folders, "c")
    expect(whole.entries).toMatchObject([
      { sample_id: "a/sub/1.txt", label: "a", file: "c/a/sub/1.txt", line: 1, at: [0] },
      { sample_id: "b/2.txt", label: "b", at: [1] }
    ])
    const cut = await scanning({ a: "one\ntwo\n", b: "three" }, lines)
    expect(cut.entries.map(({ sample_id, at, line, label }) => [sample_id, at, line, label])).toEqual([
      [undefined, [0, 0, 3], 1, "x"],
      [undefined, [0, 4, 3], 2, "x"],
      [undefined, [1, 0, 5], 1, "y"]
    ])
    const declared = await scanning({ f: row({ id: 7 }) + row({ id: 8 }) }, { ...jsonl, id_field: "id" }, "f")
    expect(declared.entries.map(({ sample_id }) => sample_id)).toEqual(["7", "8"])
  })

  it("say group, part and time where the options name fields", async () => {
    const options = { ...jsonl, group_field: "g", split_field: "s", time_field: "t" }
    const files = { f: row({ g: "ann", s: "test", t: -5 }) + row({ g: "2", s: "train", t: "12" }) }
    const { entries } = await scanning(files, options, "f")
    expect(entries).toMatchObject([
      { group: "ann", given_split: "test", time: -5 },
      { group: "2", given_split: "train", time: 12 }
    ])
    expect((await samplesOf(files, options, "f")).map(({ timestamp }) => timestamp)).toEqual([-5n, 12n])
  })

  it("get their part from folders or from the name of the file", async () => {
    const folder = await scanning({ "train/a/1.txt": "x", "test/a/1.txt": "y" }, { ...folders, split_folders: true })
    expect(folder.entries.map(({ given_split, label, sample_id }) => [given_split, label, sample_id])).toEqual([
      ["test", "a", "test/a/1.txt"],
      ["train", "a", "train/a/1.txt"]
    ])
    const file = await scanning({ "a.jsonl": row({}), "b.jsonl": row({}) }, { ...jsonl, splits: { "b.jsonl": "test", "a.jsonl": "train" } })
    expect(file.entries.map(({ given_split }) => given_split)).toEqual(["train", "test"])
  })

  it("without a label have no target, no class and no class id", async () => {
    const scan = await scanOf({ f: "a\nb\n" }, bare, "f")
    expect(scan).toMatchObject({ modality: "text", output_type: "class", classes: [] })
    const samples = await samplesOf({ f: row({}) }, { ...jsonl, label_field: null, classes: null }, "f")
    expect(samples).toMatchObject([{ payload: { text: "t" }, target: null, output_type: "class" }])
  })

  it("may have integers for labels, and columns by number", async () => {
    const json = await samplesOf({ f: row({ label: 1 }) + row({ label: 0 }) }, jsonl, "f")
    expect(json.map(({ target }) => target)).toEqual([{ class: { class_id: 1, label: "1" } }, { class: { class_id: 0, label: "0" } }])
    const options = { ...csv, header: false, text_column: 2, label_column: 1, quote: "none", delimiter: "\t" }
    const table = await samplesOf({ f: 'b\t"one\na\ttwo"\n' }, options, "f")
    expect(table.map(({ payload }) => payload)).toEqual([{ text: '"one' }, { text: 'two"' }])
  })
})

describe("classes", () => {
  const files = { f: ["é", "b", "a", "B", "é"].map((label) => row({ label })).join("") }
  it("are sorted by code unit, in whatever order they occur", async () => {
    const scan = await scanOf(files, jsonl, "f")
    expect(scan.classes).toEqual(["B", "a", "b", "é"].map((label, class_id) => ({ class_id, label })))
  })
  it("that are declared keep their order, also those that do not occur", async () => {
    const scan = await scanOf(files, { ...jsonl, classes: ["é", "b", "a", "B", "z"] }, "f")
    expect(scan.classes.map(({ label }) => label)).toEqual(["é", "b", "a", "B", "z"])
    expect(scan.index.map(({ class_id }) => class_id)).toEqual([0, 1, 2, 3, 0])
  })
})

describe("identity", () => {
  it("the content of one file is its bytes, of a folder its files with their names", async () => {
    const one = await scanOf({ "x.txt": "a\n" }, bare, "x.txt")
    const renamed = await scanOf({ "y.txt": "a\n" }, bare, "y.txt")
    expect([one.content_hash, renamed.content_hash]).toEqual([sha("a\n"), sha("a\n")])
    const hashes = await Promise.all(
      [
        { "c/a/1.txt": "x", "c/b/2.txt": "y" },
        { "c/b/1.txt": "x", "c/a/2.txt": "y" }
      ].map(async (each) => (await scanOf(each, folders, "c")).content_hash)
    )
    expect(hashes[0]).not.toBe(hashes[1])
    const moved = await scanOf({ "d/e/a/1.txt": "x", "d/e/b/2.txt": "y" }, folders, "d/e")
    expect(moved.content_hash).toBe(hashes[0])
  })

  it("the schema changes with classes and fields, and with nothing else", async () => {
    const print = async (content: string, options: Readonly<Record<string, unknown>>) =>
      (await scanOf({ f: content }, options, "f")).schema_fingerprint
    const base = await print(row({}), jsonl)
    expect(await print(row({ text: "other" }), jsonl)).toBe(base)
    expect(await print(row({ label: "b" }), jsonl)).not.toBe(base)
    expect(await print(row({ id: "1" }), { ...jsonl, id_field: "id" })).not.toBe(base)
  })
})
