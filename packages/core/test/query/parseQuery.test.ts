import { ChaCha8 } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { parseQuery, queryLimits } from "../../src/query/parseQuery.ts"
import { type Query, queryText } from "../../src/query/Query.ts"

/** A tree without the places in its text. */
const bare = (query: Query): unknown => {
  switch (query.kind) {
    case "all":
      return "all"
    case "and":
    case "or":
      return { [query.kind]: query.of.map(bare) }
    case "not":
      return { not: bare(query.of) }
    case "has":
      return { has: query.field }
    case "compare":
      return [query.field, query.operator, query.quoted ? { quoted: query.value } : query.value]
  }
}

const read = (text: string): unknown => {
  const parsed = parseQuery(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.mistake.message} at ${parsed.mistake.from}`)
  return bare(parsed.query)
}

const mistake = (text: string) => {
  const parsed = parseQuery(text)
  if (parsed.ok) throw new Error(`${text} was read`)
  return parsed.mistake
}

describe("parseQuery()", () => {
  const trees: ReadonlyArray<readonly [text: string, tree: unknown]> = [
    ["", "all"],
    ["   \n", "all"],
    ["metric.accuracy > 0.9", ["metric.accuracy", ">", "0.9"]],
    ["metric.accuracy>0.9", ["metric.accuracy", ">", "0.9"]],
    ["tag:baseline", ["tag", ":", "baseline"]],
    ["tag : baseline", ["tag", ":", "baseline"]],
    ["dataset:iris@3", ["dataset", ":", "iris@3"]],
    ['name ~ "iris*"', ["name", "~", { quoted: "iris*" }]],
    ["name ~ 'iris *'", ["name", "~", { quoted: "iris *" }]],
    ["name !~ iris*", ["name", "!~", "iris*"]],
    ["a == 1", ["a", "=", "1"]],
    ["a<=1", ["a", "<=", "1"]],
    ["created > 2026-01-31T18:00:05", ["created", ">", "2026-01-31T18:00:05"]],
    ["has:metric.f1", { has: "metric.f1" }],
    ["HAS : metric.f1", { has: "metric.f1" }],
    ['has:"metric.f1/Iris setosa"', { has: "metric.f1/Iris setosa" }],
    ['"metric.f1/Iris setosa" >= .5', ["metric.f1/Iris setosa", ">=", ".5"]],
    ["metric.f1/macro != 1e-4", ["metric.f1/macro", "!=", "1e-4"]],
    [
      "a = 1 and b = 2 and c = 3",
      {
        and: [
          ["a", "=", "1"],
          ["b", "=", "2"],
          ["c", "=", "3"]
        ]
      }
    ],
    [
      "a = 1 or b = 2 and c = 3",
      {
        or: [
          ["a", "=", "1"],
          {
            and: [
              ["b", "=", "2"],
              ["c", "=", "3"]
            ]
          }
        ]
      }
    ],
    [
      "(a = 1 or b = 2) and c = 3",
      {
        and: [
          {
            or: [
              ["a", "=", "1"],
              ["b", "=", "2"]
            ]
          },
          ["c", "=", "3"]
        ]
      }
    ],
    ["not a = 1 and b = 2", { and: [{ not: ["a", "=", "1"] }, ["b", "=", "2"]] }],
    [
      "not (a = 1 and b = 2)",
      {
        not: {
          and: [
            ["a", "=", "1"],
            ["b", "=", "2"]
          ]
        }
      }
    ],
    ["NOT not a = 1", { not: { not: ["a", "=", "1"] } }],
    [
      "name = and AND name = or",
      {
        and: [
          ["name", "=", "and"],
          ["name", "=", "or"]
        ]
      }
    ],
    ["not-a-keyword = 1", ["not-a-keyword", "=", "1"]],
    [
      "android = 1 and or.x = 2",
      {
        and: [
          ["android", "=", "1"],
          ["or.x", "=", "2"]
        ]
      }
    ],
    ['name = "say \\"hi\\" \\\\ \\*"', ["name", "=", { quoted: 'say "hi" \\ \\*' }]],
    ["name = 'it\\'s'", ["name", "=", { quoted: "it's" }]],
    [
      "größe = 1 and 大小 = 2",
      {
        and: [
          ["größe", "=", "1"],
          ["大小", "=", "2"]
        ]
      }
    ],
    ["__proto__ = 1", ["__proto__", "=", "1"]]
  ]
  for (const [text, tree] of trees) it(`reads ${JSON.stringify(text)}`, () => expect(read(text)).toEqual(tree))

  const mistakes: ReadonlyArray<readonly [text: string, from: number, to: number, message: string]> = [
    ["accuracy", 0, 8, 'nothing is asked of "accuracy"'],
    ["a = 1 b = 2", 6, 7, "cannot be read here"],
    ["a = 1)", 5, 6, "cannot be read here"],
    ["(a = 1", 0, 1, "the parenthesis is never closed"],
    ["(a = 1 b", 7, 8, "cannot be read here"],
    ["a = ", 4, 4, "the condition ends where a value is needed"],
    ["a = > 1", 4, 5, "is no value"],
    ["a > (1)", 4, 5, "is no value"],
    ["and a = 1", 0, 3, '"and" stands where a condition is needed'],
    ["a = 1 and", 9, 9, "the condition ends where a column is needed"],
    ["a = 1 and or b = 2", 10, 12, '"or" stands where a condition is needed'],
    ["not", 3, 3, "the condition ends where a column is needed"],
    ["9 > a", 0, 1, "begins no condition"],
    ["= 1", 0, 1, "begins no condition"],
    ['name = "iris', 7, 12, "the quotation mark is never closed"],
    ["has:", 4, 4, "the condition ends where a column is needed"],
    ["()", 1, 2, "begins no condition"]
  ]
  for (const [text, from, to, message] of mistakes)
    it(`refuses ${JSON.stringify(text)} at its place`, () => {
      const found = mistake(text)
      expect([found.from, found.to, found.message]).toEqual([from, to, message])
    })

  it("is bounded in length and depth, and needs no stack for either", () => {
    expect(mistake(`name = "${"x".repeat(queryLimits.characters)}"`).message).toBe("the condition is too long")
    for (const opening of ["(", "not "])
      expect(mistake(opening.repeat(1000)).message).toBe(`conditions are nested deeper than ${queryLimits.depth}`)
    expect(read(`${"(".repeat(queryLimits.depth)}a = 1${")".repeat(queryLimits.depth)}`)).toEqual(["a", "=", "1"])
  })

  it("tells where each part stands, so that a page can colour it", () => {
    const text = 'not (tag:new or has:"a b") and x >= 1'
    const { tokens } = parseQuery(text)
    expect(tokens.map(({ kind, from, to }) => [kind, text.slice(from, to)])).toEqual([
      ["keyword", "not"],
      ["paren", "("],
      ["field", "tag"],
      ["operator", ":"],
      ["value", "new"],
      ["keyword", "or"],
      ["keyword", "has"],
      ["operator", ":"],
      ["field", '"a b"'],
      ["paren", ")"],
      ["keyword", "and"],
      ["field", "x"],
      ["operator", ">="],
      ["value", "1"]
    ])
    const broken = 'a = 1 and b "'
    const parts = parseQuery(broken).tokens.map(({ kind, from, to }) => [kind, broken.slice(from, to)])
    expect(parts.at(-1)).toEqual(["unread", ' b "'])
  })
})

describe("queryText()", () => {
  /** Trees of every form, with the names and values that are hardest to write. */
  const drawn = (seed: bigint) => {
    const chance = ChaCha8.seedFromU64(seed)
    const below = (limit: number): number => Number(chance.nextU64() % BigInt(limit))
    const pick = <A>(from: ReadonlyArray<A>): A => from[below(from.length)] as A
    const letters = [
      "a",
      "Z",
      "9",
      ".",
      "_",
      "-",
      "/",
      "@",
      " ",
      '"',
      "'",
      "\\",
      "(",
      ")",
      "=",
      "<",
      "~",
      "!",
      ":",
      "*",
      "?",
      "é",
      "大",
      "\n",
      "\t",
      "😀",
      ";",
      "<b>"
    ]
    const word = (least: number): string => Array.from({ length: least + below(6) }, () => pick(letters)).join("")
    const field = (): string => pick(["metric.accuracy", "tag", "and", "OR", "not", "has", "Has", "not-x", "__proto__", word(1)])
    const tree = (depth: number): Query => {
      const form = depth > 3 ? below(2) : below(5)
      const nowhere = { from: 0, to: 0 }
      if (form === 0) return { kind: "has", field: field(), at: nowhere }
      if (form === 1 || depth > 3) {
        const quoted = below(2) === 0
        const value = quoted ? word(0) : pick(["0.9", "-3", "iris@3", "2026-01-31T18:00", "and", "x:y", "a=b", "#1", "é"])
        return {
          kind: "compare",
          field: field(),
          operator: pick(["=", "!=", "<", "<=", ">", ">=", ":", "~", "!~"]),
          value,
          quoted,
          at: { field: nowhere, operator: nowhere, value: nowhere }
        }
      }
      if (form === 2) return { kind: "not", of: tree(depth + 1) }
      return { kind: form === 3 ? "and" : "or", of: Array.from({ length: 2 + below(2) }, () => tree(depth + 1)) }
    }
    return tree(0)
  }

  it("writes what parseQuery() reads as the same tree, for 2000 trees of any form", () => {
    for (let seed = 0n; seed < 2000n; seed += 1n) {
      const tree = drawn(seed)
      const text = queryText(tree)
      expect(read(text), `seed ${seed}: ${text}`).toEqual(bare(tree))
    }
  })

  it("writes what it reads back as it was, where it was written plainly", () => {
    for (const text of ["metric.accuracy > 0.9 and tag:baseline and not status:failed", "a = 1 or b = 2 and (c = 3 or has:d)", ""]) {
      const parsed = parseQuery(text)
      expect(parsed.ok && queryText(parsed.query)).toBe(text)
    }
  })
})

describe("the reader of conditions", () => {
  it("never throws, whatever the text", () => {
    const chance = ChaCha8.seedFromU64(7n)
    const parts = [
      "(",
      ")",
      '"',
      "'",
      "\\",
      "and",
      "or ",
      "not ",
      "has:",
      "=",
      "!",
      "!=",
      "~",
      ":",
      "a",
      "0.9",
      " ",
      "\u0000",
      "\ud800",
      "é"
    ]
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: 1 + (round % 12) }, () => parts[Number(chance.nextU64() % BigInt(parts.length))]).join("")
      const { tokens } = parseQuery(text)
      let last = 0
      for (const { from, to } of tokens) {
        expect(from >= last && to >= from && to <= text.length, text).toBe(true)
        last = to
      }
    }
  })
})
