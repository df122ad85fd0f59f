/** Mistakes in a document: each once, at its place, with its way out. */
import { decodeStrict, formatDiagnostic } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { checkSchemaVersion, decodeAt, decodeDocument, diagnosticsFor, type Located, reasonOf } from "../src/index.ts"
import { read, shown, toml } from "./check.ts"

const atLeast = (least: number) => Schema.Int.check(Schema.isGreaterThanOrEqualTo(least))

const Learner = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("brain"), bins: atLeast(1) }),
  Schema.Struct({ kind: Schema.Literal("gradient"), rate: Schema.Finite })
])

const Run = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  seed: atLeast(0),
  rate: Schema.Finite,
  shuffle: Schema.Boolean,
  sampler: Schema.Struct({ id: Schema.String, seed: atLeast(0), options: Schema.Record(Schema.String, Schema.Unknown) }),
  learner: Learner,
  epochs: Schema.Array(atLeast(1)),
  size: Schema.Union([Schema.Int, Schema.String])
})

const good = `
name = "iris"
version = "1.10"
seed = 7
rate = 1.0
shuffle = true
epochs = [1, 2]
size = 3

[sampler]
id = "random"
seed = 1

[sampler.options]
window = 3

[learner]
kind = "brain"
bins = 8
`

const problems = (document: Located): ReadonlyArray<string> => {
  const decoded = decodeDocument(Run, document)
  return decoded.ok ? [] : decoded.diagnostics.map((each) => formatDiagnostic(each))
}

const one = (change: readonly [from: string, to: string]): string => {
  const text = good.replace(change[0], change[1])
  expect(text).not.toBe(good)
  const found = problems(toml(text))
  expect(found.length, found.join("\n")).toBe(1)
  return found[0] ?? ""
}

describe("decodeDocument()", () => {
  it("returns the value of a document without mistakes", () => {
    const decoded = decodeDocument(Run, toml(good))
    expect(decoded).toMatchObject({ ok: true, value: { name: "iris", rate: 1, sampler: { options: { window: 3 } } } })
  })

  it("names an unknown key by its own place and the nearest known key", () => {
    const text = `${"#\n".repeat(10)}[sampler]\nsead = 1\nid = "random"\nseed = 1\n[sampler.options]\n`
    const decoded = decodeDocument(Schema.Struct({ sampler: Run.fields.sampler }), toml(text))
    if (decoded.ok) throw new Error("an unknown key went through")
    expect(decoded.diagnostics.map(formatDiagnostic)).toEqual([
      'error[FT1002] run.toml:12:1 unknown key "sead"; did you mean "seed"?\n' +
        "  12 | sead = 1\n" +
        "     | ^\n" +
        '  help: rename it to "seed", or remove it'
    ])
  })

  it("lists five mistakes once each, sorted by line", () => {
    const text = good
      .replace('name = "iris"', 'nmae = "iris"')
      .replace("seed = 7", "seed = -1")
      .replace("shuffle = true", 'shuffle = "no"')
      .replace("[learner]", "extra = 1\n[learner]")
      .replace('id = "random"\n', "")
      .replace("bins = 8", "bins = 0")
    const decoded = decodeDocument(Run, toml(text))
    if (decoded.ok) throw new Error("mistakes went through")
    expect(shown(decoded.diagnostics)).toEqual([
      "1:1 FT1003 is required and missing",
      '2:1 FT1002 unknown key "nmae"; did you mean "name"?',
      "4:8 FT1004 has the wrong value",
      "6:11 FT1004 has the wrong value",
      "10:2 FT1003 is required and missing",
      "19:8 FT1004 has the wrong value"
    ])
    expect(decoded.diagnostics.map((each) => each.field)).toEqual(["name", undefined, "seed", "shuffle", "sampler.id", "learner.bins"])
  })

  it("tells to quote a version that arrives as a number, as it was written", () => {
    expect(one(['version = "1.10"', "version = 1.10"])).toBe(
      'error[FT1008] run.toml:3:11 field "version": has the wrong value: expected string, got 1.10\n' +
        "  3 | version = 1.10\n" +
        "    |           ^^^^\n" +
        '  help: write version = "1.10"'
    )
    const decoded = decodeDocument(Schema.Struct({ version: Schema.String }), read("yaml", "version: 1.10"))
    expect(decoded).toMatchObject({
      ok: false,
      diagnostics: [{ code: "FT1008", line: 1, column: 10, actual: "1.10", help: 'write version: "1.10"' }]
    })
  })

  const integers: ReadonlyArray<readonly [text: string, actual: string, help: string | undefined]> = [
    ["1e3", "1e3", "write seed = 1000"],
    ["7.0", "7.0", "write seed = 7"],
    ["-0.0", "-0.0", undefined],
    ["0.5", "0.5", undefined],
    ['"7"', '"7"', "write seed = 7"],
    ["true", "true", undefined],
    ["18446744073709551616", "18446744073709551616", undefined],
    ["9007199254740993", "9007199254740993", undefined],
    ["-1", "-1", undefined],
    ["1e300", "1e300", undefined]
  ]
  for (const [text, actual, help] of integers) {
    it(`refuses ${text} for an integer of at least 0`, () => {
      const decoded = decodeDocument(Schema.Struct({ seed: atLeast(0) }), toml(`seed = ${text}`))
      if (decoded.ok) throw new Error(`seed = ${text} went through`)
      expect(decoded.diagnostics.map((each) => [each.code, each.line, each.column, each.actual])).toEqual([["FT1004", 1, 8, actual]])
      if (help !== undefined) expect(decoded.diagnostics[0]?.help).toBe(help)
    })
  }

  it("takes integers in every spelling of integers, and whole floats for numbers", () => {
    for (const text of ["7", "+7", "0x7", "7_0", "0b111"]) {
      expect(decodeDocument(Schema.Struct({ seed: atLeast(0) }), toml(`seed = ${text}`)).ok, text).toBe(true)
    }
    const Bounded = Schema.Struct({ rate: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })) })
    for (const text of ["0.0", "1.0", "1e0", "1", "0"]) expect(decodeDocument(Bounded, toml(`rate = ${text}`)).ok, text).toBe(true)
  })

  it("finds whole floats for integers in arrays, unions and beside other mistakes", () => {
    const text = good
      .replace("[1, 2]", "[1, 2.0]")
      .replace("bins = 8", "bins = 8e0")
      .replace("size = 3", "size = 3.0")
      .replace("rate = 1.0", 'rate = "x"')
    const decoded = decodeDocument(Run, toml(text))
    if (decoded.ok) throw new Error("whole floats went through")
    expect(decoded.diagnostics.map((each) => [each.field, each.line, each.column, each.actual])).toEqual([
      ["rate", 5, 8, '"x"'],
      ["epochs[1]", 7, 14, "2.0"],
      ["size", 8, 8, "3.0"],
      ["learner.bins", 19, 8, "8e0"]
    ])
  })

  it("places a missing key at the table that lacks it, and says how to add it", () => {
    expect(one(["seed = 1\n", ""])).toContain('run.toml:10:2 field "sampler.seed": is required and missing')
    expect(one(["seed = 7\n", ""])).toContain("help: add seed = ...")
  })

  it("shows how a boolean and a number are written", () => {
    const decoded = decodeDocument(Schema.Struct({ a: Schema.Boolean, b: Schema.Int }), read("yaml", 'a: no\nb: "7"'))
    expect(decoded).toMatchObject({ ok: false, diagnostics: [{ help: "write a: false" }, { help: "write b: 7" }] })
  })

  it("sorts mistakes of one line by column", () => {
    const decoded = decodeDocument(
      Schema.Struct({ seed: atLeast(0), rate: Schema.Finite }),
      read("json", '{"seed": -1, "sead": 2, "rate": ""}')
    )
    if (decoded.ok) throw new Error("mistakes went through")
    expect(decoded.diagnostics.map((each) => each.column)).toEqual([10, 14, 33])
  })

  it("uses the caller's code for wrong values", () => {
    const decoded = decodeDocument(Schema.Struct({ a: Schema.Int }), toml("a = true"), "FT2001")
    expect(decoded).toMatchObject({ ok: false, diagnostics: [{ code: "FT2001" }] })
  })
})

