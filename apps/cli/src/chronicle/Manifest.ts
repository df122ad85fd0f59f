/**
 * The chronicle of a project: one entry for every result that a script wrote, each bound to the one before it by its hash.
 *
 * An entry's hash is over its canonical JSON without that hash; the first one has 64 zeros before it. Sharp edge: whoever can write the
 * file can write a whole new chain. What he cannot do is to keep the head that somebody else noted.
 */
import { type Diagnostic, decodeStrict, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { canonical, fromCanonical, fromUtf8, hashOf, toUtf8 } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"

/** Below the root of the project. */
export const manifestPath = "meta/chronicle/manifest.json"

const Hash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))

/** A file by its path below the root. */
export const Artefact = Schema.Struct({
  path: Schema.String.check(Schema.isNonEmpty()),
  bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  sha256: Hash
})
export type Artefact = typeof Artefact.Type

export const NamedSeed = Schema.Struct({ name: Schema.String, seed: Schema.Union([Schema.Int, Schema.BigInt]) })
export type NamedSeed = typeof NamedSeed.Type

export const Entry = Schema.Struct({
  /** From 0, without gaps. */
  seq: Schema.Int,
  script: Schema.String,
  /** The result; `artifacts` are what it wrote beside. */
  ...Artefact.fields,
  body_sha256: Hash,
  /** Every seed that was used, none for a script without chance. */
  seeds: Schema.Array(NamedSeed),
  artifacts: Schema.Array(Artefact),
  recorded_at: Schema.String,
  prev_sha256: Hash,
  entry_sha256: Hash
})
export type Entry = typeof Entry.Type

export const Manifest = Schema.Struct({
  schema_version: Schema.Literal(1),
  kind: Schema.Literal("chronicle"),
  count: Schema.Int,
  /** Hash of the last entry; 64 zeros while there is none. */
  head_sha256: Hash,
  entries: Schema.Array(Entry)
})
export type Manifest = typeof Manifest.Type

const noHash = "0".repeat(64)

export const emptyManifest: Manifest = { schema_version: 1, kind: "chronicle", count: 0, head_sha256: noHash, entries: [] }

const hashOfEntry = ({ entry_sha256: _, ...entry }: Entry): string => hashOf(entry)

/** The manifest with one entry more. */
export const appended = (manifest: Manifest, entry: Omit<Entry, "seq" | "prev_sha256" | "entry_sha256">): Manifest => {
  const bound: Entry = { ...entry, seq: manifest.entries.length, prev_sha256: manifest.head_sha256, entry_sha256: noHash }
  const whole: Entry = { ...bound, entry_sha256: hashOfEntry(bound) }
  return { ...manifest, count: manifest.count + 1, head_sha256: whole.entry_sha256, entries: [...manifest.entries, whole] }
}

/** One entry a line, so that a difference of two manifests is one of entries. */
export const encodeManifest = ({ schema_version, kind, count, head_sha256, entries }: Manifest): Uint8Array => {
  const lines = entries.map((entry) => `\n${canonical(entry)}`).join(",")
  return toUtf8(
    `{"schema_version":${schema_version},"kind":"${kind}","count":${count},"head_sha256":"${head_sha256}","entries":[${lines}\n]}\n`
  )
}

const broken = (problem: Omit<Diagnostic, "severity" | "file">): Diagnostic => ({ severity: "error", file: manifestPath, ...problem })
const restore = "restore the file from a backup; nothing is added to a chronicle that was altered"

/** Every place where the chain is not what was written: entries that were changed, removed, added or moved. */
export const chainProblems = ({ count, head_sha256, entries }: Manifest): ReadonlyArray<Diagnostic> => {
  const found = entries.flatMap((entry, at): ReadonlyArray<Diagnostic> => {
    const field = `entries.${at}`
    const problem = (message: string, expected: string, actual: string) => [
      broken({ code: "FT3401", field, message, expected, actual, help: restore })
    ]
    const actual = hashOfEntry(entry)
    if (actual !== entry.entry_sha256) return problem(`entry ${at} (${entry.path}) was changed`, entry.entry_sha256, actual)
    const before = entries[at - 1]?.entry_sha256 ?? noHash
    if (entry.seq !== at)
      return problem(`entry ${entry.seq} stands in place ${at}: entries were removed or moved`, `entry ${at}`, `entry ${entry.seq}`)
    return entry.prev_sha256 === before
      ? []
      : problem(`entry ${at} does not follow the entry before it: one was replaced`, entry.prev_sha256, before)
  })
  const head = entries.at(-1)?.entry_sha256 ?? noHash
  if (count === entries.length && head_sha256 === head) return found
  return [
    ...found,
    broken({
      code: "FT3401",
      field: "head_sha256",
      message: "the last entries are not those that were recorded",
      expected: `${count} entries, the last ${head_sha256}`,
      actual: `${entries.length} entries, the last ${head}`,
      help: restore
    })
  ]
}

/** A manifest that may be altered: what is read says nothing of its chain. FT3404 when it cannot be read as one. */
export const decodeManifest = (bytes: Uint8Array): Manifest | TrainerError => {
  const refuse = (problems: ReadonlyArray<string>): TrainerError =>
    trainerErrors(
      "integrity",
      problems.map((message) => broken({ code: "FT3404", message: `is no chronicle: ${message}`, help: restore }))
    )
  try {
    const decoded = decodeStrict(Manifest, fromCanonical(fromUtf8(bytes)))
    if (decoded.ok) return decoded.value
    return refuse(decoded.mistakes.map(({ path, message }) => `${path.join(".")} ${message}`))
  } catch (cause) {
    return refuse([cause instanceof Error ? cause.message : String(cause)])
  }
}
