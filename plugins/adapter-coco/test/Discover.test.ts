/** Layouts as they are met: the folders of Datumaro's test assets, of COCO's own downloads, of Roboflow, of MMDetection, of HaGRID. */
import { describe, expect, it } from "vitest"
import { discover, picture, samplesOf, scanFiles } from "./World.ts"

const [a, b] = [await picture(10, 5, 1, "jpeg"), await picture(5, 10, 2, "jpeg")]
const categories = [
  { id: 1, name: "a", supercategory: "" },
  { id: 2, name: "b", supercategory: "" }
]
const train = { images: [{ id: 5, width: 10, height: 5, file_name: "a.jpg" }], categories }
const val = { images: [{ id: 40, width: 5, height: 10, file_name: "b.jpg" }], categories }
const json = (value: unknown): string => JSON.stringify(value)

const instance = (image_id: number, segmentation: unknown) => ({
  id: 1,
  image_id,
  category_id: 2,
  bbox: [2, 2, 3, 1],
  area: 3,
  iscrowd: 0,
  segmentation
})
const kinds = {
  instances: [instance(5, []), instance(40, [[0, 0, 1, 0, 1, 2, 0, 2]])],
  person_keypoints: [5, 40].map((id) => ({ ...instance(id, []), keypoints: [0, 0, 0, 0, 2, 1, 4, 1, 2], num_keypoints: 2 })),
  stuff: [
    { ...instance(5, { counts: [10, 10, 5, 10, 15], size: [5, 10] }), bbox: [2, 0, 4, 4] },
    { ...instance(40, { counts: [10, 10, 5, 10, 15], size: [10, 5] }), bbox: [1, 0, 3, 10] }
  ],
  captions: [5, 40].map((image_id) => ({ id: 1, image_id, category_id: 0, caption: "hello" })),
  labels: [5, 40].map((image_id) => ({ id: 1, image_id, category_id: 2 })),
  panoptic: [5, 40].map((image_id) => ({
    image_id,
    file_name: "a.png",
    segments_info: [{ id: 7, category_id: 1, area: 20, bbox: [2, 0, 4, 4], iscrowd: 0 }]
  })),
  image_info: [undefined, undefined]
}
type Kind = keyof typeof kinds

const annotationsOf = (kind: Kind) => ({
  [`annotations/${kind}_train.json`]: json({ ...train, annotations: kinds[kind].slice(0, 1).filter((each) => each !== undefined) }),
  [`annotations/${kind}_val.json`]: json({ ...val, annotations: kinds[kind].slice(1).filter((each) => each !== undefined) })
})
const shots = { "images/train/a.jpg": a, "images/val/b.jpg": b }
const [instancesTrain = "", instancesVal = ""] = Object.values(annotationsOf("instances"))

describe("discover() on one kind of annotations", () => {
  it.each([
    ["instances", "COCO instances: boxes", ["instances", "segmentation"], 0],
    ["person_keypoints", "COCO keypoints: keypoints, a sample per person", ["keypoints", "instances"], 0],
    ["stuff", "COCO stuff: masks", ["segmentation", "instances"], 0]
  ] as const)("proposes %s with its folders and parts, and the scan agrees", async (kind, title, tasks, errors) => {
    const files = { ...annotationsOf(kind), ...shots }
    const candidates = await discover(files)
    expect(candidates.map(({ options }) => options.task)).toEqual(tasks)
    expect(candidates[0]).toMatchObject({
      confidence: 0.95,
      title,
      options: {
        annotations: [`annotations/${kind}_train.json`, `annotations/${kind}_val.json`],
        images: ["images/train", "images/val"],
        format: "coco",
        boxes: "pixel-xywh",
        split: "file-name",
        categories: "scan"
      }
    })
    expect(candidates[0]?.because).toContain("task says which of its targets is meant")
    const { report, entries } = await scanFiles(files, candidates[0]?.options)
    expect([report.error_count, entries.length]).toEqual([errors, 2])
  })

  it.each([
    ["captions", "COCO captions: not read", "a caption"],
    ["labels", "COCO labels of whole pictures: not read", "a category and nothing else"],
    ["panoptic", "COCO panoptic: not read", "segments_info"],
    ["image_info", "COCO list of pictures: not read", "no annotations"]
  ] as const)("says that %s are not read, and how it knows them", async (kind, title, because) => {
    const candidates = await discover({ ...annotationsOf(kind), ...shots })
    expect(candidates).toMatchObject([{ confidence: 0, title, because: expect.stringContaining(because) }])
  })
})

