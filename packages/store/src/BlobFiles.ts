/**
 * The file system calls that durable files are made of, few and synchronous, so that a test can fail each of them in turn.
 *
 * Sharp edge: `write` may take fewer bytes than it was given, and nothing is durable before both `sync` of the file and `syncFolder`
 * of its folder have returned.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync
} from "node:fs"
import * as Context from "effect/Context"

export interface BlobFilesShape {
  /** Makes a folder (0700); one that is there already is left as it is. */
  readonly makeFolder: (path: string) => void
  /** A new file (0600) for writing; fails when something is there. */
  readonly create: (path: string) => number
  /** How many bytes were taken: from 1 to all of them. */
  readonly write: (file: number, bytes: Uint8Array) => number
  readonly sync: (file: number) => void
  readonly close: (file: number) => void
  readonly rename: (from: string, to: string) => void
  /** Makes names in a folder durable. Does nothing on Windows, which has no such call. */
  readonly syncFolder: (path: string) => void
  /** Opens a regular file for reading, no symbolic link; undefined when nothing is there. */
  readonly open: (path: string) => number | undefined
  /** How many bytes were read; 0 at the end. */
  readonly read: (file: number, into: Uint8Array) => number
  /** Bytes of an open file. */
  readonly size: (file: number) => number
  readonly remove: (path: string) => void
  /** What is in a folder, in byte order; empty when the folder is not there. */
  readonly list: (
    path: string
  ) => ReadonlyArray<{ readonly name: string; readonly kind: "file" | "folder" | "other"; readonly bytes: number }>
}

const missing = (cause: unknown): boolean => cause instanceof Error && Reflect.get(cause, "code") === "ENOENT"

export const nodeBlobFiles: BlobFilesShape = {
  makeFolder: (path) => {
    try {
      mkdirSync(path, { mode: 0o700 })
    } catch (cause) {
      if (!(cause instanceof Error && Reflect.get(cause, "code") === "EEXIST")) throw cause
    }
  },
  create: (path) => openSync(path, "wx", 0o600),
  write: (file, bytes) => writeSync(file, bytes, 0, bytes.length),
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  syncFolder: (path) => {
    if (process.platform === "win32") return
    const folder = openSync(path, constants.O_RDONLY)
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  },
  open: (path) => {
    try {
      return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    } catch (cause) {
      if (missing(cause)) return undefined
      throw cause
    }
  },
  read: (file, into) => readSync(file, into, 0, into.length, null),
  size: (file) => fstatSync(file).size,
  remove: (path) => {
    try {
      unlinkSync(path)
    } catch (cause) {
      if (!missing(cause)) throw cause
    }
  },
  list: (path) => {
    try {
      return readdirSync(path)
        .sort()
        .map((name) => {
          const stat = lstatSync(`${path}/${name}`, { throwIfNoEntry: false })
          const kind = stat?.isFile() === true ? "file" : stat?.isDirectory() === true ? "folder" : "other"
          return { name, kind, bytes: stat?.size ?? 0 } as const
        })
    } catch (cause) {
      if (missing(cause)) return []
      throw cause
    }
  }
}

/** The disk of the blobs; a test gives a disk that fails. */
export const BlobFiles: Context.Reference<BlobFilesShape> = Context.Reference<BlobFilesShape>("@feagi-trainer/store/BlobFiles", {
  defaultValue: () => nodeBlobFiles
})
