import { describe, expect, it } from "vitest"
import { ago, bytes, csv, grouped, inline, number, percent, plusMinus, score, shellLine, short, span } from "../src/format.ts"

describe("format", () => {
  it("never makes a number of nothing", () => {
    for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, "0.9", {}]) {
      expect(number(nothing)).toBe("–")
      expect(score(nothing)).toBe("–")
      expect(percent(nothing)).toBe("–")
      expect(bytes(nothing)).toBe("–")
      expect(span(nothing)).toBe("–")
    }
  })

  it("does not round to a one or a zero that was not reached", () => {
    expect(number(0.99996)).toBe("0.9999")
    expect(score(0.99996)).toBe("0.9999")
    expect(score(1)).toBe("1.0000")
    expect(number(1)).toBe("1")
    expect(number(0.00001)).toBe("1.00e-5")
    expect(number(0.000123456)).toBe("0.0001235")
  })

  it("keeps every digit of an integer beyond 2^53", () => {
    expect(number(18_446_744_073_709_551_615n)).toBe("18\u202f446\u202f744\u202f073\u202f709\u202f551\u202f615")
    expect(inline([1, 18_446_744_073_709_551_615n])).toContain("551\u202f615")
  })

  it("groups digits from the right", () => {
    expect(grouped("1234567")).toBe("1\u202f234\u202f567")
    expect(grouped("999")).toBe("999")
    expect(number(-1234)).toBe("-1\u202f234")
  })

  it("says a mean with its interval only where there is one", () => {
    expect(plusMinus(0.95, 0.2118)).toBe("0.9500 ± 0.21")
    expect(plusMinus(0.95, null)).toBe("0.9500")
    expect(plusMinus(null, null)).toBe("–")
  })

  it("writes spans, sizes and ages in the unit that suits", () => {
    expect([span(350), span(4230), span(59_999), span(185_000), span(7_860_000), span(180_000_000)]).toEqual([
      "350 ms",
      "4.2 s",
      "59.9 s",
      "3 min 5 s",
      "2 h 11 min",
      "2 d 2 h"
    ])
    expect([bytes(0), bytes(1023), bytes(1536), bytes(5 * 2 ** 30)]).toEqual(["0 B", "1023 B", "1.5 KiB", "5.0 GiB"])
    expect([ago(0, 3000), ago(0, 59_000), ago(0, 3_599_000), ago(0, 86_400_000), ago(5000, 0)]).toEqual([
      "just now",
      "59 s ago",
      "59 min ago",
      "1 d ago",
      "just now"
    ])
  })

  it("writes CSV that reads back, and no text that a spreadsheet computes", () => {
    expect(
      csv(
        ["a", "b"],
        [
          ["x,y", 'say "hi"'],
          [null, -1],
          ["=1+1", "@x"]
        ]
      )
    ).toBe('a,b\r\n"x,y","say ""hi"""\r\n,-1\r\n\'=1+1,\'@x\r\n')
  })

  it("quotes what a shell would read otherwise", () => {
    expect(shellLine(["run", "ls", "--where=metric.accuracy > 0.9", "it's"])).toBe("run ls '--where=metric.accuracy > 0.9' 'it'\\''s'")
    expect(shellLine(["", "$HOME", "a;b", "#x"])).toBe("'' '$HOME' 'a;b' '#x'")
  })

  it("shortens only what is longer than the ellipsis saves", () => {
    expect(short("0123456789abcdef")).toBe("0123456789ab…")
    expect(short("0123456789abc")).toBe("0123456789abc")
  })
})
