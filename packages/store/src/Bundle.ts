/**
 * A bundle: what a run was and gave, as a plain folder or one zip file that stands on its own. `bundle.json` names every file with its
 * SHA-256 and itself carries a hash over the rest of it.
 *
 * Sharp edge: the hashes find accidents and careless edits; who rewrites a file together with `bundle.json` is found only by a signature or
 * by the hash of the bundle kept elsewhere.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, join, resolve } from "node:path"
import { type Diagnostic, TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { CanonicalError, canonical, fromCanonical, hashOf, JsonSyntaxError, type JsonValue, sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { type BundleEntry, defaultMaxBytes, readArchive, writeArchive } from "./Archive.ts"
import { nodeBlobFiles } from "./BlobFiles.ts"
import { entryProblems, parents } from "./EntryNames.ts"
import { ProcessFacts } from "./ProcessFacts.ts"
import { errnoOf, notFound, openWithoutWaiting, readFully, requireRegular } from "./RegularFile.ts"
import { byNormalBytes, shownPath } from "./SafePath.ts"
import { attempt, fromSystem, storeError } from "./StoreError.ts"

export interface BundleFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export interface BundleManifest {
  readonly schema_version: 1
  readonly kind: "run-bundle"
  /** In byte order of their paths; `bundle.json` is not among them. */
  readonly files: ReadonlyArray<BundleFile>
  /** SHA-256 (hex) of the canonical JSON of all the other members. */
  readonly bundle_sha256: string
  /** What the writer added. */
  readonly [extra: string]: unknown
}

export interface Bundle {
  readonly manifest: BundleManifest
  /** The files that are as the manifest says, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Each file that is altered, missing or extra; empty when the bundle is whole. */
  readonly problems: ReadonlyArray<Diagnostic>
}

const manifestName = "bundle.json"
const manifestVersion = 1
const maxManifestBytes = 64 << 20

const manifestOf = (entries: ReadonlyArray<BundleEntry>, extra: Readonly<Record<string, unknown>>): BundleManifest => {
  const clash = ["schema_version", "kind", "files", "bundle_sha256"].filter((key) => Object.hasOwn(extra, key))
  if (clash.length > 0)
    throw storeError("FT4031", { message: `bundle.json has its own ${clash.join(", ")}`, help: "rename what is added to the manifest" })
  const files = entries
    .map(({ name, bytes }) => ({ path: name, bytes: bytes.length, sha256: sha256Hex(bytes) }))
    .sort((left, right) => byNormalBytes(left.path, right.path))
  const body = { ...extra, schema_version: manifestVersion, kind: "run-bundle", files } as const
  try {
    return { ...body, bundle_sha256: hashOf(body) }
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause
    throw storeError("FT4026", { message: `bundle.json cannot hold what was added: ${cause.message}` })
  }
}

/** The entries with the manifest that names them. Throws TrainerError on names that no bundle can have. */
const sealed = (
  entries: ReadonlyArray<BundleEntry>,
  extra: Readonly<Record<string, unknown>>
): readonly [BundleManifest, ReadonlyArray<BundleEntry>] => {
  const problems = entryProblems(
    entries.map(({ name }) => name),
    manifestName
  )
  if (problems.length > 0) throw trainerErrors("usage", problems)
  const manifest = manifestOf(entries, extra)
  return [manifest, [...entries, { name: manifestName, bytes: new TextEncoder().encode(`${canonical(manifest)}\n`) }]]
}

