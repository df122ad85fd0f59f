import { memoryRoot } from "@feagi-trainer/conformance"
import { type Diagnostic, formatDiagnostic, type RootFiles } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { MAX_FINDINGS } from "../src/Findings.ts"
import { MAX_RECORD_BYTES } from "../src/json/readJson.ts"
import { document, failureOf, type Overrides, picture, pictures, scanFiles, scanRoot, textOf } from "./World.ts"

type Document = ReturnType<typeof document>
type Annotations = Document["annotations"]
const shots = await pictures()
const lying = await picture(6, 8, 1)
const webp = await picture(8, 6, 1, "webp")
const turned = await sharp(Buffer.from(await picture(8, 6, 1, "jpeg")))
  .withMetadata({ orientation: 6 })
  .jpeg()
  .toBuffer()
const animated = await sharp([Buffer.from(await picture(8, 6, 1)), Buffer.from(await picture(8, 6, 2))], { join: { animated: true } })
  .webp()
  .toBuffer()

/** `CODE pointer line`, one word per kept finding. Where the file is JSON, what stands at line and column is what the pointer means. */
const found = async (content: string | Uint8Array, overrides: Overrides = {}, files = shots) => {
  const { report } = await scanFiles({ ...files, "a.json": content }, overrides)
  expect(report.scan === undefined).toBe(report.error_count > 0)
  return report.diagnostics.map((each) => {
    const { code, field, line, file } = each
    expect(formatDiagnostic(each)).toContain(code)
    if (typeof content === "string" && !/DUPLICATE-KEY|NO-NUMBER/.test(code)) expectPlace(content, each)
    return [code.replace("coco/", ""), field ?? file ?? "-", line ?? "-"].join(" ")
  })
}

const expectPlace = (content: string, { field, line, column, byte_offset }: Diagnostic): void => {
  const value = field === undefined ? undefined : valueAt(content, field)
  if (value === undefined || line === undefined || column === undefined) return
  const text = JSON.stringify(value)
  expect(content.split("\n")[line - 1]?.slice(column - 1, column - 1 + text.length)).toBe(text)
  expect(Buffer.from(content).subarray(byte_offset).toString().startsWith(text)).toBe(true)
}

/** What stands at a JSON pointer; undefined when there is nothing, or when the text is no JSON. */
const valueAt = (content: string, pointer: string): unknown => {
  try {
    const start: unknown = JSON.parse(content)
    return pointer
      .split("/")
      .slice(1)
      .reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), start)
  } catch {
    return undefined
  }
}

/** The document with another first annotation (line 12), picture (line 3) or category (line 7); its first annotation is of the picture 3, 5 × 4. */
const annotation = (fields: object) => textOf({ ...document(), annotations: replaceFirst(document().annotations, fields) })
const image = (fields: object) => textOf({ ...document(), images: replaceFirst(document().images, fields) })
const category = (fields: object) => textOf({ ...document(), categories: replaceFirst(document().categories, fields) })
const replaceFirst = <A extends object>(list: ReadonlyArray<A>, fields: object) =>
  list.map((each, index) => (index === 0 ? { ...each, ...fields } : each))
const without = (key: string) => annotation({ [key]: undefined })
const add = (...more: ReadonlyArray<object>) => textOf({ ...document(), annotations: [...document().annotations, ...more] as Annotations })

