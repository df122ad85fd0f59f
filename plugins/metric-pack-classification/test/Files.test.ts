/** Files: what is read, how scores find their classes, and what is refused, where. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { classification } from "../src/index.ts"
import { sortedLabels } from "../src/Labels.ts"
import { readText, reported } from "./support.ts"

const row = (over: Readonly<Record<string, unknown>> = {}) => ({ sample_id: "a", target: "x", prediction: "y", ...over })
const refusal = (text: string | Uint8Array, options = {}) => {
  const read = readText(text, options)
  if (read.ok) throw new Error("the file was read")
  return read.diagnostics
}
const codes = (text: string | Uint8Array, options = {}) => refusal(text, options).map(({ code }) => code.replace("classification/", ""))
const readRows = (rows: ReadonlyArray<unknown>, options = {}) => {
  const read = readText(JSON.stringify(rows), options)
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  return read
}
const valuesOf = (rows: ReadonlyArray<unknown>, options = {}) => {
  const read = readRows(rows, options)
  const fold = classification.start(read.options, read.context)
  return reported(fold.result(read.scored.reduce(fold.add, fold.empty)))
}
const sourceOf = (rows: ReadonlyArray<unknown>, options = {}) => readRows(rows, options).options.observed?.scores

describe("a file that is read", () => {
  it("has its classes sorted, its abstentions, and a signature with what was observed", () => {
    const read = readRows([row({ target: 10, prediction: 9 }), row({ sample_id: 7, target: -1, prediction: null })], { k: "3" })
    expect(read.context.classes).toEqual([
      { class_id: 0, label: "-1" },
      { class_id: 1, label: "9" },
      { class_id: 2, label: "10" }
    ])
    expect(read.scored).toEqual([
      { sample_id: "a", target: { class: { class_id: 2, label: "10" } }, prediction: { class: { class_id: 1, scores: [] } } },
      { sample_id: "7", target: { class: { class_id: 0, label: "-1" } }, prediction: { abstain: { reason: null } } }
    ])
    expect(read.missing).toEqual([])
    const signature = classification.signature(read.options)
    expect(signature).toContain("|classes=observed|")
    expect(signature).toContain("|undefined-in-macro,weighted=zero|")
    expect(signature).toContain("|scores=none|")
    expect(signature).toContain("|k=3|")
  })

  it("of no sample has no number", () => {
    expect(new Set(Object.values(valuesOf([])).map((value) => JSON.stringify(value)))).toEqual(
      new Set(['{"insufficient":"no sample was scored"}'])
    )
    expect(valuesOf([])).toHaveProperty("top_k")
  })

  it("says with null, an empty list or an empty object that there are no scores", () => {
    for (const scores of [null, [], {}])
      expect(valuesOf([row({ scores })]).log_loss).toEqual({ insufficient: "no sample comes with scores" })
  })

  it("needs the scores of every sample", () => {
    expect(valuesOf([row({ scores: { x: 0.5, y: 0.5 } }), row({ sample_id: "b", prediction: null })]).top_k).toEqual({
      insufficient: "1 of 2 samples have no scores"
    })
  })

  it("averages over the classes that occur, not over those that only have a score", () => {
    const scores = { x: 0.5, y: 0.25, z: 0.25 }
    expect(valuesOf([row({ prediction: "x", scores })]).macro_recall).toBe(1)
    expect(valuesOf([row({ prediction: "z", scores })]).macro_recall).toBe(0)
  })

  it("takes 1.0 and -0 for the whole numbers they are", () => {
    const read = readText('[{"sample_id":"a","target":1.0,"prediction":-0},{"sample_id":"b","target":0,"prediction":1}]')
    expect(read.ok && read.context.classes.map(({ label }) => label)).toEqual(["0", "1"])
  })

  it("may have escapes, line breaks of any kind and spaces everywhere", () => {
    const read = readText('\r\n[ {"sample\\u005fid" :"a\\n",\t"target":"\\ud83d\\ude00","prediction":null}\n ]\n')
    expect(read.ok && read.scored.map(({ sample_id }) => sample_id)).toEqual(["a\n"])
    expect(read.ok && read.context.classes[0]?.label).toBe("\u{1f600}")
  })
})

describe("the example of the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  it("gives the numbers that stand below it", () => {
    const [, text = "", rest = ""] = /<<'END'\n([\s\S]*?)END\n([\s\S]*?)chooses k/.exec(readme) ?? []
    const told = [...rest.matchAll(/`(\w+)`\s(-?\d+(?:\.\d+)?)/g)].map(([, name, number]) => [name, number])
    const read = readText(text)
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
    const fold = classification.start(read.options, read.context)
    const values = reported(fold.result(read.scored.reduce(fold.add, fold.empty)))
    expect(told.map(([name]) => name)).toEqual(Object.keys(values))
    for (const [name = "", number = ""] of told)
      expect(String(values[name]).startsWith(number), `${name} ${number} ${values[name]}`).toBe(true)
  })
})

describe("an array of scores", () => {
  const rows = (targets: ReadonlyArray<unknown>, count: number) =>
    targets.map((target, index) => row({ sample_id: index, target, prediction: target, scores: Array(count).fill(1 / count) }))

  it("is for the classes that occur when there are as many", () => {
    expect(sourceOf(rows(["b", "a"], 2))).toBe("sorted-classes")
    expect(sourceOf(rows([1, 2, 3], 3))).toBe("sorted-classes")
  })

  it("is for the classes of the targets when only an answer names a class without a score", () => {
    const reject = [
      row({ target: "a", prediction: "none", scores: [1, 0] }),
      row({ sample_id: "b", target: "b", prediction: "b", scores: [0, 1] })
    ]
    expect(sourceOf(reject)).toBe("sorted-targets")
    expect(valuesOf(reject).roc_auc).toBe(1)
  })

  it("is for 0, 1, 2 … when 0 occurs and none beyond the array does", () => {
    expect(sourceOf(rows([0, 2], 4))).toBe("index")
    expect(sourceOf(rows([1, 2], 4))).toBe("unassigned")
    expect(sourceOf(rows([0, 4], 4))).toBe("unassigned")
    expect(sourceOf(rows([-1, 0], 4))).toBe("unassigned")
    expect(sourceOf(rows(["0", "2"], 4))).toBe("unassigned")
  })

  it("is for nobody otherwise, and then only what needs scores is missing", () => {
    const values = valuesOf(rows(["a", "b"], 3))
    expect(values.accuracy).toBe(1)
    expect(JSON.stringify(values.log_loss)).toContain("--option classes=a,b,c")
  })

  it("is for the classes that the command line names, in its order", () => {
    const given = [
      row({ target: 1, prediction: 1, scores: [0.25, 0.5, 0.25] }),
      row({ sample_id: "b", target: 2, prediction: 2, scores: [0.5, 0, 0.5] })
    ]
    expect(valuesOf(given, { classes: "3,1,2", k: "1" }).top_k).toBe(0.5)
    expect(sourceOf(given, { classes: "3,1,2" })).toBe("given")
    expect(codes(JSON.stringify(given), { classes: "1,2" })).toEqual(["SCORE-COUNT"])
    expect(codes(JSON.stringify(given), { classes: "1,1,2" })).toEqual(["GIVEN-CLASSES"])
    expect(codes(JSON.stringify(given), { classes: "a,1,2" })).toContain("GIVEN-CLASSES")
  })
})

describe("labels", () => {
  it("sort as Python sorts them: numbers by value, texts by code point", () => {
    expect(sortedLabels([10, 9, -1, 9, 0])).toEqual([-1, 0, 9, 10])
    expect(sortedLabels(["b", "\u{1f600}", "\uff5e", "a", "ab", "B", "", "10", "9", "\ud83d"])).toEqual([
      "",
      "10",
      "9",
      "B",
      "a",
      "ab",
      "b",
      "\ud83d",
      "\uff5e",
      "\u{1f600}"
    ])
  })
})

describe("a file that is refused", () => {
  const bytes = (...values: ReadonlyArray<number>) => Uint8Array.from(values)

  it.each([
    ["no bytes", bytes(), "EMPTY-FILE"],
    ["a byte order mark", bytes(0xef, 0xbb, 0xbf, 0x5b, 0x5d), "BYTE-ORDER-MARK"],
    ["bytes that are not UTF-8", bytes(0x5b, 0xff, 0x5d), "NOT-UTF8"],
    ["nothing but spaces", "  \n", "NOT-JSON"],
    ["an object", JSON.stringify(row()), "NOT-AN-ARRAY"],
    ["JSON lines", `${JSON.stringify(row())}\n${JSON.stringify(row())}`, "NOT-JSON"],
    ["NaN", '[{"sample_id":"a","target":0,"prediction":0,"scores":[NaN]}]', "NOT-JSON"],
    ["Infinity", '[{"sample_id":"a","target":0,"prediction":0,"scores":[-Infinity]}]', "NOT-JSON"],
    ["a comma before a bracket", "[1,]", "NOT-JSON"],
    ["a number with a leading zero", "[01]", "NOT-JSON"],
    ["a number in hexadecimal", "[0x1]", "NOT-JSON"],
    ["single quotes", "['a']", "NOT-JSON"],
    ["a line break in a text", '["\n"]', "NOT-JSON"],
    ["an escape that is none", '["\\x"]', "NOT-JSON"],
    ["a text without an end", '["a', "NOT-JSON"],
    ["an array without an end", "[1", "NOT-JSON"],
    ["an object without an end", '[{"a":1', "NOT-JSON"],
    ["a key without quotes", "[{a:1}]", "NOT-JSON"],
    ["a key without a value", '[{"a"}]', "NOT-JSON"],
    ["a thousand brackets", `${"[".repeat(1000)}${"]".repeat(1000)}`, "NOT-JSON"],
    ["a number where an object should be", "[1]", "NOT-AN-OBJECT"],
    ["null where an object should be", "[null]", "NOT-AN-OBJECT"],
    ["an array where an object should be", "[[]]", "NOT-AN-OBJECT"],
    ["a key twice", '[{"sample_id":"a","target":0,"prediction":0,"target":1}]', "REPEATED-KEY"],
    ["a key twice, spelt in two ways", '[{"sample_id":"a","target":0,"prediction":0,"t\\u0061rget":1}]', "REPEATED-KEY"],
    ["a class twice among scores", '[{"sample_id":"a","target":0,"prediction":0,"scores":{"0":1,"0":0}}]', "REPEATED-KEY"],
    ["no sample_id", '[{"target":0,"prediction":0}]', "MISSING-FIELD"],
    ["an empty sample_id", JSON.stringify([row({ sample_id: "" })]), "WRONG-TYPE"],
    ["a sample_id that is null", JSON.stringify([row({ sample_id: null })]), "WRONG-TYPE"],
    ["a sample twice", JSON.stringify([row(), row()]), "REPEATED-SAMPLE"],
    ["a sample twice, as number and text", JSON.stringify([row({ sample_id: 1 }), row({ sample_id: "1" })]), "REPEATED-SAMPLE"],
    ["no target", '[{"sample_id":"a","prediction":0}]', "MISSING-FIELD"],
    ["a target that is null", JSON.stringify([row({ target: null })]), "WRONG-TYPE"],
    ["a target that is true", JSON.stringify([row({ target: true })]), "WRONG-TYPE"],
    ["a class that is no whole number", JSON.stringify([row({ target: 1.5, prediction: 1 })]), "WRONG-TYPE"],
    ["a class beyond 2^53", '[{"sample_id":"a","target":9007199254740993,"prediction":1}]', "WRONG-TYPE"],
    ["no prediction", '[{"sample_id":"a","target":0}]', "MISSING-FIELD"],
    ["a prediction that is a list", JSON.stringify([row({ prediction: ["x"] })]), "WRONG-TYPE"],
    ["texts and numbers", JSON.stringify([row({ prediction: 1 })]), "MIXED-CLASSES"],
    ["an unknown field", JSON.stringify([row({ score: [1] })]), "UNKNOWN-FIELD"],
    ["scores that are a text", JSON.stringify([row({ scores: "0.5" })]), "WRONG-TYPE"],
    ["a score that is a text", JSON.stringify([row({ scores: ["0.5"] })]), "WRONG-SCORE"],
    ["a score that is null", JSON.stringify([row({ scores: { x: null, y: 1 } })]), "WRONG-SCORE"],
    ["a score that is beyond all doubles", '[{"sample_id":"a","target":0,"prediction":0,"scores":[1e999]}]', "NOT-JSON"],
    [
      "arrays and objects of scores",
      JSON.stringify([row({ scores: [1, 0] }), row({ sample_id: "b", scores: { x: 1, y: 0 } })]),
      "MIXED-SCORES"
    ],
    ["arrays of several lengths", JSON.stringify([row({ scores: [1, 0] }), row({ sample_id: "b", scores: [1] })]), "SCORE-COUNT"],
    [
      "objects of other classes",
      JSON.stringify([row({ scores: { x: 1, y: 0 } }), row({ sample_id: "b", scores: { x: 1, z: 0 } })]),
      "SCORE-CLASSES"
    ],
    [
      "names of scores that are no whole numbers",
      JSON.stringify([row({ target: 1, prediction: 1, scores: { "01": 1, "1": 0 } })]),
      "SCORE-CLASSES"
    ]
  ])("for %s", (_, text, code) => {
    expect(codes(text)).toEqual([code])
  })

  it("for a file of targets, which is not needed", () => {
    const file = { name: "t.json", bytes: new TextEncoder().encode("[]") }
    expect(classification.files?.read({ predictions: { ...file, name: "p.json" }, targets: [file] }, {})).toMatchObject({
      ok: false,
      diagnostics: [{ code: "classification/NO-TARGETS-FILE", file: "t.json", help: "leave --targets out" }]
    })
  })

  it("with every mistake at once, each at its place, in the order of the file", () => {
    const text = `[
  {"sample_id": "a", "target": "x", "prediction": "x", "scors": [1]},
  {"sample_id": "b", "target": 3, "prediction": 1.5},
   {"sample_id": "a", "target": "x", "prediction": "y", "target": "y"}
]`
    expect(
      refusal(text).map(({ code, file, line, column, field, sample_id }) => [code.split("/")[1], file, line, column, field, sample_id])
    ).toEqual([
      ["UNKNOWN-FIELD", "answers.json", 2, 3, "[0].scors", "a"],
      ["MIXED-CLASSES", "answers.json", 3, 3, "[1].target", "b"],
      ["WRONG-TYPE", "answers.json", 3, 3, "[1].prediction", "b"],
      ["REPEATED-SAMPLE", "answers.json", 4, 4, "[2].sample_id", "a"],
      ["REPEATED-KEY", "answers.json", 4, 57, "target", undefined]
    ])
    expect(refusal(text)[0]).toMatchObject({
      message: "scors of element 0 is unknown",
      expected: "sample_id, target, prediction, scores",
      help: "did you mean scores?"
    })
  })

  it("with the place at which it stops being JSON", () => {
    expect(refusal('[\n  {"sample_id": NaN}\n]')).toEqual([
      {
        code: "classification/NOT-JSON",
        severity: "error",
        message: "JSON has no NaN and no infinity",
        file: "answers.json",
        line: 2,
        column: 17,
        expected: "a value",
        actual: "NaN",
        help: "an answer that is missing is written as null"
      }
    ])
  })

  it("with a hundred mistakes told and the others counted", () => {
    const found = refusal(JSON.stringify(Array.from({ length: 250 }, (_, index) => row({ sample_id: index, target: null }))))
    expect(found).toHaveLength(101)
    expect(found.at(-1)).toMatchObject({ code: "classification/MORE-MISTAKES", count: 150 })
  })
})

describe("the options of the command line", () => {
  const decode = classification.files?.decodeOptions
  it("are a k and the classes of the scores, and nothing else", () => {
    expect(decode?.({})).toEqual({ ok: true, value: {} })
    expect(decode?.({ k: "5", classes: "a,b" })).toEqual({ ok: true, value: { k: 5, classes: "a,b" } })
    for (const k of ["0", "-1", "1.5", "", "two", "01"]) expect(decode?.({ k })).toMatchObject({ ok: false, mistakes: [{ path: ["k"] }] })
    expect(decode?.({ clases: "a" })).toMatchObject({ ok: false, mistakes: [{ problem: "unknown-key", suggestion: "classes" }] })
  })
})