const writeDurably = (path: string, bytes: Uint8Array): void => {
  const file = openSync(path, "wx")
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Writes all files under `folder`, which is new, deepest folders synced first. */
const fill = (folder: string, entries: ReadonlyArray<BundleEntry>): void => {
  const folders = new Set<string>()
  for (const { name, bytes } of entries) {
    for (const parent of parents(name)) folders.add(parent)
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeDurably(join(folder, name), bytes)
  }
  for (const each of [...folders].sort().reverse()) nodeBlobFiles.syncFolder(join(folder, each))
  nodeBlobFiles.syncFolder(folder)
}

const alreadyThere = (folder: string): TrainerError =>
  storeError("FT4030", { message: "the folder of the bundle exists already", file: folder })

/**
 * Writes a bundle to `folder`, which must not exist; its parent must. The folder appears complete or not at all. `manifestExtra`
 * (JSON data) becomes further members of `bundle.json`.
 */
export const writeBundle = (
  folder: string,
  entries: ReadonlyArray<BundleEntry>,
  manifestExtra: Readonly<Record<string, unknown>>
): Effect.Effect<BundleManifest, TrainerError> =>
  Effect.flatMap(ProcessFacts, (facts) =>
    attempt(() => {
      const [manifest, all] = sealed(entries, manifestExtra)
      const target = resolve(folder)
      const beside = `${target}.${facts.nonce()}.tmp`
      try {
        if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw alreadyThere(folder)
        mkdirSync(beside)
        fill(beside, all)
        renameSync(beside, target)
        nodeBlobFiles.syncFolder(dirname(target))
        return manifest
      } catch (cause) {
        throw errnoOf(cause) === "ENOTEMPTY" || errnoOf(cause) === "EEXIST"
          ? alreadyThere(folder)
          : fromSystem(cause, "write a bundle", folder)
      } finally {
        rmSync(beside, { recursive: true, force: true })
      }
    })
  )

/** The same bundle as one zip file, with the same `bundle.json`: equal entries are equal bytes. `file` must not exist, its folder must. */
export const writeBundleArchive = (
  file: string,
  entries: ReadonlyArray<BundleEntry>,
  manifestExtra: Readonly<Record<string, unknown>>
): Effect.Effect<BundleManifest, TrainerError> =>
  Effect.flatMap(
    attempt(() => sealed(entries, manifestExtra)),
    ([manifest, all]) => Effect.as(writeArchive(file, all), manifest)
  )

const noBundle = (file: string, message: string): TrainerError => storeError("FT4032", { message, file })

const isRecord = (value: unknown): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isFile = (value: unknown): value is BundleFile =>
  isRecord(value) &&
  typeof value.path === "string" &&
  Number.isSafeInteger(value.bytes) &&
  typeof value.sha256 === "string" &&
  /^[0-9a-f]{64}$/.test(value.sha256)

const jsonOf = (text: string, file: string): JsonValue => {
  try {
    return fromCanonical(text)
  } catch (cause) {
    if (cause instanceof JsonSyntaxError || cause instanceof CanonicalError)
      throw noBundle(file, `bundle.json is not readable: ${cause.message}`)
    throw cause
  }
}

const parseManifest = (text: string, file: string): BundleManifest => {
  const value = jsonOf(text, file)
  if (!isRecord(value) || value.kind !== "run-bundle") throw noBundle(file, 'bundle.json is no manifest of kind "run-bundle"')
  const version = value.schema_version
  if (typeof version === "number" && version > manifestVersion) {
    throw storeError("FT4033", {
      message: "written by a newer version; upgrade feagi-trainer",
      file,
      expected: `schema_version ${manifestVersion}`,
      actual: String(version)
    })
  }
  const { files, bundle_sha256, ...rest } = value
  if (version !== manifestVersion || !Array.isArray(files) || !files.every(isFile) || typeof bundle_sha256 !== "string") {
    throw noBundle(file, "bundle.json lacks schema_version, files or bundle_sha256, or has them in another form")
  }
  return { ...rest, schema_version: manifestVersion, kind: "run-bundle", files, bundle_sha256 }
}

/** The text of `bundle.json`, which must be UTF-8. */
const manifestText = (bytes: Uint8Array | undefined, file: string): string => {
  if (bytes === undefined) throw noBundle(file, "bundle.json is missing")
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw noBundle(file, "bundle.json is no UTF-8")
  }
}

/** A regular file that is no link; undefined when nothing is there. Throws TrainerError for anything else. */
const readPlain = (file: string, maxBytes: number): Uint8Array | undefined => {
  try {
    const before = lstatSync(file, { throwIfNoEntry: false })
    if (before === undefined) return undefined
    requireRegular(before, file)
    const handle = openWithoutWaiting(file, constants.O_NOFOLLOW ?? 0)
    try {
      const stat = fstatSync(handle)
      requireRegular(stat, file)
      if (stat.size > maxBytes)
        throw storeError("FT4044", { message: "is too large", file, expected: `at most ${maxBytes} bytes`, actual: `${stat.size} bytes` })
      return readFully(handle, 0, stat.size)
    } finally {
      closeSync(handle)
    }
  } catch (cause) {
    throw notFound(cause, "read a file of a bundle", file)
  }
}

