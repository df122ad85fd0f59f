/**
 * Paths that scripts are given, below the folder that they work in: one text on every system, and no way out of the folder.
 *
 * Sharp edge: a symbolic link that leads out is refused where it lies on the way to the file; one that appears later is not seen.
 */
import { lstatSync, realpathSync } from "node:fs"
import { dirname, isAbsolute, relative, resolve, sep } from "node:path"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"

export interface InsidePath {
  readonly absolute: string
  /** Below the root, segments separated by `/`; `.` is the root itself. */
  readonly shown: string
}

const refused = (path: string, message: string): TrainerError =>
  trainerError("invalid", {
    code: "FT3406",
    file: path.length > 200 ? `${path.slice(0, 197)}...` : path,
    message,
    help: "name a file or folder inside of the project folder, or another --root"
  })

/** What exists of a path, from its end upwards. */
const existing = (path: string): string => {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return path
  const parent = dirname(path)
  return parent === path ? path : existing(parent)
}

const isInside = (root: string, path: string): boolean => {
  const way = relative(root, path)
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way))
}

/** @param path relative to `root`, or absolute and inside of it. FT3406 for anything else. */
export const insideRoot = (root: string, path: string): InsidePath | TrainerError => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (path === "" || !path.isWellFormed() || /[\u0000-\u001f\u007f-\u009f]/.test(path))
    return refused(JSON.stringify(path), "is no path: it is empty or holds a control character")
  const absolute = resolve(root, path)
  if (!isInside(root, absolute)) return refused(path, "leads out of the folder that the script works in")
  try {
    if (!isInside(realpathSync(root), realpathSync(existing(absolute)))) return refused(path, "leads out of the folder through a link")
  } catch {
    return refused(path, "leads through a link that leads nowhere, or through a file")
  }
  const way = relative(root, absolute).split(sep).join("/")
  return { absolute, shown: way === "" ? "." : way }
}
