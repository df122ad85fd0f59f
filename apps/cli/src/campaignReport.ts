/** A campaign as one Markdown page: what the seeds of each run file say together, every seed, and the hashes that can be checked. */
import { type CampaignData, countsText, statisticText, statusText } from "./campaignData.ts"
import type { TrainerRun } from "./trainerRuns.ts"

/** Text in a cell of a table. */
const cell = (text: string): string => text.replace(/[\\|`*_[\]<>]/g, "\\$&").replace(/[\r\n]+/g, " ")

const table = (titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => [
  `| ${titles.join(" | ")} |`,
  `| ${titles.map(() => "---").join(" | ")} |`,
  ...rows.map((row) => `| ${row.join(" | ")} |`)
]

const short = (hash: string | null): string => (hash === null ? "none" : `\`${hash.slice(0, 12)}\``)

const phaseRow = (run: TrainerRun) => (phase: TrainerRun["phases"][number]) => [
  String(run.seed),
  `\`${run.run_id}\``,
  cell(phase.phase),
  short(phase.learned_hash_before),
  short(phase.learned_hash_after),
  short(phase.predictions_sha256),
  phase.scorecard_id === null ? "none" : `\`${phase.scorecard_id}\``,
  short(phase.chain_sha256)
]

export const campaignMarkdown = (data: CampaignData, trainerRuns: ReadonlyArray<TrainerRun>): string => {
  const records = new Map(trainerRuns.map((each) => [each.run_id, each]))
  const failed = data.members.flatMap((member) =>
    member.runs.flatMap((run) => (run.failure === null ? [] : [`- ${cell(member.label)}, seed ${run.seed}: ${cell(run.failure)}`]))
  )
  return `${[
    `# ${cell(data.name)}`,
    "",
    `Campaign \`${data.campaign_id}\`: ${countsText(data)}.`,
    "Intervals are Student's t over the seeds at 95 %; IQM is the interquartile mean (Agarwal et al. 2021). A run file with one seed is labelled n=1:",
    "its number says nothing of other seeds.",
    "",
    "## Run files",
    "",
    ...data.members.map((member) => `- **${cell(member.label)}** ${cell(statisticText(member))}`),
    "",
    "## Every seed",
    "",
    ...table(
      ["file", "seed", "run", "status", "score", "spec"],
      data.members.flatMap((member) =>
        member.runs.map((run) => [
          cell(member.label),
          String(run.seed),
          run.run_id === null ? "none" : `\`${run.run_id}\``,
          statusText(run),
          typeof run.value === "number" ? run.value.toFixed(4) : "none",
          short(run.spec_sha256)
        ])
      )
    ),
    "",
    "## Phases",
    "",
    "Every phase begins with what the one before it ended with; the chain hashes each phase behind the one before, from the run document on.",
    "",
    ...data.members.flatMap((member) => [
      `### ${cell(member.label)}`,
      "",
      ...table(
        ["seed", "run", "phase", "began with", "ended with", "predictions", "Scorecard", "chain"],
        member.runs.flatMap(({ run_id }) => {
          const run = run_id === null ? undefined : records.get(run_id)
          return run === undefined ? [] : run.phases.map(phaseRow(run))
        })
      ),
      ""
    ]),
    ...(failed.length === 0 ? [] : ["## What failed", "", ...failed, ""])
  ]
    .join("\n")
    .trimEnd()}\n`
}
