import { createHash } from "node:crypto"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { DreamPool } from "@feagi-trainer/contracts"
import { mixed } from "@feagi-trainer/core"
import { SeedTree } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { approvedRoots, dreamPoolFolder, memoryRoots, type PoolManifest } from "../src/index.ts"
import { cleanUp, failure, run, scratch } from "./harness.ts"

cleanUp()
const golden = fileURLToPath(new URL("./golden/dream-pool", import.meta.url))
const sha256Of = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const manifestText = readFileSync(`${golden}/pool.json`, "utf8")
const manifest = JSON.parse(manifestText) as PoolManifest
const files: Readonly<Record<string, string>> = Object.fromEntries(
  manifest.samples.map(({ file }) => [file, readFileSync(`${golden}/${file}`, "utf8")])
)
const open = (content: Readonly<Record<string, string>>, pinned?: string) =>
  dreamPoolFolder(memoryRoots(new Map(Object.entries(content).map(([path, text]) => [path, new TextEncoder().encode(text)]))), pinned)
/** The golden pool with one entry of the manifest altered. */
const altered = (index: number, change: Partial<PoolManifest["samples"][number]>, more: Readonly<Record<string, string>> = {}) => ({
  ...files,
  "pool.json": JSON.stringify({ ...manifest, samples: manifest.samples.map((each, at) => (at === index ? { ...each, ...change } : each)) }),
  ...more
})
const found = async (content: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> => {
  const error = await failure(open(content))
  expect([error.reason, new Set(error.diagnostics.map((each) => each.code))]).toEqual(["invalid", new Set(["FT4049"])])
  return error.diagnostics.map((each) => `${each.file} [${each.field}] ${each.message}`)
}

describe("dreamPoolFolder()", () => {
  it("opens a folder by its manifest, in the order of the ids", async () => {
    const pool = await run(Effect.flatMap(approvedRoots(golden), (root) => dreamPoolFolder(root, sha256Of(manifestText))))
    expect([pool.name, pool.sha256]).toEqual(["dream", sha256Of(manifestText)])
    expect(pool.entries).toEqual(
      ["dream-001", "dream-002", "dream-003"].map((sample_id) => ({
        sample_id,
        sha256: sha256Of(files[`samples/${sample_id}.json`] ?? "")
      }))
    )
    const sample = await run(pool.read("dream-002"))
    expect([sample.sample_id, sample.payload, sample.target]).toEqual([
      "dream-002",
      { tabular: [0.125, 1.5] },
      { class: { class_id: 1, label: null } }
    ])
  })

  it("serves as the DreamPool from which a batch is mixed", async () => {
    const visits = Effect.gen(function* () {
      const pool = yield* DreamPool
      const batch = mixed(["a", "b", "c", "d"], pool.entries, 0.5, SeedTree.root(3).child("pool").random())
      return yield* Effect.forEach(batch.visits, (visit) =>
        visit.from === "data" ? Effect.succeed(visit.item) : Effect.map(pool.read(visit.entry.sample_id), (sample) => sample.sample_id)
      )
    })
    const once = await run(Effect.provideServiceEffect(visits, DreamPool, open({ ...files, "pool.json": manifestText })))
    expect(once.filter((each) => each.startsWith("dream-")).length).toBe(2)
    expect(await run(Effect.provideServiceEffect(visits, DreamPool, open({ ...files, "pool.json": manifestText })))).toEqual(once)
  })

  it("checks the bytes of a sample each time it is read", async () => {
    const folder = scratch()
    cpSync(golden, folder, { recursive: true })
    const pool = await run(Effect.flatMap(approvedRoots(folder), (root) => dreamPoolFolder(root)))
    expect((await run(pool.read("dream-001"))).sample_id).toBe("dream-001")
    const text = files["samples/dream-001.json"] ?? ""
    writeFileSync(`${folder}/samples/dream-001.json`, text.replace("0.5", "0.6"))
    const error = await failure(pool.read("dream-001"))
    expect([error.reason, error.diagnostics[0]]).toMatchObject([
      "integrity",
      {
        code: "FT4050",
        file: "samples/dream-001.json",
        sample_id: "dream-001",
        expected: sha256Of(text),
        actual: sha256Of(text.replace("0.5", "0.6"))
      }
    ])
    writeFileSync(`${folder}/samples/dream-001.json`, `${text} `)
    expect((await failure(pool.read("dream-001"))).diagnostics[0].code).toBe("FT4050")
    expect((await run(pool.read("dream-002"))).sample_id).toBe("dream-002")
  })

  it("refuses a manifest that is not the pinned one", async () => {
    const error = await failure(open(altered(0, {}), sha256Of(manifestText)))
    expect([error.reason, error.diagnostics[0].code, error.diagnostics[0].file]).toEqual(["integrity", "FT4050", "pool.json"])
  })

  it.each([
    [
      "a key that nobody reads",
      { ...files, "pool.json": manifestText.replace('"name"', '"nmae": 1, "name"') },
      ["pool.json [nmae] unknown key"]
    ],
    ["a manifest that is no JSON", { ...files, "pool.json": "{" }, ["pool.json [undefined]"]],
    ["no samples", { "pool.json": JSON.stringify({ ...manifest, samples: [] }) }, ["pool.json [samples"]],
    ["a hash that is none", altered(1, { sha256: "ab" }), ["pool.json [samples.1.sha256] has the wrong value"]],
    [
      "ids out of their order",
      altered(0, { sample_id: "dream-009" }),
      ["pool.json [samples.1.sample_id] the samples are not in the order"]
    ],
    ["an id twice", altered(1, { sample_id: "dream-001" }), ["pool.json [samples.1.sample_id] the samples are not in the order"]],
    [
      "a file twice, and so one that nobody names",
      altered(1, { file: "samples/dream-001.json" }),
      ["pool.json [samples.1.file] the file is named twice", "samples/dream-002.json [undefined] the manifest does not name"]
    ],
    ["another length", altered(1, { bytes: 3 }), ["samples/dream-002.json [undefined] the file has another length"]],
    [
      "a file that is not there and one that is too much, together",
      altered(2, { file: "samples/x.json" }),
      [
        "samples/x.json [undefined] the manifest names a file that is not there",
        "samples/dream-003.json [undefined] the manifest does not name"
      ]
    ]
  ])("refuses %s", async (_, content, expected) => {
    const all = await found(content)
    expect(
      all.map((each, index) => each.startsWith(expected[index] ?? "?")),
      all.join("\n")
    ).toEqual(expected.map(() => true))
  })

  it.each([
    ["another id", '"sample_id":"dream-001"', '"sample_id":"dream-007"', "the sample has another id"],
    ["no target", '"target":{"class":{"class_id":0,"label":null}}', '"target":null', "the sample has no target"],
    ["another document", '"payload"', '"paylaod"', ""]
  ])("refuses a sample with %s, whose hash is right", async (_, from, to, message) => {
    const text = (files["samples/dream-001.json"] ?? "").replace(from, to)
    const pool = await run(open(altered(0, { bytes: text.length, sha256: sha256Of(text) }, { "samples/dream-001.json": text })))
    const error = await failure(pool.read("dream-001"))
    expect([error.reason, error.diagnostics[0].code, error.diagnostics[0].file]).toEqual(["invalid", "FT4049", "samples/dream-001.json"])
    expect(error.diagnostics[0].message).toContain(message)
  })

  it("has no sample of another id", async () => {
    const pool = await run(open({ ...files, "pool.json": manifestText }))
    expect((await failure(pool.read("dream-004"))).diagnostics[0]).toMatchObject({ code: "FT4049", sample_id: "dream-004" })
  })
})
