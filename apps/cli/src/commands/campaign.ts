/** `campaign`: several run files with all their seeds as one durable piece of work. */
import { writeFileSync } from "node:fs"
import { formatDiagnostic, trainerErrors } from "@feagi-trainer/contracts"
import {
  type CampaignRow,
  Campaigns,
  type CampaignView,
  checkResumable,
  createCampaign,
  type DrivenCampaign,
  documentOf,
  driveCampaign,
  isOver,
  type PlannedCampaign,
  requestCampaign,
  runsOfCampaign,
  viewCampaign
} from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { failAfterData } from "../afterData.ts"
import { campaignData, campaignText } from "../campaignData.ts"
import { CampaignProgress } from "../campaignProgress.ts"
import { campaignMarkdown } from "../campaignReport.ts"
import { endedText } from "../executeGroup.ts"
import { stoppedBy } from "../exitCode.ts"
import { oneFailure } from "../failures.ts"
import { dryRun, json, set, workers } from "../flags.ts"
import { byId } from "../ids.ts"
import { emit, next, Out, say } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { progressLine } from "../ProgressLine.ts"
import { readCampaignFile } from "../readCampaignFile.ts"
import { Signals } from "../Signals.ts"
import { Stopped } from "../Stopped.ts"
import { reading, writing } from "../services.ts"
import { textTable } from "../textTable.ts"
import { trainerRun } from "../trainerRuns.ts"
import { checkRunWorkers } from "../workers/checkWorkers.ts"
import { executeRuns } from "../workers/executeRuns.ts"

const file = Argument.String("file").pipe(Argument.withDescription("Campaign file: *.campaign.toml, .yaml or .json"))
const campaignId = Argument.String("campaign").pipe(
  Argument.withDescription("Id of a campaign, a unique beginning of it, or latest"),
  Argument.withDefault("latest")
)
const noProgress = Flag.Boolean("no-progress").pipe(Flag.withDescription("Do not show how far the campaign is"), Flag.withDefault(false))

const allCampaigns = Effect.flatMap(Campaigns, ({ campaigns }) => campaigns)
const campaignOf = (reference: string) =>
  Effect.flatMap(allCampaigns, (rows) => byId("campaign", reference, rows, (row) => row.campaign_id))

interface DriveFlags {
  readonly json: boolean
  readonly workers: number
}

/** Says what is not run again, before anything runs. */
const sayReused = (view: CampaignView) =>
  Effect.gen(function* () {
    const reused = runsOfCampaign(view).flatMap((run) => (run.reused ? (run.view?.row.run_id ?? []) : []))
    if (reused.length > 0) yield* say(`not run again, finished before: ${reused.join(", ")}`)
  })

const expected = (view: CampaignView) =>
  Effect.forEach(
    runsOfCampaign(view).flatMap(({ label, view: run }) => (run === undefined ? [] : [{ label, run }])),
    ({ label, run }) =>
      Effect.map(documentOf(run.row), (document) => ({
        run_id: run.row.run_id,
        label,
        document,
        done: run.state.phases.reduce((sum, phase) => sum + phase.samples, 0)
      }))
  )

/** Drives a campaign with this process and says what came of it. */
const drive = (row: CampaignRow, flags: DriveFlags, progress: CampaignProgress) =>
  Effect.gen(function* () {
    const signals = yield* Signals
    const out = yield* Out
    // The id comes first: whoever is killed half-way knows what to resume.
    yield* flags.json ? out.stderr(`${row.campaign_id}\n`) : out.stdout(`${row.campaign_id}\n`)
    const driven = yield* driveCampaign(row, (work) =>
      Effect.gen(function* () {
        const view = yield* viewCampaign(row)
        yield* sayReused(view)
        progress.expect(yield* expected(view))
        return yield* executeRuns({
          rows: work.rows,
          workers: flags.workers,
          mayBegin: work.mayBegin,
          ended: (each) =>
            Effect.andThen(
              work.ended(each),
              Effect.flatMap(endedText(each), (text) => say(`${progress.label(each.view.row.run_id)}  ${text}`))
            )
        })
      })
    )
    yield* conclude(driven, flags)
    if (driven.view.status === "completed") return yield* next(`feagi-trainer campaign report ${row.campaign_id}`)
    if (driven.view.status === "stopped") return yield* say(`${row.campaign_id} was stopped; its unfinished runs are cancelled`)
    yield* say(`paused after a checkpoint; go on with:  feagi-trainer campaign resume ${row.campaign_id}`)
    const signal = yield* signals.received
    if (signal !== undefined) return yield* Effect.fail(new Stopped(stoppedBy[signal]))
  })

