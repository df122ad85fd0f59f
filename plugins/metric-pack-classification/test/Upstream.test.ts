/**
 * The 50 recorded answers of upstream's pack `classification` 0.0.53.
 *
 * Upstream averages over the observed classes and counts an undefined value as 0, so its numbers are ours when exactly those classes
 * are declared and `undefined_in_macro` is `zero`. Where it differs on purpose is the last part of this file.
 */
import { readFileSync } from "node:fs"
import type { Scored, TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { foldOf, valuesOf } from "./support.ts"

interface Case {
  readonly predicted?: ReadonlyArray<number>
  readonly target?: ReadonlyArray<readonly [number, string | null]>
  readonly predictions?: ReadonlyArray<TypedPrediction>
  readonly targets?: ReadonlyArray<TypedTarget>
  readonly class_breakdown?: ReadonlyArray<{ readonly class_id: number; readonly correct: number; readonly total: number }>
  readonly ok?: {
    readonly metrics: Readonly<Record<string, number>>
    readonly confusion: { readonly class_ids: ReadonlyArray<number>; readonly counts: ReadonlyArray<ReadonlyArray<number>> }
  }
  readonly error?: { readonly message: string }
}

const { cases } = JSON.parse(readFileSync(new URL("./golden/upstream-classification.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

const samplesOf = ({ predicted, target, predictions, targets }: Case): ReadonlyArray<Scored> => {
  const answers = predictions ?? predicted?.map((class_id): TypedPrediction => ({ class: { class_id, scores: [] } })) ?? []
  const truths = targets ?? target?.map(([class_id, label]): TypedTarget => ({ class: { class_id, label } })) ?? []
  return answers.flatMap((prediction, index) => {
    const truth = truths[index]
    return truth === undefined ? [] : [{ sample_id: `s-${index}`, target: truth, prediction }]
  })
}

const classesOf = (ids: ReadonlyArray<number>) => ids.map((class_id) => ({ class_id, label: String(class_id) }))
const answeredCases = cases.flatMap((each, index) => (each.ok === undefined ? [] : [{ index, ok: each.ok, each }]))
const refusedCases = cases.flatMap((each) => (each.error === undefined ? [] : [each]))

describe("classification against upstream 0.0.53", () => {
  it("has 46 answers and 4 errors to compare with", () => {
    expect([answeredCases.length, refusedCases.length]).toEqual([46, 4])
  })

  it.each(answeredCases)("gives upstream's numbers and counts for the classes that upstream saw: case $index", ({ ok, each }) => {
    const classes = classesOf(ok.confusion.class_ids)
    const samples = samplesOf(each)
    const values = valuesOf(classes, samples, "zero")
    for (const [ours, theirs] of [
      ["accuracy", "accuracy"],
      ["precision/macro", "macro_precision"],
      ["recall/macro", "macro_recall"],
      ["f1/macro", "macro_f1"]
    ] as const) {
      expect(Math.abs(Number(values[ours]) - (ok.metrics[theirs] ?? Number.NaN)), ours).toBeLessThanOrEqual(1e-12)
    }
    const fold = foldOf(classes, "zero")
    const { counts } = samples.reduce(fold.add, fold.empty)
    expect(counts.answered).toEqual(ok.confusion.counts)
    for (const { class_id, correct, total } of each.class_breakdown ?? []) {
      expect(values[`support/${class_id}`]).toBe(total)
      expect(values[`recall/${class_id}`]).toBe(correct / total)
    }
  })

  it("says insufficient where upstream refuses an empty set", () => {
    const [empty] = refusedCases
    expect(empty?.error?.message).toContain("empty prediction set")
    expect(valuesOf(classesOf([0, 1]), [], "zero").accuracy).toEqual({ insufficient: "no sample was scored" })
  })

  it("refuses the wrong type with the id of the sample, where upstream names the value", () => {
    const [, , wrongPrediction, wrongTarget] = refusedCases
    const classes = classesOf([0, 1])
    expect(() => valuesOf(classes, samplesOf(wrongPrediction ?? {}), "zero")).toThrow('sample "s-0": its prediction is of type scalar')
    expect(() => valuesOf(classes, samplesOf(wrongTarget ?? {}), "zero")).toThrow('sample "s-0": its target is of type vector')
  })

  it("does not average over the classes that happened to be seen, as upstream does", () => {
    const samples = samplesOf({
      predicted: [0, 1],
      target: [
        [0, null],
        [1, null]
      ]
    })
    expect(valuesOf(classesOf([0, 1]), samples, "zero")["recall/macro"]).toBe(1)
    expect(valuesOf(classesOf([0, 1, 2, 3]), samples, "zero")["recall/macro"]).toBe(0.5)
    expect(valuesOf(classesOf([0, 1, 2, 3]), samples, "insufficient")["recall/macro"]).toEqual({
      insufficient: 'undefined for 2 of 4 classes: "2", "3"; undefined_in_macro = "zero" counts them as 0'
    })
  })
})
