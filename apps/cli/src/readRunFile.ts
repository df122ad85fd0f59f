/**
 * A run file as a person wrote it, with overrides from flags, decoded strictly; it still knows where everything stands. `-` is read from
 * standard input, whose name does not tell its format.
 */
import { resolve } from "node:path"
import { checkSchemaVersion, decodeDocument, type Format, type Located, layer, reasonOf, setLayer } from "@feagi-trainer/config"
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { RunFile } from "@feagi-trainer/core"
import { hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { documentOfBytes, readDocumentFile } from "./readProject.ts"
import { StdinText } from "./stdinText.ts"

export interface ReadRunFile {
  readonly document: Located
  readonly file: RunFile
  /** `g-<12 hex>` of the content: the runs of one file over its seeds. */
  readonly group_id: string
}

const readWritten = (path: string, format: Format | undefined) =>
  Effect.gen(function* () {
    if (path !== "-") {
      if (format !== undefined)
        return yield* trainerError("usage", {
          code: "FT1353",
          message: "the format of a file is told by its name; only standard input needs to be told",
          actual: path,
          help: "leave the flag out"
        })
      return yield* readDocumentFile(resolve(path), path)
    }
    if (format === undefined)
      return yield* trainerError("usage", {
        code: "FT1353",
        message: "standard input does not tell its format",
        expected: "--format toml, yaml or json  (binding and encoding: --input-format)"
      })
    return yield* documentOfBytes(yield* yield* StdinText, path, format)
  })

/**
 * @param path a file, or `-` for standard input, which needs `format`
 * @param set `key=value` overrides, strongest last
 */
export const readRunFile = (
  path: string,
  set: ReadonlyArray<string>,
  format?: Format | undefined
): Effect.Effect<ReadRunFile, TrainerError> =>
  Effect.gen(function* () {
    const written = yield* readWritten(path, format)
    const version = checkSchemaVersion(written, 1)
    if (!version.ok) return yield* trainerErrors(version.reason, version.diagnostics)
    const overrides = setLayer(set)
    if (!overrides.ok) return yield* trainerErrors("usage", overrides.diagnostics)
    const document: Located = set.length === 0 ? written : layer([{ name: path, document: written }, overrides.layer])
    const decoded = decodeDocument(RunFile, document)
    if (!decoded.ok) return yield* trainerErrors(reasonOf(decoded.diagnostics), decoded.diagnostics)
    return { document, file: decoded.value, group_id: `g-${hashOf(document.value).slice(0, 12)}` }
  })
