/**
 * From a file and flags to a complete scan: adapters propose how to read it, the flags have the last word, and the whole content is
 * checked. Nothing is registered here.
 */
import { existsSync, statSync } from "node:fs"
import { basename, dirname, relative, resolve } from "node:path"
import {
  ApprovedRoots,
  type Candidate,
  type Diagnostic,
  type LoadedEntry,
  mistakeDiagnostic,
  type RootFiles,
  showValue,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Catalogue, decodeLabelMap, type LabelMap, Roots, recordOf, type ScanOutcome, scanDataset } from "@feagi-trainer/core"
import { canonical, type JsonValue } from "@feagi-trainer/determinism"
import { Argument, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { option } from "./flags.ts"
import { optionValues } from "./optionValues.ts"
import { readDocumentFile } from "./readProject.ts"
import { scanProgress } from "./scanProgress.ts"

const column = (flag: string, what: string) => Flag.String(flag).pipe(Flag.withMetavar("column"), Flag.withDescription(what), Flag.optional)

export const sourceFlags = {
  file: Argument.String("file").pipe(Argument.withDescription("File or folder that holds the data")),
  adapter: Flag.String("adapter").pipe(
    Flag.withDescription("Id of the adapter that reads it; left out, every installed one is asked, and one has to be certain"),
    Flag.optional
  )
}

export const sourceOptionFlags = {
  ...sourceFlags,
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

export const adapterFlags = {
  ...sourceOptionFlags,
  labelMap: Flag.String("label-map").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("Label mapping (TOML, YAML or JSON): what each label of the source is called here"),
    Flag.optional
  )
}

export type AdapterFlags = {
  readonly file: string
  readonly adapter: Option.Option<string>
  readonly labelColumn: Option.Option<string>
  readonly idColumn: Option.Option<string>
  readonly groupColumn: Option.Option<string>
  readonly splitColumn: Option.Option<string>
  readonly ignoreColumn: ReadonlyArray<string>
  readonly labelMap: Option.Option<string>
  readonly option: ReadonlyArray<string>
}

/** Flags that have a name of their own beside `--option key=value`. */
const flagOf = (key: string): string =>
  ["label_column", "id_column", "group_column", "split_column"].includes(key) ? `--${key.replace("_", "-")}` : `--option ${key}=…`

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

/** Where the data lie: a folder that may be read, and a path under it. */
export interface Place {
  readonly root: string
  readonly path: string
  readonly files: RootFiles
}

export const placeOf = (file: string): Effect.Effect<Place, TrainerError, Roots> =>
  Effect.gen(function* () {
    const roots = yield* Roots
    const absolute = resolve(file)
    if (!existsSync(absolute)) return yield* trainerError("invalid", { code: "FT2203", file, message: "there is no such file or folder" })
    const folder = statSync(absolute).isDirectory()
    const root = folder ? absolute : dirname(absolute)
    return { root, path: folder ? "" : basename(absolute), files: yield* roots.open(root) }
  })

/** A file of ours among the data, by its path under their root. */
export const ownPath = (file: string, root: string): string => relative(root, resolve(file)).replaceAll("\\", "/")

/** A way to read a source, and the adapter that proposes it. */
export interface Proposed {
  readonly adapter: LoadedEntry<"adapter">
  readonly candidate: Candidate
}

/** What the adapters make of a source, the most certain first. An adapter that cannot look at it has nothing to say. */
export const discover = (place: Place, adapter: Option.Option<string>): Effect.Effect<ReadonlyArray<Proposed>, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const asked = Option.isSome(adapter)
      ? [adapter.value]
      : catalogue.entries.filter(({ manifest }) => manifest.kind === "adapter").map(({ id }) => id)
    const found: Array<Proposed> = []
    for (const id of asked) {
      const loaded = yield* catalogue.lookup("adapter", id)
      const looked = loaded.entry.discover({ path: place.path }).pipe(Effect.provideService(ApprovedRoots, place.files))
      const candidates = yield* Option.isSome(adapter) ? looked : Effect.orElseSucceed(looked, () => [])
      found.push(...candidates.map((candidate) => ({ adapter: loaded, candidate })))
    }
    return found.sort((left, right) => right.candidate.confidence - left.candidate.confidence)
  })

