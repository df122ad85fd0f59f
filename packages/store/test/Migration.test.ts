import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { gunzipSync } from "node:zlib"
import { openRunTable } from "@feagi-trainer/core"
import { canonicalBytes, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { openStore, storeContext } from "../src/index.ts"
import { storeVersion } from "../src/Schema.ts"
import { answers, as, cleanUp, codesOf, failure, machine, newRun, run, scratch, step, withStore } from "./harness.ts"

cleanUp()

/** A store as version 1 wrote it: two runs, three events and five predictions, a request, a brain, a scorecard. */
const version1 = (): string => {
  const folder = scratch()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(`${folder}/store.sqlite`, gunzipSync(readFileSync(new URL("golden/store-v1.sqlite.gz", import.meta.url))))
  return folder
}

const schemaOf = (folder: string) => {
  const database = new DatabaseSync(`${folder}/store.sqlite`)
  const rows = database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").all()
  const version = database.prepare("PRAGMA user_version").get()?.user_version
  database.close()
  return { rows: rows.map((row) => ({ ...row })), version }
}

const first = "r-abababababab-1"
const second = "r-abababababab-2"

describe("a store of version 1", () => {
  it("is migrated when it is opened, and then has the very tables of a new one", async () => {
    const folder = version1()
    expect(schemaOf(folder).version).toBe(1)
    await withStore(folder, () => Effect.void)
    const fresh = scratch()
    await withStore(fresh, () => Effect.void)
    expect(schemaOf(folder)).toEqual(schemaOf(fresh))
    expect(schemaOf(folder).version).toBe(storeVersion)
  })

  it("keeps every run, event, prediction, request and scorecard", async () => {
    const seen = await withStore(version1(), ({ journal, scorecards }) =>
      Effect.gen(function* () {
        return {
          runs: (yield* journal.runs).map((row) => row.run_id),
          events: (yield* journal.events(first)).map((event) => event.type),
          predictions: yield* journal.predictions(first),
          rewards: yield* journal.rewards(first),
          telemetry: yield* journal.telemetry(first),
          pending: yield* journal.pending(second),
          cards: (yield* scorecards.list).map((card) => card.scorecard_id)
        }
      })
    )
    expect(seen).toEqual({
      runs: [first, second],
      events: ["created", "step", "step", "completed"],
      predictions: answers(0, 5),
      rewards: [],
      telemetry: [],
      pending: "pause",
      cards: ["sc-1"]
    })
  })

  it("keeps its brains, of which it knows the genome alone", async () => {
    const genome_sha256 = sha256Hex(canonicalBytes({ note: "a document" }))
    const [brain, ...others] = await withStore(version1(), ({ registry }) => registry.brains)
    expect(brain).toMatchObject({ name: "small", version: 1, genome_sha256, source: "{}", connectome: null, development_sha256: null })
    expect(others).toEqual([])
  })

  it("goes on: what is committed after the migration follows what was there", async () => {
    const reward = { phase: "train", epoch: 0, index: 5, sample_id: "s-5", line: "{}" }
    const events = await withStore(version1(), ({ journal }) =>
      Effect.gen(function* () {
        const lease = yield* journal.acquire(first)
        yield* journal.commit(lease, [step(2)], answers(5, 1), { rewards: [reward] })
        expect(yield* journal.rewards(first)).toEqual([reward])
        return yield* journal.events(first)
      })
    )
    expect(events.map((event) => event.seq)).toEqual([0, 1, 2, 3, 4])
  })

  it("gets marks and a table of its runs, of which it says that their documents are none", async () => {
    const [marks, page] = await withStore(version1(), (store) =>
      Effect.gen(function* () {
        const marked = yield* store.marks.mark(first, { add_tags: ["old"], starred: true })
        const table = yield* openRunTable
        const found = yield* table.select({
          where: "tag:old and status:completed",
          sort: [],
          columns: ["tags", "dataset"],
          offset: 0,
          limit: undefined,
          archived: false
        })
        return [marked.marks, found] as const
      }).pipe(Effect.provide(storeContext(store)))
    )
    expect(marks).toEqual({ tags: ["old"], note: null, starred: true, archived: false, revision: 1 })
    expect([page.total, page.rows]).toEqual([2, [{ run_id: first, cells: [["old"], null] }]])
    expect(page.warnings.map(({ code }) => code)).toEqual(["FT1383", "FT1383"])
  })

  it("is left as it is while a live process works in it, and is migrated once that is gone", async () => {
    const folder = version1()
    const box = machine()
    const worker = box.start(7)
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database
      .prepare(
        "INSERT INTO leases (run_id, nonce, pid, boot_id, pid_namespace, started, host, since) VALUES (?, 'n', ?, ?, ?, ?, 'box', 0)"
      )
      .run(first, worker.self.pid, worker.self.boot_id, worker.self.pid_namespace, worker.self.started)
    database.close()
    const open = as(box.start(8))(Effect.scoped(Effect.asVoid(openStore({ folder }))))
    const error = await failure(open)
    expect([error.reason, ...codesOf(error)]).toEqual(["locked", "FT4021"])
    expect(error.diagnostics[0].message).toContain(`run ${first} is held by process 7`)
    expect(schemaOf(folder).version).toBe(1)
    box.kill(7)
    await run(open)
    expect(schemaOf(folder).version).toBe(storeVersion)
  })

  it("is of its old version or of the new one: a step that fails changes nothing", async () => {
    const folder = version1()
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    // A table of this name is what the second step wants to make: it fails behind the first statements of the step.
    database.exec("CREATE TABLE telemetry (mine TEXT)")
    database.close()
    const before = schemaOf(folder)
    await expect(run(Effect.scoped(openStore({ folder })))).rejects.toThrow("telemetry")
    expect(schemaOf(folder)).toEqual(before)
  })

  it("stays refused where its version is none that was ever written", async () => {
    const folder = version1()
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database.exec("PRAGMA user_version = 0")
    database.close()
    expect(codesOf(await failure(Effect.scoped(Effect.asVoid(openStore({ folder })))))).toEqual(["FT4005"])
  })
})

describe("rewards and telemetry in the journal", () => {
  const rewards = [0, 1].map((index) => ({ phase: "train", epoch: 0, index, sample_id: `s-${index}`, line: `{"raw":${index}}` }))
  const telemetry = [{ phase: "train", samples: 2, figures: { bursts: 14, wall_seconds: 0.25 } }]
  const committed = async (folder: string): Promise<string> =>
    withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        const { run_id } = yield* journal.create(newRun())
        const lease = yield* journal.acquire(run_id)
        yield* journal.commit(lease, [step(0)], answers(0, 2), { rewards, telemetry })
        return run_id
      })
    )

  it("come back as they were committed, one phase or all", async () => {
    const folder = scratch()
    const run_id = await committed(folder)
    const seen = await withStore(folder, ({ journal }) =>
      Effect.all([journal.rewards(run_id), journal.rewards(run_id, "test"), journal.telemetry(run_id)])
    )
    expect(seen).toEqual([rewards, [], telemetry])
  })

  it("are committed with their step or not at all", async () => {
    const folder = scratch()
    const run_id = await committed(folder)
    const seen = await withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        const lease = yield* journal.acquire(run_id)
        const error = yield* Effect.flip(journal.commit(lease, [step(1)], answers(2, 1), { rewards: rewards.slice(1), telemetry }))
        return {
          codes: codesOf(error),
          left: [
            (yield* journal.events(run_id)).length,
            (yield* journal.predictions(run_id)).length,
            (yield* journal.telemetry(run_id)).length
          ]
        }
      })
    )
    expect(seen).toEqual({ codes: ["FT4025"], left: [2, 2, 1] })
  })

  it("are found out when somebody alters, removes or cuts off a reward", async () => {
    for (const harm of [
      `UPDATE rewards SET line = '{"raw":9}' WHERE position = 0`,
      "DELETE FROM rewards WHERE position = 0",
      "DELETE FROM rewards WHERE position = 1"
    ]) {
      const folder = scratch()
      const run_id = await committed(folder)
      const database = new DatabaseSync(`${folder}/store.sqlite`)
      database.exec(`DROP TRIGGER rewards_never_change; DROP TRIGGER rewards_never_leave; ${harm}`)
      database.close()
      const [codes, found] = await withStore(folder, ({ journal, verify }) =>
        Effect.all([Effect.map(Effect.flip(journal.rewards(run_id)), codesOf), Effect.map(verify, (all) => all.map(({ code }) => code))])
      )
      expect(codes, harm).toEqual(["FT4029"])
      expect(found, harm).toContain("FT4029")
    }
  })

  it("only grow", async () => {
    const folder = scratch()
    await committed(folder)
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    for (const table of ["rewards", "telemetry"])
      for (const harm of [`UPDATE ${table} SET phase = 'x'`, `DELETE FROM ${table}`])
        expect(() => database.exec(harm)).toThrow(`${table} only grow`)
    database.close()
  })
})

