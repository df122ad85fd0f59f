/**
 * The safetensors format: 8 bytes with the length of a JSON header, the header, and the bytes of the tensors without a gap. Written
 * deterministically, so that equal tensors give equal files; read strictly, so that no file means two things and none is half read.
 *
 * Sharp edges: types with larger elements stand first, so that every tensor is aligned, and names of one type are in the order of their
 * code points: the order of the format's own writer, whose bytes these are. Floats that are NaN or infinite are refused in both directions.
 * Tensors that are read are views of the file.
 */
import { Json, type JsonPath, type JsonValue, type Positions } from "@feagi-trainer/determinism"

/** Bytes of one element by the format's name of its type, in the order in which the format's own writer places them. */
const elementBytes: ReadonlyMap<string, number> = new Map([
  ["U64", 8],
  ["I64", 8],
  ["F64", 8],
  ["F32", 4],
  ["U32", 4],
  ["I32", 4],
  ["BF16", 2],
  ["F16", 2],
  ["U16", 2],
  ["I16", 2],
  ["I8", 1],
  ["U8", 1],
  ["BOOL", 1]
])

const places: ReadonlyMap<string, number> = new Map([...elementBytes.keys()].map((dtype, place) => [dtype, place]))
const placeOf = (dtype: TensorType): number => places.get(dtype) ?? 0

/** Element types that are written and read. */
export type TensorType = "F64" | "I64" | "U64" | "F32" | "I32" | "U32" | "F16" | "BF16" | "I16" | "U16" | "I8" | "U8" | "BOOL"

const isTensorType = (value: unknown): value is TensorType => typeof value === "string" && elementBytes.has(value)

/** A tensor as bytes, little-endian and row-major. */
export interface StoredTensor {
  readonly name: string
  readonly dtype: TensorType
  readonly shape: ReadonlyArray<number>
  readonly bytes: Uint8Array
}

/** Rules of the format and of this reader, by the name under which a file is refused. */
export type SafetensorsRule =
  | "header-length"
  | "header-too-long"
  | "header-incomplete"
  | "header-start"
  | "header-padding"
  | "header-utf8"
  | "header-json"
  | "duplicate-key"
  | "metadata"
  | "entry"
  | "dtype"
  | "shape"
  | "offsets"
  | "size"
  | "overlap"
  | "hole"
  | "truncated"
  | "trailing-bytes"
  | "not-finite"
  | "missing-tensor"
  | "unexpected-tensor"
  | "wrong-dtype"
  | "wrong-shape"

/** One broken rule: where in the file, counted in bytes from 0, and about which tensor. */
export interface SafetensorsProblem {
  readonly rule: SafetensorsRule
  readonly byte_offset: number
  readonly tensor?: string
  readonly message: string
}

/** A file that is refused. Nothing of it was used. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError"
  readonly problems: ReadonlyArray<SafetensorsProblem>

  constructor(problems: ReadonlyArray<SafetensorsProblem>) {
    super(problems.map(({ rule, byte_offset, message }) => `safetensors, byte ${byte_offset}, rule ${rule}: ${message}`).join("\n"))
    this.problems = problems
  }
}

/** The longest header that is written or read, in bytes: the limit of the format's own reader. */
export const MAX_HEADER_BYTES = 100_000_000

const lengthBytes = 8
/** Finding the byte of a problem costs a walk through the header, so a file of nothing but problems is left after so many. */
const maxProblems = 100
const metadataKey = "__metadata__"

const broken = (rule: SafetensorsRule, byte_offset: number, message: string, tensor?: string): SafetensorsProblem => ({
  rule,
  byte_offset,
  message,
  ...(tensor === undefined ? {} : { tensor })
})

const refuse = (rule: SafetensorsRule, byteOffset: number, message: string): never => {
  throw new SafetensorsError([broken(rule, byteOffset, message)])
}

const sizeOf = (dtype: TensorType): number => elementBytes.get(dtype) ?? 0