describe("an annotation", () => {
  const box = (bbox: unknown) => annotation({ bbox })
  const mask = (segmentation: unknown) => annotation({ segmentation })
  it.each([
    ["of a missing picture", annotation({ image_id: 99 }), ["UNKNOWN-IMAGE /annotations/0/image_id 12"]],
    ["of a missing category", annotation({ category_id: 99 }), ["UNKNOWN-CATEGORY /annotations/0/category_id 12"]],
    [
      "of both",
      annotation({ image_id: 98, category_id: 99 }),
      ["UNKNOWN-IMAGE /annotations/0/image_id 12", "UNKNOWN-CATEGORY /annotations/0/category_id 12"]
    ],
    ["with an id that was there", add({ ...document().annotations[0], id: 11 }), ["DUPLICATE-ID /annotations/3/id 15"]],
    ["with an id that is no whole number", annotation({ id: 1.5 }), ["BAD-FIELD /annotations/0/id 12"]],
    ["with an id that a double rounds", annotation({}).replace('"id":10', '"id":9007199254740992'), ["BAD-FIELD /annotations/0/id 12"]],
    ["with an id below zero", annotation({ id: -1 }), ["BAD-FIELD /annotations/0/id 12"]],
    ["without an id", without("id"), ["BAD-FIELD /annotations/0 12"]],
    ["that is no object", add([1]), ["BAD-FIELD /annotations/3 15"]],
    ["with a box below zero", box([1, 1, -2, 2]), ["NEGATIVE-BOX /annotations/0/bbox 12"]],
    ["with a box without width", box([1, 1, 0, 2]), ["EMPTY-BOX /annotations/0/bbox 12"]],
    ["with a box without height", box([1, 1, 2, 0]), ["EMPTY-BOX /annotations/0/bbox 12"]],
    ["with a box left of the picture", box([-1, 1, 2, 2]), ["BOX-OUTSIDE /annotations/0/bbox 12"]],
    ["with a box above the picture", box([1, -1, 2, 2]), ["BOX-OUTSIDE /annotations/0/bbox 12"]],
    ["with a box right of the picture", box([4, 1, 2, 2]), ["BOX-OUTSIDE /annotations/0/bbox 12"]],
    ["with a box below the picture", box([1, 3, 2, 2]), ["BOX-OUTSIDE /annotations/0/bbox 12"]],
    ["with a box of three numbers", box([1, 1, 2]), ["BAD-BOX /annotations/0/bbox 12"]],
    ["with a box of five numbers", box([1, 1, 2, 2, 2]), ["BAD-BOX /annotations/0/bbox 12"]],
    ["with a box of texts", box(["1", "1", "2", "2"]), ["BAD-BOX /annotations/0/bbox 12"]],
    ["with a box of nothing", box(null), ["BAD-BOX /annotations/0/bbox 12"]],
    ["without a box", without("bbox"), ["BAD-BOX /annotations/0 12"]],
    ["with a box of NaN", box([1, 1, 2, 2]).replace("[1,1,2,2]", "[1,NaN,2,2]"), ["NO-NUMBER /annotations/0/bbox/1 12"]],
    ["with a box of what no double holds", box([1, 1, 2, 2]).replace("[1,1,2,2]", "[1,1,1e999,2]"), ["NO-NUMBER /annotations/0/bbox/2 12"]],
    ["with an area below zero", annotation({ area: -1 }), ["BAD-FIELD /annotations/0/area 12"]],
    ["with an area of text", annotation({ area: "4" }), ["BAD-FIELD /annotations/0/area 12"]],
    ["with half a crowd", annotation({ iscrowd: 2 }), ["BAD-FIELD /annotations/0/iscrowd 12"]],
    ["with a polygon of two points", mask([[1, 1, 3, 3]]), ["BAD-POLYGON /annotations/0/segmentation/0 12"]],
    ["with a polygon of three numbers", mask([[1, 1, 3]]), ["BAD-POLYGON /annotations/0/segmentation/0 12"]],
    ["with a polygon of an odd count", mask([[1, 1, 3, 3, 1, 3, 2]]), ["BAD-POLYGON /annotations/0/segmentation/0 12"]],
    ["with a second polygon that is none", mask([[1, 1, 3, 1, 3, 3], "x"]), ["BAD-POLYGON /annotations/0/segmentation/1 12"]],
    ["with a polygon far outside", mask([[1, 1, 1e9, 1, 3, 3]]), ["POLYGON-OUTSIDE /annotations/0/segmentation/0/2 12"]],
    ["with a mask that is a text", mask("x"), ["BAD-FIELD /annotations/0/segmentation 12"]],
    ["with runs of another size", mask({ size: [5, 4], counts: [20] }), ["RLE-SIZE /annotations/0/segmentation/size 12"]],
    ["with runs without a size", mask({ counts: [20] }), ["RLE-SIZE /annotations/0/segmentation/size 12"]],
    ["with runs that do not fill the picture", mask({ size: [4, 5], counts: [10, 9] }), ["BAD-RLE /annotations/0/segmentation/counts 12"]],
    ["with a run below zero", mask({ size: [4, 5], counts: [30, -10] }), ["BAD-RLE /annotations/0/segmentation/counts 12"]],
    ["with half a run", mask({ size: [4, 5], counts: [10.5, 9.5] }), ["BAD-RLE /annotations/0/segmentation/counts 12"]],
    ["with a string of runs that is cut", mask({ size: [4, 5], counts: "T" }), ["BAD-RLE /annotations/0/segmentation/counts 12"]],
    ["without counts", mask({ size: [4, 5] }), ["BAD-RLE /annotations/0/segmentation/counts 12"]]
  ])("%s is told", async (_, content, findings) => {
    expect(await found(content)).toEqual(findings)
  })

  it("may reach out by half a pixel, and is kept as it is written", async () => {
    expect(await found(annotation({ bbox: [-0.5, 0, 6, 4.5], segmentation: [[-0.5, 0, 5.5, 0, 5.5, 4.5]] }))).toEqual([])
  })

  it("needs no box for a mask, and a mask for a mask", async () => {
    const task = { task: "segmentation" }
    expect(await found(without("bbox"), task)).toEqual([])
    expect(await found(without("segmentation"), task)).toEqual(["NO-MASK /annotations/0 12"])
    expect(await found(annotation({ segmentation: [] }), task)).toEqual(["NO-MASK /annotations/0/segmentation 12"])
    expect(await found(annotation({ segmentation: [] }))).toEqual([])
  })

  it("of shares has to lie within the picture", async () => {
    const shares = (bbox: unknown) =>
      textOf({ ...document(), annotations: [{ id: 1, image_id: 3, category_id: 2, bbox }] as unknown as Annotations })
    expect(await found(shares([0.5, 0, 0.5005, 1]), { boxes: "normalised-xywh" })).toEqual([])
    expect(await found(shares([0.5, 0, 0.6, 1]), { boxes: "normalised-xywh" })).toEqual(["BOX-OUTSIDE /annotations/0/bbox 12"])
  })

  it("of a category that is not declared is told, one that nothing uses is not", async () => {
    expect(await found(textOf(document()), { categories: ["cat", "bird"] })).toEqual(["UNDECLARED-CATEGORY /annotations/0/category_id 12"])
    const { images, categories, annotations } = document()
    expect(await found(textOf({ images, categories, annotations: annotations.slice(1) }), { categories: ["cat", "bird"] })).toEqual([])
  })
})

