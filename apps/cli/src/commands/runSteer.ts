/** `run pause`, `run skip` and `run stop`: what is asked of a run while it goes, and answered behind its current sample. */
import { type RunRequest, type RunStatus, requestRun, viewRun } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../findRun.ts"
import { json, runId } from "../flags.ts"
import { emit } from "../Out.ts"
import { writing } from "../services.ts"

const steered = (
  reference: string,
  request: RunRequest,
  asJson: boolean,
  texts: (run_id: string) => Readonly<Record<"requested" | "done", string>>
) =>
  writing(
    Effect.gen(function* () {
      const { run_id, ...row } = yield* findRun(reference)
      const outcome = yield* requestRun({ ...row, run_id }, request)
      const { status } = yield* viewRun({ ...row, run_id })
      const human = outcome === "nothing-to-do" ? idle(run_id, request, status) : texts(run_id)[outcome]
      yield* emit(asJson, { kind: "run-request", data: { run_id, request, outcome, status }, human })
    })
  )

/** Why nothing was done. */
const idle = (run_id: string, request: RunRequest, status: RunStatus): string =>
  status === "created" ? `${run_id} has not begun; there is nothing to ${request}` : `${run_id} is ${status} already`

const steer = <const Verb extends "pause" | "stop">(verb: Verb) =>
  Command.make(verb, { run: runId, json }, (flags) =>
    steered(flags.run, verb, flags.json, (run_id) => ({
      requested: `${run_id} will ${verb} behind its current sample`,
      done: `${run_id} is ${verb === "pause" ? "paused" : "cancelled"}`
    }))
  )

export const pause = steer("pause").pipe(
  Command.withExamples([
    { command: "feagi-trainer run pause latest", description: "Let it stop behind its current sample; run resume goes on" }
  ])
)

export const stop = steer("stop").pipe(
  Command.withExamples([{ command: "feagi-trainer run stop latest", description: "Give it up; what is committed stays" }])
)

const rest = Flag.Boolean("rest").pipe(Flag.withDescription("Leave out the phases that follow as well"), Flag.withDefault(false))

export const skip = Command.make("skip", { run: runId, rest, json }, (flags) =>
  steered(flags.run, flags.rest ? "skip-rest" : "skip", flags.json, (run_id) => ({
    requested: `${run_id} will end its phase behind the current sample, score what was met, and ${flags.rest ? "end" : "go on with the next phase"}`,
    done: `${run_id} is skipped`
  }))
).pipe(
  Command.withExamples([{ command: "feagi-trainer run skip latest", description: "Train no longer, and go on to validation and test" }])
)