describe("options that a plugin decodes", () => {
  const document = toml(good.replace("window = 3", "windw = 3\nsize = 2.0"))
  const Options = Schema.Struct({ window: Schema.Int, size: Schema.Int })
  const base = ["sampler", "options"]

  it("have their mistakes placed by diagnosticsFor()", () => {
    const decoded = decodeStrict(Options, { windw: 3, size: "x" })
    if (decoded.ok) throw new Error("mistakes went through")
    const found = diagnosticsFor(document, base, decoded.mistakes, "my-plugin/BAD")
    expect(shown(found)).toEqual([
      "14:10 FT1003 is required and missing",
      '15:1 FT1002 unknown key "windw"; did you mean "window"?',
      "16:8 my-plugin/BAD has the wrong value"
    ])
  })

  it("are decoded in place by decodeAt(), whole floats included", () => {
    const decoded = decodeAt(Options, document, base)
    if (decoded.ok) throw new Error("mistakes went through")
    expect(decoded.diagnostics.map((each) => [each.line, each.column, each.field])).toEqual([
      [14, 10, "sampler.options.window"],
      [15, 1, undefined],
      [16, 8, "sampler.options.size"]
    ])
  })
})

describe("checkSchemaVersion()", () => {
  const rows: ReadonlyArray<readonly [text: string, reason: string, problem: string]> = [
    ["a = 1", "invalid", "1:1 FT1009 is required and missing"],
    ['schema_version = "0"', "invalid", "1:18 FT1009 has the wrong value"],
    ["schema_version = 0", "invalid", "1:18 FT1009 has the wrong value"],
    ["schema_version = 2.0", "invalid", "1:18 FT1009 has the wrong value"],
    ["schema_version = 1", "invalid", "1:18 FT1009 the document has version 1, this program reads only 2"],
    ["schema_version = 3", "integrity", "1:18 FT1010 the document has version 3, this program reads up to 2"],
    [
      "schema_version = 99999999999999999999",
      "integrity",
      "1:18 FT1010 the document has version 99999999999999999999, this program reads up to 2"
    ]
  ]
  for (const [text, reason, problem] of rows) {
    it(`refuses ${text} as ${reason}`, () => {
      const checked = checkSchemaVersion(toml(text), 2)
      if (checked.ok) throw new Error("the version went through")
      expect([checked.reason, ...shown(checked.diagnostics)]).toEqual([reason, problem])
      expect(reasonOf(checked.diagnostics)).toBe(reason)
    })
  }

  it("takes ours, and older ones that are still read", () => {
    expect(checkSchemaVersion(toml("schema_version = 2"), 2)).toEqual({ ok: true, version: 2 })
    expect(checkSchemaVersion(toml("schema_version = 1"), 2, 1)).toEqual({ ok: true, version: 1 })
  })
})
