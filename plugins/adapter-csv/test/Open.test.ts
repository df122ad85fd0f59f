import { decodeStrict, IRSample, type RawSample } from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { BLOCK_BYTES } from "../src/Dialect.ts"
import { csv } from "../src/index.ts"
import { openWith } from "../src/Open.ts"
import { collect, fileOf, optionsWith, path, report, scanOf, source, world } from "./World.ts"

const rows = Array.from({ length: 300 }, (_, k) => `${k},${k / 7},"${"abc"[k % 3]}\n"`)
const content = `sepal,petal,species\n${rows.join("\r\n")}\n`
const everything = rows.map((_, k) => k)
/** Keeps nothing, so that every sample is read from the file. */
const openFromFile = openWith(0)
const ways = [
  ["from memory", csv.open],
  ["from the file", openFromFile]
] as const

const read = async (open: typeof csv.open, order: ReadonlyArray<number>, from = 0, text = content): Promise<ReadonlyArray<RawSample>> => {
  const scan = await scanOf(text)
  const session = open(source, optionsWith(), scan, "v1").pipe(Effect.flatMap((opened) => collect(opened, order, from)))
  return world({ [path]: text }).run(session)
}

describe.each(ways)("samples %s", (_, open) => {
  it("have the values and ids of the scan, in any order", async () => {
    const scan = await scanOf(content)
    const samples = await read(open, [...everything].reverse())
    expect(samples).toHaveLength(300)
    expect(samples.map(({ sample_id }) => sample_id)).toEqual([...scan.index].reverse().map(({ sample_id }) => sample_id))
    expect(samples.map(({ data }) => data)).toEqual(
      [...everything].reverse().map((k) => ({
        features: [k, k / 7],
        target: { class: { class_id: k % 3, label: `${"abc"[k % 3]}\n` } },
        timestamp: null
      }))
    )
  })

  it("are equal when they are read twice, and a stream from n is the tail from n", async () => {
    const order = everything.map((k) => (k * 77) % 300)
    const all = await read(open, order)
    expect(await read(open, order)).toEqual(all)
    for (const from of [0, 1, 150, 299, 300, 400]) expect(await read(open, order, from)).toEqual(all.slice(from))
  })

  it("may be asked for more often than once, and not at all", async () => {
    expect((await read(open, [5, 5, 5])).map(({ position }) => position)).toEqual([5, 5, 5])
    expect(await read(open, [])).toEqual([])
  })

  it("that are no samples are refused", async () => {
    for (const position of [300, -1, 0.5, Number.NaN])
      await expect(read(open, [position])).rejects.toMatchObject({
        reason: "failed",
        diagnostics: [{ code: "csv/NO-SAMPLE", expected: "a whole number from 0 to 299" }]
      })
  })

  it("become documents that decode, with no path in them", async () => {
    const scan = await scanOf(content)
    const sample = await world({ [path]: content }).run(
      Effect.gen(function* () {
        const session = yield* open(source, optionsWith(), scan, "flowers@1")
        const [raw] = yield* collect(session, [4])
        return raw === undefined ? undefined : session.mapToIr(raw, "train")
      })
    )
    expect(sample).toEqual({
      schema_version: 1,
      sample_id: scan.index[4]?.sample_id,
      dataset_version_id: "flowers@1",
      split: "train",
      modality: "tabular",
      payload: { tabular: [4, 4 / 7] },
      target: { class: { class_id: 1, label: "b\n" } },
      output_type: "class",
      coordinate_frame: null,
      timestamp: null,
      metadata: {}
    })
    expect(decodeStrict(IRSample, JSON.parse(JSON.stringify(sample)))).toMatchObject({ ok: true })
    expect(JSON.stringify(sample)).not.toContain(path)
  })

  it("are the same with the options that were given and with the resolved ones", async () => {
    const scan = await scanOf(content, { delimiter: "scan" })
    const decoded = csv.decodeOptions((await report(content, { delimiter: "scan" })).resolved_options)
    if (!decoded.ok) throw new Error("the table is in order")
    const samples = [optionsWith({ delimiter: "scan" }), decoded.value].map((options) =>
      world({ [path]: content }).run(open(source, options, scan, "v1").pipe(Effect.flatMap((session) => collect(session, everything))))
    )
    expect(await samples[0]).toEqual(await samples[1])
  })

  it("do not open with options that they were not scanned with", async () => {
    const scan = await scanOf(content)
    const columns = { sepal: { type: "number" }, petal: { type: "ignore" } }
    const sentinel = { ...columns, petal: { type: "number", missing: { texts: ["7"], value: 0 } } }
    for (const other of [{ columns }, { columns: sentinel }, { decimal: "," }, { label_column: "sepal" }, { label_column: "kind" }])
      await expect(world({ [path]: content }).run(open(source, optionsWith(other), scan, "v1"))).rejects.toMatchObject({
        reason: "invalid",
        diagnostics: [{ code: "csv/OTHER-OPTIONS" }]
      })
  })

  it("do not open from a file that changed, and the first other sample is named", async () => {
    const scan = await scanOf(content)
    const changes: ReadonlyArray<readonly [string, number | undefined]> = [
      [content.replace("\n7,1,", "\n7,9,"), 7],
      [content.replace("\n7,1,", "\n7,x,"), 7],
      [content.replace("\n7,1,", '\n7,"1,'), 7],
      [content.slice(0, content.indexOf("\n200,") + 1), 200],
      [`${content}1,2,a\n`, undefined],
      [content.replaceAll("\r\n", "\n"), undefined],
      ["", 0]
    ]
    for (const [text, at] of changes) {
      const failure = await world({ [path]: text }).run(Effect.flip(open(source, optionsWith(), scan, "v1")))
      expect(failure.reason).toBe("integrity")
      expect(failure.diagnostics[0]).toMatchObject({ code: "FT2110", file: path, expected: scan.content_hash })
      expect(failure.diagnostics[0].actual).toMatch(/^[0-9a-f]{64}$/)
      expect(failure.diagnostics[0].sample_id).toBe(at === undefined ? undefined : scan.index[at]?.sample_id)
    }
  })
})

