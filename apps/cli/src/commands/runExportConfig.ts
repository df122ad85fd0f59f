/** `run export-config`: the run file that a run was planned from, back out of its document. */
import { toJson, toToml, toYaml } from "@feagi-trainer/config"
import { trainerError } from "@feagi-trainer/contracts"
import { Catalogue, documentOf } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../findRun.ts"
import { formats, json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { runFileOf } from "../runFileOf.ts"
import { reading } from "../services.ts"

const writers = { toml: toToml, yaml: toYaml, json: toJson } as const

export const exportConfig = Command.make(
  "export-config",
  {
    run: optionalRunId,
    format: Flag.Literals("format", formats).pipe(Flag.withDescription("How the file is written"), Flag.withDefault("toml")),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const row = yield* findRun(flags.run)
        const document = yield* documentOf(row)
        if (document.learner.resolved.section === undefined)
          return yield* trainerError("invalid", {
            code: "FT1356",
            message: `run ${row.run_id} pins no learner table that a run file could hold`,
            help: `what it pins is shown by  feagi-trainer run show ${row.run_id} --document`
          })
        const { entries } = yield* Catalogue
        const body = yield* Effect.try({
          try: () => writers[flags.format](runFileOf(document, entries)),
          catch: (cause) =>
            trainerError("invalid", {
              code: "FT1357",
              message: `the run file cannot be written as ${flags.format}: ${cause instanceof Error ? cause.message : String(cause)}`,
              help: "--format json holds every value"
            })
        })
        const head = [`# Out of run ${row.run_id}: planned in the same project it gives spec_sha256`, `# ${row.spec_sha256}.`, ""]
        const text = flags.format === "json" ? body : [...head, body].join("\n")
        yield* emit(flags.json, {
          kind: "run-file",
          data: { run_id: row.run_id, text, format: flags.format, spec_sha256: row.spec_sha256 },
          human: text,
          verbatim: true
        })
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run export-config latest > again.run.toml", description: "Change one thing and run again" }
  ])
)
