/** What is read, kept and handed over at once, by counts. */
import { memoryRoot } from "@feagi-trainer/conformance"
import { ApprovedRoots, IndexSink, Progress, type RootFiles, type ScannedEntry } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { text } from "../src/index.ts"
import { BLOCK_BYTES, MAX_DOCUMENT_BYTES } from "../src/Records.ts"
import { bare, conll, csv, decoded, folders, jsonl, type Options, scanning } from "./World.ts"

/** A file of any size that is one byte over and over, and a count of what was read of it. */
const endless = (bytes: number, byte: number, head = ""): { readonly root: RootFiles; readonly read: () => number } => {
  let read = 0
  const start = Buffer.from(head)
  return {
    read: () => read,
    root: {
      info: (path) => Effect.succeed({ path, bytes }),
      list: (folder) => Effect.succeed([{ path: `${folder}/a/1.txt`, bytes }]),
      read: (_, offset, length) =>
        Effect.sync(() => {
          const block = new Uint8Array(Math.min(length, bytes - offset)).fill(byte)
          if (offset < start.length) block.set(start.subarray(offset, offset + block.length))
          read += block.length
          return block
        })
    }
  }
}
const FIVE_GB = 5e9

describe("a document that is too long", () => {
  it.each<readonly [string, Options, string, string]>([
    ["a line of 5 GB", bare, "", "TOO-LONG"],
    ["a JSON line of 5 GB", jsonl, '{"text": "', "TOO-LONG"],
    ["a cell of 5 GB", csv, "text,label\n", "TOO-LONG"],
    ["a quotation mark that nothing closes", csv, 'text,label\n"', "UNCLOSED-QUOTE"],
    ["a sequence of 5 GB", conll, "a b c\n", "TOO-LONG"],
    ["UTF-16", { ...bare, encoding: "utf-16le" }, "", "TOO-LONG"]
  ])("is refused after %s, before much of it is read", async (_, options, head, code) => {
    const { root, read } = endless(FIVE_GB, 0x61, head)
    const { report, entries } = await scanning(root, options, "f")
    expect(report.diagnostics.map((each) => each.code)).toEqual([`text/${code}`])
    expect(report.diagnostics[0]).toMatchObject({ file: "f", line: head.includes("\n") && options !== conll ? 2 : 1 })
    expect(entries).toHaveLength(0)
    expect(read()).toBeLessThanOrEqual(MAX_DOCUMENT_BYTES + 2 * BLOCK_BYTES)
  })

  it("is refused unread where a file is a document", async () => {
    const { root, read } = endless(FIVE_GB, 0x61)
    const noFile: RootFiles = { ...root, info: (path) => memoryRoot({}).info(path) }
    const { report } = await scanning(noFile, folders, "c")
    expect(report.diagnostics).toMatchObject([{ code: "text/TOO-LONG", file: "c/a/1.txt", actual: "5000000000 bytes" }])
    expect(read()).toBe(0)
  })

  it("is one of a byte more than the limit, and not one of the limit", async () => {
    const line = (bytes: number) => ({ f: Buffer.concat([Buffer.alloc(bytes, 0x61), Buffer.from("\nb\n")]) })
    expect((await scanning(line(MAX_DOCUMENT_BYTES), bare, "f")).report.error_count).toBe(0)
    expect((await scanning(line(MAX_DOCUMENT_BYTES + 1), bare, "f")).report.diagnostics).toMatchObject([
      { code: "text/TOO-LONG", line: 1, byte_offset: 0 }
    ])
  })
})

describe("a scan", () => {
  it("hands over a few hundred entries at a time, while it reads", async () => {
    const lines = 40_000
    const batches: Array<number> = []
    const files = memoryRoot({ f: Buffer.from("a b\n".repeat(lines)) })
    let read = 0
    let ahead = 0
    const root: RootFiles = {
      ...files,
      read: (path, offset, length) => {
        read = Math.max(read, offset + length)
        return files.read(path, offset, length)
      }
    }
    let handed = 0
    const add = (entries: ReadonlyArray<ScannedEntry>) =>
      Effect.sync(() => {
        batches.push(entries.length)
        handed += entries.length
        ahead = Math.max(ahead, read - handed * 4)
      })
    await text
      .validate({ path: "f" }, decoded(bare))
      .pipe(
        Effect.provideService(ApprovedRoots, root),
        Effect.provideService(IndexSink, { add }),
        Effect.provideService(Progress, { report: () => Effect.void }),
        Effect.runPromise
      )
    expect(handed).toBe(lines)
    expect(Math.max(...batches)).toBeLessThanOrEqual(256)
    expect(ahead).toBeLessThanOrEqual(BLOCK_BYTES + 1024)
  })

  it("finds each of many faults in one long record without looking at the record anew for each", async () => {
    const { report } = await scanning({ f: "a b c\n".concat("a b\n".repeat(100_000)) }, conll, "f")
    expect(report.error_count).toBe(100_000)
    expect(report.diagnostics).toHaveLength(20)
  })
})
