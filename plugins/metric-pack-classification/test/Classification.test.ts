/** Laws of the fold, and the cases that no oracle has: abstention, refusal, names, figures, options. */
import { readFileSync } from "node:fs"
import { PluginManifest, Protocol, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import * as plugin from "../src/index.ts"
import { classesOf, foldOf, samplesOf, scored, valuesOf } from "./support.ts"

const { classification, classificationHoldout, classificationTrainTest } = plugin

/** Park and Miller's generator: enough disorder for a law, the same everywhere. */
const drawn = (seed: number, count: number, classes: number): ReadonlyArray<Scored> => {
  let state = seed
  const below = (bound: number): number => {
    state = (state * 48271) % 2147483647
    return state % bound
  }
  return Array.from({ length: count }, (_, index) => scored(index, below(classes), below(classes + 1) - 1))
}

describe("classification is a monoid with a last step", () => {
  const seeds = [1, 2, 3, 4, 5]

  it.each(seeds)("merges any shards to the state of one pass: seed %i", (seed) => {
    const fold = foldOf(classesOf(4), "zero")
    const samples = drawn(seed, 60, 4)
    const whole = samples.reduce(fold.add, fold.empty)
    for (const cut of [0, 1, 17, 59, 60]) {
      const left = samples.slice(0, cut).reduce(fold.add, fold.empty)
      const right = samples.slice(cut).reduce(fold.add, fold.empty)
      expect(fold.merge(left, right)).toEqual(whole)
      expect(fold.merge(right, left)).toEqual(whole)
    }
    expect(fold.merge(fold.empty, whole)).toEqual(whole)
  })

  it.each(seeds)("gives the same values in every order: seed %i", (seed) => {
    const samples = drawn(seed, 60, 4)
    const reordered = [...samples.slice(30).reverse(), ...samples.slice(0, 30)]
    expect(valuesOf(classesOf(4), reordered, "zero")).toEqual(valuesOf(classesOf(4), samples, "zero"))
  })

  it("goes on from a state that was written as JSON", () => {
    const fold = foldOf(classesOf(3), "zero")
    const samples = drawn(7, 40, 3)
    const half = samples.slice(0, 20).reduce(fold.add, fold.empty)
    const text = JSON.stringify(Schema.encodeSync(classification.state)(half))
    const restored = Schema.decodeUnknownSync(classification.state)(JSON.parse(text))
    expect(samples.slice(20).reduce(fold.add, restored)).toEqual(samples.reduce(fold.add, fold.empty))
  })

  it("leaves the states it was given as they were", () => {
    const fold = foldOf(classesOf(2), "zero")
    const before = structuredClone(fold.empty)
    const one = fold.add(fold.empty, scored(0, 0, 1))
    const kept = structuredClone(one)
    fold.merge(one, fold.add(one, scored(1, 1, -1)))
    expect(fold.empty).toEqual(before)
    expect(one).toEqual(kept)
  })

  it("refuses to merge counts over different numbers of classes", () => {
    expect(() => foldOf(classesOf(2), "zero").merge(foldOf(classesOf(2), "zero").empty, foldOf(classesOf(3), "zero").empty)).toThrow(
      "counts over 2 classes cannot be merged with counts over 3"
    )
  })

  it("says insufficient for every share when nothing was scored, and 0 only for counts", () => {
    const values = valuesOf(classesOf(2), [], "zero")
    const numbers = Object.entries(values).filter(([, value]) => typeof value === "number")
    expect(numbers).toEqual([
      ["support/c0", 0],
      ["support/c1", 0]
    ])
    expect(Object.keys(values)).toHaveLength(31)
  })
})

describe("an abstention", () => {
  // Truth 0 0 0 1; answers 0, none, 1, 1.
  const values = valuesOf(classesOf(2), samplesOf([0, 0, 0, 1], [0, -1, 1, 1]), "zero")

  it("is a wrong answer in accuracy and shows in its own shares", () => {
    expect(values.accuracy).toBe(0.5)
    expect(values.answered).toBe(0.75)
    expect(values.abstained).toBe(0.25)
    expect(values.accuracy_answered).toBe(2 / 3)
  })

  it("is a false negative of its class and touches no precision", () => {
    expect(values["recall/c0"]).toBe(1 / 3)
    expect(values["precision/c0"]).toBe(1)
    expect(values["precision/c1"]).toBe(0.5)
    expect(values["recall/c1"]).toBe(1)
  })

  it("is never counted as class 0", () => {
    const silent = valuesOf(classesOf(2), samplesOf([0, 0], [-1, -1]), "zero")
    expect(silent.accuracy).toBe(0)
    expect(silent["precision/c0"]).toEqual({ insufficient: "the class was never predicted" })
    expect(silent["precision/micro"]).toEqual({ insufficient: "every sample was abstained from" })
    expect(silent.accuracy_answered).toEqual({ insufficient: "every sample was abstained from" })
  })

  it("in the form of the wire counts the same", () => {
    const wire: Scored = {
      sample_id: "s",
      target: { class: { class_id: 0, label: null } },
      prediction: { abstain: { reason: null } } as unknown as Scored["prediction"]
    }
    expect(valuesOf(classesOf(2), [wire], "zero").abstained).toBe(1)
  })

  it("has the last column of the confusion matrix", () => {
    const fold = foldOf(classesOf(2), "zero")
    const { figures } = fold.result(samplesOf([0, 0, 0, 1], [0, -1, 1, 1]).reduce(fold.add, fold.empty))
    expect(figures[0]).toMatchObject({
      kind: "matrix",
      columns: { categories: ["c0", "c1", "abstained"] },
      values: [
        [1, 1, 1],
        [0, 1, 0]
      ]
    })
  })
})

describe("values and figures", () => {
  it("knows what always answering the most frequent class would get", () => {
    expect(valuesOf(classesOf(3), samplesOf([2, 2, 2, 0, 1], [0, 0, 0, 0, 0]), "zero").majority_baseline).toBe(0.6)
  })

  it("leaves an undefined value out of the bars instead of drawing 0", () => {
    const fold = foldOf(classesOf(2), "zero")
    const { figures } = fold.result(samplesOf([0, 0], [0, 0]).reduce(fold.add, fold.empty))
    expect(figures[1]).toMatchObject({
      kind: "bars",
      categories: ["c0", "c1"],
      series: [
        { name: "precision", values: [1, null] },
        { name: "recall", values: [1, null] },
        { name: "f1", values: [1, null] }
      ]
    })
  })

  it("cannot make a weighted average undefined by a class that weighs nothing", () => {
    const values = valuesOf(classesOf(3), samplesOf([0, 1], [0, 1]), "insufficient")
    expect(values["precision/weighted"]).toBe(1)
    expect(values["precision/macro"]).toHaveProperty("insufficient")
  })

  it("keeps the names of averages apart from a class of the same name", () => {
    const classes = [
      { class_id: 0, label: "macro" },
      { class_id: 1, label: "lens" }
    ]
    const values = valuesOf(classes, samplesOf([0, 1, 1], [0, 1, 0]), "zero")
    expect(values["recall/class:macro"]).toBe(1)
    expect(values["recall/macro"]).toBe(0.75)
  })

  it("finds classes by their id, not by their place", () => {
    const classes = [
      { class_id: 40, label: "late" },
      { class_id: 7, label: "early" }
    ]
    const values = valuesOf(classes, samplesOf([7, 40], [7, 7]), "zero")
    expect([values["recall/early"], values["recall/late"]]).toEqual([1, 0])
  })
})

describe("what cannot be scored", () => {
  it("is refused by the id of the sample when its target or answer is no declared class", () => {
    expect(() => valuesOf(classesOf(2), [scored(3, 2, 0)], "zero")).toThrow(
      new RangeError('sample "s-3": its target is class 2, which is none of the 2 declared classes')
    )
    expect(() => valuesOf(classesOf(2), [scored(4, 0, 9)], "zero")).toThrow(
      new RangeError('sample "s-4": its prediction is class 9, which is none of the 2 declared classes')
    )
  })

  it("is refused at the start when the classes are ambiguous, with all faults", () => {
    const twice = [
      { class_id: 1, label: "a" },
      { class_id: 1, label: "a" }
    ]
    expect(() => foldOf(twice, "zero")).toThrow('class id 1 is declared more than once; two classes would both be named "a"')
    expect(() => foldOf([], "zero")).toThrow("there is no class")
  })

  it("is refused at the start when the output type is another", () => {
    expect(() => classification.start({ undefined_in_macro: "zero" }, { output_type: "scalar", classes: classesOf(2) })).toThrow(
      'scores output type class, not "scalar"'
    )
  })
})

describe("options and signature", () => {
  it("has no default for what changes numbers", () => {
    expect(classification.decodeOptions({})).toMatchObject({ ok: false, mistakes: [{ path: ["undefined_in_macro"], problem: "missing" }] })
    expect(classification.decodeOptions({ undefined_in_macro: "zero" })).toEqual({ ok: true, value: { undefined_in_macro: "zero" } })
    expect(classification.decodeOptions({ undefined_in_macro: "one" })).toMatchObject({ ok: false })
    expect(classification.decodeOptions({ undefined_in_macros: "zero" })).toMatchObject({
      ok: false,
      mistakes: expect.arrayContaining([expect.objectContaining({ problem: "unknown-key", suggestion: "undefined_in_macro" })])
    })
  })

  it("signs every choice, so that two ways of averaging are two measurements", () => {
    expect(classification.signature({ undefined_in_macro: "zero" }).split("|")).toEqual([
      "classification:2",
      "classes=declared",
      "abstention=wrong,false-negative",
      "f1=2tp/(2tp+fp+fn)",
      "undefined-class=insufficient",
      "undefined-in-macro,weighted=zero",
      "weighted=support",
      "balanced_accuracy=mean-recall-of-classes-with-samples",
      "undefined-mcc=zero",
      "undefined-kappa=insufficient",
      "scores=declared-classes",
      "sample-without-scores=insufficient",
      "k=2",
      "ties=later-class-first,two-classes:earlier-first",
      "roc_auc=macro-one-vs-rest,two-classes:later",
      "average_precision=step",
      "probabilities=0..1,sum=1±min(0.05,0.005·classes)",
      "log_loss=natural,clip=2^-52",
      "brier=sum-of-squares,two-classes:half",
      "ece=highest-score,bins=15,equal-width,upper-edge-in"
    ])
    const chosen = classification.signature({ undefined_in_macro: "zero", top_k: 5, calibration_bins: 10 })
    expect(chosen).toContain("|k=5|")
    expect(chosen).toContain("bins=10,")
    expect(classification.signature({ undefined_in_macro: "insufficient" })).toContain("undefined-in-macro,weighted=insufficient")
  })

  it("states a direction for every value but those that describe the data", () => {
    const names = Object.keys(valuesOf(classesOf(2), [], "zero")).map((name) => name.split("/")[0] ?? name)
    const without = new Set(names.filter((name) => !(name in classification.directions)))
    expect([...without].sort()).toEqual(["majority_baseline", "support"])
  })
})

describe("the manifest", () => {
  const text = readFileSync(new URL("../feagi-trainer.plugin.json", import.meta.url), "utf8")
  const manifest = Schema.decodeUnknownSync(PluginManifest)(JSON.parse(text))

  it("names exports that are entries of that kind and id", () => {
    for (const { kind, id, spec, export: name } of manifest.entries) {
      expect((plugin as Record<string, unknown>)[name]).toMatchObject({ kind, id, spec })
    }
    expect(manifest.entries.map(({ id }) => id)).toEqual(["classification", "classification-holdout", "classification-train-test"])
  })

  it("allows the options that the pack decodes", () => {
    expect(manifest.entries[0].options_schema).toMatchObject({
      properties: { undefined_in_macro: { enum: ["insufficient", "zero"] } },
      required: ["undefined_in_macro"],
      additionalProperties: false
    })
  })

  it("comes with protocols whose primary metric the pack computes", () => {
    for (const protocol of [classificationHoldout, classificationTrainTest]) {
      expect(Schema.decodeUnknownSync(Protocol)(protocol)).toEqual(protocol)
      expect(Object.keys(valuesOf(classesOf(2), [], "zero"))).toContain(protocol.primary_metric)
    }
    expect(classificationHoldout.phases.map(({ split, learns, scored: judged }) => [split, learns, judged])).toEqual([
      ["train", true, false],
      ["val", false, true],
      ["test", false, true]
    ])
  })
})
