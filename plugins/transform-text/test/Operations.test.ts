/** What is particular to each operation: forms, ids, orders of a vocabulary, refusals. */
import { describe, expect, it } from "vitest"
import { opened, refusals, sampleOf } from "../../transform-tabular/test/support.ts"
import { textNormalise, tokenise } from "../src/index.ts"
import { growth, type NormaliseOptions, normalise } from "../src/Normalise.ts"
import { shape, text, training } from "./cases.ts"

/** Every character that can have a form or a case: the first two planes and the compatible ideographs, without surrogates. */
const points = Array.from({ length: 0x20000 }, (_, point) => point)
  .concat(Array.from({ length: 0x220 }, (_, index) => 0x2f800 + index))
  .filter((point) => point < 0xd800 || point > 0xdfff)

describe("text-normalise", () => {
  const all: NormaliseOptions = { unicode: "nfkc", case: "lower", white_space: "collapse" }
  const none: NormaliseOptions = { unicode: "none", case: "keep", white_space: "keep" }

  it.each<readonly [string, NormaliseOptions, string, string]>([
    ["joins what belongs together", { ...none, unicode: "nfc" }, "e\u0301\ufb01", "\u00e9\ufb01"],
    ["takes compatible characters apart", { ...none, unicode: "nfkc" }, "\ufb01\uff21\u00b2", "fiA2"],
    ["lowers by Unicode's own mapping", { ...none, case: "lower" }, "\u0130I\u03a3A\u03a3", "i\u0307i\u03c3a\u03c2"],
    ["makes the form again after the case", { ...none, unicode: "nfc", case: "lower" }, "H\u0331 \u212b", "\u1e96 \u00e5"],
    ["makes one space of every run", { ...none, white_space: "collapse" }, "\u00a0 a\t\r\n\u2028b\u3000 ", "a b"],
    ["leaves what is no white space", { ...none, white_space: "collapse" }, "a\u200bb\ufeffc", "a\u200bb\ufeffc"],
    ["leaves nothing of blanks", all, " \n ", ""],
    ["leaves everything as it is", none, " e\u0301 I ", " e\u0301 I "]
  ])("%s", (_, options, given, expected) => expect(normalise(options, given)).toBe(expected))

  it("is done once: a second time changes nothing", () => {
    for (const unicode of ["nfc", "nfkc"] as const)
      for (const point of points) {
        const once = normalise({ ...all, unicode }, `a${String.fromCodePoint(point)}`)
        if (normalise({ ...all, unicode }, once) !== once) expect(`U+${point.toString(16)} under ${unicode}`).toBe("done once")
      }
  })
  it("never makes more characters of one than the shape says", () => {
    for (const unicode of ["none", "nfc", "nfkc"] as const) {
      // What is joined in a text only makes it shorter: the longest that a character can become is what it is when taken apart.
      const apart = (value: string) => (unicode === "none" ? value : value.normalize(unicode === "nfc" ? "NFD" : "NFKD"))
      let most = 0
      for (const point of points) most = Math.max(most, Array.from(apart(apart(String.fromCodePoint(point)).toLowerCase())).length)
      expect(most).toBeLessThanOrEqual(growth[unicode])
    }
  })
  it("says how long a text can become", () => {
    const length = (options: NormaliseOptions) => {
      const found = textNormalise.shape({ options, shape: shape(2, 10), fitted: undefined })
      return found.ok && found.value.kind === "text" ? found.value.length : []
    }
    expect([length(none), length({ ...none, unicode: "nfc" }), length(all)]).toEqual([
      [2, 10],
      [1, 40],
      [0, 180]
    ])
  })
  it("refuses what is no text, and half a character", async () => {
    const { fault } = opened({ transform: textNormalise, options: all, shape: shape(0, 9), samples: [] })
    expect(await fault(sampleOf("row"))).toMatchObject({ code: "text-normalise/SAMPLE", sample_id: "row", actual: "tabular" })
    expect(await fault(text("half", "a\ud800"))).toMatchObject({ code: "text-normalise/SAMPLE", actual: "a lone surrogate" })
  })
})

