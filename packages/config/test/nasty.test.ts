/** Inputs that want to be misread, each with the place and the words of its refusal. */
import { describe, expect, it } from "vitest"
import { type Format, parseDocument } from "../src/index.ts"
import { problemsOf, read } from "./check.ts"

type Row = readonly [what: string, text: string, ...problems: ReadonlyArray<string>]

const table = (format: Format, rows: ReadonlyArray<Row>): void => {
  describe(`${format} refuses`, () => {
    for (const [what, text, ...problems] of rows) {
      it(what, () => {
        expect(problemsOf(format, text)).toEqual(problems)
      })
    }
  })
}

const doubleDate = "the date or time"

table("toml", [
  ["two equal signs", "a = 1\nb = = 2\n", "2:5 FT1001 invalid value"],
  ["a key without a value", "a =\n", "1:4 FT1001 invalid value"],
  ["a bare word", "split = hash", "1:9 FT1001 invalid value"],
  ["two pairs on one line", "a = 1 b = 2", "1:7 FT1001 each key-value declaration must be followed by an end-of-line"],
  ["a string that is never closed", 'a = "x\nb = 1', "1:7 FT1001 control characters are not allowed in strings"],
  ["a leading zero", "a = 007", "1:5 FT1001 illegal leading zero"],
  ["a key that comes twice", "a = 1\nb = 2\na = 3", '3:1 FT1005 duplicate key "a": first at 1:1'],
  ["a key that comes twice in two spellings", `a = 1\r\n"\\u0061" = 3`, '2:1 FT1005 duplicate key "a": first at 1:1'],
  ["a table that comes twice", "[a]\nx = 1\n[a]\n", '3:2 FT1005 duplicate key "a": first at 1:2'],
  ["a table where an array of tables is", "[[a]]\n[a]\n", '2:2 FT1005 duplicate key "a": first at 1:3'],
  ["an array of tables where a table is", "[a]\n[[a]]\n", '2:3 FT1005 duplicate key "a": first at 1:2'],
  ["a key below a value", "a = 1\na.b = 2", '2:1 FT1005 duplicate key "a": first at 1:1'],
  ["a table that dotted keys made", "a.b = 1\n[a]\nc = 2", "2:2 FT1005 this key or table is defined already"],
  ["a key that comes twice in an inline table", "a = {b = 1, b = 2}", '1:13 FT1005 duplicate key "b": first at 1:6'],
  ["a date", "x = 1\n  day = 2026-11-21", `2:9 FT1008 ${doubleDate} 2026-11-21 stands without quotes`],
  [
    "a date with a space before its time",
    "t = 1979-05-27 07:32:00Z",
    `1:5 FT1008 ${doubleDate} 1979-05-27 07:32:00Z stands without quotes`
  ],
  ["a time", "t = [07:32:00]", `1:6 FT1008 ${doubleDate} 07:32:00 stands without quotes`],
  ["a date that does not exist", "t = 2026-13-21", `1:5 FT1008 ${doubleDate} 2026-13-21 stands without quotes`],
  [
    "numbers that are none, all of them",
    "a = nan\nb = -inf\nc = [1e999,\n 1e-999]",
    "1:5 FT1004 nan is not a number that can be used here",
    "2:5 FT1004 -inf is not a number that can be used here",
    "3:6 FT1004 the number 1e999 is too large for a double",
    "4:2 FT1004 the number 1e-999 is too small for a double and would become 0"
  ],
  [
    "the reserved key",
    "__proto__.polluted = true\n[x.__proto__]\nz = 1",
    '1:1 FT1002 the key "__proto__" is refused everywhere',
    '2:4 FT1002 the key "__proto__" is refused everywhere'
  ],
  ["nested brackets", `a = ${"[".repeat(100)}`, "1:68 FT1006 nested deeper than 64 levels (limit maxDepth)"],
  ["nested names", `a${".a".repeat(100)} = 1`, "1:129 FT1006 nested deeper than 64 levels (limit maxDepth)"],
  ["nested headers", `[a${".a".repeat(63)}]`, "1:128 FT1006 nested deeper than 64 levels (limit maxDepth)"],
  ["a number without end", `a = ${"9".repeat(5000)}`, "1:5 FT1006 a number of 5000 characters; at most 4096 are read (limit maxDigits)"],
  ["a byte order mark", "\uFEFFa = 1", "1:1 FT1007 the text starts with a byte order mark"],
  ["a lone surrogate", "a = 1\nb = '\ud800'", "2:6 FT1007 the text holds a lone surrogate"],
  ["NUL", "a = 1\nb = \u0000", "2:5 FT1007 the text holds a NUL character"]
])

