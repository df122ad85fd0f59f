/** Files that are to be scored: what is read, and where everything that is wrong with them is. */
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import {
  cappedDiagnostics,
  type Diagnostic,
  keyMistakes,
  optionsFrom,
  optionsOfTexts,
  readScoreJson,
  readScoreRows,
  readScoreText,
  scoreDiagnostics,
  scoreText
} from "../../src/index.ts"

const codes = {
  emptyFile: "pack/EMPTY-FILE",
  notText: "pack/NOT-TEXT",
  byteOrderMark: "pack/BYTE-ORDER-MARK",
  notJson: "pack/NOT-JSON",
  repeatedKey: "pack/REPEATED-KEY",
  notAList: "pack/NOT-A-LIST",
  noSample: "pack/NO-SAMPLE",
  notAnObject: "pack/NOT-AN-OBJECT",
  unknownKey: "pack/UNKNOWN-KEY",
  missingField: "pack/MISSING-FIELD",
  wrongId: "pack/WRONG-ID",
  repeatedSample: "pack/REPEATED-SAMPLE"
}

const fileOf = (content: string | ReadonlyArray<number>) => ({
  name: "answers.json",
  bytes: typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content)
})

const jsonOf = (text: string, listKey?: string) => {
  const read = readScoreJson(fileOf(text), codes, listKey)
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  return read.json
}

const refusal = (text: string): Diagnostic => {
  const read = readScoreJson(fileOf(text), codes)
  const [first, ...others] = read.ok ? [] : read.diagnostics
  if (first === undefined || others.length > 0) throw new Error(`not refused once: ${text}`)
  return first
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe("the text of a file", () => {
  it("knows the line and the column of every offset, and of its end", () => {
    const { placeOf } = scoreText("a", "ab\r\n\nc\n")
    expect([0, 2, 3, 4, 5, 6, 7].map(placeOf)).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 3 },
      { line: 1, column: 4 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 3, column: 2 },
      { line: 4, column: 1 }
    ])
    expect(scoreText("a", "").placeOf(0)).toEqual({ line: 1, column: 1 })
  })

  it("is refused without a byte, with what should stand there", () => {
    expect(readScoreText(fileOf(""), codes, "one segment on each line")).toEqual({
      ok: false,
      diagnostics: [
        {
          code: "pack/EMPTY-FILE",
          severity: "error",
          message: "the file is empty",
          file: "answers.json",
          expected: "one segment on each line",
          actual: "0 bytes"
        }
      ]
    })
  })

  it("is refused with a byte order mark", () => {
    expect(readScoreText(fileOf("\ufeff[]"), codes, "")).toMatchObject({
      diagnostics: [{ code: "pack/BYTE-ORDER-MARK", line: 1, column: 1, actual: "EF BB BF" }]
    })
    expect(readScoreText(fileOf("[\ufeff]"), codes, "")).toMatchObject({ ok: true, text: { text: "[\ufeff]" } })
  })

  it("is refused with line, column and byte of everything that is not UTF-8", () => {
    const bytes = [0x61, 0x0a, 0xc3, 0xa9, 0xff, 0x0a, 0xe2, 0x82, 0x0a, 0x62, 0xe2, 0x82, 0x41]
    const read = readScoreText(fileOf(bytes), codes, "")
    expect(read.ok ? [] : read.diagnostics.map(({ line, column, byte_offset, actual }) => [line, column, byte_offset, actual])).toEqual([
      [2, 2, 4, "byte 0xff"],
      [3, 1, 8, "a character cut off"],
      [4, 2, 12, "byte 0x41"]
    ])
  })
})

