import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { imageSize, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { approvedRoots } from "../../../packages/store/src/Roots.ts"
import { encoded, greyPixels, greyPng, png } from "./Draw.ts"
import { classOptions, codes, collect, report, scanOf, within } from "./World.ts"

const files = {
  "cat/1.png": greyPng(1),
  "cat/deep/er/2.png": greyPng(2, 7, 4),
  "dog/1.png": greyPng(3),
  "dog/2.png": png({ width: 3, height: 3, colour: 2, samples: greyPixels(9, 9, 3) })
}
const parts = {
  "train/cat/1.png": greyPng(1),
  "train/cat/2.png": greyPng(2),
  "train/dog/1.png": greyPng(3),
  "train/dog/2.png": greyPng(4),
  "holdout/cat/1.png": greyPng(5),
  "holdout/cat/2.png": greyPng(6)
}
const skip = { ...classOptions, on_corrupt: "skip" }
const inParts = { ...classOptions, splits: { train: "train", holdout: "test" } }

describe("class folders", () => {
  it("give a sample per picture, labelled by the folder at the top", async () => {
    const { entries, scan, resolved_options, warning_count } = await report(files, classOptions)
    expect(entries.map(({ sample_id, label }) => [sample_id, label])).toEqual([
      ["cat/1.png", "cat"],
      ["cat/deep/er/2.png", "cat"],
      ["dog/1.png", "dog"],
      ["dog/2.png", "dog"]
    ])
    expect(scan).toMatchObject({
      modality: "image",
      output_type: "class",
      shape: { kind: "image", values: "encoded", width: [3, 7], height: [3, 5], channels: [1, 3] },
      classes: [
        { class_id: 0, label: "cat" },
        { class_id: 1, label: "dog" }
      ]
    })
    expect(resolved_options).toEqual({ ...classOptions, classes: ["cat", "dog"] })
    expect(warning_count).toBe(0)
    expect(new Set(entries.map(({ near }) => near?.vector?.length))).toEqual(new Set([16]))
  })

  it("hand the file on as it is, with its size, type and path", async () => {
    const samples = await within(files, classOptions, (session) =>
      Effect.map(collect(session, [3, 0]), (raw) => raw.map((each) => session.mapToIr(each, "val")))
    )
    expect(samples[0]).toMatchObject({
      sample_id: "dog/2.png",
      split: "val",
      modality: "image",
      target: { class: { class_id: 1, label: "dog" } },
      metadata: { media_type: "image/png", path: "dog/2.png" }
    })
    const held = samples.map(({ payload }) => ("bytes" in payload ? [...payload.bytes] : []))
    expect(held).toEqual([[...files["dog/2.png"]], [...files["cat/1.png"]]])
    expect(samples.map(({ coordinate_frame }) => imageSize(coordinate_frame))).toEqual([
      { width: 3, height: 3, channels: 3 },
      { width: 6, height: 5, channels: 1 }
    ])
  })

  it("may be of every type that is read", async () => {
    const all = {
      "a/1.jpg": await encoded.jpeg(),
      "a/2.webp": await encoded.webp(),
      "b/3.gif": await encoded.gif(),
      "b/4.tif": await encoded.tiff()
    }
    const raw = await within(all, classOptions, (session) =>
      Effect.map(collect(session, [0, 1, 2, 3]), (read) => read.map((each) => session.mapToIr(each, "train")))
    )
    expect(raw.map(({ metadata }) => metadata.media_type)).toEqual(["image/jpeg", "image/webp", "image/gif", "image/tiff"])
    expect(raw.map(({ coordinate_frame }) => imageSize(coordinate_frame)?.width)).toEqual([16, 16, 16, 16])
  })

  it("lie in parts where the options say so", async () => {
    const { entries, error_count } = await report(parts, inParts)
    expect(error_count).toBe(0)
    expect(entries.map(({ label, given_split }) => `${given_split} ${label}`)).toEqual([
      "test cat",
      "test cat",
      "train cat",
      "train cat",
      "train dog",
      "train dog"
    ])
  })

  it("may lie in a folder of the root; ids then leave that folder out, and files keep it", async () => {
    const moved = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`data/${path}`, bytes]))
    const scan = await scanOf({ ...moved, "other/9.png": greyPng(9) }, classOptions, "data")
    expect(scan.index.map(({ sample_id }) => sample_id)).toEqual(Object.keys(files))
    expect(scan.files.map(({ path }) => path)).toEqual(Object.keys(moved))
    expect(scan.content_hash).toBe((await scanOf(files, classOptions)).content_hash)
    const raw = await within(moved, classOptions, (session) => collect(session, [0]), { path: "data" })
    expect(raw[0]?.sample_id).toBe("cat/1.png")
  })

  it("are sorted by code unit in the form NFC, so that every system finds the same classes", async () => {
    const composed = { "é/1.png": greyPng(1), "Z/1.png": greyPng(2), "a/1.png": greyPng(3), "😀/1.png": greyPng(4) }
    const apart = Object.fromEntries(Object.entries(composed).map(([path, bytes]) => [path.normalize("NFD"), bytes]))
    const labels = async (tree: typeof composed) => (await scanOf(tree, classOptions)).classes.map(({ label }) => label)
    expect(await labels(composed)).toEqual(["Z", "a", "é", "😀"])
    expect(await labels(apart as typeof composed)).toEqual(["Z", "a", "é", "😀"])
    expect(
      (await scanOf(apart, { ...classOptions, classes: ["😀", "é".normalize("NFD"), "a", "Z"] })).index.map(({ class_id }) => class_id)
    ).toEqual([3, 2, 1, 0])
  })

  it("have a content hash that changes with every byte, name and left out picture", async () => {
    const hash = async (tree: Record<string, Uint8Array>, options = classOptions) => (await scanOf(tree, options)).content_hash
    const { "dog/2.png": last, ...rest } = files
    const all = await Promise.all([
      hash(files),
      hash({ ...files, "dog/2.png": greyPng(8) }),
      hash({ ...rest, "dog/3.png": last }),
      hash({ ...files, "dog/3.png": new Uint8Array(0) }, skip),
      hash({ ...files, "dog/4.png": new Uint8Array(0) }, skip)
    ])
    expect(new Set(all).size).toBe(5)
    expect(await hash(files, skip)).toBe(all[0])
  })
})

