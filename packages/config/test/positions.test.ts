/** Where keys and values stand. The TOML scan is held against texts written together with the places of everything in them. */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import { parse } from "smol-toml"
import { describe, expect, it } from "vitest"
import { type Document, isTable, valueAt } from "../src/index.ts"
import { read, toml } from "./check.ts"

const at = (document: Document, path: JsonPath): string => {
  const value = document.positionOf(path)
  const key = document.keyPositionOf(path)
  return `${key === undefined ? "-" : `${key.line}:${key.column}`} ${value === undefined ? "-" : `${value.line}:${value.column}`}`
}

const walk = (value: JsonValue, visit: (path: JsonPath, value: JsonValue) => void, path: JsonPath = []): void => {
  visit(path, value)
  if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, visit, [...path, index])
  else if (isTable(value)) for (const [key, member] of Object.entries(value)) walk(member, visit, [...path, key])
}

/** What stands at each place must read back as what the document says there. */
const agrees = (document: Document): number => {
  let seen = 0
  walk(document.value, (path, value) => {
    seen += 1
    const text = document.textOf(path)
    const what = JSON.stringify(path)
    if (text === undefined) {
      expect(typeof value, what).toBe("object")
      const place = document.positionOf(path)
      expect(place, what).toBeDefined()
    } else {
      expect(parse(`v = ${text}`, { integersAsBigInt: "asNeeded" }).v, what).toEqual(value)
    }
    const place = document.keyPositionOf(path)
    const last = path.at(-1)
    if (typeof last !== "string") {
      expect(place, what).toBe(undefined)
      return
    }
    const rest = document.lines[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1) ?? ""
    const key = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)/.exec(rest)?.[0]
    expect(Object.keys(parse(`${key} = 1`)), what).toEqual([last])
  })
  return seen
}

const nasty = String.raw`# a = 1
title = "TOML # not a comment" # [x]
"quoted.key" = 'C:\no\escapes"'
'lit"eral' = """a"""
empty = ""
"" = "empty key"
a . "b c" . d = 1
a.e = [ # items
  1, 2, # two
  [ "]", '}', "\"" ],
  { x = 1, y.z = [ { w = 2 } ] },
]
multi = """
[not.a.table]
key = "value" \
   # no comment
"" ""\""" """""
lit = '''
'' [x] '''''
numbers = [ +1, -0, 0x1e3, 1_000, 1.0, 1e3, -1.5E-3, 9223372036854775808 ]
"\u00e9\t\"]" = true

  [ table ] # header
  key=1
	tab	=	2

[table.sub."dotted.name"]
x = { }
y = []

[[list]]
n = 1
[list.inner]
m = 1
[[list.inner.deep]]
d = 1
[[list]]
n = 2
  [[list.more]]
  [[ list . more ]]
  z = 0
[late.a.b]
v = 1
[late]
w = 2
[late.a]
u = 3
`

describe("positions in TOML", () => {
  const document = toml(nasty)
  let count = 0
  walk(parse(nasty, { integersAsBigInt: true }) as JsonValue, () => {
    count += 1
  })

  it("lead to what the document says, for every key and value of a nasty text", () => {
    expect(agrees(document)).toBe(count)
  })

  it("are the same with CRLF line ends, except for what strings hold", () => {
    const crlf = toml(nasty.replaceAll("\n", "\r\n"))
    expect(agrees(crlf)).toBe(count)
    walk(document.value, (path) => {
      expect(at(crlf, path)).toBe(at(document, path))
    })
  })

  const places: ReadonlyArray<readonly [path: JsonPath, keyAndValue: string]> = [
    [[], "- 1:1"],
    [["title"], "2:1 2:9"],
    [["quoted.key"], "3:1 3:16"],
    [[""], "6:1 6:6"],
    [["a"], "7:1 7:1"],
    [["a", "b c"], "7:5 7:5"],
    [["a", "b c", "d"], "7:13 7:17"],
    [["a", "e"], "8:3 8:7"],
    [["a", "e", 0], "- 9:3"],
    [["a", "e", 2, 1], "- 10:10"],
    [["a", "e", 3, "y"], "11:12 11:12"],
    [["a", "e", 3, "y", "z", 0, "w"], "11:22 11:26"],
    [["multi"], "13:1 13:9"],
    [["lit"], "18:1 18:7"],
    [["numbers", 7], "- 20:54"],
    [["table"], "23:5 23:3"],
    [["table", "tab"], "25:2 25:8"],
    [["table", "sub"], "27:8 27:8"],
    [["table", "sub", "dotted.name"], "27:12 27:1"],
    [["list"], "31:3 31:1"],
    [["list", 0], "- 31:1"],
    [["list", 0, "inner", "deep", 0, "d"], "36:1 36:5"],
    [["list", 1], "- 37:1"],
    [["list", 1, "more", 1, "z"], "41:3 41:7"],
    [["late"], "44:2 44:1"],
    [["late", "a"], "46:7 46:1"],
    [["late", "a", "b", "v"], "43:1 43:5"],
    [["nowhere"], "- -"],
    [["title", "x"], "- -"],
    [["a", "e", 9], "- -"],
    [["constructor"], "- -"]
  ]
  for (const [path, expected] of places) {
    it(`of ${JSON.stringify(path)} are ${expected}`, () => {
      expect(at(document, path)).toBe(expected)
    })
  }

  it("tell floats from integers by their text", () => {
    const texts = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => [document.textOf(["numbers", index]), document.isFloatText(["numbers", index])])
    expect(texts).toEqual([
      ["+1", false],
      ["-0", false],
      ["0x1e3", false],
      ["1_000", false],
      ["1.0", true],
      ["1e3", true],
      ["-1.5E-3", true],
      ["9223372036854775808", false]
    ])
    expect(document.isFloatText(["title"])).toBe(false)
    expect(document.isFloatText(["nowhere"])).toBe(false)
  })

  it("carry the line they stand on", () => {
    expect(document.positionOf(["table", "key"])).toEqual({ file: "run.toml", line: 24, column: 7, excerpt: "  key=1" })
  })
})