describe("JSON", () => {
  const sound = [
    '{"a":[1,-2.5e3,true,null,"\\u00e9\\n\\"x\\""]}',
    "[]",
    "{}",
    " \t\r\n[ 1 , 2 ]  ",
    '"😀"',
    '{"__proto__":{"x":1},"constructor":2}',
    "-0",
    "0.5E+10",
    '["\\ud83d"]',
    "false",
    `["${"long ".repeat(2000)}"]`,
    `${"[".repeat(64)}${"]".repeat(64)}`,
    `[${"1".repeat(308)}]`
  ]
  const unsound = ["01", "+1", ".5", "1.", "1e", "1e+", "-", "tru", "truer", "nullx", "1x", "'a'", '"\\x"', '"\\u12g4"', '"a\nb"', "[1 2]"]
  const more = [
    '{"a" 1}',
    "{a:1}",
    "[",
    "{",
    "[1",
    '{"a":1',
    '{"a":',
    '{"a"}',
    "[1,]",
    '{"a":1,}',
    '"a',
    '"\\',
    "[]]",
    "[] []",
    "/**/1",
    ""
  ]

  it.each(sound)("is read as JSON.parse reads it: %#", (text) => {
    const { value, mistakes } = jsonOf(text)
    expect(mistakes).toEqual([])
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)))
  })

  it.each([...unsound, ...more])("is refused where JSON.parse refuses it: %j", (text) => {
    expect(parses(text)).toBe(false)
    expect(refusal(text)).toMatchObject({ severity: "error", file: "answers.json" })
  })

  it("is taken or refused as JSON.parse does with every character of a text changed, taken out or put in", () => {
    const text = '[{"a\\u0041":-1.5e+3,"b":[true,null,false]},"x\\n",{"c":{}},[],0]'
    const characters = ["", '"', "\\", ",", ":", "[", "]", "{", "}", "0", "1", "-", "+", ".", "e", "t", "u", " ", "\n", "\u0001", "é"]
    let taken = 0
    let refused = 0
    for (let at = 0; at <= text.length; at += 1)
      for (const character of characters)
        for (const gone of [0, 1]) {
          const changed = `${text.slice(0, at)}${character}${text.slice(at + gone)}`
          const read = readScoreJson(fileOf(changed), codes)
          if (read.ok !== parses(changed)) expect(`${changed} is ${read.ok}`).toBe(parses(changed))
          if (read.ok) taken += 1
          else refused += 1
        }
    expect([taken + refused, taken > 300, refused > 1000]).toEqual([(text.length + 1) * characters.length * 2, true, true])
  })

  it.each([
    ['[\n{"a": NaN}]', 2, 7, "JSON has no NaN and no infinity", "a value", "NaN", "an answer that is missing is written as null"],
    ["[-Infinity]", 1, 2, "JSON has no NaN and no infinity", "a value", "-Infinity", "an answer that is missing is written as null"],
    ["[None]", 1, 2, "this is no JSON", "a value", "None", "JSON has true, false and null"],
    ['{"a": 1,}', 1, 9, "this is no JSON", "a key in double quotes", "}", "remove the comma before it"],
    ["[1,]", 1, 4, "this is no JSON", "a value", "]", "remove the comma before it"],
    ["[1 2]", 1, 4, "this is no JSON", '"," or "]"', "2", "write the file with a JSON library"],
    ['{"a" 1}', 1, 6, "this is no JSON", '":" after the key', "1", "write the file with a JSON library"],
    ['{"a":1 "b"}', 1, 8, "this is no JSON", '"," or "}"', '"', "write the file with a JSON library"],
    ['{"a":1}\n{"a":2}', 2, 1, "this is no JSON", "the end of the file", "{", "put the values into one list: [ first, second ]"],
    ["['a']", 1, 2, "this is no JSON", "a value", "'", "a string stands in double quotes"],
    ["[1, // one\n2]", 1, 5, "this is no JSON", "a value", "//", "JSON has no comments"],
    ["[", 1, 2, "this is no JSON", "a value", "the end of the file", "write the file with a JSON library"],
    ['["abc', 1, 2, "this is no JSON", 'a closing " for this string', '"', "write the file with a JSON library"],
    ['["a\nb"]', 1, 2, "this is no JSON", 'a closing ", or \\n for a line break in a string', '"', "write the file with a JSON library"],
    [
      "[-1e999]",
      1,
      2,
      "this number is too large",
      "a number that a double holds (up to 1.8e308)",
      "-1e999",
      "write the value that was meant"
    ],
    [`[${"9".repeat(309)}]`, 1, 2, "this number is too large", "a number that a double holds (up to 1.8e308)", "9".repeat(40), undefined],
    ["[".repeat(100_000), 1, 65, "this is nested too deep", "at most 64 levels of brackets", "[", undefined]
  ])("is refused with place, expectation and way out: %#", (text, line, column, message, expected, actual, help) => {
    expect(refusal(text)).toMatchObject({
      code: "pack/NOT-JSON",
      line,
      column,
      message,
      expected,
      actual,
      ...(help === undefined ? {} : { help })
    })
  })

  it("has the keys that stand twice in one object, however they are spelt, with the element in which they do", () => {
    const { mistakes, ambiguous, value } = jsonOf('[{"a":1},\n {"b":{"a":1,"\\u0061":2},"a":3}, {"a":1}]')
    expect(mistakes).toEqual([
      {
        code: "pack/REPEATED-KEY",
        offset: 23,
        field: "a",
        message: "a key is given twice in one object",
        expected: "every key once",
        actual: '"a"',
        help: "delete one of the two"
      }
    ])
    expect([...ambiguous]).toEqual([1])
    expect(value).toEqual([{ a: 1 }, { b: { a: 2 }, a: 3 }, { a: 1 }])
  })

  it("finds them among many keys too", () => {
    const keys = Array.from({ length: 60 }, (_, index) => `"k${index}":0`)
    expect(jsonOf(`{${keys.join(",")}}`).mistakes).toEqual([])
    for (const again of [0, 15, 16, 17, 59])
      expect(jsonOf(`{${[...keys, `"k${again}":0`].join(",")}}`).mistakes.map(({ field }) => field)).toEqual([`k${again}`])
  })

  it("knows where the elements of the outermost list begin, and no others", () => {
    expect(jsonOf('[[1], {"a": [2, 3]},\n 4]').elements).toEqual([1, 6, 22])
    expect(jsonOf('{"a": [2, 3]}').elements).toEqual([])
  })

  it("knows where the elements of a list under a key of the outermost object begin", () => {
    const text = '{"models": {"samples": [1]}, "samples": [5, {"samples": [6]}], "others": [7]}'
    expect(jsonOf(text, "samples").elements.map((offset) => text[offset])).toEqual(["5", "{"])
    expect(jsonOf("[8, 9]", "samples").elements).toEqual([1, 4])
  })

  it("takes the last list where its key stands twice, and counts no key behind it among its elements", () => {
    const { elements, value, mistakes, ambiguous } = jsonOf('{"samples": [1, 2], "samples": [{}], "a": 0, "a": 0}', "samples")
    expect(elements).toEqual([32])
    expect(value).toEqual({ samples: [{}], a: 0 })
    expect(mistakes.map(({ field }) => field)).toEqual(["samples", "a"])
    expect([...ambiguous]).toEqual([-1])
  })

  it("takes no key for a prototype", () => {
    const { value } = jsonOf('{"__proto__": {"sample_id": "a"}}')
    expect(Object.keys(Object(value))).toEqual(["__proto__"])
    expect(Reflect.get(Object(value), "sample_id")).toBeUndefined()
  })
})

