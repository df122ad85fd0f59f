/** `run`: plan, execute, steer and look at runs. */
import { trainerError } from "@feagi-trainer/contracts"
import { createRun, isOver, type PlannedRun, RunJournal, type RunRequest, requestRun, viewRun } from "@feagi-trainer/core"
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { executeGroup } from "../executeGroup.ts"
import { dryRun, json, optionalRunId, runFile, runId, set, stdinFormat, workers } from "../flags.ts"
import { byId } from "../ids.ts"
import { emit, next } from "../Out.ts"
import { progressLine } from "../ProgressLine.ts"
import { planAll } from "../planAll.ts"
import { readRunFile } from "../readRunFile.ts"
import { Signals } from "../Signals.ts"
import { reading, writing } from "../services.ts"
import { checkRunWorkers } from "../workers/checkWorkers.ts"
import { archive } from "./archive.ts"
import { activity } from "./runActivity.ts"
import { bias } from "./runBias.ts"
import { compare } from "./runCompare.ts"
import { create } from "./runCreate.ts"
import { events } from "./runEvents.ts"
import { exportRun } from "./runExport.ts"
import { exportConfig } from "./runExportConfig.ts"
import { figures } from "./runFigures.ts"
import { groups } from "./runGroups.ts"
import { importRun } from "./runImport.ts"
import { columns, ls } from "./runLs.ts"
import { mark, marks } from "./runMark.ts"
import { measures } from "./runMeasures.ts"
import { metrics } from "./runMetrics.ts"
import { predictions } from "./runPredictions.ts"
import { replay } from "./runReplay.ts"
import { series } from "./runSeries.ts"
import { show } from "./runShow.ts"
import { status } from "./runStatus.ts"
import { summaries } from "./runSummaries.ts"

const noProgress = Flag.Boolean("no-progress").pipe(Flag.withDescription("Do not show how far the run is"), Flag.withDefault(false))

const planCommand = Command.make("plan", { file: runFile, format: stdinFormat, set, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set, Option.getOrUndefined(flags.format))
      const planned = yield* planAll(read, 1)
      yield* emit(flags.json, {
        kind: "run-plan",
        data: { group_id: read.group_id, runs: planned.map(({ document, spec_sha256 }) => ({ spec_sha256, document })) },
        human: planned.map(planText).join("\n"),
        warnings: planned.flatMap(({ warnings }) => warnings)
      })
      if (flags.file !== "-") yield* next(`feagi-trainer run start ${flags.file}`)
    })
  )
).pipe(Command.withDescription("Resolve and pin every choice of a run file, show it with its hash, and run nothing"))

const planText = ({ document, spec_sha256 }: PlannedRun): string =>
  [
    `${document.name}, seed ${document.seed}`,
    `  spec      ${spec_sha256}`,
    `  dataset   ${document.dataset.dataset_version_id}  ${document.dataset.content_hash.slice(0, 12)}  ${document.dataset.sample_count} samples`,
    `  split     ${document.split.parts.map((part) => `${part.split_id} (${part.count})`).join("  ")}`,
    ...(document.transforms.length === 0
      ? []
      : [
          `  transform ${document.transforms.map((node) => `${node.plugin.id.split("#")[1] ?? node.plugin.id} ${node.version}${node.phases === "train" ? " (train only)" : ""}`).join(" → ")}`
        ]),
    ...(document.benchmark === null
      ? []
      : [
          `  benchmark ${document.benchmark.waivers.map(({ leak, because }) => `${leak} leak waived: ${because}`).join("; ") || "no leak is waived"}`
        ]),
    `  protocol  ${document.protocol.id}@${document.protocol.version}: ${document.protocol.phases.map((phase) => phase.name).join(" → ")}`,
    `  sampler   ${document.sampler.plugin.id}   ${document.training.epochs} epochs, a step every ${document.checkpoint_every} samples`,
    `  learner   ${document.learner.kind}   initial ${document.learner.initial_hash.slice(0, 12)}`,
    ...(document.brain === null ? [] : [`  genome    ${document.brain.genome_sha256}`]),
    `  metrics   ${document.metrics.plugin.id}   ${document.metrics.signature}`,
    `  controls  silent reward: ${yesNo(document.controls.silent_reward)}, shuffled labels: ${yesNo(document.controls.shuffled_labels)}`,
    `  plugins   ${Object.entries(document.packages)
      .map(([name, sha256]) => `${name} ${sha256.slice(0, 12)}`)
      .join("\n            ")}`,
    ""
  ].join("\n")

const yesNo = (value: boolean): string => (value ? "yes" : "no")

const start = Command.make("start", { file: runFile, format: stdinFormat, set, workers, json, dryRun, noProgress }, (flags) =>
  writing(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set, Option.getOrUndefined(flags.format))
      const planned = yield* planAll(read, flags.workers)
      if (flags.dryRun)
        return yield* emit(flags.json, {
          kind: "run-plan",
          data: { group_id: read.group_id, runs: planned.map(({ document, spec_sha256 }) => ({ spec_sha256, document })) },
          human: planned.map(planText).join("\n")
        })
      const rows = yield* Effect.forEach(planned, (each) => createRun(each, read.group_id))
      yield* executeGroup(rows, read.group_id, flags)
    }),
    progressLine(!flags.noProgress)
  ).pipe(Effect.provide(Signals.live), Effect.scoped)
).pipe(
  Command.withDescription("Run every seed of a run file through its protocol; prints the run ids"),
  Command.withExamples([{ command: "feagi-trainer run start iris.run.toml", description: "Train, validate and test every seed" }])
)

