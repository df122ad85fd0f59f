import type { ClassLabel, IndexEntry, ScannedEntry } from "@feagi-trainer/contracts"
import { type BuiltIndex, Indexer } from "@feagi-trainer/core"
import { canonical, fromCanonical, fromUtf8, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { indexerLayer } from "../src/index.ts"

const classes: ReadonlyArray<ClassLabel> = [
  { class_id: 0, label: "a" },
  { class_id: 1, label: "b" }
]
const hash = (text: string): string => sha256Hex(text)

const finish = <A>(entries: ReadonlyArray<ScannedEntry>, use: (result: Finished) => A, batch = 3): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const builder = yield* (yield* Indexer).open
        for (let at = 0; at < entries.length; at += batch) yield* builder.sink.add(entries.slice(at, at + batch))
        return use(yield* builder.finish(classes))
      })
    ).pipe(Effect.provide(indexerLayer))
  )
type Finished = Effect.Success<ReturnType<Effect.Success<(typeof Indexer)["Service"]["open"]>["finish"]>>

const built = <A>(entries: ReadonlyArray<ScannedEntry>, use: (index: BuiltIndex) => A): Promise<A> =>
  finish(entries, (result) => {
    if (!result.ok) throw new Error(result.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"))
    return use(result.index)
  })
const linesOf = (index: BuiltIndex): ReadonlyArray<IndexEntry> =>
  [...index.lines()].flatMap((piece) =>
    fromUtf8(piece)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => fromCanonical(line) as unknown as IndexEntry)
  )

