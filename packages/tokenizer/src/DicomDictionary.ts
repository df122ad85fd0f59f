/**
 * The DICOM data dictionary (PS3.6, and PS3.7 for group 0000): tags, keywords, value representations.
 *
 * Sharp edge: an entry of a repeating group (`60xx,3000`) stands for many tags; private tags, whose group is odd, are never in it.
 */
import { dicomTable } from "./dicomTable.ts"

/** An entry of the dictionary. */
export interface DicomEntry {
  /** Place in the dictionary, from 0: ascending tags, then repeating groups. */
  readonly index: number
  /** Eight hex digits, group first, with `x` for any digit: `00080005`, `60xx3000`. */
  readonly tag: string
  /** Such as `PixelData`; empty for the few elements without one. */
  readonly keyword: string
  /** Value representations, such as `["OB", "OW"]`; none for the delimiters of items. */
  readonly representations: ReadonlyArray<string>
}

const readTable = (): ReadonlyArray<DicomEntry> => {
  const entries: Array<DicomEntry> = []
  let group = ""
  for (const line of dicomTable.split("\n")) {
    if (line === "") continue
    if (line.startsWith("#")) {
      group = line.slice(1)
      continue
    }
    const [element = "", representations = "", keyword = ""] = line.split(" ")
    entries.push({
      index: entries.length,
      tag: group + element,
      keyword,
      representations: representations === "" ? [] : representations.split("/")
    })
  }
  return entries
}

/** All entries in order. */
export const dicomEntries: ReadonlyArray<DicomEntry> = readTable()

const exact = new Map(dicomEntries.filter(({ tag }) => !tag.includes("x")).map((entry) => [Number.parseInt(entry.tag, 16), entry]))
const keywords = new Map(dicomEntries.filter(({ keyword }) => keyword !== "").map((entry) => [entry.keyword, entry]))

/** A repeating entry as the digits that are fixed, and the places of those that are not. */
interface Repeating {
  readonly entry: DicomEntry
  readonly mask: number
  readonly fixed: number
  /** Shifts of the free digits, the highest first. */
  readonly free: ReadonlyArray<number>
}

const repeating: ReadonlyArray<Repeating> = dicomEntries
  .filter(({ tag }) => tag.includes("x"))
  .map((entry) => ({
    entry,
    mask: Number.parseInt(entry.tag.replace(/[0-9a-f]/g, "f").replaceAll("x", "0"), 16),
    fixed: Number.parseInt(entry.tag.replaceAll("x", "0"), 16),
    free: Array.from(entry.tag, (digit, place) => (digit === "x" ? (7 - place) * 4 : -1)).filter((shift) => shift >= 0)
  }))
const repeatingOf = new Map(repeating.map((each) => [each.entry, each]))

/** A tag as its entry and, for a repeating one, the number that its free digits make. */
export interface FoundTag {
  readonly entry: DicomEntry
  readonly repeat: number
}

const isPrivate = (tag: number): boolean => ((tag >>> 16) & 1) === 1

/**
 * The entry of a tag, group in the upper 16 bits, or `undefined` for a private tag and one that the dictionary lacks. An exact entry goes before
 * a repeating one, and the first of these before the others.
 */
export const findTag = (tag: number): FoundTag | undefined => {
  const entry = exact.get(tag)
  if (entry !== undefined) return { entry, repeat: 0 }
  if (isPrivate(tag)) return undefined
  const found = repeating.find(({ mask, fixed }) => (tag & mask) >>> 0 === fixed)
  if (found === undefined) return undefined
  return { entry: found.entry, repeat: found.free.reduce((number, shift) => number * 16 + ((tag >>> shift) & 0xf), 0) }
}

/** The entry of a keyword, or `undefined`. */
export const findKeyword = (keyword: string): DicomEntry | undefined => keywords.get(keyword)

/** Number of free digits of an entry; 0 for one that does not repeat. */
export const freeDigits = (entry: DicomEntry): number => repeatingOf.get(entry)?.free.length ?? 0

/** The tag of an entry; the inverse of `findTag`. */
export const tagOf = ({ entry, repeat }: FoundTag): number => {
  const found = repeatingOf.get(entry)
  if (found === undefined) return Number.parseInt(entry.tag, 16)
  const { free, fixed } = found
  return free.reduce((tag, shift, place) => (tag | ((Math.floor(repeat / 16 ** (free.length - 1 - place)) & 0xf) << shift)) >>> 0, fixed)
}