/** Every file and link under a folder by relative path; links are named, never followed. */
const present = (folder: string, prefix = ""): ReadonlyArray<string> =>
  readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`
    return entry.isDirectory() ? present(folder, path) : [path]
  })

const problem = (id: "FT4034" | "FT4035" | "FT4036", path: string, message: string, rest: { expected?: string; actual?: string } = {}) =>
  storeError(id, { message, file: shownPath(path), ...rest }).diagnostics

/** The bytes that the manifest names, or what is wrong with them. */
const checked = (file: BundleFile, bytes: Uint8Array | undefined): Uint8Array | ReadonlyArray<Diagnostic> => {
  const expected = `${file.bytes} bytes with SHA-256 ${file.sha256}`
  if (bytes === undefined) return problem("FT4035", file.path, "is missing", { expected })
  const actual = sha256Hex(bytes)
  if (actual === file.sha256 && bytes.length === file.bytes) return bytes
  return problem("FT4034", file.path, "is altered", { expected, actual: `${bytes.length} bytes with SHA-256 ${actual}` })
}

/** Reads one file of a folder that the manifest names. */
const readEntry = (folder: string, file: BundleFile, maxBytes: number): Uint8Array | ReadonlyArray<Diagnostic> => {
  try {
    const throughLink = parents(file.path).some(
      (parent) => lstatSync(join(folder, parent), { throwIfNoEntry: false })?.isSymbolicLink() === true
    )
    if (throughLink)
      return problem("FT4034", file.path, "lies behind a symbolic link", { expected: `${file.bytes} bytes with SHA-256 ${file.sha256}` })
    return checked(file, readPlain(join(folder, file.path), maxBytes))
  } catch (cause) {
    const error = notFound(cause, "read a file of a bundle", file.path)
    if (!(error instanceof TrainerError)) throw error
    if (error.diagnostics[0].code === "FT4043") return checked(file, undefined)
    return error.diagnostics.map((each) => ({ ...each, file: shownPath(file.path) }))
  }
}

/** Where the files of a bundle come from. */
interface Source {
  /** Of `bundle.json`, for messages. */
  readonly file: string
  readonly manifest: Uint8Array | undefined
  readonly read: (file: BundleFile, maxBytes: number) => Uint8Array | ReadonlyArray<Diagnostic>
  /** Every file that is there, in byte order. */
  readonly present: () => ReadonlyArray<string>
}

const bundleOf = (source: Source, maxBytes: number): Bundle => {
  const manifest = parseManifest(manifestText(source.manifest, source.file), source.file)
  const names = manifest.files.map(({ path }) => path)
  const unsafe = entryProblems(names, manifestName)
  if (unsafe.length > 0) throw trainerErrors("integrity", unsafe)
  const files = new Map<string, Uint8Array>()
  const problems: Array<Diagnostic> = []
  const { bundle_sha256, ...body } = manifest
  if (hashOf(body) !== bundle_sha256) {
    problems.push(...problem("FT4034", manifestName, "is altered", { expected: `bundle_sha256 ${hashOf(body)}`, actual: bundle_sha256 }))
  }
  let left = maxBytes
  for (const file of manifest.files) {
    const found = source.read(file, left)
    if (found instanceof Uint8Array) {
      files.set(file.path, found)
      left -= found.length
    } else problems.push(...found)
  }
  const named = new Set([...names, manifestName])
  for (const path of source.present()) if (!named.has(path)) problems.push(...problem("FT4036", path, "is no part of the bundle"))
  return { manifest, files, problems }
}

const readFolder = (folder: string, maxBytes: number): Effect.Effect<Bundle, TrainerError> =>
  attempt(() => {
    const file = join(folder, manifestName)
    return bundleOf(
      {
        file,
        manifest: readPlain(file, maxManifestBytes),
        read: (each, left) => readEntry(folder, each, left),
        present: () => extras(folder)
      },
      maxBytes
    )
  })

const readZip = (file: string, maxBytes: number): Effect.Effect<Bundle, TrainerError> =>
  Effect.flatMap(readArchive(file, { maxBytes }), (found) =>
    attempt(() =>
      bundleOf(
        {
          file: `${file} (${manifestName})`,
          manifest: found.get(manifestName),
          read: (each) => checked(each, found.get(each.path)),
          present: () => [...found.keys()].sort(byNormalBytes)
        },
        maxBytes
      )
    )
  )

/**
 * Reads a bundle, be it a folder or a zip file. Fails only when there is no readable `bundle.json` (FT4032), when it is newer (FT4033) or
 * names unsafe paths (FT4031), or when the zip file itself is not to be trusted (FT4037); every altered, missing or extra file is a problem
 * of the result, and an altered file is not among its files.
 */
export const readBundle = (path: string, options: { readonly maxBytes?: number } = {}): Effect.Effect<Bundle, TrainerError> => {
  const maxBytes = options.maxBytes ?? defaultMaxBytes
  return Effect.flatMap(
    attempt(() => isFileAt(path)),
    (isFile) => (isFile ? readZip(path, maxBytes) : readFolder(path, maxBytes))
  )
}

const isFileAt = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
  } catch (cause) {
    if (errnoOf(cause) === "ENOTDIR") return false
    throw fromSystem(cause, "look for a bundle", path)
  }
}

const extras = (folder: string): ReadonlyArray<string> => {
  try {
    return [...present(folder)].sort(byNormalBytes)
  } catch (cause) {
    throw fromSystem(cause, "list a bundle", folder)
  }
}