describe("keypoints", () => {
  const person = (fields: object) =>
    found(
      textOf({
        ...document(),
        categories: [{ id: 1, name: "p", keypoints: ["a", "b"] }],
        annotations: [
          { id: 1, image_id: 7, category_id: 1, bbox: [0, 0, 2, 2], keypoints: [1, 1, 2, 2, 2, 1], num_keypoints: 2, ...fields }
        ]
      } as unknown as Document),
      { task: "keypoints" }
    )
  it.each([
    ["that are missing", { keypoints: undefined }, ["BAD-KEYPOINTS /annotations/0 10"]],
    ["of four numbers", { keypoints: [1, 1, 2, 2] }, ["BAD-KEYPOINTS /annotations/0/keypoints 10"]],
    ["of an unknown visibility", { keypoints: [1, 1, 2, 2, 2, 3] }, ["BAD-KEYPOINTS /annotations/0/keypoints 10"]],
    ["of another number than the category has", { keypoints: [1, 1, 2], num_keypoints: 1 }, ["BAD-KEYPOINTS /annotations/0/keypoints 10"]],
    ["outside of the picture", { keypoints: [1, 1, 2, 9, 2, 1] }, ["KEYPOINT-OUTSIDE /annotations/0/keypoints/3 10"]],
    ["that are miscounted", { num_keypoints: 1 }, ["KEYPOINT-COUNT /annotations/0/num_keypoints 10"]],
    ["outside, where nothing is labelled", { keypoints: [1, 1, 2, 99, 99, 0], num_keypoints: 1 }, []]
  ])("%s are told", async (_, fields, findings) => {
    expect(await person(fields)).toEqual(findings)
  })

  it("without any person are no dataset", async () => {
    expect(await person({ keypoints: [0, 0, 0, 0, 0, 0], num_keypoints: 0 })).toEqual(["NO-KEYPOINTS a.json -", "NO-SAMPLES a.json -"])
  })
})

