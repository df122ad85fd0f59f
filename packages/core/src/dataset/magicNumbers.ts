/**
 * Magic numbers: the first bytes by which kinds of files are known, as a table.
 *
 * Sharp edge: `BM`, `MZ`, `ID3` and `PAR1` may as well begin a table of text, so some want more bytes to fit, and text is asked for first.
 */

export type ByteFamily = "image" | "video" | "audio" | "text" | "archive" | "document" | "executable" | "data" | "unknown"

export interface Sniffed {
  readonly family: ByteFamily
  readonly media_type: string
}

/** Whether these bytes (text stands for its Latin-1 bytes) stand at `at`. */
export const begins = (bytes: Buffer, magic: string, at = 0): boolean => bytes.subarray(at, at + magic.length).toString("latin1") === magic

interface Magic extends Sniffed {
  readonly is: (bytes: Buffer) => boolean
}

const magic = (family: ByteFamily, media_type: string, ...starts: ReadonlyArray<string>): Magic => ({
  family,
  media_type,
  is: (bytes) => starts.some((start) => begins(bytes, start))
})
const test = (family: ByteFamily, media_type: string, is: Magic["is"]): Magic => ({ family, media_type, is })

const riff = (form: string) => (bytes: Buffer) => begins(bytes, "RIFF") && begins(bytes, form, 8)
/** A box file of ISO/IEC 14496-12 whose major brand is one of these. */
const brand =
  (...brands: ReadonlyArray<string>) =>
  (bytes: Buffer) =>
    begins(bytes, "ftyp", 4) && brands.some((each) => begins(bytes, each, 8))
/** A ZIP whose first entry has such a name. */
const zipWith = (name: RegExp) => (bytes: Buffer) =>
  begins(bytes, "PK\x03\x04") && bytes.length >= 30 && name.test(bytes.subarray(30, 30 + bytes.readUInt16LE(26)).toString("latin1"))

const bmpHeaders = [12, 40, 52, 56, 64, 108, 124]
const idxTypes = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e]
const idxRanks = [1, 2, 3, 4, 5, 6, 7, 8]

/** The header of a layer III frame: sync, a version, a bit rate and a sample rate that exist. A byte order mark is none. */
const isMp3Frame = (bytes: Buffer): boolean => {
  const [sync = 0, version = 0, rates = 0] = bytes
  return (
    sync === 0xff &&
    (version & 0xe6) === 0xe2 &&
    (version & 0x18) !== 0x08 &&
    rates >> 4 !== 0 &&
    rates >> 4 !== 15 &&
    (rates & 0x0c) !== 0x0c
  )
}

/** The first that fits is the answer. */
export const magics: ReadonlyArray<Magic> = [
  magic("image", "image/png", "\x89PNG\r\n\x1a\n"),
  magic("image", "image/jpeg", "\xff\xd8\xff"),
  magic("image", "image/gif", "GIF87a", "GIF89a"),
  test("image", "image/webp", riff("WEBP")),
  test("image", "image/bmp", (bytes) => begins(bytes, "BM") && bytes.length >= 18 && bmpHeaders.includes(bytes.readUInt32LE(14))),
  magic("image", "image/tiff", "II*\0", "MM\0*", "II+\0", "MM\0+"),
  test("image", "image/avif", brand("avif", "avis")),
  test("image", "image/heic", brand("heic", "heix", "hevc", "heim", "heis", "mif1", "msf1")),
  magic("image", "image/x-idx", "\0\0\x08\x03"),
  test(
    "data",
    "application/x-idx",
    (bytes) => begins(bytes, "\0\0") && idxTypes.includes(bytes[2] ?? 0) && idxRanks.includes(bytes[3] ?? 0)
  ),
  test("audio", "audio/mp4", brand("M4A ", "M4B ")),
  test("video", "video/quicktime", brand("qt  ")),
  test("video", "video/mp4", (bytes) => begins(bytes, "ftyp", 4)),
  test("video", "video/quicktime", (bytes) => begins(bytes, "moov", 4) || begins(bytes, "mdat", 4) || begins(bytes, "wide", 4)),
  test("video", "video/x-msvideo", riff("AVI ")),
  test("video", "video/webm", (bytes) => begins(bytes, "\x1aE\xdf\xa3") && bytes.subarray(0, 64).includes("webm")),
  magic("video", "video/x-matroska", "\x1aE\xdf\xa3"),
  test("audio", "audio/wav", riff("WAVE")),
  test("audio", "audio/aiff", (bytes) => begins(bytes, "FORM") && (begins(bytes, "AIFF", 8) || begins(bytes, "AIFC", 8))),
  magic("audio", "audio/flac", "fLaC\0"),
  magic("audio", "audio/ogg", "OggS\0"),
  test("audio", "audio/mpeg", (bytes) => begins(bytes, "ID3") && bytes.length > 3 && (bytes[3] ?? 0) < 9),
  test("audio", "audio/mpeg", isMp3Frame),
  test("audio", "audio/aac", (bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0),
  test(
    "document",
    "application/vnd.openxmlformats-officedocument",
    zipWith(/^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|word\/|ppt\/)/)
  ),
  test("document", "application/vnd.oasis.opendocument", zipWith(/^mimetype$/)),
  test("data", "application/x-npz", zipWith(/\.npy$/)),
  magic("archive", "application/zip", "PK\x03\x04", "PK\x05\x06", "PK\x07\x08"),
  magic("archive", "application/gzip", "\x1f\x8b"),
  magic("archive", "application/x-7z-compressed", "7z\xbc\xaf\x27\x1c"),
  magic("archive", "application/x-xz", "\xfd7zXZ\0"),
  magic("archive", "application/zstd", "\x28\xb5\x2f\xfd"),
  test("archive", "application/x-bzip2", (bytes) => /^BZh[1-9]1AY&SY/.test(bytes.subarray(0, 10).toString("latin1"))),
  magic("archive", "application/vnd.rar", "Rar!\x1a\x07"),
  test("archive", "application/x-tar", (bytes) => begins(bytes, "ustar", 257)),
  magic("document", "application/pdf", "%PDF-"),
  magic("document", "application/x-ole-storage", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
  magic("executable", "application/x-elf", "\x7fELF"),
  test("executable", "application/vnd.microsoft.portable-executable", (bytes) => begins(bytes, "MZ") && bytes.subarray(0, 64).includes(0)),
  magic(
    "executable",
    "application/x-mach-binary",
    "\xfe\xed\xfa\xce",
    "\xfe\xed\xfa\xcf",
    "\xce\xfa\xed\xfe",
    "\xcf\xfa\xed\xfe",
    "\xca\xfe\xba\xbe"
  ),
  magic("executable", "application/wasm", "\0asm"),
  magic("data", "application/vnd.apache.parquet", "PAR1"),
  magic("data", "application/x-hdf5", "\x89HDF\r\n\x1a\n"),
  magic("data", "application/x-npy", "\x93NUMPY"),
  magic("data", "application/vnd.sqlite3", "SQLite format 3\0")
]
