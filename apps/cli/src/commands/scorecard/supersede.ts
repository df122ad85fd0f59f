/** `scorecard supersede`: say by a link that another Scorecard is to be read instead. Neither document changes. */
import { trainerError } from "@feagi-trainer/contracts"
import { Scorecards } from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { findCard } from "./cards.ts"

const old = Argument.String("old").pipe(Argument.withDescription("Id of the scorecard that is out of date"))
const by = Argument.String("new").pipe(Argument.withDescription("Id of the scorecard to be read instead"))
const reason = Flag.String("reason").pipe(Flag.withDescription("Why, in a sentence; it is kept with the link"))

export const supersede = Command.make("supersede", { old, by, reason, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const [before, after] = [yield* findCard(flags.old), yield* findCard(flags.by)]
      if (flags.reason.trim() === "")
        return yield* trainerError("usage", {
          code: "FT1332",
          field: "reason",
          message: "says nothing",
          expected: "a sentence that says why"
        })
      const scorecards = yield* Scorecards
      const {
        old_id,
        new_id,
        reason: why
      } = yield* scorecards.supersede({
        old_id: before.scorecard_id,
        old_body_sha256: before.body_sha256,
        new_id: after.scorecard_id,
        new_body_sha256: after.body_sha256,
        reason: flags.reason
      })
      yield* emit(flags.json, {
        kind: "scorecard-supersession",
        data: { old_id, new_id, reason: why },
        human: `${old_id} is superseded by ${new_id}: ${why}`
      })
    })
  )
).pipe(
  Command.withExamples([
    {
      command: 'feagi-trainer scorecard supersede sc-0123 sc-4567 --reason "the split leaked"',
      description: "Point from a result to its correction"
    }
  ])
)
