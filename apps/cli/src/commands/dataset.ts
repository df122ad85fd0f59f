/** `dataset`: register data, look at it, check it. */
import { trainerErrors } from "@feagi-trainer/contracts"
import { BlobStore, Catalogue, findVersion, openDataset, Registry, readScan, type StoredDataset } from "@feagi-trainer/core"
import { fromCanonical } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { dryRun, json, name } from "../flags.ts"
import { checkName } from "../ids.ts"
import { emit, next, say } from "../Out.ts"
import { adapterFlags, recordOf, scanSource } from "../scanSource.ts"
import { reading, rootsLayer, withPlugins, writing } from "../services.ts"
import { textTable } from "../textTable.ts"

const row = ({ location: _, ...dataset }: StoredDataset) => ({
  ...dataset,
  adapter_options: fromCanonical(dataset.adapter_options)
})

const add = Command.make("add", { ...adapterFlags, name, dryRun, json }, (flags) =>
  writing(
    Effect.gen(function* () {
      yield* checkName(flags.name)
      const scanned = yield* scanSource(flags)
      const { record, scanBytes, found } = recordOf(scanned, flags.name)
      if (flags.dryRun)
        return yield* emit(flags.json, {
          kind: "dataset",
          data: { ...record, adapter_options: scanned.options, registered: false },
          human: `would register ${flags.name}: ${found.index.length} samples, ${found.classes.length} classes, content ${found.content_hash.slice(0, 12)}`,
          warnings: scanned.report.diagnostics
        })
      const blobs = yield* BlobStore
      const registry = yield* Registry
      yield* blobs.put(scanBytes)
      const { record: stored, existing } = yield* registry.addDataset(record, { root: scanned.root, path: scanned.path })
      yield* emit(flags.json, {
        kind: "dataset",
        data: { ...row(stored), existing },
        human: stored.dataset_version_id,
        warnings: scanned.report.diagnostics
      })
      const features = found.shape.kind === "tabular" ? `, ${found.shape.features.length} features` : ""
      yield* say(
        `${existing ? "already registered" : "registered"} ${stored.dataset_version_id}: ${stored.sample_count} samples${features}, ${found.classes.length} classes (${found.classes
          .slice(0, 6)
          .map((each) => each.label)
          .join(", ")}${found.classes.length > 6 ? ", …" : ""})`
      )
      yield* next(
        `feagi-trainer init --template tabular-classification --dataset ${stored.dataset_version_id} --seed 1 > ${flags.name}.run.toml`
      )
    })
  )
).pipe(
  Command.withDescription("Scan a file or folder completely and register it; the same content gives the same version"),
  Command.withExamples([
    {
      command: "feagi-trainer dataset add iris.csv --adapter csv --label-column species --name iris",
      description: "Register a table of numbers with a class column"
    }
  ])
)

const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const registry = yield* Registry
      const datasets = yield* registry.datasets
      yield* emit(flags.json, {
        kind: "datasets",
        data: datasets.map(row),
        human: textTable(
          [
            { title: "DATASET", cell: (each) => each.dataset_version_id },
            { title: "SAMPLES", cell: (each) => each.sample_count },
            { title: "MODALITY", cell: (each) => each.modality },
            { title: "OUTPUT", cell: (each) => each.output_type },
            { title: "CONTENT", cell: (each) => each.content_hash.slice(0, 12) },
            { title: "PATH", cell: (each) => each.location.path }
          ],
          datasets,
          "no dataset is registered yet"
        )
      })
    })
  )
).pipe(Command.withDescription("List registered datasets"))

const reference = Argument.String("dataset").pipe(Argument.withDescription("name@version"), Argument.withDefault("latest"))

const findDataset = (text: string) =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const datasets = yield* registry.datasets
    const last = datasets.at(-1)
    if (text === "latest" && last !== undefined) return last
    const found = findVersion("dataset", text, datasets, "feagi-trainer dataset add FILE --adapter csv --name NAME")
    return found.ok ? found.value : yield* trainerErrors("invalid", [found.diagnostic])
  })

const show = Command.make("show", { dataset: reference, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const dataset = yield* findDataset(flags.dataset)
      const found = yield* readScan(dataset.scan_sha256)
      const counts = found.classes.map((each) => ({
        ...each,
        samples: found.index.filter((entry) => entry.class_id === each.class_id).length
      }))
      yield* emit(flags.json, {
        kind: "dataset",
        data: { ...row(dataset), shape: found.shape, classes: counts, files: found.files },
        human: [
          `${dataset.dataset_version_id}  ${dataset.dataset_asset_id}`,
          `  content   ${dataset.content_hash}`,
          `  schema    ${dataset.schema_fingerprint}`,
          `  adapter   ${dataset.adapter.id} ${dataset.adapter.version}`,
          `  options   ${dataset.adapter_options}`,
          `  samples   ${dataset.sample_count}`,
          ...(found.shape.kind === "tabular"
            ? [
                "",
                textTable(
                  [
                    { title: "FEATURE", cell: (each) => each.name },
                    { title: "MIN", cell: (each) => each.min },
                    { title: "MAX", cell: (each) => each.max }
                  ],
                  found.shape.features,
                  "no features"
                ).trimEnd()
              ]
            : []),
          "",
          textTable(
            [
              { title: "CLASS", cell: (each) => each.label },
              { title: "SAMPLES", cell: (each) => each.samples }
            ],
            counts,
            "no classes"
          )
        ].join("\n")
      })
    })
  )
).pipe(Command.withDescription("Show what a dataset holds: features, classes, options, hashes"))

const validate = Command.make("validate", { ...adapterFlags, json }, (flags) =>
  withPlugins(
    Effect.gen(function* () {
      const scanned = yield* scanSource(flags)
      const { record } = recordOf(scanned, "unregistered")
      const { name: _, ...facts } = record
      yield* emit(flags.json, {
        kind: "dataset-validation",
        data: { ...facts, adapter_options: scanned.options, errors: 0, warnings: scanned.report.warning_count },
        human: `${flags.file}: ${record.sample_count} samples, no errors, content ${record.content_hash.slice(0, 12)}`,
        warnings: scanned.report.diagnostics
      })
    }).pipe(Effect.provide(rootsLayer))
  )
).pipe(Command.withDescription("Scan a file or folder completely without registering it"))

const verify = Command.make("verify", { dataset: reference, json }, (flags) =>
  reading(
    Effect.scoped(
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const dataset = yield* findDataset(flags.dataset)
        const adapter = yield* catalogue.lookup("adapter", dataset.adapter.id)
        yield* openDataset(dataset, adapter)
        yield* emit(flags.json, {
          kind: "dataset-verification",
          data: { dataset: dataset.dataset_version_id, content_hash: dataset.content_hash, verified: true },
          human: `${dataset.dataset_version_id}: the files are those that were registered`
        })
      })
    )
  )
).pipe(Command.withDescription("Check that the files of a dataset are still those that were registered; exit 6 when not"))

export const dataset = Command.make("dataset").pipe(
  Command.withDescription("Register data, look at it, check it"),
  Command.withSubcommands([add, ls, show, validate, verify])
)
