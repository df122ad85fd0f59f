/**
 * A campaign as scripts and people see it: every run with how far it is, and for every run file the primary metric over its seeds.
 *
 * Sharp edge: a statistic is made of all seeds of a file or of none, so that an unfinished campaign has none yet; a single seed is labelled
 * `n=1` wherever its value is shown as one.
 */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import {
  type CampaignMemberView,
  type CampaignRunView,
  type CampaignView,
  documentOf,
  type PartialPhase,
  partialPhases,
  phaseTotal,
  type RunDocument
} from "@feagi-trainer/core"
import { interquartileMeanOf, metricStats } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import { textTable } from "./textTable.ts"

/** Confidence of every interval. */
const confidence = 0.95

const percent = (done: number, total: number): string => `${total === 0 ? 0 : Math.floor((100 * done) / total)} %`

/** Samples that a run visits from its beginning to its end. */
const totalOf = (document: RunDocument): number => document.protocol.phases.reduce((sum, phase) => sum + phaseTotal(document, phase), 0)

const runOf = (run: CampaignRunView) =>
  Effect.gen(function* () {
    const { seed, spec_sha256, view, reused, failure } = run
    const base = { seed: BigInt(seed), spec_sha256, reused, failure: failure ?? null }
    const none: ReadonlyArray<PartialPhase> = []
    if (view === undefined)
      return {
        ...base,
        run_id: null,
        status: "waiting",
        phase: null,
        samples_done: 0,
        samples_total: null,
        partial: none,
        value: null,
        metrics: {}
      }
    const document = yield* documentOf(view.row)
    const reported = document.protocol.phases.findLast((phase) => phase.scored)?.name
    const metrics: Readonly<Record<string, MetricValue>> = view.state.phases.find((each) => each.phase === reported)?.metrics ?? {}
    return {
      ...base,
      run_id: view.row.run_id,
      status: view.status,
      phase: view.state.phases.at(-1)?.phase ?? null,
      samples_done: view.state.phases.reduce((sum, phase) => sum + phase.samples, 0),
      samples_total: totalOf(document),
      /** Phases that were ended early: the value is one of what was met. */
      partial: partialPhases(view.state.phases),
      value: metrics[document.protocol.primary_metric] ?? null,
      metrics
    }
  })

type RunData = Effect.Success<ReturnType<typeof runOf>>

const memberOf = (member: CampaignMemberView) =>
  Effect.gen(function* () {
    const runs = yield* Effect.forEach(member.runs, runOf)
    const known = member.runs.find(({ view }) => view !== undefined)?.view
    const document = known === undefined ? undefined : yield* documentOf(known.row)
    const phase = document?.protocol.phases.findLast((each) => each.scored)?.name ?? null
    return {
      label: member.label,
      group_id: member.group_id,
      metric: document === undefined ? null : { name: document.protocol.primary_metric, phase },
      /** How much a number of this run file may claim. */
      claim: `n=${runs.length}`,
      ...statisticOf(runs),
      runs
    }
  })

/** Over the primary metric of all seeds. */
const statisticOf = (runs: ReadonlyArray<RunData>) => {
  const missing = runs.filter(({ value }) => value === null).length
  if (missing > 0) {
    const none = { insufficient: `${missing} of ${runs.length} seeds have no result yet` }
    return { statistic: none, iqm: none }
  }
  const values = runs.map(({ value }): MetricValue => value ?? { insufficient: "absent" })
  const { value: statistic = { insufficient: "there is no value" } } = metricStats(
    values.map((value) => ({ value })),
    confidence
  )
  return { statistic, iqm: interquartileMeanOf(values) }
}

export const campaignData = (view: CampaignView) =>
  Effect.gen(function* () {
    const members = yield* Effect.forEach(view.members, memberOf)
    const runs = members.flatMap((member) => member.runs)
    return {
      campaign_id: view.row.campaign_id,
      name: view.row.name,
      status: view.status,
      runs_total: runs.length,
      runs_completed: runs.filter(({ status }) => status === "completed").length,
      runs_failed: runs.filter(({ status }) => status === "failed").length,
      runs_skipped: runs.filter(({ status }) => status === "skipped").length,
      members
    }
  })

export type CampaignData = Effect.Success<ReturnType<typeof campaignData>>
type MemberData = CampaignData["members"][number]

const number = (value: number): string => value.toFixed(4)

/** Status of a run, and whether it was there before. */
export const statusText = ({ status, reused }: RunData): string => (reused ? `${status}, not run again` : status)

/** One line about a run file: what all its seeds say together. */
export const statisticText = (member: MemberData): string => {
  const partial = member.runs.filter((run) => run.partial.length > 0).length
  return `${numbersText(member)}${partial === 0 ? "" : `; ${partial} of ${member.runs.length} seeds ended a phase early`}`
}

const numbersText = ({ metric, statistic, iqm, claim }: MemberData): string => {
  const what = metric === null ? "no run yet" : `${metric.phase} ${metric.name}`
  if ("insufficient" in statistic) return `${what}: ${statistic.insufficient}`
  if (statistic.n === 1) return `${what} ${number(statistic.mean)} (n=1: one seed, which says nothing of the others)`
  const interval = `95 % interval ${number(statistic.ci_low)} to ${number(statistic.ci_high)}`
  return `${what} ${number(statistic.mean)}, ${interval}, IQM ${isInsufficient(iqm) ? "none" : number(iqm)} (${claim})`
}

/** Where a campaign stands. */
export const countsText = (data: Pick<CampaignData, "status" | "runs_completed" | "runs_total" | "runs_failed" | "runs_skipped">): string =>
  [
    data.status,
    `${data.runs_completed} of ${data.runs_total} runs completed`,
    ...(data.runs_skipped === 0 ? [] : [`${data.runs_skipped} skipped`]),
    ...(data.runs_failed === 0 ? [] : [`${data.runs_failed} failed`])
  ].join(", ")

export const campaignText = (data: CampaignData): string => {
  const rows = data.members.flatMap((member) =>
    member.runs.map((run) => ({ ...run, label: member.label, metric: member.metric?.name ?? "" }))
  )
  const width = Math.max(...data.members.map(({ label }) => label.length))
  return [
    `${data.campaign_id}  ${data.name}: ${countsText(data)}`,
    "",
    textTable(
      [
        { title: "FILE", cell: (row) => row.label },
        { title: "SEED", cell: (row) => String(row.seed) },
        { title: "RUN", cell: (row) => row.run_id },
        { title: "STATUS", cell: statusText },
        { title: "PHASE", cell: (row) => row.phase },
        { title: "DONE", cell: (row) => (row.samples_total === null ? null : percent(row.samples_done, row.samples_total)) },
        { title: "SCORE", cell: (row) => (typeof row.value === "number" ? `${row.metric} ${number(row.value)}` : null) }
      ],
      rows,
      "no run"
    ),
    ...data.members.map((member) => `${member.label.padEnd(width)}  ${statisticText(member)}`)
  ].join("\n")
}
