/**
 * run_experiment: the runs of a file, or of all files of a campaign, over the seeds of another one, their results as flat files in one
 * folder.
 *
 * Sharp edges: ids of runs count attempts, so that they and all times stay out of every file and body; a second experiment does not
 * write into the folder of another one.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { canonicalHash, type Document, isTable } from "@feagi-trainer/config"
import { isInsufficient, type MetricValue, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { canonical, fromCanonical, hashOf } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import type { InsidePath } from "../../chronicle/insideRoot.ts"
import type { NamedSeed } from "../../chronicle/Manifest.ts"
import { logFormat, root, type ScriptServices, script } from "../../chronicle/script.ts"
import { workers } from "../../flags.ts"
import { jsonText } from "../../jsonText.ts"
import { writeOut } from "../../outFiles.ts"
import { readDocumentFile } from "../../readProject.ts"
import { readSeedFile } from "../../seedFile.ts"
import { forVerb, insideAll } from "./utils.ts"

interface PhaseData {
  readonly phase: string
  readonly samples: number
  readonly predictions_sha256: string | null
  readonly connectome_hash?: string | null
  readonly weights_sha256?: string | null
  readonly scorecard_body_sha256: string | null
  readonly metrics: Readonly<Record<string, MetricValue>>
}

interface RunData {
  readonly run_id: string
  readonly seed: number | bigint
  readonly status: string
  readonly spec_sha256: string
  readonly predictions_sha256: string | null
  readonly phases: ReadonlyArray<PhaseData>
}

/** One run of the experiment; of a campaign with what its run file is called there. */
interface LabelledRun {
  readonly label?: string
  readonly run: RunData
}

interface CampaignShown {
  readonly campaign_id: string
  readonly members: ReadonlyArray<{
    readonly label: string
    readonly runs: ReadonlyArray<{
      readonly run_id: string | null
      readonly seed: number | bigint
      readonly failure: string | null
    }>
  }>
}

interface GroupData {
  readonly group_id: string
  readonly runs: ReadonlyArray<RunData>
  readonly failures?: ReadonlyArray<{ readonly run_id: string; readonly seed: number | bigint; readonly diagnostics: unknown }>
}

/** What is told of a step of a run, and when it was told no more. */
interface EventData {
  readonly kind: {
    readonly type: string
    readonly samples_done?: number | bigint
    readonly metrics?: Readonly<Record<string, number>>
    readonly scope?: string
  }
  readonly x_feagi_trainer?: { readonly phase?: string }
}

/** What equal runs have in common. */
const lasting = ({ seed, status, spec_sha256, predictions_sha256, phases }: RunData) => ({
  seed,
  status,
  spec_sha256,
  predictions_sha256,
  phases: phases.map((phase) => ({
    phase: phase.phase,
    samples: phase.samples,
    predictions_sha256: phase.predictions_sha256,
    learned_hash: phase.connectome_hash ?? phase.weights_sha256 ?? null,
    scorecard_body_sha256: phase.scorecard_body_sha256,
    metrics: phase.metrics
  }))
})

