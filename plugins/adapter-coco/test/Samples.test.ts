import { createHash } from "node:crypto"
import { imageSize } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { collect, document, failureOf, type Overrides, picture, pictures, samplesOf, scanFiles, textOf, withSession } from "./World.ts"

const text = textOf(document())
const files: Readonly<Record<string, string | Uint8Array>> = { ...(await pictures()), "a.json": text }
const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

describe("instances", () => {
  it("are all boxes of a picture, in the order of the file, with classes in the order of the category ids", async () => {
    const { scan, report } = await scanFiles(files)
    expect(scan()).toMatchObject({
      modality: "image",
      output_type: "bbox_set",
      shape: { kind: "image", values: "encoded", width: [5, 8], height: [4, 6], channels: [3, 3] },
      classes: [
        { class_id: 0, label: "cat" },
        { class_id: 1, label: "dog" },
        { class_id: 2, label: "bird" }
      ]
    })
    expect(scan().index.map(({ sample_id, values }) => [sample_id, values])).toEqual([
      ["a.png", { annotations: 2 }],
      ["sub/b.png", { annotations: 1 }]
    ])
    expect(report.resolved_options).toEqual({
      ...{ annotations: "a.json", images: "images", task: "instances", format: "coco", boxes: "pixel-xywh", crowd: "keep" },
      ...{ split: "none", categories: ["cat", "dog", "bird"] }
    })
    const [first, second] = await samplesOf(files)
    expect(first?.target).toEqual({
      bbox_set: [
        { class_id: 0, x: 0.5, y: 0, width: 4, height: 5.5, label: "cat", area: 20, crowd: false },
        { class_id: 2, x: 2, y: 0, width: 2, height: 6, label: "bird", area: 12, crowd: true }
      ]
    })
    expect(first?.payload).toEqual({ bytes: files["images/a.png"] })
    expect(first?.metadata).toEqual({ file_name: "a.png", image_id: 7, annotation_ids: [11, 12] })
    expect(imageSize(first?.coordinate_frame ?? null)).toEqual({ width: 8, height: 6, channels: 3 })
    expect(second?.target).toMatchObject({ bbox_set: [{ class_id: 1, x: 1, y: 1, width: 2, height: 2 }] })
  })

  it("without a crowd, when it is dropped", async () => {
    const [first] = await samplesOf(files, { crowd: "drop" })
    expect(first?.target).toMatchObject({ bbox_set: [{ label: "cat" }] })
    expect(first?.metadata.annotation_ids).toEqual([11])
  })

  it("of a picture without annotations are an empty set", async () => {
    const [first] = await samplesOf({ ...files, "a.json": textOf({ ...document(), annotations: document().annotations.slice(0, 1) }) })
    expect([first?.sample_id, first?.target]).toEqual(["a.png", { bbox_set: [] }])
  })

  it("of normalised boxes are in pixels", async () => {
    const { images, categories } = document()
    const annotations = [{ id: 1, image_id: 7, category_id: 2, bbox: [0.25, 0.5, 0.5, 0.25] }]
    const [first] = await samplesOf({ ...files, "a.json": textOf({ images, categories, annotations }) }, { boxes: "normalised-xywh" })
    expect(first?.target).toEqual({ bbox_set: [{ class_id: 0, x: 2, y: 3, width: 4, height: 1.5, label: "cat", crowd: false }] })
  })

  it("take the order of declared categories", async () => {
    const { scan } = await scanFiles(files, { categories: ["dog", "cat", "bird", "fish"] })
    expect(scan().classes.map(({ label }) => label)).toEqual(["dog", "cat", "bird", "fish"])
    const [first] = await samplesOf(files, { categories: ["dog", "cat", "bird", "fish"] })
    expect(first?.target).toMatchObject({ bbox_set: [{ class_id: 1 }, { class_id: 2 }] })
  })
})

