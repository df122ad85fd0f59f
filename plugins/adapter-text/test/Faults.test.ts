/** Every code has input that triggers exactly it, and the place that it names is the right one. */
import type { MemoryFiles } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import { bare, conll, csv, findingsOf, folders, jsonl, lines, type Options, scanning } from "./World.ts"

const latin = (text: string): Uint8Array => Buffer.from(text, "latin1")
const le = (text: string): Uint8Array => Buffer.from(text, "utf16le")
const row = (value: Readonly<Record<string, unknown>>): string => `${JSON.stringify({ text: "t", label: "a", ...value })}\n`

interface Case {
  readonly code: string
  readonly files: MemoryFiles
  readonly options: Options
  readonly path?: string
  readonly at?: Readonly<Record<string, unknown>>
}

const errors: ReadonlyArray<Case> = [
  {
    code: "BAD-BYTES",
    files: { f: latin("ab\ncd caf\xe9 x\n") },
    options: bare,
    at: { line: 2, column: 7, byte_offset: 9, actual: "byte E9" }
  },
  { code: "BAD-BYTES", files: { f: Uint8Array.of(0x61, 0xc3) }, options: bare, at: { line: 1, column: 2, byte_offset: 1 } },
  { code: "BAD-BYTES", files: { f: latin("a\x81") }, options: { ...bare, encoding: "windows-1252" }, at: { byte_offset: 1 } },
  { code: "BAD-BYTES", files: { f: latin("a\xe9") }, options: { ...bare, encoding: "ascii" }, at: { byte_offset: 1 } },
  { code: "BAD-BYTES", files: { f: le("ab").subarray(0, 3) }, options: { ...bare, encoding: "utf-16le" }, at: { byte_offset: 2 } },
  {
    code: "BAD-BYTES",
    files: { "a/1.txt": latin("x\ny\xff") },
    options: folders,
    path: "",
    at: { file: "a/1.txt", line: 2, column: 2, byte_offset: 3 }
  },
  {
    code: "BOM",
    files: { f: le("\uFEFFab") },
    options: bare,
    at: { byte_offset: 0, actual: "utf-16le", help: expect.stringContaining('encoding = "utf-16le"') }
  },
  { code: "BOM", files: { f: "\uFEFFab" }, options: { ...bare, encoding: "latin1" }, at: { actual: "utf-8" } },
  { code: "BOM", files: { f: Uint8Array.of(0xfe, 0xff, 0, 0x61) }, options: { ...bare, encoding: "utf-16le" }, at: { actual: "utf-16be" } },
  { code: "BOM", files: { "a/1.txt": le("\uFEFFab") }, options: folders, path: "" },
  { code: "NUL", files: { f: "ab\nc\0d" }, options: bare, at: { line: 2, column: 2, byte_offset: 4 } },
  { code: "NUL", files: { f: row({ text: "a\0b" }) }, options: jsonl, at: { field: "text", column: 9 } },
  { code: "NUL", files: { f: le("a\0b") }, options: { ...bare, encoding: "utf-16le" }, at: { byte_offset: 2 } },
  {
    code: "LONE-SURROGATE",
    files: { f: '{"text": "a\\ud800", "label": "a"}' },
    options: jsonl,
    at: { field: "text", actual: "U+D800 alone" }
  },
  { code: "LONE-SURROGATE", files: { f: le("ab\n\udc00d") }, options: { ...bare, encoding: "utf-16le" }, at: { line: 2, byte_offset: 6 } },
  {
    code: "MIXED-ENCODINGS",
    files: { a: "caf\u00e9", b: latin("caf\xe9"), c: "plain" },
    options: { ...lines, encoding: "latin1", labels: { a: "x", b: "x", c: "x" } },
    path: "",
    at: { file: "a", message: expect.stringMatching(/a \(utf-8\) and 1 in latin1, b for one/) }
  },
  { code: "EMPTY-DOCUMENT", files: { f: "a\n \t\u3000\nb" }, options: bare, at: { line: 2 } },
  { code: "EMPTY-DOCUMENT", files: { f: "a\n\nb\n" }, options: bare, at: { line: 2 } },
  { code: "EMPTY-DOCUMENT", files: { "a/1.txt": "" }, options: folders, path: "", at: { file: "a/1.txt" } },
  { code: "EMPTY-DOCUMENT", files: { f: row({ text: "" }) }, options: jsonl },
  { code: "EMPTY-FILE", files: { f: "" }, options: bare },
  { code: "EMPTY-FILE", files: { f: "text,label\n" }, options: csv },
  { code: "EMPTY-FILE", files: { f: "\n\n" }, options: conll },
  { code: "LONE-CR", files: { f: "a\nb\rc" }, options: bare, at: { line: 2, column: 2, byte_offset: 3 } },
  { code: "LONE-CR", files: { f: "text,label\na\rb,x\n" }, options: csv, at: { line: 2, column: 2 } },
  { code: "LONE-CR", files: { f: "a b c\nd\r b c\n" }, options: conll, at: { line: 2, column: 2 } },
  { code: "NOT-JSON", files: { f: `${row({})}{"text": x}\n` }, options: jsonl, at: { line: 2, column: 10 } },
  { code: "NOT-JSON", files: { f: '{"text": "a' }, options: jsonl, at: { line: 1 } },
  { code: "NOT-AN-OBJECT", files: { f: '["a"]' }, options: jsonl, at: { actual: '["a"]' } },
  {
    code: "DUPLICATE-KEY",
    files: { f: '{"text": "a", "label": "x", "\\u0074ext": "b"}' },
    options: jsonl,
    at: { column: 29, actual: '"text"' }
  },
  { code: "NO-FIELD", files: { f: '{"text": "a", "Label": "x"}' }, options: jsonl, at: { field: "label", help: 'did you mean "Label"?' } },
  { code: "NOT-TEXT", files: { f: row({ text: 1 }) }, options: jsonl, at: { field: "text", actual: "1" } },
  { code: "NOT-TEXT", files: { f: row({ label: null }) }, options: jsonl, at: { field: "label", column: 21 } },
  { code: "NOT-TEXT", files: { f: row({ label: 1.5 }) }, options: jsonl },
  { code: "NOT-TEXT", files: { f: '{"text": "a", "label": 9007199254740993}' }, options: jsonl },
  { code: "MIXED-TYPES", files: { f: row({ label: 1 }) + row({ label: "1" }) }, options: jsonl, at: { line: 2, field: "label" } },
  { code: "NOT-A-TIME", files: { f: row({ t: "2020-01-01" }) }, options: { ...jsonl, time_field: "t" }, at: { field: "t" } },
  { code: "EMPTY-LABEL", files: { f: row({ label: "" }) }, options: jsonl },
  { code: "EMPTY-LABEL", files: { f: "a b \n" }, options: conll, at: { line: 1 } },
  { code: "EMPTY-ID", files: { f: row({ id: "" }) }, options: { ...jsonl, id_field: "id" } },
  { code: "EMPTY-GROUP", files: { f: row({ g: "" }) }, options: { ...jsonl, group_field: "g" } },
  { code: "EMPTY-SPLIT", files: { f: row({ s: "" }) }, options: { ...jsonl, split_field: "s" } },
  { code: "NO-COLUMN", files: { f: "text,lable\na,b\nc\n" }, options: csv, at: { field: "label", help: 'did you mean "lable"?' } },
  { code: "NO-COLUMN", files: { f: "a,b\n" }, options: { ...csv, header: false, text_column: 1, label_column: 3 }, at: { field: "3" } },
  { code: "DUPLICATE-COLUMN", files: { f: "text,label,text\na,b,c\n" }, options: csv, at: { column: 12 } },
  { code: "RAGGED", files: { f: 'text,label\n"a\nb",c,d\n' }, options: csv, at: { line: 3, column: 6, expected: "2 cells", actual: "3" } },
  { code: "RAGGED", files: { f: "a b c\n\na  c c\n" }, options: conll, at: { line: 3, actual: "4" } },
  { code: "RAGGED", files: { f: "a b\n" }, options: conll, at: { expected: "at least 3 columns" } },
  { code: "STRAY-QUOTE", files: { f: 'text,label\na "b" c,x\n' }, options: csv, at: { line: 2, column: 3 } },
  { code: "STRAY-QUOTE", files: { f: 'text,label\n"b" c,x\n' }, options: csv, at: { line: 2, column: 3 } },
  { code: "UNCLOSED-QUOTE", files: { f: 'text,label\na,"x\nb,y\n' }, options: csv, at: { line: 2, column: 3 } },
  { code: "EMPTY-TOKEN", files: { f: "a b c\n b c\n" }, options: conll, at: { line: 2 } },
  {
    code: "LABEL-UNICODE",
    files: { "caf\u00e9/1.txt": "a", "cafe\u0301/2.txt": "b" },
    options: folders,
    path: "",
    at: { message: expect.stringMatching(/U\+00E9.*U\+0065 U\+0301|U\+0065 U\+0301.*U\+00E9/) }
  },
  {
    code: "UNKNOWN-LABEL",
    files: { f: row({ label: "Pos" }) },
    options: { ...jsonl, classes: ["pos"] },
    at: { help: 'did you mean "pos"?' }
  },
  {
    code: "TOO-MANY-CLASSES",
    files: { f: Array.from({ length: 10_002 }, (_, at) => row({ label: `label ${at}` })).join("") },
    options: jsonl,
    at: { line: 10_001 }
  },
  { code: "NOT-A-FOLDER", files: { f: "a" }, options: folders },
  {
    code: "NO-CLASS",
    files: { "a/1.txt": "a", "README.txt": "b" },
    options: folders,
    path: "",
    at: { file: "README.txt", help: expect.stringContaining('ignore = ["README.txt"]') }
  },
  { code: "NO-CLASS", files: { "train/1.txt": "a" }, options: { ...folders, split_folders: true }, path: "" },
  {
    code: "NO-FILE",
    files: { plot: "a", quote: "b" },
    options: { ...lines, labels: { plot: "x", qoute: "y" } },
    path: "",
    at: { field: "labels", actual: '"qoute"', help: 'did you mean "quote"?' }
  },
  { code: "NO-FILE", files: { "a/1.txt": "a" }, options: { ...folders, ignore: ["b"] }, path: "", at: { field: "ignore" } },
  { code: "NO-FILES-NAMED", files: { a: "a" }, options: bare, path: "" },
  { code: "NO-DOCUMENTS", files: { "a/1.md": "a" }, options: folders, path: "" }
]

