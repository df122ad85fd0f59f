/**
 * BlobStore on files: `objects/sha256/ab/cdef…`, named by their content.
 *
 * A blob is written beside its place, synced, renamed and its folder synced; only then it is acknowledged. Sharp edges: a failed
 * sync ends all writing through this handle; every read hashes what it read; a blob that is there is read before it counts as stored.
 */
import { TrainerError } from "@feagi-trainer/contracts"
import type { BlobInfo, BlobStore } from "@feagi-trainer/core"
import { Sha256, sha256Hex } from "@feagi-trainer/determinism"
import type { BlobFilesShape } from "./BlobFiles.ts"
import type { Health } from "./Health.ts"
import { identityText, type ProcessFactsShape, parseIdentity } from "./ProcessFacts.ts"
import { attempt, fromSystem, storeError } from "./StoreError.ts"

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
const chunkBytes = 1 << 20

/** What a look at one stored blob found. */
export type BlobState = "whole" | "altered" | "missing"

export interface Stray {
  readonly path: string
  readonly why: string
}

export interface BlobParts {
  readonly folder: string
  readonly files: BlobFilesShape
  readonly facts: ProcessFactsShape
  readonly health: Health
}

/** Runs file calls; what the operating system says becomes a TrainerError that names the action and the path. */
const guarded = <A>(action: string, path: string, body: () => A): A => {
  try {
    return body()
  } catch (cause) {
    throw fromSystem(cause, action, path)
  }
}

const known = (sha256: string): void => {
  if (isHash(sha256)) return
  throw storeError("FT4012", { message: "a blob is named by its SHA-256", expected: "64 lower-case hex digits", actual: sha256 })
}

/** The blobs under one folder. Its methods throw TrainerError; `service` is the port. */
export class Blobs {
  readonly #parts: BlobParts
  readonly #handle: string
  readonly #objects: string
  readonly #root: string
  readonly #temporary: string
  /** Shards whose own names are known to be durable. */
  readonly #shards = new Set<string>()
  #written = 0

  private constructor(parts: BlobParts) {
    this.#parts = parts
    this.#handle = parts.facts.nonce()
    this.#objects = `${parts.folder}/objects`
    this.#root = `${this.#objects}/sha256`
    this.#temporary = `${this.#objects}/tmp`
  }

  /** Opens the blobs under a folder, which exists, and removes what processes that are gone left half written. */
  static open(parts: BlobParts): Blobs {
    const blobs = new Blobs(parts)
    blobs.#prepare()
    return blobs
  }