/** Product of the axes; 1 for no axes. */
const elements = (shape: ReadonlyArray<number>): number => shape.reduce((product, axis) => product * axis, 1)

/** The numbers of an f32 array as little-endian bytes. */
export const float32Bytes = (values: Float32Array): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true)
  return bytes
}

/** The numbers of a tensor of type F32. */
export const float32Values = ({ name, dtype, bytes }: StoredTensor): Float32Array => {
  if (dtype !== "F32") throw new SafetensorsError([broken("wrong-dtype", 0, `expected the tensor "${name}" as F32, found ${dtype}`, name)])
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

/** Index of the first element that is NaN or infinite, or -1. Every type of float has all bits of its exponent set then. */
const firstNotFinite = (dtype: TensorType, bytes: Uint8Array): number => {
  const width = sizeOf(dtype)
  const exponent = dtype === "F64" ? 0x7ff0 : dtype === "F32" || dtype === "BF16" ? 0x7f80 : dtype === "F16" ? 0x7c00 : undefined
  if (exponent === undefined) return -1
  for (let at = 0; at + width <= bytes.length; at += width) {
    const top = ((bytes[at + width - 1] ?? 0) << 8) | (bytes[at + width - 2] ?? 0)
    if ((top & exponent) === exponent) return at / width
  }
  return -1
}

/** Order of code points, which is that of UTF-8 bytes. */
const byCodePoint = (left: string, right: string): number => {
  const a = Array.from(left, (char) => char.codePointAt(0) ?? 0)
  const b = Array.from(right, (char) => char.codePointAt(0) ?? 0)
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const writable = ({ name, dtype, shape, bytes }: StoredTensor, seen: Set<string>): ReadonlyArray<string> => {
  const found: Array<string> = []
  if (name === metadataKey) found.push(`a tensor cannot be named "${metadataKey}"`)
  if (!name.isWellFormed()) found.push(`the name ${JSON.stringify(name)} holds a lone surrogate`)
  if (seen.has(name)) found.push(`two tensors are named "${name}"`)
  seen.add(name)
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0)) found.push(`"${name}" has the shape [${shape.join(", ")}]`)
  const expected = elements(shape) * sizeOf(dtype)
  if (expected !== bytes.length) {
    found.push(`"${name}" is ${dtype} of shape [${shape.join(", ")}] and needs ${expected} bytes, not ${bytes.length}`)
  }
  const wrong = firstNotFinite(dtype, bytes)
  if (wrong !== -1) found.push(`element ${wrong} of "${name}" is NaN or infinite`)
  return found
}

/**
 * The bytes of a safetensors file: the same tensors and metadata give the same bytes, whatever their order.
 * Throws `RangeError` with every reason where a file of these tensors could not be read back: two of one name, a shape that does not fit
 * the bytes, a float that is not finite, a header beyond {@link MAX_HEADER_BYTES}.
 */
export const writeSafetensors = (tensors: ReadonlyArray<StoredTensor>, metadata: Readonly<Record<string, string>>): Uint8Array => {
  const seen = new Set<string>()
  const problems = tensors.flatMap((tensor) => writable(tensor, seen))
  if (problems.length > 0) throw new RangeError(`these tensors make no safetensors file: ${problems.join("; ")}`)
  const ordered = tensors.toSorted((left, right) => placeOf(left.dtype) - placeOf(right.dtype) || byCodePoint(left.name, right.name))
  const entries: Array<string> = []
  const keys = Object.keys(metadata).sort(byCodePoint)
  if (keys.length > 0) {
    const members = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`)
    entries.push(`"${metadataKey}":{${members.join(",")}}`)
  }
  let end = 0
  for (const { name, dtype, shape, bytes } of ordered) {
    const begin = end
    end += bytes.length
    entries.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${begin},${end}]}`)
  }
  const text = new TextEncoder().encode(`{${entries.join(",")}}`)
  const padded = Math.ceil(text.length / 8) * 8
  if (padded > MAX_HEADER_BYTES) throw new RangeError(`the header has ${padded} bytes, at most ${MAX_HEADER_BYTES} are written`)
  const file = new Uint8Array(lengthBytes + padded + end).fill(0x20, lengthBytes, lengthBytes + padded)
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true)
  file.set(text, lengthBytes)
  let at = lengthBytes + padded
  for (const { bytes } of ordered) {
    file.set(bytes, at)
    at += bytes.length
  }
  return file
}

