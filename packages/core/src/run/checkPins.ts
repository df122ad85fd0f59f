/**
 * Whether the inputs of a run are still those that were planned. Each one that changed is named; none is repaired.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { fromCanonical, fromUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { Catalogue } from "../catalogue/Catalogue.ts"
import { BlobStore } from "../port/BlobStore.ts"
import { Registry, type StoredDataset } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { openDataset } from "./DatasetReader.ts"
import type { RunDocument } from "./RunDocument.ts"

/** An input that is not what the run document pins. */
export interface ChangedInput {
  readonly input: string
  readonly message: string
  readonly expected?: string
  readonly actual?: string
}

const changed = (input: string, error: TrainerError): ChangedInput => {
  const [first] = error.diagnostics
  return {
    input,
    message: first.file === undefined ? first.message : `${first.file}: ${first.message}`,
    ...(first.expected === undefined ? {} : { expected: first.expected }),
    ...(first.actual === undefined ? {} : { actual: first.actual })
  }
}

/** The registered dataset that a document pins, by content: a later version of the same name is another dataset. */
export const pinnedDataset = (document: RunDocument): Effect.Effect<StoredDataset | undefined, TrainerError, Registry> =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const { name, version, content_hash, scan_sha256 } = document.dataset
    const known = yield* registry.datasets
    const same = known.filter((each) => each.content_hash === content_hash && each.scan_sha256 === scan_sha256)
    return same.find((each) => each.name === name && each.version === version) ?? same[0]
  })

export const checkPins = (
  document: RunDocument
): Effect.Effect<ReadonlyArray<ChangedInput>, TrainerError, Catalogue | BlobStore | Registry | Roots> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const blobs = yield* BlobStore
    const found: Array<ChangedInput> = []
    const blob = (input: string, sha256: string) =>
      blobs.get(sha256).pipe(
        Effect.map((bytes) => bytes as Uint8Array | undefined),
        Effect.catch((error) => {
          found.push(changed(input, error))
          return Effect.succeed(undefined)
        })
      )

    for (const [name, sha256] of Object.entries(document.packages)) {
      const installed = catalogue.packages.find((each) => each.name === name)
      if (installed?.files_sha256 !== sha256)
        found.push({
          input: `plugin ${name}`,
          message:
            installed === undefined
              ? `the plugin ${name} is not installed`
              : `the files of the plugin ${name} are not those that were planned with`,
          expected: sha256,
          actual: installed?.files_sha256 ?? "nothing"
        })
    }
    for (const part of document.split.parts) yield* blob(`split ${part.name}`, part.ids_sha256)
    for (const [at, node] of document.transforms.entries())
      if (node.fit !== null) yield* blob(`fitted statistics of transform ${at}`, node.fit.fitted_sha256)
    if (document.brain !== null) {
      yield* blob("genome", document.brain.genome_sha256)
      if (document.brain.connectome !== undefined) yield* blob("connectome", document.brain.connectome.sha256)
    }
    const dataset = yield* pinnedDataset(document)
    if (dataset === undefined)
      found.push({
        input: `dataset ${document.dataset.dataset_version_id}`,
        message: "no registered dataset has the pinned content",
        expected: document.dataset.content_hash
      })
    else if ((yield* blob(`scan of ${dataset.dataset_version_id}`, dataset.scan_sha256)) !== undefined) {
      const adapter = yield* catalogue.lookup("adapter", document.dataset.adapter.plugin.id).pipe(Effect.result)
      if (adapter._tag === "Success")
        yield* Effect.scoped(openDataset(dataset, adapter.success)).pipe(
          Effect.catch((error) => {
            found.push(changed(`dataset ${dataset.dataset_version_id}`, error))
            return Effect.succeed(undefined)
          })
        )
    }
    return found
  })

/** The ids of every part, from the blobs that the document pins. */
export const readParts = (document: RunDocument): Effect.Effect<ReadonlyMap<string, ReadonlyArray<string>>, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const parts = new Map<string, ReadonlyArray<string>>()
    for (const part of document.split.parts)
      parts.set(part.name, fromCanonical(fromUtf8(yield* blobs.get(part.ids_sha256))) as ReadonlyArray<string>)
    return parts
  })

/** Sample ids by the name of their part, in canonical order. */
export type PartIds = ReadonlyMap<string, ReadonlyArray<string>>

/** The ids of a part that the plan made; a part without any would be scored as if it were complete, so there is no default. */
export const idsOf = (parts: PartIds, name: string): ReadonlyArray<string> => {
  const ids = parts.get(name)
  if (ids === undefined) throw new Error(`the split has no part "${name}"`)
  return ids
}
