/**
 * The five files of a session by name. Equal sessions give equal bodies; what differs between two stores stands in the envelope, which in
 * Markdown is everything from the line on that says so.
 */
import { isInsufficient, type JsonValue, type MetricValue } from "@feagi-trainer/contracts"
import { bySliceName } from "@feagi-trainer/core"
import { hashOf, sha256Hex } from "@feagi-trainer/determinism"
import { jsonText } from "../jsonText.ts"
import { namesOf } from "../measures.ts"
import type { Session } from "./session.ts"
import type { SummaryEnvelope, TrainingMetrics, TrainSummary, ValidationMetrics } from "./summarySchemas.ts"

export interface SessionFile {
  readonly name: string
  readonly body_sha256: string
  readonly text: string
}

/** What follows it in a Markdown file is no part of the body. */
export const envelopeMark = "<!-- envelope: not part of the body -->"

const jsonFile = (name: string, kind: string, body: unknown, envelope: SummaryEnvelope): SessionFile => {
  const body_sha256 = hashOf(body as JsonValue)
  return { name, body_sha256, text: `${jsonText({ schema_version: 1, kind, body_sha256, body, envelope })}\n` }
}

/** Nothing in a name can start markup or end a cell. */
const plain = (text: string): string =>
  text
    .replace(/[\\`*_[\]|~$!<>]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/\s+/g, " ")

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [line(head), line(head.map((_, at) => (at === 0 ? ":--" : "--:"))), ...rows.map(line)].join("\n")

const code = (text: string | null): string => (text === null ? "none" : `\`${text}\``)
const short = (hash: string | null): string => code(hash === null ? null : hash.slice(0, 16))
const number = (value: MetricValue | undefined): string =>
  value === undefined ? "no data" : isInsufficient(value) ? `no data (${plain(value.insufficient)})` : value.toFixed(6)

const envelopeText = (body_sha256: string, { trainer_version, runs }: SummaryEnvelope): string =>
  [
    envelopeMark,
    "",
    "---",
    "",
    `SHA-256 of the body above: \`${body_sha256}\`. Trainer ${plain(trainer_version)}.`,
    "",
    table(
      ["run", "UUID", "group", "created", "finished"],
      runs.map((run) => [code(run.run_id), code(run.run_uuid), code(run.group_id), run.created_at, run.finished_at])
    ),
    ""
  ].join("\n")

const markdownFile = (name: string, parts: ReadonlyArray<string>, envelope: SummaryEnvelope): SessionFile => {
  const body = `${parts.join("\n\n")}\n\n`
  const body_sha256 = sha256Hex(body)
  return { name, body_sha256, text: body + envelopeText(body_sha256, envelope) }
}

/** Values of classes and counts are in the JSON file. */
const headline = (values: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.keys(values).filter((name) => !name.includes("/") || name.endsWith("/macro") || name.endsWith("/weighted"))

const intervalText = (interval: ValidationMetrics["runs"][number]["phases"][number]["intervals"][string] | undefined): string =>
  interval === undefined || "insufficient" in interval ? "–" : `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`

type Phase = ValidationMetrics["runs"][number]["phases"][number]

/** The primary metric first. */
const inOrder = (names: ReadonlyArray<string>, primary: string): ReadonlyArray<string> => [
  ...names.filter((name) => name === primary),
  ...names.filter((name) => name !== primary)
]

/** What has a value as a table; what has none by its reason. */
const runTable = ({ values, intervals }: Phase, primary: string): ReadonlyArray<string> => {
  const reasons = Map.groupBy(headline(values), (name) => {
    const value = values[name]
    return value === undefined || isInsufficient(value) ? (value?.insufficient ?? "absent") : null
  })
  return [
    table(
      ["metric", "value", "95 % interval by samples"],
      inOrder(reasons.get(null) ?? [], primary).map((name) => [plain(name), number(values[name]), intervalText(intervals[name])])
    ),
    ...[...reasons].flatMap(([reason, names]) => (reason === null ? [] : [`No data for ${names.map(plain).join(", ")}: ${plain(reason)}.`]))
  ]
}

/** The primary metric by group, and the gap; nothing where no field was named. */
const groupTable = ({ groups: found }: Phase, primary: string): ReadonlyArray<string> => {
  if (found === undefined) return []
  const { field, groups, small, ungrouped, minimum, disparities } = found
  const gap = disparities[primary]
  const rows = Object.entries(groups)
    .toSorted(([left], [right]) => bySliceName(left, right))
    .map(([name, group]) => [
      plain(name),
      String(group.n),
      number(group.values[primary]?.value),
      intervalText(group.values[primary]?.interval)
    ])
  const below = Object.keys(small).length
  return [
    `By ${plain(field)}:`,
    table(["group", "samples", plain(primary), "95 % interval by samples"], rows),
    ...(gap === undefined
      ? []
      : [`Gap between the groups: ${number(gap.difference.value)} (95 % interval ${intervalText(gap.difference.interval)}).`]),
    ...(below === 0 ? [] : [`${below} groups have fewer than ${minimum} samples and were not measured.`]),
    ...(ungrouped === 0 ? [] : [`${ungrouped} samples have no value of the field.`])
  ]
}

const statisticText = (statistic: ValidationMetrics["statistics"][string][string] | undefined): ReadonlyArray<string> => {
  if (statistic === undefined) return ["no data", "–", "–"]
  if ("insufficient" in statistic) return [number(statistic), "–", "–"]
  return [statistic.mean.toFixed(6), statistic.stddev.toFixed(6), `${statistic.ci_low.toFixed(4)} to ${statistic.ci_high.toFixed(4)}`]
}

const statisticsParts = ({ statistics, runs, primary_metric: primary }: ValidationMetrics): ReadonlyArray<string> =>
  Object.entries(statistics).flatMap(([phase, stats]) => [
    `## ${plain(phase)}, over ${runs.length} seeds`,
    table(
      ["metric", "mean", "standard deviation", "95 % interval by seeds"],
      inOrder(headline(stats), primary).map((name) => [plain(name), ...statisticText(stats[name])])
    )
  ])

const validationParts = (metrics: ValidationMetrics): ReadonlyArray<string> => {
  const { name, primary_metric, metric_signature, runs } = metrics
  return [
    `# Validation summary: ${plain(name)}`,
    `Primary metric: ${plain(primary_metric)}. How every value is computed stands at the end; one without enough data is no number.`,
    ...statisticsParts(metrics),
    ...runs.flatMap((run) => [
      `## Seed ${run.seed}`,
      ...run.phases.flatMap((phase) => [
        `### ${plain(phase.phase)}: ${phase.samples} samples of ${plain(phase.split)}, ${phase.abstained} without an answer`,
        ...runTable(phase, primary_metric),
        ...groupTable(phase, primary_metric),
        `Scorecard ${code(phase.scorecard_id)}, predictions ${short(phase.predictions_sha256)}.`
      ])
    ]),
    "## Signature",
    code(metric_signature)
  ]
}

const phaseRow = (phase: TrainSummary["runs"][number]["phases"][number]): ReadonlyArray<string> => [
  plain(phase.phase),
  plain(phase.split),
  phase.ended_early === null
    ? String(phase.samples)
    : `${phase.ended_early.samples_done} of ${phase.ended_early.samples_planned}, ended early`,
  phase.learns ? "yes" : "no",
  short(phase.learned_hash),
  short(phase.predictions_sha256)
]

type Epochs = TrainingMetrics["runs"][number]["epochs"]

/** What the first epoch of the training and the last one told; every epoch is in the JSON file. Nothing where no optimiser told anything. */
const measureParts = (epochs: Epochs, primary: string): ReadonlyArray<string> => {
  const measured = epochs.flatMap(({ measures, epoch }) => (measures === undefined ? [] : [{ epoch, values: measures.means }]))
  const validated = epochs.flatMap(({ validation, epoch }) => (validation === undefined ? [] : [{ epoch, validation }]))
  const [first, last] = [measured[0], measured.at(-1)]
  const behind = validated.at(-1)
  return [
    ...(first === undefined || last === undefined
      ? []
      : [
          table(
            ["mean over the optimiser steps", `epoch ${first.epoch}`, ...(last === first ? [] : [`epoch ${last.epoch}`])],
            namesOf(measured).map((name) => [
              plain(name),
              number(first.values[name]),
              ...(last === first ? [] : [number(last.values[name])])
            ])
          )
        ]),
    ...(behind === undefined
      ? []
      : [
          `${plain(primary)} of ${plain(behind.validation.part)} behind epoch ${behind.epoch}: ${number(behind.validation.values[primary])}${
            behind.validation.stops ? "; the training ended there, because it got no better" : ""
          }.`
        ])
  ]
}

const runParts = (run: TrainSummary["runs"][number], epochs: Epochs, primary: string): ReadonlyArray<string> => [
  `## Seed ${run.seed}`,
  table(
    ["fact", "value"],
    [
      ["status", run.status],
      ["run document (configuration and splits)", code(run.spec_sha256)],
      ["dataset", `${plain(run.dataset.id)}, ${run.dataset.samples} samples, content ${short(run.dataset.content_hash)}`],
      ["splits", run.splits.map((split) => `${plain(split.name)} ${split.samples} (${short(split.split_hash)})`).join(", ")],
      ["protocol", plain(run.protocol)],
      ["learner", `${plain(run.learner)}, before learning ${short(run.initial_hash)}`],
      [
        "controls",
        `silent reward ${run.controls.silent_reward ? "on" : "off"}, shuffled labels ${run.controls.shuffled_labels ? "on" : "off"}`
      ],
      ["sampler", `${code(run.sampler.id)} ${plain(run.sampler.version)}, ${run.epochs} ${run.epochs === 1 ? "epoch" : "epochs"}`]
    ]
  ),
  table(["phase", "split", "samples", "learns", "learnt", "predictions"], run.phases.map(phaseRow)),
  ...run.phases.flatMap(({ phase, progress }) =>
    progress === null
      ? []
      : [`${plain(primary)} while learning in ${plain(phase)}: first epoch ${number(progress.first)}, last epoch ${number(progress.last)}.`]
  ),
  ...measureParts(epochs, primary)
]

const resultRows = ({ runs, primary_metric }: ValidationMetrics): ReadonlyArray<ReadonlyArray<string>> =>
  runs.flatMap((run) =>
    run.phases.map((phase) => [
      String(run.seed),
      plain(phase.phase),
      String(phase.samples),
      number(phase.values[primary_metric]),
      intervalText(phase.intervals[primary_metric])
    ])
  )

const sessionParts = (
  { training, trainingMetrics, validationMetrics }: Session,
  files: ReadonlyArray<SessionFile>
): ReadonlyArray<string> => [
  `# Session: ${plain(training.name)}`,
  `${training.runs.length} ${training.runs.length === 1 ? "run" : "runs"}; primary metric ${plain(training.primary_metric)}.`,
  table(["seed", "phase", "samples", plain(training.primary_metric), "95 % interval by samples"], resultRows(validationMetrics)),
  ...training.runs.flatMap((run, at) => runParts(run, trainingMetrics.runs[at]?.epochs ?? [], training.primary_metric)),
  "## Files of this session",
  table(
    ["file", "SHA-256 of its body"],
    files.map((file) => [code(file.name), code(file.body_sha256)])
  )
]

/** `train_summary.json`, `training_metrics.json`, `validation_metrics.json`, `val_summary.md` and, with the hashes of these, `session_summary.md`. */
export const sessionFiles = (session: Session): ReadonlyArray<SessionFile> => {
  const { envelope } = session
  const files = [
    jsonFile("train_summary.json", "train-summary", session.training, envelope),
    jsonFile("training_metrics.json", "training-metrics", session.trainingMetrics, envelope),
    jsonFile("validation_metrics.json", "validation-metrics", session.validationMetrics, envelope),
    markdownFile("val_summary.md", validationParts(session.validationMetrics), envelope)
  ]
  return [...files, markdownFile("session_summary.md", sessionParts(session, files), envelope)]
}
