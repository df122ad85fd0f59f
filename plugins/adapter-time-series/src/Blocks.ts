/**
 * Ranges of files through the most recently used blocks, so that samples that lie together are read together.
 *
 * Sharp edge: a block stays as it was read while it is kept; what a record is compared with is its hash, not the file of this moment.
 */
import type { RootFiles, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"

/** Bytes `start` to `end` of a file, fewer at its end. */
export type BlockReader = (path: string, start: number, end: number) => Effect.Effect<Uint8Array, TrainerError>

/** Bytes of a block: small, because samples in a random order need little of each. */
export const CACHED_BLOCK_BYTES = 64 * 1024
/** Blocks that are kept: 32 MiB. */
const LIMIT = 512

export const blockReader = (roots: RootFiles): BlockReader => {
  const blocks = new Map<string, Uint8Array>()
  const blockAt = (path: string, at: number): Effect.Effect<Uint8Array, TrainerError> =>
    Effect.gen(function* () {
      const key = `${at} ${path}`
      const block = blocks.get(key) ?? (yield* roots.read(path, at * CACHED_BLOCK_BYTES, CACHED_BLOCK_BYTES))
      blocks.delete(key)
      blocks.set(key, block)
      const [oldest] = blocks.keys()
      if (blocks.size > LIMIT && oldest !== undefined) blocks.delete(oldest)
      return block
    })
  return (path, start, end) =>
    Effect.gen(function* () {
      const pieces: Array<Uint8Array> = []
      for (let at = Math.floor(start / CACHED_BLOCK_BYTES); at * CACHED_BLOCK_BYTES < end; at++) {
        const base = at * CACHED_BLOCK_BYTES
        pieces.push((yield* blockAt(path, at)).subarray(Math.max(0, start - base), Math.max(0, end - base)))
      }
      const [first = new Uint8Array(0)] = pieces
      return pieces.length === 1 ? first : Buffer.concat(pieces)
    })
}
