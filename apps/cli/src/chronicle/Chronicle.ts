/**
 * Registering results: a file below `experiments/results`, an entry of the manifest and the hashes in `data/hash_registry.json`, all of
 * them or none, whenever the process dies.
 *
 * Under one lock the result is written beside its name, the manifest is replaced (that is the moment at which the result is registered),
 * and the result takes its name. Whoever takes the lock next, to look or to write, finishes what a dead process left: a result that
 * the manifest names is put in its place, any other is removed. The lock is one of SQLite, which the system frees with the process.
 * Sharp edges: a result that is being registered is not there for those who do not take the lock; on a network file system the lock is as
 * good as that system's locks.
 */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type Diagnostic, TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { chunkHasher, decodeHashRegistry, encodeHashRegistry, type HashRegistry, hashRegistry } from "@feagi-trainer/core"
import { fromCanonical, fromUtf8, hashOf, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { canonicalTime, fileTime } from "../canonicalTime.ts"
import { jsonText } from "../jsonText.ts"
import { writeOut } from "../outFiles.ts"
import { type InsidePath, insideRoot } from "./insideRoot.ts"
import {
  type Artefact,
  appended,
  chainProblems,
  decodeManifest,
  type Entry,
  emptyManifest,
  encodeManifest,
  type Manifest,
  manifestPath,
  type NamedSeed
} from "./Manifest.ts"

export const resultsFolder = "experiments/results"
export const registryPath = "data/hash_registry.json"
const chronicleFolder = "meta/chronicle"

/** How long a process waits for another one that registers, in milliseconds. */
const lockMillis = 30_000

/** Ends the name of a file that does not have its own name yet. */
const pending = ".pending"
const resultName = /^[a-z][a-z0-9_]{0,62}_\d{8}T\d{9}Z(?:-\d+)?\.json$/
const scriptName = /^[a-z][a-z0-9_]{0,62}$/

/** What a script found and made. Equal runs have equal bodies: no time, no host, no id of an attempt. */
export interface NewResult {
  readonly script: string
  readonly body: Readonly<Record<string, unknown>>
  /** What another time or machine changes; in no hash of the body. */
  readonly envelope: Readonly<Record<string, unknown>>
  readonly seeds: ReadonlyArray<NamedSeed>
  /** Files that the script wrote, below the root: the same bytes in equal runs. */
  readonly artifacts: ReadonlyArray<InsidePath>
  /** Those that hold times or facts of the machine: registered alike, and no part of the body. */
  readonly changing: ReadonlyArray<InsidePath>
  /** Unix milliseconds. */
  readonly recordedAt: number
}

export interface Registered {
  readonly entry: Entry
  readonly body: Readonly<Record<string, unknown>>
}

/** A path of ours below the root; throws when a link leads out there. */
const place = (root: string, path: string): string => {
  const found = insideRoot(root, path)
  if (found instanceof TrainerError) throw found
  return found.absolute
}

const syncFolder = (path: string): void => {
  if (process.platform === "win32") return
  const folder = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

const writeDurably = (path: string, bytes: Uint8Array): void => {
  rmSync(path, { force: true })
  const file = openSync(path, "wx", 0o644)
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const rename = (from: string, to: string): void => {
  renameSync(from, to)
  syncFolder(dirname(to))
}

/** Puts bytes in the place of a file: a reader sees the old ones or the new ones. */
const replace = (path: string, bytes: Uint8Array): void => {
  writeDurably(`${path}${pending}`, bytes)
  rename(`${path}${pending}`, path)
}

const readRegular = (path: string): Uint8Array | undefined => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isFile() === true ? readFileSync(path) : undefined
}

const readManifest = (root: string): Manifest => {
  const bytes = readRegular(place(root, manifestPath))
  if (bytes === undefined) return emptyManifest
  const manifest = decodeManifest(bytes)
  if (manifest instanceof TrainerError) throw manifest
  return manifest
}

const readRegistry = (root: string): HashRegistry => {
  const bytes = readRegular(place(root, registryPath))
  if (bytes === undefined) return hashRegistry([])
  const decoded = decodeHashRegistry(bytes)
  if (decoded.ok) return decoded.value
  throw trainerErrors(
    "integrity",
    decoded.mistakes.map(({ path, message }): Diagnostic => {
      const field = path.length === 0 ? {} : { field: path.join(".") }
      return { code: "FT3407", severity: "error", file: registryPath, ...field, message: `is no hash registry: ${message}` }
    })
  )
}

const chunked = (bytes: Uint8Array) => {
  const hasher = chunkHasher()
  hasher.update(bytes)
  return hasher.result()
}

/** Notes files under their hashes; what is noted of other files stays. */
const note = (root: string, paths: ReadonlyArray<string>): void => {
  const registry = readRegistry(root)
  const known = new Map(registry.files.map((file) => [file.path, file]))
  for (const path of paths) {
    const bytes = readRegular(place(root, path))
    if (bytes !== undefined) known.set(path, { path, ...chunked(bytes) })
  }
  const next = encodeHashRegistry(hashRegistry([...known.values()]))
  mkdirSync(dirname(place(root, registryPath)), { recursive: true })
  replace(place(root, registryPath), next)
}

/** Finishes what a process that died left behind. Under the lock. */
const recover = (root: string): Manifest => {
  const folder = place(root, resultsFolder)
  const manifest = readManifest(root)
  const left = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(".") && name.endsWith(pending)) : []
  for (const name of left) {
    const target = name.slice(1, -pending.length)
    const bytes = readRegular(join(folder, name))
    const entry = manifest.entries.find(({ path }) => path === `${resultsFolder}/${target}`)
    const meant = bytes !== undefined && entry !== undefined && entry.sha256 === sha256Hex(bytes) && !existsSync(join(folder, target))
    if (meant) rename(join(folder, name), join(folder, target))
    else rmSync(join(folder, name), { force: true })
  }
  for (const path of [manifestPath, registryPath]) rmSync(`${place(root, path)}${pending}`, { force: true })
  const last = manifest.entries.at(-1)
  if (last !== undefined) {
    const noted = new Set(readRegistry(root).files.map(({ path, sha256 }) => `${sha256} ${path}`))
    // Of what is there; a file that is missing is for `chronicle verify` to tell.
    const missed = [last, ...last.artifacts].filter(({ path, sha256 }) => !noted.has(`${sha256} ${path}`))
    const whole = missed.filter(({ path, sha256 }) => sha256Hex(readRegular(place(root, path)) ?? "") === sha256)
    if (whole.length > 0)
      note(
        root,
        whole.map(({ path }) => path)
      )
  }
  return manifest
}

/** Does `work` while no other process registers. Synchronous, so that nothing of this process comes between either. */
const locked = <A>(root: string, work: () => A): A => {
  mkdirSync(place(root, chronicleFolder), { recursive: true })
  const database = new DatabaseSync(place(root, `${chronicleFolder}/.lock`))
  try {
    database.exec(`PRAGMA busy_timeout = ${lockMillis}`)
    try {
      database.exec("BEGIN EXCLUSIVE")
    } catch (cause) {
      throw trainerError("locked", {
        code: "FT3405",
        file: `${chronicleFolder}/.lock`,
        message: `another process holds the chronicle: ${cause instanceof Error ? cause.message : String(cause)}`,
        help: "wait until it has ended; where nothing runs, remove the file"
      })
    }
    try {
      return work()
    } finally {
      database.exec("ROLLBACK")
    }
  } finally {
    database.close()
  }
}

/** What `work` throws as TrainerError, and what the system refuses, as failures. */
const attempt = <A>(root: string, work: () => A): Effect.Effect<A, TrainerError> =>
  Effect.flatten(
    writeOut(join(root, chronicleFolder), () => {
      try {
        return Effect.succeed(work())
      } catch (cause) {
        if (cause instanceof TrainerError) return Effect.fail(cause)
        throw cause
      }
    })
  )

const requireWhole = (manifest: Manifest): Manifest => {
  const problems = chainProblems(manifest)
  if (problems.length > 0) throw trainerErrors("integrity", problems)
  return manifest
}

const artefactOf = (path: string, bytes: Uint8Array): Artefact => ({ path, bytes: bytes.length, sha256: sha256Hex(bytes) })

const artefactAt = ({ absolute, shown }: InsidePath): Artefact => {
  const bytes = readRegular(absolute)
  if (bytes !== undefined) return artefactOf(shown, bytes)
  throw trainerError("failed", {
    code: "FT3402",
    file: shown,
    message: "was to be registered and is not there",
    help: "run the script again"
  })
}

/** A name that no result has yet: two results of one script may fall into one millisecond. */
const freeName = (root: string, taken: ReadonlySet<string>, script: string, at: number): string => {
  for (let count = 1; ; count++) {
    const name = `${script}_${fileTime(at)}${count === 1 ? "" : `-${count}`}.json`
    if (!taken.has(`${resultsFolder}/${name}`) && !existsSync(place(root, `${resultsFolder}/${name}`))) return name
  }
}

const registerNow = (root: string, result: NewResult): Registered => {
  const { script, body: found, envelope, seeds, recordedAt } = result
  if (!scriptName.test(script)) throw new RangeError(`${JSON.stringify(script)} is no name of a script`)
  const manifest = requireWhole(recover(root))
  const byPath = (left: Artefact, right: Artefact): number => (left.path < right.path ? -1 : 1)
  const lasting = result.artifacts.map(artefactAt).sort(byPath)
  const artifacts = [...lasting, ...result.changing.map(artefactAt)].sort(byPath)
  const body = { script, seeds, ...found, artifacts: lasting }
  const body_sha256 = hashOf(body)
  const name = freeName(root, new Set(manifest.entries.map(({ path }) => path)), script, recordedAt)
  const document = {
    schema_version: 1,
    kind: "script-result",
    script,
    body_sha256,
    body,
    envelope: { recorded_at: canonicalTime(recordedAt), ...envelope }
  }
  const bytes = toUtf8(`${jsonText(document)}\n`)
  const path = `${resultsFolder}/${name}`
  const next = appended(manifest, {
    script,
    ...artefactOf(path, bytes),
    body_sha256,
    seeds,
    artifacts,
    recorded_at: canonicalTime(recordedAt)
  })
  const folder = place(root, resultsFolder)
  mkdirSync(folder, { recursive: true })
  const beside = join(folder, `.${name}${pending}`)
  writeDurably(beside, bytes)
  syncFolder(folder)
  replace(place(root, manifestPath), encodeManifest(next))
  rename(beside, join(folder, name))
  note(root, [path, ...artifacts.map((each) => each.path)])
  const entry = next.entries.at(-1)
  if (entry === undefined) throw new Error("an entry was appended")
  return { entry, body }
}

/**
 * Registers one result. Fails with FT3401 or FT3404 where the chronicle was altered, FT3405 while another process holds it for half a
 * minute, FT3406 where a link leads out of the root, FT3407 for a registry that cannot be read.
 */
export const register = (root: string, result: NewResult): Effect.Effect<Registered, TrainerError> =>
  attempt(root, () => locked(root, () => registerNow(root, result)))

/** The entries of a chronicle that is whole, oldest first; none where there is no chronicle. */
export const readEntries = (root: string): Effect.Effect<ReadonlyArray<Entry>, TrainerError> =>
  attempt(root, () => requireWhole(readManifest(root)).entries)

export interface Verified {
  readonly entries: number
  readonly files: number
  readonly head_sha256: string
}

const finding = (code: string, file: string, message: string, sides: Pick<Diagnostic, "expected" | "actual" | "help">): Diagnostic => ({
  code,
  severity: "error",
  file,
  message,
  ...sides
})

const bodyProblem = (entry: Entry, bytes: Uint8Array): ReadonlyArray<Diagnostic> => {
  const document: unknown = fromCanonical(fromUtf8(bytes))
  const body: unknown = typeof document === "object" && document !== null ? Reflect.get(document, "body") : undefined
  const actual = hashOf(body ?? null)
  if (actual === entry.body_sha256) return []
  return [finding("FT3402", entry.path, "its body is not the one that was registered", { expected: entry.body_sha256, actual })]
}

/** Registered files that are not as they were. A path that was registered again is judged by its last registration. */
const fileProblems = (root: string, { entries }: Manifest): ReadonlyArray<Diagnostic> => {
  const latest = new Map(entries.flatMap((entry) => [...entry.artifacts, entry].map((file) => [file.path, { file, entry }] as const)))
  return [...latest.values()].flatMap(({ file, entry }): ReadonlyArray<Diagnostic> => {
    const found = insideRoot(root, file.path)
    if (found instanceof TrainerError) return found.diagnostics
    const bytes = readRegular(found.absolute)
    const by = `${entry.script}, entry ${entry.seq}`
    if (bytes === undefined)
      return [finding("FT3402", file.path, `is registered (${by}) and not there`, { expected: file.sha256, actual: "no file" })]
    const actual = sha256Hex(bytes)
    if (actual !== file.sha256)
      return [finding("FT3402", file.path, `is not the file that was registered (${by})`, { expected: file.sha256, actual })]
    return file.path === entry.path ? bodyProblem(entry, bytes) : []
  })
}

/** Results that no entry names: somebody put them there, or took their entries away. */
const strangers = (root: string, { entries }: Manifest): ReadonlyArray<Diagnostic> => {
  const folder = place(root, resultsFolder)
  const named = new Set(entries.map(({ path }) => basename(path)))
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => resultName.test(name) && !named.has(name))
    .sort()
    .map((name) =>
      finding("FT3403", `${resultsFolder}/${name}`, "is a result that no entry of the chronicle names", {
        help: "remove the file if no script wrote it; otherwise its entry was removed"
      })
    )
}

