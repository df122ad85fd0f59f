/** Bytes to text, content to hash, values to TOML. */
import { TrainerError } from "@feagi-trainer/contracts"
import { canonical, type JsonValue } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { canonicalHash, decodeText, formatOf, toToml } from "../src/index.ts"
import { read, toml } from "./check.ts"

const bytes = (...values: ReadonlyArray<number>): Uint8Array => Uint8Array.from(values)

describe("decodeText()", () => {
  it("reads UTF-8 and takes off one byte order mark, saying so", () => {
    expect(decodeText(new TextEncoder().encode("a = 'é😀'"), "x")).toEqual({ ok: true, text: "a = 'é😀'", byteOrderMark: false })
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61), "x")).toEqual({ ok: true, text: "a", byteOrderMark: true })
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61), "x")).toMatchObject({ text: "\uFEFFa" })
    expect(decodeText(bytes(), "x")).toEqual({ ok: true, text: "", byteOrderMark: false })
  })

  const refused: ReadonlyArray<readonly [what: string, input: Uint8Array, message: string, place: string]> = [
    ["UTF-16, little end first", bytes(0xff, 0xfe, 0x61, 0), "the file is UTF-16, not UTF-8", "1:1 0"],
    ["UTF-16, big end first", bytes(0xfe, 0xff, 0, 0x61), "the file is UTF-16, not UTF-8", "1:1 0"],
    ["UTF-16 without a mark", bytes(0x61, 0, 0x62, 0), "a NUL byte: the file is not UTF-8 text (UTF-16 without a mark?)", "1:2 1"],
    ["Latin-1", bytes(0x61, 0x0a, 0xc3, 0xa9, 0xe9, 0x20), "the byte 0xE9 (é in Latin-1) is not UTF-8", "2:2 4"],
    ["a cut sequence", bytes(0x61, 0xe2, 0x82), "the byte 0xE2 (â in Latin-1) is not UTF-8", "1:2 1"],
    ["an overlong form", bytes(0xc0, 0x80), "the byte 0xC0 (À in Latin-1) is not UTF-8", "1:1 0"],
    ["a surrogate", bytes(0xed, 0xa0, 0x80), "the byte 0xED (í in Latin-1) is not UTF-8", "1:1 0"],
    ["a code point beyond the last", bytes(0xf4, 0x90, 0x80, 0x80), "the byte 0xF4 (ô in Latin-1) is not UTF-8", "1:1 0"],
    ["a lone continuation", bytes(0x80), "the byte 0x80 is not UTF-8", "1:1 0"]
  ]
  for (const [what, input, message, place] of refused) {
    it(`refuses ${what}`, () => {
      const decoded = decodeText(input, "x.toml")
      if (decoded.ok) throw new Error("the bytes went through")
      const [found] = decoded.diagnostics
      expect([found?.code, found?.message, `${found?.line}:${found?.column} ${found?.byte_offset}`]).toEqual(["FT1007", message, place])
    })
  }

  it("agrees with the strict decoder of the platform on every pair and on sampled triples of bytes", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    const accepts = (input: Uint8Array): boolean => {
      try {
        strict.decode(input)
        return !input.includes(0)
      } catch {
        return false
      }
    }
    const edges = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff]
    let disagreements = 0
    for (let first = 1; first < 256; first += 1) {
      for (let second = 1; second < 256; second += 1)
        if (decodeText(bytes(first, second), "").ok !== accepts(bytes(first, second))) disagreements += 1
      for (const second of edges) {
        for (const third of edges) {
          for (const input of [bytes(first, second, third), bytes(first, second, third, 0x80)]) {
            if (decodeText(input, "").ok !== accepts(input)) disagreements += 1
          }
        }
      }
    }
    expect(disagreements).toBe(0)
  })

  it("refuses what is too long by its bytes", () => {
    expect(decodeText(bytes(0x61, 0x62), "x", { maxBytes: 1 })).toMatchObject({ ok: false, diagnostics: [{ code: "FT1006" }] })
  })
})

describe("formatOf()", () => {
  it("goes by the name and never guesses", () => {
    expect(["a.toml", "a.run.YAML", "a.yml", "a.json", "toml", "a.txt", "a.toml~"].map(formatOf)).toEqual([
      "toml",
      "yaml",
      "yaml",
      "json",
      undefined,
      undefined,
      undefined
    ])
  })
})

