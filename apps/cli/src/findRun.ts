/** Runs by what a person types: the id of one, a unique beginning of it, or `latest`; or the id of a group. */
import { RunJournal } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { byId } from "./ids.ts"

export const findRun = (reference: string) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    return yield* byId("run", reference, yield* journal.runs, (each) => each.run_id)
  })

/** All runs of a group, oldest first, or the one run. */
export const findRuns = (reference: string) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const group = (yield* journal.runs).filter((row) => row.group_id === reference)
    return group.length > 0 ? group : [yield* findRun(reference)]
  })
