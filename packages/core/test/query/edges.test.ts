/** Names that begin alike, integers that a double cannot tell apart, and conditions of the greatest length. */
import { describe, expect, it } from "vitest"
import { compileQuery, type QuerySource } from "../../src/query/compileQuery.ts"
import { parseQuery, queryLimits } from "../../src/query/parseQuery.ts"

const columns: Readonly<Record<string, ReadonlyArray<string | bigint | number | ReadonlyArray<string>>>> = {
  dataset: ["iris@1", "iris@2", "iris-noisy@1", "iris@home@1", "iris"],
  plugins: [["a#csv"], ["b#csv", "a#tsv"], ["a#csv-wide"], ["csv#b"], []],
  seed: [9_007_199_254_740_991, 9_007_199_254_740_992n, 9_007_199_254_740_993n, 18_446_744_073_709_551_615n, 0]
}
const types = { dataset: "text", plugins: "list", seed: "integer" } as const
const source: QuerySource = {
  open: [],
  column: (key) => {
    const cells = columns[key]
    return cells === undefined ? undefined : { key, type: types[key as keyof typeof types], cells }
  }
}
const met = (text: string): ReadonlyArray<number> => {
  const parsed = parseQuery(text)
  if (!parsed.ok) throw new Error(parsed.mistake.message)
  const { meets, mistakes } = compileQuery(parsed.query, source)
  expect(mistakes).toEqual([])
  return [0, 1, 2, 3, 4].filter(meets)
}

describe("a condition", () => {
  it.each([
    ["dataset:iris", [0, 1, 4]],
    ["dataset:iris@2", [1]],
    ["dataset:iris@home", []],
    ['dataset:"iris@home@1"', [3]],
    ["dataset = iris", [4]],
    ["plugin:csv", [0, 1]],
    ["plugin:a#csv", [0]],
    ["seed = 9007199254740993", [2]],
    ["seed > 9007199254740992", [2, 3]],
    ["seed != 18446744073709551615", [0, 1, 2, 4]]
  ] as const)("%s is met by %j", (text, runs) => {
    expect(met(text)).toEqual(runs)
  })

  it("may have 4096 characters and not one more", () => {
    const text = `dataset = "${"x".repeat(queryLimits.characters - 'dataset = ""'.length)}"`
    expect(text).toHaveLength(4096)
    expect(parseQuery(text).ok).toBe(true)
    expect(parseQuery(`${text} `)).toMatchObject({ ok: false, mistake: { message: "the condition is too long", from: 4096 } })
  })
})
