/**
 * A zip file as a set of named bytes: written so that equal entries are equal bytes on every machine, and read as something that a stranger
 * made.
 *
 * Written: sorted by name, stored without compression, one fixed time. Compressed bytes depend on the compressor and its version; stored
 * ones on nothing, and who wants fewer bytes compresses the file as a whole. Sharp edges: everything is in memory at once; the checksums of
 * the zip format are not looked at, because whoever reads a bundle has SHA-256 hashes for all of it.
 */
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { crc32 } from "node:zlib"
import { type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Entry, ZipFile } from "yauzl"
import { nodeBlobFiles } from "./BlobFiles.ts"
import { entryProblems } from "./EntryNames.ts"
import { ProcessFacts } from "./ProcessFacts.ts"
import { errnoOf, readFileLimited } from "./RegularFile.ts"
import { byNormalBytes, shownPath } from "./SafePath.ts"
import { attempt, fromSystem, storeError } from "./StoreError.ts"

/** One file of a bundle or an archive. */
export interface BundleEntry {
  /** Relative, with forward slashes. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** How much a stranger may make this process read. */
export interface ArchiveLimits {
  /** Of the archive, and of all its files unpacked; 1 GiB when left out. */
  readonly maxBytes?: number
  /** 100 000 when left out. */
  readonly maxEntries?: number
  /** Unpacked bytes for each packed one, in files of more than 64 KiB; 200 when left out. */
  readonly maxRatio?: number
}

/** The most that is read of one bundle when the caller says nothing: 1 GiB. */
export const defaultMaxBytes = 1 << 30
const defaultMaxEntries = 100_000
const defaultMaxRatio = 200
/** Small files may be as compressible as they like. */
const ratioFromBytes = 65_536
/** What the format can say without its 64-bit extension. */
const zipMaxBytes = 0xffff_ffff
const zipMaxEntries = 0xffff

/** Names are UTF-8. */
const utf8Flag = 1 << 11
/** 1980-01-01 00:00, the first moment that a zip file can name, as the format has it: without a zone. */
const fixedDate = (1 << 5) | 1
/** Version 2.0 of the format; made on Unix, so that the mode below counts. */
const version = 20
const madeBy = (3 << 8) | version
/** A regular file that its owner may write and everybody may read, in the upper half as Unix has it. */
const regularFile = (0o100644 << 16) >>> 0

/** The fields that a local header and the directory share, from the version on. */
const sharedFields = (name: Uint8Array, bytes: Uint8Array): Buffer => {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(version, 0)
  fields.writeUInt16LE(utf8Flag, 2)
  fields.writeUInt16LE(fixedDate, 8)
  fields.writeUInt32LE(crc32(bytes), 10)
  fields.writeUInt32LE(bytes.length, 14)
  fields.writeUInt32LE(bytes.length, 18)
  fields.writeUInt16LE(name.length, 22)
  return fields
}

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Local headers with their files, the directory, and its end (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). */
const zipOf = (entries: ReadonlyArray<BundleEntry>): Uint8Array => {
  const locals: Array<Uint8Array> = []
  const directory: Array<Uint8Array> = []
  let offset = 0
  for (const { name, bytes } of entries) {
    const encoded = Buffer.from(name)
    const shared = sharedFields(encoded, bytes)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(regularFile, 6)
    rest.writeUInt32LE(offset, 10)
    const made = Buffer.alloc(2)
    made.writeUInt16LE(madeBy)
    locals.push(signature(0x04034b50), shared, encoded, bytes)
    directory.push(signature(0x02014b50), made, shared, rest, encoded)
    offset += 4 + shared.length + encoded.length + bytes.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    8
  )
  end.writeUInt32LE(offset, 12)
  return new Uint8Array(Buffer.concat([...locals, ...directory, signature(0x06054b50), end]))
}

/** The bytes of an archive. Throws TrainerError: FT4031 for names, FT4044 for what the format cannot hold. */
export const archiveBytes = (entries: ReadonlyArray<BundleEntry>): Uint8Array => {
  const problems = entryProblems(entries.map(({ name }) => name))
  if (problems.length > 0) throw trainerErrors("usage", problems)
  const total = entries.reduce((sum, { bytes }) => sum + bytes.length, 0)
  if (total > zipMaxBytes >>> 1 || entries.length > zipMaxEntries)
    throw storeError("FT4044", {
      message: "this is too much for one archive",
      expected: `at most ${zipMaxEntries} files of ${zipMaxBytes >>> 1} bytes together`,
      actual: `${entries.length} files of ${total} bytes`,
      help: "write the bundle as a folder"
    })
  return zipOf(entries.toSorted((left, right) => byNormalBytes(left.name, right.name)))
}

/** Writes bytes to a file that must not exist; it appears complete or not at all. */
const placeNew = (file: string, bytes: Uint8Array, nonce: string): void => {
  const target = resolve(file)
  const beside = `${target}.${nonce}.tmp`
  try {
    const handle = openSync(beside, "wx")
    try {
      writeFileSync(handle, bytes)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    // Unlike a rename, a link does not replace what is there.
    linkSync(beside, target)
    nodeBlobFiles.syncFolder(dirname(target))
  } catch (cause) {
    throw errnoOf(cause) === "EEXIST"
      ? storeError("FT4030", { message: "the file of the bundle exists already", file })
      : fromSystem(cause, "write a bundle", file)
  } finally {
    rmSync(beside, { force: true })
  }
}

/** Writes an archive to `file`, which must not exist; its folder must. */
export const writeArchive = (file: string, entries: ReadonlyArray<BundleEntry>): Effect.Effect<void, TrainerError> =>
  Effect.flatMap(ProcessFacts, (facts) => attempt(() => placeNew(file, archiveBytes(entries), facts.nonce())))

/** An entry whose every claim was looked at. */
interface Listed {
  readonly entry: Entry
  readonly name: string
  readonly from: number
  readonly to: number
}

const refused = (message: string, file: string, sides: { readonly expected?: string; readonly actual?: string } = {}): Diagnostic =>
  storeError("FT4037", { message, file: shownPath(file), ...sides }).diagnostics[0]

const encryptedFlags = (1 << 0) | (1 << 6) | (1 << 13)
const descriptorFlag = 1 << 3
const unicodePathField = 0x7075
const methods: ReadonlyArray<number> = [0, 8]
const fileTypes: ReadonlyArray<number> = [0, 0o100000]
const folderTypes: ReadonlyArray<number> = [0, 0o040000]

/** The one name of an entry; undefined where programs would read different ones. */
const nameOf = ({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string | undefined => {
  if (extraFields.some(({ id }) => id === unicodePathField)) return undefined
  const isAscii = fileNameRaw.every((byte) => byte < 0x80)
  if (!isAscii && (generalPurposeBitFlag & utf8Flag) === 0) return undefined
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fileNameRaw)
  } catch {
    return undefined
  }
}

/** What an entry claims that no file of ours does. */
const claims = (entry: Entry, name: string, maxRatio: number): ReadonlyArray<Diagnostic> => {
  const isFolder = name.endsWith("/")
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize)
  const found: Array<Diagnostic> = []
  if (!(isFolder ? folderTypes : fileTypes).includes(kind))
    found.push(refused(kind === 0o120000 ? "is a symbolic link" : "is no regular file", name, { expected: "a regular file" }))
  if ((entry.generalPurposeBitFlag & encryptedFlags) !== 0) found.push(refused("is encrypted", name))
  if (!methods.includes(entry.compressionMethod))
    found.push(
      refused("is packed in an unknown way", name, { expected: "stored or deflated", actual: `method ${entry.compressionMethod}` })
    )
  if (isFolder && entry.uncompressedSize > 0) found.push(refused("is a folder with bytes", name))
  if (entry.uncompressedSize > ratioFromBytes && ratio > maxRatio)
    found.push(
      refused("unpacks to too many bytes", name, {
        expected: `at most ${maxRatio} bytes for each packed one`,
        actual: `${entry.uncompressedSize} bytes of ${entry.compressedSize}`
      })
    )
  return found
}

/** Where the bytes of an entry lie, and whether its own header says what the directory says. */
const locate = async (zip: ZipFile, entry: Entry, name: string): Promise<Listed | Diagnostic> => {
  const local = await zip.readLocalFileHeaderPromise(entry)
  const sameSizes =
    (local.generalPurposeBitFlag & descriptorFlag) !== 0 ||
    (local.crc32 === entry.crc32 &&
      [entry.compressedSize, zipMaxBytes].includes(local.compressedSize) &&
      [entry.uncompressedSize, zipMaxBytes].includes(local.uncompressedSize))
  const same =
    sameSizes &&
    local.fileName.equals(entry.fileNameRaw) &&
    local.compressionMethod === entry.compressionMethod &&
    ((local.generalPurposeBitFlag ^ entry.generalPurposeBitFlag) & (encryptedFlags | utf8Flag)) === 0
  if (!same) return refused("has a header that says something else than the directory of the archive", name)
  return { entry, name, from: entry.relativeOffsetOfLocalHeader, to: local.fileDataStart + entry.compressedSize }
}

const isListed = (value: Listed | Diagnostic): value is Listed => "entry" in value

/** The first pass: every entry, or everything that is wrong with the archive. Nothing is unpacked. */
const listed = async (zip: ZipFile, file: string, limits: Required<ArchiveLimits>): Promise<ReadonlyArray<Listed>> => {
  if (zip.entryCount > limits.maxEntries)
    throw trainerErrors("integrity", [
      refused("holds too many files", file, { expected: `at most ${limits.maxEntries}`, actual: String(zip.entryCount) })
    ])
  const problems: Array<Diagnostic> = []
  const found: Array<Listed> = []
  const names: Array<string> = []
  let total = 0
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry)
    if (name === undefined) {
      problems.push(refused("has a name that is no plain UTF-8", entry.fileNameRaw.toString("latin1")))
      continue
    }
    problems.push(...claims(entry, name, limits.maxRatio))
    total += entry.uncompressedSize
    // A folder of its own is what other programs add; it says nothing, and its name has to be as safe as any.
    names.push(name.endsWith("/") ? `${name}.folder` : name)
    const place = await locate(zip, entry, name)
    if (!isListed(place)) problems.push(place)
    else if (!name.endsWith("/")) found.push(place)
  }
  problems.push(...entryProblems(names))
  if (total > limits.maxBytes)
    problems.push(refused("unpacks to too many bytes", file, { expected: `at most ${limits.maxBytes}`, actual: String(total) }))
  const inOrder = found.toSorted((left, right) => left.from - right.from)
  for (const [at, each] of inOrder.entries()) {
    const before = inOrder[at - 1]
    if (before !== undefined && each.from < before.to)
      problems.push(refused(`shares its bytes with "${shownPath(before.name)}"`, each.name))
  }
  if (problems.length > 0) throw trainerErrors("integrity", problems)
  return found
}

