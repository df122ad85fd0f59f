import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { decodeStrict, showValue } from "../../src/index.ts"

const Inner = Schema.Struct({
  bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 64 })),
  spacing: Schema.Literals(["linear", "fractional"])
})
const Outer = Schema.Struct({
  name: Schema.String,
  encoder: Inner,
  list: Schema.Array(Schema.Struct({ weight: Schema.Finite })),
  note: Schema.optionalKey(Schema.String),
  either: Schema.optionalKey(Schema.Union([Schema.Literal("auto"), Schema.Int]))
})
const good = { name: "a", encoder: { bins: 4, spacing: "linear" }, list: [{ weight: 1.5 }] }

const mistakes = (input: unknown) => {
  const decoded = decodeStrict(Outer, input)
  return decoded.ok ? [] : decoded.mistakes
}

describe("decoding what a person wrote", () => {
  it("gives the value when everything is right", () => {
    expect(decodeStrict(Outer, good)).toEqual({ ok: true, value: good })
  })

  it("finds every mistake at once, each at its path", () => {
    const found = mistakes({ nme: "a", encoder: { bins: 1, spacing: "log", bin: 3 }, list: [{ weight: 1 }, { weight: "x" }, {}] })
    expect(found.map((each) => [each.path.join("."), each.problem]).sort()).toEqual([
      ["encoder.bin", "unknown-key"],
      ["encoder.bins", "invalid"],
      ["encoder.spacing", "invalid"],
      ["list.1.weight", "invalid"],
      ["list.2.weight", "missing"],
      ["name", "missing"],
      ["nme", "unknown-key"]
    ])
  })

  it("suggests the key that was meant, and none where nothing is near", () => {
    const [near] = mistakes({ ...good, nte: "x" })
    expect([near?.message, near?.suggestion]).toEqual(['unknown key "nte"', "note"])
    expect(mistakes({ ...good, elephant: 1 })[0]?.suggestion).toBeUndefined()
  })

  it("says what was expected and what came", () => {
    const [bins] = mistakes({ ...good, encoder: { bins: 65, spacing: "linear" } })
    expect(bins?.expected).toMatch(/2.*64/)
    expect(bins?.actual).toBe("65")
    const [either] = mistakes({ ...good, either: "manual" })
    expect(either?.path).toEqual(["either"])
    expect(either?.expected).toMatch(/auto/)
    expect(either?.actual).toBe('"manual"')
  })

  it("keeps a key that a prototype has from passing for one of the table", () => {
    expect(
      mistakes(JSON.parse('{"name":"a","encoder":{"bins":4,"spacing":"linear"},"list":[],"__proto__":{"x":1}}')).map((each) => each.problem)
    ).toEqual(["unknown-key"])
    expect(mistakes({ ...good, constructor: 1 })[0]?.problem).toBe("unknown-key")
  })

  it.each([null, undefined, 3, "text", [], () => 1])("refuses %s where a table is expected", (input) => {
    expect(mistakes(input).length).toBeGreaterThan(0)
  })

  it("shows a value as JSON, short enough for one line, and no number as another", () => {
    expect(showValue("a\nb")).toBe('"a\\nb"')
    expect(showValue(-0)).toBe("-0")
    expect(showValue(Number.NaN)).toBe("NaN")
    expect(showValue((1n << 64n) - 1n)).toBe("18446744073709551615")
    expect(showValue({ seed: 1n << 60n })).toBe('{"seed":"1152921504606846976"}')
    expect(showValue(undefined)).toBe("nothing")
    expect(showValue("x".repeat(200))).toBe(`"${"x".repeat(76)}...`)
    expect(showValue("a".repeat(64))).toBe(`"${"a".repeat(64)}"`)
  })
})
