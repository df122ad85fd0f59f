/** `run`: plan, execute, steer and look at runs. */
import { formatDiagnostic, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import {
  carryOn,
  createRun,
  documentOf,
  type PlannedRun,
  plan,
  RunJournal,
  type RunRow,
  requestRun,
  resultOf,
  viewRun
} from "@feagi-trainer/core"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes, stoppedBy } from "../exitCode.ts"
import { dryRun, json, optionalRunId, runId } from "../flags.ts"
import { byId } from "../ids.ts"
import { located } from "../locate.ts"
import { emit, next, Out, say } from "../Out.ts"
import { progressLine } from "../ProgressLine.ts"
import { type ReadRunFile, readRunFile } from "../readRunFile.ts"
import { runData } from "../runData.ts"
import { Signals } from "../Signals.ts"
import { Stopped } from "../Stopped.ts"
import { families, reading, writing } from "../services.ts"
import { textTable } from "../textTable.ts"
import { compare } from "./runCompare.ts"
import { exportRun } from "./runExport.ts"
import { replay } from "./runReplay.ts"

const file = Argument.String("file").pipe(Argument.withDescription("Run file: *.run.toml, .yaml or .json"))
const set = Flag.String("set").pipe(
  Flag.withMetavar("key=value"),
  Flag.withDescription("Overrides a field of the run file, written as in TOML; may be repeated"),
  Flag.atLeast(0)
)
const noProgress = Flag.Boolean("no-progress").pipe(Flag.withDescription("Do not show how far the run is"), Flag.withDefault(false))

/** Plans every seed before anything is written: one that does not fit stops all. */
const planAll = (read: ReadRunFile) =>
  Effect.forEach(read.file.seeds, (seed) =>
    Effect.scoped(plan({ file: read.file, seed: BigInt(seed), families })).pipe(located(read.document))
  )

const planCommand = Command.make("plan", { file, set, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set)
      const planned = yield* planAll(read)
      yield* emit(flags.json, {
        kind: "run-plan",
        data: { group_id: read.group_id, runs: planned.map(({ document, spec_sha256 }) => ({ spec_sha256, document })) },
        human: planned.map(planText).join("\n"),
        warnings: planned.flatMap(({ warnings }) => warnings)
      })
      yield* next(`feagi-trainer run start ${flags.file}`)
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

/** Runs one after the other; a pause keeps all that follow from starting. */
const execute = (rows: ReadonlyArray<RunRow>, group_id: string, flags: { readonly json: boolean }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const signals = yield* Signals
      const out = yield* Out
      const results: Array<ReturnType<typeof runData>> = []
      // The ids come first: whoever is killed half-way knows what to resume.
      for (const row of rows) yield* flags.json ? out.stderr(`${row.run_id}\n`) : out.stdout(`${row.run_id}\n`)
      let paused: string | undefined
      let failure: TrainerError | undefined
      for (const row of rows) {
        if (paused !== undefined || failure !== undefined) break
        const document = yield* documentOf(row)
        const carried = yield* carryOn(row, { families, asked: signals.asked }).pipe(Effect.result)
        if (carried._tag === "Failure") failure = carried.failure
        const view = carried._tag === "Failure" ? yield* viewRun(row) : carried.success
        results.push(runData(yield* resultOf(view), document.learner.kind, row.spec_sha256))
        yield* say(resultText(results.at(-1), document.protocol.primary_metric))
        if (view.status === "paused") paused = row.run_id
      }
      // Nothing finished before it failed: then the failure is all there is to say.
      if (failure !== undefined && (!flags.json || results.length === 1)) return yield* failure
      if (flags.json) yield* emit(true, { kind: "run-group", data: { group_id, runs: results }, human: "", oneLine: true })
      if (failure !== undefined) {
        // The document of the group is out already, with what the finished seeds gave; the reason goes to stderr.
        for (const diagnostic of failure.diagnostics) yield* say(formatDiagnostic(diagnostic))
        return yield* Effect.fail(new Stopped(exitCodes[failure.reason]))
      }
      if (paused !== undefined) {
        yield* say(`stopped after a checkpoint; go on with:  feagi-trainer run resume ${rows.length > 1 ? group_id : paused}`)
        const signal = yield* signals.received
        if (signal !== undefined) return yield* Effect.fail(new Stopped(stoppedBy[signal]))
      } else yield* next(`feagi-trainer run replay ${rows.at(-1)?.run_id ?? "latest"}`)
    })
  )

const resultText = (run: ReturnType<typeof runData> | undefined, metric: string): string => {
  if (run === undefined) return ""
  const scored = run.phases.flatMap((phase) => {
    const value = phase.metrics[metric]
    return typeof value === "number" ? [`${phase.phase} ${metric} ${value.toFixed(4)}`] : []
  })
  return `${run.run_id}  seed ${run.seed}  ${run.status}  ${scored.join("  ")}`.trimEnd()
}