/** A header that is JSON, with the place of every value in the file. */
interface Header {
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly byteOf: (path: JsonPath) => number
  /** Where the bytes of the tensors begin. */
  readonly dataAt: number
}

const headerEnd = (bytes: Uint8Array): number => {
  if (bytes.length < lengthBytes) {
    refuse("header-length", 0, `expected 8 bytes with the length of the header, found a file of ${bytes.length} bytes`)
  }
  const stated = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true)
  if (stated > BigInt(MAX_HEADER_BYTES)) {
    refuse("header-too-long", 0, `the header is said to have ${stated} bytes; at most ${MAX_HEADER_BYTES} are read`)
  }
  const end = lengthBytes + Number(stated)
  if (end > bytes.length) {
    refuse("header-incomplete", 0, `the header is said to have ${stated} bytes, and only ${bytes.length - lengthBytes} follow`)
  }
  return end
}

/** The JSON text of the header without the spaces behind it. */
const headerText = (bytes: Uint8Array, end: number): string => {
  const first = bytes[lengthBytes]
  if (end === lengthBytes || first !== 0x7b) refuse("header-start", lengthBytes, "the header has to begin with `{`")
  let last = end
  while (bytes[last - 1] === 0x20) last -= 1
  if (bytes[last - 1] !== 0x7d) {
    refuse("header-padding", last - 1, `expected \`}\` before the spaces that fill up the header, found the byte ${bytes[last - 1]}`)
  }
  const raw = bytes.subarray(lengthBytes, last)
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw)
  } catch {
    return refuse("header-utf8", lengthBytes + validUtf8(raw), "the header is not UTF-8")
  }
}

/** How many bytes at the beginning are whole UTF-8 characters. */
const validUtf8 = (bytes: Uint8Array): number => {
  let low = 0
  let high = bytes.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    try {
      // a character that is cut at the end is not an error while more may come
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), { stream: true })
      low = middle
    } catch {
      high = middle
    }
  }
  return low
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length

