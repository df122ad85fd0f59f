import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { TrainerError } from "@feagi-trainer/contracts"
import type { StoredDataset } from "@feagi-trainer/core"
import { canonicalBytes, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { journalBodySha256, openStore, type RunImport, type StoreShape } from "../src/index.ts"
import { identityText } from "../src/ProcessFacts.ts"
import { answers, as, cleanUp, codesOf, machine, newRun, run, scratch, step, withStore } from "./harness.ts"

cleanUp()

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const scan = canonicalBytes({
  index_sha256: sha256Hex("i"),
  duplicates_sha256: sha256Hex("d"),
  hashes_sha256: sha256Hex("h"),
  label_map: null
})
const dataset: StoredDataset = {
  name: "iris",
  version: 3,
  dataset_version_id: "iris@3",
  dataset_asset_id: "ds-1",
  content_hash: "c1",
  schema_fingerprint: "f",
  modality: "tabular",
  output_type: "class",
  adapter: { id: "p#csv", version: "0.1.0" },
  adapter_options: "{}",
  sample_count: 2,
  scan_sha256: sha256Hex(scan),
  location: { root: "data", path: "a.csv" }
}
const document = canonicalBytes({ kind: "run" })
const spec_sha256 = sha256Hex(document)
const run_id = `r-${spec_sha256.slice(0, 12)}-2`
const reward = { phase: "train", epoch: 0, index: 0, sample_id: "s-0", line: "{}" }
const card = { scorecard_id: "sc-1", run_id, phase: "test", body_sha256: "b1", document_sha256: sha256Hex("card"), created_at: 70 }
const verified = {
  ...card,
  scorecard_id: "sc-2",
  verifies: "sc-1",
  body_sha256: "b2",
  document_sha256: sha256Hex("verified"),
  created_at: 80
}
const link = { old_id: "sc-1", old_body_sha256: "b1", new_id: "sc-9", new_body_sha256: "b9", reason: "leaked", created_at: 90 }
const base = newRun({ spec_sha256, document_sha256: spec_sha256 })
const { group_id, name, seed } = base

const made: RunImport = {
  row: { ...base, run_id, attempt: 2, created_at: 5 },
  origin: `st-${"a".repeat(32)}`,
  events: [
    { type: "created", payload: { group_id, name, seed, spec_sha256, document_sha256: spec_sha256 }, at_wall: 10 },
    { type: "step", payload: { ...step(0).payload, checkpoint_sha256: sha256Hex("a checkpoint that stayed at home") }, at_wall: 20 },
    { type: "completed", payload: {}, at_wall: 30 }
  ],
  predictions: answers(0, 3),
  rewards: [reward],
  telemetry: [{ phase: "train", samples: 3, figures: { wall_seconds: 0.25 } }],
  dataset,
  data: new Map([
    ["a.csv", bytes("1,2\n")],
    ["more/b.csv", bytes("3\n")]
  ]),
  blobs: [document, scan, bytes("i"), bytes("d"), bytes("h"), bytes("card"), bytes("verified")],
  scorecards: [card],
  verified: [],
  supersessions: []
}

/** Everything that can be read of the run. */
const contentOf = ({ journal, scorecards, registry, originOf }: StoreShape) =>
  Effect.gen(function* () {
    return {
      runs: yield* journal.runs,
      events: (yield* journal.events(run_id)).map(({ type, payload, at_wall }) => ({ type, payload, at_wall })),
      body: journalBodySha256(yield* journal.events(run_id)),
      predictions: yield* journal.predictions(run_id),
      rewards: yield* journal.rewards(run_id),
      telemetry: yield* journal.telemetry(run_id),
      cards: yield* scorecards.list,
      datasets: (yield* registry.datasets).map((each) => each.dataset_version_id),
      origin: yield* originOf(run_id)
    }
  })

const filesOf = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && !/-(wal|shm)$/.test(item.name))
    .map((item) => join(item.parentPath, item.name))
    .sort()