describe("a picture or category", () => {
  it.each([
    ["with an id that was there", image({ id: 3 }), ["DUPLICATE-ID /images/1/id 4"]],
    ["without a size", image({ width: undefined }), ["BAD-FIELD /images/0 3"]],
    ["of no size", image({ width: 0 }), ["BAD-FIELD /images/0/width 3"]],
    ["of a size that no memory holds", image({ width: 1e9, height: 1e9 }), ["TOO-LARGE /images/0/width 3"]],
    ["with a path that leaves the folder", image({ file_name: "../a.png" }), ["BAD-PATH /images/0/file_name 3"]],
    ["with an absolute path", image({ file_name: "/etc/passwd" }), ["BAD-PATH /images/0/file_name 3"]],
    ["with a backslash", image({ file_name: "sub\\a.png" }), ["BAD-PATH /images/0/file_name 3"]],
    [
      "with the name of another one",
      textOf({ ...document(), images: [...document().images, { id: 8, file_name: "a.png", width: 8, height: 6 }] }),
      ["DUPLICATE-FILE /images/2/file_name 5"]
    ],
    ["with a category id that was there", category({ id: 2 }), ["DUPLICATE-ID /categories/1/id 8"]],
    ["with a category name that was there", category({ name: "cat" }), ["DUPLICATE-CATEGORY /categories/1/name 8"]],
    ["with a category without a name", category({ name: "" }), ["BAD-FIELD /categories/0/name 7"]]
  ])("%s is told", async (_, content, findings) => {
    const all = await found(content)
    // An annotation whose picture or category is broken has lost it.
    expect(all.filter((each) => !each.startsWith("UNKNOWN") && !each.startsWith("UNREFERENCED"))).toEqual(expect.arrayContaining(findings))
    expect(all.filter((each) => !/^(UNKNOWN|UNREFERENCED|BOX-OUTSIDE|RLE-SIZE|SIZE-DIFFERS|NO-PICTURE)/.test(each))).toEqual(findings)
  })

  it("named background is told where masks have a class of this name", async () => {
    expect(await found(category({ name: "background" }), { task: "segmentation" })).toEqual(["DUPLICATE-CATEGORY /categories/0/name 7"])
    expect(await found(category({ name: "background" }))).toEqual([])
  })

  it("is one of at most 254 classes of a mask", async () => {
    const categories = Array.from({ length: 255 }, (_, id) => ({ id, name: `c${id}` }))
    expect(await found(textOf({ ...document(), categories }), { task: "segmentation" })).toEqual(["TOO-MANY-CLASSES a.json -"])
    expect(await found(textOf({ ...document(), categories: categories.slice(1) }), { task: "segmentation" })).toEqual([])
  })
})

