/** `artifact`: whether the store is whole. */
import { trainerErrors } from "@feagi-trainer/contracts"
import { BlobStore } from "@feagi-trainer/core"
import { verifyStore } from "@feagi-trainer/store"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"

export const verify = Command.make("verify", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const problems = yield* verifyStore()
      const errors = problems.filter((each) => each.severity === "error")
      if (errors.length > 0) return yield* trainerErrors("integrity", errors)
      const blobs = yield* BlobStore
      const list = yield* blobs.list
      const bytes = list.reduce((sum, each) => sum + each.bytes, 0)
      yield* emit(flags.json, {
        kind: "store-verification",
        data: { blobs: list.length, bytes, verified: true },
        human: `${list.length} blobs, ${bytes} bytes: all as they were written; every run's chain of events is whole`,
        warnings: problems
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer artifact verify", description: "Hash everything that is stored" }]))