describe("discover()", () => {
  it("ranks all kinds of one folder, and says that annotations tells them apart", async () => {
    const files = Object.assign({ ...shots }, ...Object.keys(kinds).map((kind) => annotationsOf(kind as Kind)))
    const candidates = await discover(files)
    const readable = candidates.filter(({ confidence }) => confidence > 0)
    expect(readable.slice(0, 3).map(({ title, confidence }) => [title, confidence])).toEqual([
      ["COCO instances: boxes", 0.57],
      ["COCO keypoints: keypoints, a sample per person", 0.57],
      ["COCO stuff: masks", 0.57]
    ])
    for (const { because } of readable)
      expect(because).toContain("3 sets of annotations lie here (COCO instances, COCO keypoints, COCO stuff): name annotations")
    expect(candidates.length - readable.length).toBe(4)
  })

  it.each([
    [
      "Roboflow",
      { "train/_annotations.coco.json": instancesTrain, "train/a.jpg": a, "valid/_annotations.coco.json": instancesVal, "valid/b.jpg": b },
      ["train", "valid"],
      "file-name"
    ],
    [
      "MMDetection",
      {
        "annotations/instances_train.json": instancesTrain,
        "annotations/instances_val.json": instancesVal,
        "train/a.jpg": a,
        "val/b.jpg": b
      },
      ["train", "val"],
      "file-name"
    ],
    [
      "COCO itself",
      {
        "annotations/instances_train2017.json": instancesTrain,
        "annotations/instances_val2017.json": instancesVal,
        "train2017/a.jpg": a,
        "val2017/b.jpg": b
      },
      ["train2017", "val2017"],
      "file-name"
    ],
    ["one folder", { "annotations.json": instancesTrain, "a.jpg": a }, ".", "none"]
  ])("finds the pictures of %s", async (_, files, images, split) => {
    const [best] = await discover(files)
    expect(best?.options).toMatchObject({ images, split, task: "instances" })
    expect((await scanFiles(files, best?.options)).report.error_count).toBe(0)
  })

  it("takes the folder that is named like the part, when pictures of one name lie in several", async () => {
    const files = { ...annotationsOf("instances"), ...shots, "images/test/a.jpg": b, "a/a.jpg": b }
    expect((await discover(files))[0]?.options.images).toEqual(["images/train", "images/val"])
  })

  it("reads an annotation file on its own, with pictures beside its folder", async () => {
    const files = { "d/annotations/instances_train.json": instancesTrain, "d/train/a.jpg": a }
    const path = "d/annotations/instances_train.json"
    const [best] = await discover(files, path)
    expect(best).toMatchObject({ confidence: 0.95, options: { annotations: "source", images: "../train" } })
    expect((await samplesOf(files, best?.options, path)).map(({ sample_id }) => sample_id)).toEqual(["a.jpg"])
  })

  it("finds HaGRID and its shares of a picture", async () => {
    const records = (name: string) => json({ [name]: { bboxes: [[0.1, 0.1, 0.2, 0.2]], labels: ["call"], user_id: "u" } })
    const files = { "ann/call.json": records("a"), "ann/like.json": records("b"), "call/a.jpg": a, "like/b.jpg": b }
    const [best, ...others] = await discover(files)
    expect(others).toEqual([])
    expect(best).toMatchObject({
      title: "HaGRID: boxes",
      options: {
        annotations: ["ann/call.json", "ann/like.json"],
        images: ["call", "like"],
        format: "hagrid",
        boxes: "normalised-xywh",
        split: "none"
      }
    })
    expect((await scanFiles(files, best?.options)).report.error_count).toBe(0)
  })

  it("sees boxes that are shares of the picture in a file of COCO", async () => {
    const text = json({ ...train, annotations: [{ id: 1, image_id: 5, category_id: 1, bbox: [0.1, 0.2, 0.5, 0.5] }] })
    expect((await discover({ "x.json": text, "a.jpg": a }))[0]?.options.boxes).toBe("normalised-xywh")
  })

  it("opens no picture when it finds none, and believes less", async () => {
    const [best] = await discover({ "x.json": instancesTrain })
    expect(best).toMatchObject({ confidence: 0.48, options: { images: null }, because: expect.stringContaining("name images") })
  })

  it("proposes files apart whose parts do not tell them apart", async () => {
    const candidates = await discover({
      "instances_train2014.json": instancesTrain,
      "instances_train2017.json": instancesTrain,
      "a.jpg": a
    })
    expect(candidates.map(({ options }) => options.annotations)).toEqual(["instances_train2014.json", "instances_train2017.json"])
    expect(candidates[0]?.because).toContain("name annotations")
  })

  it("looks at both ends of a large file, and finds nothing in other files", async () => {
    const info = { note: "x".repeat(600_000) }
    const text = json({ info, ...train, annotations: kinds.instances.slice(0, 1) })
    expect((await discover({ "x.json": text, "a.jpg": a }))[0]).toMatchObject({ title: "COCO instances: boxes", confidence: 0.95 })
    expect(await discover({ "package.json": '{"name":"x"}', "list.json": "[1]", "text.json": "hello", "t.csv": "a,b\n" })).toEqual([])
  })
})