describe("canonicalHash()", () => {
  it("is one over formats, order of keys, comments, line ends and spellings", () => {
    const hashes = [
      toml('a = 1\nb.c = [1.5, "x"]\nn = 9007199254740993\nt = true\n'),
      toml("# c\r\nt = true # x\r\nn = 9_007_199_254_740_993\r\n\"a\" = 0x1\r\n\r\n[b]\r\nc = [ 15e-1,\r\n'x', ]\r\n"),
      read("yaml", "b:\n  c: [1.50, x] # c\nt: True\nn: 9007199254740993\na: 1\n"),
      read("yaml", "t: true\r\nb: {c: [1.5, 'x']}\r\na: 1\r\nn: 9007199254740993\r\n"),
      read("json", '{"t": true, "n": 9007199254740993, "b": {"c": [1.5, "\\u0078"]}, "a": 1}')
    ].map(canonicalHash)
    expect(new Set(hashes).size).toBe(1)
    // sha256sum of {"a":1,"b":{"c":[1.5,"x"]},"n":9007199254740993,"t":true}
    expect(hashes[0]).toBe("21cd8929a3971c3f1e91f5c153c6f35846a77496e383bad470fe468584c8280e")
  })

  it("differs when any value differs", () => {
    const base = 'a = 1\nb = ["x"]'
    const others = [
      "a = 2\nb = ['x']",
      "a = 1\nb = ['y']",
      "a = '1'\nb = ['x']",
      "a = 1\nb = 'x'",
      "a = 1\nc = ['x']",
      "a = true\nb = ['x']"
    ]
    expect(new Set([base, ...others].map((text) => canonicalHash(toml(text)))).size).toBe(others.length + 1)
  })
})

describe("toToml()", () => {
  const value = {
    schema_version: 1,
    name: 'quo"te \\ tab\t line\n bell\u0007 del\u007f é 😀',
    numbers: [0, -0, 1.5, 1e-7, 1e21, 1e20, 5e-324, 1.7976931348623157e308, 9007199254740991, 9007199254740993n, -18446744073709551616n],
    empty: {},
    list: [],
    "needs quotes": { "": 1, "a.b": true, é: [] },
    deep: { only: { tables: { x: 1 } } },
    tables: [{ a: 1, inner: { b: 2 } }, {}, { list: [{ c: 1 }, { c: 2 }] }],
    mixed: [1, { a: [{ b: {} }] }, [[]]]
  }

  it("reads back as the same value, in either order", () => {
    for (const order of ["given", "sorted"] as const) {
      expect(canonical(toml(toToml(value, { order })).value), order).toBe(canonical(value))
    }
  })

  it("writes tables after plain keys, headers where they say something, otherwise the order given", () => {
    expect(
      toToml({ z: { b: 1, a: { c: "x" } }, deep: { only: { t: 1 } }, list: [{ k: 1, s: { t: 2 } }, {}], a: [{ b: 1 }, 2], e: {} })
    ).toBe(
      'a = [{ b = 1 }, 2]\n\n[z]\nb = 1\n\n[z.a]\nc = "x"\n\n[deep.only]\nt = 1\n\n[[list]]\nk = 1\n\n[list.s]\nt = 2\n\n[[list]]\n\n[e]\n'
    )
    expect(toToml({})).toBe("")
  })

  it("gives equal values equal texts when sorted", () => {
    const left = toToml({ b: 1, a: { d: 1, c: 2 } }, { order: "sorted" })
    expect(left).toBe(toToml({ a: { c: 2, d: 1 }, b: 1 }, { order: "sorted" }))
    expect(left).toBe("b = 1\n\n[a]\nc = 2\nd = 1\n")
  })

  it("reads back what any format held", () => {
    const documents = [
      read("yaml", "a: -0\nb: |\n  x\n  y\nc: [1e3, 0x10]\nd: {e: {f: 1}}"),
      read("json", '{"a": [-0, 1e20, 100000000000000000000], "b": {"c": [{"d": []}, {}]}}')
    ]
    for (const document of documents) expect(canonicalHash(toml(toToml(document.value)))).toBe(canonicalHash(document))
  })

  const refused: ReadonlyArray<readonly [value: JsonValue, problem: string]> = [
    [{ a: [1, { b: null }] }, "a[1].b TOML has no null"],
    [{ a: Number.NaN }, "a NaN cannot stand in a document"],
    [{ a: { b: Number.NEGATIVE_INFINITY } }, "a.b -Infinity cannot stand in a document"],
    [{ a: "\ud800" }, "a the string holds a lone surrogate"],
    [[1], " a TOML document is a table"],
    [JSON.parse('{"a": {"__proto__": 1}}'), 'a.__proto__ the key "__proto__" is refused everywhere']
  ]
  for (const [value, problem] of refused) {
    it(`refuses with "${problem}"`, () => {
      try {
        toToml(value)
        throw new Error("the value went through")
      } catch (error) {
        if (!(error instanceof TrainerError)) throw error
        expect([error.reason, `${error.diagnostics[0].field} ${error.diagnostics[0].message}`]).toEqual(["invalid", problem])
      }
    })
  }
})
