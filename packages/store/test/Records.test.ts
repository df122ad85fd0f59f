import { DatabaseSync } from "node:sqlite"
import type { DatasetRecord } from "@feagi-trainer/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { cleanUp, codesOf, newBrain, newRun, scratch, withStore } from "./harness.ts"

cleanUp()

const iris: Omit<DatasetRecord, "version" | "dataset_version_id"> = {
  name: "iris",
  dataset_asset_id: "ds-0123456789ab",
  content_hash: "01".repeat(32),
  schema_fingerprint: "02".repeat(32),
  modality: "tabular",
  output_type: "class",
  adapter: { id: "@feagi-trainer/adapter-csv#csv", version: "0.1.0" },
  adapter_options: '{"delimiter":","}',
  sample_count: 150,
  scan_sha256: "03".repeat(32)
}
const here = { root: "/data", path: "iris.csv" }

describe("Registry", () => {
  it("gives the first dataset of a name version 1, and the same one again for the same content", async () => {
    await withStore(scratch(), ({ registry }) =>
      Effect.gen(function* () {
        const first = yield* registry.addDataset(iris, here)
        const again = yield* registry.addDataset({ ...iris }, here)
        expect([first.existing, again.existing]).toEqual([false, true])
        expect(first.record).toEqual({ ...iris, version: 1, dataset_version_id: "iris@1", location: here })
        expect(again.record).toEqual(first.record)
        expect(yield* registry.datasets).toEqual([first.record])
      })
    )
  })

  it("gives other content, another adapter version or other options the next version, and counts each name on its own", async () => {
    const folder = scratch()
    await withStore(folder, ({ registry }) =>
      Effect.gen(function* () {
        const added = []
        for (const record of [
          iris,
          { ...iris, content_hash: "ff".repeat(32) },
          { ...iris, adapter: { ...iris.adapter, version: "0.2.0" } },
          { ...iris, adapter_options: '{"delimiter":";"}' },
          { ...iris, name: "wine" }
        ])
          added.push((yield* registry.addDataset(record, here)).record.dataset_version_id)
        expect(added).toEqual(["iris@1", "iris@2", "iris@3", "iris@4", "wine@1"])
      })
    )
    const ids = await withStore(folder, ({ registry }) =>
      Effect.map(registry.datasets, (all) => all.map((each) => each.dataset_version_id))
    )
    expect(ids).toEqual(["iris@1", "iris@2", "iris@3", "iris@4", "wine@1"])
  })

  it("moves the location of a dataset that is registered again from elsewhere, and nothing else", async () => {
    await withStore(scratch(), ({ registry }) =>
      Effect.gen(function* () {
        yield* registry.addDataset(iris, here)
        const there = { root: "/mnt", path: "copy/iris.csv" }
        const { record, existing } = yield* registry.addDataset(iris, there)
        expect([existing, record.version, record.location]).toEqual([true, 1, there])
        expect((yield* registry.datasets).map(({ location }) => location)).toEqual([there])
      })
    )
  })

  it("versions brains by genome and connectome, and keeps what made them first", async () => {
    await withStore(scratch(), ({ registry }) =>
      Effect.gen(function* () {
        const learnt = { sha256: "cc".repeat(32), seed: "00".repeat(32), learned_hash: "dd".repeat(32) }
        const added = [
          yield* registry.addBrain(newBrain("aa".repeat(32), { source: "template x" })),
          yield* registry.addBrain(newBrain("aa".repeat(32), { source: "file y" })),
          yield* registry.addBrain(newBrain("bb".repeat(32), { source: "file y" })),
          yield* registry.addBrain(newBrain("bb".repeat(32), { source: "run z", connectome: learnt })),
          yield* registry.addBrain(newBrain("bb".repeat(32), { source: "run z", connectome: { ...learnt, seed: "01".repeat(32) } }))
        ]
        expect(added.map(({ existing, record }) => [existing, record.version, record.source])).toEqual([
          [false, 1, "template x"],
          [true, 1, "template x"],
          [false, 2, "file y"],
          [false, 3, "run z"],
          [false, 4, "run z"]
        ])
        const listed = yield* registry.brains
        expect(listed.map(({ version }) => version)).toEqual([1, 2, 3, 4])
        expect(listed[2]).toEqual({ ...newBrain("bb".repeat(32), { source: "run z", connectome: learnt }), version: 3 })
      })
    )
  })

  it("names a brain whose record was altered", async () => {
    const folder = scratch()
    await withStore(folder, ({ registry }) => registry.addBrain(newBrain("aa".repeat(32), { source: "file" })))
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database.exec("UPDATE brains SET record = replace(record, '\"file\"', '\"life\"')")
    database.close()
    const error = await withStore(folder, ({ registry }) => Effect.flip(registry.brains))
    expect([error.reason, ...codesOf(error)]).toEqual(["integrity", "FT4028"])
    expect(error.message).toContain("b@1")
  })

  it("names a dataset whose record was altered", async () => {
    const folder = scratch()
    await withStore(folder, ({ registry }) => registry.addDataset(iris, here))
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database.exec("UPDATE datasets SET record = replace(record, '150', '151')")
    database.close()
    const error = await withStore(folder, ({ registry }) => Effect.flip(registry.datasets))
    expect([error.reason, ...codesOf(error)]).toEqual(["integrity", "FT4028"])
    expect(error.message).toContain("iris@1")
  })

  it("refuses text that has no stored form", async () => {
    const error = await withStore(scratch(), ({ registry }) => Effect.flip(registry.addDataset({ ...iris, name: "\ud800" }, here)))
    expect(codesOf(error)).toEqual(["FT4026"])
  })
})

describe("Scorecards", () => {
  const card = (run_id: string) => ({
    scorecard_id: "sc-0123456789ab",
    run_id,
    phase: "test",
    body_sha256: "aa".repeat(32),
    document_sha256: "bb".repeat(32)
  })

  it("keeps the first document of a run and phase, and refuses another body", async () => {
    await withStore(scratch(), ({ journal, scorecards }) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(5)
        const { run_id } = yield* journal.create(newRun())
        const first = yield* scorecards.add(card(run_id))
        expect(first).toEqual({ ...card(run_id), created_at: 5 })
        yield* TestClock.setTime(9)
        expect(yield* scorecards.add({ ...card(run_id), document_sha256: "cc".repeat(32) })).toEqual(first)
        const error = yield* Effect.flip(scorecards.add({ ...card(run_id), body_sha256: "dd".repeat(32) }))
        expect([error.reason, ...codesOf(error)]).toEqual(["integrity", "FT4027"])
        yield* scorecards.add({ ...card(run_id), phase: "validate" })
        expect((yield* scorecards.list).map(({ phase }) => phase)).toEqual(["test", "validate"])
      }).pipe(Effect.provide(TestClock.layer()))
    )
  })

  it("lets two runs have equal bodies, as a replay has", async () => {
    await withStore(scratch(), ({ journal, scorecards }) =>
      Effect.gen(function* () {
        for (let attempt = 0; attempt < 2; attempt += 1) yield* scorecards.add(card((yield* journal.create(newRun())).run_id))
        expect(yield* scorecards.list).toHaveLength(2)
      })
    )
  })

  it("refuses a scorecard of a run that is not there", async () => {
    expect(codesOf(await withStore(scratch(), ({ scorecards }) => Effect.flip(scorecards.add(card("r-x-1")))))).toEqual(["FT4020"])
  })
})
