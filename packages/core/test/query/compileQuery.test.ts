import { describe, expect, it } from "vitest"
import { compileQuery, globOf, type QueriedColumn, type QuerySource, timeSpan } from "../../src/query/compileQuery.ts"
import { parseQuery } from "../../src/query/parseQuery.ts"
import { type Cell, fixedColumn, typeOfCells } from "../../src/query/RunColumn.ts"

const day = Date.parse("2026-01-31T00:00:00Z")
const table: Readonly<Record<string, ReadonlyArray<Cell | undefined>>> = {
  name: ["iris", "Iris two", "mnist", null],
  seed: [1, 18446744073709551615n, 3, 4],
  status: ["completed", "failed", "running", "completed"],
  dataset: ["iris@1", "iris@12", "mnist@1", null],
  plugins: [["@feagi-trainer/adapter-csv#csv"], ["@other/csv-plus#csv"], [], null],
  created: [day - 1, day, day + 86_399_999, day + 86_400_000],
  starred: [true, false, false, false],
  tags: [["baseline", "été"], [], ["base"], []],
  note: ["=1+1", null, null, null],
  "metric.f1": [0.9, undefined, 0.2, 0],
  "metric.accuracy": [0.5, 1, null, -0.5],
  "param.bins": [5, "five", undefined, true]
}

const source: QuerySource = {
  open: Object.keys(table).filter((key) => key.includes(".")),
  column: (key): QueriedColumn | undefined => {
    const cells = Object.hasOwn(table, key) ? (table[key] ?? []) : undefined
    const type = fixedColumn(key)?.type
    if (type !== undefined) return { key, type, cells: cells ?? [] }
    return cells === undefined ? undefined : { key, type: typeOfCells(cells), cells }
  }
}

const compiled = (text: string) => {
  const parsed = parseQuery(text)
  if (!parsed.ok) throw new Error(parsed.mistake.message)
  return compileQuery(parsed.query, source)
}

const meeting = (text: string): ReadonlyArray<number> => {
  const { meets, mistakes } = compiled(text)
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join("; "))
  return [0, 1, 2, 3].filter(meets)
}

