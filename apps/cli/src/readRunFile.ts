/** A run file as a person wrote it, with overrides from flags, decoded strictly; it still knows where everything stands. */
import { resolve } from "node:path"
import { checkSchemaVersion, decodeDocument, type Located, layer, reasonOf, setLayer } from "@feagi-trainer/config"
import { type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { RunFile } from "@feagi-trainer/core"
import { hashOf } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { readDocumentFile } from "./Project.ts"

export interface ReadRunFile {
  readonly document: Located
  readonly file: RunFile
  /** `g-<12 hex>` of the content: the runs of one file over its seeds. */
  readonly group_id: string
}

/** @param set `key=value` overrides, strongest last */
export const readRunFile = (path: string, set: ReadonlyArray<string>): Effect.Effect<ReadRunFile, TrainerError> =>
  Effect.gen(function* () {
    const written = yield* readDocumentFile(resolve(path), path)
    const version = checkSchemaVersion(written, 1)
    if (!version.ok) return yield* trainerErrors(version.reason, version.diagnostics)
    const overrides = setLayer(set)
    if (!overrides.ok) return yield* trainerErrors("usage", overrides.diagnostics)
    const document: Located = set.length === 0 ? written : layer([{ name: path, document: written }, overrides.layer])
    const decoded = decodeDocument(RunFile, document)
    if (!decoded.ok) return yield* trainerErrors(reasonOf(decoded.diagnostics), decoded.diagnostics)
    return { document, file: decoded.value, group_id: `g-${hashOf(document.value).slice(0, 12)}` }
  })
