/**
 * Where a folder stands on the way from nothing to a result, and the commands that most people want there.
 *
 * Sharp edge: it reads the project and the store and no plugin, so that it answers at once and where a plugin is broken; which template
 * fits a dataset is asked by a command of its own.
 */
import { readdirSync } from "node:fs"
import type { TrainerError } from "@feagi-trainer/contracts"
import { openRunTable, Registry, type RunStatus, type RunTablePage } from "@feagi-trainer/core"
import { storeExists } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import { emit } from "./Out.ts"
import { Project } from "./Project.ts"
import { stored } from "./services.ts"
import { stdoutColumns } from "./terminal.ts"
import { folded } from "./textWidth.ts"

/** A run, and what of it decides which command works on it. */
export interface FoundRun {
  readonly run_id: string
  readonly group_id: string
  readonly status: RunStatus
  /** Whether a phase of it has a primary metric. */
  readonly scored: boolean
  /** Whether it is one of a control, which is no subject of a report but may stand beside one. */
  readonly control: boolean
  /** What a control and its recipe have in common. */
  readonly subject: string
  /** Whether its learner changed where it must not: it does not go on. */
  readonly mutated: boolean
}

/** What is here, in the order in which it comes about. */
export interface Found {
  /** As it was found from the working folder; undefined where there is none. */
  readonly project: string | undefined
  /** Names of files in the working folder that a next step could be about: tables and run files. */
  readonly files: ReadonlyArray<string>
  /** `name@version`, oldest first. */
  readonly datasets: ReadonlyArray<string>
  /** Oldest first, without archived ones. */
  readonly runs: ReadonlyArray<FoundRun>
}

export interface Step {
  readonly command: string
  readonly why: string
}

