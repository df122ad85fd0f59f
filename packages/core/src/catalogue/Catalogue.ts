/**
 * What the installed plugins offer, known from their manifests alone; code is loaded when an entry is first used.
 *
 * An id is unique per kind within a project: a clash names both packages, and `package#id` picks one of them.
 */
import {
  type AnyEntry,
  type Diagnostic,
  didYouMean,
  type EntryKind,
  type EntryLookup,
  type EntryManifest,
  type LoadedEntry,
  type PluginManifest,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** A plugin package as it is installed. */
export interface PluginPackage {
  readonly name: string
  readonly version: string
  /** Where it came from: `installed` from a registry or tarball, `link` from a working folder. */
  readonly source: "installed" | "link"
  /** SHA-256 (hex) over the files of the package: what really runs, whatever the version says. */
  readonly files_sha256: string
  readonly manifest: PluginManifest
  /** Imports the module. Called once, when the first entry is used. */
  readonly load: Effect.Effect<Readonly<Record<string, unknown>>, TrainerError>
}

export interface CatalogueEntry {
  readonly package: PluginPackage
  readonly manifest: EntryManifest
  /** `<package>#<id>`. */
  readonly id: string
}

export class Catalogue extends Context.Service<
  Catalogue,
  {
    readonly packages: ReadonlyArray<PluginPackage>
    readonly entries: ReadonlyArray<CatalogueEntry>
    /** By `id`, `package#id`, or either with `@version`. */
    readonly find: (kind: string, reference: string) => Effect.Effect<CatalogueEntry, TrainerError>
    /** Imports the module of the entry and checks that it exports what the manifest says. */
    readonly load: (entry: CatalogueEntry) => Effect.Effect<LoadedEntry, TrainerError>
    readonly lookup: EntryLookup
  }
>()("@feagi-trainer/core/Catalogue") {}

/** Refuses a catalogue in which one package offers the same id twice for one kind. */
export const makeCatalogue = (packages: ReadonlyArray<PluginPackage>): Effect.Effect<typeof Catalogue.Service, TrainerError> =>
  Effect.gen(function* () {
    const entries = packages.flatMap((each) =>
      each.manifest.entries.map((manifest): CatalogueEntry => ({ package: each, manifest, id: `${each.name}#${manifest.id}` }))
    )
    const twice = entries.filter(
      (entry, index) => entries.findIndex((other) => other.id === entry.id && other.manifest.kind === entry.manifest.kind) !== index
    )
    if (twice.length > 0)
      return yield* trainerErrors(
        "invalid",
        twice.map(
          (entry): Diagnostic => ({
            code: "FT1202",
            severity: "error",
            message: `${entry.package.name} offers the ${entry.manifest.kind} "${entry.manifest.id}" twice`,
            help: "list each plugin package once in feagi-trainer.toml"
          })
        )
      )

    const modules = new Map<string, Effect.Effect<Readonly<Record<string, unknown>>, TrainerError>>()
    for (const each of packages) modules.set(each.name, yield* Effect.cached(each.load))

    const find = (kind: string, reference: string): Effect.Effect<CatalogueEntry, TrainerError> => {
      const ofKind = entries.filter((entry) => entry.manifest.kind === kind)
      const matches = ofKind.filter((entry) => entry.manifest.id === reference || entry.id === reference)
      const [first] = matches
      if (first === undefined) return Effect.fail(unknown(kind, reference, ofKind))
      if (matches.length > 1) return Effect.fail(ambiguous(kind, reference, matches))
      return Effect.succeed(first)
    }

    const load = (found: CatalogueEntry): Effect.Effect<LoadedEntry, TrainerError> =>
      Effect.gen(function* () {
        const { kind, id, spec } = found.manifest
        const module = yield* modules.get(found.package.name) ?? found.package.load
        const entry = module[found.manifest.export]
        if (!isEntry(entry, kind, id))
          return yield* trainerError("invalid", {
            code: "FT1204",
            message: `${found.package.name} does not export what its manifest says`,
            expected: `export "${found.manifest.export}" to be the ${kind} "${id}" with spec ${spec}`,
            actual: describe(entry),
            help: `the package is broken: report it to its author, or pin another version than ${found.package.version}`
          })
        return { ref: { id: found.id, version: found.package.version }, manifest: found.manifest, entry }
      })

    // `find` looks among the entries of the kind alone and `load` checks the kind of what it loads.
    const lookup: EntryLookup = <Kind extends EntryKind>(kind: Kind, reference: string) =>
      Effect.flatMap(find(kind, reference), load) as Effect.Effect<LoadedEntry<Kind>, TrainerError>

    return { packages, entries, find, load, lookup }
  })

const isEntry = (entry: unknown, kind: string, id: string): entry is AnyEntry =>
  typeof entry === "object" &&
  entry !== null &&
  "kind" in entry &&
  entry.kind === kind &&
  "id" in entry &&
  entry.id === id &&
  "spec" in entry &&
  entry.spec === 1

const describe = (entry: unknown): string =>
  typeof entry !== "object" || entry === null
    ? String(entry)
    : `{kind: ${String(Reflect.get(entry, "kind"))}, id: ${String(Reflect.get(entry, "id"))}, spec: ${String(Reflect.get(entry, "spec"))}}`

const unknown = (kind: string, reference: string, known: ReadonlyArray<CatalogueEntry>): TrainerError => {
  const near = didYouMean(reference, [...known.map((entry) => entry.manifest.id), ...known.map((entry) => entry.id)])
  return trainerError("missing", {
    code: "FT1201",
    message: `no installed plugin offers the ${kind} "${reference}"`,
    expected: known.length === 0 ? `a plugin with a ${kind}` : `one of ${known.map((entry) => entry.manifest.id).join(", ")}`,
    help:
      near === undefined
        ? "install the package and list it under  plugins  in feagi-trainer.toml"
        : `did you mean "${near}"? Otherwise install the package and list it under  plugins  in feagi-trainer.toml`
  })
}

const ambiguous = (kind: string, reference: string, matches: ReadonlyArray<CatalogueEntry>): TrainerError =>
  trainerError("invalid", {
    code: "FT1203",
    message: `${matches.length} packages offer the ${kind} "${reference}": ${matches.map((entry) => entry.package.name).join(", ")}`,
    help: `say which: ${matches.map((entry) => `"${entry.id}"`).join(" or ")}`
  })