table("yaml", [
  ["a tab as indentation", "a:\n\tb: 1\n", "2:1 FT1001 a tab is used as indentation"],
  ["a key that comes twice", "a: 1\nb: 2\na: 3", '3:1 FT1005 duplicate key "a": first at 1:1'],
  ["a key that comes twice in two spellings", `{1: a, "1": b}`, '1:8 FT1005 duplicate key "1": first at 1:2'],
  ["a date", "x: 1\nday: 2026-11-21", "2:6 FT1008 the date 2026-11-21 stands without quotes"],
  ["a date and time", "- 2001-12-14 21:59:43.10 -5", "1:3 FT1008 the date 2001-12-14 21:59:43.10 -5 stands without quotes"],
  ["leading zeros", "mode: 0755", "1:7 FT1008 0755 has leading zeros, which YAML 1.1 reads as octal"],
  [
    "tags, all of them",
    "a: !!js/function 'x'\nb: !foo\n  c: 1\nd: !!str |\n  x\n? !k z\n: 1",
    "1:4 FT1001 the tag !!js/function is refused: a document is plain data",
    "2:4 FT1001 the tag !foo is refused: a document is plain data",
    "4:4 FT1001 the tag !!str is refused: a document is plain data",
    "6:3 FT1001 the tag !k is refused: a document is plain data"
  ],
  ["a tag on the document", "--- !!map\na: 1", "1:5 FT1001 the tag !!map is refused: a document is plain data"],
  ["a merge key", "x: &x {a: 1}\ny:\n  <<: *x", "3:3 FT1001 merge keys (<<) are refused"],
  ["an unknown alias", "a: *y", "1:4 FT1001 the alias *y has no anchor before it"],
  ["an alias that stands inside its own anchor", "d: &z {e: *z}", "1:11 FT1001 the alias *z stands inside its own anchor"],
  ["a merge-key loop", "a: &a\n  <<: *a", "2:3 FT1001 merge keys (<<) are refused", "2:7 FT1001 the alias *a stands inside its own anchor"],
  ["directives", "%YAML 1.1\n---\na: 1", "1:1 FT1001 YAML directives are refused"],
  ["a second document", "a: 1\n---\nb: 2", "2:1 FT1001 a second document starts here"],
  ["nothing at all", "# only a comment\n", "1:1 FT1001 the document is empty"],
  ["a mapping inside a value", "a: 1\n b: 2", "1:4 FT1001 a mapping starts inside a value"],
  ["an open bracket", "a: [1", "1:6 FT1001 a bracket is not closed where the text goes on"],
  ["an open string", "a: 'x", "1:6 FT1001 a string is not closed"],
  ["a key that is a list", "? [a]\n: 1", "1:3 FT1001 a key must be a plain string"],
  ["a missing key", ": x", "1:1 FT1001 a key is missing"],
  [
    "numbers that are none",
    "a: .inf\nb: .nan\nc: 1e999",
    "1:4 FT1004 .inf is not a number that can be used here",
    "2:4 FT1004 .nan is not a number that can be used here",
    "3:4 FT1004 the number 1e999 is too large for a double"
  ],
  ["a lone surrogate in an escape", 'a: "\\ud800"', "1:4 FT1007 the string holds a lone surrogate"],
  ["the reserved key", "a:\n  __proto__: {b: 1}", '2:3 FT1002 the key "__proto__" is refused everywhere'],
  ["20 000 nested brackets", `a: ${"[".repeat(20_000)}`, "1:68 FT1006 nested deeper than 64 levels (limit maxDepth)"],
  ["20 000 nested dashes", `${"- ".repeat(20_000)}a`, "1:129 FT1006 nested deeper than 64 levels (limit maxDepth)"],
  ["a number without end", `a: ${"9".repeat(5000)}`, "1:4 FT1006 a number of 5000 characters; at most 4096 are read (limit maxDigits)"]
])

table("json", [
  ["a key that comes twice", '{"a": 1,\n "a": 2}', '2:2 FT1005 duplicate key "a": first at 1:2, again at 2:2'],
  ["NaN", "[NaN]", "1:2 FT1004 `NaN` is not a JSON value: JSON has no such number"],
  ["a lone surrogate", '["\\ud800"]', "1:2 FT1007 the string holds a lone surrogate, which no UTF-8 text can carry"],
  ["a byte order mark", "\uFEFF{}", "1:1 FT1007 the text starts with a byte order mark"],
  ["the reserved key", '{"a": {"__proto__": {"polluted": 1}}}', '1:8 FT1002 the key "__proto__" is refused everywhere'],
  ["100 000 nested brackets", "[".repeat(100_000), "1:65 FT1006 nested deeper than 64 levels (limit maxDepth)"],
  ["a million values", `[${"1,".repeat(1_000_000)}1]`, "1:199999 FT1006 more than 100000 values (limit maxNodes)"],
  ["a comment", "{\n// x\n}", "2:1 FT1001 expected a key in double quotes or `}`, found `/`"]
])

