/**
 * Campaigns on SQLite: a chain of events for each, by the same hashes as a run's, and a lease for the process that drives it.
 *
 * Sharp edge: a wish of another process is appended without the lease, behind whatever the owner committed last.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { CampaignLease, CampaignRow, Campaigns, NewCampaign, NewEvent, StoredEvent } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { canonicalOr, eventOf, eventSha256, genesis } from "./Events.ts"
import { Leases } from "./Leases.ts"
import type { ProcessFactsShape } from "./ProcessFacts.ts"
import { storableText } from "./Runs.ts"
import { attempt, storeError } from "./StoreError.ts"

/** The port, and what only the store itself needs of it. */
export interface CampaignStore {
  readonly service: Campaigns["Service"]
  readonly rows: () => ReadonlyArray<CampaignRow>
  /** Every break in the chain of a campaign, none when all is well. */
  readonly inspect: (campaign_id: string) => ReadonlyArray<TrainerError>
  readonly releaseAll: () => void
}

const campaignOf = (row: Row): CampaignRow => ({
  campaign_id: textAt(row, "campaign_id"),
  name: textAt(row, "name"),
  document_sha256: textAt(row, "document_sha256"),
  created_at: integerAt(row, "created_at")
})

const rowOf = (database: Database, campaign_id: string): Row => {
  const row = database.get("SELECT * FROM campaigns WHERE campaign_id = ?", campaign_id)
  if (row === undefined) throw storeError("FT4020", { message: `no campaign "${campaign_id}"` })
  return row
}

const createdPayload = ({ name, document_sha256 }: NewCampaign): NewEvent["payload"] => ({ name, document_sha256 })

/** Appends events behind the head and moves it. Inside of a transaction. */
const append = (database: Database, campaign_id: string, events: ReadonlyArray<NewEvent>, at_wall: number): void => {
  const head = rowOf(database, campaign_id)
  let seq = integerAt(head, "events")
  let prev = textAt(head, "head_sha256")
  for (const { type, payload } of events) {
    storableText("the type of an event", type)
    const text = canonicalOr(`campaign ${campaign_id}`, { type, payload })
    const sha256 = eventSha256(prev, { seq, type, payload })
    database.run(
      "INSERT INTO campaign_events (campaign_id, seq, prev_sha256, sha256, type, payload, at_wall) VALUES (?, ?, ?, ?, ?, ?, ?)",
      campaign_id,
      seq,
      prev,
      sha256,
      type,
      text,
      at_wall
    )
    seq += 1
    prev = sha256
  }
  database.run("UPDATE campaigns SET events = ?, head_sha256 = ? WHERE campaign_id = ?", seq, prev, campaign_id)
}

const create = (database: Database, campaign: NewCampaign, now: number) =>
  database.write("create a campaign", () => {
    const { campaign_id, name, document_sha256 } = campaign
    const there = database.get("SELECT * FROM campaigns WHERE campaign_id = ?", campaign_id)
    if (there !== undefined) return { row: campaignOf(there), existing: true }
    for (const value of [campaign_id, name, document_sha256]) storableText("a field of a campaign", value)
    database.run(
      "INSERT INTO campaigns (campaign_id, name, document_sha256, created_at, events, head_sha256) VALUES (?, ?, ?, ?, 0, ?)",
      campaign_id,
      name,
      document_sha256,
      now,
      genesis
    )
    append(database, campaign_id, [{ type: "created", payload: createdPayload(campaign) }], now)
    return { row: { ...campaign, created_at: now }, existing: false }
  })

/** The chain up to its first break. */
const readChain = (database: Database, campaign_id: string) => {
  const head = rowOf(database, campaign_id)
  const events: Array<StoredEvent> = []
  const broken = (seq: number, message: string): TrainerError =>
    storeError("FT4023", { message: `campaign ${campaign_id}, event ${seq}: ${message}`, file: database.file, field: `events[${seq}]` })
  let prev = genesis
  for (const row of database.all("SELECT * FROM campaign_events WHERE campaign_id = ? ORDER BY seq", campaign_id)) {
    const expected = events.length
    const found = integerAt(row, "seq")
    if (found !== expected) return { events, breach: broken(expected, `is missing; the next one there is ${found}`) }
    const event = eventOf(row)
    if (event === undefined || event.prev_sha256 !== prev || eventSha256(prev, event) !== event.sha256)
      return { events, breach: broken(found, "was altered, or does not follow the event before it") }
    events.push(event)
    prev = event.sha256
  }
  const count = integerAt(head, "events")
  const whole = events.length === count && prev === textAt(head, "head_sha256")
  return { events, breach: whole ? undefined : broken(events.length, `the chain ends before it, but the campaign has ${count} events`) }
}

const inspect = (database: Database, campaign_id: string): ReadonlyArray<TrainerError> =>
  database.read(() => {
    const { events, breach } = readChain(database, campaign_id)
    const row = campaignOf(rowOf(database, campaign_id))
    const [first] = events
    const fits =
      campaign_id === `c-${row.document_sha256.slice(0, 12)}` &&
      (first === undefined || (first.type === "created" && canonical(first.payload) === canonical(createdPayload(row))))
    return [
      ...(breach === undefined ? [] : [breach]),
      ...(fits
        ? []
        : [
            storeError("FT4028", { message: `the record of campaign ${campaign_id} is not what its first event says`, file: database.file })
          ])
    ]
  })

const timed = <A>(body: (now: number) => A): Effect.Effect<A, TrainerError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => attempt(() => body(now)))

/** Opens the campaigns of a store. */
export const openCampaigns = (database: Database, facts: ProcessFactsShape): CampaignStore => {
  const leases = new Leases(database, facts, {
    noun: "campaign",
    table: "campaign_leases",
    column: "campaign_id",
    requireKnown: (campaign_id) => void rowOf(database, campaign_id)
  })
  const rows = (): ReadonlyArray<CampaignRow> => database.all("SELECT * FROM campaigns ORDER BY position").map(campaignOf)
  return {
    rows,
    inspect: (campaign_id) => inspect(database, campaign_id),
    releaseAll: () => leases.releaseAll(),
    service: {
      create: (campaign) => timed((now) => create(database, campaign, now)),
      campaigns: attempt(rows),
      acquire: (campaign_id) =>
        Effect.acquireRelease(
          timed((now): CampaignLease => ({ campaign_id, nonce: leases.acquire(campaign_id, now) })),
          // As with runs: a lease that cannot be given back ends with this process.
          (lease) => Effect.ignore(attempt(() => leases.release(lease.nonce)))
        ),
      isHeld: (campaign_id) => attempt(() => leases.isHeld(campaign_id)),
      commit: (lease, events) =>
        timed((now) =>
          database.write("commit to a campaign", () => {
            leases.check(lease.campaign_id, lease.nonce)
            append(database, lease.campaign_id, events, now)
          })
        ),
      ask: (campaign_id, event) => timed((now) => database.write("ask a campaign", () => append(database, campaign_id, [event], now))),
      events: (campaign_id) =>
        attempt(() => {
          const { events, breach } = database.read(() => readChain(database, campaign_id))
          if (breach !== undefined) throw breach
          return events
        })
    }
  }
}