describe("segmentation", () => {
  const labels = async (annotations: ReadonlyArray<unknown>, overrides = {}) => {
    const [first] = await samplesOf({ ...files, "a.json": textOf({ ...document(), annotations }) }, { task: "segmentation", ...overrides })
    const target = first?.target
    if (!target || !("segmentation_mask" in target)) throw new Error("no mask")
    const { width, height, labels: all, ignore_label } = target.segmentation_mask
    expect([width, height, ignore_label]).toEqual([8, 6, 255])
    return Array.from({ length: height }, (_, y) => all.slice(y * width, (y + 1) * width).join(" "))
  }
  const rest = { image_id: 7, iscrowd: 0 }
  const square = { ...rest, id: 1, category_id: 4, segmentation: [[1, 1, 5, 1, 5, 4, 1, 4]] }
  const column = { ...rest, id: 2, category_id: 9, segmentation: { size: [6, 8], counts: [12, 12, 24] } }

  it("is a class per pixel: background is 0, later annotations lie over earlier ones", async () => {
    expect((await scanFiles(files, { task: "segmentation" })).scan().classes.map(({ label }) => label)).toEqual([
      ...["background", "cat", "dog", "bird"]
    ])
    const clear = "0 0 3 3 0 0 0 0"
    expect(await labels([square, column])).toEqual([clear, ...Array(3).fill("0 2 3 3 2 0 0 0"), clear, clear])
    expect(await labels([column, square])).toEqual([clear, ...Array(3).fill("0 2 2 2 2 0 0 0"), clear, clear])
  })

  it("ignores the pixels of a crowd, or leaves the crowd out", async () => {
    const crowd = { ...column, iscrowd: 1 }
    expect((await labels([square, crowd]))[1]).toBe("0 2 255 255 2 0 0 0")
    expect((await labels([crowd, square]))[0]).toBe("0 0 255 255 0 0 0 0")
    expect((await labels([square, crowd], { crowd: "drop" }))[1]).toBe("0 2 2 2 2 0 0 0")
  })

  it("reads runs as a list and as a string to the same sample", async () => {
    const text = { ...column, segmentation: { size: [6, 8], counts: "<<h0" } }
    expect(await labels([text])).toEqual(await labels([column]))
    const hash = async (annotation: unknown) =>
      (await scanFiles({ ...files, "a.json": textOf({ ...document(), annotations: [annotation] }) }, { task: "segmentation" })).scan()
        .index[0]?.content_hash
    expect(await hash(text)).toBe(await hash(column))
    expect(await hash({ ...column, segmentation: { size: [6, 8], counts: [12, 18, 18] } })).not.toBe(await hash(column))
  })
})

describe("keypoints", () => {
  const categories = [{ id: 1, name: "person", keypoints: ["nose", "tail"], skeleton: [] }]
  const one = { image_id: 7, category_id: 1, iscrowd: 0 }
  const annotations = [
    { ...one, id: 21, bbox: [1, 1, 4, 4], area: 9, keypoints: [2, 3, 2, 0, 0, 0], num_keypoints: 1 },
    { ...one, id: 20, image_id: 3, bbox: [0, 0, 5, 4], keypoints: [1, 1, 1, 2, 2, 2], num_keypoints: 2 },
    { ...one, id: 22, bbox: [0, 0, 8, 6], keypoints: [7.5, 5.5, 2, 1, 1, 1] },
    { ...one, id: 23, bbox: [0, 0, 8, 6], keypoints: [0, 0, 0, 0, 0, 0], num_keypoints: 0 }
  ]
  const people = { ...files, "a.json": textOf({ ...document(), categories, annotations }) }

  it("are one sample per person, with its box; persons of one picture stay together", async () => {
    const { scan, report } = await scanFiles(people, { task: "keypoints" })
    expect(scan().index.map(({ sample_id, group, class_id }) => [sample_id, group, class_id])).toEqual([
      ["a.png#21", "a.png", 0],
      ["a.png#22", "a.png", 0],
      ["sub/b.png#20", "sub/b.png", 0]
    ])
    expect(report.diagnostics).toMatchObject([{ code: "coco/NO-KEYPOINTS", severity: "warning" }])
    expect(report.warning_count).toBe(1)
    const [first, second] = await samplesOf(people, { task: "keypoints" })
    expect(first?.target).toEqual({
      keypoints: [
        { x: 2, y: 3, visibility: 2 },
        { x: 0, y: 0, visibility: 0 }
      ]
    })
    expect(first?.metadata).toEqual({
      ...{ file_name: "a.png", image_id: 7, annotation_ids: [21], label: "person", crowd: false, bbox: [1, 1, 4, 4], area: 9 }
    })
    expect(first?.payload).toEqual({ bytes: files["images/a.png"] })
    expect(second?.target).toMatchObject({
      keypoints: [
        { x: 7.5, y: 5.5 },
        { x: 1, y: 1 }
      ]
    })
  })
})

