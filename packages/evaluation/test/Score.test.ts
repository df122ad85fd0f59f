/** From records to values, and everything that stands in the way of them. */
import { MetricPack, type PredictionRecord } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { score, scoredOf } from "../src/index.ts"
import { answeredWith, context, hitPack, protocol } from "./support.ts"

const request = { pack: hitPack, options: {}, context, protocol }
const three = [answeredWith("a", 1), answeredWith("b", 0), answeredWith("c", -1)]

describe("score()", () => {
  it("gives values, figures, signature and counts when every sample has one prediction", () => {
    const result = score({ ...request, predictions: three, expected: ["a", "b", "c"] })
    expect(result).toMatchObject({
      ok: true,
      values: { hits: 1 / 3, misses: 2 / 3, "hits/answered": 0.5, answered: 2 / 3, samples: 3 },
      signature: "hits:1",
      n: 3,
      abstained: 1,
      missing: [],
      unknown: [],
      duplicates: []
    })
  })

  it("folds in the order of the split, whatever the order of the records", () => {
    const forth = score({ ...request, predictions: three, expected: ["c", "a", "b"] })
    const back = score({ ...request, predictions: [...three].reverse(), expected: ["c", "a", "b"] })
    expect(forth).toEqual(back)
    expect(forth).toMatchObject({ figures: [{ rows: [["c"], ["a"], ["b"]] }] })
  })

  it("scores an empty split as insufficient, not as 0", () => {
    expect(score({ ...request, predictions: [], expected: [] })).toMatchObject({
      ok: true,
      n: 0,
      values: { hits: { insufficient: "nothing there" } }
    })
  })

  it("refuses missing, repeated and unknown samples, all in one answer", () => {
    const result = score({
      ...request,
      predictions: [...three, answeredWith("a", 0), answeredWith("z", 1), answeredWith("y", 1)],
      expected: ["a", "b", "c", "d", "e"]
    })
    expect(result).toMatchObject({ ok: false, missing: ["d", "e"], unknown: ["z", "y"], duplicates: ["a"] })
    if (result.ok) throw new Error("was not refused")
    expect(result.diagnostics.map(({ code, sample_id, count, message }) => [code, sample_id, count, message])).toEqual([
      ["FT5002", "d", 2, 'of the 5 samples of the split there is no prediction for 2 samples ("d", "e")'],
      ["FT5003", "a", 1, 'there is more than one prediction for 1 sample ("a")'],
      ["FT5004", "z", 2, 'the split does not have 2 samples ("z", "y")']
    ])
    for (const { help } of result.diagnostics) expect(help).toBeTruthy()
  })

  it("names the first five of many samples and counts all", () => {
    const expected = Array.from({ length: 12 }, (_, index) => `s${index}`)
    const result = score({ ...request, predictions: [], expected })
    if (result.ok) throw new Error("was not refused")
    expect(result.diagnostics[0]?.message).toContain('12 samples ("s0", "s1", "s2", "s3", "s4" and 7 more)')
    expect(result.missing).toHaveLength(12)
  })

  it("reports every sample that the pack refuses, the first hundred one by one", () => {
    const wrong = Array.from({ length: 130 }, (_, index) => ({ ...answeredWith(`s${index}`, 1), target: { scalar: 1 } }))
    const result = score({ ...request, predictions: wrong, expected: wrong.map(({ sample_id }) => sample_id) })
    if (result.ok) throw new Error("was not refused")
    expect(result.diagnostics).toHaveLength(101)
    expect(result.diagnostics[3]).toMatchObject({ code: "FT5005", sample_id: "s3", message: 'sample "s3": its target is no class' })
    expect(result.diagnostics[100]).toMatchObject({ count: 30, message: "30 more samples cannot be scored" })
  })

  it("names the pack when it fails by its own fault", () => {
    const broken = MetricPack.define({
      ...hitPack,
      start: (options: object, within: typeof context) => ({
        ...hitPack.start(options, within),
        add: () => {
          throw new TypeError("x is undefined")
        }
      })
    })
    const result = score({ ...request, pack: broken, predictions: [answeredWith("a", 1)], expected: ["a"] })
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: "hits/THROWN", sample_id: "a", message: "the metric pack hits failed: x is undefined" }]
    })
  })

  it("refuses a pack and a protocol for another output type, both at once", () => {
    const result = score({
      ...request,
      context: { ...context, output_type: { custom: "p#shape" } },
      predictions: three,
      expected: ["a", "b", "c"]
    })
    if (result.ok) throw new Error("was not refused")
    expect(result.diagnostics.map(({ code, expected, actual }) => [code, expected, actual])).toEqual([
      ["FT5001", "class", "p#shape"],
      ["FT5001", "class", "p#shape"]
    ])
  })

  it("refuses a protocol whose primary metric the pack does not compute, with the nearest name", () => {
    const result = score({ ...request, protocol: { ...protocol, primary_metric: "hit" }, predictions: three, expected: ["a", "b", "c"] })
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: "FT5007", actual: "hit", help: "did you mean hits?" }] })
  })

  it("refuses a value that is no finite number", () => {
    const odd = MetricPack.define({
      ...hitPack,
      start: (options: object, within: typeof context) => ({
        ...hitPack.start(options, within),
        result: () => ({ values: { hits: Number.NaN }, figures: [] })
      })
    })
    expect(score({ ...request, pack: odd, predictions: three, expected: ["a", "b", "c"] })).toMatchObject({
      ok: false,
      diagnostics: [{ code: "FT5006", field: "hits", actual: "NaN" }]
    })
  })

  it("takes it for a mistake of the caller when the split names a sample twice", () => {
    expect(() => score({ ...request, predictions: three, expected: ["a", "a"] })).toThrow("2 ids name 1 samples")
  })
})

describe("scoredOf()", () => {
  const record: PredictionRecord = {
    schema_version: 1,
    run_id: "r",
    sample_id: "a",
    output_type: "class",
    prediction: { class: { class_id: 1, scores: [0.2, 0.8] } },
    target: { class: { class_id: 0, label: null } },
    timestamp: null,
    metadata: {}
  }

  it("takes target, answer and scores from a persisted record", () => {
    expect(scoredOf(record)).toEqual({
      sample_id: "a",
      target: { class: { class_id: 0, label: null } },
      prediction: { class: { class_id: 1, scores: [0.2, 0.8] } },
      scores: [0.2, 0.8]
    })
  })

  it("keeps an abstention an abstention", () => {
    const result = score({
      ...request,
      predictions: [scoredOf({ ...record, prediction: { abstain: { reason: null } } })],
      expected: ["a"]
    })
    expect(result).toMatchObject({ ok: true, n: 1, abstained: 1 })
  })

  it("refuses a record without a target by its sample", () => {
    expect(() => scoredOf({ ...record, target: null })).toThrow('sample "a": its prediction record has no target')
  })
})