/** A writer with a stream of choices of its own (a linear congruential generator, Numerical Recipes) that notes every place. */
class Writer {
  text = ""
  readonly places = new Map<string, { key: number | undefined; value: number }>()
  readonly value: { [key: string]: JsonValue } = Object.create(null)
  #state: number

  constructor(seed: number) {
    this.#state = seed
    this.#pairs(this.value, [], 2 + this.#below(3), 0)
    for (let table = this.#below(4); table > 0; table -= 1) this.#section(table)
  }

  #below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * n)
  }

  #pick<A>(from: ReadonlyArray<A>): A {
    const picked = from[this.#below(from.length)]
    if (picked === undefined) throw new Error("nothing to pick from")
    return picked
  }

  #note(path: JsonPath, key: number | undefined, value: number): void {
    this.places.set(JSON.stringify(path), { key, value })
  }

  #gap(): void {
    this.text += this.#pick(["", " ", "\t", "  "])
  }

  #end(): void {
    this.text += this.#pick(["\n", "\r\n", ' # ] } = "\n', "\n\n# [c]\n", "\t\r\n\r\n"])
  }

  #void(): void {
    this.text += this.#pick(["", " ", "\n", " # , ] '''\n", "\r\n\t"])
  }

  /** Writes a name in one of its spellings; `index` keeps names of one table apart. */
  #name(index: number): { readonly name: string; readonly offset: number } {
    const [name, spelling] = this.#pick([
      [`k${index}`, `k${index}`],
      [`${index}`, `${index}`],
      [`-_${index}`, `-_${index}`],
      [`a.b${index}`, `"a.b${index}"`],
      [`"${index}]`, `'"${index}]'`],
      [`é\\${index}=`, `"\\u00E9\\\\${index}="`],
      [`#${index}`, `"#${index}"`]
    ] as const)
    const offset = this.text.length
    this.text += spelling
    return { name, offset }
  }

  #scalar(): JsonValue {
    const [value, spelling] = this.#pick<readonly [JsonValue, string]>([
      [1, "1"],
      [-17, "-1_7"],
      [255, "0xff"],
      [18446744073709551615n, "18446744073709551615"],
      [0.5, "0.5"],
      [1000, "1e3"],
      [true, "true"],
      [false, "false"],
      ["", '""'],
      ["", "''"],
      ['"', '"\\""'],
      ["\\", "'\\'"],
      ["a # b = [c]", '"a # b = [c]"'],
      ["x\ny", '"""\nx\ny"""'],
      ["''q''", "'''''q'''''"],
      ['""', '"""\\"\\""""'],
      ["ab", '"""a\\\n   b"""']
    ])
    this.text += spelling
    return value
  }

  #any(path: JsonPath, key: number | undefined, depth: number): JsonValue {
    this.#note(path, key, this.text.length)
    const kind = this.#below(depth > 3 ? 1 : 6)
    if (kind < 4) return this.#scalar()
    const size = this.#below(4)
    if (kind === 4) {
      const list: Array<JsonValue> = []
      this.text += "["
      for (let index = 0; index < size; index += 1) {
        this.#void()
        list.push(this.#any([...path, index], undefined, depth + 1))
        this.#void()
        if (index < size - 1 || this.#below(2) === 0) this.text += ","
      }
      this.#void()
      this.text += "]"
      return list
    }
    const table: { [key: string]: JsonValue } = Object.create(null)
    this.text += "{"
    for (let index = 0; index < size; index += 1) {
      this.#gap()
      this.#pair(table, path, index, depth)
      this.#gap()
      if (index < size - 1) this.text += ","
    }
    this.text += "}"
    return table
  }

  #pair(table: { [key: string]: JsonValue }, path: JsonPath, index: number, depth: number): void {
    const { name, offset } = this.#name(index)
    let into = table
    let last = name
    let lastOffset = offset
    let inside = path
    for (let more = this.#below(4) === 0 ? 1 + this.#below(2) : 0; more > 0; more -= 1) {
      inside = [...inside, last]
      this.#note(inside, lastOffset, lastOffset)
      const inner: { [key: string]: JsonValue } = Object.create(null)
      into[last] = inner
      into = inner
      this.#gap()
      this.text += "."
      this.#gap()
      const next = this.#name(more)
      last = next.name
      lastOffset = next.offset
    }
    this.#gap()
    this.text += "="
    this.#gap()
    into[last] = this.#any([...inside, last], lastOffset, depth + 1)
  }

  #pairs(table: { [key: string]: JsonValue }, path: JsonPath, count: number, depth: number): void {
    for (let index = 0; index < count; index += 1) {
      this.#gap()
      this.#pair(table, path, index, depth)
      this.#end()
    }
  }

  #section(index: number): void {
    const many = this.#below(2) === 0 ? 1 + this.#below(3) : 0
    const name = `section ${index}`
    const list: Array<JsonValue> = []
    for (let item = 0; item < Math.max(1, many); item += 1) {
      const table: { [key: string]: JsonValue } = Object.create(null)
      this.#gap()
      const header = this.text.length
      this.text += many > 0 ? "[[" : "["
      this.#gap()
      const key = this.text.length
      this.text += JSON.stringify(name)
      this.#gap()
      this.text += many > 0 ? "]]" : "]"
      this.#end()
      if (item === 0) this.#note([name], key, header)
      if (many > 0) this.#note([name, item], undefined, header)
      list.push(table)
      this.value[name] = many > 0 ? list : table
      this.#pairs(table, many > 0 ? [name, item] : [name], this.#below(3), 1)
    }
  }
}

