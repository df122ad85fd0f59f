/** `dataset`: register data, look at it, check it. */
import { existsSync, statSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { parseSet } from "@feagi-trainer/config"
import {
  type Adapter,
  ApprovedRoots,
  type Candidate,
  mistakeDiagnostic,
  Progress,
  type TrainerError,
  trainerError,
  trainerErrors,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { BlobStore, Catalogue, findVersion, openDataset, Registry, Roots, readScan, type StoredDataset } from "@feagi-trainer/core"
import { canonical, canonicalBytes, type JsonValue, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { dryRun, json, name, option } from "../flags.ts"
import { checkName } from "../ids.ts"
import { emit, next, say } from "../Out.ts"
import { reading, rootsLayer, withPlugins, writing } from "../services.ts"
import { textTable } from "../textTable.ts"

const column = (flag: string, what: string) => Flag.String(flag).pipe(Flag.withMetavar("column"), Flag.withDescription(what), Flag.optional)

const adapterFlags = {
  file: Argument.String("file").pipe(Argument.withDescription("File or folder that holds the data")),
  adapter: Flag.String("adapter").pipe(Flag.withDescription("Id of the adapter that reads it; see  plugin ls")),
  labelColumn: column("label-column", "Column with the class of each sample"),
  idColumn: column("id-column", "Column with an id that is unique per sample"),
  groupColumn: column("group-column", "Column whose equal values must not be torn apart by a split"),
  splitColumn: column("split-column", "Column that declares the part of each sample"),
  ignoreColumn: Flag.String("ignore-column").pipe(
    Flag.withMetavar("column"),
    Flag.withDescription("Column that is no feature; may be repeated"),
    Flag.atLeast(0)
  ),
  option
}

type AdapterFlags = {
  readonly file: string
  readonly adapter: string
  readonly labelColumn: Option.Option<string>
  readonly idColumn: Option.Option<string>
  readonly groupColumn: Option.Option<string>
  readonly splitColumn: Option.Option<string>
  readonly ignoreColumn: ReadonlyArray<string>
  readonly option: ReadonlyArray<string>
}

/** What the flags say about the adapter's options; everything else is proposed by the adapter and shown. */
const givenOptions = (flags: AdapterFlags): Effect.Effect<Record<string, JsonValue>, TrainerError> =>
  Effect.gen(function* () {
    const given: Record<string, JsonValue> = {}
    const set = (key: string, value: Option.Option<string>) => {
      if (Option.isSome(value)) given[key] = value.value
    }
    set("label_column", flags.labelColumn)
    set("id_column", flags.idColumn)
    set("group_column", flags.groupColumn)
    set("split_column", flags.splitColumn)
    if (flags.ignoreColumn.length > 0)
      given.columns = {
        ...Object.fromEntries(flags.ignoreColumn.map((each) => [each, { type: "ignore" }])),
        "*": { type: "number" }
      }
    for (const text of flags.option) {
      const assignment = parseSet(text, "--option")
      if (!assignment.ok) return yield* trainerErrors("usage", assignment.diagnostics)
      const [key] = assignment.path
      if (assignment.path.length !== 1 || typeof key !== "string")
        return yield* trainerError("usage", { code: "FT1304", field: "--option", message: "takes one key", actual: text })
      given[key] = assignment.value
    }
    return given
  })

interface Scanned {
  readonly root: string
  readonly path: string
  readonly adapter: { readonly id: string; readonly version: string }
  readonly options: Readonly<Record<string, unknown>>
  readonly report: ValidationReport
}

/** A registration trusts the adapter's own proposal only when it is nearly certain. */
const certain = 0.8

const choose = (
  candidates: ReadonlyArray<Candidate>,
  given: Readonly<Record<string, JsonValue>>,
  file: string,
  adapter: string
): Effect.Effect<Readonly<Record<string, unknown>>, TrainerError> => {
  const agreeing = candidates.find((each) => each.options.label_column === given.label_column) ?? candidates[0]
  if (agreeing === undefined)
    return Effect.fail(
      trainerError("invalid", {
        code: "FT2201",
        file,
        message: `adapter ${adapter} finds nothing that it could read`,
        help: "check the file, or say how to read it with --option"
      })
    )
  if (given.label_column === undefined && agreeing.confidence < certain)
    return Effect.fail(
      trainerError("invalid", {
        code: "FT2202",
        file,
        message: `it is not clear which column is the label: ${agreeing.because}`,
        expected: "--label-column with one of the columns",
        actual: candidates.map((each) => String(each.options.label_column)).join(", ")
      })
    )
  return Effect.succeed({ ...agreeing.options, ...given })
}

const scan = (flags: AdapterFlags): Effect.Effect<Scanned, TrainerError, Catalogue | Roots> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const roots = yield* Roots
    const absolute = resolve(flags.file)
    if (!existsSync(absolute))
      return yield* trainerError("invalid", { code: "FT2203", file: flags.file, message: "there is no such file or folder" })
    const folder = statSync(absolute).isDirectory()
    const root = folder ? absolute : dirname(absolute)
    const path = folder ? "" : basename(absolute)
    const loaded = yield* catalogue.lookup("adapter", flags.adapter)
    const adapter = loaded.entry as Adapter
    const files = yield* roots.open(root)
    const given = yield* givenOptions(flags)
    const options = yield* Effect.provideService(adapter.discover({ path }), ApprovedRoots, files).pipe(
      Effect.flatMap((candidates) => choose(candidates, given, flags.file, flags.adapter))
    )
    const decoded = adapter.decodeOptions(options)
    if (!decoded.ok)
      return yield* trainerErrors(
        "invalid",
        decoded.mistakes.map((each) => mistakeDiagnostic("", each))
      )
    const report = yield* adapter
      .validate({ path }, decoded.value)
      .pipe(Effect.provideService(ApprovedRoots, files), Effect.provideService(Progress, { report: () => Effect.void }))
    const shown = report.diagnostics.map((each) => (each.file === path ? { ...each, file: flags.file } : each))
    if (report.scan === undefined)
      return yield* trainerErrors("invalid", [
        ...shown,
        ...(report.error_count > shown.length
          ? [
              {
                code: "FT2204",
                severity: "error" as const,
                message: `${report.error_count - shown.length} more errors are not shown`,
                count: report.error_count - shown.length
              }
            ]
          : [])
      ])
    return { root, path, adapter: loaded.ref, options: report.resolved_options ?? options, report: { ...report, diagnostics: shown } }
  })

const recordOf = (scanned: Scanned, registered: string) => {
  const found = scanned.report.scan
  if (found === undefined) throw new Error("a scan without errors has a result")
  const scanBytes = canonicalBytes(found)
  return {
    found,
    scanBytes,
    record: {
      name: registered,
      dataset_asset_id: `ds-${found.content_hash.slice(0, 12)}`,
      content_hash: found.content_hash,
      schema_fingerprint: found.schema_fingerprint,
      modality: found.modality,
      output_type: typeof found.output_type === "string" ? found.output_type : JSON.stringify(found.output_type),
      adapter: scanned.adapter,
      adapter_options: canonical(scanned.options),
      sample_count: found.index.length,
      scan_sha256: sha256Hex(scanBytes)
    }
  }
}

const row = ({ location: _, ...dataset }: StoredDataset) => ({
  ...dataset,
  adapter_options: JSON.parse(dataset.adapter_options) as unknown
})

const add = Command.make("add", { ...adapterFlags, name, dryRun, json }, (flags) =>
  writing(
    Effect.gen(function* () {
      yield* checkName(flags.name)
      const scanned = yield* scan(flags)
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
      const scanned = yield* scan(flags)
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
