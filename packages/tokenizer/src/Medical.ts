/**
 * Medical tokens: a DICOM data set as a list of elements to ids and back, with a token for every tag of the data dictionary.
 *
 * Ids: 0 … 255 are bytes; 256 begins a data set, 257 ends what was begun, 258 begins a sequence, 259 fragments, 260 a tag that the dictionary
 * lacks or that is private (its four bytes follow), 261 a value representation that is not listed (two bytes follow); then the value
 * representations in alphabetical order; then the tags in the order of the dictionary. After the tag of a repeating group stand the digits
 * that repeat, one byte for two. A value representation follows the tag only where the dictionary does not leave one alone. A value is its
 * length in LEB128 and its bytes.
 *
 * Sharp edges: elements keep their order, and nothing is sorted or dropped; bytes of values are not looked into, so that their byte order and
 * character set are those of the elements that say so. The ids belong to one edition of the dictionary (`dicomEdition`).
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type * as Result from "effect/Result"
import { type DicomEntry, dicomEntries, findKeyword, findTag, freeDigits, tagOf } from "./DicomDictionary.ts"
import { attempt, refuse } from "./Refusal.ts"
import { listOf, TokenReader, TokenWriter } from "./TokenStream.ts"

/** What an element holds: bytes as they stand in the file, the items of a sequence, or the fragments of an encapsulated value. */
export type DicomValue =
  | { readonly bytes: Uint8Array }
  | { readonly items: ReadonlyArray<DicomDataSet> }
  | { readonly fragments: ReadonlyArray<Uint8Array> }

export type DicomElement = {
  /** Group in the upper 16 bits, element in the lower: 0x7fe00010. */
  readonly tag: number
  /** Two characters up to U+00FF, such as `PN`. */
  readonly vr: string
} & DicomValue

export type DicomDataSet = ReadonlyArray<DicomElement>

const code = "tokenizer/DICOM"
const [begin, end, sequence, fragments, otherTag, otherRepresentation, firstRepresentation] = [256, 257, 258, 259, 260, 261, 262]

/** Deepest nesting of sequences. */
const maxDepth = 64

/** Value representations of the dictionary, sorted. */
export const dicomRepresentations: ReadonlyArray<string> = [...new Set(dicomEntries.flatMap((entry) => entry.representations))].sort()

const firstTag = firstRepresentation + dicomRepresentations.length
const tokenOfRepresentation = new Map(dicomRepresentations.map((vr, place) => [vr, firstRepresentation + place]))

/** The one value representation of an entry, or `undefined` where there are several or none. */
const soleRepresentation = (entry: DicomEntry | undefined): string | undefined =>
  entry?.representations.length === 1 ? entry.representations[0] : undefined

const hexTag = (tag: number): string => `(${(tag >>> 16).toString(16).padStart(4, "0")},${(tag & 0xffff).toString(16).padStart(4, "0")})`

const writeElement = (writer: TokenWriter, element: DicomElement, field: string, depth: number): void => {
  const { tag, vr } = element
  if (!(Number.isInteger(tag) && tag >= 0 && tag <= 0xffffffff))
    refuse(code, { field: `${field}.tag`, message: "is no tag", expected: "an integer from 0 to 0xffffffff", actual: String(tag) })
  if (!(vr.length === 2 && vr.charCodeAt(0) <= 0xff && vr.charCodeAt(1) <= 0xff))
    refuse(code, {
      field: `${field}.vr`,
      message: `${hexTag(tag)} has no value representation`,
      expected: "two characters up to U+00FF",
      actual: JSON.stringify(vr)
    })
  const found = findTag(tag)
  if (found === undefined) {
    writer.add(otherTag)
    writer.addBytes([tag >>> 24, (tag >>> 16) & 0xff, (tag >>> 8) & 0xff, tag & 0xff])
  } else {
    writer.add(firstTag + found.entry.index)
    for (let left = Math.ceil(freeDigits(found.entry) / 2); left > 0; left--) writer.add(Math.floor(found.repeat / 256 ** (left - 1)) % 256)
  }
  if (vr !== soleRepresentation(found?.entry)) {
    const known = tokenOfRepresentation.get(vr)
    if (known !== undefined) writer.add(known)
    else {
      writer.add(otherRepresentation)
      writer.addBytes([vr.charCodeAt(0), vr.charCodeAt(1)])
    }
  }
  if ("bytes" in element) {
    writer.addNumber(element.bytes.length)
    writer.addBytes(element.bytes)
  } else if ("items" in element) {
    writer.add(sequence)
    for (const [place, item] of element.items.entries()) writeDataSet(writer, item, `${field}.items.${place}`, depth + 1)
    writer.add(end)
  } else {
    writer.add(fragments)
    for (const fragment of element.fragments) {
      writer.addNumber(fragment.length)
      writer.addBytes(fragment)
    }
    writer.add(end)
  }
}

