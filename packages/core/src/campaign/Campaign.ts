/**
 * A campaign as it is stored: the runs that belong to it, by the hashes of their documents. Immutable; its canonical bytes give its id.
 *
 * No path, time or host stands in it: the same run files under the same labels are the same campaign, wherever they lie.
 */
import { canonicalBytes, fromCanonical, fromUtf8, sha256Hex } from "@feagi-trainer/determinism"

/** One run file over its seeds. */
export interface CampaignMember {
  readonly label: string
  /** The run group of the file, as `run start` would name it. */
  readonly group_id: string
  readonly runs: ReadonlyArray<CampaignRun>
}

export interface CampaignRun {
  /** Decimal digits. */
  readonly seed: string
  /** Hash of the run document, which is also the blob that holds it. */
  readonly spec_sha256: string
}

export interface Campaign {
  readonly schema_version: 1
  readonly kind: "campaign"
  readonly name: string
  readonly members: ReadonlyArray<CampaignMember>
}

export const campaignBytes = (campaign: Campaign): Uint8Array => canonicalBytes(campaign)

/** `c-` and 12 digits of the hash of the campaign: the same work is the same campaign. */
export const campaignId = (campaign: Campaign): string => `c-${sha256Hex(campaignBytes(campaign)).slice(0, 12)}`

/** Reads what `campaignBytes` wrote. The bytes come from a blob whose hash was checked. */
export const readCampaign = (bytes: Uint8Array): Campaign => fromCanonical(fromUtf8(bytes)) as unknown as Campaign
