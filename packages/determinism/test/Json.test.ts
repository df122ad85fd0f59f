import { describe, expect, it } from "vitest"
import { Json, JsonSyntaxError, type JsonValue } from "../src/index.ts"

const value = (text: string): JsonValue => Json.parseOrThrow(text)

const problems = (text: string, options?: { maxDepth?: number; maxBytes?: number }): ReadonlyArray<string> => {
  const result = Json.parse(text, options)
  return result.ok ? [] : result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

const positionsOf = (text: string) => {
  const result = Json.parse(text)
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"))
  return result.positions
}

describe("values", () => {
  it("agrees with JSON.parse where JSON.parse loses nothing", () => {
    const texts = [
      "null",
      "true",
      " false\n",
      "0",
      "-1",
      "1.5e3",
      "5e-324",
      "1e21",
      "9007199254740991",
      '""',
      '"\\u0041\\n\\t\\"\\\\\\/\\b\\f\\r\u{1F9E0}"',
      '"\\ud83e\\udde0"',
      "[]",
      "[[],[[]],{}]",
      '{"a":[1,2,{"b":null}],"":0}',
      '\t{ "x" :\r\n[ 1 , 2 ] }'
    ]
    for (const text of texts) expect(value(text), text).toEqual(JSON.parse(text))
  })

  it("reads integers outside the safe range as bigint and those inside as number", () => {
    expect(value("9007199254740991")).toBe(9007199254740991)
    expect(value("9007199254740992")).toBe(9007199254740992n)
    expect(value("9007199254740993")).toBe(9007199254740993n)
    expect(value("-9007199254740993")).toBe(-9007199254740993n)
    expect(value("18446744073709551615")).toBe(18446744073709551615n)
    expect(value(`1${"0".repeat(400)}`)).toBe(10n ** 400n)
  })

  it("keeps the sign of zero", () => {
    for (const text of ["-0", "-0.0", "-0e5"]) expect(Object.is(value(text), -0), text).toBe(true)
    expect(Object.is(value("0"), 0)).toBe(true)
  })

  it("keeps __proto__ and constructor as data", () => {
    const parsed = value('{"__proto__":{"polluted":1},"constructor":{"prototype":2},"toString":3}')
    expect(Object.keys(Object(parsed))).toEqual(["__proto__", "constructor", "toString"])
    expect(Object.getPrototypeOf(parsed)).toBe(null)
    expect(Reflect.get({}, "polluted")).toBe(undefined)
  })
})

describe("refusals", () => {
  const cases: ReadonlyArray<readonly [text: string, problem: string]> = [
    ["", "1:1 expected a value, found the end of the text"],
    ["[1,\n 2", "2:3 expected `,` or `]`, found the end of the text"],
    ["[1,]", "1:3 `,` before `]`: JSON allows no trailing comma; remove it"],
    ['{"a":1,}', "1:7 `,` before `}`: JSON allows no trailing comma; remove it"],
    ["[,]", "1:2 expected a value, found `,`"],
    ["[1 2]", "1:4 expected `,` or `]`, found `2`"],
    ["[1}", "1:3 expected `,` or `]`, found `}`"],
    ["{]", "1:2 expected a key in double quotes or `}`, found `]`"],
    ["{a:1}", "1:2 expected a key in double quotes or `}`, found `a`"],
    ['{"a" 1}', '1:6 expected `:` after the key "a", found `1`'],
    ["{} []", "1:4 expected the end of the text after the value, found `[`"],
    ["// no\n1", "1:1 expected a value, found `/`; JSON has no comments"],
    ["['a']", "1:2 expected a value, found `'`; JSON strings stand in double quotes"],
    ["\uFEFF{}", "1:1 the text starts with a byte order mark (U+FEFF); save it as UTF-8 without one"],
    ["\u00a01", "1:1 expected a value, found U+00A0"],
    ["NaN", "1:1 `NaN` is not a JSON value: JSON has no such number; leave the value out or use the canonical form"],
    ["-Infinity", "1:1 `-Infinity` is not a JSON number: JSON has no such number; leave the value out or use the canonical form"],
    ["undefined", "1:1 `undefined` is not a JSON value: expected null, true, false, a number, a string, `[` or `{`"],
    ["01", "1:1 `01` is not a JSON number: a number has no leading zeros"],
    ["1.", "1:1 `1.` is not a JSON number: expected digits, then optionally a fraction `.5` and an exponent `e3`"],
    ["0x10", "1:1 `0x10` is not a JSON number: expected digits, then optionally a fraction `.5` and an exponent `e3`"],
    ["-", "1:1 `-` is not a JSON number: expected digits, then optionally a fraction `.5` and an exponent `e3`"],
    ["1e400", "1:1 the number 1e400 would become infinite: it is outside the range of a double; write it as a string"],
    ["-1e-400", "1:1 the number -1e-400 would become 0: it is outside the range of a double; write it as a string"],
    ['"a', '1:1 this string is never closed: expected `"` before the end of the text'],
    ['"a\nb"', "1:3 a raw control character U+000A in a string: close the string before it or write it as an escape such as \\n"],
    ['"\\x"', '1:2 expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u, found a backslash before `x`'],
    ['"\\u12g4"', "1:2 expected four hex digits after \\u"],
    ['"\\ud800"', "1:1 the string holds a lone surrogate, which no UTF-8 text can carry; write the whole pair or remove it"],
    ['"\udc00x"', "1:1 the string holds a lone surrogate, which no UTF-8 text can carry; write the whole pair or remove it"],
    ['{"\\udc00":1}', "1:2 the string holds a lone surrogate, which no UTF-8 text can carry; write the whole pair or remove it"]
  ]
  for (const [text, problem] of cases) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(problems(text)).toEqual([problem]))
  }

  it("names both places of a duplicate key, however it is written", () => {
    expect(problems('{"a": 1,\n "b": {"a": 2},\n "\\u0061": 3}')).toEqual(['3:2 duplicate key "a": first at 1:2, again at 3:2; keep one'])
    expect(problems('{"__proto__":1,"__proto__":2}')).toEqual(['1:16 duplicate key "__proto__": first at 1:2, again at 1:16; keep one'])
    expect(problems('[{"a":1,"a":2,"a":3}]')).toEqual([
      '1:9 duplicate key "a": first at 1:3, again at 1:9; keep one',
      '1:15 duplicate key "a": first at 1:3, again at 1:15; keep one'
    ])
  })

  it("lists all problems that leave the rest readable, in order", () => {
    expect(problems('{"a": NaN,\n"a": 01,\n"b": "\\ud800"\n,').map((line) => line.split(" ")[0])).toEqual([
      "1:7",
      "2:1",
      "2:6",
      "3:6",
      "4:2"
    ])
  })

  it("stops after a hundred problems and says so", () => {
    const found = problems(`[${Array(500).fill("NaN").join(",")}]`)
    expect(found.length).toBe(101)
    expect(found[100]).toBe("1:402 more than 100 problems; the rest of the text was not read")
  })

  it("refuses nesting beyond maxDepth at the bracket that is too deep", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
    expect(problems(nested(64))).toEqual([])
    expect(problems(nested(65))).toEqual(["1:65 nested deeper than 64 levels; flatten the document or raise maxDepth"])
    expect(problems(nested(100_000))).toEqual(["1:65 nested deeper than 64 levels; flatten the document or raise maxDepth"])
    expect(problems('{"a":'.repeat(100_000)).length).toBe(1)
    expect(problems("[[1]]", { maxDepth: 1 })).toEqual(["1:2 nested deeper than 1 levels; flatten the document or raise maxDepth"])
  })

  it("reads 100,000 levels without overflowing the stack when told to", () => {
    expect(problems("[".repeat(100_000) + "]".repeat(100_000), { maxDepth: 100_000 })).toEqual([])
  })

  it("counts maxBytes in UTF-8", () => {
    expect(problems('"aé€🧠"', { maxBytes: 12 })).toEqual([])
    expect(problems('"aé€🧠"', { maxBytes: 11 })).toEqual(["1:1 the text is 12 bytes long, allowed are 11"])
    expect(problems(" ".repeat(50), { maxBytes: 10 })).toEqual(["1:1 the text is at least 50 bytes long, allowed are 10"])
  })

  it("refuses an integer too long to read in reasonable time", () => {
    expect(problems("9".repeat(5000))).toEqual(["1:1 an integer of 5000 characters; at most 4096 are read, write it as a string"])
  })

  it("refuses limits that are no positive integers", () => {
    expect(() => Json.parse("1", { maxDepth: 0 })).toThrow("maxDepth must be an integer of at least 1, not 0")
    expect(() => Json.parse("1", { maxBytes: 1.5 })).toThrow("maxBytes must be an integer of at least 1, not 1.5")
  })

  it("throws all problems at once from parseOrThrow", () => {
    let caught: unknown
    try {
      Json.parseOrThrow("[NaN,\n 01]")
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(JsonSyntaxError)
    if (!(caught instanceof JsonSyntaxError)) return
    expect(caught.problems.map(({ offset, line, column }) => [offset, line, column])).toEqual([
      [1, 1, 2],
      [7, 2, 2]
    ])
    expect(caught.message.split("\n").map((line) => line.slice(0, 11))).toEqual(["1:2: `NaN` ", "2:2: `01` i"])
  })
})