describe("samples of a file that changes under way", () => {
  it("are an integrity error that names the sample", async () => {
    const scan = await scanOf(content)
    const here = world({ [path]: content })
    const failure = await here.run(
      Effect.gen(function* () {
        const session = yield* openFromFile(source, optionsWith(), scan, "v1")
        here.files.set(path, fileOf(content.replace("\n7,1,", "\n7,9,")))
        return yield* Effect.flip(collect(session, everything))
      })
    )
    expect(failure).toMatchObject({
      reason: "integrity",
      diagnostics: [{ code: "FT2110", sample_id: scan.index[7]?.sample_id, expected: scan.index[7]?.content_hash }]
    })
  })
})

describe("reading", () => {
  it("from memory reads the file once, however many epochs follow", async () => {
    const here = world({ [path]: content })
    const scan = await scanOf(content)
    const count = await here.run(
      Effect.gen(function* () {
        const session = yield* csv.open(source, optionsWith(), scan, "v1")
        let samples = 0
        for (let epoch = 0; epoch < 50; epoch++) samples += (yield* collect(session, everything)).length
        return samples
      })
    )
    expect([count, here.reads.length]).toEqual([15_000, 1])
  })

  it("from the file keeps to its number of blocks, over block ends and in any order", async () => {
    const wide = `sepal,petal,species\n${Array.from({ length: 60_000 }, (_, k) => `${k},${k}.25,${"abc"[k % 3]}`).join("\n")}\n`
    const scan = await scanOf(wide)
    const order = Array.from({ length: 400 }, (_, k) => (k * 7919) % 40_000)
    const bytes = wide.length
    const blocks = new Set(order.map((k) => Math.floor((scan.index[k]?.at?.[0] ?? 0) / BLOCK_BYTES)))
    expect(blocks.size).toBeGreaterThan(5)
    const here = world({ [path]: wide })
    const samples = await here.run(
      openFromFile(source, optionsWith(), scan, "v1").pipe(Effect.flatMap((session) => collect(session, order)))
    )
    expect(samples.map(({ data }) => data)).toEqual(
      order.map((k) => ({
        features: [k, k + 0.25],
        target: { class: { class_id: k % 3, label: "abc"[k % 3] } },
        timestamp: null
      }))
    )
    expect(here.reads.every(({ length }) => length <= BLOCK_BYTES)).toBe(true)
    const roomy = world({ [path]: wide })
    const again = openWith(60_000 * 2 * 8 - 1)(source, optionsWith(), scan, "v1").pipe(Effect.flatMap((session) => collect(session, order)))
    expect(await roomy.run(again)).toEqual(samples)
    // The pass of the opening reads every block; those that hold these samples are read once more, or again and again.
    expect(roomy.reads.length).toBe(Math.ceil(bytes / BLOCK_BYTES) + blocks.size)
    expect(here.reads.length).toBeGreaterThan(200)
  })

  it("stops when the reader stops", async () => {
    const here = world({ [path]: content })
    const scan = await scanOf(content)
    const taken = await here.run(
      openFromFile(source, optionsWith(), scan, "v1").pipe(
        Effect.flatMap((session) => Stream.runCollect(Stream.take(session.stream(everything, 0), 3)))
      )
    )
    expect([...taken].map(({ position }) => position)).toEqual([0, 1, 2])
  })

  it("ends with the scope", async () => {
    const scan = await scanOf(content)
    for (const [, open] of ways) {
      const here = world({ [path]: content })
      const session = await here.run(open(source, optionsWith(), scan, "v1"))
      await expect(here.run(collect(session, [0]))).rejects.toMatchObject({ diagnostics: [{ code: "csv/NO-SAMPLE" }] })
    }
  })
})