describe("a finding in class folders", () => {
  const table: ReadonlyArray<readonly [string, Record<string, Uint8Array>, Record<string, unknown>, ReadonlyArray<string>]> = [
    ["no file at all", {}, classOptions, ["NO-SAMPLES ."]],
    ["no bytes", { ...files, "cat/3.png": new Uint8Array(0) }, classOptions, ["EMPTY-FILE cat/3.png"]],
    ["a text in a class folder", { ...files, "cat/notes.txt": Buffer.from("hi") }, classOptions, ["NOT-A-PICTURE cat/notes.txt"]],
    ["a picture in no folder", { ...files, "7.png": greyPng(7) }, classOptions, ["UNLABELLED 7.png"]],
    ["a picture in a part but no class", { ...parts, "train/7.png": greyPng(7) }, inParts, ["UNLABELLED train/7.png"]],
    ["a text beside the folders", { ...files, "README.md": Buffer.from("hi") }, classOptions, ["STRAY README.md"]],
    ["a folder that is no part", { ...parts, "val/cat/9.png": greyPng(9) }, inParts, ["UNDECLARED-PART val/cat/9.png"]],
    ["a part that is not there", parts, { ...inParts, splits: { ...inParts.splits, val: "val" } }, ["MISSING-PART ."]],
    [
      "classes named like parts",
      { "train/1.png": greyPng(1), "train/2.png": greyPng(2), "test/3.png": greyPng(3), "test/4.png": greyPng(4) },
      classOptions,
      ["PART-NAMES ."]
    ],
    ["classes that differ in case", { ...files, "Cat/9.png": greyPng(9), "Cat/8.png": greyPng(8) }, classOptions, ["TWIN-CLASSES cat"]],
    [
      "classes of two Unicode forms",
      { "e\u0301/1.png": greyPng(1), "e\u0301/2.png": greyPng(2), "\u00e9/3.png": greyPng(3), "\u00e9/4.png": greyPng(4) },
      classOptions,
      ["TWIN-CLASSES \u00e9"]
    ],
    ["a class that is not declared", files, { ...classOptions, classes: ["cat", "dogs"] }, ["UNDECLARED-CLASS dog", "EMPTY-CLASS ."]],
    [
      "a class folder with litter only",
      { ...files, "fox/.DS_Store": Buffer.from("x") },
      classOptions,
      ["IGNORED fox/.DS_Store", "EMPTY-CLASS fox"]
    ],
    [
      "a class folder of which all is left out",
      { ...files, "fox/1.png": new Uint8Array(0) },
      skip,
      ["SKIPPED fox/1.png", "EMPTY-CLASS fox"]
    ],
    ["a class folder with one picture", { ...files, "fox/1.png": greyPng(9) }, classOptions, ["SINGLE-PICTURE fox"]],
    ["the same bytes twice", { ...files, "cat/3.png": greyPng(1) }, classOptions, ["DUPLICATE cat/3.png"]],
    ["the same bytes under two labels", { ...files, "dog/3.png": greyPng(1) }, classOptions, ["CONFLICTING-LABELS dog/3.png"]]
  ]
  it.each(table)("is made of %s", async (_, tree, options, expected) => {
    const told = await report(tree, options)
    expect(codes(told)).toEqual(expected)
    expect(told.scan === undefined).toBe(told.error_count > 0)
  })

  it("names the other of two that are alike", async () => {
    const { diagnostics } = await report(
      { ...files, "cat/3.png": greyPng(1), "Cat/8.png": greyPng(8), "Cat/9.png": greyPng(9) },
      classOptions
    )
    expect(diagnostics.find(({ code }) => code.endsWith("DUPLICATE"))?.message).toBe('has the same bytes as "cat/1.png"')
    expect(diagnostics.find(({ code }) => code.endsWith("TWIN-CLASSES"))).toMatchObject({ expected: "Cat", actual: "cat" })
  })

  it("is one warning for all that a desktop leaves behind, with their number", async () => {
    const litter = { ".DS_Store": "x", "cat/.DS_Store": "x", "cat/Thumbs.db": "x", "__MACOSX/cat/1.png": "x", ".git/config": "x" }
    const told = await report({ ...files, ...litter } as never, classOptions)
    expect([codes(told), told.diagnostics[0]?.count, told.warning_count]).toEqual([["IGNORED .DS_Store"], 5, 5])
  })

  it("is counted to the last, and kept to the twentieth", async () => {
    const empty = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`cat/e${at}.png`, new Uint8Array(0)]))
    const { diagnostics, error_count } = await report({ ...files, ...empty }, classOptions)
    expect([diagnostics.length, error_count, diagnostics[0]?.count]).toEqual([20, 30, 30])
  })

  it("leaves out what is refused, where that was asked for, says why, and registers the rest", async () => {
    const { entries, diagnostics, scan, warning_count } = await report(
      { ...files, "dog/3.jpg": greyPng(7), "dog/4.png": Buffer.from("<svg/>") },
      skip
    )
    expect(entries.length).toBe(4)
    expect(warning_count).toBe(2)
    expect(diagnostics.map(({ code, file, message }) => [code, file, message.split(":")[0]])).toEqual([
      ["image-folder/SKIPPED", "dog/3.jpg", "left out, WRONG-EXTENSION"],
      ["image-folder/SKIPPED", "dog/4.png", "left out, NOT-A-PICTURE"]
    ])
    expect(scan?.files.map(({ path }) => path)).toContain("dog/4.png")
  })

  it("warns that EXIF asks to turn a picture, which is not done", async () => {
    expect(codes(await report({ ...files, "dog/3.jpg": await encoded.rotated() }, classOptions))).toEqual(["ROTATED dog/3.jpg"])
  })
})

