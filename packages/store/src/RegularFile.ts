/**
 * Opening what must be a regular file: a pipe does not hang the process, a device is not touched, a folder is named as one.
 *
 * Sharp edge: `readFileLimited` follows symbolic links, for it reads what the user named; files of a dataset go through ApprovedRoots.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs"
import type { TrainerError } from "@feagi-trainer/contracts"
import type * as Effect from "effect/Effect"
import { attempt, fromSystem, storeError } from "./StoreError.ts"

/** What stands at a path, in a word for messages. */
export const kindOf = (stat: Stats): string => {
  if (stat.isDirectory()) return "a folder"
  if (stat.isFIFO()) return "a named pipe"
  if (stat.isSocket()) return "a socket"
  if (stat.isSymbolicLink()) return "a symbolic link"
  return stat.isFile() ? "a regular file" : "a device"
}

export const errnoOf = (cause: unknown): unknown => (cause instanceof Error ? Reflect.get(cause, "code") : undefined)

/** Throws TrainerError unless the file is regular. */
export const requireRegular = (stat: Stats, shown: string): void => {
  if (!stat.isFile())
    throw storeError("FT4042", { message: "is no regular file", file: shown, expected: "a regular file", actual: kindOf(stat) })
}

/** Never waits: a pipe without a writer opens at once and is then refused by its kind. */
export const openWithoutWaiting = (path: string, extra: number): number =>
  openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | extra)

/** Up to `length` bytes from `offset`; fewer only at the end of the file. */
export const readFully = (file: number, offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, offset + done)
    if (count === 0) break
    done += count
  }
  return done === length ? bytes : bytes.slice(0, done)
}

/** The error of a path that could not be looked at. */
export const notFound = (cause: unknown, action: string, shown: string): unknown => {
  const errno = errnoOf(cause)
  if (errno === "ENOENT" || errno === "ENOTDIR") return storeError("FT4043", { message: "no such file", file: shown })
  return fromSystem(cause, action, shown)
}

/**
 * All bytes of a regular file of at most `maxBytes`. Fails with FT4043 when nothing is there, FT4042 for anything but a regular file
 * and FT4044 beyond the limit; it holds at most `maxBytes + 1` bytes, also while the file grows.
 */
export const readFileLimited = (path: string, maxBytes: number): Effect.Effect<Uint8Array, TrainerError> =>
  attempt(() => {
    try {
      requireRegular(statSync(path), path)
      const file = openWithoutWaiting(path, 0)
      try {
        requireRegular(fstatSync(file), path)
        const size = fstatSync(file).size
        if (size > maxBytes) throw tooLarge(path, maxBytes, size)
        const bytes = readFully(file, 0, Math.min(maxBytes + 1, size + 65_536))
        return bytes.length > maxBytes ? raise(tooLarge(path, maxBytes, bytes.length)) : bytes
      } finally {
        closeSync(file)
      }
    } catch (cause) {
      throw notFound(cause, "read a file", path)
    }
  })

const raise = (error: TrainerError): never => {
  throw error
}

const tooLarge = (file: string, maxBytes: number, actual: number): TrainerError =>
  storeError("FT4044", { message: "is too large", file, expected: `at most ${maxBytes} bytes`, actual: `${actual} bytes` })