describe("importRun()", () => {
  it("takes a run over with its id, times, chain, answers, data and origin, and the store is whole", async () => {
    const folder = scratch()
    const seen = await withStore(folder, (store) =>
      Effect.gen(function* () {
        expect(yield* store.importRun(made)).toEqual({ run_id, existing: false, added: 0 })
        expect(yield* store.verify).toEqual([])
        return yield* contentOf(store)
      })
    )
    expect(seen).toEqual({
      runs: [made.row],
      events: made.events,
      body: journalBodySha256(made.events),
      predictions: made.predictions,
      rewards: made.rewards,
      telemetry: made.telemetry,
      cards: [card],
      datasets: ["iris@3"],
      origin: made.origin
    })
    const [root] = await withStore(folder, ({ registry }) =>
      Effect.map(registry.datasets, (all) => all.map(({ location }) => location.root))
    )
    expect(readFileSync(`${root}/a.csv`, "utf8")).toBe("1,2\n")
    expect(readFileSync(`${root}/more/b.csv`, "utf8")).toBe("3\n")
  })

  it("changes nothing when the run is here already", async () => {
    const folder = scratch()
    await withStore(folder, (store) => store.importRun(made))
    const before = filesOf(folder)
    const seen = await withStore(folder, (store) =>
      Effect.gen(function* () {
        const first = yield* contentOf(store)
        expect(yield* store.importRun(made)).toEqual({ run_id, existing: true, added: 0 })
        return [first, yield* contentOf(store)]
      })
    )
    expect(seen[1]).toEqual(seen[0])
    expect(filesOf(folder)).toEqual(before)
  })

  it("adds what was said of its Scorecards since", async () => {
    const seen = await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        yield* store.importRun(made)
        const later = { ...made, verified: [verified], supersessions: [link] }
        expect(yield* store.importRun(later)).toEqual({ run_id, existing: true, added: 2 })
        expect(yield* store.importRun(later)).toEqual({ run_id, existing: true, added: 0 })
        return [yield* store.scorecards.list, yield* store.scorecards.verified, yield* store.scorecards.supersessions]
      })
    )
    expect(seen).toEqual([[card], [verified], [link]])
  })

  it.each([
    ["events", { events: [...made.events, { type: "more", payload: {}, at_wall: 40 }] }],
    ["predictions", { predictions: answers(0, 2) }],
    ["rewards", { rewards: [] }],
    ["record", { row: { ...made.row, name: "other" } }]
  ] as const)("refuses another run under the same id, and says that it differs in its %s", async (field, change) => {
    const folder = scratch()
    await withStore(folder, (store) => store.importRun(made))
    const before = filesOf(folder)
    const error = await withStore(folder, (store) => Effect.flip(store.importRun({ ...made, ...change, blobs: [bytes("new")] })))
    expect([error.reason, ...codesOf(error), error.diagnostics[0].field]).toEqual(["invalid", "FT4039", field])
    expect(filesOf(folder)).toEqual(before)
  })

  it.each([
    ["other data under the same version", { content_hash: "c2" }, "iris@3 is registered here and is other data"],
    ["the same data under another version", { version: 4 }, "is registered here as iris@3"]
  ] as const)("refuses %s, and writes nothing", async (_, change, message) => {
    const folder = scratch()
    await withStore(folder, ({ importRun }) => importRun({ ...made, dataset: { ...dataset, ...change } }))
    const before = filesOf(folder)
    const other = canonicalBytes({ kind: "other" })
    const spec = sha256Hex(other)
    const second: RunImport = {
      ...made,
      row: { ...made.row, run_id: `r-${spec.slice(0, 12)}-2`, spec_sha256: spec },
      scorecards: [],
      blobs: [other]
    }
    const error = await withStore(folder, ({ importRun }) => Effect.flip(importRun(second)))
    expect([codesOf(error), error.diagnostics[0].message.includes("iris")]).toEqual([["FT4039"], true])
    if ("content_hash" in change) expect(error.diagnostics[0].message).toContain(message)
    else expect(error.diagnostics[0].message).toContain("the data of iris@3 is registered here as iris@4")
    expect(filesOf(folder)).toEqual(before)
  })

  it("leaves no row and no file of the data where the transaction fails in its midst", async () => {
    const folder = scratch()
    const torn = { ...made, predictions: [...answers(0, 2), ...answers(1, 1)] }
    const left = await withStore(folder, (store) =>
      Effect.gen(function* () {
        expect(codesOf(yield* Effect.flip(store.importRun(torn)))).toEqual(["FT4025"])
        return [yield* store.journal.runs, yield* store.registry.datasets, yield* store.scorecards.list]
      })
    )
    expect(left).toEqual([[], [], []])
    expect(existsSync(join(folder, "imports")) ? readdirSync(join(folder, "imports")) : []).toEqual([])
    expect(await withStore(folder, (store) => store.importRun(made))).toEqual({ run_id, existing: false, added: 0 })
  })

  it("refuses an id that is not that of the run document, and events without a beginning", async () => {
    for (const change of [{ row: { ...made.row, run_id: "r-000000000000-2" } }, { events: made.events.slice(1) }])
      expect(codesOf(await withStore(scratch(), (store) => Effect.flip(store.importRun({ ...made, ...change }))))).toEqual(["FT4038"])
  })

  it("says that a file of an earlier import was altered, and takes nothing from it", async () => {
    const folder = scratch()
    await withStore(folder, (store) => store.importRun(made))
    const [root = ""] = readdirSync(join(folder, "imports"))
    writeFileSync(join(folder, "imports", root, "a.csv"), "9")
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database.exec("DELETE FROM datasets")
    database.close()
    const spec = sha256Hex("x")
    const second = { ...made, row: { ...made.row, run_id: `r-${spec.slice(0, 12)}-2`, spec_sha256: spec }, scorecards: [] }
    const error = await withStore(folder, (store) => Effect.flip(store.importRun(second)))
    expect(codesOf(error)).toEqual(["FT4034"])
  })
})