const cell = (value: unknown): string => {
  const text = value === null ? "" : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const csv = (rows: ReadonlyArray<ReadonlyArray<unknown>>): string => rows.map((row) => `${row.map(cell).join(",")}\n`).join("")

/** Labels are a column of their own where runs have them. */
const table = (columns: ReadonlyArray<string>, rows: ReadonlyArray<readonly [label: string | undefined, row: ReadonlyArray<unknown>]>) => {
  const labelled = rows.some(([label]) => label !== undefined)
  return csv([labelled ? ["label", ...columns] : columns, ...rows.map(([label, row]) => (labelled ? [label ?? null, ...row] : row))])
}

/** One row for each metric of each phase of each seed; what has no value has its reason. */
const metricsCsv = (runs: ReadonlyArray<LabelledRun>): string =>
  table(
    ["seed", "phase", "metric", "value", "insufficient"],
    runs.flatMap(({ label, run: { seed, phases } }) =>
      phases.flatMap(({ phase, metrics }) =>
        Object.keys(metrics)
          .sort()
          .flatMap((name) => {
            const value = metrics[name]
            if (value === undefined) return []
            const row = isInsufficient(value) ? [seed, phase, name, null, value.insufficient] : [seed, phase, name, value, null]
            return [[label, row] as const]
          })
      )
    )
  )

/** What was told while a run learnt, step by step: accuracy, and of an optimiser loss, coherence and what else it measures. */
const curveRows = (seed: number | bigint, events: ReadonlyArray<EventData>): ReadonlyArray<ReadonlyArray<unknown>> => {
  let done: number | bigint = 0
  return events.flatMap(({ kind, x_feagi_trainer }) => {
    if (kind.samples_done !== undefined && kind.type === "progress") done = kind.samples_done
    if (kind.type !== "metric_update" || kind.scope !== "partial") return []
    return Object.entries(kind.metrics ?? {}).map(([name, value]) => [seed, x_feagi_trainer?.phase ?? null, done, name, value])
  })
}

const summaryName = "summary.json"

/** FT3442 where the folder holds the summary of another experiment. */
const refuseOther = (logdir: InsidePath, experiment: string): Effect.Effect<void, TrainerError> =>
  Effect.suspend(() => {
    const path = join(logdir.absolute, summaryName)
    if (!existsSync(path)) return Effect.void
    const other = (found: string) =>
      trainerError("invalid", {
        code: "FT3442",
        file: `${logdir.shown}/${summaryName}`,
        message: "the folder holds the results of another experiment",
        expected: experiment,
        actual: found,
        help: "name another --logdir"
      })
    try {
      const value: unknown = fromCanonical(readFileSync(path, "utf8"))
      const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "experiment_sha256") : undefined
      return found === experiment ? Effect.void : Effect.fail(other(String(found)))
    } catch {
      return Effect.fail(other("a file that cannot be read"))
    }
  })

/** Seeds stand in one place: those of the run file, where it has some, are those of the seed file. */
const sameSeeds = (value: unknown, seeds: ReadonlyArray<NamedSeed>, config: InsidePath): Effect.Effect<void, TrainerError> => {
  if (value === undefined || canonical(value) === canonical(seeds.map(({ seed }) => seed))) return Effect.void
  return Effect.fail(
    trainerError("invalid", {
      code: "FT3441",
      file: config.shown,
      field: "seeds",
      message: "the run file and the seed file name other seeds",
      expected: canonical(seeds.map(({ seed }) => seed)),
      actual: canonical(value),
      help: "remove  seeds  from the run file"
    })
  )
}

const writeResults = (logdir: InsidePath, files: Readonly<Record<string, string>>) =>
  writeOut(logdir.shown, () => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(logdir.absolute, name), text)
  })

/** What an experiment found, run by run, with the id of what was started; no id of an attempt. */
interface Found {
  readonly id: Readonly<Record<string, string>>
  readonly runs: ReadonlyArray<LabelledRun>
  readonly failures: ReadonlyArray<unknown>
}

const groupRuns = ({ group_id, runs, failures = [] }: GroupData): Effect.Effect<Found> =>
  Effect.succeed({
    id: { group_id },
    runs: runs.map((run) => ({ run })),
    failures: failures.map(({ seed, diagnostics }) => ({ seed, diagnostics }))
  })

/** Every run of a campaign that has begun, as it is told alone. */
const campaignRuns = ({ campaign_id, members }: CampaignShown, verb: ScriptServices["verb"]) =>
  Effect.gen(function* () {
    const all = members.flatMap(({ label, runs }) => runs.map((run) => ({ label, ...run })))
    const runs = yield* Effect.forEach(
      all.flatMap(({ label, run_id }) => (run_id === null ? [] : [{ label, run_id }])),
      ({ label, run_id }) => Effect.map(verb(["run", "show", run_id]), ({ data }): LabelledRun => ({ label, run: data as RunData }))
    )
    const failures = all.flatMap(({ label, seed, failure }) => (failure === null ? [] : [{ label, seed, failure }]))
    return { id: { campaign_id }, runs, failures } satisfies Found
  })

/** A campaign lists run files; a run file has no such list. */
const isCampaignFile = ({ value }: Document): boolean => isTable(value) && Array.isArray(value.runs)

/** The run files of an experiment: the file itself, or those that a campaign lists, below the root like everything else. */
const memberFiles = (document: Document, config: InsidePath, inside: ScriptServices["inside"]) => {
  const listed = isCampaignFile(document) && isTable(document.value) ? document.value.runs : undefined
  if (!Array.isArray(listed)) return Effect.succeed([{ file: config, document }])
  // What is no list of files is for the campaign to refuse, with its place.
  const paths = listed.flatMap((each) => (isTable(each) && typeof each.file === "string" ? [each.file] : []))
  return Effect.forEach(paths, (path) =>
    Effect.gen(function* () {
      const file = yield* inside(resolve(dirname(config.absolute), path))
      return { file, document: yield* readDocumentFile(file.absolute, file.shown) }
    })
  )
}