describe("HaGRID", () => {
  const options = { format: "hagrid", boxes: "normalised-xywh" }
  const record = {
    bboxes: [
      [0.25, 0.5, 0.5, 0.25],
      [0, 0, 1, 1]
    ],
    labels: ["one", "no_gesture"],
    leading_hand: "left",
    leading_conf: 1
  }
  const hands = {
    ...files,
    "a.json": JSON.stringify({ a: { ...record, user_id: "u1" }, "sub/b": { bboxes: [], labels: [], user_id: "u2" } })
  }

  it("is read by the name without extension, the person as group, boxes in pixels", async () => {
    const { scan } = await scanFiles(hands, options)
    expect(scan().index.map(({ sample_id, group }) => [sample_id, group])).toEqual([
      ["a", "u1"],
      ["sub/b", "u2"]
    ])
    const [first, second] = await samplesOf(hands, options)
    expect(first?.target).toEqual({
      bbox_set: [
        { class_id: 1, x: 2, y: 3, width: 4, height: 1.5, label: "one", crowd: false },
        { class_id: 0, x: 0, y: 0, width: 8, height: 6, label: "no_gesture", crowd: false }
      ]
    })
    expect(first?.metadata).toEqual({ file_name: "a.png" })
    expect(second?.target).toEqual({ bbox_set: [] })
  })
})

describe("without pictures", () => {
  it("a sample refers to its annotation file, and its shape is one that no encoder takes", async () => {
    const only = { "a.json": text }
    const { scan } = await scanFiles(only, { images: null })
    expect(scan().shape).toMatchObject({ kind: "custom", type: "@feagi-trainer/adapter-coco#annotations" })
    const [first] = await samplesOf(only, { images: null })
    expect(first?.payload).toEqual({
      ref: { sha256: sha256(only["a.json"]), media_type: "application/json", bytes: BigInt(only["a.json"].length) }
    })
    expect(first?.target).toMatchObject({ bbox_set: [{ x: 0.5 }, { x: 2 }] })
    expect(imageSize(first?.coordinate_frame ?? null)).toEqual({ width: 8, height: 6, channels: 0 })
  })
})

describe("where things stand", () => {
  const [train, val] = [
    { ...document(), images: document().images.slice(0, 1) },
    { ...document(), images: document().images.slice(1) }
  ]
  const of = (part: typeof train) => ({ ...part, annotations: part.annotations.filter(({ image_id }) => image_id === part.images[0]?.id) })
  const split = {
    "d/annotations/instances_train2017.json": textOf(of(train)),
    "d/annotations/instances_val2017.json": textOf(of(val)),
    "d/train2017/a.png": files["images/a.png"] ?? "",
    "d/val2017/sub/b.png": files["images/sub/b.png"] ?? ""
  }
  const options = {
    annotations: ["annotations/instances_train2017.json", "annotations/instances_val2017.json"],
    images: ["train2017", "val2017"],
    split: "file-name"
  }

  it("parts come from the names of several files; ids carry the folder when there are several", async () => {
    const { scan, report } = await scanFiles(split, options, "d")
    expect(scan().index.map(({ sample_id, given_split }) => [sample_id, given_split])).toEqual([
      ["train2017/a.png", "train"],
      ["val2017/sub/b.png", "val"]
    ])
    expect(report.resolved_options?.split).toEqual(["train", "val"])
    const named = await scanFiles(split, { ...options, split: ["train", "extra"] }, "d")
    expect(named.scan().index.map(({ given_split }) => given_split)).toEqual(["train", "extra"])
  })

  it("the source may be the annotation file, and pictures lie beside its folder", async () => {
    const { scan } = await scanFiles(split, { annotations: "source", images: "../val2017" }, "d/annotations/instances_val2017.json")
    expect(scan().index.map(({ sample_id }) => sample_id)).toEqual(["sub/b.png"])
  })

  it("a path that leaves the root, or a name without a part, is refused before anything is read", async () => {
    const failed = async (overrides: Overrides) => (await failureOf(scanFiles(split, { ...options, ...overrides }, "d"))).diagnostics[0]
    expect(await failed({ images: "../../x" })).toMatchObject({ code: "coco/BAD-PATH", actual: "../../x" })
    expect(await failed({ annotations: ["a.json", "annotations/instances_val2017.json"] })).toMatchObject({
      ...{ code: "coco/NO-PART", actual: "d/a.json" }
    })
  })
})

