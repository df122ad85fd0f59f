/** `dataset propose-schema`: the options that an adapter would declare for a source, each with its evidence. */
import { ApprovedRoots, mistakeDiagnostic, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { scanProgress } from "../../scanProgress.ts"
import { chosen, placeOf, sourceOptionFlags } from "../../scanSource.ts"
import { rootsLayer, withPlugins } from "../../services.ts"
import { textTable } from "../../textTable.ts"

export const proposeSchema = Command.make("propose-schema", { ...sourceOptionFlags, json }, (flags) =>
  withPlugins(
    Effect.scoped(
      Effect.gen(function* () {
        const place = yield* placeOf(flags.file)
        const { adapter, options } = yield* chosen(place, { ...flags, labelMap: Option.none() }, "lenient")
        const { propose } = adapter.entry
        if (propose === undefined)
          return yield* trainerError("invalid", {
            code: "FT2205",
            message: `adapter ${adapter.entry.id} does not propose a schema: what it reads says itself what it is`,
            help: `feagi-trainer dataset discover ${flags.file}   shows how it would be read`
          })
        const decoded = adapter.entry.decodeOptions(options)
        if (!decoded.ok)
          return yield* trainerErrors(
            "invalid",
            decoded.mistakes.map((each) => mistakeDiagnostic("", each))
          )
        const proposal = yield* propose({ path: place.path }, decoded.value).pipe(
          Effect.provideService(ApprovedRoots, place.files),
          Effect.provide(scanProgress)
        )
        yield* emit(flags.json, {
          kind: "schema-proposal",
          data: { adapter: adapter.ref.id, ...proposal },
          verbatim: true,
          human: [
            textTable(
              [
                { title: "FIELD", cell: (each) => each.field },
                { title: "PROPOSED", cell: (each) => each.proposed },
                { title: "BECAUSE", cell: (each) => each.because }
              ],
              proposal.evidence,
              "nothing to propose"
            ).trimEnd(),
            "",
            "To declare it:",
            `  feagi-trainer dataset add ${flags.file} --adapter ${adapter.entry.id} --name NAME \\`,
            ...Object.entries(proposal.options).map(
              ([key, value], at, all) =>
                `    --option '${`${key}=${tomlValue(value)}`.replaceAll("'", "'\\''")}'${at === all.length - 1 ? "" : " \\"}`
            )
          ].join("\n")
        })
      })
    ).pipe(Effect.provide(rootsLayer))
  )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer dataset propose-schema iris.csv --adapter csv --label-column species",
      description: "Columns, types and roles as they would be registered"
    }
  ])
)

/** As JSON and TOML both write it, and a terminal does not obey it. */
const escaped = (value: unknown): string =>
  (JSON.stringify(value) ?? '""').replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

/** A value as it is written in TOML on one line; JSON text does for everything but tables. */
const tomlValue = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${escaped(key)} = ${tomlValue(member)}`)
      .join(", ")} }`
  return escaped(value)
}
