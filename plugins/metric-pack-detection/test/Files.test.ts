import { describe, expect, it } from "vitest"
import { detection } from "../src/index.ts"
import { files, findings, readText } from "./support.ts"

const truth = { id: 1, image_id: 7, category_id: 2, bbox: [0, 0, 40, 40], area: 1600, iscrowd: 0 }
const truths = {
  images: [{ id: 7, width: 100, height: 50, file_name: "seven.jpg" }],
  annotations: [truth],
  categories: [{ id: 2, name: "cat" }]
}
const result = { image_id: 7, category_id: 2, bbox: [0, 0, 40, 40], score: 0.5 }
const text = (value: unknown): string => JSON.stringify(value)
const options = (iou_type: string) => ({ iou_type })

const codes = (results: string | Uint8Array, against: string | Uint8Array, iou_type = "bbox"): ReadonlyArray<string> =>
  findings(results, against, options(iou_type)).map(({ code, field }) => (field === undefined ? code : `${code} ${field}`))

const withTruth = (changes: object): string => text({ ...truths, annotations: [{ ...truth, ...changes }] })
const { area: _area, iscrowd: _crowd, bbox: _box, ...bare } = truth
const square = { size: [2, 2], counts: [1, 2, 1] }

describe("files", () => {
  it("become one sample per image, in the order of their numbers", () => {
    const images = [10, 9, -3].map((id) => ({ id }))
    const read = readText(text([{ ...result, image_id: 9 }]), text({ ...truths, images, annotations: [] }), {})
    expect(read.ok && read.scored.map(({ sample_id }) => sample_id)).toEqual(["-3", "9", "10"])
    expect(read.ok && read.context.classes).toEqual([{ class_id: 2, label: "cat" }])
    expect(read.ok && read.missing).toEqual([])
    expect(read.ok && detection.signature(read.options)).toContain("|iou=bbox|")
  })

  it("may hold no detection at all, which finds nothing", () => {
    const read = readText("[]", text(truths), {})
    if (!read.ok) throw new Error("refused")
    const fold = detection.start(read.options, read.context)
    expect(fold.result(read.scored.reduce(fold.add, fold.empty)).values).toMatchObject({ AP: 0, AR100: 0, images: 1, abstained: 0 })
  })

  it("count what is left out because its category is unknown", () => {
    const other = { ...truth, id: 5, category_id: 99 }
    const read = readText(text([result, { ...result, category_id: 98 }]), text({ ...truths, annotations: [truth, other] }), {})
    if (!read.ok) throw new Error("refused")
    const fold = detection.start(read.options, read.context)
    expect(fold.result(read.scored.reduce(fold.add, fold.empty)).values).toMatchObject({ unknown_category: 2, truths: 1, detections: 1 })
  })

  it("say in the signature that an annotation has the id 0", () => {
    const signatureOf = (id: number) => {
      const read = readText(text([result]), withTruth({ id }), {})
      if (!read.ok) throw new Error("refused")
      const fold = detection.start(read.options, read.context)
      return fold.result(read.scored.reduce(fold.add, fold.empty)).signatures?.AP
    }
    expect(signatureOf(0)).toContain("|annotation-id-0=never-matched")
    expect(signatureOf(1)).toBeUndefined()
  })

  const broken: ReadonlyArray<readonly [what: string, results: string, against: string, iou: string, codes: ReadonlyArray<string>]> = [
    ["results that are no list", "{}", text(truths), "bbox", ["detection/BAD-FIELD"]],
    ["a ground truth that is a list", "[]", "[]", "bbox", ["detection/BAD-FIELD"]],
    [
      "a ground truth without lists",
      "[]",
      "{}",
      "bbox",
      ["images", "annotations", "categories"].map((each) => `detection/MISSING-FIELD ${each}`)
    ],
    ["no category", "[]", text({ ...truths, annotations: [], categories: [] }), "bbox", ["detection/MISSING-FIELD categories"]],
    ["a list that is none", "[]", text({ ...truths, images: 3 }), "bbox", ["detection/BAD-FIELD images"]],
    ["a detection that is none", "[3]", text(truths), "bbox", ["detection/BAD-FIELD [0]"]],
    [
      "a detection with nothing",
      "[{}]",
      text(truths),
      "bbox",
      [
        "detection/MISSING-FIELD [0]",
        "detection/MISSING-FIELD [0].image_id",
        "detection/MISSING-FIELD [0].category_id",
        "detection/MISSING-FIELD [0].score"
      ]
    ],
    ["a score in words", text([{ ...result, score: "0.5" }]), text(truths), "bbox", ["detection/BAD-FIELD [0].score"]],
    ["a score that is null", text([{ ...result, score: null }]), text(truths), "bbox", ["detection/BAD-FIELD [0].score"]],
    ["half a category", text([{ ...result, category_id: 1.5 }]), text(truths), "bbox", ["detection/BAD-FIELD [0].category_id"]],
    ["an image in words", text([{ ...result, image_id: "7" }]), text(truths), "bbox", ["detection/BAD-FIELD [0].image_id"]],
    ["an image of another set", text([result, { ...result, image_id: 8 }]), text(truths), "bbox", ["detection/UNKNOWN-IMAGE [1].image_id"]],
    ["a box of three numbers", text([{ ...result, bbox: [1, 2, 3] }]), text(truths), "bbox", ["detection/BAD-FIELD [0].bbox"]],
    ["a box of words", text([{ ...result, bbox: [1, "2", 3, 4] }]), text(truths), "bbox", ["detection/BAD-FIELD [0].bbox[1]"]],
    [
      "a later detection without its box",
      text([result, { ...result, bbox: undefined }]),
      text(truths),
      "bbox",
      ["detection/MISSING-FIELD [1].bbox"]
    ],
    [
      "a score twice",
      `[{"image_id":7,"category_id":2,"bbox":[0,0,1,1],"score":1,"score":2}]`,
      text(truths),
      "bbox",
      ["detection/DUPLICATE-KEY [0].score"]
    ],
    [
      "a list twice",
      "[]",
      `{"images":[],"categories":[{"id":1}],"annotations":[],"images":[]}`,
      "bbox",
      ["detection/DUPLICATE-KEY images"]
    ],
    [
      "no area",
      "[]",
      text({ ...truths, annotations: [{ ...truth, area: undefined }] }),
      "bbox",
      ["detection/MISSING-FIELD annotations[0].area"]
    ],
    [
      "no area, crowd or box",
      "[]",
      text({ ...truths, annotations: [bare] }),
      "bbox",
      ["area", "iscrowd", "bbox"].map((each) => `detection/MISSING-FIELD annotations[0].${each}`)
    ],
    ["a crowd of two", "[]", withTruth({ iscrowd: 2 }), "bbox", ["detection/BAD-FIELD annotations[0].iscrowd"]],
    ["an area in words", "[]", withTruth({ area: "big" }), "bbox", ["detection/BAD-FIELD annotations[0].area"]],
    ["an annotation twice", "[]", text({ ...truths, annotations: [truth, truth] }), "bbox", ["detection/DUPLICATE-ID annotations[1].id"]],
    [
      "an image twice",
      "[]",
      text({ ...truths, images: [...truths.images, ...truths.images] }),
      "bbox",
      ["detection/DUPLICATE-ID images[1].id"]
    ],
    [
      "a category twice",
      "[]",
      text({ ...truths, categories: [...truths.categories, ...truths.categories] }),
      "bbox",
      ["detection/DUPLICATE-ID categories[1].id"]
    ],
    [
      "masks of boxes that have none",
      text([{ ...result, segmentation: square }]),
      text(truths),
      "segm",
      ["detection/MISSING-FIELD annotations[0].segmentation"]
    ],
    [
      "runs that do not fill their size",
      text([{ ...result, segmentation: { size: [2, 2], counts: [1, 2] } }]),
      withTruth({ segmentation: square }),
      "segm",
      ["detection/BAD-MASK [0].segmentation.counts"]
    ],
    [
      "runs of another alphabet",
      text([{ ...result, segmentation: { size: [2, 2], counts: " " } }]),
      withTruth({ segmentation: square }),
      "segm",
      ["detection/BAD-MASK [0].segmentation.counts"]
    ],
    [
      "runs without a size",
      text([{ ...result, segmentation: { counts: [4] } }]),
      withTruth({ segmentation: square }),
      "segm",
      ["detection/BAD-MASK [0].segmentation.size"]
    ],
    [
      "a polygon of two corners",
      "[]",
      withTruth({ segmentation: [[1, 1, 2, 2]] }),
      "segm",
      ["detection/BAD-MASK annotations[0].segmentation[0]"]
    ],
    ["no polygon", "[]", withTruth({ segmentation: [] }), "segm", ["detection/BAD-MASK annotations[0].segmentation"]],
    [
      "a corner out of the world",
      "[]",
      withTruth({ segmentation: [[0, 0, 1e9, 0, 0, 1]] }),
      "segm",
      ["detection/BAD-MASK annotations[0].segmentation[0]"]
    ],
    [
      "a polygon on an image without a size",
      "[]",
      text({ ...truths, images: [{ id: 7 }], annotations: [{ ...truth, segmentation: [[0, 0, 5, 0, 5, 5]] }] }),
      "segm",
      ["detection/BAD-MASK annotations[0].segmentation"]
    ],
    [
      "a box as a mask on an image without a size",
      text([result]),
      text({ ...truths, images: [{ id: 7 }], annotations: [{ ...truth, segmentation: square }] }),
      "segm",
      ["detection/BAD-MASK [0].segmentation"]
    ],
    [
      "keypoints of boxes that have none",
      "[]",
      text(truths),
      "keypoints",
      ["detection/MISSING-FIELD annotations[0].num_keypoints", "detection/MISSING-FIELD annotations[0].keypoints"]
    ],
    [
      "two keypoints instead of 17",
      "[]",
      withTruth({ keypoints: [1, 1, 2, 2, 2, 2], num_keypoints: 2 }),
      "keypoints",
      ["detection/BAD-KEYPOINTS annotations[0].keypoints"]
    ]
  ]
  it.each(broken)("refuse %s", (_, results, against, iou, expected) => {
    expect(codes(results, against, iou)).toEqual(expected)
  })

  it.each([
    ["an empty file", new Uint8Array(), "detection/EMPTY"],
    ["a byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, 0x5b, 0x5d), "detection/BYTE-ORDER-MARK"],
    ["bytes that are no UTF-8", Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), "detection/NO-UTF8"],
    ["a file that is cut", '[{"image_id":7,', "detection/NO-JSON"],
    ["a file with something behind", "[] []", "detection/NO-JSON"],
    ["a comma at the end", "[1,]", "detection/NO-JSON"]
  ])("refuse %s", (_, results, code) => {
    expect(codes(results, text(truths)).at(-1)).toBe(code)
  })

  it.each(["NaN", "Infinity", "-Infinity", "1e999"])("refuse %s and say where it stands", (number) => {
    const results = `[\n  {"image_id": 7, "category_id": 2, "bbox": [0, 0, 1, 1], "score": ${number}}\n]`
    expect(findings(results, text(truths))).toEqual([
      {
        code: "detection/NOT-FINITE",
        severity: "error",
        message: "is no finite number",
        file: "results.json",
        line: 2,
        column: 68,
        field: "[0].score",
        expected: "a finite number",
        actual: number
      }
    ])
    const box = `[{"image_id": 7, "category_id": 2, "bbox": [0, ${number}, 1, 1], "score": 1}]`
    expect(findings(box, text(truths)).map(({ field, actual, column }) => [field, actual, column])).toEqual([["[0].bbox[1]", number, 48]])
  })

  it("are refused with everything that is wrong with both, at most a hundred", () => {
    const results = text(Array.from({ length: 150 }, () => ({ ...result, score: "high" })))
    const found = findings(results, withTruth({ iscrowd: 5 }))
    expect(found.filter(({ file }) => file === "truths.json").length).toBe(1)
    expect(found.filter(({ file }) => file === "results.json").length).toBe(99)
    expect(found.slice(100)).toEqual([
      { code: "detection/MORE", severity: "error", message: "and 51 more", count: 51, help: "mend the first ones and score again" }
    ])
  })

  it("name the image in UTF-16 columns, behind other scripts", () => {
    const found = findings(`[{"label":"𝒳é","image_id":8,"category_id":2,"bbox":[0,0,1,1],"score":1}]`, text(truths))
    expect(found).toMatchObject([{ line: 1, column: 2, sample_id: "8", expected: "one of 1 images" }])
    const later = findings(`[{"label":"𝒳é","score":"1","image_id":7,"category_id":2,"bbox":[0,0,1,1]}]`, text(truths))
    expect(later).toMatchObject([{ field: "[0].score", column: 25, actual: '"1"' }])
  })

  it("may be indented, in any order of keys, with escapes, and with fields of one's own", () => {
    const own = {
      annotations: [{ extra: { deep: [null, true, [{}]] }, ...truth }],
      info: { a: [1, "\\"] },
      categories: [{ name: 'a "b"\n', id: 2 }],
      images: truths.images
    }
    const read = readText(JSON.stringify([result], null, 3), JSON.stringify(own, null, "\t"), {})
    expect(read.ok && read.context.classes).toEqual([{ class_id: 2, label: 'a "b"\n' }])
    expect(findings(text([result]), text(own).replace('"iscrowd"', '"\\u0069scrowd"'))).toEqual([])
  })

  it("are not asked for what their kind of overlap does not need", () => {
    const images = [{ id: 7, width: null, height: "?" }]
    const odd = { ...truths, images, annotations: [{ ...truth, num_keypoints: null, keypoints: 3, segmentation: "none" }] }
    expect(codes(text([{ ...result, segmentation: 1 }]), text(odd))).toEqual([])
    const masked = { ...truths, annotations: [{ ...truth, bbox: null, segmentation: square }] }
    expect(codes(text([{ ...result, bbox: undefined, segmentation: square }]), text(masked), "segm")).toEqual([])
  })

  it("want exactly one ground truth", () => {
    const read = files().read({ predictions: { name: "p", bytes: new Uint8Array() }, targets: [] }, { iou_type: "bbox" })
    expect(read).toMatchObject({ ok: false, diagnostics: [{ code: "detection/TARGETS" }] })
  })
})

