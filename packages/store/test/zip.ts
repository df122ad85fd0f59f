/** Zip files as nobody should make them: every field of every header can be given, whatever the others say. */
import { crc32, deflateRawSync } from "node:zlib"

export interface CraftedEntry {
  readonly name: string | Buffer
  readonly bytes?: Uint8Array
  readonly deflate?: boolean
  /** What headers say in place of what is true. */
  readonly flags?: number
  readonly method?: number
  readonly attributes?: number
  readonly madeBy?: number
  readonly size?: number
  readonly packedSize?: number
  readonly localName?: string
  readonly localSize?: number
  readonly localFlags?: number
  readonly extra?: Buffer
  /** Offset of the local header in the directory. */
  readonly offset?: number
}

const bufferOf = (name: string | Buffer): Buffer => (typeof name === "string" ? Buffer.from(name) : name)

/** @param count entries that the end of the directory claims */
export const craftZip = (
  entries: ReadonlyArray<CraftedEntry>,
  claims: { readonly count?: number; readonly comment?: string } = {}
): Buffer => {
  const locals: Array<Buffer> = []
  const central: Array<Buffer> = []
  let at = 0
  for (const entry of entries) {
    const raw = Buffer.from(entry.bytes ?? "content")
    const packed = entry.deflate === true ? deflateRawSync(raw, { level: 9 }) : raw
    const method = entry.method ?? (entry.deflate === true ? 8 : 0)
    const flags = entry.flags ?? 0x800
    const name = bufferOf(entry.name)
    const localName = bufferOf(entry.localName ?? entry.name)
    const extra = entry.extra ?? Buffer.alloc(0)
    const packedSize = entry.packedSize ?? packed.length
    const size = entry.size ?? raw.length
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(entry.localFlags ?? flags, 6)
    local.writeUInt16LE(method, 8)
    local.writeUInt32LE(crc32(raw), 14)
    local.writeUInt32LE(packedSize, 18)
    local.writeUInt32LE(entry.localSize ?? size, 22)
    local.writeUInt16LE(localName.length, 26)
    const header = Buffer.alloc(46)
    header.writeUInt32LE(0x02014b50, 0)
    header.writeUInt16LE(entry.madeBy ?? 0x0314, 4)
    header.writeUInt16LE(20, 6)
    header.writeUInt16LE(flags, 8)
    header.writeUInt16LE(method, 10)
    header.writeUInt32LE(crc32(raw), 16)
    header.writeUInt32LE(packedSize, 20)
    header.writeUInt32LE(size, 24)
    header.writeUInt16LE(name.length, 28)
    header.writeUInt16LE(extra.length, 30)
    header.writeUInt32LE(entry.attributes ?? 0, 38)
    header.writeUInt32LE(entry.offset ?? at, 42)
    locals.push(local, localName, packed)
    central.push(header, name, extra)
    at += local.length + localName.length + packed.length
  }
  const directory = Buffer.concat(central)
  const comment = Buffer.from(claims.comment ?? "")
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(claims.count ?? entries.length, 8)
  end.writeUInt16LE(claims.count ?? entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...locals, directory, end, comment])
}
