/**
 * `dataset check-compat`: what could be done with a dataset, from its record and the plugins' manifests alone.
 *
 * Of a dataset that is not registered its manifest says enough: nothing is imported, no payload is read and no store is needed. Sharp edge: a
 * manifest does not say what its samples have; without `--field` whatever depends on that is unknown.
 */
import { resolve } from "node:path"
import { decodeDocument, type Modality, outputTypeName, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, checkCompatibility, type DatasetFacts, factsOf, readScan } from "@feagi-trainer/core"
import { fromUtf8 } from "@feagi-trainer/determinism"
import { readFileLimited } from "@feagi-trainer/store"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading, withPlugins } from "../../services.ts"
import { StdinText } from "../../stdinText.ts"
import { textTable } from "../../textTable.ts"
import { findDataset } from "./find.ts"

const answers = { yes: "yes", no: "no", unknown: "does not say" } as const

const tell = (asJson: boolean, dataset: string, facts: DatasetFacts) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const found = checkCompatibility(facts, catalogue.entries)
    yield* emit(asJson, {
      kind: "dataset-compatibility",
      data: { dataset, ...found },
      human: [
        `${dataset}: ${facts.modality}, ${outputTypeName(facts.output_type)}`,
        "",
        textTable(
          [
            { title: "KIND", cell: (each) => each.kind },
            { title: "PLUGIN", cell: (each) => each.id },
            { title: "FITS", cell: (each) => answers[each.applies] },
            { title: "BECAUSE", cell: (each) => each.reasons.join("; ") }
          ],
          found.entries,
          "no plugins"
        ).trimEnd(),
        "",
        ...(found.missing.length === 0
          ? ["everything that a run needs is installed"]
          : found.missing.map(({ kind, why, help }) => `missing: ${kind}: ${why}; ${help}`))
      ].join("\n")
    })
  })

/** What samples of a modality are, where the manifest does not say more. */
const shapes: Partial<Readonly<Record<Modality, DatasetFacts["shape"]>>> = {
  tabular: "tabular",
  image: "image",
  text: "text",
  time_series: "time_series"
}

const largestManifest = 8 * 1024 * 1024

/** @param path a file, or `-` for standard input */
const readManifest = (path: string) =>
  Effect.gen(function* () {
    const bytes = path === "-" ? yield* yield* StdinText : yield* readFileLimited(resolve(path), largestManifest)
    const decoded = decodeDocument("DatasetManifest", fromUtf8(bytes))
    if (decoded.ok) return decoded.value
    return yield* trainerErrors(
      "invalid",
      decoded.problems.map((each) => ({
        code: "FT2032",
        severity: "error",
        file: path,
        field: each.path,
        message: each.message,
        help: "feagi-trainer schema show DatasetManifest"
      }))
    )
  })

const foreign = (path: string, fields: ReadonlyArray<string>, asJson: boolean) =>
  withPlugins(
    Effect.gen(function* () {
      const { dataset_version_id, modality, output_type } = yield* readManifest(path)
      yield* tell(asJson, dataset_version_id, {
        modality,
        output_type,
        shape: shapes[modality] ?? "custom",
        ...(fields.length === 0 ? {} : { stream_schema: { fields } })
      })
    })
  )

const registered = (reference: string, asJson: boolean) =>
  reading(
    Effect.gen(function* () {
      const dataset = yield* findDataset(reference)
      yield* tell(asJson, dataset.dataset_version_id, factsOf(yield* readScan(dataset.scan_sha256)))
    })
  )

export const checkCompat = Command.make(
  "check-compat",
  {
    dataset: Argument.String("dataset").pipe(
      Argument.withDescription("name@version; the one that was registered last when left out"),
      Argument.optional
    ),
    manifest: Flag.String("manifest").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("A DatasetManifest of a dataset that is not registered; - reads standard input"),
      Flag.optional
    ),
    field: Flag.String("field").pipe(
      Flag.withMetavar("name"),
      Flag.withDescription("With --manifest: what its samples have: class_id, group, time, values.NAME; may be repeated"),
      Flag.atLeast(0)
    ),
    json
  },
  ({ dataset, manifest, field, json: asJson }) => {
    const two = Option.isSome(manifest) && Option.isSome(dataset)
    if (two || (Option.isNone(manifest) && field.length > 0))
      return trainerError("usage", {
        code: "FT2033",
        message: two ? "a dataset and a manifest are named" : "what the samples of a registered dataset have is known",
        expected: "a dataset, or --manifest with or without --field"
      })
    return Option.isSome(manifest)
      ? foreign(manifest.value, field, asJson)
      : registered(
          Option.getOrElse(dataset, () => "latest"),
          asJson
        )
  }
).pipe(
  Command.withExamples([
    { command: "feagi-trainer dataset check-compat reviews@1", description: "What fits a dataset, and what is missing" },
    {
      command: "feagi-trainer dataset check-compat --manifest DatasetManifest-00.json --field class_id",
      description: "The same of a dataset that another program wrote, before it is registered"
    }
  ])
)
