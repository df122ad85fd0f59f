/** Campaigns in the store: append-only chains that tell of every change, one driver at a time, wishes of others, and a process that is gone. */
import { DatabaseSync } from "node:sqlite"
import { campaignStateOf, type NewCampaign } from "@feagi-trainer/core"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Scope } from "effect"
import { describe, expect, it } from "vitest"
import { openStore, type StoreShape } from "../src/index.ts"
import { as, cleanUp, codesOf, machine, run, scratch, withStore } from "./harness.ts"

cleanUp()

const bytes = new TextEncoder().encode("a campaign")
const campaign: NewCampaign = {
  campaign_id: `c-${sha256Hex(bytes).slice(0, 12)}`,
  name: "flowers",
  document_sha256: sha256Hex(bytes)
}
const { campaign_id } = campaign
const started = { type: "started", payload: {} }
const assigned = (seed: number) => ({
  type: "run-assigned",
  payload: { spec_sha256: String(seed).repeat(64), run_id: `r-${String(seed).repeat(12)}-1`, reused: false }
})

/** The campaign with the events created, started and three assignments. */
const recorded = ({ campaigns, blobs }: StoreShape) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* blobs.put(bytes)
      yield* campaigns.create(campaign)
      const lease = yield* campaigns.acquire(campaign_id)
      yield* campaigns.commit(lease, [started])
      yield* campaigns.commit(lease, [assigned(1), assigned(2)])
      yield* campaigns.commit(lease, [assigned(3)])
    })
  )

describe("the chain of a campaign", () => {
  it("is there again when the store is opened again, hashed from event to event, and folds into the same state", async () => {
    const folder = scratch()
    const before = await withStore(folder, (store) => Effect.andThen(recorded(store), store.campaigns.events(campaign_id)))
    const after = await withStore(folder, ({ campaigns }) => campaigns.events(campaign_id))
    expect(after).toEqual(before)
    expect(campaignStateOf(after)).toEqual(campaignStateOf(before))
    expect(after.map(({ seq, type }) => [seq, type])).toEqual([
      [0, "created"],
      [1, "started"],
      [2, "run-assigned"],
      [3, "run-assigned"],
      [4, "run-assigned"]
    ])
    let prev = "0".repeat(64)
    for (const { seq, type, payload, sha256, prev_sha256 } of after) {
      expect(prev_sha256).toBe(prev)
      expect(sha256).toBe(sha256Hex(prev + canonical({ seq, type, payload })))
      prev = sha256
    }
  })

  it("takes a campaign that is there already as it is, and lists campaigns in the order of their creation", async () => {
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        yield* recorded(store)
        const { row, existing } = yield* store.campaigns.create(campaign)
        expect([existing, row.name]).toEqual([true, "flowers"])
        expect((yield* store.campaigns.events(campaign_id)).length).toBe(5)
        const first = { ...campaign, campaign_id: "c-000000000000", name: "earlier by its id" }
        yield* store.campaigns.create(first)
        expect((yield* store.campaigns.campaigns).map(({ name }) => name)).toEqual(["flowers", "earlier by its id"])
      })
    )
  })

  it("is refused by the database to whoever would change or remove an event", async () => {
    const folder = scratch()
    await withStore(folder, recorded)
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    for (const sql of ["UPDATE campaign_events SET type = 'x' WHERE seq = 2", "DELETE FROM campaign_events WHERE seq = 4"])
      expect(() => database.exec(sql)).toThrow()
    database.close()
  })

  it.each([
    ["an altered payload", `UPDATE campaign_events SET payload = '{"reused":true}' WHERE seq = 2`, 2],
    ["an altered type", "UPDATE campaign_events SET type = 'stopped' WHERE seq = 3", 3],
    ["a missing event", "DELETE FROM campaign_events WHERE seq = 1", 1],
    ["a missing end", "DELETE FROM campaign_events WHERE seq = 4", 4]
  ])("tells of %s behind the back of the store, with its place, when it is read and when all is verified", async (_, sql, seq) => {
    const folder = scratch()
    await withStore(folder, recorded)
    const database = new DatabaseSync(`${folder}/store.sqlite`)
    database.exec("DROP TRIGGER IF EXISTS campaign_events_never_change; DROP TRIGGER IF EXISTS campaign_events_never_leave")
    database.exec(sql)
    database.close()
    await withStore(folder, ({ campaigns, verify }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(campaigns.events(campaign_id))
        expect([error.reason, error.diagnostics.map(({ code, field }) => [code, field])]).toEqual([
          "integrity",
          [["FT4023", `events[${seq}]`]]
        ])
        expect((yield* verify).map(({ code }) => code)).toContain("FT4023")
      })
    )
  })

  it("fits its row: another name or another document than its first event says is found", async () => {
    for (const sql of ["UPDATE campaigns SET name = 'other'", `UPDATE campaigns SET document_sha256 = '${"ab".repeat(32)}'`]) {
      const folder = scratch()
      await withStore(folder, recorded)
      const database = new DatabaseSync(`${folder}/store.sqlite`)
      database.exec(sql)
      database.close()
      const found = await withStore(folder, ({ verify }) => verify)
      expect([sql, found.map(({ code }) => code)]).toEqual([sql, expect.arrayContaining(["FT4028"])])
    }
  })

  it("knows no campaign that is not there", async () => {
    await withStore(scratch(), ({ campaigns }) =>
      Effect.gen(function* () {
        for (const effect of [campaigns.events("c-no"), campaigns.isHeld("c-no"), campaigns.ask("c-no", started)])
          expect(codesOf(yield* Effect.flip(effect as Effect.Effect<unknown, never>))).toEqual(["FT4020"])
      })
    )
  })
})

