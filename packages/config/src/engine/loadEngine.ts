/**
 * An engine file with the files that it names, as one configuration. `dataset.splits`, `schedule` and the `then` of a warm-up may be the
 * name of a file; the name is relative to the file that says it, uses forward slashes, and leads down, never up or out.
 *
 * Sharp edge: the caller opens the files, and has to refuse links that leave the folder; here a name is judged by its text alone.
 */
import { type Diagnostic, didYouMean, showValue, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import type { JsonPath } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { Code, reasonOf } from "../Code.ts"
import { type Document, formatOf, type Located } from "../Document.ts"
import { decodeDocument } from "../decodeDocument.ts"
import { checkSchemaVersion } from "../schemaVersion.ts"
import { isTable, showPath, valueAt } from "../Value.ts"
import { EngineConfig, optimizerTypes, scheduleTypes } from "./EngineConfig.ts"
import { type Mount, mounted } from "./mounted.ts"

export interface LoadedEngine {
  readonly config: EngineConfig
  /** The whole configuration with the files in their places; every part knows where it was written. */
  readonly document: Located
  /** The files it names, relative to its folder, in the order in which they were read. */
  readonly parts: ReadonlyArray<string>
}

/** Opens a file by its path relative to the folder of the engine file. */
export type OpenPart = (path: string) => Effect.Effect<Document, TrainerError>

/** Files that name files, the engine file not counted. */
const maxChain = 8

/** Where a file may be named instead of a table. */
const startPoints: ReadonlyArray<JsonPath> = [["dataset", "splits"], ["schedule"]]

const nameProblem = (name: string): string | undefined => {
  if (name.includes("\\")) return "holds a backslash"
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "is absolute"
  if (name.split("/").some((segment) => segment === "" || segment === "." || segment === "..")) return 'holds an empty segment, "." or ".."'
  return formatOf(name) === undefined ? "ends neither in .toml nor .yaml nor .json" : undefined
}

interface Found {
  readonly mounts: Array<Mount>
  readonly parts: Array<string>
  readonly diagnostics: Array<Diagnostic>
  /** Names that could not be followed; the schema must not complain of them again. */
  readonly open: Array<JsonPath>
}

interface Spot {
  /** In the whole configuration. */
  readonly at: JsonPath
  readonly document: Document
  /** In that document. */
  readonly path: JsonPath
  /** Files on the way here, the document's own last; empty in the engine file. */
  readonly chain: ReadonlyArray<string>
}

const follow = (spot: Spot, open: OpenPart, found: Found): Effect.Effect<void> =>
  Effect.gen(function* () {
    const value = valueAt(spot.document.value, spot.path)
    // a table of a schedule may name the next one; splits name nothing
    if (isTable(value) && spot.at[0] === "schedule")
      return yield* follow({ ...spot, at: [...spot.at, "then"], path: [...spot.path, "then"] }, open, found)
    if (typeof value !== "string") return
    const refuse = (rest: Pick<Diagnostic, "message" | "expected" | "actual" | "help">): void => {
      found.open.push(spot.at)
      found.diagnostics.push({
        severity: "error",
        code: Code.part,
        ...spot.document.positionOf(spot.path),
        field: showPath(spot.at),
        ...rest
      })
    }
    const problem = nameProblem(value)
    if (problem !== undefined)
      return refuse({
        message: `the name of the file ${problem}`,
        expected: "a table, or the name of a .toml, .yaml or .json file in this folder or below it",
        actual: JSON.stringify(value)
      })
    const here = spot.chain.at(-1) ?? ""
    const name = `${here.slice(0, here.lastIndexOf("/") + 1)}${value}`
    if (spot.chain.includes(name))
      return refuse({
        message: `the files name each other in a circle: ${[...spot.chain, name].join(" → ")}`,
        help: "write one of them out"
      })
    if (spot.chain.length >= maxChain)
      return refuse({ message: `more than ${maxChain} files name one another`, help: "write some of them out" })
    const opened = yield* Effect.result(open(name))
    if (opened._tag === "Failure") {
      found.open.push(spot.at)
      const place = spot.document.positionOf(spot.path)
      for (const each of opened.failure.diagnostics)
        found.diagnostics.push(
          // what has no line of its own is said where the file is named
          each.line !== undefined
            ? each
            : {
                severity: "error",
                code: Code.part,
                ...place,
                field: showPath(spot.at),
                message: `cannot read ${JSON.stringify(name)}: ${each.message} (${each.code})`,
                ...(each.help === undefined ? {} : { help: each.help })
              }
        )
      return
    }
    const document = opened.success
    found.mounts.push({ at: spot.at, document })
    found.parts.push(name)
    yield* follow({ at: spot.at, document, path: [], chain: [...spot.chain, name] }, open, found)
  })

/** A table whose `type` is no known word: one word is wrong, and not the whole table. */
const unknownTypes = (document: Located): ReadonlyArray<{ readonly path: JsonPath; readonly diagnostic: Diagnostic }> => {
  const typeProblem = (path: JsonPath, types: ReadonlyArray<string>): ReturnType<typeof unknownTypes> => {
    const at = [...path, "type"]
    const type = valueAt(document.value, at)
    if (!isTable(valueAt(document.value, path)) || (typeof type === "string" && types.includes(type))) return []
    const near = typeof type === "string" ? didYouMean(type, types) : undefined
    const expected = types.map((each) => JSON.stringify(each)).join(" | ")
    const place = document.positionOf(type === undefined ? path : at)
    const said: Omit<Diagnostic, "severity" | "code"> =
      type === undefined
        ? { message: "is required and missing", expected }
        : { message: "has the wrong value", expected, actual: showValue(type) }
    return [
      {
        path,
        diagnostic: {
          severity: "error",
          code: type === undefined ? Code.missing : Code.wrongValue,
          ...place,
          field: showPath(at),
          ...said,
          ...(near === undefined ? {} : { help: `did you mean "${near}"?` })
        }
      }
    ]
  }
  const schedules = (path: JsonPath): ReturnType<typeof unknownTypes> =>
    isTable(valueAt(document.value, path)) ? [...typeProblem(path, scheduleTypes), ...schedules([...path, "then"])] : []
  return [...typeProblem(["optimizer"], optimizerTypes), ...schedules(["schedule"])]
}

/** In the order of the files, the engine file first, then of the lines. */
const byPlace = (first: ReadonlyArray<string>, diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  const files = [...new Set<string | undefined>([...first, ...diagnostics.map((each) => each.file)])]
  return diagnostics.toSorted(
    (left, right) =>
      files.indexOf(left.file) - files.indexOf(right.file) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0)
  )
}

const isBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}.`)

/**
 * Reads the files that `main` names and decodes the whole. Fails with every mistake of every file at once: FT1011 for a file that is
 * refused or cannot be read, the codes of the package for the rest.
 */
export const loadEngine = (main: Document, open: OpenPart): Effect.Effect<LoadedEngine, TrainerError> =>
  Effect.gen(function* () {
    const version = checkSchemaVersion(main, 1)
    if (!version.ok) return yield* trainerErrors(version.reason, version.diagnostics)
    const found: Found = { mounts: [], parts: [], diagnostics: [], open: [] }
    for (const path of startPoints) yield* follow({ at: path, document: main, path, chain: [] }, open, found)
    const document = mounted(main, found.mounts)
    const decoded = decodeDocument(EngineConfig, document)
    const types = unknownTypes(document)
    const refused = [...found.open, ...types.map(({ path }) => path)].map(showPath)
    const wrong = decoded.ok
      ? []
      : decoded.diagnostics.filter((each) => each.field === undefined || !refused.some((field) => isBelow(each.field ?? "", field)))
    const diagnostics = byPlace([main.file], [...found.diagnostics, ...types.map((each) => each.diagnostic), ...wrong])
    if (diagnostics.length > 0) return yield* trainerErrors(reasonOf(diagnostics), diagnostics)
    if (!decoded.ok) throw new Error("an engine file that does not decode has no mistake")
    return { config: decoded.value, document, parts: found.parts }
  })
