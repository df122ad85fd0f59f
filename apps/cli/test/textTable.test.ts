/** Text for people: as wide as it is in a pipe, as wide as the terminal elsewhere, and no word broken. */
import { describe, expect, it } from "vitest"
import { evenMarkdown } from "../src/evenMarkdown.ts"
import { looseJson } from "../src/jsonText.ts"
import { textTable } from "../src/textTable.ts"
import { cut, folded, textWidth, wrapped } from "../src/textWidth.ts"

const row = { id: "r-0123456789ab-1", count: 7, why: "the text is the longest field, and the label is the one with the fewest values" }
const columns = [
  { title: "ID", cell: (each: typeof row) => each.id },
  { title: "COUNT", cell: (each: typeof row) => each.count },
  { title: "BECAUSE", cell: (each: typeof row) => each.why }
]
const table = (width: number, rows = [row, { ...row, count: 1234, why: "short" }]) => textTable(columns, rows, "none", width).split("\n")

describe("textWidth()", () => {
  it.each([
    ["plain", 5],
    ["日本語", 6],
    ["한국", 4],
    ["e\u0301", 1],
    ["🌸", 2],
    ["👩‍👩‍👧", 2],
    ["→ – …", 5],
    ["שלום", 4],
    ["", 0]
  ])("counts the columns of %j", (text, width) => expect(textWidth(text)).toBe(width))
})

describe("wrapped(), folded() and cut()", () => {
  it("break at spaces and never within a word", () => {
    expect(wrapped("a bb  ccc dddd", 7)).toEqual(["a bb", "ccc", "dddd"])
    expect(wrapped("aaaaaaaaaa bb", 4)).toEqual(["aaaaaaaaaa", "bb"])
    expect(wrapped("日本 語", 4)).toEqual(["日本", "語"])
  })

  it("put what a named line goes on with below its value", () => {
    expect(folded("  name   one two three four five six", 28)).toBe("  name   one two three four\n         five six")
    expect(folded("one two three", 9)).toBe("one two\n  three")
    expect(folded("| a | b | c |", 5)).toBe("| a | b | c |")
  })

  it("mark what was left out", () => {
    expect([cut("abcdef", 4), cut("abcd", 4), cut("日本語", 5)]).toEqual(["abc…", "abcd", "日本…"])
  })
})

describe("textTable()", () => {
  it("is one line for each row where there is room", () => {
    expect(table(Number.POSITIVE_INFINITY)).toEqual([
      "ID                COUNT  BECAUSE",
      `r-0123456789ab-1      7  ${row.why}`,
      "r-0123456789ab-1   1234  short",
      ""
    ])
  })

  it("wraps cells, or puts the last column below its row, or lists the cells, as the terminal gets narrower", () => {
    expect(table(80).slice(0, 4)).toEqual([
      "ID                COUNT  BECAUSE",
      "r-0123456789ab-1      7  the text is the longest field, and the label is the one",
      "                         with the fewest values",
      "r-0123456789ab-1   1234  short"
    ])
    expect(table(44, [row]).slice(0, 5)).toEqual([
      "ID                COUNT",
      "    BECAUSE",
      "r-0123456789ab-1      7",
      "    the text is the longest field, and the",
      "    label is the one with the fewest values"
    ])
    expect(table(20, [row]).slice(0, 3)).toEqual(["ID       r-0123456789ab-1", "COUNT    7", "BECAUSE  the text is the"])
  })

  it("shows control characters instead of obeying them, in any layout", () => {
    for (const width of [20, 44, 80, 400])
      expect(textTable(columns, [{ ...row, id: "a\nb\u001b[2J\u202e" }], "", width)).toContain("a\\nb\\u{1b}[2J\\u{202e}")
  })

  it("says that it is empty", () => expect(textTable(columns, [], "no row", 80)).toBe("no row\n"))
})

describe("evenMarkdown()", () => {
  const text = "**T**\n\n| a | name |\n| --: | :-- |\n| 1 | x \\| y |\n| 100 | 日本 |\n\nend"

  it("puts the columns of a table below each other", () => {
    expect(evenMarkdown(text, 80)).toBe("**T**\n\n|   a | name   |\n| --: | :----- |\n|   1 | x \\| y |\n| 100 | 日本   |\n\nend")
  })

  it("gives up the Markdown of a table that is too wide", () => {
    expect(evenMarkdown(text, 12)).toBe("**T**\n\n  a  name\n  1  x | y\n100  日本\n\nend")
  })
})

describe("looseJson()", () => {
  it("is JSON with a place to break between members", () => {
    const value = { a: [1, "two  three"], b: { c: null }, d: [], e: "x\n" }
    expect(looseJson(value)).toBe('{"a": [1, "two  three"], "b": {"c": null}, "d": [], "e": "x\\n"}')
    expect(JSON.parse(looseJson(value))).toEqual(value)
  })
})