const registryProblems = (root: string, { entries }: Manifest): ReadonlyArray<Diagnostic> => {
  const noted = new Map(readRegistry(root).files.map(({ path, sha256 }) => [path, sha256]))
  const latest = new Map(entries.flatMap((entry) => [...entry.artifacts, entry].map(({ path, sha256 }) => [path, sha256] as const)))
  return [...latest].flatMap(([path, sha256]) =>
    noted.get(path) === sha256
      ? []
      : [
          finding("FT3407", registryPath, `does not have the registered hash of ${path}`, {
            expected: sha256,
            actual: noted.get(path) ?? "nothing"
          })
        ]
  )
}

/** Whether the chronicle, its results, their files and the hash registry are what was registered; all that is not, at once. */
export const verifyChronicle = (root: string): Effect.Effect<Verified, TrainerError> =>
  attempt(root, () => {
    if (!existsSync(place(root, manifestPath)) && !existsSync(place(root, chronicleFolder))) {
      const alone = strangers(root, emptyManifest)
      if (alone.length > 0) throw trainerErrors("integrity", alone)
      return { entries: 0, files: 0, head_sha256: emptyManifest.head_sha256 }
    }
    return locked(root, () => {
      const chain = chainProblems(readManifest(root))
      const manifest = chain.length > 0 ? readManifest(root) : recover(root)
      const problems = [...chain, ...fileProblems(root, manifest), ...strangers(root, manifest), ...registryProblems(root, manifest)]
      if (problems.length > 0) throw trainerErrors("integrity", problems)
      const files = new Set(manifest.entries.flatMap((entry) => [entry.path, ...entry.artifacts.map(({ path }) => path)]))
      return { entries: manifest.entries.length, files: files.size, head_sha256: manifest.head_sha256 }
    })
  })

/** Files that the hash registry names and that are not as it says; for `hash_integrity`. */
export const verifyRegistryFiles = (root: string): Effect.Effect<{ readonly files: number; readonly bytes: number }, TrainerError> =>
  attempt(root, () => {
    const { files } = readRegistry(root)
    const problems = files.flatMap((file): ReadonlyArray<Diagnostic> => {
      const found = insideRoot(root, file.path)
      if (found instanceof TrainerError) return found.diagnostics
      const bytes = readRegular(found.absolute)
      if (bytes === undefined)
        return [finding("FT3402", file.path, "is registered and not there", { expected: file.sha256, actual: "no file" })]
      const actual = sha256Hex(bytes)
      return actual === file.sha256
        ? []
        : [finding("FT3402", file.path, "is not the file that was registered", { expected: file.sha256, actual })]
    })
    if (problems.length > 0) throw trainerErrors("integrity", problems)
    return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
  })