describe("a file", () => {
  const sound = textOf(document())
  const utf16 = new Uint8Array(Buffer.from(`\uFEFF${sound}`, "utf16le"))
  it.each([
    ["without bytes", "", ["EMPTY-FILE a.json 1"]],
    ["that is cut", sound.slice(0, sound.indexOf('"area"')), ["TRUNCATED /annotations/0 12"]],
    ["in UTF-16", utf16, ["NOT-UTF-8 a.json 1"]],
    ["of another format", "a,b\n1,2\n", ["NOT-JSON a.json 1"]],
    ["with a comma too much", sound.replace('"cat"}', '"cat"},'), ["NOT-JSON /categories/2 8"]],
    ["that is a list of results", "[]", ["NOT-COCO a.json 1"]],
    ["without categories", JSON.stringify({ images: [], annotations: [] }), ["NOT-COCO a.json -"]],
    ["whose annotations are an object", textOf({ ...document(), annotations: {} }), ["NOT-COCO a.json -"]],
    ["with a bomb of lists", sound.replace('"area":4', `"area":${"[".repeat(9999)}`), ["TOO-DEEP /annotations/0 12"]],
    ["with a key twice", sound.replace('"area":4', '"area":4,"area":5'), ["DUPLICATE-KEY /annotations/0/area 12"]],
    ["with a section twice", sound.replace(/\}\n$/, ', "images": []}'), ["DUPLICATE-KEY /images 16"]],
    [
      "without pictures",
      textOf({ ...document(), images: [], annotations: [] }),
      ["NO-SAMPLES a.json -", "UNREFERENCED images/a.png -", "UNREFERENCED images/sub/b.png -"]
    ]
  ])("%s is told", async (_, content, findings) => {
    const all = await found(content)
    expect(all.filter((each) => !/^(UNKNOWN|NO-PICTURE)/.test(each)).sort()).toEqual(findings)
  })

  it("may begin with a byte order mark, and may list annotations before what they refer to", async () => {
    expect(await found(`\uFEFF${sound}`)).toEqual([])
    const { images, categories, annotations } = document()
    const before = (await scanFiles({ ...shots, "a.json": textOf({ annotations, categories, images }) })).entries
    const after = (await scanFiles({ ...shots, "a.json": sound })).entries
    expect(before.map(({ content_hash }) => content_hash)).toEqual(after.map(({ content_hash }) => content_hash))
  })

  it("that is cut is told with everything that stands before", async () => {
    const cut = textOf({ ...document(), annotations: document().annotations.map((each) => ({ ...each, bbox: [0, 0, 0, 0] })) })
    expect(await found(cut.slice(0, cut.lastIndexOf("area")))).toEqual([
      ...["EMPTY-BOX /annotations/0/bbox 12", "EMPTY-BOX /annotations/1/bbox 13", "TRUNCATED /annotations/2 14"]
    ])
  })

  it("that changes between the two passes is told", async () => {
    const root = memoryRoot({ ...shots, "a.json": sound })
    const other = memoryRoot({ ...shots, "a.json": sound.replace('"area":4', '"area":5') })
    let reads = 0
    const turning: RootFiles = {
      ...root,
      read: (path, offset, length) => (path === "a.json" && reads++ > 1 ? other : root).read(path, offset, length)
    }
    const { report } = await scanRoot(turning)
    expect(report.diagnostics).toMatchObject([{ code: "coco/FILE-CHANGED", file: "a.json" }])
  })

  it("with a record that no window holds is told", async () => {
    const bytes = 2 * MAX_RECORD_BYTES + (4 << 20)
    const root = memoryRoot(shots)
    const endless: RootFiles = {
      ...root,
      info: (path) => Effect.succeed({ path, bytes }),
      read: (_, offset, length) =>
        Effect.succeed(offset >= bytes ? new Uint8Array(0) : Buffer.alloc(length, "x").fill(offset === 0 ? '{"info":"' : "x", 0, 9))
    }
    const { report } = await scanRoot(endless)
    expect(report.diagnostics.map(({ code, field, byte_offset }) => [code, field, byte_offset])).toEqual([
      ["coco/RECORD-TOO-LONG", "/info", 1]
    ])
  })

  it("that is not there fails with what the host says", async () => {
    expect((await failureOf(scanFiles(shots))).diagnostics[0]?.actual).toBe("a.json")
  })
})

