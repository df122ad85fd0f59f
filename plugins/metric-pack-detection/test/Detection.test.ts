import { accepts } from "@feagi-trainer/conformance"
import type { Scored } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { detection, IMAGE_TYPE, imageErrors, imagePrediction, imageTarget } from "../src/index.ts"
import { classes, image, scoreImages } from "./support.ts"

const perfect = image("a", [{ class_id: 0, box: [0, 0, 40, 40] }], [{ class_id: 0, box: [0, 0, 40, 40] }])

describe("detection", () => {
  it("is 1 where everything is found and nothing else", () => {
    const { values } = scoreImages([perfect])
    for (const name of ["AP", "AP50", "AP75", "APm", "AR1", "AR10", "AR100", "ARm", "AP/cat", "AP50/cat"])
      expect(values[name], name).toBeCloseTo(1, 12)
    expect(values).toMatchObject({ images: 1, abstained: 0, truths: 1, detections: 1, unknown_category: 0 })
  })

  it("reads precision off at 101 levels of recall", () => {
    const boxes = [0, 1, 2].map((index) => ({ class_id: 0, box: [100 * index, 0, 40, 40] as const }))
    const wrong = { class_id: 0, box: [0, 300, 40, 40] as const, score: 0.8 }
    const found = [{ ...boxes[0], score: 0.9 }, wrong, { ...boxes[1], score: 0.7 }].map((each) => ({
      class_id: 0,
      box: [0, 0, 0, 0] as const,
      ...each
    }))
    // Precision 1 up to recall 1/3 (34 levels: 0 to 0.33), 2/3 up to recall 2/3 (33 levels), then nothing.
    expect(scoreImages([image("a", boxes, found)]).values.AP).toBeCloseTo((34 + (33 * 2) / 3) / 101, 12)
  })

  it("has no number where nothing could be found, and never -1", () => {
    const { values } = scoreImages([image("a", [], [{ class_id: 1, box: [0, 0, 9, 9] }])])
    expect(values.AP).toEqual({ insufficient: "no image has an object of any size that has to be found" })
    expect(values.APl).toEqual({ insufficient: "no image has an object of 96² pixels and more that has to be found" })
    expect(values["AP/dog"]).toEqual({ insufficient: 'no image has an object of "dog" that has to be found' })
    expect(scoreImages([]).values.AR100).toEqual({ insufficient: "no image has an object of any size that has to be found" })
  })

  it("takes the mean over the classes that have something to find", () => {
    const dog = image("b", [{ class_id: 1, box: [0, 0, 40, 40] }], [])
    expect(scoreImages([perfect]).values.AP).toBeCloseTo(1, 12)
    expect(scoreImages([perfect, dog]).values).toMatchObject({ "AP/dog": 0 })
    expect(scoreImages([perfect, dog]).values.AP).toBeCloseTo(0.5, 12)
  })

  it("puts equal scores into the order of the sample ids, by code units", () => {
    const wrong = (id: string): Scored => image(id, [], [{ class_id: 0, box: [0, 0, 40, 40] }])
    expect(scoreImages([wrong("b"), perfect]).values.AP).toBeCloseTo(1, 12)
    expect(scoreImages([perfect, wrong("B")]).values.AP).toBeCloseTo(0.5, 12)
  })

  it("takes the declared area, and that of the box where none is declared", () => {
    const areas = (area?: number) => {
      const truth = { class_id: 0, box: [0, 0, 40, 40] as const, ...(area === undefined ? {} : { area }) }
      const { values } = scoreImages([image("a", [truth], [{ class_id: 0, box: [0, 0, 40, 40] }])])
      return ["ARs", "ARm", "ARl"].filter((name) => values[name] === 1)
    }
    expect([areas(100), areas(), areas(9216), areas(9217)]).toEqual([["ARs"], ["ARm"], ["ARm", "ARl"], ["ARl"]])
  })

  it("counts an abstention as an image without detections", () => {
    const silent: Scored = { ...perfect, sample_id: "b", prediction: { abstain: { reason: "silent" } } }
    const { values } = scoreImages([perfect, silent])
    expect(values).toMatchObject({ AR100: 0.5, images: 2, abstained: 1, detections: 1 })
  })

  it("tells two classes of one label apart", () => {
    const twins = [
      { class_id: 3, label: "cat" },
      { class_id: 4, label: "cat" }
    ]
    const fold = detection.start({ iou_type: "bbox" }, { output_type: "bbox_set", classes: twins })
    const names = Object.keys(fold.result(fold.empty).values)
    expect(names).toEqual(expect.arrayContaining(["AP/cat (3)", "AP/cat (4)"]))
    expect(names).not.toContain("AP/cat")
  })

  it("refuses a context that it cannot score, and says what it can", () => {
    const start =
      (options: Parameters<typeof detection.start>[0], output_type: string, of = classes) =>
      () =>
        detection.start(options, {
          output_type: output_type === "bbox_set" || output_type === "class" ? output_type : { custom: output_type },
          classes: of
        })
    expect(start({ iou_type: "bbox" }, "class")).toThrow(`with iou_type "bbox" scores bbox_set or ${IMAGE_TYPE}, not class`)
    expect(start({ iou_type: "segm" }, "bbox_set")).toThrow(`with iou_type "segm" scores ${IMAGE_TYPE}, not bbox_set`)
    expect(start({ iou_type: "bbox" }, "bbox_set", [])).toThrow("needs at least one declared class")
    expect(start({ iou_type: "bbox" }, "bbox_set", [...classes, ...classes])).toThrow("class ids are declared more than once: 0, 1")
  })

  it.each([
    ["an undeclared class", { class_id: 9, box: [0, 0, 1, 1] }, 'sample "x": its prediction cannot be scored: box 0 is of class 9'],
    ["a score that is no number", { class_id: 0, box: [0, 0, 1, 1], score: Number.NaN }, "score of box 0 is NaN"],
    ["a place that is no number", { class_id: 0, box: [0, Number.POSITIVE_INFINITY, 1, 1] }, "y of box 0 is Infinity"],
    ["an area that is no number", { class_id: 0, box: [0, 0, 1, 1], area: Number.NaN }, "area of box 0 is NaN"]
  ] as const)("refuses %s with the sample", (_, box, message) => {
    expect(() => scoreImages([image("x", [], [box])])).toThrow(message)
  })

  it("refuses a detection without a score", () => {
    const bare: Scored = {
      sample_id: "x",
      target: { bbox_set: [] },
      prediction: { bbox_set: [{ class_id: 0, x: 0, y: 0, width: 1, height: 1 }] }
    }
    expect(() => scoreImages([bare])).toThrow("score of box 0 is missing, expected a finite number")
  })

  it("refuses images in columns that are not whole", () => {
    const rows = { category_id: [0], area: [1], bbox: [0, 0, 1, 1], masks: null, keypoints: null, unknown: 0 }
    const target = imageTarget({ ...rows, image_id: 1, size: null, file: null, crowd: [0], num_keypoints: null, id_zero: [] })
    const score = (bad: Partial<Parameters<typeof imagePrediction>[0]>) => () => {
      const fold = detection.start({ iou_type: "bbox" }, { output_type: { custom: IMAGE_TYPE }, classes })
      return fold.add(fold.empty, { sample_id: "x", target, prediction: imagePrediction({ ...rows, score: [1], ...bad }) })
    }
    expect(score({})).not.toThrow()
    expect(score({ score: [] })).toThrow('sample "x": its prediction cannot be scored: "score" has to be a list of 1 finite numbers')
    expect(score({ bbox: [0, 0, 1] })).toThrow('"bbox" has to be a list of 4 finite numbers')
    expect(score({ category_id: [7] })).toThrow("it has a row of category 7, which is none of the declared classes")
  })

  it("scores a pose per sample, by the rectangle around its labelled points", () => {
    const points = [0, 1, 2].map((index) => ({ x: 100 * index, y: 50 * index, visibility: 2 }))
    const options = { iou_type: "keypoints", oks_sigmas: [0.1, 0.1, 0.1] } as const
    const fold = detection.start(options, { output_type: "keypoints", classes: [] })
    const pose = (sample_id: string, shift: number): Scored => ({
      sample_id,
      target: { keypoints: points },
      prediction: { keypoints: points.map(({ x, y }) => ({ x: x + shift, y, score: 1 })) }
    })
    // Area 200 · 100, variance (2 · 0.1)²: a similarity of exp(-shift² / 1600).
    const { values, signatures } = fold.result([pose("a", 20), pose("b", 0)].reduce(fold.add, fold.empty))
    // exp(-0.25) = 0.7788 reaches six of ten thresholds.
    expect(values.AR).toBeCloseTo((6 / 10 + 1) / 2, 12)
    expect(signatures?.AR).toContain("area=rectangle-of-labelled-points|score=mean-of-points")
  })

  it("has a range for everything that has a direction", () => {
    expect(Object.keys(detection.ranges ?? {})).toEqual(Object.keys(detection.directions))
  })
})

