/** `run export`: a run as contract documents for other programs, or as a bundle for a replay elsewhere. */
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { type MetricStat, trainerError } from "@feagi-trainer/contracts"
import { contractDocuments, documentOf, RunJournal, trainerVersion, viewRun } from "@feagi-trainer/core"
import { isSeedStat, metricStats } from "@feagi-trainer/evaluation"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { writeRunBundle } from "../bundle.ts"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { emit } from "../Out.ts"
import { emptyFolder, writeOut } from "../outFiles.ts"
import { reading } from "../services.ts"

const path = (name: string, metavar: string, what: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(what), Flag.optional)

/** Statistics of the run's group over its seeds, of the last scored phase. Another attempt at a seed is not another repeat. */
const groupStats = (group_id: string) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const rows = (yield* journal.runs).filter((row) => row.group_id === group_id)
    const views = yield* Effect.forEach(rows, viewRun)
    const bySeed = new Map(views.filter((view) => view.status === "completed").map((view) => [view.row.spec_sha256, view]))
    const values = [...bySeed.values()].flatMap(({ state }) => {
      const metrics = state.phases.findLast((phase) => phase.metrics !== undefined)?.metrics
      return metrics === undefined ? [] : [metrics]
    })
    if (values.length < 2) return {}
    return Object.fromEntries(
      Object.entries(metricStats(values, 0.95)).filter((entry): entry is [string, MetricStat] => isSeedStat(entry[1]))
    )
  })

export const exportRun = Command.make(
  "export",
  {
    run: optionalRunId,
    contracts: path("contracts", "folder", "Write every contract document as <Contract>-NN.json and an index.json"),
    bundle: path("bundle", "path", "Write the run, everything it pins and its data, to replay or import elsewhere: FILE.zip or a folder"),
    json
  },
  (flags) =>
    reading(
      Effect.scoped(
        Effect.gen(function* () {
          const row = yield* findRun(flags.run)
          const view = yield* viewRun(row)
          if (Option.isNone(flags.contracts) && Option.isNone(flags.bundle))
            return yield* trainerError("usage", {
              code: "FT1305",
              message: "say what to write:  --contracts FOLDER,  --bundle FILE.zip  or  --bundle FOLDER"
            })
          // A folder that cannot be written to is told before the bundle lies there.
          if (Option.isSome(flags.contracts)) yield* emptyFolder(flags.contracts.value)
          const written: Array<string> = []
          const sealed = Option.isSome(flags.bundle) ? yield* writeRunBundle(view, yield* documentOf(row), flags.bundle.value) : undefined
          if (Option.isSome(flags.bundle)) written.push(flags.bundle.value)
          if (Option.isSome(flags.contracts)) {
            const target = resolve(flags.contracts.value)
            const files = yield* contractDocuments(view, yield* groupStats(row.group_id))
            const index = {
              schema_version: 1,
              run_id: row.run_id,
              trainer_version: trainerVersion,
              documents: files.map(({ contract, file, variant }) => ({ file, contract, upstream_readable: variant === null, variant }))
            }
            yield* writeOut(flags.contracts.value, () => {
              for (const { file, text } of files) writeFileSync(join(target, file), text)
              writeFileSync(join(target, "index.json"), `${jsonText(index)}\n`)
            })
            written.push(flags.contracts.value)
          }
          yield* emit(flags.json, {
            kind: "export",
            data: { run_id: row.run_id, folders: written, bundle_sha256: sealed?.bundle_sha256 ?? null },
            human: written.join("\n")
          })
        })
      )
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run export latest --bundle iris.zip", description: "A run as one file, to be read and compared elsewhere" }
  ])
)
