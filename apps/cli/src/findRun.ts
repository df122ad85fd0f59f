/** A run by what a person types: its id, a unique beginning of it, or `latest`. */
import { RunJournal } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { byId } from "./ids.ts"

export const findRun = (reference: string) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    return yield* byId("run", reference, yield* journal.runs, (each) => each.run_id)
  })
