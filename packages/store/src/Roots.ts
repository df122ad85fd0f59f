/**
 * ApprovedRoots on the file system: everything under one folder, by relative path, and nothing else.
 *
 * A symbolic link may lead to another place under the root, never out of it. The check is repeated on the opened file, so a link that is
 * swapped in between gains nothing (outside of Linux a gap of microseconds is left). Sharp edges: the root itself is resolved once, at the
 * start; a listing fails, with all reasons at once, when the folder holds anything that could not be read later.
 */
import { closeSync, constants, fstatSync, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs"
import { isAbsolute, join, relative, resolve, sep } from "node:path"
import { ApprovedRoots, type Diagnostic, type FileInfo, type RootFiles, TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { errnoOf, kindOf, notFound, openWithoutWaiting, readFully, requireRegular } from "./RegularFile.ts"
import { byNormalBytes, pathProblem, shownPath } from "./SafePath.ts"
import { attempt, fromSystem, storeError } from "./StoreError.ts"

const inside = (root: string, path: string): boolean => {
  const rest = relative(root, path)
  return rest === "" || (rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest))
}

const leaves = (shown: string, message: string): TrainerError => storeError("FT4041", { message, file: shown })

/** Where a path under the root really is. Throws TrainerError. */
const locate = (root: string, path: string): string => {
  const problem = pathProblem(path)
  const shown = shownPath(path)
  if (problem !== undefined)
    throw storeError("FT4040", { message: `the path ${problem}`, file: shown, expected: "a relative path under the root" })
  const real = realOf(join(root, path), shown)
  if (!inside(root, real)) throw leaves(shown, "a symbolic link leads out of the root")
  return real
}

const realOf = (full: string, shown: string): string => {
  try {
    return realpathSync.native(full)
  } catch (cause) {
    if (errnoOf(cause) === "ELOOP") throw leaves(shown, "symbolic links lead in a circle")
    const dangling = errnoOf(cause) === "ENOENT" && lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true
    throw dangling ? leaves(shown, "a symbolic link leads to nothing") : notFound(cause, "find a file", shown)
  }
}

/**
 * Whether an open file lies under the root. Between the look and the opening a folder of the path may have become a link, so the file
 * that is open is what counts: Linux tells where it is. Elsewhere the path is looked at again, which leaves a gap of microseconds.
 */
const openedInside = (root: string, path: string, file: number): boolean => {
  const there = openedPath(file)
  if (there !== undefined) return inside(root, there)
  const opened = fstatSync(file)
  const now = statSync(locate(root, path))
  return now.dev === opened.dev && now.ino === opened.ino
}

const openedPath = (file: number): string | undefined => {
  try {
    return readlinkSync(`/proc/self/fd/${file}`)
  } catch {
    return undefined
  }
}

/** Runs `use` on an opened regular file that was found under the root after it was opened. */
const withFile = <A>(root: string, path: string, use: (file: number) => A): A => {
  const shown = shownPath(path)
  const real = locate(root, path)
  try {
    requireRegular(lstatSync(real), shown)
    const file = openWithoutWaiting(real, constants.O_NOFOLLOW ?? 0)
    try {
      requireRegular(fstatSync(file), shown)
      if (!openedInside(root, path, file)) throw leaves(shown, "the file was exchanged while it was opened")
      return use(file)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw errnoOf(cause) === "ELOOP"
      ? leaves(shown, "the file became a symbolic link while it was opened")
      : notFound(cause, "read a file", shown)
  }
}

const wholeNumber = (what: string, value: number, shown: string): void => {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw storeError("FT4046", {
      message: `the ${what} to read is refused`,
      file: shown,
      expected: "a whole number from 0",
      actual: String(value)
    })
  }
}

const read = (root: string, path: string, offset: number, length: number): Uint8Array => {
  wholeNumber("offset", offset, shownPath(path))
  wholeNumber("length", length, shownPath(path))
  return withFile(root, path, (file) => {
    // No more memory than there are bytes to read, however large the wish.
    const left = Math.max(0, fstatSync(file).size - offset)
    return readFully(file, offset, Math.min(length, left))
  })
}

/** Names in a folder; a name that is no UTF-8 comes back with U+FFFD and is refused. */
const namesIn = (full: string): ReadonlyArray<{ readonly name: string; readonly exact: boolean }> =>
  readdirSync(full, { encoding: "buffer" }).map((raw) => ({
    name: raw.toString("utf8"),
    exact: Buffer.from(raw.toString("utf8")).equals(raw)
  }))

interface Walk {
  readonly root: string
  readonly files: Array<FileInfo>
  readonly problems: Array<Diagnostic>
}

/** Following it would list files twice, without end when it leads to a folder that it lies in. */
const linkedFolder = (real: string, from: string, path: string): TrainerError =>
  leaves(
    shownPath(path),
    inside(real, from)
      ? "a symbolic link leads in a circle, to a folder that it lies in"
      : "a symbolic link leads to a folder, whose files would be listed twice"
  )

const walk = (state: Walk, full: string, prefix: string): void => {
  for (const { name, exact } of namesIn(full)) {
    const path = prefix === "" ? name : `${prefix}/${name}`
    try {
      if (!exact) throw storeError("FT4040", { message: "the name is no UTF-8", file: shownPath(path), help: "rename the file" })
      const real = locate(state.root, path)
      const stat = statSync(real)
      if (stat.isDirectory()) {
        if (lstatSync(join(full, name)).isSymbolicLink()) throw linkedFolder(real, full, path)
        walk(state, real, path)
      } else if (stat.isFile()) state.files.push({ path, bytes: stat.size })
      else
        throw storeError("FT4042", {
          message: "is no regular file",
          file: shownPath(path),
          expected: "a regular file",
          actual: kindOf(stat)
        })
    } catch (cause) {
      const error = notFound(cause, "list a file", shownPath(path))
      if (!(error instanceof TrainerError)) throw error
      state.problems.push(...error.diagnostics)
    }
  }
}

const list = (root: string, folder: string): ReadonlyArray<FileInfo> => {
  const start = folder === "" ? root : locate(root, folder)
  const shown = folder === "" ? "." : shownPath(folder)
  const state: Walk = { root, files: [], problems: [] }
  try {
    if (!statSync(start).isDirectory())
      throw storeError("FT4042", { message: "is no folder", file: shown, expected: "a folder", actual: "a file" })
    walk(state, start, folder)
  } catch (cause) {
    throw notFound(cause, "list a folder", shown)
  }
  if (state.problems.length > 0) {
    throw trainerErrors(
      "invalid",
      state.problems.toSorted((left, right) => byNormalBytes(left.file ?? "", right.file ?? ""))
    )
  }
  return state.files.sort((left, right) => byNormalBytes(left.path, right.path))
}

/** The files under `root`, an existing folder; the root may itself be reached by a symbolic link. */
export const approvedRoots = (root: string): Effect.Effect<RootFiles, TrainerError> =>
  attempt(() => {
    const real = realRoot(root)
    return {
      info: (path) => attempt(() => withFile(real, path, (file) => ({ path, bytes: fstatSync(file).size }))),
      read: (path, offset, length) => attempt(() => read(real, path, offset, length)),
      list: (folder) => attempt(() => list(real, folder))
    }
  })

const realRoot = (root: string): string => {
  try {
    const real = realpathSync.native(resolve(root))
    if (statSync(real).isDirectory()) return real
    throw storeError("FT4045", { message: "the root is no folder", file: root, expected: "a folder", actual: kindOf(statSync(real)) })
  } catch (cause) {
    const errno = errnoOf(cause)
    if (errno === "ENOENT" || errno === "ENOTDIR" || errno === "ELOOP")
      throw storeError("FT4045", { message: "no such folder", file: root })
    throw fromSystem(cause, "open the root", root)
  }
}

/** {@link ApprovedRoots} over one folder. */
export const approvedRootsLayer = (root: string): Layer.Layer<ApprovedRoots, TrainerError> =>
  Layer.effect(ApprovedRoots, approvedRoots(root))