const experiment = (
  { inside, verb, log }: ScriptServices,
  flags: { readonly config: string; readonly seeds: string; readonly logdir: string; readonly workers: number }
) =>
  Effect.gen(function* () {
    const [config, seedFile, logdir] = [yield* inside(flags.config), yield* inside(flags.seeds), yield* inside(flags.logdir)]
    const document = yield* readDocumentFile(config.absolute, config.shown)
    const seeds = yield* readSeedFile(seedFile.absolute, seedFile.shown)
    const all = [...(seeds.master === undefined ? [] : [{ name: "master", seed: seeds.master }]), ...seeds.runs, ...seeds.named]
    const members = yield* memberFiles(document, config, inside)
    for (const { file, document: of } of members) yield* sameSeeds(isTable(of.value) ? of.value.seeds : undefined, seeds.runs, file)
    const isCampaign = isCampaignFile(document)
    const written = members.map((member) => canonicalHash(member.document))
    const config_sha256 = isCampaign ? hashOf({ campaign: canonicalHash(document), files: written }) : canonicalHash(document)
    const experiment_sha256 = hashOf({ config_sha256, seeds: all })
    yield* refuseOther(logdir, experiment_sha256)
    // Before hours of runs, and not behind them: a place for their results.
    yield* writeOut(logdir.shown, () => void mkdirSync(logdir.absolute, { recursive: true }))
    for (const { name, seed } of all) yield* log.tell("info", "seed", { name, seed }, `seed ${name} = ${seed}`)
    const list = seeds.runs.map(({ seed }) => seed).join(", ")
    const argv = [forVerb(config), `--set=seeds=[${list}]`, `--workers=${flags.workers}`]
    const said = yield* verb(isCampaign ? ["campaign", "start", "--no-progress", ...argv] : ["run", "start", ...argv])
    const { id, runs, failures } = yield* isCampaign ? campaignRuns(said.data as CampaignShown, verb) : groupRuns(said.data as GroupData)
    const curves = yield* Effect.forEach(runs, ({ label, run: { run_id, seed } }) =>
      Effect.map(verb(["run", "events", run_id]), ({ data }) =>
        curveRows(seed, data as ReadonlyArray<EventData>).map((row) => [label, row] as const)
      )
    )
    const data = {
      experiment_sha256,
      config_sha256,
      ...id,
      runs: runs.map(({ label, run }) => ({ ...(label === undefined ? {} : { label }), ...lasting(run) })),
      failures
    }
    const files = {
      "metrics.csv": metricsCsv(runs),
      "curves.csv": table(["seed", "phase", "samples_done", "metric", "value"], curves.flat()),
      [summaryName]: `${jsonText(data)}\n`
    }
    yield* writeResults(logdir, files)
    return {
      told: { config: config.shown, seeds: seedFile.shown, logdir: logdir.shown },
      kind: said.kind,
      data,
      beside: { run_ids: runs.map(({ run: { run_id } }) => run_id), workers: flags.workers },
      seeds: all,
      artifacts: yield* insideAll(
        { inside },
        Object.keys(files).map((name) => `${logdir.shown}/${name}`)
      ),
      warnings: said.warnings,
      code: said.code
    }
  })

const path = (name: string, description: string) => Flag.String(name).pipe(Flag.withMetavar("path"), Flag.withDescription(description))

export const runExperiment = Command.make(
  "run_experiment",
  {
    config: path("config", "Run file, or campaign file with several of them: TOML, YAML or JSON, below the root"),
    seeds: path("seeds", "Seed file: master, runs, named"),
    logdir: path("logdir", "Folder for metrics.csv, curves.csv and summary.json"),
    workers,
    root,
    logFormat
  },
  (flags) => script("run_experiment", flags, (services) => experiment(services, flags))
).pipe(
  Command.withExamples([
    {
      command:
        "feagi-trainer compat run_experiment --config trainer/config/phase7.toml --seeds scripts/utils/seeds.toml --logdir experiments/results/run_2025_10_31",
      description: "The same as  run_experiment …"
    }
  ])
)