describe("hashes", () => {
  const indexOf = async (value: object, overrides = {}, others = {}) =>
    (await scanFiles({ ...files, ...others, "a.json": textOf({ ...document(), ...value }) }, overrides)).scan().index

  it("of a sample cover the picture and what its annotations say, and not how the file is written", async () => {
    const [before] = await indexOf({})
    const other = document().annotations.map((each) => (each.id === 11 ? { ...each, bbox: [0.5, 0, 4, 5] } : each))
    const renumbered = document().annotations.map((each) => ({ ...each, id: each.id + 100, note: "x" }))
    expect((await indexOf({ annotations: other }))[0]?.content_hash).not.toBe(before?.content_hash)
    expect((await indexOf({ annotations: renumbered }))[0]?.content_hash).toBe(before?.content_hash)
    const repainted = await indexOf({}, {}, { "images/a.png": await picture(8, 6, 5) })
    expect(repainted[0]?.content_hash).not.toBe(before?.content_hash)
    expect(repainted[1]).toEqual((await indexOf({}))[1])
  })

  it("of decoded pixels are equal for one picture in two encodings", async () => {
    const png = files["images/a.png"] ?? ""
    const again = Uint8Array.from(await sharp(Buffer.from(png)).png({ compressionLevel: 0 }).toBuffer())
    expect(sha256(again)).not.toBe(sha256(png))
    const [before] = await indexOf({})
    const [after] = await indexOf({}, {}, { "images/a.png": again })
    expect(after?.decoded_hash).toBe(before?.decoded_hash)
    expect(after?.content_hash).not.toBe(before?.content_hash)
    const pixels = await sharp(Buffer.from(png)).raw().toBuffer()
    expect(before?.decoded_hash).toBe(sha256(Buffer.concat([Buffer.from("8 6 3\n"), pixels])))
  })

  it("a picture that changed is told with its path and sample when it is read", async () => {
    const scan = (await scanFiles(files)).scan()
    const other = await picture(8, 6, 9)
    const changed = { ...files, "images/a.png": other }
    const failure = await failureOf(withSession(changed, {}, scan, (session) => collect(session, [0])))
    expect(failure.reason).toBe("integrity")
    expect(failure.diagnostics[0]).toMatchObject({ code: "FT2110", file: "images/a.png", sample_id: "a.png" })
    expect(await withSession(changed, {}, scan, (session) => Effect.map(collect(session, [1]), (raw) => raw.length))).toBe(1)
  })

  it("options of another scan, and positions that are not there, are refused", async () => {
    const scan = (await scanFiles(files)).scan()
    const opened = (overrides: Overrides, order: ReadonlyArray<number> = [0]) =>
      failureOf(withSession(files, overrides, scan, (session) => collect(session, order))).then(({ diagnostics }) => diagnostics[0]?.code)
    expect(await opened({ task: "segmentation" })).toBe("coco/OTHER-OPTIONS")
    expect(await opened({ categories: ["dog", "cat", "bird"] })).toBe("coco/OTHER-OPTIONS")
    expect(await opened({ crowd: "drop" }, [7])).toBe("coco/NO-SAMPLE")
  })
})
