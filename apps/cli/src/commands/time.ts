/** `time`: instants as records write them, and what a text means as an instant. */
import { TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Clock from "effect/Clock"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { canonicalTime, parseTime } from "../canonicalTime.ts"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { textTable } from "../textTable.ts"

export const now = Command.make("now", { json }, (flags) =>
  Effect.gen(function* () {
    const wall = canonicalTime(yield* Clock.currentTimeMillis)
    const monotonic_ns = yield* Effect.sync(() => process.hrtime.bigint())
    yield* emit(flags.json, { kind: "time", data: { wall, monotonic_ns }, human: wall })
  })
).pipe(Command.withExamples([{ command: "feagi-trainer time now", description: "This instant in UTC" }]))

const texts = Argument.String("time").pipe(Argument.withDescription("An RFC 3339 time; several may be given"), Argument.atLeast(1))
const leap = Flag.Literals("leap", ["refuse", "keep"]).pipe(
  Flag.withDescription("What to do with a leap second, 23:59:60: it has no Unix time of its own"),
  Flag.withDefault("refuse")
)
const zone = Flag.String("zone").pipe(
  Flag.withMetavar("name"),
  Flag.withDescription("IANA zone of times without an offset; one that never was or was twice there is refused"),
  Flag.optional
)

export const parse = Command.make("parse", { texts, leap, zone, json }, (flags) =>
  Effect.gen(function* () {
    const name = Option.getOrUndefined(flags.zone)
    const parsed = flags.texts.map((text) => ({
      text,
      time: parseTime(text, { leap: flags.leap, ...(name === undefined ? {} : { zone: name }) })
    }))
    const wrong = parsed.flatMap(({ time }) => (time instanceof TrainerError ? time.diagnostics : []))
    if (wrong.length > 0) return yield* trainerErrors("invalid", wrong)
    const data = parsed.flatMap(({ text, time }) => (time instanceof TrainerError ? [] : [{ text, ...time }]))
    yield* emit(flags.json, {
      kind: "times",
      data,
      human: textTable(
        [
          { title: "TIME", cell: (each) => each.text },
          { title: "UTC", cell: (each) => each.canonical },
          { title: "UNIX MS", cell: (each) => String(each.unix_ms) },
          { title: "", cell: (each) => (each.leap_second ? "leap second" : null) }
        ],
        data,
        "no time"
      )
    })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer time parse 2026-11-22T08:44:49.123+01:00", description: "2026-11-22T07:44:49.123Z" },
    {
      command: "feagi-trainer time parse 2026-10-25T02:30:00 --zone Europe/Berlin",
      description: "Refused: it was twice, at +02:00 and at +01:00"
    }
  ])
)