describe("limits", () => {
  it("are named when an alias bomb goes off", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(", ")}]`)
    const bomb = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]", ...levels].join("\n")
    expect(problemsOf("yaml", bomb)).toEqual(["4:45 FT1006 aliases add more than 10000 values (limit maxAliasNodes)"])
  })

  it("are met early in many values, in every format", () => {
    const many = 3000
    const limits = { maxNodes: 1000 }
    expect(problemsOf("toml", `a = [${"1,".repeat(many)}]`, limits)).toEqual(["1:2004 FT1006 more than 1000 values (limit maxNodes)"])
    expect(problemsOf("yaml", "- 1\n".repeat(many), limits)).toEqual(["1000:3 FT1006 more than 1000 values (limit maxNodes)"])
    expect(problemsOf("yaml", "- 1\n".repeat(many), { maxTokens: 1001 })).toEqual([
      "201:1 FT1006 more than 1001 YAML tokens (limit maxTokens)"
    ])
    expect(problemsOf("json", `[${"1,".repeat(many)}1]`, limits)).toEqual(["1:1999 FT1006 more than 1000 values (limit maxNodes)"])
  })

  it("count bytes and not characters", () => {
    const parsed = parseDocument({ text: 'a = "éé€😀"', file: "run.toml", format: "toml", limits: { maxBytes: 16 } })
    expect(parsed).toMatchObject({
      ok: false,
      diagnostics: [{ code: "FT1006", file: "run.toml", message: expect.stringContaining("17 bytes") }]
    })
    expect(parseDocument({ text: 'a = "éé€😀"', file: "run.toml", format: "toml", limits: { maxBytes: 17 } }).ok).toBe(true)
  })

  it("do not count what stands in strings", () => {
    expect(problemsOf("json", `["\\"${",".repeat(20)}"]`, { maxNodes: 10 })).toEqual([])
    expect(problemsOf("json", `["${"[".repeat(100)}"]`)).toEqual([])
    expect(problemsOf("toml", `a = "${"[".repeat(100)}"`)).toEqual([])
    expect(problemsOf("yaml", `a: "${"[".repeat(100)}"`)).toEqual([])
  })

  it("let 64 levels through", () => {
    expect(problemsOf("json", "[".repeat(64) + "]".repeat(64))).toEqual([])
    expect(problemsOf("yaml", "[".repeat(64) + "]".repeat(64))).toEqual([])
    expect(problemsOf("toml", `a = ${"[".repeat(63)}${"]".repeat(63)}`)).toEqual([])
    expect(problemsOf("toml", `[a${".a".repeat(62)}]`)).toEqual([])
    expect(problemsOf("toml", `[[a]]\n[a${".b".repeat(61)}]`)).toEqual([])
    expect(problemsOf("toml", `[[a]]\n[a${".b".repeat(62)}]`)).toEqual(["2:126 FT1006 nested deeper than 64 levels (limit maxDepth)"])
  })
})

describe("values are kept", () => {
  it("without loss in integers, the sign of zero and words", () => {
    expect(read("yaml", "n: 9007199254740993\nz: -0\nh: 0x10\no: 0o17\nw: no\nx: on\nt: 12:30\nv: 1.10").value).toEqual({
      n: 9007199254740993n,
      z: -0,
      h: 16,
      o: 15,
      w: "no",
      x: "on",
      t: "12:30",
      v: 1.1
    })
    expect(read("json", "[9007199254740993, -0, 9007199254740991]").value).toEqual([9007199254740993n, -0, 9007199254740991])
    expect(read("toml", "a = 9007199254740993\nb = -0.0\nc = 0xDEAD_BEEF\nd = -9007199254740992").value).toEqual({
      a: 9007199254740993n,
      b: -0,
      c: 0xdeadbeef,
      d: -9007199254740992n
    })
  })

  it("as plain data when keys are named like members of objects", () => {
    for (const [format, text] of [
      ["toml", "constructor.prototype.polluted = 1"],
      ["yaml", "constructor: {prototype: {polluted: 1}}"],
      ["json", '{"constructor": {"prototype": {"polluted": 1}}}']
    ] as const) {
      const { value } = read(format, text)
      expect(Object.keys(value ?? {})).toEqual(["constructor"])
      expect(Object.getPrototypeOf(value)).toBe(null)
      expect(Reflect.get({}, "polluted")).toBe(undefined)
    }
  })

  it("when an alias repeats them, with the meaning it has where it stands", () => {
    expect(read("yaml", "a: &x [1]\nb: *x\nc: &x [2]\nd: *x\ne: &y [*x, *x]\nf: *y").value).toEqual({
      a: [1],
      b: [1],
      c: [2],
      d: [2],
      e: [[2], [2]],
      f: [[2], [2]]
    })
    expect(read("yaml", "a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y").value).toEqual({ a: 1, b: [1], c: 2, d: [1] })
  })
})