/** The table of all runs, then every failure of them, those of this session and those before. */
const conclude = ({ view, ended }: DrivenCampaign, flags: DriveFlags) =>
  Effect.gen(function* () {
    const data = yield* campaignData(view)
    yield* emit(flags.json, { kind: "campaign", data, human: campaignText(data), oneLine: true })
    const failed = ended.flatMap((each) => (each.failure === undefined ? [] : [{ row: each.view.row, failure: each.failure }]))
    const failure = oneFailure(failed, Number.POSITIVE_INFINITY)
    if (failure === undefined) return
    yield* say(
      `${failed.length} of ${data.runs_total} runs failed; once the cause is gone:  feagi-trainer campaign resume ${view.row.campaign_id}`
    )
    return yield* failAfterData(failure)
  })

/** Everything that would be done, and nothing is. */
const planText = ({ campaign, members }: PlannedCampaign): string =>
  textTable(
    [
      { title: "FILE", cell: (row) => row.label },
      { title: "SEED", cell: (row) => row.seed },
      { title: "SPEC", cell: (row) => row.spec },
      { title: "NAME", cell: (row) => row.name }
    ],
    members.flatMap(({ label, runs }) =>
      runs.map(({ document, spec_sha256 }) => ({ label, seed: document.seed, spec: spec_sha256.slice(0, 12), name: document.name }))
    ),
    `${campaign.name}: no run`
  )

export const start = Command.make("start", { file, set, workers, json, dryRun, noProgress }, (flags) =>
  Effect.gen(function* () {
    const progress = new CampaignProgress()
    yield* writing(
      Effect.gen(function* () {
        const { planned, warnings } = yield* readCampaignFile(flags.file, flags.workers, flags.set)
        if (flags.dryRun)
          return yield* emit(flags.json, { kind: "campaign-plan", data: planned.campaign, human: planText(planned), warnings })
        for (const warning of warnings) yield* say(formatDiagnostic(warning))
        const { row, existing } = yield* createCampaign(planned)
        const there = existing ? yield* viewCampaign(row) : undefined
        if (there?.status === "completed") {
          yield* say(`${row.campaign_id} is completed already; nothing is run again`)
          const data = yield* campaignData(there)
          return yield* emit(flags.json, { kind: "campaign", data, human: campaignText(data), oneLine: true })
        }
        if (there !== undefined) yield* say(`${row.campaign_id} is ${there.status}; going on with it`)
        yield* drive(row, flags, progress)
      }),
      progressLine(!flags.noProgress, progress)
    )
  }).pipe(Effect.provide(Signals.live), Effect.scoped)
).pipe(
  Command.withExamples([
    { command: "feagi-trainer campaign start iris.campaign.toml --workers 2", description: "Two runs at a time until all are done" }
  ])
)

export const resume = Command.make("resume", { campaign: campaignId, workers, json, noProgress }, (flags) =>
  Effect.gen(function* () {
    const progress = new CampaignProgress()
    yield* writing(
      Effect.gen(function* () {
        const row = yield* campaignOf(flags.campaign)
        const view = yield* viewCampaign(row)
        yield* checkResumable(view)
        const unfinished = runsOfCampaign(view).flatMap((run) => (run.view === undefined || isOver(run.view.state) ? [] : [run.view.row]))
        yield* checkRunWorkers(unfinished, flags.workers)
        yield* drive(row, flags, progress)
      }),
      progressLine(!flags.noProgress, progress)
    )
  }).pipe(Effect.provide(Signals.live), Effect.scoped)
).pipe(Command.withExamples([{ command: "feagi-trainer campaign resume latest --workers 2", description: "Go on, two runs at a time" }]))