const writeDataSet = (writer: TokenWriter, dataSet: DicomDataSet, field: string, depth: number): void => {
  if (depth > maxDepth)
    refuse(code, { field, message: `sequences are nested deeper than ${maxDepth}`, expected: `at most ${maxDepth} levels` })
  writer.add(begin)
  for (const [place, element] of dataSet.entries()) writeElement(writer, element, field === "" ? `${place}` : `${field}.${place}`, depth)
  writer.add(end)
}

const readTag = (reader: TokenReader): { readonly tag: number; readonly entry: DicomEntry | undefined } => {
  const start = reader.place
  if (reader.takes(otherTag)) {
    const [a = 0, b = 0, c = 0, d = 0] = reader.bytes(4, "the tag")
    const tag = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
    if (findTag(tag) !== undefined)
      reader.refuse({ message: `the tag ${hexTag(tag)} has a token of its own`, expected: "that token", actual: "its bytes" }, start)
    return { tag, entry: undefined }
  }
  const entry = dicomEntries[reader.peek() - firstTag]
  if (entry === undefined) return reader.refuse({ message: "no element begins here", expected: "a tag, or the end of the data set" })
  reader.next()
  const digits = freeDigits(entry)
  const repeat = reader.bytes(Math.ceil(digits / 2), "the number of a repeating group").reduce((number, byte) => number * 256 + byte, 0)
  const tag = tagOf({ entry, repeat })
  const found = findTag(tag)
  if (repeat >= 16 ** digits || found?.entry !== entry)
    reader.refuse(
      { message: `${entry.tag} does not stand for ${hexTag(tag)}`, expected: "a number that repeats this group", actual: String(repeat) },
      start
    )
  return { tag, entry }
}

const readRepresentation = (reader: TokenReader, entry: DicomEntry | undefined): string => {
  const sole = soleRepresentation(entry)
  const start = reader.place
  const listed = dicomRepresentations[reader.peek() - firstRepresentation]
  if (listed === undefined && reader.peek() !== otherRepresentation)
    return (
      sole ??
      reader.refuse({
        message: "the value representation is missing",
        expected: `${firstRepresentation} to ${firstTag - 1}, or ${otherRepresentation}`
      })
    )
  reader.next()
  const vr = listed ?? String.fromCharCode(...reader.bytes(2, "the value representation"))
  if (vr === sole || (listed === undefined && tokenOfRepresentation.has(vr)))
    reader.refuse(
      {
        message: `the value representation ${JSON.stringify(vr)} is written the long way`,
        expected: vr === sole ? "none" : "its own token"
      },
      start
    )
  return vr
}

const readValue = (reader: TokenReader, depth: number): DicomValue => {
  if (reader.takes(sequence)) {
    const items: Array<DicomDataSet> = []
    while (!reader.takes(end)) items.push(readDataSet(reader, depth + 1))
    return { items }
  }
  if (!reader.takes(fragments)) return { bytes: reader.bytes(reader.number("the length of the value"), "the value") }
  const parts: Array<Uint8Array> = []
  while (!reader.takes(end)) parts.push(reader.bytes(reader.number("the length of the fragment"), "the fragment"))
  return { fragments: parts }
}

const readDataSet = (reader: TokenReader, depth: number): DicomDataSet => {
  if (depth > maxDepth) reader.refuse({ message: `sequences are nested deeper than ${maxDepth}`, expected: `at most ${maxDepth} levels` })
  reader.expect(begin, "the begin of a data set")
  const elements: Array<DicomElement> = []
  while (!reader.takes(end)) {
    const { tag, entry } = readTag(reader)
    const vr = readRepresentation(reader, entry)
    elements.push({ tag, vr, ...readValue(reader, depth) })
  }
  return elements
}

export class MedicalTokenizer {
  /** Ids are 0 … `vocabularySize` - 1. */
  readonly vocabularySize = firstTag + dicomEntries.length

  /** The ids of a data set. Fails with `tokenizer/DICOM` on what is no tag or value representation, and on sequences nested deeper than 64. */
  encode(dataSet: DicomDataSet): Result.Result<Uint32Array, TrainerError> {
    return attempt(() => {
      const writer = new TokenWriter()
      writeDataSet(writer, dataSet, "", 0)
      return writer.take()
    })
  }

  /** The data set of ids. Fails with `tokenizer/DICOM` at the first token that is not as `encode` writes it. */
  decode(ids: Iterable<number>): Result.Result<DicomDataSet, TrainerError> {
    return attempt(() => {
      const reader = new TokenReader(listOf(ids), code)
      const dataSet = this.read(reader)
      reader.end()
      return dataSet
    })
  }

  /** @internal reads one data set from where the reader stands */
  read(reader: TokenReader): DicomDataSet {
    return readDataSet(reader, 0)
  }

  /** The id of a tag's token, given as a number or as its keyword; `undefined` for a private one and one that the dictionary lacks. */
  tagId(tag: number | string): number | undefined {
    const entry = typeof tag === "string" ? findKeyword(tag) : findTag(tag)?.entry
    return entry === undefined ? undefined : firstTag + entry.index
  }

  /** The entry of a tag's token, or `undefined` for any other id. */
  tagOfId(id: number): DicomEntry | undefined {
    return dicomEntries[id - firstTag]
  }
}
