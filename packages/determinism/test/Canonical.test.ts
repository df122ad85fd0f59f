import { describe, expect, it } from "vitest"
import { CanonicalError, canonical, canonicalBytes, fromCanonical, hashOf, type JsonValue, SeedTree, sha256Hex } from "../src/index.ts"
import { fromHex } from "./hex.ts"

const doubleOf = (hex: string): number => new DataView(fromHex(hex).buffer).getFloat64(0)

const pathOfFailure = (value: unknown): string => {
  try {
    return `no failure: ${canonical(value)}`
  } catch (error) {
    return error instanceof CanonicalError ? error.path : String(error)
  }
}

describe("bytes", () => {
  it("are written as the list of their numbers, other typed arrays are refused", () => {
    expect(canonical({ bytes: new Uint8Array([0, 255, 7]), none: new Uint8Array() })).toBe('{"bytes":[0,255,7],"none":[]}')
    expect(canonical(new Uint8Array([1, 2]))).toBe(canonical([1, 2]))
    expect(() => canonical(new Float32Array(2))).toThrow(CanonicalError)
  })
})

describe("RFC 8785", () => {
  it("writes the example of section 3.2.2 and sorts its keys", () => {
    const text = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`
    expect(canonical(JSON.parse(text))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
    )
  })

  it("sorts keys by UTF-16 code units", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }
    expect(canonical(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
  })

  const numbers: ReadonlyArray<readonly [bits: string, text: string]> = [
    ["0000000000000000", "0"],
    ["8000000000000000", "-0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"]
  ]
  it("writes the numbers of appendix B, and -0 as -0", () => {
    for (const [bits, text] of numbers) expect(canonical(doubleOf(bits)), bits).toBe(text)
  })
})

describe("beyond RFC 8785", () => {
  it("writes a bigint as its digits, the same text as the equal safe number", () => {
    expect(canonical(2n ** 53n + 1n)).toBe("9007199254740993")
    expect(canonical(-(2n ** 64n))).toBe("-18446744073709551616")
    for (const integer of [0, 1, -1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(canonical(BigInt(integer))).toBe(canonical(integer))
    }
  })

  it("writes and reads the numbers that JSON lacks", () => {
    const text = '[{"$number":"NaN"},{"$number":"Infinity"},{"$number":"-Infinity"}]'
    expect(canonical([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBe(text)
    expect(fromCanonical(text)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  })

  it("escapes data that looks like a tag, at any number of dollars", () => {
    expect(canonical({ $number: "NaN" })).toBe('{"$$number":"NaN"}')
    expect(canonical({ $$number: "NaN" })).toBe('{"$$$number":"NaN"}')
    expect(canonical({ $number: { $number: Number.NaN } })).toBe('{"$$number":{"$$number":{"$number":"NaN"}}}')
    const texts = new Set<string>()
    const values = [Number.NaN, { $number: "NaN" }, { $$number: "NaN" }, { $$$number: "NaN" }, { $number: Number.NaN }, { $$number: 1 }]
    for (const value of values) {
      texts.add(canonical(value))
      expect(fromCanonical(canonical(value))).toEqual(value)
    }
    expect(texts.size).toBe(values.length)
  })

  it("leaves every other object with dollars as it is", () => {
    for (const text of ['{"$ref":"#/a"}', '{"$number":"NaN","a":1}', '{"$numbers":1}', '{"number":"NaN"}', '{"$":1}']) {
      expect(canonical(fromCanonical(text))).toBe(text)
    }
  })

  it("refuses a tag that names no number", () => {
    expect(() => fromCanonical('{"a":[{"$number":"nan"}]}')).toThrow(
      '$.a[0]: expected {"$number": "NaN" | "Infinity" | "-Infinity"}, found "nan"; data of this shape is written as "$$number"'
    )
    expect(() => fromCanonical('{"$number":1}')).toThrow("found 1")
  })

  it("leaves out undefined members, also in deciding what looks like a tag", () => {
    expect(canonical({ b: undefined, a: 1 })).toBe('{"a":1}')
    expect(canonical({ $number: "NaN", a: undefined })).toBe('{"$$number":"NaN"}')
    expect(canonical({ a: undefined })).toBe("{}")
  })

  it("names the path of what has no canonical form", () => {
    class Point {
      x = 1
    }
    const holed: Array<number> = [1]
    holed[2] = 3
    const cases: ReadonlyArray<readonly [value: unknown, path: string]> = [
      [undefined, "$"],
      [[undefined], "$[0]"],
      [holed, "$[1]"],
      [{ a: { "b c": () => 1 } }, '$.a["b c"]'],
      [{ a: [1, Symbol("s")] }, "$.a[1]"],
      [{ a: new Date(0) }, "$.a"],
      [{ a: new Map() }, "$.a"],
      [[new Set()], "$[0]"],
      [{ w: new Float32Array(2) }, "$.w"],
      [{ w: new ArrayBuffer(2) }, "$.w"],
      [{ p: new Point() }, "$.p"],
      [{ n: Object(1) }, "$.n"],
      [{ [Symbol("k")]: 1 }, "$"],
      ["\ud800", "$"],
      [{ a: "x\udfff" }, "$.a"],
      [{ "\ud800": 1 }, '$["\\ud800"]']
    ]
    for (const [value, path] of cases) expect(pathOfFailure(value)).toBe(path)
    expect(() => canonical({ a: new Date(0) })).toThrow(
      "$.a: expected JSON data, found a Date; convert it to plain objects, arrays, strings and numbers first"
    )
  })

  it("refuses a value that contains itself and one nested too deeply, and accepts one value in two places", () => {
    const loop: Array<unknown> = [1]
    loop.push({ loop })
    expect(pathOfFailure(loop)).toBe("$[1].loop")
    const shared = { a: 1 }
    expect(canonical([shared, shared])).toBe('[{"a":1},{"a":1}]')
    const nested = (depth: number): unknown => Array.from({ length: depth - 1 }).reduce<unknown>((inner) => [inner], [Number.NaN])
    expect(canonical(fromCanonical(canonical(nested(1000))))).toBe(canonical(nested(1000)))
    expect(() => canonical(nested(1001))).toThrow("nested deeper than 1000 levels")
  })

  it("keeps __proto__ as data", () => {
    const text = '{"__proto__":{"a":1},"constructor":2}'
    expect(canonical(fromCanonical(text))).toBe(text)
  })
})

describe("round trips", () => {
  it("gives one text back for every generated value, whatever the order of its keys", () => {
    const draw = SeedTree.root(1).child("canonical").random()
    const words = ["", "a", "$number", "$$number", "$", "__proto__", "constructor", "é", "\u2028", "🧠", '"\\', "\u0000", "10", "9"]
    const numbers = [0, -0, 1, -1.5, 1e21, 5e-324, 2 ** 53, 1e-7, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1]
    const make = (depth: number): JsonValue => {
      switch (draw.below(depth === 0 ? 5 : 8)) {
        case 0:
          return null
        case 1:
          return draw.below(2) === 1
        case 2:
          return draw.choice(words)
        case 3:
          return draw.choice(numbers)
        case 4:
          return draw.below(2n ** 64n) - 2n ** 63n
        case 5:
          return Array.from({ length: draw.below(4) }, () => make(depth - 1))
        default: {
          const members = Array.from({ length: draw.below(4) }, () => [draw.choice(words), make(depth - 1)] as const)
          return Object.fromEntries(members)
        }
      }
    }
    const reordered = (value: JsonValue): JsonValue => {
      if (typeof value !== "object" || value === null) return value
      if (Array.isArray(value)) return value.map(reordered)
      return Object.fromEntries(draw.shuffle(Object.entries(value)).map(([key, member]) => [key, reordered(member)]))
    }
    const texts = new Set<string>()
    for (let round = 0; round < 3000; round += 1) {
      const value = make(4)
      const text = canonical(value)
      texts.add(text)
      expect(canonical(fromCanonical(text))).toBe(text)
      expect(canonical(reordered(value))).toBe(text)
    }
    expect(texts.size).toBeGreaterThan(1000)
  })

  it("gives back every number to the bit, apart from unsafe integers, which come back as the bigint of their digits", () => {
    const draw = SeedTree.root(2).child("doubles").random()
    const view = new DataView(new ArrayBuffer(8))
    for (let round = 0; round < 5000; round += 1) {
      view.setBigUint64(0, draw.below(2n ** 64n))
      const value = view.getFloat64(0)
      const back = fromCanonical(canonical(value))
      expect(typeof back === "bigint" ? Number(back) : back).toBe(value)
    }
    expect(fromCanonical(canonical(2 ** 60))).toBe(1152921504606847000n)
  })
})

describe("hashes", () => {
  it("hashes the UTF-8 bytes of the canonical text", () => {
    expect(canonicalBytes({ b: "é", a: 1 })).toEqual(new TextEncoder().encode('{"a":1,"b":"é"}'))
    expect(hashOf({ b: "é", a: 1 })).toBe(sha256Hex('{"a":1,"b":"é"}'))
    expect(hashOf([])).toBe("4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")
  })
})