export const status = Command.make("status", { campaign: campaignId, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const view = yield* viewCampaign(yield* campaignOf(flags.campaign))
      const data = yield* campaignData(view)
      const failures = runsOfCampaign(view).flatMap((run) =>
        run.failure === undefined ? [] : [`${run.label}, seed ${run.seed}: ${run.failure}`]
      )
      yield* emit(flags.json, {
        kind: "campaign",
        data,
        human: [campaignText(data), ...(failures.length === 0 ? [] : ["", ...failures])].join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer campaign status latest", description: "How far each of its runs is" }]))

export const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const rows = yield* Effect.forEach(yield* allCampaigns, (row) => Effect.flatMap(viewCampaign(row), campaignData))
      yield* emit(flags.json, {
        kind: "campaigns",
        data: rows.map(({ members, ...rest }) => ({ ...rest, labels: members.map(({ label }) => label) })),
        human: textTable(
          [
            { title: "CAMPAIGN", cell: (row) => row.campaign_id },
            { title: "NAME", cell: (row) => row.name },
            { title: "STATUS", cell: (row) => row.status },
            { title: "COMPLETED", cell: (row) => `${row.runs_completed} of ${row.runs_total}` },
            { title: "FAILED", cell: (row) => row.runs_failed }
          ],
          rows,
          "no campaign yet"
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer campaign ls", description: "Every campaign, oldest first" }]))

export const report = Command.make(
  "report",
  {
    campaign: campaignId,
    out: Flag.String("out").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("Write the Markdown here and not to stdout"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const view = yield* viewCampaign(yield* campaignOf(flags.campaign))
        const data = yield* campaignData(view)
        const records = yield* Effect.forEach(
          runsOfCampaign(view).flatMap((run) => run.view ?? []),
          trainerRun
        )
        const torn = records.flatMap(({ error }) => error?.diagnostics ?? [])
        const markdown = campaignMarkdown(
          data,
          records.map((each) => each.data)
        )
        if (Option.isSome(flags.out)) {
          const file = flags.out.value
          yield* writeOut(file, () => writeFileSync(file, markdown))
        }
        yield* emit(flags.json, {
          kind: "campaign-report",
          data: { ...data, trainer_runs: records.map((each) => each.data), file: Option.getOrNull(flags.out) },
          human: Option.isSome(flags.out) ? `report: ${flags.out.value}` : markdown,
          verbatim: true
        })
        if (torn.length > 0) return yield* failAfterData(trainerErrors("integrity", torn))
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer campaign report latest --out report.md", description: "A page about all its run files and seeds" }
  ])
)

const steer = <const Verb extends "pause" | "stop">(verb: Verb) =>
  Command.make(verb, { campaign: campaignId, json }, (flags) =>
    writing(
      Effect.gen(function* () {
        const row = yield* campaignOf(flags.campaign)
        const outcome = yield* requestCampaign(row, verb)
        const texts = {
          requested: `${row.campaign_id} will ${verb} behind the current samples of its runs`,
          done: `${row.campaign_id} is ${verb === "pause" ? "paused" : "stopped"}`,
          "nothing-to-do": `${row.campaign_id} does not run`
        }
        yield* emit(flags.json, {
          kind: "campaign-request",
          data: { campaign_id: row.campaign_id, request: verb, outcome },
          human: texts[outcome]
        })
      })
    )
  )

export const pause = steer("pause").pipe(
  Command.withExamples([
    { command: "feagi-trainer campaign pause latest", description: "Let every run of it stop behind its current sample" }
  ])
)

export const stop = steer("stop").pipe(
  Command.withExamples([{ command: "feagi-trainer campaign stop latest", description: "Cancel what is not finished" }])
)