describe("options", () => {
  const [entry] = manifest.entries
  it.each([
    ["boxes", { iou_type: "bbox" }, true],
    ["masks", { iou_type: "segm" }, true],
    ["keypoints of COCO", { iou_type: "keypoints", oks_sigmas: "coco-17" }, true],
    ["keypoints of one's own", { iou_type: "keypoints", oks_sigmas: [0.1, 0.2] }, true],
    ["keypoints without deviations", { iou_type: "keypoints" }, false],
    ["deviations of boxes", { iou_type: "bbox", oks_sigmas: "coco-17" }, false],
    ["no deviation", { iou_type: "keypoints", oks_sigmas: [] }, false],
    ["a deviation of 0", { iou_type: "keypoints", oks_sigmas: [0] }, false],
    ["another kind", { iou_type: "boundary" }, false],
    ["no kind", {}, false],
    ["an unknown key", { iou_type: "bbox", max_dets: 10 }, false]
  ])("agree with the manifest on %s", (_, options, accepted) => {
    expect(accepts(entry?.options_schema, options)).toBe(accepted)
    expect(detection.decodeOptions(options).ok).toBe(accepted)
  })

  it("stand in the signature", () => {
    expect(detection.signature({ iou_type: "bbox" })).toBe(
      "detection:1|iou=bbox|thresholds=0.50:0.05:0.95|recall=0:0.01:1|maxdets=1,10,100|areas=all:0..1e10,s:0..1024,m:1024..9216,l:9216..1e10|crowd=ignored|ties=image,then-order|mean=present-categories|abstention=no-detections|reference=pycocotools-2.0.11"
    )
    expect(detection.signature({ iou_type: "keypoints", oks_sigmas: [0.5, 1] })).toContain("iou=keypoints|sigmas=0.5,1|")
  })
})