describe("RunJournal.events() from a place on", () => {
  it("gives what follows, checked against the event before it", async () => {
    const folder = scratch()
    const run_id = await withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        const row = yield* journal.create(newRun())
        const lease = yield* journal.acquire(row.run_id)
        for (const number of [0, 1, 2]) yield* journal.commit(lease, [step(number)], [])
        return row.run_id
      })
    )
    await withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        const all = yield* journal.events(run_id)
        for (let from = 0; from <= 5; from += 1) expect(yield* journal.events(run_id, from)).toEqual(all.slice(from))
      })
    )
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database.exec("DROP TRIGGER events_never_change; UPDATE events SET payload = '{\"step\":7}' WHERE seq = 3")
    database.close()
    await withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        expect(codesOf(yield* Effect.flip(journal.events(run_id, 3)))).toEqual(["FT4023"])
        expect(codesOf(yield* Effect.flip(journal.events(run_id, 1)))).toEqual(["FT4023"])
      })
    )
  })

  it("keeps a request that was left: a later one takes its place, but stop stands", async () => {
    const folder = scratch()
    await withStore(folder, ({ journal }) =>
      Effect.gen(function* () {
        const { run_id } = yield* journal.create(newRun())
        yield* journal.acquire(run_id)
        for (const [asked, pending] of [
          ["pause", "pause"],
          ["skip", "skip"],
          ["skip-rest", "skip-rest"],
          ["stop", "stop"],
          ["skip", "stop"],
          ["pause", "stop"]
        ] as const) {
          yield* journal.request(run_id, asked)
          expect(yield* journal.pending(run_id)).toBe(pending)
        }
      })
    )
  })
})
