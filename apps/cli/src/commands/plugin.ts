/** `plugin`: what the project's plugins offer, read from their manifests; no code of theirs runs. */
import { didYouMean, pluginKinds, trainerError } from "@feagi-trainer/contracts"
import { Catalogue, type CatalogueEntry } from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { emit } from "../Out.ts"
import { withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

const row = ({ manifest, package: from, id }: CatalogueEntry) => ({
  id: manifest.id,
  kind: manifest.kind,
  title: manifest.title,
  qualified_id: id,
  package: from.name,
  version: from.version,
  source: from.source,
  deterministic: manifest.deterministic
})

const kind = Flag.Literals("kind", pluginKinds).pipe(Flag.withDescription("Entries of one kind alone"), Flag.optional)

export const ls = Command.make("ls", { kind, json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const { entries } = yield* Catalogue
      const rows = entries.map(row).filter((each) => Option.isNone(flags.kind) || each.kind === flags.kind.value)
      yield* emit(flags.json, {
        kind: "plugins",
        data: rows,
        human: textTable(
          [
            { title: "KIND", cell: (each) => each.kind },
            { title: "ID", cell: (each) => each.id },
            { title: "PACKAGE", cell: (each) => `${each.package} ${each.version}` },
            { title: "TITLE", cell: (each) => each.title }
          ],
          rows,
          Option.isNone(flags.kind) ? "feagi-trainer.toml lists no plugin" : `no listed plugin offers anything of kind ${flags.kind.value}`
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer plugin ls --kind adapter", description: "What reads datasets here" }]))

export const info = Command.make(
  "info",
  { id: Argument.String("id").pipe(Argument.withDescription("Id of an entry, or package#id")), json },
  (flags) =>
    withPlugins(
      Effect.gen(function* () {
        const { entries } = yield* Catalogue
        const matching = entries.filter((each) => each.manifest.id === flags.id || each.id === flags.id || each.package.name === flags.id)
        if (matching.length === 0) {
          const near = didYouMean(
            flags.id,
            entries.map((each) => each.manifest.id)
          )
          return yield* trainerError("missing", {
            code: "FT1201",
            message: `no listed plugin offers "${flags.id}"`,
            help: near === undefined ? "feagi-trainer plugin ls   shows what there is" : `did you mean "${near}"?`
          })
        }
        yield* emit(flags.json, {
          kind: "plugin",
          verbatim: true,
          data: matching.map((each) => ({ ...row(each), files_sha256: each.package.files_sha256, manifest: each.manifest })),
          human: matching
            .map((each) =>
              [
                `${each.id}  ${each.manifest.kind}, spec ${each.manifest.spec}`,
                `  ${each.manifest.title}`,
                `  package        ${each.package.name} ${each.package.version} (${each.package.source})`,
                `  files          ${each.package.files_sha256}`,
                `  deterministic  ${each.manifest.deterministic ? "yes" : "no"}`,
                `  provides       ${JSON.stringify(each.manifest.provides)}`,
                `  options        ${jsonText(each.manifest.options_schema).replaceAll("\n", "\n  ")}`
              ].join("\n")
            )
            .join("\n\n")
        })
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer plugin info csv", description: "Options of an adapter, and where it comes from" }]))
