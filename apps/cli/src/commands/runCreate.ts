/** `run create`: the runs of a run file, planned and stored, with none of them begun. `run resume` begins them. */
import { createRun } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, runFile, set, stdinFormat } from "../flags.ts"
import { emit, next } from "../Out.ts"
import { planAll } from "../planAll.ts"
import { readRunFile } from "../readRunFile.ts"
import { writing } from "../services.ts"

export const create = Command.make("create", { file: runFile, format: stdinFormat, set, json }, (flags) =>
  writing(
    Effect.gen(function* () {
      const read = yield* readRunFile(flags.file, flags.set, Option.getOrUndefined(flags.format))
      const planned = yield* planAll(read, 1)
      const rows = yield* Effect.forEach(planned, (each) => createRun(each, read.group_id))
      yield* emit(flags.json, {
        kind: "run-created",
        data: {
          group_id: read.group_id,
          run_ids: rows.map(({ run_id }) => run_id),
          runs: rows.map(({ run_id, seed, spec_sha256 }) => ({ run_id, seed: BigInt(seed), spec_sha256 }))
        },
        human: rows.map(({ run_id }) => run_id).join("\n"),
        warnings: planned.flatMap(({ warnings }) => warnings)
      })
      yield* next(`feagi-trainer run resume ${rows.length === 1 ? rows[0]?.run_id : read.group_id}`)
    })
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run create iris.run.toml", description: "Runs to begin later, here or elsewhere, with  run resume" }
  ])
)
