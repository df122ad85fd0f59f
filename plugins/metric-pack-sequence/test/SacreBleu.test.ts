/** Texts against sacreBLEU and rouge-score, whose answers oracle/sequence.py computed. */
import { describe, expect, it } from "vitest"
import { oracle, scoreTexts, textSample } from "./support.ts"

interface Case {
  readonly about: string
  readonly options: Readonly<Record<string, unknown>>
  readonly answers: ReadonlyArray<number>
  readonly references: ReadonlyArray<ReadonlyArray<number>>
  readonly values: Readonly<Record<string, number>>
  readonly signatures: Readonly<Record<string, string>>
}

const { cases, texts, versions } = oracle<{
  readonly cases: ReadonlyArray<Case>
  readonly texts: ReadonlyArray<string>
  readonly versions: Readonly<Record<string, string>>
}>("texts")

const textAt = (place: number): string => {
  const text = texts[place]
  if (text === undefined) throw new Error(`there is no text ${place}`)
  return text
}

const names = ["bleu", "chrf", "ter", "rouge1", "rouge2", "rougeL", "rougeLsum"]

describe("sequence against sacreBLEU and rouge-score", () => {
  it("has 486 cases of every metric, all tokenisers and smoothing methods among them", () => {
    expect(versions).toMatchObject({ sacrebleu: "2.6.0", rouge_score: "0.1.2" })
    expect(cases).toHaveLength(486)
    for (const { values } of cases) expect(Object.keys(values)).toEqual(names)
    const seen = (option: string) => new Set(cases.map(({ options }) => options[option]))
    expect([...seen("tokenize")].sort()).toEqual(["13a", "char", "intl", "none", "zh", undefined])
    expect([...seen("smooth_method")].sort()).toEqual(["add-k", "exp", "floor", "none", undefined])
  })

  it.each(cases)("equals them to 1e-9, with their signatures: $about", ({ options, answers, references, values, signatures }) => {
    const samples = answers.map((answer, index) => textSample(index, textAt(answer), (references[index] ?? []).map(textAt)))
    const result = scoreTexts(samples, options)
    for (const name of names) {
      const value = result.values[name]
      if (typeof value !== "number") throw new Error(`${name} is no number`)
      expect(Math.abs(value - (values[name] ?? Number.NaN)), `${name}: ${value} against ${values[name]}`).toBeLessThanOrEqual(1e-9)
    }
    // sacreBLEU has β in the name of the score and not in its signature.
    const beta = options.chrf_beta ?? 2
    const plus = "+".repeat(Number(options.chrf_word_order ?? 0))
    expect(result.signatures).toMatchObject({
      ...signatures,
      chrf: `${beta === 2 ? "" : `chrF${beta}${plus}|`}${signatures.chrf}`
    })
  })
})
