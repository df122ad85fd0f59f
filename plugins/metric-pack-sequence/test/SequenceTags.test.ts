/** Tags and spans against seqeval and scikit-learn, whose answers oracle/sequence.py computed, and by hand. */
import { isInsufficient } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { sequenceTags } from "../src/index.ts"
import { TOKEN_LABELS } from "../src/SequenceTags.ts"
import { spansOf } from "../src/Spans.ts"
import { oracle, scoreTags, tagOptions, tagSample } from "./support.ts"

interface Case {
  readonly about: string
  readonly spans: string
  readonly truth: ReadonlyArray<string>
  readonly answers: ReadonlyArray<string>
  readonly values: Readonly<Record<string, number | null>>
}

const { cases, versions } = oracle<{ readonly cases: ReadonlyArray<Case>; readonly versions: Readonly<Record<string, string>> }>("tags")

/** Our names of seqeval's; precision and recall are reported of all spans together only. */
const nameOf = (name: string): string | undefined => {
  if (name === "span_precision/micro") return "span_precision"
  if (name === "span_recall/micro") return "span_recall"
  return name.startsWith("span_precision") || name.startsWith("span_recall") ? undefined : name
}

describe("sequence-tags against seqeval and scikit-learn", () => {
  it("has 290 cases, 40 of each reading", () => {
    expect(versions).toEqual({ seqeval: "1.2.2", scikit_learn: "1.9.1" })
    expect(cases).toHaveLength(290)
    for (const spans of ["conlleval", "IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU"])
      expect(cases.filter((each) => each.spans === spans)).toHaveLength(40)
  })

  it.each(cases)("equals them to 1e-12: $about", ({ spans, truth, answers, values }) => {
    const found = scoreTags(
      truth.map((tags, index) => tagSample(index, answers[index] ?? "", tags)),
      { spans }
    ).values
    let compared = 0
    for (const [theirs, expected] of Object.entries(values)) {
      const name = nameOf(theirs)
      if (name === undefined) continue
      const value = found[name]
      if (value === undefined) throw new Error(`${name} is missing`)
      compared += 1
      // Where there is nothing to divide by they say 0, or nothing.
      if (isInsufficient(value)) expect(expected ?? 0, name).toBe(0)
      else expect(Math.abs(value - (expected ?? Number.NaN)), `${name}: ${value} against ${expected}`).toBeLessThanOrEqual(1e-12)
    }
    expect(compared).toBe(spans === "none" ? 5 : 10)
  })
})

