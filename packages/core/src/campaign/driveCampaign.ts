/**
 * Starting, going on with and steering a campaign. What is finished is not run again, whoever ran it; what was begun goes on from its last
 * committed step; what is missing is created. The journal of every run says what it came to, so that a killed campaign has lost nothing.
 *
 * How runs are executed, one after the other or side by side, is the host's: it hands in a function.
 */
import { type Diagnostic, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import { RunJournal, type RunRow } from "../port/RunJournal.ts"
import type { PlannedRun } from "../run/plan.ts"
import { documentBytes, readDocument } from "../run/RunDocument.ts"
import { type RunView, requestRun, viewRun } from "../run/runs.ts"
import { type Campaign, type CampaignRun, campaignBytes, campaignId } from "./Campaign.ts"
import { type CampaignRequest, campaignEvent, campaignStateOf } from "./CampaignState.ts"
import { type CampaignLease, type CampaignRow, Campaigns } from "./Campaigns.ts"
import { type CampaignView, isOpen, runsOfCampaign, viewCampaign } from "./viewCampaign.ts"

/** One run file of a campaign, planned for every seed. */
export interface PlannedMember {
  readonly label: string
  readonly group_id: string
  readonly runs: ReadonlyArray<PlannedRun>
}

export interface PlannedCampaign {
  readonly campaign: Campaign
  readonly members: ReadonlyArray<PlannedMember>
}

/** Fails with every label that stands twice and every run that is in it twice. */
export const planCampaign = (name: string, members: ReadonlyArray<PlannedMember>): Effect.Effect<PlannedCampaign, TrainerError> => {
  const found: Array<Diagnostic> = []
  const labels = new Map<string, number>()
  const specs = new Map<string, string>()
  for (const [index, { label, runs }] of members.entries()) {
    const first = labels.get(label)
    if (first === undefined) labels.set(label, index)
    else
      found.push({
        code: "FT2501",
        severity: "error",
        field: `runs.${index}.label`,
        message: `the label "${label}" is that of entry ${first + 1} already`,
        help: "give every run file a label of its own: tables and reports tell them apart by it"
      })
    for (const { document, spec_sha256 } of runs) {
      const at = specs.get(spec_sha256)
      const here = `"${label}", seed ${document.seed}`
      if (at === undefined) specs.set(spec_sha256, here)
      else
        found.push({
          code: "FT2502",
          severity: "error",
          field: `runs.${index}.file`,
          message: `${here} is the same experiment as ${at}`,
          actual: `spec ${spec_sha256.slice(0, 12)} twice`,
          help: "take one of them out; the same experiment gives the same bytes however often it is run"
        })
    }
  }
  const [first, ...rest] = found
  if (first !== undefined) return Effect.fail(trainerErrors("invalid", [first, ...rest]))
  const campaign: Campaign = {
    schema_version: 1,
    kind: "campaign",
    name,
    members: members.map(({ label, group_id, runs }) => ({
      label,
      group_id,
      runs: runs.map(({ document, spec_sha256 }) => ({ seed: document.seed, spec_sha256 }))
    }))
  }
  return Effect.succeed({ campaign, members })
}

/** Stores everything that the runs of a campaign need, then the campaign. Nothing runs yet; the same campaign again is the one that is there. */
export const createCampaign = ({
  campaign,
  members
}: PlannedCampaign): Effect.Effect<{ readonly row: CampaignRow; readonly existing: boolean }, TrainerError, Campaigns | BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    for (const planned of members.flatMap(({ runs }) => runs)) {
      for (const blob of planned.blobs) yield* blobs.put(blob)
      yield* blobs.put(documentBytes(planned.document))
    }
    const document_sha256 = yield* blobs.put(campaignBytes(campaign))
    return yield* (yield* Campaigns).create({ campaign_id: campaignId(campaign), name: campaign.name, document_sha256 })
  })

/** A run that came to an end in this session, or was paused. */
export interface EndedRun {
  readonly view: RunView
  readonly failure: TrainerError | undefined
}

/** What the host is asked to do: execute these runs, tell of each as it ends, and look before each one whether it may begin. */
export interface CampaignWork {
  readonly rows: ReadonlyArray<RunRow>
  readonly mayBegin: Effect.Effect<boolean, TrainerError>
  readonly ended: (each: EndedRun) => Effect.Effect<void, TrainerError>
}

export interface DrivenCampaign {
  readonly view: CampaignView
  /** Runs that ended in this session, well or not. */
  readonly ended: ReadonlyArray<EndedRun>
}

/**
 * From where a campaign stands to its end, or until it is asked to pause or stop. Held by this process meanwhile; fails with `locked` when
 * another one drives it. The failure of a run is no failure of this effect: it is recorded, and the other runs go on.
 */
