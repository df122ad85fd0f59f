/**
 * Campaigns, durably: an append-only, hash-chained list of events for each, as a run has one.
 *
 * One process drives a campaign at a time; every other one may look, and may ask it to pause or stop.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { NewEvent, StoredEvent } from "../port/RunJournal.ts"

export interface NewCampaign {
  readonly campaign_id: string
  readonly name: string
  /** Blob of the canonical campaign. */
  readonly document_sha256: string
}

export interface CampaignRow extends NewCampaign {
  readonly created_at: number
}

export interface CampaignLease {
  readonly campaign_id: string
  readonly nonce: string
}

export class Campaigns extends Context.Service<
  Campaigns,
  {
    /** Stores the campaign and its first event, `created`; one that is there already is left as it is. */
    readonly create: (campaign: NewCampaign) => Effect.Effect<{ readonly row: CampaignRow; readonly existing: boolean }, TrainerError>
    /** In order of creation. */
    readonly campaigns: Effect.Effect<ReadonlyArray<CampaignRow>, TrainerError>
    /** Held until the scope closes. Fails with reason `locked`, naming the owner, while another live process holds it. */
    readonly acquire: (campaign_id: string) => Effect.Effect<CampaignLease, TrainerError, Scope.Scope>
    /** Whether a live process drives the campaign. */
    readonly isHeld: (campaign_id: string) => Effect.Effect<boolean, TrainerError>
    /** One transaction. Fails with `locked` when the lease is no longer ours. */
    readonly commit: (lease: CampaignLease, events: ReadonlyArray<NewEvent>) => Effect.Effect<void, TrainerError>
    /** Appends a wish to the chain of a campaign that somebody else drives. */
    readonly ask: (campaign_id: string, event: NewEvent) => Effect.Effect<void, TrainerError>
    /** All events; the chain is checked, a break fails with reason `integrity` and its seq. */
    readonly events: (campaign_id: string) => Effect.Effect<ReadonlyArray<StoredEvent>, TrainerError>
  }
>()("@feagi-trainer/core/Campaigns") {}