describe("a picture file", () => {
  const sound = textOf(document())
  const png = shots["images/a.png"] ?? ""
  const replaced = (bytes: Uint8Array | string | undefined) => {
    const { "images/a.png": _, ...others } = shots
    return bytes === undefined ? others : { ...others, "images/a.png": bytes }
  }
  const broken = Uint8Array.from(png as Uint8Array)
  broken.fill(0, broken.length - 30, broken.length - 20)
  it.each([
    ["that is missing", undefined, ["NO-PICTURE /images/0 3"]],
    ["without bytes", new Uint8Array(0), ["NOT-A-PICTURE images/a.png -"]],
    ["that is SVG under another name", '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"/>', ["NOT-A-PICTURE images/a.png -"]],
    ["that is cut", (png as Uint8Array).slice(0, -40), ["BAD-PICTURE images/a.png -"]],
    ["with damaged bytes", broken, ["BAD-PICTURE images/a.png -"]],
    ["of another size", lying, ["SIZE-DIFFERS /images/0 3"]],
    ["that moves", Uint8Array.from(animated), ["BAD-PICTURE images/a.png -"]],
    ["of another type than its name", webp, ["WRONG-EXTENSION images/a.png -"]],
    ["that its metadata turn", Uint8Array.from(turned), ["TURNED images/a.png -", "WRONG-EXTENSION images/a.png -"]]
  ])("%s is told", async (_, bytes, findings) => {
    expect(await found(sound, {}, replaced(bytes))).toEqual(findings)
  })

  it("of more pixels than a memory holds is told before it is decoded", async () => {
    const bomb = Buffer.from(png as Uint8Array)
    bomb.writeUInt32BE(50_000, 16)
    bomb.writeUInt32BE(50_000, 20)
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
    expect(await found(sound, {}, replaced(Uint8Array.from(bomb)))).toEqual(["TOO-LARGE images/a.png -"])
  })

  it("of more bytes than one is read with is told", async () => {
    const root = memoryRoot({ ...shots, "a.json": sound })
    const huge: RootFiles = {
      ...root,
      list: (folder) => Effect.map(root.list(folder), (all) => all.map((each) => ({ ...each, bytes: 2 ** 30 })))
    }
    const { report } = await scanRoot(huge)
    expect(report.diagnostics.map(({ code }) => code)).toEqual(["coco/TOO-LARGE", "coco/TOO-LARGE"])
  })

  it("that no annotation file names is a warning", async () => {
    const { report } = await scanFiles({ ...shots, "a.json": sound, "images/z.jpg": "x", "images/notes.txt": "x" })
    expect(report.diagnostics).toMatchObject([{ code: "coco/UNREFERENCED", severity: "warning", file: "images/z.jpg" }])
    expect(report.scan).toBeDefined()
  })

  it("in a folder that is not there is one finding", async () => {
    expect(await found(sound, { images: "elsewhere" })).toEqual(["NO-FOLDER elsewhere -"])
  })
})

