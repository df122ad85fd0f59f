/** `dataset verify`: whether every byte is still the one that was registered; if not, which file and where. */
import { CONTENT_CHANGED, type Diagnostic, Progress, type RootFiles, trainerErrors } from "@feagi-trainer/contracts"
import {
  type BadFile,
  BlobStore,
  decodeHashRegistry,
  type HashRegistry,
  hashFile,
  openRoot,
  type RegistryVerdict,
  Roots,
  readScan,
  verifyRegistry
} from "@feagi-trainer/core"
import { readFileLimited } from "@feagi-trainer/store"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { scanProgress } from "../../scanProgress.ts"
import { ownPath, placeOf } from "../../scanSource.ts"
import { reading, rootsLayer } from "../../services.ts"
import { findDataset, reference } from "./find.ts"

const registry = Flag.String("registry").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("A hash registry that  dataset hash  wrote; the argument is then the folder or file that it is about"),
  Flag.optional
)

/** The first findings are shown, all are counted. */
const shown = 20
/** Largest registry that is read: 1 GiB. */
const maxRegistryBytes = 1 << 30

const readRegistry = (bytes: Uint8Array, file: string) => {
  const decoded = decodeHashRegistry(bytes)
  return decoded.ok
    ? Effect.succeed(decoded.value)
    : trainerErrors(
        "integrity",
        decoded.mistakes.map(
          (each): Diagnostic => ({
            code: "FT2431",
            severity: "error",
            file,
            ...(each.path.length === 0 ? {} : { field: each.path.join(".") }),
            message: `is no hash registry: ${each.message}`
          })
        )
      )
}

const check = (hashes: HashRegistry, files: RootFiles, listing: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const progress = yield* Progress
    let done = 0
    return yield* verifyRegistry(
      hashes,
      (path) =>
        Effect.gen(function* () {
          yield* progress.report(++done, hashes.files.length, "verify files")
          // What cannot be opened is missing, whatever stands in its place.
          const info = yield* Effect.option(files.info(path))
          return Option.isNone(info) ? undefined : yield* hashFile(files, path, info.value.bytes)
        }),
      listing
    )
  }).pipe(Effect.provide(scanProgress))

export const verify = Command.make("verify", { dataset: reference, registry, json }, (flags) =>
  Option.match(flags.registry, {
    onNone: () =>
      reading(
        Effect.gen(function* () {
          const blobs = yield* BlobStore
          const roots = yield* Roots
          const dataset = yield* findDataset(flags.dataset)
          const scan = yield* readScan(dataset.scan_sha256)
          const hashes = yield* readRegistry(yield* blobs.get(scan.hashes_sha256), dataset.dataset_version_id)
          const verdict = yield* check(hashes, yield* openRoot(roots, dataset), [])
          yield* tell(flags.json, dataset.dataset_version_id, dataset.content_hash, verdict)
        })
      ),
    onSome: (file) =>
      Effect.gen(function* () {
        const hashes = yield* readRegistry(yield* readFileLimited(file, maxRegistryBytes), file)
        const place = yield* placeOf(flags.dataset)
        const listed = place.path === "" ? (yield* place.files.list("")).map(({ path }) => path) : []
        const own = ownPath(file, place.root)
        const verdict = yield* check(
          hashes,
          place.files,
          listed.filter((path) => path !== own)
        )
        yield* tell(flags.json, flags.dataset, null, verdict)
      }).pipe(Effect.provide(rootsLayer))
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer dataset verify mnist@1", description: "A registered dataset" },
    {
      command: "feagi-trainer dataset verify data --registry data/hash_registry.json",
      description: "Any folder against the registry that  dataset hash  wrote"
    }
  ])
)

const problems = {
  missing: "the registered file is not there",
  extra: "the registry does not know this file",
  changed: "the file is not the one that was registered"
} as const

const finding = ({ path, problem, range, expected, actual }: BadFile): Diagnostic => ({
  code: CONTENT_CHANGED,
  severity: "error",
  message: range === undefined ? problems[problem] : `${problems[problem]}: it differs first in bytes ${range.from} to ${range.to}`,
  file: path,
  ...(range === undefined ? {} : { byte_offset: range.from }),
  expected: expected ?? "no file",
  actual: actual ?? (problem === "missing" ? "no file" : "a file"),
  help: "restore the file, or register the data again as a new version"
})

const tell = (asJson: boolean, dataset: string, content_hash: string | null, { bad, files, bytes }: RegistryVerdict) => {
  if (bad.length === 0)
    return emit(asJson, {
      kind: "dataset-verification",
      data: { dataset, content_hash, verified: true, files, bytes },
      human: `${dataset}: all ${files} files (${bytes} bytes) are those that were registered`
    })
  const more = bad.length - shown
  return trainerErrors("integrity", [
    ...bad.slice(0, shown).map(finding),
    ...(more > 0
      ? [{ code: "FT2204", severity: "error" as const, message: `${more} more files are not the registered ones`, count: more }]
      : [])
  ])
}
