import { type MemoryFiles, memoryRoot } from "@feagi-trainer/conformance"
import { type RootFiles, TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { text } from "../src/index.ts"
import { bare, csv, decoded, folders, lines, readOn, runOn, scanOf } from "./World.ts"

const failure = async (work: Promise<unknown>): Promise<TrainerError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof TrainerError) return error
    throw error
  }
  throw new Error("nothing failed")
}

const reviews: MemoryFiles = { "a/1.txt": "one", "a/2.txt": "two", "b/3.txt": "three" }

describe("open", () => {
  it("reads any order, the same sample twice too", async () => {
    const scan = await scanOf(reviews, folders)
    const samples = await readOn(reviews, folders, scan, [2, 0, 2])
    expect(samples.map(({ sample_id, payload }) => [sample_id, payload])).toEqual([
      ["b/3.txt", { text: "three" }],
      ["a/1.txt", { text: "one" }],
      ["b/3.txt", { text: "three" }]
    ])
  })

  it.each<readonly [string, MemoryFiles, string, string | RegExp]>([
    ["other bytes", { ...reviews, "a/2.txt": "owt" }, "a/2.txt", /^[0-9a-f]{64}$/],
    ["more bytes", { ...reviews, "a/2.txt": "two!" }, "a/2.txt", /^[0-9a-f]{64}$/],
    ["no file", { "a/1.txt": "one", "b/3.txt": "three" }, "a/2.txt", "no file"]
  ])("names file and sample of a document that changed: %s", async (_, files, file, got) => {
    const scan = await scanOf(reviews, folders)
    const error = await failure(readOn(files, folders, scan))
    expect(error).toMatchObject({ reason: "integrity", diagnostics: [{ code: "FT2110", file, sample_id: "a/2.txt" }] })
    expect(error.diagnostics[0].expected).toBe(scan.index[1]?.content_hash)
    expect(error.diagnostics[0].actual).toMatch(got)
    expect(await readOn(files, folders, scan, [0, 2])).toHaveLength(2)
  })

  it("notices between two reads that a record changed", async () => {
    const before = { a: "one\ntwo\n", b: "three" }
    const scan = await scanOf(before, lines)
    let now: MemoryFiles = before
    const root: RootFiles = {
      info: (path) => memoryRoot(now).info(path),
      list: (path) => memoryRoot(now).list(path),
      read: (path, offset, length) => memoryRoot(now).read(path, offset, length)
    }
    const error = await failure(
      runOn(
        root,
        Effect.gen(function* () {
          const session = yield* text.open({ path: "" }, decoded(lines), scan, "v@1")
          expect([...(yield* Stream.runCollect(session.stream([1], 0)))]).toHaveLength(1)
          now = { ...before, a: "one\ntwO\n" }
          expect([...(yield* Stream.runCollect(session.stream([0, 2], 0)))]).toHaveLength(2)
          yield* Stream.runCollect(session.stream([1], 0))
        })
      )
    )
    expect(error.diagnostics).toMatchObject([{ code: "FT2110", file: "a", sample_id: scan.index[1]?.sample_id }])
  })

  it.each<readonly [string, MemoryFiles]>([
    ["a byte between records", { f: "a \nb\r\n" }],
    ["a record more", { f: "a \nb\nc\n" }],
    ["a blank for a blank", { f: "a\u000b\nb\n" }]
  ])("refuses a file of records at once: %s", async (_, files) => {
    const scan = await scanOf({ f: "a \nb\n" }, bare, "f")
    const error = await failure(runOn(files, text.open({ path: "f" }, decoded(bare), scan, "v@1")))
    expect(error.diagnostics).toMatchObject([{ code: "FT2110", file: "f" }])
  })

  it("a table whose columns moved is another file", async () => {
    const scan = await scanOf({ f: "text,label\na,b\n" }, csv, "f")
    const error = await failure(readOn({ f: "label,text\na,b\n" }, csv, scan, undefined, "f"))
    expect(error.diagnostics).toMatchObject([{ code: "FT2110", file: "f" }])
  })

  it("a file that is there and cannot be read is no changed file", async () => {
    const scan = await scanOf(reviews, folders)
    const denied = trainerError("failed", { code: "X", message: "permission denied" })
    const root: RootFiles = { ...memoryRoot(reviews), read: () => Effect.fail(denied) }
    expect(await failure(readOn(root, folders, scan))).toBe(denied)
  })

  it("a position that is none is a mistake of the caller", async () => {
    const scan = await scanOf(reviews, folders)
    const error = await failure(readOn(reviews, folders, scan, [3]))
    expect(error).toMatchObject({
      reason: "usage",
      diagnostics: [{ code: "text/NO-SAMPLE", actual: "3", expected: "a whole number from 0 to 2" }]
    })
  })

  it("pages of short documents and of long ones give the same samples", async () => {
    const content = Array.from({ length: 700 }, (_, at) => (at % 300 === 7 ? "x".repeat(1_200_000) : `line ${at}`)).join("\n")
    const files = { f: Buffer.from(content) }
    const scan = await scanOf(files, bare, "f")
    const samples = await readOn(files, bare, scan, undefined, "f")
    expect(samples.map(({ sample_id }) => sample_id)).toEqual(scan.index.map(({ sample_id }) => sample_id))
  })
})