describe("an import that was killed", () => {
  it("leaves nothing that the next one does not sweep away or use", async () => {
    const [folder, box] = [scratch(), machine()]
    const dead = box.start(7)
    const open = <A>(use: (store: StoreShape) => Effect.Effect<A, TrainerError>, facts = box.start(8)) =>
      run(as(facts)(Effect.scoped(Effect.flatMap(openStore({ folder }), use))))
    await open(() => Effect.void)
    const [left, alive] = [dead, box.start(9)].map((facts) => join(folder, "imports", `new-${identityText(facts.self)}.n1`))
    for (const each of [left, alive]) mkdirSync(join(each ?? "", "more"), { recursive: true })
    box.kill(7)
    expect(await open((store) => store.importRun(made))).toEqual({ run_id, existing: false, added: 0 })
    expect([existsSync(left ?? ""), existsSync(alive ?? "")]).toEqual([false, true])
  })
})

describe("the identity of a store", () => {
  it("is made once, differs from that of another store, and is the origin of the runs that it executes", async () => {
    const [one, two] = [scratch(), scratch()]
    const first = await withStore(one, ({ identity }) => Effect.succeed(identity))
    expect(first).toMatch(/^st-[0-9a-f]{32}$/)
    expect(await withStore(one, ({ identity }) => Effect.succeed(identity))).toBe(first)
    expect(await withStore(two, ({ identity }) => Effect.succeed(identity))).not.toBe(first)
    const origin = await withStore(one, ({ journal, originOf }) => Effect.flatMap(journal.create(newRun()), (row) => originOf(row.run_id)))
    expect(origin).toBe(first)
    expect(codesOf(await withStore(one, ({ originOf }) => Effect.flip(originOf("r-none"))))).toEqual(["FT4020"])
  })

  it("and origins, verified Scorecards and supersessions only grow", async () => {
    const folder = scratch()
    await withStore(folder, (store) => store.importRun({ ...made, verified: [verified], supersessions: [link] }))
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    for (const [table, column] of [
      ["identity", "store_id"],
      ["origins", "store_id"],
      ["verified_scorecards", "phase"],
      ["supersessions", "reason"]
    ] as const)
      for (const harm of [`UPDATE ${table} SET ${column} = 'x'`, `DELETE FROM ${table}`])
        expect(() => database.exec(harm)).toThrow(`${table} only grow`)
    database.close()
  })
})

describe("Scorecards that supersede others", () => {
  const of = (old_id: string, new_id: string) => ({ old_id, old_body_sha256: "o", new_id, new_body_sha256: "n", reason: "because" })

  it("are kept in order, each pair once", async () => {
    const links = await withStore(scratch(), ({ scorecards }) =>
      Effect.gen(function* () {
        yield* scorecards.supersede(of("a", "b"))
        yield* scorecards.supersede(of("b", "c"))
        yield* scorecards.supersede({ ...of("a", "b"), reason: "another time" })
        return (yield* scorecards.supersessions).map(({ old_id, new_id, reason }) => [old_id, new_id, reason])
      })
    )
    expect(links).toEqual([
      ["a", "b", "because"],
      ["b", "c", "because"]
    ])
  })

  it("never lead in a circle", async () => {
    await withStore(scratch(), ({ scorecards }) =>
      Effect.gen(function* () {
        yield* scorecards.supersede(of("a", "b"))
        yield* scorecards.supersede(of("b", "c"))
        for (const [from, to] of [
          ["a", "a"],
          ["b", "a"],
          ["c", "a"]
        ] as const)
          expect(codesOf(yield* Effect.flip(scorecards.supersede(of(from, to))))).toEqual(["FT4047"])
        yield* scorecards.supersede(of("a", "c"))
      })
    )
  })

  it("verify only a Scorecard that the run has", async () => {
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        yield* store.importRun(made)
        const { created_at: _, ...row } = verified
        expect(codesOf(yield* Effect.flip(store.scorecards.addVerified({ ...row, verifies: "sc-0" })))).toEqual(["FT4027"])
        const added = yield* store.scorecards.addVerified(row)
        expect(yield* store.scorecards.addVerified({ ...row, body_sha256: "another" })).toEqual(added)
      })
    )
  })
})
