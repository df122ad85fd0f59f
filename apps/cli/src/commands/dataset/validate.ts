/** `dataset validate`: scan everything, report everything, register nothing. */
import { writeFileSync } from "node:fs"
import { extname, resolve } from "node:path"
import { trainerError } from "@feagi-trainer/contracts"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { emit, say } from "../../Out.ts"
import { writeOut } from "../../outFiles.ts"
import { adapterFlags, refuse, scannedRecord, scanSource } from "../../scanSource.ts"
import { indexing, rootsLayer, withPlugins } from "../../services.ts"
import { validationMarkdown, validationSarif } from "./validationReport.ts"

const report = Flag.String("report").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("Write every finding that is shown to a file: .json, .md or .sarif"),
  Flag.optional
)

export const validate = Command.make("validate", { ...adapterFlags, report, json }, (flags) =>
  withPlugins(
    Effect.scoped(
      Effect.gen(function* () {
        const form = Option.map(flags.report, (file) => extname(file))
        if (Option.isSome(form) && ![".json", ".md", ".sarif"].includes(form.value))
          return yield* trainerError("usage", {
            code: "FT1320",
            field: "--report",
            message: "the end of the name says which form the report has",
            expected: ".json, .md or .sarif",
            actual: form.value
          })
        const scanned = yield* scanSource(flags)
        const { outcome } = scanned
        const { diagnostics, error_count, warning_count } = outcome.report
        const facts = outcome.scanned === undefined ? {} : withoutName(scannedRecord(scanned, "", ""))
        const data = { ...facts, adapter_options: scanned.options, errors: error_count, warnings: warning_count }
        if (Option.isSome(flags.report)) {
          const path = resolve(flags.report.value)
          const findings = { source: flags.file, adapter: scanned.adapter.ref, errors: error_count, warnings: warning_count, diagnostics }
          const text =
            extname(path) === ".md"
              ? validationMarkdown(findings)
              : `${JSON.stringify(extname(path) === ".sarif" ? validationSarif(findings) : { schema_version: 1, kind: "validation-report", ...findings }, null, 2)}\n`
          yield* writeOut(flags.report.value, () => writeFileSync(path, text))
          yield* say(`report: ${flags.report.value}`)
        }
        if (outcome.scanned === undefined) return yield* refuse(outcome)
        yield* emit(flags.json, {
          kind: "dataset-validation",
          data,
          human: `${flags.file}: ${outcome.scanned.scan.summary.sample_count} samples, no errors, ${warning_count} warnings, content ${outcome.scanned.scan.content_hash.slice(0, 12)}`,
          warnings: diagnostics
        })
      })
    ).pipe(Effect.provide(rootsLayer), Effect.provide(indexing))
  )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer dataset validate iris.csv --adapter csv --label-column species",
      description: "Every finding about the file, before it is registered"
    }
  ])
)

const withoutName = ({ name: _, scan_sha256: __, ...facts }: ReturnType<typeof scannedRecord>) => facts