describe("tokenise", () => {
  const ids = { form: "ids", length: 4, pad: "end", cut: "end" }
  const options = { tokeniser: "white-space", max_size: 3, unknown: "index", output: ids }
  const subject = { transform: tokenise, options, shape: shape(0, 44), training, samples: [] }
  const row = async (over: object, value: string) => {
    const { payload } = await opened({ ...subject, options: { ...options, ...over } }).apply(text("x", value))
    return "tabular" in payload ? payload.tabular : []
  }

  it("learns the frequent tokens first, equally frequent ones by code unit, and says how many there were", () => {
    expect(opened(subject).fitted).toEqual({ tokens: ["dog", "the", "a"], seen: 6 })
    expect(opened({ ...subject, training: [...training].reverse() }).fitted).toEqual(opened(subject).fitted)
    const upper = [text("a", "b B a \u{1f600} \uff5e")]
    expect(opened({ ...subject, options: { ...options, max_size: 9 }, training: upper }).fitted).toMatchObject({
      tokens: ["B", "a", "b", "\u{1f600}", "\uff5e"]
    })
  })
  it("keeps 0 for no token and 1 for unknown ones where they have an index", async () => {
    expect(await row({}, "a dog bird")).toEqual([4, 2, 1, 0])
    expect(await row({ unknown: "refuse" }, "a dog the")).toEqual([3, 1, 2, 0])
  })
  it("fills and cuts where it is told to", async () => {
    expect(await row({ output: { ...ids, pad: "start" } }, "a dog")).toEqual([0, 0, 4, 2])
    expect(await row({ output: { ...ids, cut: "end" } }, "a dog the a dog")).toEqual([4, 2, 3, 4])
    expect(await row({ output: { ...ids, cut: "start" } }, "a dog the a dog")).toEqual([2, 3, 4, 2])
  })
  it("counts every known token, and all unknown ones together", async () => {
    expect(await row({ output: { form: "bag-of-tokens" } }, "a dog dog sings loud")).toEqual([2, 2, 0, 1])
    const counted = opened({ ...subject, options: { ...options, output: { form: "bag-of-tokens" } } }).shape()
    expect(counted).toMatchObject({
      value: { features: ["unknown", "count.dog", "count.the", "count.a"].map((name) => ({ name, min: 0, max: 22 })) }
    })
  })
  it("falls into code points, bytes of UTF-8 or runs", async () => {
    const seen = (tokeniser: string, value: string) =>
      opened({ ...subject, options: { ...options, tokeniser, max_size: 9 }, training: [text("a", value)] }).fitted
    expect(seen("characters", "\u{1f600}a\u{1f600}")).toMatchObject({ tokens: ["\u{1f600}", "a"] })
    expect(seen("bytes", "\u00e9\n")).toMatchObject({ tokens: ["0a", "a9", "c3"] })
    expect(seen("white-space", " to\u3000be\n")).toMatchObject({ tokens: ["be", "to"] })
  })
  it("refuses an unknown tokeniser with the ones that there are", () => {
    expect(tokenise.decodeOptions({ ...options, tokeniser: "bpe" })).toMatchObject({
      ok: false,
      mistakes: [{ path: ["tokeniser"], expected: expect.stringContaining('"characters" | "bytes" | "white-space"') }]
    })
  })
  it("refuses unknown tokens, too many and too few, by the sample's name", async () => {
    const fault = (over: object, value: string) => opened({ ...subject, options: { ...options, ...over } }).fault(text("x", value))
    expect(await fault({ unknown: "refuse" }, "a bird")).toMatchObject({ code: "tokenise/UNKNOWN", sample_id: "x", actual: '"bird"' })
    expect(await fault({ output: { ...ids, cut: "refuse" } }, "a a a a a")).toMatchObject({ code: "tokenise/LONG", actual: "5" })
    expect(await fault({ output: { ...ids, pad: "refuse" } }, "a a")).toMatchObject({ code: "tokenise/SHORT", actual: "2" })
    expect(await opened(subject).fault(sampleOf("row"))).toMatchObject({ code: "tokenise/SAMPLE", sample_id: "row" })
  })
  it("learns nothing from blanks, from what is no text, and takes no table", () => {
    expect(refusals({ ...subject, training: [text("a", " \n")] })).toEqual([": there is nothing to learn from"])
    expect(refusals({ ...subject, training: [sampleOf("row")] })[0]).toContain("tokenise/SAMPLE is no text")
    expect(refusals({ ...subject, shape: { kind: "tabular", features: [] } })).toEqual([": tokenise takes texts"])
  })
})