/** A registration trusts a proposal only when it is nearly certain, and when no other one is as well. */
const certain = 0.8

/**
 * How near a proposal is to the given options: it says the same, it says it otherwise, it leaves it open, or it does not know the option.
 * Who names a label column means the proposal that has one, and neither the one that has none nor the one that estimates a number.
 */
const agreement = ({ candidate }: Proposed, given: Readonly<Record<string, JsonValue>>): number =>
  Object.entries(given).reduce((sum, [key, value]) => {
    const said = candidate.options[key]
    if (said === undefined) return sum
    return sum + (said === null ? 1 : canonical(said) === canonical(value) ? 3 : 2)
  }, 0)

/** The proposals that agree best with what was given; without any agreement, those of the adapter that is most certain. */
const agreeing = (proposals: ReadonlyArray<Proposed>, given: Readonly<Record<string, JsonValue>>): ReadonlyArray<Proposed> => {
  const most = Math.max(0, ...proposals.map((each) => agreement(each, given)))
  return proposals.filter((each) => (most > 0 ? agreement(each, given) === most : each.adapter === proposals[0]?.adapter))
}

/** Options in which proposals differ: the ones that decide. */
const decisive = (proposals: ReadonlyArray<Proposed>): ReadonlyArray<string> => {
  const [first, ...others] = proposals
  if (first === undefined) return []
  const keys = new Set(proposals.flatMap(({ candidate }) => Object.keys(candidate.options)))
  return [...keys].filter((key) =>
    others.some(({ candidate }) => canonical(candidate.options[key] ?? null) !== canonical(first.candidate.options[key] ?? null))
  )
}

const unclear = (file: string, proposals: ReadonlyArray<Proposed>, given: Readonly<Record<string, JsonValue>>): TrainerError => {
  const adapters = [...new Set(proposals.map(({ adapter }) => adapter.entry.id))]
  const keys = adapters.length > 1 ? [] : decisive(proposals).filter((key) => !(key in given))
  const [best] = proposals
  return trainerError("invalid", {
    code: "FT2202",
    file,
    message:
      adapters.length > 1
        ? `several adapters could read it: ${proposals
            .slice(0, 5)
            .map(({ adapter, candidate }) => `${adapter.entry.id} (${candidate.title}: ${candidate.because})`)
            .join("; ")}`
        : `it is not clear how to read it: ${best?.candidate.because ?? ""}`,
    expected: adapters.length > 1 ? "--adapter with one of them" : keys.map(flagOf).join(" and ") || "a source that an adapter is sure of",
    actual:
      adapters.length > 1
        ? adapters.join(", ")
        : keys.map((key) => `${key}: ${proposals.map(({ candidate }) => showValue(candidate.options[key])).join(" or ")}`).join("; ") ||
          `${best?.adapter.entry.id ?? "none"}, sure by ${best?.candidate.confidence ?? 0}, less than ${certain}`
  })
}

const choose = (
  proposals: ReadonlyArray<Proposed>,
  given: Readonly<Record<string, JsonValue>>,
  file: string,
  adapter: Option.Option<string>
): Effect.Effect<Proposed, TrainerError> => {
  const [first] = proposals
  if (first === undefined)
    return Effect.fail(
      trainerError("invalid", {
        code: "FT2201",
        file,
        message: `${Option.isSome(adapter) ? `adapter ${adapter.value} finds` : "the installed adapters find"} nothing that could be read`,
        help: "check the file, or name the adapter and say how to read it with --option"
      })
    )
  const pool = Object.keys(given).length === 0 ? proposals : agreeing(proposals, given)
  const [best = first, second] = pool
  const sure = best.candidate.confidence >= certain && (second === undefined || second.candidate.confidence < certain)
  // What the user named decides as well: then no proposal is left that differs in anything but what was named.
  const named = Option.isSome(adapter) && decisive(pool).every((key) => key in given) && Object.keys(given).length > 0
  return sure || named ? Effect.succeed(best) : Effect.fail(unclear(file, pool.slice(0, 8), given))
}