describe("imageErrors()", () => {
  it("counts right, wrong and missed per image, without what is ignored", () => {
    const truths = [
      { class_id: 0, box: [0, 0, 40, 40] as const },
      { class_id: 0, box: [100, 0, 40, 40] as const },
      { class_id: 0, box: [200, 200, 99, 99] as const, crowd: true }
    ]
    const found = [
      { class_id: 0, box: [0, 0, 40, 40] as const, score: 0.9 },
      { class_id: 0, box: [0, 0, 40, 39] as const, score: 0.8 },
      { class_id: 1, box: [100, 0, 40, 40] as const, score: 0.7 },
      { class_id: 0, box: [210, 210, 9, 9] as const, score: 0.6 }
    ]
    const context = { output_type: "bbox_set", classes } as const
    expect(imageErrors({ iou_type: "bbox" }, context, [image("b", truths, found), perfect])).toEqual([
      { sample_id: "a", true_positives: 1, false_positives: 0, false_negatives: 0 },
      { sample_id: "b", true_positives: 1, false_positives: 2, false_negatives: 1 }
    ])
  })
})

describe("figures", () => {
  const wrong = image("b", [{ class_id: 1, box: [5, 5, 40, 40] }], [{ class_id: 0, box: [60, 70, 40, 40], score: 0.25 }])
  const { figures } = scoreImages([perfect, wrong])
  it("are a curve over all, one per class, bars, the worst images and pictures of them", () => {
    expect(figures.map(({ kind, id }) => [kind, id])).toEqual([
      ["curve", "precision-recall"],
      ["curve", "precision-recall-per-category"],
      ["bars", "ap-per-category"],
      ["table", "worst-images"],
      ["overlay", "errors-b"]
    ])
  })

  it("have 101 points a curve", () => {
    for (const figure of figures) if (figure.kind === "curve") for (const { points } of figure.series) expect(points.length).toBe(101)
  })

  it("draw what is missed and what is wrong", () => {
    const overlay = figures.find(({ kind }) => kind === "overlay")
    expect(overlay).toMatchObject({
      title: "Image b: 1 missed, 1 wrong, 0 right",
      image: { width: 100, height: 110, sample_id: "b" },
      shapes: [
        { shape: "box", role: "truth", label: "dog, missed", x: 5, y: 5 },
        { shape: "box", role: "prediction", label: "cat, wrong", x: 60, y: 70, score: 0.25 }
      ]
    })
  })

  it("are none where nothing was scored", () => {
    expect(scoreImages([]).figures).toEqual([])
  })
})