const allRuns = Effect.flatMap(RunJournal, (journal) => journal.runs)

/** A run by id, or all runs of a group. */
const runsOf = (reference: string) =>
  Effect.gen(function* () {
    const rows = yield* allRuns
    const group = rows.filter((row) => row.group_id === reference)
    return group.length > 0 ? group : [yield* byId("run", reference, rows, (row) => row.run_id)]
  })

const resume = Command.make("resume", { run: runId, workers, json, noProgress }, (flags) =>
  writing(
    Effect.gen(function* () {
      const rows = yield* runsOf(flags.run)
      const views = yield* Effect.forEach(rows, viewRun)
      const open = rows.length === 1 ? views : views.filter((view) => !isOver(view.state))
      if (open.length === 0)
        return yield* trainerError("usage", {
          code: "FT3103",
          message: `every run of ${flags.run} is finished; there is nothing to resume`
        })
      const unfinished = open.map((view) => view.row)
      yield* checkRunWorkers(unfinished, flags.workers)
      yield* executeGroup(unfinished, rows[0]?.group_id ?? "", flags)
    }),
    progressLine(!flags.noProgress)
  ).pipe(Effect.provide(Signals.live), Effect.scoped)
).pipe(Command.withDescription("Go on with a run, or with every unfinished run of a group, from the last committed step"))

const from = Flag.Int("from").pipe(
  Flag.withDescription("Number of the first entry, from 0"),
  Flag.filter(
    (seq) => seq >= 0,
    () => "a whole number from 0"
  ),
  Flag.withDefault(0)
)
const limit = Flag.Int("limit").pipe(
  Flag.withDescription("How many entries at the most; all when left out"),
  Flag.filter(
    (count) => count >= 1,
    () => "a whole number from 1"
  ),
  Flag.optional
)

const logs = Command.make("logs", { run: optionalRunId, from, limit, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const row = yield* byId("run", flags.run, yield* allRuns, (each) => each.run_id)
      const events = (yield* journal.events(row.run_id, flags.from)).slice(0, Option.getOrUndefined(flags.limit))
      yield* emit(flags.json, {
        kind: "run-events",
        data: events,
        human: events
          .map(
            (event) =>
              `${String(event.seq).padStart(5)}  ${new Date(event.at_wall).toISOString()}  ${event.type.padEnd(16)} ${JSON.stringify(event.payload)}`
          )
          .join("\n")
      })
    })
  )
).pipe(Command.withDescription("Show the journal of a run"))

const steered = (reference: string, request: RunRequest, asJson: boolean, texts: (run_id: string) => Readonly<Record<Steered, string>>) =>
  writing(
    Effect.gen(function* () {
      const { run_id, ...row } = yield* byId("run", reference, yield* allRuns, (each) => each.run_id)
      const outcome = yield* requestRun({ ...row, run_id }, request)
      yield* emit(asJson, { kind: "run-request", data: { run_id, request, outcome }, human: texts(run_id)[outcome] })
    })
  )

type Steered = "requested" | "done" | "nothing-to-do"

const steer = (verb: "pause" | "stop", description: string) =>
  Command.make(verb, { run: runId, json }, (flags) =>
    steered(flags.run, verb, flags.json, (run_id) => ({
      requested: `${run_id} will ${verb} behind its current sample`,
      done: `${run_id} is ${verb === "pause" ? "paused" : "cancelled"}`,
      "nothing-to-do": `${run_id} is finished already`
    }))
  ).pipe(Command.withDescription(description))

const rest = Flag.Boolean("rest").pipe(Flag.withDescription("Leave out the phases that follow as well"), Flag.withDefault(false))

const skip = Command.make("skip", { run: runId, rest, json }, (flags) =>
  steered(flags.run, flags.rest ? "skip-rest" : "skip", flags.json, (run_id) => ({
    requested: `${run_id} will end its phase behind the current sample, score what was met, and ${flags.rest ? "end" : "go on with the next phase"}`,
    done: `${run_id} is skipped`,
    "nothing-to-do": `${run_id} is finished already`
  }))
).pipe(
  Command.withDescription("End the phase that runs early and successfully: what was met is scored, and marked as partial everywhere"),
  Command.withExamples([{ command: "feagi-trainer run skip latest", description: "Train no longer, and go on to validation and test" }])
)

export const run = Command.make("run").pipe(
  Command.withDescription("Plan, execute, replay and compare runs"),
  Command.withSubcommands([
    planCommand,
    create,
    start,
    ls,
    columns,
    groups,
    mark,
    marks,
    show,
    status,
    metrics,
    series,
    predictions,
    figures,
    logs,
    events,
    measures,
    steer("pause", "Ask a run to pause behind its current sample"),
    resume,
    skip,
    steer("stop", "End a run for good; what is committed stays"),
    replay,
    compare,
    bias,
    activity,
    summaries,
    exportConfig,
    exportRun,
    archive,
    importRun
  ])
)
