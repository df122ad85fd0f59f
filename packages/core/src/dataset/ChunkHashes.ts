/**
 * Chunk hashes: the hashes of a file in pieces, so that a changed file is told from the registered one with the first range of bytes that
 * differs; and the registry of them for all files of a dataset version.
 *
 * A registry is consistent in itself (order, lengths, roots), so that one that somebody edited is no registry. Sharp edges: an empty file
 * has no chunk; a range is a whole chunk, not the byte.
 */
import { type Decoded, decodeStrict } from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, fromUtf8, Sha256, toUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { merkleRoot } from "./merkleRoot.ts"

export const CHUNK_BYTES = 1_048_576

export interface ChunkHashes {
  readonly bytes: number
  /** Of the whole file, as 64 hex digits, as are all hashes here. */
  readonly sha256: string
  /** See {@link merkleRoot}; over `chunks`. */
  readonly merkle_root: string
  /** SHA-256 of each {@link CHUNK_BYTES}; the last chunk is as long as the rest. */
  readonly chunks: ReadonlyArray<string>
}

export interface ChunkHasher {
  /** Appends bytes, in pieces of any length. */
  readonly update: (bytes: Uint8Array) => void
  /** The hashes of everything appended so far; more may follow. */
  readonly result: () => ChunkHashes
}

export const chunkHasher = (): ChunkHasher => {
  const whole = new Sha256()
  const done: Array<string> = []
  let open = new Sha256()
  let bytes = 0
  return {
    update: (piece) => {
      whole.update(piece)
      for (let from = 0; from < piece.length; ) {
        const to = Math.min(piece.length, from + CHUNK_BYTES - (bytes % CHUNK_BYTES))
        open.update(piece.subarray(from, to))
        bytes += to - from
        from = to
        if (bytes % CHUNK_BYTES > 0) continue
        done.push(open.hex())
        open = new Sha256()
      }
    },
    result: () => {
      const chunks = bytes % CHUNK_BYTES > 0 ? [...done, open.hex()] : [...done]
      return { bytes, sha256: whole.hex(), merkle_root: merkleRoot(chunks), chunks }
    }
  }
}

/** Bytes [from, to) of a file. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

type Pieces = Pick<ChunkHashes, "bytes" | "chunks">

/** The first chunk that is not as expected, up to the end of the longer file; undefined when all are. */
export const firstBadRange = (expected: Pieces, actual: Pieces): ByteRange | undefined => {
  const end = Math.max(expected.bytes, actual.bytes)
  for (let from = 0; from < end; from += CHUNK_BYTES) {
    const at = from / CHUNK_BYTES
    if (expected.chunks[at] !== actual.chunks[at]) return { from, to: Math.min(from + CHUNK_BYTES, end) }
  }
  return undefined
}

const Hash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))

const RegisteredFile = Schema.Struct({
  path: Schema.String.check(Schema.isNonEmpty()),
  bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  sha256: Hash,
  merkle_root: Hash,
  chunks: Schema.Array(Hash)
}).check(
  Schema.makeFilter((file) => file.chunks.length === Math.ceil(file.bytes / CHUNK_BYTES), {
    expected: "as many chunks as `bytes` asks for"
  }),
  Schema.makeFilter((file) => file.merkle_root === merkleRoot(file.chunks), { expected: "the `merkle_root` of the chunks" })
)

export const HashRegistry = Schema.Struct({
  schema_version: Schema.Literal(1),
  kind: Schema.Literal("hash-registry"),
  algorithm: Schema.Literal("sha256"),
  chunk_bytes: Schema.Literal(CHUNK_BYTES),
  files: Schema.Array(RegisteredFile).check(
    Schema.makeFilter((files: ReadonlyArray<{ readonly path: string }>) => isAscending(files.map((each) => toUtf8(each.path))), {
      expected: "files in the order of the bytes of their paths, each path once"
    })
  )
})
export type HashRegistry = typeof HashRegistry.Type

const isAscending = (names: ReadonlyArray<Uint8Array>): boolean =>
  names.every((name, at) => at === 0 || Buffer.compare(names[at - 1] ?? name, name) < 0)

const byPath = <File extends { readonly path: string }>(files: ReadonlyArray<File>): ReadonlyArray<File> =>
  files
    .map((file) => ({ file, name: toUtf8(file.path) }))
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ file }) => file)

/** The registry of these files, in whatever order they come. */
export const hashRegistry = (files: ReadonlyArray<{ readonly path: string } & ChunkHashes>): HashRegistry => ({
  schema_version: 1,
  kind: "hash-registry",
  algorithm: "sha256",
  chunk_bytes: CHUNK_BYTES,
  files: byPath(files).map(({ path, bytes, sha256, merkle_root, chunks }) => ({ path, bytes, sha256, merkle_root, chunks }))
})

/** Canonical JSON: one registry, one text. */
export const encodeHashRegistry = (registry: HashRegistry): Uint8Array => canonicalBytes(registry)

export const decodeHashRegistry = (bytes: Uint8Array): Decoded<HashRegistry> => {
  try {
    return decodeStrict(HashRegistry, fromCanonical(fromUtf8(bytes)))
  } catch (error) {
    // What is not UTF-8 or not JSON throws, and has no place in the document that could be named.
    return { ok: false, mistakes: [{ path: [], problem: "invalid", message: error instanceof Error ? error.message : String(error) }] }
  }
}

export interface BadFile {
  readonly path: string
  readonly problem: "missing" | "changed" | "extra"
  /** Of a changed file: the first chunk that differs. */
  readonly range?: ByteRange
  /** SHA-256 of the whole file. */
  readonly expected?: string
  readonly actual?: string
}

export interface RegistryVerdict {
  readonly ok: boolean
  readonly files: number
  /** That the registered files should have together. */
  readonly bytes: number
  /** In the order of the bytes of their paths. */
  readonly bad: ReadonlyArray<BadFile>
}

/**
 * Compares every file with the registry, one after the other.
 *
 * @param read the hashes of what lies at a path now; undefined when there is nothing
 * @param listing paths that are there: those that the registry does not know are reported as extra
 */
export const verifyRegistry = <E, R>(
  registry: HashRegistry,
  read: (path: string) => Effect.Effect<ChunkHashes | undefined, E, R>,
  listing: ReadonlyArray<string> = []
): Effect.Effect<RegistryVerdict, E, R> =>
  Effect.map(
    Effect.forEach(registry.files, (file) => Effect.map(read(file.path), (actual) => judge(file, actual))),
    (judged) => {
      const known = new Set(registry.files.map((each) => each.path))
      const extra = listing.filter((path) => !known.has(path)).map((path): BadFile => ({ path, problem: "extra" }))
      const bad = byPath([...judged.flatMap((each) => (each === undefined ? [] : [each])), ...extra])
      return { ok: bad.length === 0, files: registry.files.length, bytes: registry.files.reduce((sum, each) => sum + each.bytes, 0), bad }
    }
  )

const judge = (file: HashRegistry["files"][number], actual: ChunkHashes | undefined): BadFile | undefined => {
  const { path, sha256: expected } = file
  if (actual === undefined) return { path, problem: "missing", expected }
  const range = firstBadRange(file, actual)
  if (range === undefined && actual.sha256 === expected) return undefined
  return { path, problem: "changed", ...(range === undefined ? {} : { range }), expected, actual: actual.sha256 }
}
