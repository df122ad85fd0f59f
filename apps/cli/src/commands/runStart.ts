/** `run start` and `run resume`: a run, or all of a group, to its end or to a stop. */
import { trainerError } from "@feagi-trainer/contracts"
import { createRun, isOver, viewRun } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { executeGroup } from "../executeGroup.ts"
import { findRuns } from "../findRun.ts"
import { dryRun, json, runFile, runId, set, stdinFormat, workers } from "../flags.ts"
import { emit } from "../Out.ts"
import { progressLine } from "../ProgressLine.ts"
import { planAll } from "../planAll.ts"
import { planData } from "../planData.ts"
import { readRunFile } from "../readRunFile.ts"
import { Signals } from "../Signals.ts"
import { writing } from "../services.ts"
import { checkRunWorkers } from "../workers/checkWorkers.ts"
import { planText } from "./runPlan.ts"

const noProgress = Flag.Boolean("no-progress").pipe(Flag.withDescription("Do not show how far the run is"), Flag.withDefault(false))

export const start = Command.make("start", { file: runFile, format: stdinFormat, set, workers, json, dryRun, noProgress }, (flags) =>
  writing(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set, Option.getOrUndefined(flags.format))
      const planned = yield* planAll(read, flags.workers)
      if (flags.dryRun) {
        const runs = yield* planData(planned)
        return yield* emit(flags.json, {
          kind: "run-plan",
          data: { group_id: read.group_id, runs },
          human: runs.map(planText).join("\n")
        })
      }
      const rows = yield* Effect.forEach(planned, (each) => createRun(each, read.group_id))
      yield* executeGroup(rows, read.group_id, flags)
    }),
    progressLine(!flags.noProgress)
  ).pipe(Effect.provide(Signals.live), Effect.scoped)
).pipe(Command.withExamples([{ command: "feagi-trainer run start iris.run.toml", description: "Train, validate and test every seed" }]))

export const resume = Command.make("resume", { run: runId, workers, json, noProgress }, (flags) =>
  writing(
    Effect.gen(function* () {
      const rows = yield* findRuns(flags.run)
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
).pipe(Command.withExamples([{ command: "feagi-trainer run resume latest", description: "Go on from its last committed step" }]))
