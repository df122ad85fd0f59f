/** A snapshot as lines of at most 79 characters: whatever is optional goes first where there is no room. */
import { escapeControl } from "@feagi-trainer/contracts"
import { duration } from "../ProgressLine.ts"
import type { MonitoredCampaign, MonitoredRun, Snapshot } from "./snapshot.ts"

const columns = 79

/** The first parts always, and as many of the others as fit. */
const fitted = (always: ReadonlyArray<string>, optional: ReadonlyArray<string>): string => {
  let line = always.filter((part) => part !== "").join("  ")
  for (const part of optional) if (part !== "" && line.length + 2 + part.length <= columns) line = `${line}  ${part}`
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`
}

const percent = (done: number, total: number): string => (total === 0 ? "" : ` ${Math.floor((100 * done) / total)}%`)

/** Where a run stopped matters as long as it may go on. */
const stands = (status: string, phase: string | null): string => {
  if (status === "running") return phase ?? "begins"
  return phase === null || ["completed", "skipped", "cancelled"].includes(status) ? status : `${status} in ${phase}`
}

export const runLine = (run: MonitoredRun): string => {
  const { run_id, status, phase, samples_done, samples_total, rate, eta_seconds, metric, seed, name, failure } = run
  const done =
    samples_done === null || samples_total === null ? "" : `${samples_done}/${samples_total}${percent(samples_done, samples_total)}`
  return fitted(
    [run_id, stands(status, phase), done],
    [
      rate === null ? "" : `${rate >= 10 ? Math.round(rate) : rate.toPrecision(2)}/s`,
      eta_seconds === null || eta_seconds === 0 ? "" : `ETA ${duration(eta_seconds)}`,
      metric === null ? "" : `${metric.name} ${metric.value.toFixed(3)}`,
      `seed ${seed}`,
      failure === null ? escapeControl(name) : escapeControl(failure)
    ]
  )
}

export const campaignLine = ({ campaign_id, name, status, runs_completed, runs_failed, runs_total }: MonitoredCampaign): string =>
  fitted(
    [campaign_id, status, `${runs_completed} of ${runs_total} runs`],
    [runs_failed === 0 ? "" : `${runs_failed} failed`, escapeControl(name)]
  )

export const snapshotText = ({ runs, campaigns }: Snapshot): string => {
  const lines = [...campaigns.map(campaignLine), ...runs.map(runLine)]
  return lines.length === 0 ? "nothing runs" : lines.join("\n")
}
