/**
 * The project: the folder with `feagi-trainer.toml`, the plugins it lists, and where its store lies.
 *
 * The file is looked for in the working folder and its parents, as git looks for its own. Exactly one of `.toml`, `.yaml`, `.json`
 * may be there.
 */
import { existsSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { type Document, decodeDocument, decodeText, type Format, formatOf, parseDocument, reasonOf } from "@feagi-trainer/config"
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { readFileLimited } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ProjectShape, Setting } from "./Project.ts"
import { findFolder, projectFiles } from "./projectFolder.ts"

export const ProjectFile = Schema.Struct({
  schema_version: Schema.Literal(1),
  /** Packages by name as Node would find them from here, or folders beginning with `./`. Only these are loaded. */
  plugins: Schema.Array(Schema.String),
  /** Folder of the store, relative to this file; `.feagi-trainer` when left out. Where results lie determines none of them. */
  store: Schema.optionalKey(Schema.String)
})
export type ProjectFile = typeof ProjectFile.Type

/** Messages name a file as the user typed it. */
const named = (error: TrainerError, path: string, shown: string): TrainerError =>
  trainerErrors(
    error.reason,
    error.diagnostics.map((each) => (each.file === path ? { ...each, file: shown } : each))
  )

/** A document that a person wrote, with every mistake located. `shown` is the path that messages name. */
export const readDocumentFile = (path: string, shown: string): Effect.Effect<Document, TrainerError> =>
  Effect.gen(function* () {
    const format = formatOf(path)
    if (format === undefined)
      return yield* trainerError("invalid", {
        code: "FT1012",
        file: shown,
        message: "the format of the file cannot be told from its name",
        expected: "a name ending in .toml, .yaml or .json"
      })
    const bytes = yield* readFileLimited(path, 8 * 1024 * 1024).pipe(Effect.mapError((error) => named(error, path, shown)))
    return yield* documentOfBytes(bytes, shown, format)
  })

/** A document that was read from wherever, with every mistake located under the name `shown`. */
export const documentOfBytes = (bytes: Uint8Array, shown: string, format: Format): Effect.Effect<Document, TrainerError> =>
  Effect.gen(function* () {
    const text = decodeText(bytes, shown)
    if (!text.ok) return yield* trainerErrors("invalid", text.diagnostics)
    const parsed = parseDocument({ text: text.text, file: shown, format })
    if (!parsed.ok) return yield* trainerErrors("invalid", parsed.diagnostics)
    return parsed.document
  })

/** The project of the folder `from` or one above it. */
export const readProject = (from: string, environment: NodeJS.ProcessEnv): Effect.Effect<ProjectShape, TrainerError> =>
  Effect.gen(function* () {
    const folder = findFolder(from)
    if (folder === undefined)
      return yield* trainerError("invalid", {
        code: "FT1101",
        message: "there is no feagi-trainer.toml here or in a folder above",
        help: "feagi-trainer init   writes one that lists the plugins installed here"
      })
    const present = projectFiles.filter((name) => existsSync(join(folder, name)))
    const [name] = present
    if (name === undefined || present.length > 1)
      return yield* trainerError("invalid", {
        code: "FT1102",
        message: `there are ${present.length} project files: ${present.join(" and ")}`,
        help: "keep one of them"
      })
    const path = join(folder, name)
    const shown = relative(from, path) || name
    const document = yield* readDocumentFile(path, shown)
    const decoded = decodeDocument(ProjectFile, document)
    if (!decoded.ok) return yield* trainerErrors(reasonOf(decoded.diagnostics), decoded.diagnostics)
    const placeOf = (key: string): string => {
      const place = document.keyPositionOf([key]) ?? document.positionOf([key])
      return place?.line === undefined ? shown : `${shown}:${place.line}`
    }
    const said = [
      ...(environment.FEAGI_TRAINER_STORE === undefined ? [] : [{ value: environment.FEAGI_TRAINER_STORE, origin: "FEAGI_TRAINER_STORE" }]),
      ...(decoded.value.store === undefined ? [] : [{ value: decoded.value.store, origin: placeOf("store") }]),
      { value: ".feagi-trainer", origin: "default" }
    ] as const
    const [store, ...overrode] = said
    const settings: ReadonlyArray<Setting> = [
      { key: "plugins", value: decoded.value.plugins, origin: placeOf("plugins"), overrode: [] },
      { key: "store", value: store.value, origin: store.origin, overrode: overrode.map((each) => `${each.origin} (${each.value})`) }
    ]
    return { folder, file: shown, plugins: decoded.value.plugins, store: resolve(folder, store.value), settings }
  })
