/** `run measures`: what the optimiser of a run told of its steps, and what was measured between the epochs. */
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { trainerError } from "@feagi-trainer/contracts"
import { documentOf, RunJournal } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { measuresOf } from "../measures.ts"
import { measuresCsv, measuresText } from "../measuresText.ts"
import { emit } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { reading } from "../services.ts"

const kind = "run-measures"

export const measures = Command.make(
  "measures",
  {
    run: optionalRunId,
    format: Flag.Literals("format", ["table", "csv", "json"]).pipe(
      Flag.withDescription("table shows the means of every epoch; csv and json hold every step, digit for digit the same"),
      Flag.withDefault("table")
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("Write to this file, which must not exist, and print its name"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const journal = yield* RunJournal
        const row = yield* findRun(flags.run)
        const document = yield* documentOf(row)
        const found = measuresOf(yield* journal.events(row.run_id))
        if (found.steps.length + found.validations.length === 0)
          return yield* trainerError("invalid", {
            code: "FT3317",
            message: `run ${row.run_id} has no measures`,
            expected: "a run of a learner with an optimiser, behind its first durable step",
            actual: `a learner of kind "${document.learner.kind}"`,
            help: `what it recorded is shown by  feagi-trainer run show ${row.run_id}`
          })
        const data = { run_id: row.run_id, spec_sha256: row.spec_sha256, ...found }
        const texts = {
          table: () => measuresText(found, document.protocol.primary_metric),
          csv: () => measuresCsv(found),
          json: () => `${jsonText({ schema_version: 1, kind, data, warnings: [] })}\n`
        } as const
        const file = Option.getOrUndefined(flags.out)
        if (file === undefined)
          return yield* emit(flags.json || flags.format === "json", { kind, data, human: texts[flags.format](), verbatim: true })
        yield* writeOut(file, () => writeFileSync(resolve(file), texts[flags.format](), { flag: "wx" }))
        yield* emit(flags.json, {
          kind: "run-measures-file",
          data: { run_id: row.run_id, format: flags.format, file },
          human: file
        })
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer run measures latest --format csv --out measures.csv",
      description: "Loss, accuracy and coherence of every step"
    }
  ])
)
