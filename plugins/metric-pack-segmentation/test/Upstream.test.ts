/**
 * The 55 recorded answers of upstream's pack `segmentation` 0.0.53.
 *
 * Upstream's classes are those that it met, so its numbers are ours when exactly those labels are declared and empty classes are
 * excluded. Where it stops with an error, ours says what is missing or names the sample; what it does not check is the last part.
 */
import { readFileSync } from "node:fs"
import type { MetricResult, Scored, TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { resultOf } from "./support.ts"

interface Case {
  readonly predictions: ReadonlyArray<TypedPrediction>
  readonly targets: ReadonlyArray<TypedTarget>
  readonly ok?: { readonly metrics: { readonly mean_iou: number; readonly pixel_accuracy: number } }
  readonly error?: { readonly message: string }
}

const { cases } = JSON.parse(readFileSync(new URL("./golden/upstream-segmentation.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

const samplesOf = ({ predictions, targets }: Case): ReadonlyArray<Scored> =>
  predictions.flatMap((prediction, index) => {
    const target = targets[index]
    return target === undefined ? [] : [{ sample_id: `s-${index}`, target, prediction }]
  })

/** Every label that a mask can have is declared: what never counts is an empty class. */
const allLabels = Array.from({ length: 256 }, (_, class_id) => ({ class_id, label: String(class_id) }))
const scoreOf = (each: Case): MetricResult => resultOf(allLabels, samplesOf(each))

const isFull = ({ targets }: Case): boolean =>
  targets.every((target) => {
    if (!("segmentation_mask" in target)) return true
    const { width, height, labels } = target.segmentation_mask
    return labels.length === width * height
  })

const answers = cases.flatMap((each, index) => (each.ok === undefined ? [] : [{ index, ok: each.ok, each }]))
const answered = answers.filter(({ each }) => isFull(each))
const errors = cases.flatMap((each) => (each.error === undefined ? [] : [{ message: each.error.message, each }]))

describe("segmentation against upstream 0.0.53", () => {
  it("has 48 answers and 7 errors to compare with", () => {
    expect([answers.length, errors.length]).toEqual([48, 7])
    expect(answered).toHaveLength(47)
  })

  it.each(answered)("gives upstream's numbers: case $index", ({ ok, each }) => {
    const { values } = scoreOf(each)
    expect(Math.abs(Number(values.miou) - ok.metrics.mean_iou), "mean_iou").toBeLessThanOrEqual(1e-12)
    expect(values.pixel_accuracy, "pixel_accuracy").toBe(ok.metrics.pixel_accuracy)
  })

  it("says insufficient where upstream finds no labelled pixel", () => {
    const unlabelled = errors.filter(({ message }) => message.includes("no labeled pixels"))
    expect(unlabelled).toHaveLength(3)
    for (const { each } of unlabelled)
      for (const name of ["miou", "pixel_accuracy", "mean_accuracy", "dice", "fw_iou"])
        expect(scoreOf(each).values[name], name).toEqual({ insufficient: "every pixel of the targets is ignored" })
  })

  it("says insufficient where upstream refuses an empty set", () => {
    const empty = errors.filter(({ message }) => message.includes("empty prediction set"))
    expect(empty).toHaveLength(1)
    for (const { each } of empty) expect(scoreOf(each).values.miou).toEqual({ insufficient: "no sample was scored" })
  })

  it("refuses masks of two sizes and answers of another type by the id of the sample, where upstream names none", () => {
    const shape = errors.find(({ message }) => message.includes("shape mismatch"))
    expect(() => scoreOf(shape?.each ?? { predictions: [], targets: [] })).toThrow(
      'sample "s-0": its prediction is 2 × 1 pixels and its target 1 × 1, expected one size'
    )
    const type = errors.find(({ message }) => message.includes("requires SegmentationMask"))
    expect(() => scoreOf(type?.each ?? { predictions: [], targets: [] })).toThrow(
      'sample "s-0": its prediction is of type class, expected segmentation_mask'
    )
  })

  it("refuses a mask whose labels do not fill it, which upstream scores when both sides have the same fault", () => {
    const [short] = answers.filter(({ each }) => !isFull(each))
    expect(short?.ok.metrics.pixel_accuracy).toBeGreaterThan(0)
    expect(() => scoreOf(short?.each ?? { predictions: [], targets: [] })).toThrow(
      'sample "s-0": its target is 2 × 1 pixels and has 3 labels, expected 2'
    )
  })
})