  #prepare(): void {
    const { files, facts, folder } = this.#parts
    for (const path of [this.#objects, this.#root, this.#temporary]) guarded("create the blob folder", path, () => files.makeFolder(path))
    for (const { name } of guarded("list half written blobs", this.#temporary, () => files.list(this.#temporary))) {
      const owner = ownerOf(name)
      const path = `${this.#temporary}/${name}`
      if (owner !== undefined && facts.judge(owner) === "gone") guarded("remove a half written blob", path, () => files.remove(path))
    }
    for (const path of [folder, this.#objects]) this.#durable("make the blob folder durable", path, () => files.syncFolder(path))
  }

  #shardOf(sha256: string): string {
    return `${this.#root}/${sha256.slice(0, 2)}`
  }

  pathOf(sha256: string): string {
    return `${this.#shardOf(sha256)}/${sha256.slice(2)}`
  }

  /** A failed sync is fatal whatever its cause was: the pages are lost and the next sync would lie. */
  #durable(action: string, path: string, body: () => void): void {
    try {
      body()
    } catch (cause) {
      const error = fromSystem(cause, action, path)
      if (!(error instanceof TrainerError)) throw error
      const { message } = error.diagnostics[0]
      throw this.#parts.health.condemn(storeError("FT4003", { message: `${message}; nothing more is written by this process`, file: path }))
    }
  }

  /** Feeds a stored blob to `use` piece by piece; false when it is not there. */
  #scan(sha256: string, use: (piece: Uint8Array) => void): boolean {
    const { files } = this.#parts
    const path = this.pathOf(sha256)
    return guarded("read a blob", path, () => {
      const file = files.open(path)
      if (file === undefined) return false
      try {
        const buffer = new Uint8Array(Math.min(chunkBytes, Math.max(1, files.size(file))))
        for (let count = files.read(file, buffer); count > 0; count = files.read(file, buffer)) use(buffer.subarray(0, count))
        return true
      } finally {
        files.close(file)
      }
    })
  }

  /** Hashes a stored blob in pieces, without holding it in memory. */
  inspect(sha256: string): BlobState {
    const hash = new Sha256()
    if (!this.#scan(sha256, (piece) => hash.update(piece))) return "missing"
    return hash.hex() === sha256 ? "whole" : "altered"
  }

  #altered(sha256: string, actual: string): TrainerError {
    return storeError("FT4011", { message: `blob ${sha256} is altered`, file: this.pathOf(sha256), expected: `SHA-256 ${sha256}`, actual })
  }

  get(sha256: string): Uint8Array {
    known(sha256)
    const pieces: Array<Uint8Array> = []
    if (!this.#scan(sha256, (piece) => pieces.push(piece.slice()))) {
      throw storeError("FT4010", { message: `blob ${sha256} is missing`, file: this.pathOf(sha256) })
    }
    const bytes = joined(pieces)
    const actual = sha256Hex(bytes)
    if (actual !== sha256) throw this.#altered(sha256, `SHA-256 ${actual} (${bytes.length} bytes)`)
    return bytes
  }

  /** Hands a blob to `use` piece by piece, each a copy; fails at the end when the pieces were not the blob. */
  read(sha256: string, use: (piece: Uint8Array) => void): void {
    known(sha256)
    const hash = new Sha256()
    const there = this.#scan(sha256, (piece) => {
      hash.update(piece)
      use(piece.slice())
    })
    if (!there) throw storeError("FT4010", { message: `blob ${sha256} is missing`, file: this.pathOf(sha256) })
    const actual = hash.hex()
    if (actual !== sha256) throw this.#altered(sha256, `SHA-256 ${actual}`)
  }

  has(sha256: string): boolean {
    known(sha256)
    const path = this.pathOf(sha256)
    return guarded("look for a blob", path, () => {
      const file = this.#parts.files.open(path)
      if (file !== undefined) this.#parts.files.close(file)
      return file !== undefined
    })
  }

  put(bytes: Uint8Array): string {
    this.#parts.health.check()
    const sha256 = sha256Hex(bytes)
    this.#place(sha256, (path) => this.#writeNew(path, [bytes]))
    return sha256
  }

  /** Like `put`, for content that is not in memory: its name is known when all of it is written. */
  putPieces(pieces: Iterable<Uint8Array>): string {
    const { files, health } = this.#parts
    health.check()
    const hash = new Sha256()
    const beside = this.#beside()
    try {
      this.#writeTemporary(beside, hashed(pieces, hash))
      const sha256 = hash.hex()
      this.#place(sha256, (path) => guarded("put a blob in place", path, () => files.rename(beside, path)))
      return sha256
    } finally {
      quietly(() => files.remove(beside))
    }
  }

  /** Leaves what is there whole, refuses what is there altered, and lets `write` bring what is missing. */
  #place(sha256: string, write: (path: string) => void): void {
    const shard = this.#shardOf(sha256)
    const state = this.inspect(sha256)
    if (state === "altered") throw this.#altered(sha256, "other bytes; the file was left as it is")
    this.#makeShard(shard)
    if (state === "missing") write(this.pathOf(sha256))
    // Also for a blob that was there: a process that died before this call left a name that is not durable.
    this.#durable("make a blob durable", shard, () => this.#parts.files.syncFolder(shard))
  }

  #makeShard(shard: string): void {
    if (this.#shards.has(shard)) return
    const { files } = this.#parts
    guarded("create a blob folder", shard, () => files.makeFolder(shard))
    this.#durable("make a blob folder durable", this.#root, () => files.syncFolder(this.#root))
    this.#shards.add(shard)
  }

  /** A name for a file that is not yet a blob: whose it is, so that it can be swept when its writer is gone. */
  #beside(): string {
    this.#written += 1
    return `${this.#temporary}/${identityText(this.#parts.facts.self)}.${this.#handle}.${this.#written}`
  }

  #writeNew(path: string, pieces: Iterable<Uint8Array>): void {
    const { files } = this.#parts
    const beside = this.#beside()
    try {
      this.#writeTemporary(beside, pieces)
      guarded("put a blob in place", path, () => files.rename(beside, path))
    } catch (cause) {
      // It is no blob yet; what cannot be removed now is swept when the store is opened next.
      quietly(() => files.remove(beside))
      throw cause
    }
  }

  #writeTemporary(path: string, pieces: Iterable<Uint8Array>): void {
    const { files } = this.#parts
    const file = guarded("create a blob", path, () => files.create(path))
    let open = true
    try {
      for (const bytes of pieces)
        guarded("write a blob", path, () => {
          for (let done = 0; done < bytes.length; ) done += files.write(file, bytes.subarray(done))
        })
      this.#durable("make a blob durable", path, () => files.sync(file))
      open = false
      guarded("close a blob", path, () => files.close(file))
    } finally {
      if (open) quietly(() => files.close(file))
    }
  }

  /** Every stored blob, in order of its hash, and everything among them that is none. */
  survey(): { readonly blobs: ReadonlyArray<BlobInfo>; readonly strays: ReadonlyArray<Stray> } {
    const { files } = this.#parts
    return guarded("list the blobs", this.#root, () => {
      const blobs: Array<BlobInfo> = []
      const strays: Array<Stray> = []
      for (const shard of files.list(this.#root)) {
        const path = `${this.#root}/${shard.name}`
        if (shard.kind !== "folder" || !/^[0-9a-f]{2}$/.test(shard.name)) {
          strays.push({ path, why: "is no folder of blobs" })
          continue
        }
        for (const { name, kind, bytes } of files.list(path)) {
          const sha256 = shard.name + name
          if (kind === "file" && isHash(sha256)) blobs.push({ sha256, bytes })
          else strays.push({ path: `${path}/${name}`, why: "is no blob" })
        }
      }
      return { blobs, strays: [...strays, ...this.#leftovers()] }
    })
  }

  /** What lies beside the blobs and belongs to no running writer. */
  #leftovers(): ReadonlyArray<Stray> {
    const { files, facts } = this.#parts
    const halves = files.list(this.#temporary).filter(({ name }) => {
      const owner = ownerOf(name)
      return owner === undefined || facts.judge(owner) !== "alive"
    })
    const others = files.list(this.#objects).filter(({ name }) => name !== "sha256" && name !== "tmp")
    return [
      ...halves.map(({ name }) => ({ path: `${this.#temporary}/${name}`, why: "is half written, its writer is not running" })),
      ...others.map(({ name }) => ({ path: `${this.#objects}/${name}`, why: "is no part of the store" }))
    ]
  }

  readonly service: BlobStore["Service"] = {
    put: (bytes) => attempt(() => this.put(bytes)),
    get: (sha256) => attempt(() => this.get(sha256)),
    putPieces: (pieces) => attempt(() => this.putPieces(pieces)),
    read: (sha256, use) => attempt(() => this.read(sha256, use)),
    has: (sha256) => attempt(() => this.has(sha256)),
    list: attempt(() => this.survey().blobs)
  }
}

function* hashed(pieces: Iterable<Uint8Array>, hash: Sha256): Generator<Uint8Array> {
  for (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
}

const ownerOf = (name: string): ReturnType<typeof parseIdentity> => {
  const match = /^(.*)\.[0-9A-Za-z-]+\.\d+$/.exec(name)
  return match?.[1] === undefined ? undefined : parseIdentity(match[1])
}

const quietly = (body: () => void): void => {
  try {
    body()
  } catch {
    // The error that led here is the one to tell.
  }
}

const joined = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