describe("the lease of a campaign", () => {
  it("belongs to one live process, takes wishes of others behind it, and is free when that process is gone", async () => {
    const folder = scratch()
    const box = machine()
    const [one, two] = [box.start(1), box.start(2)]
    await run(
      Effect.scoped(
        Effect.gen(function* () {
          const ours = yield* as(one)(openStore({ folder }))
          const theirs = yield* as(two)(openStore({ folder }))
          yield* recorded(ours)
          const scope = yield* Scope.make()
          const lease = yield* Scope.provide(ours.campaigns.acquire(campaign_id), scope)
          const refused = yield* Effect.flip(Effect.scoped(theirs.campaigns.acquire(campaign_id)))
          expect([refused.reason, codesOf(refused)]).toEqual(["locked", ["FT4021"]])
          expect(refused.message).toContain("process 1 on box")
          expect(yield* theirs.campaigns.isHeld(campaign_id)).toBe(true)

          yield* theirs.campaigns.ask(campaign_id, { type: "asked", payload: { request: "pause" } })
          yield* ours.campaigns.commit(lease, [{ type: "paused", payload: {} }])
          expect((yield* ours.campaigns.events(campaign_id)).slice(-2).map(({ type }) => type)).toEqual(["asked", "paused"])

          box.kill(1)
          expect(yield* theirs.campaigns.isHeld(campaign_id)).toBe(false)
          const taken = yield* Scope.provide(theirs.campaigns.acquire(campaign_id), scope)
          const lost = yield* Effect.flip(ours.campaigns.commit(lease, [started]))
          expect([lost.reason, codesOf(lost)]).toEqual(["locked", ["FT4022"]])
          yield* theirs.campaigns.commit(taken, [started])
        })
      )
    )
  })

  it("ends with its scope, and with the store", async () => {
    const folder = scratch()
    await withStore(folder, (store) =>
      Effect.gen(function* () {
        yield* recorded(store)
        expect(yield* store.campaigns.isHeld(campaign_id)).toBe(false)
        yield* store.campaigns.acquire(campaign_id)
        expect(yield* store.campaigns.isHeld(campaign_id)).toBe(true)
      })
    )
    expect(await withStore(folder, ({ campaigns }) => campaigns.isHeld(campaign_id))).toBe(false)
  })

  it("lets a commit be whole or not at all", async () => {
    await withStore(scratch(), (store) =>
      Effect.gen(function* () {
        yield* recorded(store)
        const lease = yield* store.campaigns.acquire(campaign_id)
        const half = [started, { type: "no text: \ud800", payload: {} }]
        expect((yield* Effect.exit(store.campaigns.commit(lease, half)))._tag).toBe("Failure")
        expect((yield* store.campaigns.events(campaign_id)).length).toBe(5)
      })
    )
  })
})