describe("positions", () => {
  const text = '{\n  "a": [1, {"b c": -2.50}],\r\n\t"🧠": "x", "z":1e0}'

  it("gives line, column and offset of every value", () => {
    const positions = positionsOf(text)
    expect(positions.of([])).toEqual({ offset: 0, line: 1, column: 1 })
    expect(positions.of(["a"])).toEqual({ offset: 9, line: 2, column: 8 })
    expect(positions.of(["a", 0])).toEqual({ offset: 10, line: 2, column: 9 })
    expect(positions.of(["a", 1, "b c"])).toEqual({ offset: 21, line: 2, column: 20 })
    expect(positions.of(["🧠"])).toEqual({ offset: 38, line: 3, column: 8 })
    expect(text.slice(38, 41)).toBe('"x"')
  })

  it("gives the place of keys, and none for the root and for items", () => {
    const positions = positionsOf(text)
    expect(positions.ofKey(["a"])).toEqual({ offset: 4, line: 2, column: 3 })
    expect(positions.ofKey(["a", 1, "b c"])).toEqual({ offset: 14, line: 2, column: 13 })
    expect(positions.ofKey(["z"])?.line).toBe(3)
    expect(positions.ofKey([])).toBe(undefined)
    expect(positions.ofKey(["a", 0])).toBe(undefined)
  })

  it("answers undefined for a path that the text does not have", () => {
    const positions = positionsOf(text)
    for (const path of [["b"], ["a", 2], ["a", "0"], [0], ["a", 0, "x"], ["toString"], ["a", "length"]]) {
      expect(positions.of(path), path.join("/")).toBe(undefined)
    }
  })

  it("tells a number written as float from an integer", () => {
    const positions = positionsOf("[1, 1.0, 1e0, 1E+2, -0, -0.0, 9007199254740993, true]")
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => positions.isFloatText([index]))).toEqual([
      false,
      true,
      true,
      true,
      false,
      true,
      false,
      false,
      false
    ])
  })

  it("counts CRLF and a lone CR as one line end each", () => {
    const positions = positionsOf("[1,\r\n2,\r3,\n4]")
    expect([0, 1, 2, 3].map((index) => positions.of([index])?.line)).toEqual([1, 2, 3, 4])
    expect([1, 2, 3].map((index) => positions.of([index])?.column)).toEqual([1, 1, 1])
  })
})
