/** Files as they are: what the command line of sacreBLEU makes of them, and what is refused. */
import { describe, expect, it } from "vitest"
import { sequence, sequenceTags } from "../src/index.ts"
import { oracle } from "./support.ts"

interface FileCase {
  readonly about: string
  readonly predictions: string
  readonly targets: ReadonlyArray<string>
  readonly values: Readonly<Record<string, number>>
  readonly signatures: Readonly<Record<string, string>>
}

const { files: cases } = oracle<{ readonly files: ReadonlyArray<FileCase> }>("texts")

const bytesOf = (content: string | ReadonlyArray<number>): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content)

type Content = string | ReadonlyArray<number>

const given = (predictions: Content, targets: ReadonlyArray<Content>) => ({
  predictions: { name: "answers.txt", bytes: bytesOf(predictions) },
  targets: targets.map((content, index) => ({ name: `reference-${index}.txt`, bytes: bytesOf(content) }))
})

/** The whole way of a score of files. */
const score = (predictions: Content, targets: ReadonlyArray<Content>, options: Readonly<Record<string, string>> = {}) => {
  const { files } = sequence
  if (files === undefined) throw new Error("the pack reads no files")
  const decoded = files.decodeOptions(options)
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  const read = files.read(given(predictions, targets), decoded.value)
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  const fold = sequence.start(read.options, read.context)
  return { read, result: fold.result(read.scored.reduce(fold.add, fold.empty)) }
}

const refusal = (predictions: Content, targets: ReadonlyArray<Content>) => {
  const decoded = sequence.files?.decodeOptions({})
  if (decoded?.ok !== true) throw new Error("the defaults do not decode")
  const read = sequence.files?.read(given(predictions, targets), decoded.value)
  if (read === undefined || read.ok) throw new Error("the files were read")
  return read.diagnostics
}

const tagRefusal = (predictions: Content, target: Content, options: Readonly<Record<string, string>> = {}) => {
  const decoded = sequenceTags.files?.decodeOptions(options)
  if (decoded?.ok !== true) throw new Error("the options do not decode")
  const read = sequenceTags.files?.read(given(predictions, [target]), decoded.value)
  if (read === undefined || read.ok) throw new Error("the files were read")
  return read.diagnostics
}

