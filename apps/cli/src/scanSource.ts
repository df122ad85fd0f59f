/**
 * From a file and flags to a complete scan: the adapter proposes how to read it, the flags have the last word, and the whole content is
 * checked. Nothing is registered here.
 */
import { existsSync, statSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import {
  ApprovedRoots,
  type Candidate,
  mistakeDiagnostic,
  Progress,
  type TrainerError,
  trainerError,
  trainerErrors,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Catalogue, Roots } from "@feagi-trainer/core"
import { canonical, canonicalBytes, type JsonValue, sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Option } from "effect"
import { Argument, Flag } from "effect/cli"
import { option } from "./flags.ts"
import { optionValues } from "./optionValues.ts"

const column = (flag: string, what: string) => Flag.String(flag).pipe(Flag.withMetavar("column"), Flag.withDescription(what), Flag.optional)

export const adapterFlags = {
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
    for (const [key, value] of Object.entries(yield* optionValues(flags.option))) given[key] = value
    return given
  })

export interface Scanned {
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

/** Scans the file or folder completely; fails with every finding. */
export const scanSource = (flags: AdapterFlags): Effect.Effect<Scanned, TrainerError, Catalogue | Roots> =>
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
    const adapter = loaded.entry
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

/** What is registered of a scan. */
export const recordOf = (scanned: Scanned, registered: string) => {
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