describe("mistakes", () => {
  it("are told in the order of the file, those of one place in the order in which they were found", () => {
    const text = scoreText("answers.json", "a\nb\nc")
    const mistakes = [
      { code: "pack/A", message: "third", offset: 4 },
      { code: "pack/B", message: "second", offset: 2, field: "x" },
      { code: "pack/C", message: "fourth", offset: 4 },
      { code: "pack/D", message: "first" }
    ]
    expect(scoreDiagnostics(text, mistakes)).toEqual([
      { code: "pack/D", severity: "error", message: "first", file: "answers.json" },
      { code: "pack/B", severity: "error", message: "second", file: "answers.json", line: 2, column: 1, field: "x" },
      { code: "pack/A", severity: "error", message: "third", file: "answers.json", line: 3, column: 1 },
      { code: "pack/C", severity: "error", message: "fourth", file: "answers.json", line: 3, column: 1 }
    ])
  })

  it("are told a hundred times and then counted", () => {
    const many = Array.from({ length: 103 }, (_, index): Diagnostic => ({ code: `pack/${index}`, severity: "error", message: "" }))
    expect(cappedDiagnostics(many.slice(0, 100), "pack/MORE")).toEqual(many.slice(0, 100))
    expect(cappedDiagnostics(many, "pack/MORE").slice(99)).toEqual([
      many[99],
      { code: "pack/MORE", severity: "error", message: "and 3 more", count: 3, help: "mend the first ones and score again" }
    ])
  })
})

