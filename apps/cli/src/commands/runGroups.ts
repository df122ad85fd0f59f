/**
 * `run groups`: the experiments of a store, each a group of runs that differ in their seed alone, with its primary metric over the seeds.
 *
 * Sharp edge: a mean is told once every seed is done, because the mean over those that went well so far is another number. Of a seed that
 * was run several times the last attempt counts, as in a report.
 */
import { type Diagnostic, type Direction, directionOf } from "@feagi-trainer/contracts"
import { type Cell, documentOf, loadPack, openRunTable, RunJournal, type RunRow } from "@feagi-trainer/core"
import { metricStats, type SeedStat } from "@feagi-trainer/evaluation"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

/** Confidence of the interval, as in reports. */
const confidence = 0.95

interface Member {
  readonly run_id: string
  readonly seed: Cell
  readonly status: string | null
  readonly score: number | null
}

interface Group {
  readonly group_id: string
  readonly name: string
  readonly created: string
  readonly dataset: string | null
  readonly protocol: string | null
  readonly learner: string | null
  readonly control: string | null
  /** How many runs are in each status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly runs: number
  readonly done: number
  readonly primary_metric: string | null
  readonly direction: Direction | null
  readonly score: SeedStat | { readonly insufficient: string }
  readonly best: Member | null
  readonly members: ReadonlyArray<Member>
  /** Earlier attempts of the same seeds, which do not count. */
  readonly earlier_attempts: number
  readonly archived: boolean
}

const finished: ReadonlySet<string> = new Set(["completed", "skipped"])

const textOf = (cell: Cell | undefined): string | null => (typeof cell === "string" ? cell : null)

const scoreOf = (members: ReadonlyArray<Member>): Group["score"] => {
  const open = members.filter(({ status }) => status === null || !finished.has(status))
  if (open.length > 0) return { insufficient: `${members.length - open.length} of ${members.length} seeds are done` }
  const values = members.map(({ score }) => ({ score: score ?? { insufficient: "the run has no value" } }))
  return metricStats(values, confidence).score ?? { insufficient: "there is no run" }
}

const bestOf = (members: ReadonlyArray<Member>, direction: Direction | undefined): Member | null => {
  if (direction === undefined) return null
  const sign = direction === "lower-is-better" ? -1 : 1
  const scored = members.flatMap((member) => (member.score === null ? [] : [{ member, value: sign * member.score }]))
  return (
    scored.reduce<(typeof scored)[number] | undefined>(
      (best, each) => (best === undefined || each.value > best.value ? each : best),
      undefined
    )?.member ?? null
  )
}

/** Which way the primary metric of a run is better; a plugin that is not there is a warning. */
const directionOfRun = (row: RunRow, metric: string) =>
  Effect.map(Effect.flatMap(documentOf(row), loadPack), ({ pack }) => directionOf(pack, metric))

const keys = [
  "group_id",
  "name",
  "seed",
  "status",
  "score",
  "primary_metric",
  "dataset",
  "protocol",
  "learner",
  "control",
  "archived",
  "created"
] as const

export const groups = Command.make(
  "groups",
  {
    archived: Flag.Boolean("archived").pipe(Flag.withDescription("Groups of which every run is archived as well"), Flag.withDefault(false)),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const table = yield* openRunTable
        const page = yield* table.select({ where: "", sort: [], columns: keys, offset: 0, limit: undefined, archived: true })
        const rows = new Map((yield* Effect.flatMap(RunJournal, ({ runs }) => runs)).map((row) => [row.run_id, row] as const))
        const runs = page.rows.map(({ run_id, cells }) => ({
          run_id,
          cell: (key: (typeof keys)[number]) => cells[keys.indexOf(key)] ?? null
        }))
        const directions = new Map<string, Direction | undefined>()
        const warnings: Array<Diagnostic> = [...page.warnings]
        const found: Array<Group> = []
        for (const [group_id, all] of Map.groupBy(runs, ({ cell }) => String(cell("group_id")))) {
          const last = [...new Map(all.map((run) => [String(run.cell("seed")), run])).values()]
          const [first] = last
          if (first === undefined) continue
          const members = last.map(({ run_id, cell }): Member => {
            const score = cell("score")
            return { run_id, seed: cell("seed"), status: textOf(cell("status")), score: typeof score === "number" ? score : null }
          })
          const metric = textOf(first.cell("primary_metric"))
          const row = rows.get(first.run_id)
          const measure = `${textOf(first.cell("protocol"))} ${metric}`
          if (metric !== null && row !== undefined && !directions.has(measure)) {
            const direction = yield* Effect.result(directionOfRun(row, metric))
            if (direction._tag === "Failure")
              warnings.push(...direction.failure.diagnostics.map((each): Diagnostic => ({ ...each, severity: "warning" })))
            directions.set(measure, direction._tag === "Success" ? direction.success : undefined)
          }
          const direction = directions.get(measure)
          const created = all[0]?.cell("created")
          found.push({
            group_id,
            name: String(first.cell("name")),
            created: typeof created === "number" ? new Date(created).toISOString() : "",
            dataset: textOf(first.cell("dataset")),
            protocol: textOf(first.cell("protocol")),
            learner: textOf(first.cell("learner")),
            control: textOf(first.cell("control")),
            statuses: Object.fromEntries(
              [...Map.groupBy(members, ({ status }) => status ?? "damaged")].map(([status, of]) => [status, of.length])
            ),
            runs: members.length,
            done: members.filter(({ status }) => status !== null && finished.has(status)).length,
            primary_metric: metric,
            direction: direction ?? null,
            score: scoreOf(members),
            best: bestOf(members, direction),
            members,
            earlier_attempts: all.length - last.length,
            archived: all.every(({ cell }) => cell("archived") === true)
          })
        }
        const shown = flags.archived ? found : found.filter(({ archived }) => !archived)
        yield* emit(flags.json, {
          kind: "run-groups",
          data: shown,
          human: textTable(
            [
              { title: "GROUP", cell: (group) => group.group_id },
              {
                title: "NAME",
                cell: (group) => (group.control === "none" || group.control === null ? group.name : `${group.name} (${group.control})`)
              },
              { title: "DATASET", cell: (group) => group.dataset },
              { title: "DONE", cell: (group) => `${group.done}/${group.runs}` },
              { title: "SCORE", cell: scoreText },
              {
                title: "BEST",
                cell: (group) => (group.best === null ? null : `${group.best.score?.toFixed(4)} seed ${String(group.best.seed)}`)
              },
              { title: "STATUS", cell: statusText }
            ],
            shown,
            "no run group yet"
          ),
          warnings
        })
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer run groups", description: "Mean and interval over the seeds of each group" }]))

const scoreText = ({ primary_metric, score }: Group): string | null => {
  if (!("mean" in score)) return null
  // One seed has no spread to see: an interval of no width would say the contrary.
  const margin = score.n === 1 ? "" : ` ± ${((score.ci_high - score.ci_low) / 2).toFixed(4)}`
  return `${primary_metric} ${score.mean.toFixed(4)}${margin}`
}

const statusText = ({ statuses }: Group): string => {
  const entries = Object.entries(statuses)
  const [only] = entries
  return entries.length === 1 && only !== undefined ? only[0] : entries.map(([status, count]) => `${count} ${status}`).join(", ")
}