describe("a session over class folders", () => {
  const failure = async (later: Record<string, Uint8Array>, options = {}) => {
    try {
      await within(files, classOptions, (session) => collect(session, [0]), { later, options: { ...classOptions, ...options } })
    } catch (error) {
      if (error instanceof TrainerError) return { reason: error.reason, ...error.diagnostics[0] }
      throw error
    }
    return undefined
  }

  it("refuses a file that is another one, or gone", async () => {
    const { "cat/1.png": _, ...rest } = files
    const changed = { reason: "integrity", code: "FT2110", file: "cat/1.png", sample_id: "cat/1.png" }
    expect(await failure({ ...files, "cat/1.png": greyPng(9) })).toMatchObject({
      ...changed,
      actual: expect.stringMatching(/^[0-9a-f]{64}$/)
    })
    expect(await failure(rest)).toMatchObject({ ...changed, actual: "no file" })
    expect(await failure({ ...files, "cat/deep/er/2.png": greyPng(9) })).toBeUndefined()
  })

  it("refuses other options than those of the scan, and a position that is not there", async () => {
    expect(await failure(files, { classes: ["dog", "cat"] })).toMatchObject({ reason: "invalid", code: "image-folder/OTHER-OPTIONS" })
    await expect(within(files, classOptions, (session) => collect(session, [4]))).rejects.toMatchObject({
      diagnostics: [{ code: "image-folder/NO-SAMPLE", actual: "4" }]
    })
  })
})

describe("class folders on a disk", () => {
  const onDisk = async (build: (root: string) => void) => {
    const root = mkdtempSync(join(tmpdir(), "image-folder-"))
    try {
      mkdirSync(join(root, "data", "cat"), { recursive: true })
      for (const k of [1, 2]) writeFileSync(join(root, "data", "cat", `${k}.png`), greyPng(k))
      writeFileSync(join(root, "secret.png"), greyPng(3))
      build(join(root, "data"))
      return await report(await Effect.runPromise(approvedRoots(join(root, "data"))), classOptions)
    } finally {
      rmSync(root, { recursive: true })
    }
  }

  it("are read as they are in memory", async () => {
    const told = await onDisk(() => {})
    expect(told.scan).toEqual((await report({ "cat/1.png": greyPng(1), "cat/2.png": greyPng(2) }, classOptions)).scan)
  })

  it("are refused with links that leave the root or lead in a circle, all of them at once", async () => {
    const links = onDisk((root) => {
      symlinkSync("../../secret.png", join(root, "cat", "3.png"))
      symlinkSync("..", join(root, "cat", "loop"))
      symlinkSync("4.png", join(root, "cat", "4.png"))
    })
    await expect(links).rejects.toMatchObject({
      diagnostics: [
        { code: "FT4041", file: "cat/3.png" },
        { code: "FT4041", file: "cat/4.png" },
        { code: "FT4041", file: "cat/loop" }
      ]
    })
  })
})
