import { describe, expect, it } from "vitest"
import { escapeControl, formatDiagnostic, TrainerError, trainerError, trainerErrors } from "../../src/index.ts"

describe("a diagnostic as text", () => {
  it("has code, place, expectation, excerpt with a mark under the column, and the way out", () => {
    expect(
      formatDiagnostic({
        code: "FT1004",
        severity: "error",
        file: "x.run.toml",
        line: 12,
        column: 8,
        field: "training.epochs",
        message: "has the wrong value",
        expected: "an integer from 1",
        actual: "0",
        excerpt: "epochs = 0",
        help: "write a number"
      })
    ).toBe(
      [
        'error[FT1004] x.run.toml:12:8 field "training.epochs": has the wrong value: expected an integer from 1, got 0',
        "  12 | epochs = 0",
        "     |        ^",
        "  help: write a number"
      ].join("\n")
    )
  })

  it("leaves out what is not known", () => {
    expect(formatDiagnostic({ code: "FT1", severity: "warning", message: "odd" })).toBe("warning[FT1] odd")
    expect(formatDiagnostic({ code: "FT1", severity: "error", message: "odd", column: 3 })).toBe("error[FT1] odd")
    expect(formatDiagnostic({ code: "FT1", severity: "error", message: "odd", file: "a", column: 3 })).toBe("error[FT1] a odd")
    expect(formatDiagnostic({ code: "FT1", severity: "error", message: "odd", sample_id: "s" })).toBe("error[FT1] (sample s): odd")
    expect(formatDiagnostic({ code: "FT1", severity: "error", message: "odd", count: 7 })).toBe("error[FT1] odd\n  (7 of this kind)")
  })

  it("marks a column far to the right inside of a window", () => {
    const text = formatDiagnostic({
      code: "FT1",
      severity: "error",
      message: "odd",
      file: "a",
      line: 1,
      column: 501,
      excerpt: `${"a".repeat(500)}b${"c".repeat(500)}`
    })
    const [, excerpt = "", mark = ""] = text.split("\n")
    expect(excerpt.length).toBeLessThan(110)
    expect(excerpt[mark.indexOf("^")]).toBe("b")
  })

  it("moves no cursor, colours nothing and forges no line, wherever the text came from", () => {
    const evil = "a\u001b[31mb\rc\nerror[FT0] forged\u202e"
    const text = formatDiagnostic({
      code: "FT1",
      severity: "error",
      message: evil,
      file: evil,
      line: 1,
      column: 1,
      field: evil,
      sample_id: evil,
      expected: evil,
      actual: evil,
      help: evil,
      excerpt: evil
    })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    expect(text.split("\n").filter((line) => line.startsWith("error[")).length).toBe(1)
    expect(escapeControl("tab\tstays, ü and 🌸 too")).toBe("tab\tstays, ü and 🌸 too")
    expect(escapeControl("\u0007")).toBe("\\u{7}")
  })
})

describe("a failure", () => {
  it("is an error with a reason, at least one diagnostic, and all of them in its message", () => {
    const error = trainerErrors("invalid", [
      { code: "FT1", severity: "error", message: "one" },
      { code: "FT2", severity: "error", message: "two" }
    ])
    expect(error).toBeInstanceOf(TrainerError)
    expect(error).toBeInstanceOf(Error)
    expect([error._tag, error.reason, error.message]).toEqual(["TrainerError", "invalid", "FT1 one\nFT2 two"])
    expect(trainerError("locked", { code: "FT3", message: "held" }).diagnostics).toEqual([
      { code: "FT3", severity: "error", message: "held" }
    ])
  })

  it("without a finding is a mistake of the caller", () => {
    expect(() => trainerErrors("failed", [])).toThrow(RangeError)
  })
})