describe("a record of HaGRID", () => {
  const hand = { bboxes: [[0.1, 0.1, 0.5, 0.5]], labels: ["like"], user_id: "u" }
  const hagrid = (fields: object, files = shots) =>
    found(`{\n"a": ${JSON.stringify({ ...hand, ...fields })}}`, { format: "hagrid", boxes: "normalised-xywh" }, files)
  it.each([
    ["without boxes", { bboxes: undefined }, ["BAD-FIELD /a 2"]],
    ["with labels that are no list", { labels: "like" }, ["BAD-FIELD /a/labels 2"]],
    ["with fewer labels than boxes", { labels: [] }, ["BOXES-LABELS /a/labels 2"]],
    ["with a label that is a number", { labels: [1] }, ["BAD-FIELD /a/labels/0 2"]],
    ["with a box in pixels", { bboxes: [[10, 10, 50, 50]] }, ["BOX-OUTSIDE /a/bboxes/0 2"]],
    ["with a user that is a number", { user_id: 7 }, ["BAD-FIELD /a/user_id 2"]]
  ])("%s is told", async (_, fields, findings) => {
    expect(await hagrid(fields)).toEqual(findings)
  })

  it("of several pictures, or of none, is told", async () => {
    const told = async (files: typeof shots) => (await hagrid({}, files)).filter((each) => !each.startsWith("UNREFERENCED"))
    expect(await told({ ...shots, "images/a.jpg": await picture(8, 6, 1, "jpeg") })).toEqual(["SEVERAL-PICTURES /a 2"])
    expect(await told({ "images/b.png": shots["images/a.png"] ?? "" })).toEqual(["NO-PICTURE /a 2"])
  })

  it("is told when the file is one of COCO, and a file of HaGRID when it is read as COCO", async () => {
    expect(await found(textOf(document()), { format: "hagrid", boxes: "normalised-xywh" })).toEqual(
      expect.arrayContaining(["BAD-FIELD /images/0 3", "BAD-FIELD /annotations/0 12"])
    )
    expect(await found(JSON.stringify({ a: hand }))).toEqual(expect.arrayContaining(["NOT-COCO a.json -"]))
  })

  it("has to have a declared label", async () => {
    const options = { format: "hagrid", boxes: "normalised-xywh", categories: ["stop"] }
    expect(await found(`{"a":${JSON.stringify(hand)}}`, options, { "images/a.png": shots["images/a.png"] ?? "" })).toEqual([
      "UNDECLARED-CATEGORY /a/labels/0 1"
    ])
  })
})

describe("a report", () => {
  it("counts everything and keeps the first findings, the first of a code with the number of all", async () => {
    const many = Array.from({ length: 500 }, (_, id) => ({
      id: id + 100,
      image_id: 7,
      category_id: id % 2 === 0 ? 2 : 77,
      bbox: [0, 0, 0, 0]
    }))
    const { report } = await scanFiles({ ...shots, "a.json": add(...many) })
    expect(report.error_count).toBe(750)
    expect(report.diagnostics.length).toBe(MAX_FINDINGS)
    expect(report.diagnostics.filter(({ count }) => count !== undefined).map(({ code, count, line }) => [code, count, line])).toEqual([
      ["coco/EMPTY-BOX", 500, 15],
      ["coco/UNKNOWN-CATEGORY", 250, 16]
    ])
  })

  it("of a file in one line has columns and byte offsets", async () => {
    const text = JSON.stringify({
      note: "\u{1f600}é",
      ...document(),
      annotations: [{ id: 1, image_id: 7, category_id: 2, bbox: [0, 0, 0, 1] }]
    })
    const { report } = await scanFiles({ ...shots, "a.json": text })
    const column = text.indexOf("[0,0,0,1]") + 1
    expect(report.diagnostics).toMatchObject([
      {
        code: "coco/EMPTY-BOX",
        line: 1,
        column,
        byte_offset: Buffer.from(text).indexOf("[0,0,0,1]"),
        sample_id: "a.png",
        field: "/annotations/0/bbox"
      }
    ])
  })
})

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 1 ? 0xedb88320 : 0)
  return rest
})
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (sum >>> 8) ^ (crcTable[(sum ^ byte) & 255] ?? 0)
  return (sum ^ 0xffffffff) >>> 0
}