describe("positions in generated TOML", () => {
  it("are those the writer noted, in 400 texts", () => {
    let places = 0
    for (let seed = 1; seed <= 400; seed += 1) {
      const written = new Writer(seed)
      const document = toml(written.text)
      expect(document.value, `seed ${seed}`).toEqual(written.value)
      const offsets = [0]
      for (const end of written.text.matchAll(/\r\n|\n/g)) offsets.push(end.index + end[0].length)
      const offsetOf = (place: { readonly line: number; readonly column: number } | undefined) =>
        place === undefined ? undefined : (offsets[place.line - 1] ?? 0) + place.column - 1
      for (const [path, noted] of written.places) {
        const steps = JSON.parse(path) as JsonPath
        const found = { key: offsetOf(document.keyPositionOf(steps)), value: offsetOf(document.positionOf(steps)) }
        expect(found, `seed ${seed} ${path}`).toEqual(noted)
        places += 1
      }
    }
    expect(places).toBeGreaterThan(4000)
  })

  it("never upset the scan where a text is cut or damaged", () => {
    let refused = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const { text } = new Writer(seed)
      for (let cut = 0; cut < text.length; cut += 7) {
        for (const damaged of [
          text.slice(0, cut),
          `${text.slice(0, cut)}]${text.slice(cut)}`,
          `${text.slice(0, cut)}"${text.slice(cut)}`
        ]) {
          try {
            toml(damaged)
          } catch (error) {
            expect(String(error)).toMatch(/^Error: \d+:\d+ FT10\d\d /)
            refused += 1
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(1000)
  })
})

describe("positions in YAML and JSON", () => {
  it("are those of keys and values", () => {
    const yaml = read("yaml", "# c\na:\n  - x: 1\n    'y z': |\n      text\n  - {k: 1.0}\nb: &b [1]\nc: *b\nd:\n")
    expect(at(yaml, [])).toBe("- 2:1")
    expect(at(yaml, ["a"])).toBe("2:1 3:3")
    expect(at(yaml, ["a", 0])).toBe("- 3:5")
    expect(at(yaml, ["a", 0, "y z"])).toBe("4:5 4:12")
    expect(at(yaml, ["a", 1, "k"])).toBe("6:6 6:9")
    expect(at(yaml, ["c"])).toBe("8:1 7:7")
    expect(at(yaml, ["c", 0])).toBe("- 7:8")
    expect(valueAt(yaml.value, ["d"])).toBe(null)
    expect(yaml.keyPositionOf(["d"])?.line).toBe(9)
    expect(yaml.isFloatText(["a", 1, "k"])).toBe(true)
    expect(yaml.isFloatText(["a", 0, "x"])).toBe(false)
    const json = read("json", '{"a": [1,\n {"b": 2e0}], "c": "x\\"y"}')
    expect(at(json, ["a", 1, "b"])).toBe("2:3 2:8")
    expect(json.textOf(["a", 1, "b"])).toBe("2e0")
    expect(json.textOf(["c"])).toBe('"x\\"y"')
    expect(json.isFloatText(["a", 1, "b"])).toBe(true)
    expect(json.isFloatText(["a", 0])).toBe(false)
  })
})