export interface NextSteps {
  readonly state: "no-project" | "no-dataset" | "no-run" | "unfinished" | "running" | "results"
  /** What is here, in one line. */
  readonly here: string
  /** The first is the one that most people want. */
  readonly steps: ReadonlyArray<Step>
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

const runsText = (runs: Found["runs"]): string => {
  const statuses = Map.groupBy(runs, ({ status }) => status)
  return `${counted(runs.length, "run")} (${[...statuses].map(([status, of]) => `${of.length} ${status}`).join(", ")})`
}

/** Waiting for somebody; a failed run goes on from its last step as well. */
const waiting: ReadonlySet<RunStatus> = new Set(["created", "paused", "interrupted", "failed"])
const going: ReadonlySet<RunStatus> = new Set(["validating", "running"])

/** The newest group that a report can be about, with the newest control of the same subject behind it. */
const reported = (runs: Found["runs"]): string | undefined => {
  const scored = runs.filter((run) => run.scored)
  const recipe = scored.findLast(({ control }) => !control)
  if (recipe === undefined) return undefined
  const control = scored.slice(scored.indexOf(recipe) + 1).findLast(({ subject }) => subject === recipe.subject)
  return `feagi-trainer report ${recipe.group_id}${control === undefined ? "" : ` --control ${control.group_id}`}`
}

/** Of what there is, the commands that work on it. */
const looks = (runs: Found["runs"]): ReadonlyArray<Step> => {
  const last = runs.at(-1)
  const report = reported(runs)
  const replayed = runs.findLast(({ status, mutated }) => status === "completed" || status === "skipped" || mutated)
  return [
    report === undefined
      ? { command: `feagi-trainer run show ${last?.run_id ?? "latest"}`, why: "what the last run came to" }
      : { command: report, why: "what the last runs gave, as a page" },
    { command: "feagi-trainer run ls", why: "all of them" },
    ...(replayed === undefined
      ? []
      : [{ command: `feagi-trainer run replay ${replayed === last ? "latest" : replayed.run_id}`, why: "the same bytes again" }])
  ]
}

/** At most this many runs are named. */
const mostNamed = 3

const tables = /\.[ct]sv$/i
const runFiles = /\.run\.(?:toml|yaml|json)$/

/** Without those whose names a shell would have to be told about; a folder that cannot be listed has none. */
const filesHere = (): ReadonlyArray<string> => {
  try {
    return readdirSync(".")
      .filter((name) => (tables.test(name) || runFiles.test(name)) && /^[\w.][\w.-]*$/.test(name))
      .sort()
  } catch {
    return []
  }
}

/** Pure, so that every state can be looked at. */
export const nextSteps = ({ project, files, datasets, runs }: Found): NextSteps => {
  const lookAround = { command: "feagi-trainer ui", why: "the same in a browser" }
  if (project === undefined)
    return {
      state: "no-project",
      here: "there is no feagi-trainer.toml here or in a folder above",
      steps: [
        { command: "feagi-trainer init", why: "writes one that lists the plugins installed here" },
        { command: "feagi-trainer ui --demo", why: "look at everything with an example first" }
      ]
    }
  const dataset = datasets.at(-1)
  if (dataset === undefined && runs.length === 0) {
    const table = files.find((name) => tables.test(name))
    const name = table?.replace(tables, "").toLowerCase()
    return {
      state: "no-dataset",
      here: `${project}, and no dataset yet`,
      steps: [
        { command: `feagi-trainer dataset discover ${table ?? "FILE"}`, why: "how a file or folder could be read" },
        {
          command: `feagi-trainer dataset add ${table ?? "FILE"} --adapter csv --label-column COLUMN --name ${name ?? "NAME"}`,
          why: "registers it"
        }
      ]
    }
  }
  if (dataset !== undefined && runs.length === 0) {
    const written = files.find((name) => runFiles.test(name))
    const file = written ?? `${dataset.split("@")[0]}.run.toml`
    const start = { command: `feagi-trainer run start ${file}`, why: "runs it" }
    return {
      state: "no-run",
      here: `${counted(datasets.length, "dataset")}, and no run yet`,
      steps:
        written !== undefined
          ? [{ command: `feagi-trainer run plan ${file}`, why: "says what it would do" }, start]
          : [
              { command: `feagi-trainer template ls --dataset ${dataset}`, why: "the templates that fit it" },
              { command: `feagi-trainer init --template TEMPLATE --dataset ${dataset} --seed 1..5 > ${file}`, why: "writes a run file" },
              start
            ]
    }
  }
  const here = `${counted(datasets.length, "dataset")}, ${runsText(runs)}`
  const open = runs.filter(({ status, mutated }) => waiting.has(status) && !mutated)
  const live = runs.filter(({ status }) => going.has(status))
  const watch = { command: "feagi-trainer monitor", why: `${live.length === 1 ? "one run is" : `${live.length} runs are`} on the way` }
  if (open.length > 0)
    return {
      state: "unfinished",
      here,
      steps: [
        ...open.slice(-mostNamed).map(({ run_id, status }) => ({
          command: `feagi-trainer run resume ${run_id}`,
          why: status === "failed" ? "failed; goes on from its last step" : `${status}; goes on from there`
        })),
        ...(open.length > mostNamed ? [{ command: "feagi-trainer run ls", why: `${open.length - mostNamed} more are not finished` }] : []),
        ...(live.length > 0 ? [watch] : []),
        lookAround
      ]
    }
  if (live.length > 0) return { state: "running", here, steps: [watch, lookAround] }
  return { state: "results", here, steps: [...looks(runs), lookAround] }
}

/** For people; at most twelve lines, in any state. What a command is for stands above it where there is no room behind it. */
export const nextStepsText = ({ here, steps }: NextSteps, columns: number): string => {
  const width = Math.max(...steps.map(({ command }) => command.length))
  const beside = steps.map(({ command, why }) => `  ${command.padEnd(width)}  # ${why}`)
  const fit = beside.every((line) => line.length <= columns)
  return [
    folded(`Here: ${here}`, columns),
    "",
    ...(fit ? beside : steps.flatMap(({ command, why }) => [`  # ${why}`, `  ${command}`])),
    "",
    "Every command: feagi-trainer --help"
  ].join("\n")
}

const columns = ["run_id", "group_id", "status", "score", "control", "mutated", "name", "dataset", "protocol", "learner"] as const

const rowsOf = ({ rows }: RunTablePage): Found["runs"] =>
  rows.map(({ cells: [run_id, group_id, status, score, control, mutated, ...subject] }) => ({
    run_id: String(run_id),
    group_id: String(group_id),
    status: String(status) as RunStatus,
    scored: typeof score === "number",
    control: control !== "none",
    subject: JSON.stringify(subject),
    mutated: mutated === true
  }))

const inStore = stored(
  Effect.gen(function* () {
    const registry = yield* Registry
    const table = yield* openRunTable
    const page = yield* table.select({ where: "", sort: [], columns, offset: 0, limit: undefined, archived: false })
    return { datasets: (yield* registry.datasets).map((each) => each.dataset_version_id), runs: rowsOf(page) }
  })
)

/** A project that is not there is a place to begin; one that cannot be read is a mistake like any other. */
const isAbsent = (error: TrainerError): boolean => error.diagnostics.some(({ code }) => code === "FT1101")

const found: Effect.Effect<Found, TrainerError, Project> = Effect.gen(function* () {
  const nothing = { files: filesHere(), datasets: [], runs: [] }
  const project = yield* Effect.catch(yield* Project, (error) => (isAbsent(error) ? Effect.succeed(undefined) : Effect.fail(error)))
  if (project === undefined) return { project: undefined, ...nothing }
  if (!(yield* storeExists(project.store))) return { project: project.file, ...nothing }
  return { ...nothing, project: project.file, ...(yield* inStore) }
})

/** Says where this folder stands and what comes next. */
export const tellNextSteps = (json: boolean) =>
  Effect.gen(function* () {
    const here = yield* found
    const next = nextSteps(here)
    yield* emit(json, {
      kind: "next-steps",
      data: { ...next, project: here.project ?? null, datasets: here.datasets.length, runs: here.runs.length },
      human: nextStepsText(next, Math.min(80, stdoutColumns())),
      verbatim: true
    })
  })