const warnings: ReadonlyArray<Case> = [
  { code: "LABEL-CASE", files: { f: row({}) + row({ label: "A " }) }, options: jsonl, at: { line: 2 } },
  { code: "BLANK-LINE", files: { f: `${row({})}\n\n${row({})}\n` }, options: jsonl, at: { line: 2 } },
  { code: "OTHER-FILE", files: { "a/1.txt": "a", "a/.DS_Store": "x" }, options: folders, path: "", at: { file: "a/.DS_Store" } },
  { code: "LOOKS-UTF-8", files: { f: "caf\u00e9" }, options: { ...bare, encoding: "latin1" }, at: { help: 'encoding = "utf-8"' } },
  { code: "C1-CONTROL", files: { f: latin("\x93gem\x94 caf\xe9") }, options: { ...bare, encoding: "latin1" }, at: { column: 1 } }
]

describe("findings", () => {
  it.each(errors)("$code is an error of its own, and of its place: $options.layout", async ({ code, files, options, path = "f", at }) => {
    const { report, entries } = await scanning(files, options, path)
    const found = report.diagnostics.filter(({ severity }) => severity === "error")
    expect(found.map((each) => each.code)).toEqual([`text/${code}`])
    expect(found[0]).toMatchObject({ file: expect.anything(), ...at })
    expect(report.error_count).toBe(code === "TOO-MANY-CLASSES" ? 1 : found.length)
    expect(report.scan).toBeUndefined()
    expect(report.resolved_options).toBeUndefined()
    expect(JSON.stringify([report, entries])).not.toContain("\uFFFD")
  })

  it.each(warnings)("$code is a warning, and the scan goes on", async ({ code, files, options, path = "f", at }) => {
    const { report } = await scanning(files, options, path)
    expect(report.diagnostics.map((each) => each.code)).toEqual([`text/${code}`])
    expect(report.diagnostics[0]).toMatchObject({ severity: "warning", file: expect.anything(), ...at })
    expect(report.scan).toBeDefined()
  })

  it("names files in different encodings, and what the odd ones look like", async () => {
    const files = { a: "caf\u00e9", b: latin("\x93gem\x94"), c: le("caf\u00e9") }
    const options = { ...lines, labels: { a: "x", b: "x", c: "x" } }
    const found = await findingsOf(files, options)
    expect(found.map(({ code }) => code)).toEqual(["text/BAD-BYTES", "text/NUL", "text/MIXED-ENCODINGS"])
    expect(found[0]?.help).toContain('it looks like windows-1252: encoding = "windows-1252"')
    expect(found[1]?.help).toContain("it looks like utf-16le")
    expect(found[2]?.message).toBe("files are in different encodings: b (windows-1252), c (utf-16le) and 1 in utf-8, a for one")
  })

  it("counts all and keeps the first of each kind with their number", async () => {
    const bad = Array.from({ length: 50 }, () => "x\n").join("")
    const { report } = await scanning({ f: `${bad}${row({ label: "" })}` }, jsonl, "f")
    expect(report.error_count).toBe(51)
    expect(report.diagnostics).toHaveLength(20)
    expect(report.diagnostics[0]).toMatchObject({ code: "text/NOT-JSON", line: 1, count: 50 })
    expect(report.diagnostics[1]?.count).toBeUndefined()
  })

  it("reports all files, not only the first bad one", async () => {
    const found = await findingsOf({ "a/1.txt": latin("\xe9"), "a/2.txt": "fine", "b/3.txt": latin("\xff\x81") }, folders)
    expect(found.map(({ code, file }) => [code, file])).toEqual([
      ["text/BAD-BYTES", "a/1.txt"],
      ["text/BAD-BYTES", "b/3.txt"]
    ])
  })

  it("a header that cannot be used is one error, not one per record", async () => {
    const { report } = await scanning({ f: "txt,label\na,b\nc,d\n" }, csv, "f")
    expect(report.error_count).toBe(1)
  })

  it("shows the line that is meant, and none that cannot be read", async () => {
    const [ragged] = await findingsOf({ f: "text,label\na,b,c\n" }, csv, "f")
    expect(ragged?.excerpt).toBe("a,b,c")
    const [bytes] = await findingsOf({ f: latin("a\xe9") }, bare, "f")
    expect(bytes?.excerpt).toBeUndefined()
  })
})
