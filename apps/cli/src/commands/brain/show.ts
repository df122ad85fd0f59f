/** `brain show`: areas, mappings, how they learn, modulators, lineage, hashes. */
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { brainData, brainText } from "./describe.ts"
import { findBrain, openBrain, reference } from "./find.ts"

export const show = Command.make("show", { brain: reference, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const record = yield* findBrain(flags.brain)
      const { genome, bytes, development } = yield* openBrain(record)
      yield* emit(flags.json, {
        kind: "brain",
        data: { ...brainData(record, genome, development), bytes: bytes.length },
        human: brainText(record, genome, development),
        warnings: development?.findings ?? []
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer brain show mine@1", description: "Areas, mappings and hashes of a brain" }]))