export const driveCampaign = <E, R>(
  row: CampaignRow,
  execute: (work: CampaignWork) => Effect.Effect<ReadonlyArray<EndedRun>, TrainerError | E, R>
): Effect.Effect<DrivenCampaign, TrainerError | E, R | Campaigns | RunJournal | BlobStore> =>
  Effect.scoped(
    Effect.gen(function* () {
      const campaigns = yield* Campaigns
      const journal = yield* RunJournal
      const lease = yield* campaigns.acquire(row.campaign_id)
      yield* campaigns.commit(lease, [campaignEvent("started", {})])
      const before = yield* viewCampaign(row)
      const attempts = Map.groupBy(yield* journal.runs, (each) => each.spec_sha256)
      for (const member of before.members)
        for (const run of member.runs) {
          // One that somebody stopped for good is the only one that is run anew.
          if (run.view !== undefined && run.view.status !== "cancelled") continue
          yield* assign(lease, run, member.group_id, attempts.get(run.spec_sha256) ?? [])
        }
      const open = runsOfCampaign(yield* viewCampaign(row)).flatMap(({ view }) =>
        view !== undefined && isOpen(view.status) ? [view.row] : []
      )
      const request = Effect.map(campaigns.events(row.campaign_id), (events) => campaignStateOf(events).asked)
      const ended = yield* execute({
        rows: open,
        mayBegin: Effect.map(request, (asked) => asked === undefined),
        ended: ({ view, failure }) =>
          campaigns.commit(lease, [
            campaignEvent("run-ended", {
              spec_sha256: view.row.spec_sha256,
              run_id: view.row.run_id,
              status: view.status,
              failure: failure?.message ?? null
            })
          ])
      })
      yield* close(lease, row, yield* request)
      return { view: yield* viewCampaign(row), ended }
    })
  )

/** The run that a document of the campaign is executed as: a finished one, one that was begun, or a new one. */
const assign = (lease: CampaignLease, run: CampaignRun, group_id: string, attempts: ReadonlyArray<RunRow>) =>
  Effect.gen(function* () {
    const campaigns = yield* Campaigns
    const views = yield* Effect.forEach(attempts, viewRun)
    // A skipped run, whose phases were ended early, is a result of its own and not what the campaign asks for.
    const completed = views.findLast(({ status }) => status === "completed")
    const begun = views.findLast(({ status }) => isOpen(status))
    const run_id = completed?.row.run_id ?? begun?.row.run_id ?? (yield* newRun(run, group_id)).run_id
    yield* campaigns.commit(lease, [
      campaignEvent("run-assigned", { spec_sha256: run.spec_sha256, run_id, reused: completed !== undefined })
    ])
  })

const newRun = ({ seed, spec_sha256 }: CampaignRun, group_id: string) =>
  Effect.gen(function* () {
    const { name } = readDocument(yield* (yield* BlobStore).get(spec_sha256))
    return yield* (yield* RunJournal).create({ group_id, name, seed, spec_sha256, document_sha256: spec_sha256 })
  })

/** Says how the session ended, by what the runs are now and by what was asked for. */
const close = (lease: CampaignLease, row: CampaignRow, asked: CampaignRequest | undefined) =>
  Effect.gen(function* () {
    const campaigns = yield* Campaigns
    const views = runsOfCampaign(yield* viewCampaign(row)).flatMap(({ view }) => view ?? [])
    const open = views.filter(({ status }) => isOpen(status))
    if (asked === "stop" && open.length > 0) {
      yield* stopAll(open)
      return yield* campaigns.commit(lease, [campaignEvent("stopped", {})])
    }
    const unfinished = open.some(({ status }) => status !== "failed")
    const wrong = views.some(({ status }) => status === "failed" || status === "cancelled")
    yield* campaigns.commit(lease, [campaignEvent(unfinished ? "paused" : wrong ? "failed" : "completed", {})])
  })

const stopAll = (open: ReadonlyArray<RunView>) => Effect.forEach(open, ({ row }) => requestRun(row, "stop"), { discard: true })

/** Whether a campaign has come to an end that only a new start changes. */
const isOver = ({ status }: CampaignView): boolean => status === "completed" || status === "stopped"

/** Refuses to go on where there is nothing to go on with. */
export const checkResumable = (view: CampaignView): Effect.Effect<void, TrainerError> =>
  isOver(view)
    ? Effect.fail(
        trainerError("usage", {
          code: "FT3111",
          message: `campaign ${view.row.campaign_id} is ${view.status}; there is nothing to resume`,
          ...(view.status === "stopped" ? { help: "start its file again: what is finished is kept, the rest is run anew" } : {})
        })
      )
    : Effect.void

/**
 * Asks a campaign in any process to pause or to stop for good; one that nobody drives is marked at once. A stop cancels every run of it that is
 * not finished.
 */
export const requestCampaign = (
  row: CampaignRow,
  request: CampaignRequest
): Effect.Effect<"requested" | "done" | "nothing-to-do", TrainerError, Campaigns | RunJournal | BlobStore> =>
  Effect.scoped(
    Effect.gen(function* () {
      const campaigns = yield* Campaigns
      const journal = yield* RunJournal
      const view = yield* viewCampaign(row)
      if (isOver(view) || (request === "pause" && (view.status === "paused" || view.status === "failed"))) return "nothing-to-do"
      const open = runsOfCampaign(view).flatMap((run) => (run.view !== undefined && isOpen(run.view.status) ? [run.view] : []))
      if (yield* campaigns.isHeld(row.campaign_id)) {
        // The wish is in the chain before any run hears of it, so that none begins in between.
        yield* campaigns.ask(row.campaign_id, campaignEvent("asked", { request }))
        for (const { row: run } of open) yield* journal.request(run.run_id, request)
        return "requested"
      }
      const lease = yield* campaigns.acquire(row.campaign_id)
      if (request === "stop") yield* stopAll(open)
      yield* campaigns.commit(lease, [campaignEvent(request === "pause" ? "paused" : "stopped", {})])
      return "done"
    })
  )
