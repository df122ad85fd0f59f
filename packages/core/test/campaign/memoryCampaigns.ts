/** Campaigns in memory, with the promises of a store: one driver at a time, events appended and never changed, a commit all or nothing. */
import { trainerError } from "@feagi-trainer/contracts"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Layer } from "effect"
import { type CampaignRow, Campaigns, type NewEvent, type StoredEvent } from "../../src/index.ts"

export interface MemoryCampaigns {
  readonly rows: Array<CampaignRow>
  readonly events: Map<string, Array<StoredEvent>>
  /** Called before every commit with its first event; what it throws is a power cut. */
  beforeCommit: (type: string) => void
  /** Lets go of every lease, as the death of a process does. */
  readonly letGo: () => void
  readonly layer: Layer.Layer<Campaigns>
}

export const memoryCampaigns = (): MemoryCampaigns => {
  const rows: Array<CampaignRow> = []
  const events = new Map<string, Array<StoredEvent>>()
  const holders = new Map<string, string>()
  let nonces = 0
  const append = (campaign_id: string, { type, payload }: NewEvent) => {
    const chain = events.get(campaign_id) ?? []
    const [seq, prev_sha256] = [chain.length, chain.at(-1)?.sha256 ?? "0".repeat(64)]
    chain.push({ seq, type, payload, prev_sha256, sha256: sha256Hex(prev_sha256 + canonical({ seq, type, payload })), at_wall: 0 })
    events.set(campaign_id, chain)
  }
  const made = { rows, events, beforeCommit: (_: string): void => undefined, letGo: () => holders.clear() }
  const layer = Layer.succeed(Campaigns, {
    create: (campaign) =>
      Effect.sync(() => {
        const there = rows.find((row) => row.campaign_id === campaign.campaign_id)
        if (there !== undefined) return { row: there, existing: true }
        const row = { ...campaign, created_at: 0 }
        rows.push(row)
        append(row.campaign_id, { type: "created", payload: { name: row.name, document_sha256: row.document_sha256 } })
        return { row, existing: false }
      }),
    campaigns: Effect.sync(() => rows),
    acquire: (campaign_id) =>
      Effect.acquireRelease(
        Effect.suspend(() => {
          if (holders.has(campaign_id))
            return Effect.fail(trainerError("locked", { code: "test/LOCKED", message: `${campaign_id} is held` }))
          nonces += 1
          holders.set(campaign_id, `nonce-${nonces}`)
          return Effect.succeed({ campaign_id, nonce: `nonce-${nonces}` })
        }),
        ({ nonce }) =>
          Effect.sync(() => {
            if (holders.get(campaign_id) === nonce) holders.delete(campaign_id)
          })
      ),
    isHeld: (campaign_id) => Effect.sync(() => holders.has(campaign_id)),
    commit: ({ campaign_id, nonce }, added) =>
      Effect.suspend(() => {
        if (holders.get(campaign_id) !== nonce)
          return Effect.fail(trainerError("locked", { code: "test/LOCKED", message: "the lease is gone" }))
        made.beforeCommit(added[0]?.type ?? "")
        for (const event of added) append(campaign_id, event)
        return Effect.void
      }),
    ask: (campaign_id, event) => Effect.sync(() => append(campaign_id, event)),
    events: (campaign_id) => Effect.sync(() => [...(events.get(campaign_id) ?? [])])
  })
  return Object.assign(made, { layer })
}