export interface Scanned extends Omit<Place, "files"> {
  readonly adapter: LoadedEntry<"adapter">
  readonly options: Readonly<Record<string, unknown>>
  readonly outcome: ScanOutcome
}

/**
 * The adapter and its options: the best proposal, overruled by what was given. `lenient` takes the best one also when it is not certain:
 * for a command that shows proposals.
 */
export const chosen = (place: Place, flags: AdapterFlags, mode: "strict" | "lenient" = "strict") =>
  Effect.gen(function* () {
    const given = yield* givenOptions(flags)
    const proposals = yield* discover(place, flags.adapter)
    const lenient = mode === "lenient" ? agreeing(proposals, given)[0] : undefined
    const { adapter, candidate } = lenient ?? (yield* choose(proposals, given, flags.file, flags.adapter))
    return { adapter, options: { ...candidate.options, ...given } }
  })

/** Scans the file or folder completely. The outcome holds every finding, with files named as the user wrote them. */
export const scanSource = (flags: AdapterFlags) =>
  Effect.gen(function* () {
    const place = yield* placeOf(flags.file)
    const labelMap = Option.isSome(flags.labelMap) ? yield* readLabelMap(flags.labelMap.value) : undefined
    const { adapter, options } = yield* chosen(place, flags)
    const decoded = adapter.entry.decodeOptions(options)
    if (!decoded.ok)
      return yield* trainerErrors(
        "invalid",
        decoded.mistakes.map((each) => mistakeDiagnostic("", each))
      )
    const outcome = yield* scanDataset({
      adapter,
      options: decoded.value,
      source: { path: place.path },
      files: place.files,
      labelMap
    }).pipe(Effect.provide(scanProgress))
    const map = Option.getOrUndefined(flags.labelMap)
    // What is wrong with the label map has a field of it and no place in the data.
    const shown = outcome.report.diagnostics.map((each) =>
      map !== undefined && each.code.startsWith("FT241") ? { ...each, file: map } : named(each, flags.file, place)
    )
    return {
      root: place.root,
      path: place.path,
      adapter,
      options: outcome.report.resolved_options ?? options,
      outcome: { ...outcome, report: { ...outcome.report, diagnostics: shown } }
    } satisfies Scanned
  })

/** A file of the source, by the name that the user can open. */
const named = (diagnostic: Diagnostic, file: string, place: Place): Diagnostic => {
  if (diagnostic.file === undefined) return { ...diagnostic, file }
  if (diagnostic.file === place.path) return { ...diagnostic, file }
  return place.path === "" ? { ...diagnostic, file: `${file.replace(/[/\\]+$/, "")}/${diagnostic.file}` } : diagnostic
}

/** All findings of a scan as one failure; nothing is shown twice and nothing is lost. */
export const refuse = ({ report }: ScanOutcome): TrainerError => {
  const errors = report.diagnostics.filter(({ severity }) => severity === "error")
  const more = report.error_count - errors.length
  return trainerErrors("invalid", [
    ...report.diagnostics,
    ...(more > 0 ? [{ code: "FT2204", severity: "error" as const, message: `${more} more errors are not shown`, count: more }] : [])
  ])
}

const readLabelMap = (path: string): Effect.Effect<LabelMap, TrainerError> =>
  Effect.gen(function* () {
    const document = yield* readDocumentFile(resolve(path), path)
    const decoded = decodeLabelMap(document.value)
    return decoded.ok
      ? decoded.value
      : yield* trainerErrors(
          "invalid",
          decoded.mistakes.map((each) => ({ ...mistakeDiagnostic("", each), file: path }))
        )
  })

/** What is registered of a scan. */
export const scannedRecord = (scanned: Scanned, name: string, scan_sha256: string) => {
  if (scanned.outcome.scanned === undefined) throw new Error("a scan without errors has a result")
  return recordOf(scanned.outcome.scanned, { name, adapter: scanned.adapter.ref, options: scanned.options, scan_sha256 })
}
