/**
 * A dream pool from a folder: `pool.json`, the manifest, and one JSON file for each sample. The manifest names every file with its length
 * and its SHA-256, in the order of the ids.
 *
 * Sharp edge: the folder holds nothing else. A file that the manifest does not name is a mistake, for it looks like a sample and is none.
 */
import {
  type Diagnostic,
  type DreamPoolContent,
  decodeDocument,
  decodeStrict,
  type FileInfo,
  type IRSample,
  mistakeDiagnostic,
  type RootFiles,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Json, sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { storeCodes, storeError } from "./StoreError.ts"
import { strictText } from "./strictText.ts"

const Text = Schema.String.check(Schema.isNonEmpty())

export const PoolManifest = Schema.Struct({
  schema_version: Schema.Literal(1),
  kind: Schema.Literal("dream-pool"),
  name: Text,
  samples: Schema.NonEmptyArray(
    Schema.Struct({
      sample_id: Text,
      /** Relative to the folder, with forward slashes. */
      file: Text,
      bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
      sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))
    })
  )
})
export type PoolManifest = typeof PoolManifest.Type

const manifestFile = "pool.json"
const maxManifestBytes = 64 * 1024 * 1024

const refusal = (rest: Omit<Diagnostic, "severity" | "code">): Diagnostic => ({
  severity: "error",
  code: "FT4049",
  help: storeCodes.FT4049.help,
  ...rest
})

const refuse = (diagnostics: ReadonlyArray<Diagnostic>): TrainerError => trainerErrors(storeCodes.FT4049.reason, diagnostics)

const readManifest = (bytes: Uint8Array): Effect.Effect<PoolManifest, TrainerError> =>
  Effect.gen(function* () {
    const text = yield* strictText(bytes, "FT4049", manifestFile)
    const parsed = Json.parse(text)
    if (!parsed.ok)
      return yield* refuse(parsed.problems.map(({ message, line, column }) => refusal({ file: manifestFile, line, column, message })))
    const decoded = decodeStrict(PoolManifest, parsed.value)
    if (decoded.ok) return decoded.value
    return yield* refuse(
      decoded.mistakes.map((mistake) => {
        const place = parsed.positions.of(mistake.path) ?? parsed.positions.of(mistake.path.slice(0, -1))
        return {
          ...mistakeDiagnostic("", mistake),
          code: "FT4049",
          file: manifestFile,
          ...(place === undefined ? {} : { line: place.line, column: place.column })
        }
      })
    )
  })

/** Everything in which manifest and folder disagree. */
const disagreements = (manifest: PoolManifest, listing: ReadonlyArray<FileInfo>): ReadonlyArray<Diagnostic> => {
  const sizes = new Map(listing.map(({ path, bytes }) => [path, bytes]))
  const named = new Set<string>([manifestFile])
  const found = manifest.samples.flatMap((sample, index) => {
    const field = `samples.${index}`
    const before = manifest.samples[index - 1]
    const size = sizes.get(sample.file)
    const problems: Array<Diagnostic> = []
    if (before !== undefined && !(before.sample_id < sample.sample_id))
      problems.push(
        refusal({
          file: manifestFile,
          field: `${field}.sample_id`,
          message: "the samples are not in the order of their ids, each id once",
          expected: `more than ${JSON.stringify(before.sample_id)}`,
          actual: JSON.stringify(sample.sample_id)
        })
      )
    if (named.has(sample.file))
      problems.push(
        refusal({ file: manifestFile, field: `${field}.file`, message: "the file is named twice", actual: JSON.stringify(sample.file) })
      )
    else if (size === undefined)
      problems.push(refusal({ file: sample.file, sample_id: sample.sample_id, message: "the manifest names a file that is not there" }))
    else if (size !== sample.bytes)
      problems.push(
        refusal({
          file: sample.file,
          sample_id: sample.sample_id,
          message: "the file has another length than the manifest says",
          expected: `${sample.bytes} bytes`,
          actual: `${size} bytes`
        })
      )
    named.add(sample.file)
    return problems
  })
  const extra = listing
    .filter(({ path }) => !named.has(path))
    .map(({ path }) =>
      refusal({ file: path, message: "the manifest does not name this file", help: "remove it, or add it to the manifest" })
    )
  return [...found, ...extra]
}

const readSample = (files: RootFiles, entry: PoolManifest["samples"][number]): Effect.Effect<IRSample, TrainerError> =>
  Effect.gen(function* () {
    const { file, sample_id } = entry
    const bytes = yield* files.read(file, 0, entry.bytes + 1)
    const sha256 = sha256Hex(bytes)
    if (sha256 !== entry.sha256)
      return yield* storeError("FT4050", {
        message: "the sample is not the one that the manifest names",
        file,
        sample_id,
        expected: entry.sha256,
        actual: sha256
      })
    const decoded = decodeDocument("IRSample", yield* strictText(bytes, "FT4049", file))
    if (!decoded.ok)
      return yield* refuse(
        decoded.problems.map(({ message, line, column, path, expected, actual }) =>
          refusal({ file, sample_id, line, column, message, ...(path === "" ? {} : { field: path }), expected, actual })
        )
      )
    const sample = decoded.value
    const wrong = [
      ...(sample.sample_id === sample_id
        ? []
        : [
            refusal({
              file,
              field: "sample_id",
              message: "the sample has another id than the manifest says",
              expected: JSON.stringify(sample_id),
              actual: JSON.stringify(sample.sample_id)
            })
          ]),
      ...(sample.target === null
        ? [refusal({ file, sample_id, field: "target", message: "the sample has no target, so that nothing can be learnt from it" })]
        : [])
    ]
    return wrong.length === 0 ? sample : yield* refuse(wrong)
  })

/**
 * Opens the pool under an approved root. Nothing but the manifest is read; every sample is checked when it is read, each time. Fails with
 * FT4049 and everything in which manifest and folder disagree, and with FT4050 when `pinned` is not the SHA-256 of the manifest.
 *
 * @param pinned SHA-256 (64 hex digits) that the manifest must have; left out where it is read for the first time
 */
export const dreamPoolFolder = (files: RootFiles, pinned?: string): Effect.Effect<DreamPoolContent, TrainerError> =>
  Effect.gen(function* () {
    const { bytes: size } = yield* files.info(manifestFile)
    if (size > maxManifestBytes)
      return yield* storeError("FT4044", {
        message: "is too large",
        file: manifestFile,
        expected: `at most ${maxManifestBytes} bytes`,
        actual: `${size} bytes`
      })
    const bytes = yield* files.read(manifestFile, 0, size)
    const sha256 = sha256Hex(bytes)
    if (pinned !== undefined && pinned !== sha256)
      return yield* storeError("FT4050", {
        message: "the dream pool is not the one that was pinned",
        file: manifestFile,
        expected: pinned,
        actual: sha256
      })
    const manifest = yield* readManifest(bytes)
    const wrong = disagreements(manifest, yield* files.list(""))
    if (wrong.length > 0) return yield* refuse(wrong)
    const byId = new Map(manifest.samples.map((entry) => [entry.sample_id, entry]))
    return {
      name: manifest.name,
      sha256,
      entries: manifest.samples.map((entry) => ({ sample_id: entry.sample_id, sha256: entry.sha256 })),
      read: (sample_id) => {
        const entry = byId.get(sample_id)
        return entry === undefined
          ? Effect.fail(
              storeError("FT4049", {
                message: `dream pool "${manifest.name}" has no such sample`,
                sample_id,
                help: "read an id of its entries"
              })
            )
          : readSample(files, entry)
      }
    }
  })
