/** `run show`: a run with everything that is known of it; what it cost is shown apart, when it is asked for. */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import {
  documentOf,
  type EpochReward,
  feedbackText,
  type PhaseState,
  type PhaseTelemetry,
  RunJournal,
  type RunState,
  resultOf,
  rewardsByEpoch,
  telemetryOf,
  viewRun
} from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { runData } from "../runData.ts"
import { reading } from "../services.ts"
import { telemetryValue } from "../telemetryText.ts"

/** Epochs that are shown at the beginning and at the end; what lies between is in the JSON and in the report. */
const shownEpochs = 5

const rewardsText = (epochs: ReadonlyArray<EpochReward>): ReadonlyArray<string> => {
  const lines = epochs.map(
    ({ epoch, mean_raw, mean_shaped }) =>
      `  ${`reward, epoch ${epoch + 1}`.padEnd(28)} raw ${mean_raw.toFixed(6)}  shaped ${mean_shaped.toFixed(6)}`
  )
  const hidden = lines.length - 2 * shownEpochs
  return hidden < 2 ? lines : [...lines.slice(0, shownEpochs), `  … ${hidden} more epochs`, ...lines.slice(-shownEpochs)]
}

/** Averages of all classes; a value of one class has the class behind the slash. */
const averages = ["macro", "micro", "weighted"]

/** Where the reason of a missing value ends: a line of a terminal has 80 columns. */
const longestReason = 48

const cut = (reason: string): string => (reason.length <= longestReason ? reason : `${reason.slice(0, longestReason - 1)}…`)

const metricsText = (metrics: ReadonlyArray<readonly [name: string, value: MetricValue]>): ReadonlyArray<string> => {
  const shown = metrics.filter(([name]) => !name.includes("/") || averages.includes(name.slice(name.indexOf("/") + 1)))
  const hidden = metrics.length - shown.length
  return [
    ...shown.map(([name, value]) => `  ${name.padEnd(28)} ${isInsufficient(value) ? cut(value.insufficient) : value.toFixed(6)}`),
    ...(hidden === 0 ? [] : [`  ${hidden} further values of classes and parts: with --json`])
  ]
}

const phaseText = (phase: PhaseState, rewards: ReadonlyArray<EpochReward>): ReadonlyArray<string> => [
  `${phase.phase}: ${phase.samples} samples, learned ${phase.learned_hash?.slice(0, 16) ?? "not finished"}${
    phase.scorecard_id === undefined ? "" : `, scorecard ${phase.scorecard_id}`
  }`,
  ...(phase.skipped === undefined
    ? []
    : [`  PARTIAL: ended early behind ${phase.skipped.samples_done} of ${phase.skipped.samples_planned} samples`]),
  `  ${"delivered".padEnd(28)} ${phase.feedback === null ? "not known: nobody counted" : feedbackText(phase.feedback)}`,
  ...rewardsText(rewards.filter((each) => each.phase === phase.phase)),
  ...metricsText(Object.entries(phase.metrics ?? {}))
]

/** What makes the run less than one that went through. */
const marksText = ({ failure, brain_mutated, continued }: RunState): ReadonlyArray<string> => [
  ...(failure === undefined ? [] : [`  failure      ${failure}`]),
  ...(brain_mutated === undefined
    ? []
    : [
        `  BRAIN MUTATED in phase ${brain_mutated.phase}, which must not learn`,
        `    before     ${brain_mutated.learned_hash_before}`,
        `    after      ${brain_mutated.learned_hash}`
      ]),
  ...(continued.length === 0
    ? []
    : [`  CONTINUED, NOT IDENTICAL: gone on ${continued.length} × from a checkpoint of a backend that does not promise to go on alike`])
]

const telemetryText = (phases: ReadonlyArray<PhaseTelemetry>): ReadonlyArray<string> => [
  "",
  "Telemetry: what it cost, on this machine and in no hash",
  ...(phases.length === 0 ? ["  none was recorded"] : []),
  ...phases.flatMap(({ phase, samples, steps, figures }) => [
    `${phase}: ${samples} samples in ${steps} ${steps === 1 ? "step" : "steps"}`,
    ...figures.map(
      (figure) =>
        `  ${figure.name.padEnd(28)} ${telemetryValue(figure).padEnd(36)} ${figure.label}${figure.model === undefined ? "" : ` (${figure.model})`}`
    )
  ])
]

export const show = Command.make(
  "show",
  {
    run: optionalRunId,
    document: Flag.Boolean("document").pipe(Flag.withDescription("Show the whole run document as well"), Flag.withDefault(false)),
    telemetry: Flag.Boolean("telemetry").pipe(
      Flag.withDescription("Show what the run cost: time, memory, bursts, spikes, each measured or estimated"),
      Flag.withDefault(false)
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const journal = yield* RunJournal
        const row = yield* findRun(flags.run)
        const view = yield* viewRun(row)
        const document = yield* documentOf(row)
        const rewards = rewardsByEpoch(yield* journal.rewards(row.run_id))
        const telemetry = flags.telemetry ? telemetryOf(yield* journal.telemetry(row.run_id)) : undefined
        const data = { ...runData(yield* resultOf(view), document.learner.kind, row.spec_sha256), rewards }
        yield* emit(flags.json, {
          kind: "run",
          data: { ...data, ...(flags.document ? { document } : {}), ...(telemetry === undefined ? {} : { telemetry }) },
          human: [
            `${data.run_id}  ${row.name}  seed ${data.seed}  ${data.status}`,
            `  spec         ${row.spec_sha256}`,
            `  predictions  ${data.predictions_sha256 ?? "none yet"}`,
            ...("weights_sha256" in data ? [`  weights      ${data.weights_sha256 ?? "none yet"}`] : []),
            ...marksText(view.state),
            "",
            ...view.state.phases.flatMap((phase) => phaseText(phase, rewards)),
            ...(telemetry === undefined ? [] : telemetryText(telemetry))
          ].join("\n")
        })
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run show latest --document", description: "Results and every choice of the run that was created last" }
  ])
)
