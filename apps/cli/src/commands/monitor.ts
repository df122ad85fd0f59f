/** `monitor`: runs and campaigns that go on, in whichever process, until somebody has seen enough. */
import { formatDiagnostic, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import { Store, storeExists } from "@feagi-trainer/store"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { isActive, Seen, type Snapshot, snapshot } from "../monitor/snapshot.ts"
import { campaignLine, runLine, snapshotText } from "../monitor/snapshotText.ts"
import { emit, Out, say } from "../Out.ts"
import { Project } from "../Project.ts"

const once = Flag.Boolean("once").pipe(Flag.withDescription("Look once and end"), Flag.withDefault(false))
const untilIdle = Flag.Boolean("until-idle").pipe(Flag.withDescription("End when nothing runs any more"), Flag.withDefault(false))
const all = Flag.Boolean("all").pipe(
  Flag.withDescription("Also show what is paused, interrupted, failed or not begun"),
  Flag.withDefault(false)
)
const every = Flag.Int("every").pipe(
  Flag.withMetavar("ms"),
  Flag.withDescription("Milliseconds between two looks"),
  Flag.filter(
    (millis) => millis >= 100 && millis <= 3_600_000,
    () => "a whole number from 100 to 3600000"
  ),
  Flag.withDefault(1000)
)

/** The store is opened for every look: it may be made, moved or restored while somebody watches. */
const look = (seen: Seen, everything: boolean): Effect.Effect<Snapshot | undefined, TrainerError, Project> =>
  Effect.gen(function* () {
    const project = yield* yield* Project
    if (!(yield* storeExists(project.store))) return undefined
    return yield* snapshot(seen, everything).pipe(Effect.provide(Store.layer(project.store)))
  })

const nothing: Snapshot = { runs: [], campaigns: [] }

/** What makes two looks different: speed and time left change with every step anyway. */
const standOf = ({ runs, campaigns }: Snapshot): string =>
  hashOf({ runs: runs.map(({ rate: _, eta_seconds: __, ...run }) => run), campaigns })

const watch = (flags: { readonly json: boolean; readonly all: boolean; readonly untilIdle: boolean; readonly every: number }) =>
  Effect.gen(function* () {
    const out = yield* Out
    const seen = new Seen()
    let last = ""
    let trouble = ""
    let keys: ReadonlyArray<string> = []
    for (;;) {
      // A store that is restored, moved or made anew under a monitor is no reason to end: it is told once, and looked at again.
      const looked = yield* Effect.result(look(seen, flags.all))
      if (looked._tag === "Failure") {
        const { message, diagnostics } = looked.failure
        if (message !== trouble) for (const diagnostic of diagnostics) yield* say(formatDiagnostic(diagnostic))
        trouble = message
        yield* Effect.sleep(flags.every)
        continue
      }
      trouble = ""
      const found = looked.success ?? nothing
      const stand = standOf(found)
      if (flags.json || !out.interactive) {
        if (stand !== last) yield* emit(flags.json, { kind: "monitor", data: found, human: `${snapshotText(found)}\n`, oneLine: true })
      } else {
        const lines = [
          ...found.campaigns.map((each) => [each.campaign_id, campaignLine(each)] as const),
          ...found.runs.map((each) => [each.run_id, runLine(each)] as const)
        ]
        const shown = lines.length > 0 ? lines : [["", "nothing runs; waiting"] as const]
        for (const key of keys) if (!shown.some(([name]) => name === key)) yield* out.status(key, "")
        for (const [key, line] of shown) yield* out.status(key, line)
        keys = shown.map(([key]) => key)
      }
      last = stand
      const idle = !found.runs.some(isActive) && found.campaigns.every(({ status }) => status !== "running")
      if (flags.untilIdle && idle) {
        yield* out.noStatus
        if (out.interactive && !flags.json) yield* out.stdout(`${snapshotText(found)}\n`)
        return
      }
      yield* Effect.sleep(flags.every)
    }
  })

export const monitor = Command.make("monitor", { once, untilIdle, all, every, json }, (flags) =>
  Effect.gen(function* () {
    if (!flags.once) return yield* watch(flags)
    const found = yield* look(new Seen(), flags.all)
    if (found === undefined)
      return yield* trainerError("invalid", {
        code: "FT1103",
        message: "there is no store yet, and nothing to look at",
        help: "feagi-trainer dataset add FILE --adapter csv   registers the first dataset and makes the store"
      })
    yield* emit(flags.json, { kind: "monitor", data: found, human: snapshotText(found) })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer monitor", description: "From another terminal; Ctrl-C ends the monitor and no run" },
    { command: "feagi-trainer monitor --json --until-idle", description: "One JSON document per change, until nothing runs" }
  ])
)
