/**
 * A disk whose N-th call fails, once or from then on, and whose writes may be short. It counts, so that a sweep knows when it is through.
 */
import type { BlobFilesShape } from "../src/index.ts"

export interface Fault {
  /** From 1. */
  readonly call: number
  readonly code: "ENOSPC" | "EIO" | "EACCES" | "EMFILE"
  /** Whether every later call fails too, as if the process had ended. */
  readonly forGood: boolean
  /** Takes at most this many bytes per write. */
  readonly shortWrites?: number
}

export const faultFs = (
  disk: BlobFilesShape,
  fault: Fault
): { readonly files: BlobFilesShape; readonly calls: () => number; readonly hit: () => boolean } => {
  let calls = 0
  const through = <Args extends ReadonlyArray<unknown>, A>(name: string, call: (...args: Args) => A) => {
    return (...args: Args): A => {
      calls += 1
      const fails = fault.forGood ? calls >= fault.call : calls === fault.call
      // Closing a file never fails half way on the systems we run on; it is counted all the same.
      if (fails && (name !== "close" || fault.forGood))
        throw Object.assign(new Error(`${fault.code}: planted at call ${calls}, ${name}`), { code: fault.code })
      return call(...args)
    }
  }
  const limit = fault.shortWrites ?? Number.POSITIVE_INFINITY
  return {
    calls: () => calls,
    hit: () => calls >= fault.call,
    files: {
      makeFolder: through("makeFolder", disk.makeFolder),
      create: through("create", disk.create),
      write: through("write", (file: number, bytes: Uint8Array) => disk.write(file, bytes.subarray(0, Math.min(limit, bytes.length)))),
      sync: through("sync", disk.sync),
      close: through("close", disk.close),
      rename: through("rename", disk.rename),
      syncFolder: through("syncFolder", disk.syncFolder),
      open: through("open", disk.open),
      read: through("read", disk.read),
      size: through("size", disk.size),
      remove: through("remove", disk.remove),
      list: through("list", disk.list)
    }
  }
}
