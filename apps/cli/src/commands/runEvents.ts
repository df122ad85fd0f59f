/**
 * `run events`: what a run tells, in upstream's vocabulary, from any event on and while it goes.
 *
 * Sharp edge: what is followed has no end that could be waited for, so that `--follow --json` gives one document per line, each of one event.
 */
import type { RunEvent } from "@feagi-trainer/contracts"
import { encodeDocument, trainerError } from "@feagi-trainer/contracts"
import { numberOf, runEvents } from "@feagi-trainer/core"
import { Json } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"

const words = ({ kind }: RunEvent): string => {
  switch (kind.type) {
    case "progress":
    case "paused":
    case "resumed":
    case "skipped":
      return `${kind.samples_done}/${kind.samples_total}`
    case "metric_update": {
      const all = Object.entries(kind.metrics)
      const plain = all.filter(([name]) => !name.includes("/"))
      // A validation has none but those of its part.
      const values = plain.length > 0 ? plain : all.slice(0, 3)
      const others = plain.length === 0 && all.length > 3 ? `  and ${all.length - 3} more` : ""
      return `${kind.scope}  ${values.map(([name, value]) => `${name} ${value.toFixed(4)}`).join("  ")}${others}`
    }
    case "scorecard_ready":
      return kind.scorecard_id
    case "failed":
    case "cancelled":
    case "warning":
      return kind.message
    default:
      return ""
  }
}

const line = (event: RunEvent): string => {
  const at = event.timestamp === null ? "" : new Date(Number(event.timestamp)).toISOString()
  const phase = event.x_feagi_trainer?.phase ?? ""
  return `${String(numberOf(event)).padStart(5)}  ${at}  ${phase.padEnd(10)} ${event.kind.type.padEnd(16)} ${words(event)}`.trimEnd()
}

/** With its number, for a reader that asks for what comes after. */
export const numberedEvent = (event: RunEvent) => ({ seq: numberOf(event), document: wireOf(event) })

const wireOf = (event: RunEvent): unknown => Json.parseOrThrow(encodeDocument("RunEvent", event))

export const events = Command.make(
  "events",
  {
    run: optionalRunId,
    after: Flag.Int("after").pipe(
      Flag.withMetavar("seq"),
      Flag.withDescription("Number of the last event that is known: what comes after it is given"),
      Flag.optional
    ),
    follow: Flag.Boolean("follow").pipe(
      Flag.withAlias("f"),
      Flag.withDescription("Go on until the run has ended, in whichever process it runs"),
      Flag.withDefault(false)
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const row = yield* findRun(flags.run)
        const after = Option.getOrUndefined(flags.after)
        if (after !== undefined && after < -1)
          return yield* trainerError("usage", {
            code: "FT1330",
            field: "--after",
            message: "is no number of an event",
            expected: "the number of the last event that is known, or -1 for none",
            actual: String(after)
          })
        const told = runEvents(row, { follow: flags.follow, ...(after === undefined ? {} : { after }) })
        if (flags.json && !flags.follow) {
          const data = (yield* Stream.runCollect(told)).map(wireOf)
          return yield* emit(true, { kind: "run-event-list", data, human: "" })
        }
        yield* Stream.runForEach(told, (event) =>
          emit(flags.json, { kind: "run-event", data: wireOf(event), human: line(event), oneLine: true })
        )
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer run events latest --follow", description: "Watch a run from another terminal" }]))