describe("sequence-tags by hand", () => {
  it("counts spans with type and both ends", () => {
    const { values } = scoreTags([tagSample(0, "B-NP I-NP O B-VP", "B-NP I-NP I-NP B-VP"), tagSample(1, "B-NP", "B-VP")])
    expect(values.span_precision).toBe(1 / 3)
    expect(values.span_recall).toBe(1 / 3)
    expect(values["span_f1/micro"]).toBe(1 / 3)
    expect(values["span_f1/NP"]).toBe(0)
    expect(values["span_f1/VP"]).toBe(2 / 3)
    expect(values["span_f1/macro"]).toBe(1 / 3)
    expect(values.token_accuracy).toBe(3 / 5)
  })

  it("reads an I after O as a span under conlleval and not under IOB2", () => {
    expect(spansOf(["O", "I-NP", "I-NP", "O"], "conlleval")).toEqual([{ type: "NP", from: 1, to: 3 }])
    expect(spansOf(["O", "I-NP", "I-NP", "O"], "IOB2")).toEqual([])
    expect(spansOf(["O", "I-NP", "I-NP", "B-NP"], "IOB1")).toEqual([
      { type: "NP", from: 1, to: 3 },
      { type: "NP", from: 3, to: 4 }
    ])
  })

  it("says what is missing where seqeval says 0", () => {
    const { values } = scoreTags([tagSample(0, "O O", "O O")])
    expect(values["span_f1/micro"]).toEqual({ insufficient: "neither the targets nor the answers have a span" })
    expect(values.span_precision).toEqual({ insufficient: "no answer has a span" })
    expect(values.span_recall).toEqual({ insufficient: "no target has a span" })
    expect(values["f1/macro"]).toBe(1)
  })

  it("weighs by the targets, and says so where none of the targets has a span", () => {
    expect(scoreTags([tagSample(0, "B-NP O", "O O")]).values["span_f1/weighted"]).toEqual({
      insufficient: "none of them is in the targets, so that nothing has a weight"
    })
  })

  it("counts a sequence without an answer as wrong in every token and as spans that were not found", () => {
    const { values, figures } = scoreTags([tagSample(0, "B-NP O", "B-NP O"), tagSample(1, undefined, "B-NP O")])
    expect(values.exact_match).toBe(1 / 2)
    expect(values.token_accuracy).toBe(1 / 2)
    expect(values["f1/micro"]).toBe(4 / 6)
    expect(values.span_recall).toBe(1 / 2)
    expect(values.span_precision).toBe(1)
    expect(values.abstained).toBe(1 / 2)
    expect(figures[0]).toMatchObject({
      id: "tag-confusion",
      columns: { categories: ["B-NP", "O", "abstained"] },
      values: [
        [1, 0, 1],
        [0, 1, 1]
      ]
    })
  })

  it("reports no spans of tags that describe none", () => {
    const { values, figures } = scoreTags([tagSample(0, "NN VB", "NN NN")], { spans: "none" })
    expect(Object.keys(values)).toEqual([
      "exact_match",
      "token_accuracy",
      "f1/micro",
      "f1/macro",
      "f1/weighted",
      "f1/NN",
      "f1/VB",
      "abstained"
    ])
    expect(figures.map(({ id }) => id)).toEqual(["tag-confusion", "tag-f1"])
  })

  it("keeps the averages apart from tags that are named like them", () => {
    const { values } = scoreTags([tagSample(0, "macro x", "macro tag:macro")], { spans: "none" })
    expect(values["f1/tag:macro"]).toBe(1)
    expect(values["f1/tag:tag:macro"]).toBe(0)
    expect(values["f1/macro"]).toBe(1 / 3)
  })

  it("shows the 30 most frequent of many tags and says how many it leaves out", () => {
    const tags = Array.from({ length: 40 }, (_, at) => `t${at}`)
    const many = [...tags, ...tags.slice(0, 30)].join(" ")
    const [confusion] = scoreTags([tagSample(0, many, many)], { spans: "none" }).figures
    expect(confusion?.description).toContain("The 10 rarest of 40 are left out.")
    expect(confusion).toMatchObject({ rows: { categories: tags.slice(0, 30).sort() } })
  })

  it.each([
    ["B-NP O", "B-NP", 'sample "s-0": its prediction has 2 tags, expected 1, one for each token'],
    ["NN", "O", 'sample "s-0": its prediction has tag 1 "NN", expected O, or one of the letters B I E S, alone or with a type as in B-NP']
  ])("refuses the answer %s to %s by the id of its sample", (answer, truth, message) => {
    expect(() => scoreTags([tagSample(0, answer, truth)])).toThrow(message)
  })

  it("refuses a tag that the dataset does not declare", () => {
    const context = { output_type: { custom: "@feagi-trainer/metric-pack-sequence#tags" }, classes: [{ class_id: 0, label: "O" }] }
    const fold = sequenceTags.start(tagOptions({}), context)
    expect(() => fold.add(fold.empty, tagSample(7, "B-X", "O"))).toThrow(
      'sample "s-7": its prediction has tag 1 "B-X", which is none of the 1 declared classes'
    )
  })

  it("reads the labelled sequences of the adapter text by the declared classes", () => {
    const classes = ["O", "B-NP"].map((label, class_id) => ({ class_id, label }))
    const labelled = (labels: ReadonlyArray<number>) => ({
      custom: { type: TOKEN_LABELS, value: { spans: labels.map((_, at) => [2 * at, 2 * at + 1]), labels } }
    })
    const fold = sequenceTags.start(tagOptions({}), { output_type: { custom: TOKEN_LABELS }, classes })
    const state = fold.add(fold.empty, { sample_id: "a", target: labelled([1, 0]), prediction: labelled([1, 1]) })
    expect(fold.result(state).values.token_accuracy).toBe(1 / 2)
    expect(fold.result(state).values["span_f1/micro"]).toBe(2 / 3)
    expect(() => fold.add(state, { sample_id: "b", target: labelled([1, 9]), prediction: labelled([1, 1]) })).toThrow(
      'sample "b": its target is of class 9, which is none of the 2 declared classes'
    )
  })

  it("does not start for another output type", () => {
    expect(() => sequenceTags.start(tagOptions({}), { output_type: "class", classes: [] })).toThrow('not "class"')
  })

  it("says in the signature how spans are read", () => {
    expect(sequenceTags.signature(tagOptions({}))).toContain("spans=conlleval")
    expect(sequenceTags.signature(tagOptions({ spans: "IOBES" }))).toContain("spans=strict-IOBES")
    expect(sequenceTags.decodeOptions({ spans: "IOB" })).toMatchObject({ ok: false })
  })
})