describe("options of the command line", () => {
  const decode = (given: Readonly<Record<string, string>>) => files().decodeOptions(given)
  it("are boxes when nothing is said", () => {
    expect(decode({})).toEqual({ ok: true, value: { iou_type: "bbox" } })
  })
  it("are the deviations of COCO for keypoints, or one's own", () => {
    expect(decode({ iou_type: "keypoints" })).toEqual({ ok: true, value: { iou_type: "keypoints", oks_sigmas: "coco-17" } })
    expect(decode({ iou_type: "keypoints", oks_sigmas: "0.1, 0.2" })).toEqual({
      ok: true,
      value: { iou_type: "keypoints", oks_sigmas: [0.1, 0.2] }
    })
  })
  it.each([
    { iou_type: "boxes" },
    { iou_type: "segm", oks_sigmas: "coco-17" },
    { iou_type: "keypoints", oks_sigmas: "0.1,,2" },
    { iou_type: "keypoints", oks_sigmas: "0" }
  ])("refuse %o", (given) => {
    expect(decode(given).ok).toBe(false)
  })
  it("suggest what was meant", () => {
    expect(decode({ iou_tpe: "bbox" })).toMatchObject({ ok: false, mistakes: [{ problem: "unknown-key", suggestion: "iou_type" }] })
  })
})
