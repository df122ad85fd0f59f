/** The cases that no oracle has: closed forms by hand, abstention, refusal, options, resampling, figures, protocols. */
import { PluginManifest, Protocol, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { segmentation, segmentationHoldout, segmentationTrainTest } from "../src/index.ts"
import { outlinesOf } from "../src/Outlines.ts"
import { labelsOf as labelsOfRuns, runsOf } from "../src/Runs.ts"
import { classesOf, foldOf, labelsOf, resultOf, scored } from "./support.ts"

/** Park and Miller's generator: enough disorder for a test, the same everywhere. */
const drawn = (seed: number, count: number, classes: number): ReadonlyArray<Scored> => {
  let state = seed
  const below = (bound: number): number => {
    state = (state * 48271) % 2147483647
    return state % bound
  }
  const text = (pixels: number): string => Array.from({ length: pixels }, () => String(below(classes))).join("")
  return Array.from({ length: count }, (_, index) =>
    scored({ id: `s-${index}`, width: 5, target: text(15), prediction: below(6) === 0 ? null : text(15) })
  )
}

describe("the values of segmentation", () => {
  it("are those of the hand: one square of 16 pixels over another, shifted by one row", () => {
    // Truth: rows 0 and 1 of a 4 × 4 image; answer: rows 1 and 2. Both 8 pixels, 4 of them shared.
    const { values } = resultOf(classesOf(2), [scored({ width: 4, target: "1111111100000000", prediction: "0000111111110000" })])
    expect(values["iou/c1"]).toBe(4 / 12)
    expect(values["dice/c1"]).toBe(8 / 16)
    expect(values["iou/c0"]).toBe(4 / 12)
    expect(values.miou).toBe((4 / 12 + 4 / 12) / 2)
    expect(values.pixel_accuracy).toBe(0.5)
    expect(values.mean_accuracy).toBe(0.5)
    expect(values["pixels/c1"]).toBe(8)
  })

  it("are of all pixels together and not the mean over images", () => {
    const large = scored({ id: "large", width: 10, target: "1".repeat(100), prediction: "1".repeat(100) })
    const small = scored({ id: "small", width: 1, target: "1", prediction: "0" })
    expect(resultOf(classesOf(2), [large, small]).values["iou/c1"]).toBe(100 / 101)
  })

  it("weigh the IoU of a class by the pixels of its target in fw_iou", () => {
    const { values } = resultOf(classesOf(2), [scored({ width: 4, target: "0001", prediction: "0011" })])
    expect(values.fw_iou).toBe((3 * (2 / 3) + 1 * (1 / 2)) / 4)
  })

  it("have Dice = 2 IoU / (1 + IoU) in every class", () => {
    const { values } = resultOf(classesOf(4), drawn(11, 30, 4))
    for (const name of ["c0", "c1", "c2", "c3"]) {
      const iou = Number(values[`iou/${name}`])
      expect(Math.abs(Number(values[`dice/${name}`]) - (2 * iou) / (1 + iou))).toBeLessThan(1e-15)
    }
  })

  it("count an unpredicted pixel in the total and against its class, and for no other", () => {
    const one = (prediction: string, unpredicted: number | null) =>
      resultOf(classesOf(3), [scored({ width: 4, target: "0011", prediction, unpredicted })]).values
    const silent = one("001.", 255)
    expect([silent.pixel_accuracy, silent["iou/c1"], silent["iou/c0"], silent.unpredicted]).toEqual([3 / 4, 1 / 2, 1, 1 / 4])
    const wrong = one("0012", null)
    expect([wrong.pixel_accuracy, wrong["iou/c1"], wrong["iou/c2"], wrong.miou]).toEqual([3 / 4, 1 / 2, 0, (1 + 1 / 2 + 0) / 3])
  })

  it("do not see what was answered on ignored pixels, whatever label it is", () => {
    const answer = (prediction: string) => resultOf(classesOf(2), [scored({ width: 4, target: "00.1", prediction, ignore: 255 })]).values
    expect(answer("0071")).toEqual(answer("0001"))
    expect(answer("0001").pixel_accuracy).toBe(1)
  })

  it("count an abstention as a mask of unpredicted pixels", () => {
    const silent = resultOf(classesOf(2), [scored({ width: 2, target: "0011", prediction: null })]).values
    const empty = resultOf(classesOf(2), [scored({ width: 2, target: "0011", prediction: "....", unpredicted: 255 })]).values
    const { answered, abstained, ...rest } = silent
    expect([answered, abstained]).toEqual([0, 1])
    expect({ ...rest, answered: 1, abstained: 0 }).toEqual(empty)
    expect([rest.pixel_accuracy, rest["iou/c0"], rest.unpredicted]).toEqual([0, 0, 1])
  })

  it("leave an empty class out, refuse it, or count it as 0 or 1, as the option says", () => {
    const miou = (empty_class: "excluded" | "insufficient" | "zero" | "one") =>
      resultOf(classesOf(4), [scored({ width: 2, target: "0001", prediction: "0001" })], empty_class).values.miou
    expect([miou("excluded"), miou("zero"), miou("one")]).toEqual([1, 0.5, 1])
    expect(miou("insufficient")).toEqual({
      insufficient: 'undefined for 2 of 4 classes: "c2", "c3"; empty_class = "excluded" leaves them out'
    })
  })

  it("stay exact beyond 2^32 pixels and are refused beyond 2^53", () => {
    const fold = foldOf(classesOf(1))
    const many = { ...fold.empty, samples: 1, answered: 1, pixels: [[2 ** 52, 0]] }
    const twice = fold.merge(many, { ...many, pixels: [[2 ** 52 - 1, 0]] })
    expect(twice.pixels).toEqual([[2 ** 53 - 1, 0]])
    expect(fold.result(twice).values.pixel_accuracy).toBe(1)
    expect(() => fold.merge(twice, many)).toThrow("more than can be counted exactly")
  })
})

describe("segmentation refuses", () => {
  const add = (sample: Scored) => () => resultOf(classesOf(2), [sample])

  it("a label of no declared class, by sample, column and row", () => {
    expect(add(scored({ id: "t", width: 2, target: "0071", prediction: "0011" }))).toThrow(
      'sample "t": its target has label 7 at column 0, row 1, which is none of the 2 declared classes, and not its ignore_label'
    )
    expect(add(scored({ id: "p", width: 2, target: "0011", prediction: "001." }))).toThrow(
      'sample "p": its prediction has label 255 at column 1, row 1, which is none of the 2 declared classes, and not its unpredicted_label'
    )
  })

  it("another output type, and classes that no mask can have, all at once", () => {
    const start = (output_type: "class" | "segmentation_mask", ids: ReadonlyArray<number>) => () =>
      segmentation.start(
        { empty_class: "excluded", classes: "declared" },
        { output_type, classes: ids.map((class_id) => ({ class_id, label: `c${class_id}` })) }
      )
    expect(start("class", [0])).toThrow('scores output type segmentation_mask, not "class"')
    expect(start("segmentation_mask", [])).toThrow("there is no class")
    expect(start("segmentation_mask", [0, 0, 256])).toThrow(
      'class id 256 is no label from 0 to 255; class id 0 is declared more than once; two classes are both named "c0"'
    )
  })

  it("options without empty_class, because there is no default that would not change numbers", () => {
    const missing = segmentation.decodeOptions({})
    expect(missing.ok ? [] : missing.mistakes.map(({ path, problem }) => [path, problem])).toEqual([[["empty_class"], "missing"]])
    expect(segmentation.decodeOptions({ empty_class: "ignore" }).ok).toBe(false)
    expect(segmentation.decodeOptions({ empty_class: "zero", classes: "observed" }).ok).toBe(false)
  })
})

describe("the signature of segmentation", () => {
  it("names every convention", () => {
    expect(segmentation.signature({ empty_class: "zero", classes: "declared" })).toBe(
      "segmentation:1|pixels=pooled|classes=declared|ignored=nowhere|unpredicted=total,false-negative|abstention=every-pixel-unpredicted|iou=tp/(tp+fp+fn)|dice=2tp/(2tp+fp+fn)|accuracy=tp/(tp+fn)|fw_iou=target-pixels|mean=classes|empty-class=zero"
    )
    expect(segmentation.signature({ empty_class: "one", classes: "observed", labels_of_files: { ignore_label: 255 } })).toContain(
      "|classes=observed|ignored=nowhere,default:255|"
    )
  })
})

describe("resampling", () => {
  const samples = drawn(3, 40, 3)
  const context = { output_type: "segmentation_mask", classes: classesOf(3) } as const
  const options = { empty_class: "insufficient", classes: "declared" } as const

  it("gives the values of the fold, bit for bit, for the samples and for a multiset of them", () => {
    const atoms = segmentation.atoms?.(options, context, samples)
    expect(atoms?.count).toBe(40)
    const times = Uint32Array.from(samples, (_, index) => (index * 7) % 4)
    const repeatedSamples = samples.flatMap((sample, index) => Array.from({ length: times[index] ?? 0 }, () => sample))
    const ones = new Uint32Array(40).fill(1)
    expect(atoms?.values(ones)).toEqual(resultOf(context.classes, samples, "insufficient").values)
    expect(atoms?.values(times)).toEqual(resultOf(context.classes, repeatedSamples, "insufficient").values)
    expect(atoms?.values(new Uint32Array(40))).toEqual(resultOf(context.classes, [], "insufficient").values)
  })
})

describe("the figures", () => {
  const figure = (id: string, samples: ReadonlyArray<Scored>, classes = 3) =>
    resultOf(classesOf(classes), samples).figures.find((each) => each.id === id)

  it("show the confusion in pixels, unpredicted last, and a gap where a class has no value", () => {
    const sample = scored({ width: 4, target: "00001111", prediction: "0001111.", unpredicted: 255 })
    expect(figure("confusion", [sample])).toMatchObject({
      columns: { categories: ["c0", "c1", "c2", "unpredicted"] },
      values: [
        [3, 1, 0, 0],
        [0, 3, 0, 1],
        [0, 0, 0, 0]
      ]
    })
    expect(figure("per-class", [sample])).toMatchObject({ series: [{ name: "iou", values: [0.75, 0.6, null] }, {}, {}] })
  })

  it("show at most 40 classes, those with most pixels, and the rest together", () => {
    const target = Array.from({ length: 36 }, (_, index) => "0123456789abcdefghijklmnopqrstuvwxyz"[index]).join("")
    const found = figure("confusion", [scored({ width: 36, target, prediction: `9${target.slice(1)}` })], 60)
    if (found?.kind !== "matrix") throw new Error("there is no confusion matrix")
    expect(found.rows.categories).toHaveLength(40)
    expect(found.columns.categories.slice(-2)).toEqual(["other classes", "unpredicted"])
    expect(found.description).toContain("Of 60 classes, the 40 with most pixels.")
  })

  it("outline the three worst samples, the worst first, whatever the order", () => {
    const wrong = (id: string, pixels: number) =>
      scored({ id, width: 4, target: "0000000000000000", prediction: "1".repeat(pixels).padEnd(16, "0") })
    const samples = [wrong("a", 1), wrong("b", 5), wrong("c", 0), wrong("d", 9), wrong("e", 5), wrong("f", 2)]
    const worst = (some: ReadonlyArray<Scored>) =>
      resultOf(classesOf(2), some).figures.flatMap((each) => (each.kind === "overlay" ? [each.image.sample_id] : []))
    expect(worst(samples)).toEqual(["d", "b", "e"])
    expect(worst([...samples].reverse())).toEqual(["d", "b", "e"])
    // Both classes are wrong on the same pixels; the truth has none of the second, which therefore is the smaller one.
    expect(figure("worst-1", samples, 2)).toMatchObject({
      image: { width: 4, height: 4, sample_id: "d" },
      description: expect.stringContaining('56.3 % of its 16 counted pixels are wrong or unpredicted. The outlines are of the class "c1"'),
      shapes: [
        {
          shape: "outline",
          label: "c1",
          role: "prediction",
          rings: [
            [
              [0, 0],
              [4, 0],
              [4, 2],
              [1, 2],
              [1, 3],
              [0, 3]
            ]
          ]
        }
      ]
    })
  })

  it("outline the class that is wrong on most pixels, on both sides", () => {
    const sample = scored({ width: 4, target: "00001122", prediction: "00112200" })
    const found = figure("worst-1", [sample])
    if (found?.kind !== "overlay") throw new Error("there is no overlay")
    // Apart: c0 on 4 pixels, c1 on 4, c2 on 4; c1 and c2 have two pixels each, c1 is first.
    expect(found.shapes.map(({ label, role }) => [label, role])).toEqual([
      ["c1", "truth"],
      ["c1", "prediction"]
    ])
  })

  it("leave out what is too ragged to be drawn", () => {
    const board = Array.from({ length: 64 * 64 }, (_, index) => String((index + Math.floor(index / 64)) % 2)).join("")
    expect(figure("worst-1", [scored({ width: 64, target: "0".repeat(4096), prediction: board })], 2)).toBeUndefined()
  })
})

describe("outlines and runs", () => {
  it("trace a ring around a hole and one within", () => {
    const labels = labelsOf("1111" + "1001" + "1001" + "1111")
    const [, ones] = outlinesOf(labels, 4, 4)
    expect(ones?.rings).toEqual([
      [
        [0, 0],
        [4, 0],
        [4, 4],
        [0, 4]
      ],
      [
        [1, 1],
        [1, 3],
        [3, 3],
        [3, 1]
      ]
    ])
  })

  it("enclose the pixels of every class: the areas of the rings add up to them", () => {
    for (const sample of drawn(5, 30, 4)) {
      if (!("segmentation_mask" in sample.target)) continue
      const { labels, width, height } = sample.target.segmentation_mask
      for (const { position, rings } of outlinesOf(labels, width, height)) {
        // The shoelace formula; holes run the other way round and subtract.
        const twice = rings.flatMap((ring) =>
          ring.map(([x, y], at) => {
            const [nextX, nextY] = ring[(at + 1) % ring.length] ?? [x, y]
            return x * nextY - nextX * y
          })
        )
        expect(twice.reduce((sum, each) => sum + each, 0) / 2).toBe(labels.filter((label) => label === position).length)
      }
    }
  })

  it("write runs and read them again, and give up beyond a bound", () => {
    const labels = labelsOf("000112220")
    const labelAt = (at: number): number => labels[at] ?? Number.NaN
    expect(runsOf(labelAt, 9, 4)).toEqual([0, 3, 1, 2, 2, 3, 0, 1])
    expect([...labelsOfRuns([0, 3, 1, 2, 2, 3, 0, 1], 9)]).toEqual(labels)
    expect(runsOf(labelAt, 9, 3)).toBeUndefined()
  })
})

describe("the protocols", () => {
  it.each([segmentationHoldout, segmentationTrainTest])("$id is a protocol whose examples the pack computes", (protocol) => {
    expect(Schema.decodeUnknownSync(Protocol)(JSON.parse(JSON.stringify(protocol)))).toEqual(protocol)
    expect(protocol.vectors).toHaveLength(2)
    for (const { metric_pack, classes, samples, values } of protocol.vectors ?? []) {
      const options = segmentation.decodeOptions(metric_pack.options)
      if (!options.ok) throw new Error("the options of the protocol do not decode")
      const fold = segmentation.start(options.value, { output_type: "segmentation_mask", classes })
      expect(fold.result(samples.reduce(fold.add, fold.empty)).values).toMatchObject(values)
    }
  })

  it("are in the manifest with their version and phases", () => {
    const { entries } = Schema.decodeUnknownSync(PluginManifest)(manifest)
    const provided = entries.filter(({ kind }) => kind === "protocol").map(({ provides }) => provides)
    expect(provided).toEqual(
      [segmentationHoldout, segmentationTrainTest].map(({ version, output_type, phases }) => ({
        version,
        output_type,
        phases: phases.map(({ name }) => name)
      }))
    )
  })
})