describe("files of texts", () => {
  it("has 7 cases that went through the command line of sacreBLEU", () => expect(cases).toHaveLength(7))

  it.each(cases)("score as the command line of sacreBLEU does: $about", ({ predictions, targets, values, signatures }) => {
    const { result } = score(predictions, targets)
    for (const [name, expected] of Object.entries(values)) {
      const value = result.values[name]
      if (typeof value !== "number") throw new Error(`${name} is no number`)
      expect(Math.abs(value - expected), `${name}: ${value} against ${expected}`).toBeLessThanOrEqual(1e-9)
    }
    expect(result.signatures).toMatchObject(signatures)
  })

  it("have a sample for each line, none of them missing", () => {
    const { read, result } = score("a b\n\nc", ["a b\n\nd\n", "x\ny\nc\n"])
    expect(read.scored.map(({ sample_id }) => sample_id)).toEqual(["line-1", "line-2", "line-3"])
    expect(read.missing).toEqual([])
    expect(read.context).toEqual({ output_type: { custom: "@feagi-trainer/metric-pack-sequence#text" }, classes: [] })
    expect(result.values.exact_match).toBe(1)
    expect(result.signatures?.bleu).toBe("nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0")
  })

  it("are reported under the names of the metrics", () => {
    expect(sequence.files?.names).toEqual({
      bleu: "bleu",
      chrf: "chrf",
      ter: "ter",
      rouge1: "rouge1",
      rouge2: "rouge2",
      rougeL: "rougeL",
      rougeLsum: "rougeLsum",
      exact_match: "exact_match"
    })
  })

  it("take the options of the command line as texts", () => {
    const { result } = score("A", ["a"], {
      tokenize: "none",
      smooth_method: "floor",
      smooth_value: "25e-2",
      lowercase: "true",
      chrf_word_order: "2"
    })
    expect(result.signatures?.bleu).toBe("nrefs:1|case:lc|eff:no|tok:none|smooth:floor[0.25]|version:2.6.0")
    expect(result.signatures?.chrf).toBe("nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0")
  })

  it("refuse options that are none, all at once, with the nearest name", () => {
    const decoded = sequence.files?.decodeOptions({ tokenise: "13a", chrf_beta: "two", smooth_method: "expo" })
    if (decoded === undefined || decoded.ok) throw new Error("the options were taken")
    expect(decoded.mistakes.map(({ path, problem, suggestion }) => ({ path, problem, suggestion }))).toEqual([
      { path: ["tokenise"], problem: "unknown-key", suggestion: "tokenize" },
      { path: ["smooth_method"], problem: "invalid", suggestion: undefined },
      { path: ["chrf_beta"], problem: "invalid", suggestion: undefined }
    ])
  })

  it("are refused when line counts differ, each file by its name with both counts", () => {
    expect(refusal("a\nb\n", ["a\n", "a\nb\n", "a\nb\nc"])).toMatchObject([
      {
        code: "sequence/LINE-COUNT",
        severity: "error",
        message: "reference-0.txt has 1 line and answers.txt has 2: line n of one belongs to line n of the other",
        file: "reference-0.txt",
        line: 2,
        expected: "2 lines",
        actual: "1 line"
      },
      { code: "sequence/LINE-COUNT", file: "reference-2.txt", line: 3, expected: "2 lines", actual: "3 lines" }
    ])
  })

  it("are refused with line and byte of everything that is not UTF-8, in all files", () => {
    const bad = [0x61, 0x0a, 0x62, 0xff, 0x0a, 0xc3, 0x0a]
    expect(refusal(bad, [bad])).toMatchObject([
      { code: "sequence/NOT-UTF-8", file: "answers.txt", line: 2, byte_offset: 3, actual: "byte 0xff" },
      { code: "sequence/NOT-UTF-8", file: "answers.txt", line: 3, byte_offset: 6, actual: "a character cut off" },
      { code: "sequence/NOT-UTF-8", file: "reference-0.txt", line: 2 },
      { code: "sequence/NOT-UTF-8", file: "reference-0.txt", line: 3 }
    ])
  })

  it("are refused with a byte order mark, and without a byte", () => {
    expect(refusal("\ufeffa\n", [""])).toMatchObject([
      { code: "sequence/BOM", file: "answers.txt", line: 1, column: 1 },
      { code: "sequence/EMPTY-FILE", file: "reference-0.txt", actual: "0 bytes" }
    ])
  })

  it("are refused without targets", () => {
    expect(refusal("a\n", [])).toMatchObject([{ code: "sequence/NO-TARGETS" }])
  })

  it("name at most 100 mistakes and say how many more there are", () => {
    const found = refusal(
      Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? 0xff : 0x0a)),
      ["a"]
    )
    expect(found).toHaveLength(101)
    expect(found.at(-1)).toMatchObject({ code: "sequence/MORE", message: "and 50 more", count: 50 })
  })
})

describe("files of tags", () => {
  it("are scored line by line", () => {
    const { files } = sequenceTags
    const decoded = files?.decodeOptions({ spans: "IOB2" })
    if (files === undefined || decoded?.ok !== true) throw new Error("the options do not decode")
    const read = files.read(given("B-NP  I-NP O\r\n\nO", ["B-NP I-NP O\n\nB-VP\n"]), decoded.value)
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
    const fold = sequenceTags.start(read.options, read.context)
    const { values } = fold.result(read.scored.reduce(fold.add, fold.empty))
    const reported = Object.fromEntries(Object.entries(files.names).map(([name, shown]) => [shown, values[name]]))
    expect(reported).toEqual({
      exact_match: 2 / 3,
      token_accuracy: 3 / 4,
      micro_f1: 3 / 4,
      macro_f1: (1 + 1 + 0 + 2 / 3) / 4,
      weighted_f1: (1 + 1 + 2 / 3) / 4,
      span_precision: 1,
      span_recall: 1 / 2,
      span_f1: 2 / 3,
      span_macro_f1: 1 / 2,
      span_weighted_f1: 1 / 2
    })
  })

  it("are refused with every line whose number of tags differs, and every tag that is none of spans", () => {
    expect(tagRefusal("B-NP O\nO\nNN\n", "B-NP\nO\nVB\n")).toMatchObject([
      { code: "sequence-tags/TAG-COUNT", file: "answers.txt", line: 1, sample_id: "line-1", expected: "1 tag", actual: "2 tags" },
      {
        code: "sequence-tags/NOT-A-SPAN-TAG",
        file: "answers.txt",
        line: 3,
        actual: "NN",
        help: "add --option spans=none if the tags describe no spans"
      },
      { code: "sequence-tags/NOT-A-SPAN-TAG", file: "reference-0.txt", line: 3, actual: "VB" }
    ])
  })

  it("are refused with a letter that the scheme does not have", () => {
    expect(tagRefusal("S-NP", "O", { spans: "IOB2" })).toMatchObject([
      { expected: "O, or one of the letters I B, alone or with a type as in I-NP", actual: "S-NP" }
    ])
  })
})