const unpacked = async (zip: ZipFile, { entry, name }: Listed): Promise<Uint8Array> => {
  const pieces: Array<Buffer> = []
  let size = 0
  for await (const piece of await zip.openReadStreamPromise(entry)) {
    size += (piece as Buffer).length
    // What the directory says is the limit, whatever the packed bytes unpack to.
    if (size > entry.uncompressedSize) throw trainerErrors("integrity", [refused("unpacks to more bytes than it says", name)])
    pieces.push(piece as Buffer)
  }
  return new Uint8Array(Buffer.concat(pieces))
}

const read = async (bytes: Uint8Array, file: string, limits: Required<ArchiveLimits>): Promise<ReadonlyMap<string, Uint8Array>> => {
  // Few calls meet an archive.
  const { fromBufferPromise } = await import("yauzl")
  const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    decodeStrings: false,
    validateEntrySizes: true
  })
  const files = new Map<string, Uint8Array>()
  for (const each of await listed(zip, file, limits)) files.set(each.name, await unpacked(zip, each))
  return files
}

const isTrainerError = (cause: unknown): cause is TrainerError => cause instanceof Error && Reflect.get(cause, "_tag") === "TrainerError"

/**
 * The files of an archive by name. All of it is looked at before anything is unpacked; an unsafe name (FT4031), a link, an encrypted or
 * overlapping file, a bomb or a header that lies (FT4037) refuses the whole archive, with every reason at once.
 */
export const readArchive = (file: string, limits: ArchiveLimits = {}): Effect.Effect<ReadonlyMap<string, Uint8Array>, TrainerError> => {
  const { maxBytes = defaultMaxBytes, maxEntries = defaultMaxEntries, maxRatio = defaultMaxRatio } = limits
  return Effect.flatMap(readFileLimited(file, maxBytes), (bytes) =>
    Effect.callback<ReadonlyMap<string, Uint8Array>, TrainerError>((resume) => {
      read(bytes, file, { maxBytes, maxEntries, maxRatio }).then(
        (files) => resume(Effect.succeed(files)),
        // yauzl and zlib tell by a plain Error what is wrong with the bytes that they were given.
        (cause: unknown) =>
          resume(
            isTrainerError(cause)
              ? Effect.fail(cause)
              : cause instanceof Error && !(cause instanceof TypeError) && !(cause instanceof ReferenceError)
                ? Effect.fail(trainerErrors("integrity", [refused(`is no readable zip file: ${cause.message}`, file)]))
                : Effect.die(cause)
          )
      )
    })
  )
}
