/** What patterns mean here, and which are refused. */
import { describe, expect, it } from "vitest"
import { patterns, translatePattern } from "../src/index.ts"
import { categorySet, complementOf, unionOf, whiteSpace } from "../src/UnicodeCategories.ts"
import { categoryNames } from "../src/unicodeTable.ts"

const matches = (pattern: string, text: string): ReadonlyArray<string> => {
  const translated = translatePattern(pattern)
  if (!translated.ok) throw new Error(translated.problem.message)
  return text.match(new RegExp(translated.source, "gu")) ?? []
}

describe("translatePattern()", () => {
  it.each([
    ["\\s", "\u0085\ufeff\u3000a", ["\u0085", "\u3000"]],
    ["\\S", "\u0085\ufeff\u3000a", ["\ufeff", "a"]],
    [".", "a\n\r\u2028", ["a", "\r", "\u2028"]],
    ["(?i:'s)", "'s 'S 'ſ 'K", ["'s", "'S", "'ſ"]],
    ["(?i:[k1])", "kK\u212a1", ["k", "K", "\u212a", "1"]],
    ["[^\\p{L}]", "aß1😀", ["1", "😀"]],
    ["\\P{^Lu}", "aB", ["B"]],
    ["a++", "aaab", ["aaa"]],
    ["a?+b", "abb", ["ab", "b"]],
    ["(a|b){2}", "abab", ["ab", "ab"]],
    ["a{,2}b", "aaab", ["aab"]],
    ["a+?b", "aab", ["aab"]],
    ["[]a-]".replace("[]", "[\\]"), "]-b", ["]", "-"]],
    ["\\x41|\\u0042|\\x{1F600}", "AB😀", ["A", "B", "😀"]],
    ["a(?!b)|(?=c)c", "abac", ["a", "c"]],
    ["\\[\\d\\]", "[٣][a]", ["[٣]"]]
  ])("reads %s", (pattern, text, found) => {
    expect(matches(pattern, text)).toEqual(found)
  })

  it("takes nothing back from a possessive repetition", () => {
    expect(matches("a++a|b", "aaab")).toEqual(["b"])
  })

  it.each([
    ["a*", 0, /can match an empty text/],
    ["a|", 0, /can match an empty text/],
    ["(?=a)", 0, /can match an empty text/],
    ["(a", 0, /never closed/],
    ["a)", 1, /without its/],
    ["[a", 0, /never closed/],
    ["[]", 0, /empty class/],
    ["[[a]]", 1, /within a class/],
    ["[a&&b]", 2, /within a class/],
    ["[b-a]", 1, /backwards/],
    ["[a-\\d]", 1, /both sides/],
    ["a{3,2}", 1, /backwards/],
    ["a{1,3}+", 6, /repetition of a repetition/],
    ["a**", 2, /repetition of a repetition/],
    ["(?:a*)*b", 6, /can be empty/],
    ["+a", 0, /nothing to stand for/],
    ["^a", 0, /anchor/],
    ["a$", 1, /anchor/],
    ["\\w", 0, /not supported/],
    ["(a)\\1", 3, /not supported/],
    ["(?<=a)b", 0, /not supported/],
    ["(?<n>a)", 0, /not supported/],
    ["(?>a)", 0, /not supported/],
    ["\\p{Han}", 0, /general category/],
    ["(?i:é)", 4, /only ASCII/],
    ["(?i:'ss)", 6, /single character/],
    ["a\\", 1, /ends in a backslash/],
    ["\\u12", 0, /expected/],
    ["a\ud800", 0, /lone surrogate/],
    ["(".repeat(40), 32, /nested deeper/]
  ])("refuses %s by its place", (pattern, offset, message) => {
    const translated = translatePattern(pattern)
    expect(translated).toMatchObject({ ok: false, problem: { offset } })
    if (!translated.ok) expect(translated.problem.message).toMatch(message)
  })

  it("knows the patterns it brings", () => {
    for (const pattern of Object.values(patterns)) expect(translatePattern(pattern).ok).toBe(true)
  })
})

describe("general categories", () => {
  it("are those of the engine wherever its Unicode knows the code point too, but for a few that moved", () => {
    const moved: Array<string> = []
    for (const name of categoryNames) {
      if (name === "Cn") continue
      const own = new RegExp(`^\\p{${name}}$`, "u")
      for (const [first, last] of categorySet(name) ?? [])
        for (let point = first; point <= last; point++) if (!own.test(String.fromCodePoint(point))) moved.push(point.toString(16))
    }
    // U+0295 is a letter of another kind from Unicode 17 on.
    expect(moved.filter((point) => point !== "295")).toEqual([])
  })

  it("part the code points among them, and white space is the engine's property of that name", () => {
    const all = categoryNames.map((name) => categorySet(name) ?? [])
    const size = all.flat().reduce((sum, [first, last]) => sum + last - first + 1, 0)
    expect(size).toBe(0x110000)
    expect(unionOf(all)).toEqual([[0, 0x10ffff]])
    expect(complementOf(unionOf([categorySet("L") ?? [], complementOf(categorySet("L") ?? [])]))).toEqual([])
    const points = Array.from({ length: 0x110000 }, (_, point) => point).filter((point) =>
      /\p{White_Space}/u.test(String.fromCodePoint(point))
    )
    expect(whiteSpace.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, step) => first + step))).toEqual(points)
  })
})