const start = Command.make("start", { file, set, json, dryRun, noProgress }, (flags) =>
  writing(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set)
      const planned = yield* planAll(read)
      if (flags.dryRun)
        return yield* emit(flags.json, {
          kind: "run-plan",
          data: { group_id: read.group_id, runs: planned.map(({ document, spec_sha256 }) => ({ spec_sha256, document })) },
          human: planned.map(planText).join("\n")
        })
      const rows = yield* Effect.forEach(planned, (each) => createRun(each, read.group_id))
      yield* execute(rows, read.group_id, flags)
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

const resume = Command.make("resume", { run: runId, json, noProgress }, (flags) =>
  writing(
    Effect.gen(function* () {
      const rows = yield* runsOf(flags.run)
      const views = yield* Effect.forEach(rows, viewRun)
      const open = rows.length === 1 ? views : views.filter((view) => view.status !== "completed" && view.status !== "cancelled")
      if (open.length === 0)
        return yield* trainerError("usage", {
          code: "FT3103",
          message: `every run of ${flags.run} is finished; there is nothing to resume`
        })
      yield* execute(
        open.map((view) => view.row),
        rows[0]?.group_id ?? "",
        flags
      )
    }),
    progressLine(!flags.noProgress)
  ).pipe(Effect.provide(Signals.live), Effect.scoped)
).pipe(Command.withDescription("Go on with a run, or with every unfinished run of a group, from the last committed step"))

const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const views = yield* Effect.forEach(yield* allRuns, (row) =>
        Effect.gen(function* () {
          // A list is shown even where one document of it is damaged; `artifact verify` says which.
          const document = yield* documentOf(row).pipe(Effect.option)
          return { view: yield* viewRun(row), metric: Option.getOrUndefined(document)?.protocol.primary_metric ?? null }
        })
      )
      const rows = views.map(({ view, metric }) => ({
        run_id: view.row.run_id,
        group_id: view.row.group_id,
        name: view.row.name,
        seed: BigInt(view.row.seed),
        status: view.status,
        phase: view.state.phases.at(-1)?.phase ?? null,
        metric,
        value: metric === null ? null : (view.state.phases.findLast((phase) => phase.metrics !== undefined)?.metrics?.[metric] ?? null)
      }))
      yield* emit(flags.json, {
        kind: "runs",
        data: rows,
        human: textTable(
          [
            { title: "RUN", cell: (row) => row.run_id },
            { title: "GROUP", cell: (row) => row.group_id },
            { title: "NAME", cell: (row) => row.name },
            { title: "SEED", cell: (row) => String(row.seed) },
            { title: "STATUS", cell: (row) => row.status },
            { title: "PHASE", cell: (row) => row.phase },
            { title: "SCORE", cell: (row) => (typeof row.value === "number" ? `${row.metric} ${row.value.toFixed(4)}` : null) }
          ],
          rows,
          "no run yet"
        )
      })
    })
  )
).pipe(Command.withDescription("List runs, oldest first"))

const show = Command.make(
  "show",
  {
    run: optionalRunId,
    document: Flag.Boolean("document").pipe(Flag.withDescription("Show the whole run document as well"), Flag.withDefault(false)),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const row = yield* byId("run", flags.run, yield* allRuns, (each) => each.run_id)
        const view = yield* viewRun(row)
        const document = yield* documentOf(row)
        const data = runData(yield* resultOf(view), document.learner.kind, row.spec_sha256)
        yield* emit(flags.json, {
          kind: "run",
          data: flags.document ? { ...data, document } : data,
          human: [
            `${data.run_id}  ${row.name}  seed ${data.seed}  ${data.status}`,
            `  spec         ${row.spec_sha256}`,
            `  predictions  ${data.predictions_sha256 ?? "none yet"}`,
            ...(view.state.failure === undefined ? [] : [`  failure      ${view.state.failure}`]),
            "",
            ...view.state.phases.flatMap((phase) => [
              `${phase.phase}: ${phase.samples} samples, learned ${phase.learned_hash?.slice(0, 16) ?? "not finished"}${
                phase.scorecard_id === undefined ? "" : `, scorecard ${phase.scorecard_id}`
              }`,
              ...Object.entries(phase.metrics ?? {})
                .filter(([name]) => !name.startsWith("support/"))
                .map(([name, value]) => `  ${name.padEnd(28)} ${typeof value === "number" ? value.toFixed(6) : value.insufficient}`)
            ])
          ].join("\n")
        })
      })
    )
).pipe(Command.withDescription("Show a run: status, hashes, metrics of every phase"))

const logs = Command.make("logs", { run: optionalRunId, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const row = yield* byId("run", flags.run, yield* allRuns, (each) => each.run_id)
      const events = yield* journal.events(row.run_id)
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

const steer = (verb: "pause" | "stop", description: string) =>
  Command.make(verb, { run: runId, json }, (flags) =>
    writing(
      Effect.gen(function* () {
        const row = yield* byId("run", flags.run, yield* allRuns, (each) => each.run_id)
        const outcome = yield* requestRun(row, verb)
        const texts = {
          requested: `${row.run_id} will ${verb} behind its current sample`,
          done: `${row.run_id} is ${verb === "pause" ? "paused" : "cancelled"}`,
          "nothing-to-do": `${row.run_id} is finished already`
        }
        yield* emit(flags.json, { kind: "run-request", data: { run_id: row.run_id, request: verb, outcome }, human: texts[outcome] })
      })
    )
  ).pipe(Command.withDescription(description))

export const run = Command.make("run").pipe(
  Command.withDescription("Plan, execute, replay and compare runs"),
  Command.withSubcommands([
    planCommand,
    start,
    ls,
    show,
    logs,
    steer("pause", "Ask a run to pause behind its current sample"),
    resume,
    steer("stop", "End a run for good; what is committed stays"),
    replay,
    compare,
    exportRun
  ])
)