const isFields = (value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const readHeader = (bytes: Uint8Array): Header => {
  const dataAt = headerEnd(bytes)
  const text = headerText(bytes, dataAt)
  const parsed = Json.parse(text, { maxDepth: 4 })
  // in a header of ASCII alone, which is the common case, an offset is a byte
  const ascii = byteLength(text) === text.length
  const toByte = (offset: number): number => lengthBytes + (ascii ? offset : byteLength(text.slice(0, offset)))
  if (!parsed.ok) {
    throw new SafetensorsError(
      parsed.problems.map(({ message, offset }) =>
        broken(message.startsWith("duplicate key") ? "duplicate-key" : "header-json", toByte(offset), message)
      )
    )
  }
  if (!isFields(parsed.value)) return refuse("header-start", lengthBytes, "the header has to be a JSON object")
  return { fields: parsed.value, byteOf: (path) => toByte(offsetOf(parsed.positions, path)), dataAt }
}

/** The offset of a value, or of the nearest value around it. */
const offsetOf = (positions: Positions, path: JsonPath): number => positions.of(path)?.offset ?? offsetOf(positions, path.slice(0, -1))

const readMetadata = ({ fields, byteOf }: Header, problems: Array<SafetensorsProblem>): Record<string, string> => {
  const metadata: Record<string, string> = Object.create(null)
  const found = fields[metadataKey]
  if (found === undefined) return metadata
  if (!isFields(found)) {
    problems.push(broken("metadata", byteOf([metadataKey]), `"${metadataKey}" has to be an object of strings`))
    return metadata
  }
  for (const [key, value] of Object.entries(found)) {
    if (typeof value === "string") metadata[key] = value
    else if (problems.length < maxProblems)
      problems.push(broken("metadata", byteOf([metadataKey, key]), `the metadata ${JSON.stringify(key)} has to be a string`))
  }
  return metadata
}

interface Entry {
  readonly name: string
  readonly dtype: TensorType
  readonly shape: ReadonlyArray<number>
  readonly begin: number
  readonly end: number
}

const isCount = (value: JsonValue | undefined): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0

const entryKeys = ["dtype", "shape", "data_offsets"]

const isList = (value: JsonValue | undefined): value is ReadonlyArray<JsonValue> => Array.isArray(value)

/** One entry of the header, or every rule it breaks. */
const readEntry = (header: Header, name: string, problems: Array<SafetensorsProblem>): Entry | undefined => {
  const { fields, byteOf } = header
  const told = problems.length
  const wrong = (rule: SafetensorsRule, path: JsonPath, message: string): void => {
    problems.push(broken(rule, byteOf([name, ...path]), `the tensor ${JSON.stringify(name)}: ${message}`, name))
  }
  const value = fields[name]
  if (!isFields(value)) {
    wrong("entry", [], "expected an object with dtype, shape and data_offsets")
    return undefined
  }
  for (const key of entryKeys) if (!(key in value)) wrong("entry", [], `${key} is missing`)
  for (const key of Object.keys(value)) if (!entryKeys.includes(key)) wrong("entry", [key], `unknown key ${JSON.stringify(key)}`)
  if (problems.length > told) return undefined
  const { dtype, shape, data_offsets: offsets } = value
  if (!isTensorType(dtype))
    wrong("dtype", ["dtype"], `expected one of ${[...elementBytes.keys()].join(", ")}, found ${JSON.stringify(dtype)}`)
  const axes = isList(shape) && shape.every(isCount) ? shape : undefined
  if (axes === undefined) wrong("shape", ["shape"], "expected a list of integers of at least 0")
  const [begin, end, more] = isList(offsets) ? offsets : []
  if (!isCount(begin) || !isCount(end) || more !== undefined || begin > end) {
    wrong("offsets", ["data_offsets"], "expected two integers, the begin and the end, the begin not behind the end")
  }
  if (problems.length > told || !isTensorType(dtype) || axes === undefined || !isCount(begin) || !isCount(end)) return undefined
  const needed = elements(axes) * sizeOf(dtype)
  if (needed !== end - begin) {
    wrong("size", ["data_offsets"], `${dtype} of shape [${axes.join(", ")}] needs ${needed} bytes, the offsets hold ${end - begin}`)
    return undefined
  }
  return { name, dtype, shape: axes, begin, end }
}

/** The tensors have to tile the data: no overlap, no hole, nothing behind them. */
const tile = (entries: ReadonlyArray<Entry>, { byteOf, dataAt }: Header, fileLength: number): ReadonlyArray<SafetensorsProblem> => {
  const problems: Array<SafetensorsProblem> = []
  let covered = 0
  for (const { name, begin, end } of entries.toSorted((left, right) => left.begin - right.begin || left.end - right.end)) {
    if (begin !== covered && problems.length < maxProblems) {
      const at = byteOf([name, "data_offsets"])
      const place = `the tensor ${JSON.stringify(name)} begins at byte ${begin} of the data`
      if (begin < covered) problems.push(broken("overlap", at, `${place}, before the one before it ends at ${covered}`, name))
      else problems.push(broken("hole", at, `${place}, and the one before it ends at ${covered}`, name))
    }
    covered = Math.max(covered, end)
  }
  const length = fileLength - dataAt
  if (covered > length) {
    problems.push(broken("truncated", fileLength, `the tensors end at byte ${covered} of the data, which has only ${length}`))
  }
  if (covered < length) {
    problems.push(broken("trailing-bytes", dataAt + covered, `${length - covered} bytes stand behind the last tensor`))
  }
  return problems
}

/** What a reader knows of a file beforehand. */
export interface ExpectedTensor {
  readonly name: string
  readonly dtype: TensorType
  readonly shape: ReadonlyArray<number>
}

const differences = (
  found: ReadonlyArray<Entry>,
  expected: ReadonlyArray<ExpectedTensor>,
  { byteOf }: Header
): ReadonlyArray<SafetensorsProblem> => {
  const problems: Array<SafetensorsProblem> = []
  const byName = new Map(found.map((entry) => [entry.name, entry]))
  for (const { name, dtype, shape } of expected) {
    if (problems.length >= maxProblems) return problems
    const entry = byName.get(name)
    const title = `the tensor ${JSON.stringify(name)}`
    if (entry === undefined) {
      problems.push(broken("missing-tensor", lengthBytes, `${title}, ${dtype} of shape [${shape.join(", ")}], is missing`, name))
      continue
    }
    if (entry.dtype !== dtype) {
      problems.push(broken("wrong-dtype", byteOf([name, "dtype"]), `${title}: expected ${dtype}, found ${entry.dtype}`, name))
    }
    if (entry.shape.length !== shape.length || entry.shape.some((axis, at) => axis !== shape[at])) {
      const sides = `expected the shape [${shape.join(", ")}], found [${entry.shape.join(", ")}]`
      problems.push(broken("wrong-shape", byteOf([name, "shape"]), `${title}: ${sides}`, name))
    }
  }
  const wanted = new Set(expected.map(({ name }) => name))
  for (const { name } of found) {
    if (!wanted.has(name) && problems.length < maxProblems) {
      problems.push(broken("unexpected-tensor", byteOf([name]), `the tensor ${JSON.stringify(name)} has no place here`, name))
    }
  }
  return problems
}

const notFinite = (entry: Entry, bytes: Uint8Array, { dataAt }: Header): ReadonlyArray<SafetensorsProblem> => {
  const wrong = firstNotFinite(entry.dtype, bytes)
  if (wrong === -1) return []
  const at = dataAt + entry.begin + wrong * sizeOf(entry.dtype)
  return [broken("not-finite", at, `element ${wrong} of the tensor ${JSON.stringify(entry.name)} is NaN or infinite`, entry.name)]
}

/** A file that was read: its tensors in the order of the data, and its metadata. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyArray<StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads a safetensors file. With `expected`, its tensors have to be exactly these.
 * Throws {@link SafetensorsError} with the broken rules and their places: those of the header's frame one at a time, those of the entries
 * together, about a hundred at most, then those of the numbers.
 */
export const readSafetensors = (bytes: Uint8Array, expected?: ReadonlyArray<ExpectedTensor>): SafetensorsFile => {
  const header = readHeader(bytes)
  const problems: Array<SafetensorsProblem> = []
  const metadata = readMetadata(header, problems)
  const names = Object.keys(header.fields).filter((name) => name !== metadataKey)
  const entries = names.flatMap((name) => (problems.length < maxProblems ? (readEntry(header, name, problems) ?? []) : []))
  // the tiling is judged when every place is known
  if (problems.length === 0) problems.push(...tile(entries, header, bytes.length))
  if (expected !== undefined && entries.length === names.length) problems.push(...differences(entries, expected, header))
  if (problems.length > 0) throw new SafetensorsError(problems)
  const inOrder = entries.toSorted((left, right) => left.begin - right.begin || left.end - right.end)
  const tensors = inOrder.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    bytes: bytes.subarray(header.dataAt + begin, header.dataAt + end)
  }))
  const wrong = inOrder.flatMap((entry, at) => notFinite(entry, tensors[at]?.bytes ?? bytes, header))
  if (wrong.length > 0) throw new SafetensorsError(wrong)
  return { tensors, metadata }
}
