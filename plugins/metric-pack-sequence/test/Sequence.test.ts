/** Values that a few lines of arithmetic give, and how samples without an answer count. */
import { describe, expect, it } from "vitest"
import { sequence, TEXT } from "../src/index.ts"
import { scoreTexts, textContext, textOptions, textSample } from "./support.ts"

describe("sequence by hand", () => {
  it("gives BLEU, with the brevity penalty, from the counts of the corpus", () => {
    // 6 of 7 words, 4 of 5 pairs, 2 of 3, 1 of 1; 7 words against 9.
    const samples = [textSample(0, "a b c d", "a b c d e f"), textSample(1, "a x c", "a b c")]
    const precisions = [6 / 7, 3 / 5, 2 / 3, 1 / 1]
    const expected = 100 * Math.exp(1 - 9 / 7) * precisions.reduce((product, each) => product * each, 1) ** (1 / 4)
    expect(scoreTexts(samples).values.bleu).toBeCloseTo(expected, 10)
  })

  it("never gives more than 100", () => {
    const { values } = scoreTexts([
      textSample(0, "the same eleven words , or was it nine of them", "the same eleven words , or was it nine of them")
    ])
    expect(values).toEqual({ exact_match: 1, bleu: 100, chrf: 100, ter: 0, rouge1: 1, rouge2: 1, rougeL: 1, rougeLsum: 1, abstained: 0 })
  })

  it("halves the precision of an order without a match for each such order", () => {
    const { values } = scoreTexts([textSample(0, "a b x c d", "a b y c d")])
    expect(values.bleu).toBeCloseTo(100 * ((4 / 5) * (2 / 4) * (1 / 2 / 3) * (1 / 4 / 2)) ** (1 / 4), 10)
  })

  it("gives chrF as the F of mean shares", () => {
    // Characters: 2 of 3 against 2 of 2; pairs: 1 of 2 against 1 of 1; the reference has no more orders.
    const [precision, recall] = [(2 / 3 + 1 / 2) / 2, 1]
    expect(scoreTexts([textSample(0, "abx", "ab")]).values.chrf).toBeCloseTo((100 * 5 * precision * recall) / (4 * precision + recall), 10)
  })

  it("counts a moved block as one edit in TER", () => {
    expect(scoreTexts([textSample(0, "c d a b", "a b c d")]).values.ter).toBe(25)
    expect(scoreTexts([textSample(0, "c d a b x", "a b c d")]).values.ter).toBe(50)
    expect(scoreTexts([textSample(0, "", "a b c d")]).values.ter).toBe(100)
  })

  it("divides the edits of TER by the mean length of the references", () => {
    expect(scoreTexts([textSample(0, "a b", ["a b c", "a b c d e"])]).values.ter).toBe(25)
  })

  it("gives ROUGE as the mean of the segments, against the reference that suits best", () => {
    const { values } = scoreTexts([textSample(0, "a b c", ["x", "a b d"]), textSample(1, "a", "b")])
    expect(values.rouge1).toBeCloseTo(1 / 3, 14)
    expect(values.rouge2).toBe(1 / 4)
    expect(values.rougeL).toBeCloseTo(1 / 3, 14)
  })

  it("takes the lines of a text apart in ROUGE-Lsum alone", () => {
    const { values } = scoreTexts([textSample(0, "c d\na b", "a b\nc d")])
    expect(values.rougeLsum).toBe(1)
    expect(values.rougeL).toBe(1 / 2)
  })

  it("counts an exact match with any reference, to the character", () => {
    const samples = [textSample(0, "yes", ["no", "yes"]), textSample(1, "yes", "Yes"), textSample(2, "", "")]
    expect(scoreTexts(samples).values.exact_match).toBe(2 / 3)
  })

  it("counts a sample without an answer as an empty text that is never an exact match", () => {
    const silent = scoreTexts([textSample(0, "a b c d", "a b c d"), textSample(1, undefined, "e f g h"), textSample(2, undefined, "")])
    const empty = scoreTexts([textSample(0, "a b c d", "a b c d"), textSample(1, "", "e f g h"), textSample(2, "", "")])
    expect(silent.values).toEqual({ ...empty.values, exact_match: 1 / 3, abstained: 2 / 3 })
    expect(empty.values.exact_match).toBe(2 / 3)
  })

  it("says that nothing was scored, without a signature of references that are not known", () => {
    const { values, signatures, figures } = scoreTexts([])
    expect(new Set(Object.values(values).map((value) => JSON.stringify(value)))).toEqual(
      new Set(['{"insufficient":"no segment was scored"}'])
    )
    expect(signatures).toEqual({})
    expect(figures).toEqual([])
  })

  it("says in the signature that segments differ in their number of references", () => {
    const { signatures } = scoreTexts([textSample(0, "a", "a"), textSample(1, "b", ["b", "c"])])
    expect(signatures?.ter).toBe("nrefs:var|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0")
    expect(signatures?.rouge1).toBe(
      "nrefs:var|case:lc|tok:[a-z0-9]+|stem:no|value:f|refs:best|corpus:mean-of-segments|version:rouge-score-0.1.2"
    )
  })

  it("shows each value's conventions in the signature of the pack", () => {
    const base = sequence.signature(textOptions({}))
    const others = [
      { tokenize: "char" },
      { smooth_method: "none" },
      { smooth_method: "floor", smooth_value: 0.01 },
      { lowercase: true },
      { effective_order: true },
      { chrf_char_order: 5 },
      { chrf_word_order: 2 },
      { chrf_beta: 3 },
      { chrf_whitespace: true },
      { chrf_lowercase: true },
      { chrf_eps_smoothing: true },
      { ter_normalized: true },
      { ter_no_punct: true },
      { ter_asian_support: true },
      { ter_case_sensitive: true }
    ].map((options) => sequence.signature(textOptions(options)))
    expect(new Set([base, ...others]).size).toBe(16)
  })

  it("draws BLEU taken apart and two histograms that count every segment", () => {
    const { figures } = scoreTexts([textSample(0, "a b c d", "a b c d"), textSample(1, "a b c d e f", "x y"), textSample(2, "q", "q r")])
    expect(figures.map(({ id }) => id)).toEqual(["bleu", "segment-chrf", "length-ratio"])
    const [table, chrf, ratio] = figures
    expect(table).toMatchObject({
      rows: [
        [1, 5, 11, 100 * (5 / 11)],
        [2, 3, 8, 37.5],
        [3, 2, 6, 100 / 3],
        [4, 1, 4, 25]
      ]
    })
    if (chrf?.kind !== "histogram" || ratio?.kind !== "histogram") throw new Error("no histograms")
    expect(chrf.counts.reduce((sum, each) => sum + each, 0)).toBe(3)
    expect([chrf.counts[0], chrf.counts.at(-1)]).toEqual([1, 1])
    expect([ratio.counts[5], ratio.counts[10], ratio.counts.at(-1)]).toEqual([1, 1, 1])
  })

  it.each([
    [{ custom: { type: TEXT, value: [] } }, "expected a text or a list of at least one text"],
    [{ custom: { type: TEXT, value: ["a", 1] } }, "expected a text or a list of at least one text"],
    [{ class: { class_id: 0, label: null } }, `expected {custom: {type: "${TEXT}", value}}`]
  ])("refuses the target %j by the id of its sample", (target, message) => {
    const fold = sequence.start(textOptions({}), textContext)
    const sample = { ...textSample(3, "a", "a"), target }
    expect(() => fold.add(fold.empty, sample)).toThrow(/^sample "s-3": its target is /)
    expect(() => fold.add(fold.empty, sample)).toThrow(message)
  })

  it("does not start for another output type, and merges only sums of one shape", () => {
    expect(() => sequence.start(textOptions({}), { output_type: "class", classes: [] })).toThrow(`scores output type ${TEXT}, not "class"`)
    const [one, other] = [{}, { chrf_word_order: 2 }].map((options) => sequence.start(textOptions(options), textContext))
    expect(() => one?.merge(one.empty, other?.empty ?? one.empty)).toThrow(RangeError)
  })

  it("refuses a smoothing value where none is taken", () => {
    const decoded = sequence.decodeOptions({ smooth_value: 0.5 })
    if (decoded.ok) throw new Error("the value was taken")
    expect(decoded.mistakes).toMatchObject([{ path: ["smooth_value"], problem: "invalid" }])
    expect(JSON.stringify(decoded.mistakes)).toContain("only smooth_method floor and add-k take one")
  })
})
