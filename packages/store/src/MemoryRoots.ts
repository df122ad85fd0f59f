/**
 * Files in memory behind the same face as an approved folder: what a bundle holds is read from the bytes whose hashes were checked, and
 * never from the disk again.
 */
import type { RootFiles } from "@feagi-trainer/contracts"
import { byNormalBytes, pathProblem, shownPath } from "./SafePath.ts"
import { attempt, storeError } from "./StoreError.ts"

/** @param files by relative path with forward slashes */
export const memoryRoots = (files: ReadonlyMap<string, Uint8Array>): RootFiles => {
  const bytesOf = (path: string): Uint8Array => {
    const problem = pathProblem(path)
    if (problem !== undefined)
      throw storeError("FT4040", { message: `the path ${problem}`, file: shownPath(path), expected: "a relative path under the root" })
    const bytes = files.get(path)
    if (bytes === undefined) throw storeError("FT4043", { message: "no such file", file: shownPath(path) })
    return bytes
  }
  return {
    info: (path) => attempt(() => ({ path, bytes: bytesOf(path).length })),
    read: (path, offset, length) =>
      attempt(() => {
        for (const value of [offset, length])
          if (!Number.isSafeInteger(value) || value < 0)
            throw storeError("FT4046", {
              message: "the range to read is refused",
              file: shownPath(path),
              expected: "whole numbers from 0",
              actual: String(value)
            })
        // A copy, so that no reader can change what the next one sees.
        return bytesOf(path).slice(offset, offset + length)
      }),
    list: (folder) =>
      attempt(() => {
        const prefix = folder === "" ? "" : `${folder}/`
        const found = [...files].filter(([path]) => path.startsWith(prefix)).map(([path, bytes]) => ({ path, bytes: bytes.length }))
        if (found.length === 0 && folder !== "") throw storeError("FT4043", { message: "no such folder", file: shownPath(folder) })
        return found.sort((left, right) => byNormalBytes(left.path, right.path))
      })
  }
}
