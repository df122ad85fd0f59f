import { describe, expect, it } from "vitest"
import { JsonReader, NoJson } from "../src/files/JsonReader.ts"

/** The whole value by the reader's own steps. */
const read = (reader: JsonReader): unknown => {
  const kind = reader.peek()
  if (kind === "object") {
    const entries: Array<readonly [string, unknown]> = []
    reader.object((key) => entries.push([key, read(reader)]))
    return Object.fromEntries(entries)
  }
  if (kind === "array") {
    const items: Array<unknown> = []
    reader.array(() => items.push(read(reader)))
    return items
  }
  if (kind === "string") return reader.string()
  if (kind === "number") return reader.number()
  const word = reader.word()
  return word === "null" ? null : word === "true"
}

const parse = (text: string): unknown => {
  const reader = new JsonReader(text)
  const value = read(reader)
  reader.end()
  return value
}

/** Bits of a generator of 2^31 states, for numbers of every size (Lehmer, 48271). */
const drawn = (count: number): ReadonlyArray<number> => {
  const states: Array<number> = []
  let state = 1
  while (states.length < count) {
    state = (state * 48271) % 2147483647
    states.push(state)
  }
  return states
}

describe("JsonReader", () => {
  it("reads numbers to the bit, as JSON.parse does", () => {
    const states = drawn(6000)
    const numbers = states.flatMap((state, index) => {
      const other = states[(index + 1) % states.length] ?? 1
      const wide = state / 2147483647 + other * 2 ** -60
      return [
        String(wide),
        String(wide * 1000),
        String(-wide),
        (wide * 1e6).toFixed(index % 12),
        String(state * other),
        String(wide * 10 ** ((index % 600) - 300)),
        `${state}.${other}`
      ]
    })
    const edges = [
      "0",
      "-0",
      "0.0",
      "-0.0",
      "1e5",
      "1E-5",
      "1.5e+10",
      "9007199254740993",
      "900719925474099.3",
      "0.1",
      "123456789012345678901234567890",
      "4.9e-324",
      "1.7976931348623157e308",
      "0.000000000000000000000000000001",
      "2.2250738585072011e-308",
      "8.41e21",
      "9007199254740992.5"
    ]
    const different = [...numbers, ...edges].filter((text) => !Object.is(parse(text), JSON.parse(text)))
    expect(different).toEqual([])
    expect(numbers.length).toBe(42_000)
  })

  it.each(['{"a":[1,{"b":null}],"":{}}', "[]", " [ true , false ] ", '"\\u00e9\\n\\"𝒳"', '[[[["deep"]]]]', '{"k":"\\\\"}'])(
    "reads %s",
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text))
      const reader = new JsonReader(text)
      reader.skip()
      expect(reader.at).toBe(text.trimEnd().length)
    }
  )

  it.each([
    "",
    "[1 2]",
    "[1,]",
    '{"a"}',
    '{"a":1,}',
    "{a:1}",
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "+1",
    "tru",
    '"\\x"',
    '"a',
    '"\t"',
    "[1]]",
    "--1",
    "nul",
    "'a'"
  ])("refuses %s", (text) => {
    expect(() => JSON.parse(text)).toThrow()
    expect(() => parse(text)).toThrow(NoJson)
    expect(() => {
      const reader = new JsonReader(text)
      reader.skip()
      reader.end()
    }).toThrow(NoJson)
  })

  it("says where the text stops being JSON and what should be there", () => {
    expect(() => parse('{"a": [1 2]}')).toThrow(expect.objectContaining({ at: 9, expected: '"," or "]"' }))
  })

  it("does not go deeper than a file of results is", () => {
    expect(() => new JsonReader("[".repeat(100_000)).skip()).toThrow("500 levels")
  })
})
