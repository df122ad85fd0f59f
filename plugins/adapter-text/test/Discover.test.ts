import type { MemoryFiles } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import { text } from "../src/index.ts"
import { runOn, scanning } from "./World.ts"

const discover = (files: MemoryFiles, path = "") => runOn(files, text.discover({ path }))
const many = (folder: string, count = 3): MemoryFiles =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/${at}.txt`, `document ${at}`]))
const latin = (content: string): Uint8Array => Buffer.from(content, "latin1")
const chunks = "He PRP B-NP\nran VBD B-VP\n\nShe PRP B-NP\nsat VBD B-VP\n\n"
const objects = '{"id": 1, "text": "a longer text", "label": "x"}\n{"id": 2, "text": "another one", "label": "x"}\n'
const table = "id,text,label\n1,a longer text,x\n2,another one,y\n3,one more,x\n"

interface Case {
  readonly name: string
  readonly files: MemoryFiles
  readonly path?: string
  readonly options: Readonly<Record<string, unknown>>
}

const cases: ReadonlyArray<Case> = [
  {
    name: "folders of classes",
    files: { ...many("c/pos"), ...many("c/neg"), "c/README": "x" },
    path: "c",
    options: { layout: "class-folders", encoding: "utf-8", split_folders: false, ignore: null, classes: "scan" }
  },
  {
    name: "folders of parts, with a file beside them",
    files: { ...many("train/pos"), ...many("train/neg"), ...many("test/pos"), "about.txt": "x", "train/list.txt": "x" },
    options: { layout: "class-folders", encoding: "utf-8", split_folders: true, ignore: ["about.txt", "train/list.txt"], classes: "scan" }
  },
  {
    name: "folders of classes that have folders",
    files: { ...many("pos/a"), ...many("neg/a"), ...many("neg/b") },
    options: { layout: "class-folders", split_folders: false }
  },
  {
    name: "a file of lines for each class",
    files: {
      "plot.tok.gt9.5000": "one line .\nand another , longer .\n",
      "quote.tok.gt9.5000": latin("a caf\x93 line .\n"),
      "README.txt": "about"
    },
    options: { layout: "lines", encoding: "windows-1252", labels: { "plot.tok.gt9.5000": "plot", "quote.tok.gt9.5000": "quote" } }
  },
  {
    name: "token columns in parts",
    files: { "train.txt": chunks, "test.txt": chunks, README: "about" },
    options: { layout: "conll", separator: " ", token_column: 1, label_column: 3, splits: { "train.txt": "train", "test.txt": "test" } }
  },
  {
    name: "JSON Lines in parts",
    files: { "train.jsonl": objects, "dev.jsonl": objects },
    options: {
      layout: "jsonl",
      text_field: "text",
      label_field: "label",
      id_field: "id",
      splits: { "train.jsonl": "train", "dev.jsonl": "val" }
    }
  },
  {
    name: "one file of JSON Lines",
    files: { "a.jsonl": objects },
    path: "a.jsonl",
    options: { layout: "jsonl", text_field: "text", splits: null }
  },
  {
    name: "one table",
    files: { "a.csv": table },
    path: "a.csv",
    options: { layout: "csv", delimiter: ",", header: true, text_column: "text", label_column: "label", id_column: "id" }
  },
  {
    name: "one table with other names",
    files: { "a.tsv": "n\tquestion asked\tkind\n1\twhy is it so\tx\n2\twhat is it, then\ty\n3\twho was it\tx\n" },
    path: "a.tsv",
    options: { layout: "csv", delimiter: "\t", text_column: "question asked", label_column: "kind" }
  },
  {
    name: "one file of token columns in UTF-16",
    files: { f: Buffer.from(`\uFEFF${chunks}`, "utf16le") },
    path: "f",
    options: { layout: "conll", encoding: "utf-16le" }
  },
  {
    name: "lines of prose",
    files: { f: "It was late.\nNobody came.\n" },
    path: "f",
    options: { layout: "lines", labels: null, classes: null }
  }
]

describe("discover", () => {
  it.each(cases)("puts first: $name; and what it proposes can be scanned", async ({ files, path = "", options }) => {
    const [best] = await discover(files, path)
    expect(best?.options).toMatchObject(options)
    const { report } = await scanning(files, best?.options ?? {}, path)
    expect(report.diagnostics.filter(({ severity }) => severity === "error")).toEqual([])
  })

  it("names the option that distinguishes two readings", async () => {
    const folders = await discover({ ...many("train/pos"), ...many("train/neg"), ...many("test/pos") })
    expect(folders.map(({ options }) => options.split_folders)).toEqual([true, false])
    expect(folders[0]?.because).toContain("split_folders = false")
    expect(folders[1]?.because).toContain("split_folders = true")
    const encodings = await discover({ "a/1.txt": latin("caf\xe9 x"), "b/1.txt": "x" })
    expect(encodings.map(({ options }) => options.encoding)).toEqual(["windows-1252", "latin1"])
    expect(encodings[0]?.because).toMatch(/^2 .txt files.*byte E9 at 3 is not UTF-8.*encoding distinguishes$/)
  })

  it("tells that files seem to be in different encodings, and trusts itself less", async () => {
    const [best] = await discover({ "a/1.txt": "caf\u00e9", "b/1.txt": latin("caf\xe9 x") })
    expect(best).toMatchObject({ confidence: 0.48, options: { encoding: "utf-8" } })
    expect(best?.because).toContain("1 of 2 files that were looked at seem to be in another encoding, b/1.txt in windows-1252")
  })

  it("has nothing to say of what is no text", async () => {
    const noise = Uint8Array.from({ length: 500 }, (_, at) => (at * 37) % 256)
    expect(await discover({ f: noise }, "f")).toEqual([])
    expect(await discover({ f: "" }, "f")).toEqual([])
    expect(await discover({ "a/b.png": noise })).toEqual([])
  })

  it("looks at the heads of a few files only", async () => {
    const [best] = await discover(many("a", 500))
    expect(best).toMatchObject({ confidence: 0.2, title: "Folders of 1 classes" })
  })
})
