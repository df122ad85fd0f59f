/** `run logs`: the journal of a run as it was written. */
import { RunJournal } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"
import { stdoutColumns } from "../terminal.ts"
import { cut } from "../textWidth.ts"

const from = Flag.Int("from").pipe(
  Flag.withDescription("Number of the first entry, from 0"),
  Flag.filter(
    (seq) => seq >= 0,
    () => "a whole number from 0"
  ),
  Flag.withDefault(0)
)
const limit = Flag.Int("limit").pipe(
  Flag.withDescription("How many entries at the most; all when left out"),
  Flag.filter(
    (count) => count >= 1,
    () => "a whole number from 1"
  ),
  Flag.optional
)

export const logs = Command.make("logs", { run: optionalRunId, from, limit, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const row = yield* findRun(flags.run)
      const events = (yield* journal.events(row.run_id, flags.from)).slice(0, Option.getOrUndefined(flags.limit))
      yield* emit(flags.json, {
        kind: "run-events",
        data: events,
        human: events
          .map((event) => {
            const at = new Date(event.at_wall).toISOString()
            // A screen gets the beginning of each entry, a pipe all of it.
            return cut(
              `${String(event.seq).padStart(5)}  ${at}  ${event.type.padEnd(16)} ${JSON.stringify(event.payload)}`,
              stdoutColumns()
            )
          })
          .join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer run logs latest --limit 20", description: "The first 20 lines" }]))