describe("a condition", () => {
  const cases: ReadonlyArray<readonly [text: string, rows: ReadonlyArray<number>]> = [
    ["", [0, 1, 2, 3]],
    ["metric.f1 > 0.2", [0]],
    ["metric.f1 >= 0.2", [0, 2]],
    ["metric.f1 < 1", [0, 2, 3]],
    ["metric.f1 = 0", [3]],
    ["metric.f1 = -0", [3]],
    ["metric.f1 != 0", [0, 2]],
    ["not metric.f1 > 0.2", [2, 3]],
    ["has:metric.f1", [0, 2, 3]],
    ["not has:metric.f1", [1]],
    ["metric.accuracy < 0", [3]],
    ["metric.f1 > 0.2 or metric.accuracy = 1", [0, 1]],
    ["metric.f1 > 0.2 and metric.accuracy = .5", [0]],
    ["metric.accuracy = 1 and metric.f1 < 5", []],
    ["metric.accuracy > 5 or metric.f1 < 5", [0, 2, 3]],
    ["not (metric.f1 > 0.2 and metric.accuracy = 0.5)", [1, 2, 3]],
    ["not (metric.f1 > 5 or metric.accuracy > 5)", [0, 3]],
    ["seed = 18446744073709551615", [1]],
    ["seed > 18446744073709551614", [1]],
    ["seed < 18446744073709551615", [0, 2, 3]],
    ["status:failed", [1]],
    ["not status:failed", [0, 2, 3]],
    ["status != failed", [0, 2, 3]],
    ["name ~ iris*", [0, 1]],
    ["name ~ '* two'", [1]],
    ["name !~ iris*", [2]],
    ["name = Iris", []],
    ["dataset:iris", [0, 1]],
    ["dataset:iris@1", [0]],
    ["dataset = iris", []],
    ["dataset != iris@1", [1, 2]],
    ["plugin:csv", [0, 1]],
    ["plugin:@feagi-trainer/adapter-csv#csv", [0]],
    ["plugin ~ *adapter*", [0]],
    ["has:plugin", [0, 1]],
    ["tag:baseline", [0]],
    ["tags = base", [2]],
    ["tag ~ base*", [0, 2]],
    ["not tag:baseline", [1, 2, 3]],
    ["tag != baseline", [1, 2, 3]],
    ["has:tag", [0, 2]],
    ["tag:été", [0]],
    ["created = 2026-01-31", [1, 2]],
    ["created > 2026-01-31", [3]],
    ["created >= 2026-01-31", [1, 2, 3]],
    ["created < 2026-01-31", [0]],
    ["created <= 2026-01-31", [0, 1, 2]],
    ["created = 2026-01-31T00:00", [1]],
    ["created != 2026-01-31", [0, 3]],
    ["created > '2026-01-31 23:59'", [3]],
    ["starred = true", [0]],
    ["star:false", [1, 2, 3]],
    ["starred != true", [1, 2, 3]],
    ["note = '=1+1'", [0]],
    ["note !~ x*", [0]],
    ["param.bins = 5", [0]],
    ["param.bins = five", [1]],
    ["param.bins = true", [3]],
    ["param.bins > 4", [0]],
    ["param.bins ~ f*", [1]],
    ["param.bins != 4", [0, 1]]
  ]
  for (const [text, rows] of cases)
    it(`${text === "" ? "that is empty" : text} is met by ${rows.join(", ") || "none"}`, () => expect(meeting(text)).toEqual(rows))

  const mistakes: ReadonlyArray<readonly [text: string, at: string, about: string, help: string | undefined]> = [
    ["stauts:done", "stauts", "column", "did you mean status?"],
    ["name = x and acuracy > 1", "acuracy", "column", undefined],
    ["accuracy > 1", "accuracy", "column", "did you mean metric.accuracy?"],
    ["metric.f1 > high", "high", "comparison", undefined],
    ['metric.f1 > "0.9"', '"0.9"', "comparison", undefined],
    ["metric.f1 ~ 0.9", "~", "comparison", undefined],
    ["metric.f1 = null", "null", "comparison", "not has:metric.f1"],
    ["metric.f1 > 0x10", "0x10", "comparison", undefined],
    ["metric.f1 > 1e999", "1e999", "comparison", undefined],
    ["metric.f1 > Infinity", "Infinity", "comparison", undefined],
    ["name > a", ">", "comparison", 'patterns:  name ~ "iris*"'],
    ["tag < a", "<", "comparison", undefined],
    ["starred = yes", "yes", "comparison", undefined],
    ["starred > true", ">", "comparison", undefined],
    ["created > yesterday", "yesterday", "comparison", undefined],
    ["created > 2026-02-30", "2026-02-30", "comparison", undefined],
    ["__proto__ = 1", "__proto__", "column", undefined],
    ["constructor = 1", "constructor", "column", undefined]
  ]
  for (const [text, at, about, help] of mistakes)
    it(`${text} is refused at ${at}`, () => {
      const [found, ...others] = compiled(text).mistakes
      expect(others).toEqual([])
      expect([text.slice(found?.from, found?.to), found?.about]).toEqual([at, about])
      if (help !== undefined) expect(found?.help).toBe(help)
    })

  it("tells every mistake at once", () => {
    expect(compiled("stauts:x and metric.f1 > y or created = z").mistakes.map(({ from }) => from)).toEqual([0, 25, 40])
  })

  it("of a metric that no run has meets nothing, is no mistake, and says so", () => {
    for (const text of ["metric.acuracy > 0", "not metric.acuracy > 0", "has:metric.acuracy"]) {
      const { meets, mistakes: none, warnings } = compiled(text)
      expect([none, [0, 1, 2, 3].filter(meets), warnings[0]?.message, warnings[0]?.help]).toEqual([
        [],
        [],
        'no run has "metric.acuracy"',
        "did you mean metric.accuracy?"
      ])
    }
    expect([0, 1, 2, 3].filter(compiled("not has:metric.acuracy").meets)).toEqual([0, 1, 2, 3])
  })
})

describe("globOf()", () => {
  const fits: ReadonlyArray<readonly [pattern: string, text: string, fits: boolean]> = [
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["a*c", "abbbc", true],
    ["a*c", "ac", true],
    ["a*c", "acb", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["?", "😀", true],
    ["*b*", "abc", true],
    ["ABC", "abc", true],
    ["a\\*", "a*", true],
    ["a\\*", "ab", false],
    ["\\?", "?", true],
    ["a.c", "abc", false],
    ["[a]", "a", false],
    ["a\\", "a\\", true],
    ["**a**", "bab", true]
  ]
  for (const [pattern, text, expected] of fits)
    it(`${JSON.stringify(pattern)} ${expected ? "fits" : "does not fit"} ${JSON.stringify(text)}`, () =>
      expect(globOf(pattern)(text)).toBe(expected))

  it("does not go on for ever on a pattern that was made for that", () => {
    expect(globOf(`${"*a".repeat(500)}b`)("a".repeat(5000))).toBe(false)
  })
})

describe("timeSpan()", () => {
  it("is as long as what it names, in UTC", () => {
    const lengthOf = (text: string) => {
      const span = timeSpan(text)
      return span === undefined ? undefined : span.last - span.first + 1
    }
    expect(
      ["2026-01-31", "2026-01-31T18:00", "2026-01-31T18:00:05", "2026-01-31 18:00:05.5Z", "2026-01-31T18:00:05.123"].map(lengthOf)
    ).toEqual([86_400_000, 60_000, 1000, 100, 1])
    for (const text of [
      "2026-1-31",
      "2026-02-30",
      "2026-01-31T24:00",
      "2026-13-01",
      "31.01.2026",
      "2026-01-31T18",
      "",
      "2026-01-31T18:00+01:00"
    ])
      expect(timeSpan(text), text).toBeUndefined()
  })
})
