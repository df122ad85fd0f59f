/** Everything that is known of a campaign: its own chain, and the journal of every run in it. */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import { RunJournal, type RunRow } from "../port/RunJournal.ts"
import type { RunStatus } from "../run/RunState.ts"
import { type RunView, viewRun } from "../run/runs.ts"
import { type Campaign, type CampaignMember, type CampaignRun, readCampaign } from "./Campaign.ts"
import { type CampaignState, type CampaignStatus, campaignStateOf } from "./CampaignState.ts"
import { type CampaignRow, Campaigns } from "./Campaigns.ts"

/** One seed of one run file. */
export interface CampaignRunView extends CampaignRun {
  /** Undefined while no run is assigned to it. */
  readonly view: RunView | undefined
  readonly reused: boolean
  /** Why it failed, as the journal of the run says it. */
  readonly failure: string | undefined
}

export interface CampaignMemberView extends Omit<CampaignMember, "runs"> {
  readonly runs: ReadonlyArray<CampaignRunView>
}

export interface CampaignView {
  readonly row: CampaignRow
  readonly campaign: Campaign
  readonly state: CampaignState
  /** Derived: `interrupted` when it says running and no live process drives it. */
  readonly status: CampaignStatus
  readonly members: ReadonlyArray<CampaignMemberView>
}

const openStatuses: ReadonlySet<RunStatus> = new Set<RunStatus>(["created", "validating", "running", "paused", "interrupted", "failed"])

/** Whether a run can still go on. */
export const isOpen = (status: RunStatus): boolean => openStatuses.has(status)

export const viewCampaign = (row: CampaignRow): Effect.Effect<CampaignView, TrainerError, Campaigns | RunJournal | BlobStore> =>
  Effect.gen(function* () {
    const campaigns = yield* Campaigns
    const blobs = yield* BlobStore
    const rows = new Map((yield* (yield* RunJournal).runs).map((each) => [each.run_id, each]))
    const campaign = readCampaign(yield* blobs.get(row.document_sha256))
    const state = campaignStateOf(yield* campaigns.events(row.campaign_id))
    const members = yield* Effect.forEach(campaign.members, (member) =>
      Effect.map(
        Effect.forEach(member.runs, (run) => viewOf(run, state, rows)),
        (runs) => ({ ...member, runs })
      )
    )
    const alive = state.status === "running" ? yield* campaigns.isHeld(row.campaign_id) : true
    return { row, campaign, state, status: alive ? state.status : "interrupted", members }
  })

const viewOf = (run: CampaignRun, state: CampaignState, rows: ReadonlyMap<string, RunRow>) =>
  Effect.gen(function* () {
    const assigned = state.runs.get(run.spec_sha256)
    const row = assigned === undefined ? undefined : rows.get(assigned.run_id)
    const view = row === undefined ? undefined : yield* viewRun(row)
    const failure = view?.status === "failed" ? view.state.failure : assigned?.ended === "completed" ? undefined : assigned?.failure
    return { ...run, view, reused: assigned?.reused ?? false, failure } satisfies CampaignRunView
  })

/** Every run of a campaign with the label that it stands under, in the order of the file. */
export const runsOfCampaign = (view: Pick<CampaignView, "members">): ReadonlyArray<CampaignRunView & { readonly label: string }> =>
  view.members.flatMap(({ label, runs }) => runs.map((run) => ({ ...run, label })))