describe("rows", () => {
  const keys = { required: ["sample_id", "target"], optional: ["note"] }
  const rowsOf = (text: string) => {
    const read = readScoreRows(fileOf(text), codes, keys)
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
    return read
  }

  it("are the objects of the list, each with its id, its place and its fields", () => {
    const { rows, ids, mistakes } = rowsOf('[\n{"sample_id": "a", "target": 1},\n{"sample_id": "b", "target": 2, "note": 3}]')
    expect(mistakes).toEqual([])
    expect([...ids]).toEqual(["a", "b"])
    expect(rows).toEqual([
      { sample_id: "a", offset: 2, fields: { sample_id: "a", target: 1 }, sound: true },
      { sample_id: "b", offset: 35, fields: { sample_id: "b", target: 2, note: 3 }, sound: true }
    ])
  })

  it("are handed on with what is wrong with their ids and keys, all of it at once", () => {
    const { text, rows, ids, mistakes } = rowsOf(
      '[\n{"sample_id": "a", "traget": 1},\n{"sample_id": 5, "target": 2, "q": 3},\n7,\n{"sample_id": "a", "target": 2},\n{"target": 1}]'
    )
    expect(
      scoreDiagnostics(text, mistakes).map(({ code, line, sample_id, field, message, help }) => [
        code,
        line,
        sample_id,
        field,
        message,
        help
      ])
    ).toEqual([
      ["pack/MISSING-FIELD", 2, "a", "target", '"target" is required and missing', undefined],
      ["pack/UNKNOWN-KEY", 2, "a", "traget", 'unknown key "traget"', 'did you mean "target"?'],
      ["pack/UNKNOWN-KEY", 3, undefined, "q", 'unknown key "q"', "delete it; known are sample_id, target, note"],
      ["pack/WRONG-ID", 3, undefined, "sample_id", "this is no id", 'write "5"'],
      ["pack/NOT-AN-OBJECT", 4, undefined, undefined, "a row is no object", undefined],
      ["pack/REPEATED-SAMPLE", 5, "a", "sample_id", "two rows have the same id", "keep one of them; the first begins on line 2"],
      ["pack/MISSING-FIELD", 6, undefined, "sample_id", '"sample_id" is required and missing', undefined]
    ])
    expect(rows.map(({ sample_id, sound }) => [sample_id, sound])).toEqual([
      ["a", false],
      ["", false],
      ["a", false],
      ["", false]
    ])
    expect([...ids]).toEqual(["a"])
  })

  it("have keys that are named by their path where they are within another object", () => {
    const mistakes = keyMistakes({ required: ["x"], optional: [] }, codes)({ y: 1, z: 2 }, { offset: 3, field: "target" })
    expect(mistakes.map(({ code, offset, field, help }) => [code, offset, field, help])).toEqual([
      ["pack/MISSING-FIELD", 3, "target.x", undefined],
      ["pack/UNKNOWN-KEY", 3, "target.y", 'did you mean "x"?'],
      ["pack/UNKNOWN-KEY", 3, "target.z", 'did you mean "x"?']
    ])
  })

  it("with a key twice are not looked at, and their id is taken", () => {
    const { rows, ids, mistakes } = rowsOf('[{"sample_id": "a", "target": 1, "target": 2, "q": 1}, {"sample_id": "a", "target": 1}]')
    expect(mistakes.map(({ code }) => code)).toEqual(["pack/REPEATED-KEY", "pack/REPEATED-SAMPLE"])
    expect(rows).toHaveLength(1)
    expect([...ids]).toEqual(["a"])
  })

  it.each([
    ['{"a": 1}', "pack/NOT-A-LIST", "the file is no list"],
    ["[]", "pack/NO-SAMPLE", "the list is empty"],
    ["[1,]", "pack/NOT-JSON", "this is no JSON"]
  ])("are refused where there is no list of them: %s", (text, code, message) => {
    expect(readScoreRows(fileOf(text), codes, keys)).toMatchObject({ ok: false, diagnostics: [{ code, message, line: 1 }] })
  })
})

describe("options of texts", () => {
  const Options = Schema.Struct({
    bound: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
    strict: Schema.optionalKey(Schema.Boolean),
    label: Schema.optionalKey(Schema.String)
  })
  const decode = optionsOfTexts(optionsFrom(Options), ["label"])

  it("are numbers, flags and texts", () => {
    expect(decode({ bound: "2.5e-1", strict: "false", label: "7" })).toEqual({
      ok: true,
      value: { bound: 0.25, strict: false, label: "7" }
    })
    expect(decode({ bound: ".5" })).toEqual({ ok: true, value: { bound: 0.5 } })
    expect(decode({})).toEqual({ ok: true, value: {} })
  })

  it("are refused where a number is none, or out of range", () => {
    for (const bound of ["", "0", "-1", "NaN", "Infinity", "1e999", "1,5", " 1", "0x1", "01", ".", "1e"])
      expect(decode({ bound }), bound).toMatchObject({ ok: false, mistakes: [{ path: ["bound"], problem: "invalid" }] })
    expect(decode({ strict: "yes" })).toMatchObject({ ok: false, mistakes: [{ path: ["strict"], actual: '"yes"' }] })
  })

  it("are refused by an unknown name, with the nearest one", () => {
    expect(decode({ bond: "1" })).toMatchObject({ ok: false, mistakes: [{ problem: "unknown-key", suggestion: "bound" }] })
  })
})