describe("the temporary index", () => {
  it("numbers samples of one content in the order of the scan, and no others", async () => {
    const contents = ["x", "y", "x", "z", "x", "y"]
    const ids = await built(
      contents.map((text) => ({ content_hash: hash(text) })),
      (index) => linesOf(index).map(({ sample_id }) => sample_id)
    )
    const short = (text: string) => hash(text).slice(0, 16)
    expect(ids).toEqual([`${short("x")}-0`, `${short("y")}-0`, `${short("x")}-1`, `${short("z")}-0`, `${short("x")}-2`, `${short("y")}-1`])
  })

  it("gives every entry back as it was said, with its class id in the place of its label", async () => {
    const entries: ReadonlyArray<ScannedEntry> = [
      {
        sample_id: "one",
        content_hash: hash("1"),
        label: "b",
        group: "g",
        given_split: "train",
        time: -5,
        values: { d: 0.5 },
        at: [7, 12]
      },
      { sample_id: "two", content_hash: hash("2"), decoded_hash: hash("d"), label: "a", values: { d: -0 }, file: "f", line: 3 }
    ]
    await built(entries, (index) => {
      expect(linesOf(index)).toEqual([
        {
          sample_id: "one",
          content_hash: hash("1"),
          class_id: 1,
          group: "g",
          given_split: "train",
          time: -5,
          values: { d: 0.5 },
          at: [7, 12]
        },
        { sample_id: "two", content_hash: hash("2"), decoded_hash: hash("d"), class_id: 0, values: { d: -0 } }
      ])
      expect(index.summary).toEqual({
        sample_count: 2,
        class_counts: [1, 1],
        part_counts: { train: 1 },
        group_count: 1,
        grouped_count: 1,
        time_count: 1,
        values: ["d"]
      })
    })
  })

  it("writes canonical lines, whatever the texts hold", async () => {
    const odd = [
      "plain",
      'a "quote" \\ and / slash',
      "tab\tline\nreturn\rfeed\fback\b",
      "\u0001\u001f\u007f",
      "é 😀 \u2028 \ufeff",
      "'; DROP"
    ]
    const entries = odd.map(
      (text, k): ScannedEntry => ({
        sample_id: text,
        content_hash: hash(String(k)),
        group: text,
        given_split: text,
        at: [k, 2 ** 40, 0.1],
        values: { b: 1e-7, a: -0 }
      })
    )
    await built(entries, (index) => {
      const text = [...index.lines()].map((piece) => fromUtf8(piece)).join("")
      expect(text).toBe(
        linesOf(index)
          .map((entry) => `${canonical(entry)}\n`)
          .join("")
      )
      expect(linesOf(index).map(({ sample_id }) => sample_id)).toEqual(odd)
    })
  })

  it("refuses an id that is there already, names both places, counts all and shows twenty", async () => {
    const entries = Array.from({ length: 60 }, (_, k) => ({
      sample_id: `id-${k % 30}`,
      content_hash: hash(String(k)),
      file: "t.csv",
      line: k + 2
    }))
    await finish(entries, (result) => {
      expect(result).toMatchObject({ ok: false, error_count: 30 })
      if (result.ok) return
      expect(result.diagnostics).toHaveLength(20)
      expect(result.diagnostics[0]).toMatchObject({ code: "FT2210", file: "t.csv", line: 32, sample_id: "id-0" })
      expect(result.diagnostics[0]?.message).toContain("line 2")
    })
  })

  it("refuses a label that is no class, with the nearest one", async () => {
    await finish(
      [
        { content_hash: hash("1"), label: "a" },
        { content_hash: hash("2"), label: "bb" }
      ],
      (result) => {
        expect(result).toMatchObject({ ok: false, diagnostics: [{ code: "FT2212", actual: '"bb"' }] })
      }
    )
  })

  it("refuses a scan without a sample", async () => {
    await finish([], (result) => expect(result).toMatchObject({ ok: false, diagnostics: [{ code: "FT2211" }] }))
  })

  it("names an adapter that breaks its contract", async () => {
    const bad: ReadonlyArray<ReadonlyArray<ScannedEntry>> = [
      [{ content_hash: "short" }],
      [{ sample_id: "a", content_hash: hash("1") }, { content_hash: hash("2") }],
      [{ content_hash: hash("1"), values: { d: 1 } }, { content_hash: hash("2") }],
      [
        { content_hash: hash("1"), near: { vector: [1, 2] } },
        { content_hash: hash("2"), near: { vector: [1] } }
      ]
    ]
    for (const entries of bad) await expect(finish(entries, () => 0)).rejects.toThrow("FT2213")
  })

  it("tells what is equal only once it is decoded, and what shares a key", async () => {
    const entries: ReadonlyArray<ScannedEntry> = [
      { content_hash: hash("1"), decoded_hash: hash("d"), near: { key: "k" } },
      { content_hash: hash("2"), decoded_hash: hash("d"), near: { key: "k" } },
      { content_hash: hash("3"), decoded_hash: hash("e"), near: { key: "k" } },
      { content_hash: hash("3"), decoded_hash: hash("e"), near: { key: "l" } },
      { content_hash: hash("3"), decoded_hash: hash("e"), near: { key: "l" } }
    ]
    await built(entries, (index) => {
      expect(index.decoded()).toEqual([[0, 1]])
      expect(index.sharedKeys()).toEqual({
        pairs: [
          [0, 2],
          [1, 2]
        ],
        truncated: false
      })
    })
  })

  it("does not tell every pair of a large set, and says so", async () => {
    const entries = Array.from({ length: 500 }, (_, k) => ({ content_hash: hash(String(k)), near: { key: "all" } }))
    const { pairs, truncated } = await built(entries, (index) => index.sharedKeys())
    expect(truncated).toBe(true)
    expect(pairs).toHaveLength(499)
  })

  it("gives the same bytes for the same entries, whatever the batches", async () => {
    const entries = Array.from({ length: 2500 }, (_, k) => ({ content_hash: hash(String(k % 700)), label: k % 2 === 0 ? "a" : "b" }))
    const bytes = (batch: number) =>
      finish(entries, (result) => (result.ok ? sha256Hex(Buffer.concat([...result.index.lines()])) : ""), batch)
    expect(await bytes(1)).toBe(await bytes(2500))
  })
})
