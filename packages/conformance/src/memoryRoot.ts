/**
 * An approved root made of files in memory: what an adapter under test may read, and nothing else.
 *
 * Sharp edge: it refuses the same paths as a real root (absolute ones, drive letters, backslashes, `..`), but it has no symbolic
 * links and no special files; those are the host's own tests.
 */
import { type FileInfo, type RootFiles, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

/** Relative path with forward slashes → content; a text counts as UTF-8. */
export type MemoryFiles = Readonly<Record<string, string | Uint8Array>>

const utf8 = new TextEncoder()
const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === "string" ? utf8.encode(content) : content)

/** −1, 0 or 1 by the bytes of the names: the order of `RootFiles.list` on every system. */
const byBytes = (left: string, right: string): number => Buffer.compare(utf8.encode(left), utf8.encode(right))

/** Whether a path leaves the root, or could on some system. */
export const isOutside = (path: string): boolean =>
  path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.includes("\\") || path.split("/").some((part) => part === ".." || part === ".")

const refuse = (path: string): TrainerError | undefined =>
  isOutside(path)
    ? trainerError("invalid", {
        code: "conformance/OUTSIDE",
        message: `the path ${JSON.stringify(path)} is not below the root`,
        expected: "a relative path with forward slashes and no . or .. in it",
        actual: path
      })
    : undefined

const absent = (path: string, files: MemoryFiles): TrainerError =>
  trainerError("invalid", {
    code: "conformance/NO_FILE",
    message: `there is no file ${JSON.stringify(path)} below the root`,
    file: path,
    expected: `one of ${Object.keys(files).sort(byBytes).join(", ") || "no file at all"}`,
    actual: path
  })

/** Serves `files` as `ApprovedRoots` would. `read` copies, so that nobody can change what another one reads. */
export const memoryRoot = (files: MemoryFiles): RootFiles => {
  const find = (path: string): Effect.Effect<Uint8Array, TrainerError> => {
    const refused = refuse(path)
    if (refused !== undefined) return Effect.fail(refused)
    const content = Object.hasOwn(files, path) ? files[path] : undefined
    return content === undefined ? Effect.fail(absent(path, files)) : Effect.succeed(bytesOf(content))
  }
  return {
    info: (path) => Effect.map(find(path), (bytes): FileInfo => ({ path, bytes: bytes.length })),
    read: (path, offset, length) =>
      Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0
        ? Effect.map(find(path), (bytes) => bytes.slice(offset, offset + length))
        : Effect.fail(
            trainerError("usage", {
              code: "conformance/RANGE",
              message: `read(${JSON.stringify(path)}, ${offset}, ${length}) needs an offset and a length that are integers from 0`
            })
          ),
    list: (folder) => {
      const refused = refuse(folder)
      if (refused !== undefined) return Effect.fail(refused)
      const prefix = folder === "" ? "" : `${folder.replace(/\/$/, "")}/`
      return Effect.succeed(
        Object.entries(files)
          .filter(([path]) => path.startsWith(prefix))
          .map(([path, content]): FileInfo => ({ path, bytes: bytesOf(content).length }))
          .sort((left, right) => byBytes(left.path, right.path))
      )
    }
  }
}
