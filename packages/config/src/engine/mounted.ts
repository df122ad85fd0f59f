/**
 * A document in which some values stand in files of their own. What is seen is one value; each part of it keeps the place where it was
 * written, so that a mistake in `splits.toml` is reported in `splits.toml`.
 */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import type { Document, Located } from "../Document.ts"
import { emptyTable, isTable, type MutableTable } from "../Value.ts"

/** The value of `document` in the place of the one at `at`. */
export interface Mount {
  readonly at: JsonPath
  readonly document: Document
}

const replaced = (target: JsonValue | undefined, path: JsonPath, value: JsonValue): JsonValue => {
  const [step, ...rest] = path
  if (step === undefined) return value
  const copy: MutableTable = Object.assign(emptyTable(), isTable(target) ? target : {})
  copy[String(step)] = replaced(copy[String(step)], rest, value)
  return copy
}

/** @param mounts outer ones before those inside of them; every step of `at` is a key of a table */
export const mounted = (main: Document, mounts: ReadonlyArray<Mount>): Located => {
  const holder = (path: JsonPath): { readonly document: Document; readonly rest: JsonPath; readonly isRoot: boolean } => {
    const mount = mounts.findLast(({ at }) => at.every((step, index) => path[index] === step))
    if (mount === undefined) return { document: main, rest: path, isRoot: false }
    const rest = path.slice(mount.at.length)
    return { document: mount.document, rest, isRoot: rest.length === 0 }
  }
  return {
    value: mounts.reduce((value, { at, document }) => replaced(value, at, document.value), main.value),
    positionOf: (path) => {
      const { document, rest } = holder(path)
      return document.positionOf(rest)
    },
    // the root of a file has no key: a key that it lacks is missed there, and not where the file is named
    keyPositionOf: (path) => {
      const { document, rest, isRoot } = holder(path)
      return isRoot ? undefined : document.keyPositionOf(rest)
    },
    textOf: (path) => {
      const { document, rest } = holder(path)
      return document.textOf(rest)
    },
    isFloatText: (path) => {
      const { document, rest } = holder(path)
      return document.isFloatText(rest)
    },
    formatOf: (path) => holder(path).document.formatOf(path)
  }
}
