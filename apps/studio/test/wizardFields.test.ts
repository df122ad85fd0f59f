/** Where values stand in a run file: against files that templates wrote, odd spellings, and texts that break off. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { literalOf, pathText, readFields, scalarOf, typedLiteral, withLiteral } from "../src/pages/wizard/readFields.ts"

const golden = (name: string): string => readFileSync(new URL(`./golden/${name}`, import.meta.url), "utf8")

describe("the fields of a run file", () => {
  const text = golden("iris.run.toml")
  const fields = readFields(text)

  it("are all found, with their lines", () => {
    expect(fields.complete).toBe(true)
    expect(fields.at("training.epochs")).toMatchObject({ value: 10, line: 31, column: 10, literal: "10", kind: "scalar" })
    expect(fields.at("learner.reward.options.reinforce.magnitude")).toMatchObject({ value: 100, literal: "100.0" })
    expect(fields.at("learner.binding.encoder.options.scheme.bins")).toMatchObject({ value: 5 })
    expect(fields.at("seeds")).toMatchObject({ kind: "array", literal: "[1, 2, 3]", value: undefined })
    expect(fields.at("transforms")).toMatchObject({ kind: "array", literal: "[]" })
    expect(fields.at("training.epoch")).toBeUndefined()
  })

  it("stand where they say: every literal is the text between its offsets, and its line holds its beginning", () => {
    const lines = text.split("\n")
    expect(fields.list.length).toBe(69)
    for (const field of fields.list) {
      expect(text.slice(field.start, field.end)).toBe(field.literal)
      expect(lines[field.line - 1]?.slice(field.column - 1).startsWith(field.literal.split("\n")[0] ?? "")).toBe(true)
    }
  })

  it("carry the comment above them, and no other", () => {
    expect(fields.at("learner.schedule.hold_bursts")?.comment).toBe("")
    expect(fields.at("learner.reward.options.margin")?.comment).toBe("In units of the scores, which lie between 0 and 1.")
    expect(fields.at("checkpoint_every")?.comment).toBe(
      "Samples per durable step. A checkpoint brings the neurons to rest, so that this is part of the result."
    )
    expect(fields.at("learner.reward.options.suppress")?.comment).toBe("")
  })

  it("of nested lists have a path with the position, as --set takes it", () => {
    const gradient = readFields(golden("iris-gradient.run.toml"))
    expect(gradient.complete).toBe(true)
    expect(gradient.at("learner.options.model.layers.0.units")).toMatchObject({ value: 64 })
    expect(gradient.at("learner.options.model.layers.4.init.type")).toMatchObject({ value: "glorot-uniform" })
    expect(gradient.at("transforms.0.options.constant")).toMatchObject({ value: "zero" })
    expect(gradient.at("transforms.0.fit_on")).toMatchObject({ value: "train" })
    expect(gradient.at("learner.options.model.layers.5")).toBeUndefined()
  })

  it("change without anything else in the text", () => {
    const field = fields.at("learner.reward.options.reinforce.magnitude")
    if (field === undefined) throw new Error("the field is not there")
    const changed = withLiteral(text, field, "12.5")
    const [before, after] = [text, changed].map((each) => each.split("\n"))
    expect(after?.length).toBe(before?.length)
    expect(after?.filter((line, index) => line !== before?.[index])).toEqual(['reinforce = { channel = "pleasure", magnitude = 12.5 }'])
  })
})

describe("odd spellings", () => {
  it("are read as TOML has them", () => {
    const fields = readFields(
      [
        "a.b = 'c:\\d' # end",
        '"x y"."z" = "tab\\tquote\\" # no comment"',
        "n = 1_000",
        "f = 1e-8",
        "big = 18446744073709551615",
        "t = true",
        'm = """',
        'two\nlines"""',
        "l = [",
        "  1, # one",
        "  2,",
        "]",
        "d = 2024-01-02 03:04:05",
        "[[list]]",
        "v = 1",
        "[[list]]",
        "v = 2",
        "[list.inner]",
        "w = 3"
      ].join("\n")
    )
    expect(fields.complete).toBe(true)
    expect(Object.fromEntries(fields.list.map((field) => [pathText(field.path), field.value ?? field.literal]))).toEqual({
      "a.b": "c:\\d",
      '"x y".z': 'tab\tquote" # no comment',
      n: 1000,
      f: 1e-8,
      big: 18446744073709551615n,
      t: true,
      m: "two\nlines",
      l: "[\n  1, # one\n  2,\n]",
      d: "2024-01-02 03:04:05",
      "list.0.v": 1,
      "list.1.v": 2,
      "list.1.inner.w": 3
    })
  })

  it("that break off leave the fields before them", () => {
    for (const broken of ['a = 1\nb = "open', "a = 1\nb = [1, 2", "a = 1\nb = {x = 1", "a = 1\nb", "a = 1\n[c", "a = 1\nb = 1 2"]) {
      const fields = readFields(broken)
      expect(fields.complete, broken).toBe(false)
      expect(fields.at("a")?.value, broken).toBe(1)
    }
    expect(readFields("").complete).toBe(true)
  })
})

describe("a typed value", () => {
  const fields = readFields('i = 1\nf = 1.0\ns = "a"\nb = true\nl = [1]')

  it("keeps the type that stands there", () => {
    expect(typedLiteral(fields.at("i"), " 7 ")).toEqual({ ok: true, literal: "7" })
    expect(typedLiteral(fields.at("f"), "7")).toEqual({ ok: true, literal: "7.0" })
    expect(typedLiteral(fields.at("f"), "1e-3")).toEqual({ ok: true, literal: "1e-3" })
    expect(typedLiteral(fields.at("s"), 'say "a"')).toEqual({ ok: true, literal: '"say \\"a\\""' })
    expect(typedLiteral(fields.at("l"), "[1, 2]")).toEqual({ ok: true, literal: "[1, 2]" })
  })

  it("is a number or a word where the field takes both", () => {
    for (const field of [fields.at("i"), fields.at("s")]) {
      expect(typedLiteral(field, "18446744073709551615", ["per-run"])).toEqual({ ok: true, literal: "18446744073709551615" })
      expect(typedLiteral(field, " per-run", ["per-run"])).toEqual({ ok: true, literal: '"per-run"' })
      expect(typedLiteral(field, "perrun", ["per-run"])).toEqual({
        ok: false,
        reason: 'expected a whole number or "per-run", got "perrun"'
      })
    }
  })

  it("that is none is refused with what came", () => {
    expect(typedLiteral(fields.at("i"), "ten")).toEqual({ ok: false, reason: 'expected a number, got "ten"' })
    expect(typedLiteral(fields.at("i"), "")).toEqual({ ok: false, reason: "expected a value; the field is empty" })
  })

  it("is written as TOML and read back the same", () => {
    for (const value of ["", 'a"b\\c\u007f\n', "ü 日", 3, 0.1, -2, true, 18446744073709551615n])
      expect(scalarOf(literalOf(value))).toBe(value)
    expect(() => literalOf(Number.NaN)).toThrow("finite")
  })
})
