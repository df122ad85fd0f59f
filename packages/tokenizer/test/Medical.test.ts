/** DICOM data sets to tokens and back: drawn ones, and those of files as pydicom read them (golden/dicom.py). */
import { describe, expect, it } from "vitest"
import { type Random, sha256Hex } from "../../determinism/src/index.ts"
import {
  type DicomDataSet,
  type DicomElement,
  dicomEdition,
  dicomEntries,
  dicomRepresentations,
  findKeyword,
  findTag,
  MedicalTokenizer,
  tagOf
} from "../src/index.ts"
import { findingsOf, golden, isFull, randomOf, succeeded } from "./support.ts"

type GoldenElement = readonly [tag: number, vr: string, value: string | ReadonlyArray<ReadonlyArray<GoldenElement>>]

const dicom: {
  readonly version: string
  readonly count: number
  readonly dictionary: string
  readonly tags: ReadonlyArray<readonly [tag: number, vr: string | null, keyword: string | null]>
  readonly files: ReadonlyArray<{ readonly name: string; readonly elements: ReadonlyArray<GoldenElement> }>
} = JSON.parse(golden("dicom.json"))

const medical = new MedicalTokenizer()

const fromGolden = (elements: ReadonlyArray<GoldenElement>): DicomDataSet =>
  elements.map(([tag, vr, value]) =>
    typeof value === "string"
      ? { tag, vr, bytes: Uint8Array.from(Buffer.from(value, "base64")) }
      : { tag, vr, items: value.map(fromGolden) }
  )

const anyBytes = (random: Random, longest: number): Uint8Array => {
  const bytes = new Uint8Array(random.below(longest))
  random.fill(bytes)
  return bytes
}

const anyTag = (random: Random): number => {
  const kind = random.below(5)
  if (kind === 0) return random.below(2 ** 32)
  if (kind === 1) return (0x6000 + 2 * random.below(16)) * 65_536 + random.choice([0x3000, 0x0010, 0x0022, 0x1500])
  if (kind === 2) return (2 * random.below(0x8000) + 1) * 65_536 + random.below(65_536)
  const entry = random.choice(dicomEntries)
  return Number.parseInt(Array.from(entry.tag, (digit) => (digit === "x" ? random.below(16).toString(16) : digit)).join(""), 16)
}

const anyDataSet = (random: Random, depth: number): DicomDataSet =>
  Array.from({ length: random.below(8) }, (): DicomElement => {
    const tag = anyTag(random)
    const own = findTag(tag)?.entry.representations ?? []
    const vr = own.length > 0 && random.below(3) > 0 ? random.choice(own) : random.choice([...dicomRepresentations, "??", "\u0000ÿ"])
    const kind = random.below(6)
    if (kind === 0 && depth < 5) return { tag, vr, items: Array.from({ length: random.below(3) }, () => anyDataSet(random, depth + 1)) }
    if (kind === 1) return { tag, vr, fragments: Array.from({ length: random.below(3) }, () => anyBytes(random, 20)) }
    return { tag, vr, bytes: anyBytes(random, random.choice([2, 20, 300])) }
  })

describe("the DICOM dictionary", () => {
  it("is that of pydicom, entry by entry", () => {
    expect([dicom.version, dicomEntries.length]).toEqual(["3.0.2", 5179])
    expect(dicomEdition).toBe(`pydicom ${dicom.version}`)
    expect(dicom.count).toBe(dicomEntries.length)
    const lines = dicomEntries.map(({ tag, representations, keyword }) => `${tag} ${representations.join(" or ") || "NONE"} ${keyword}`)
    expect(sha256Hex(lines.join("\n"))).toBe(dicom.dictionary)
  })

  it("finds what pydicom finds for 700 drawn tags, repeating groups and private ones among them", () => {
    expect(dicom.tags).toHaveLength(700)
    for (const [tag, vr, keyword] of dicom.tags) {
      const found = findTag(tag)
      const shown = found === undefined ? [null, null] : [found.entry.representations.join(" or ") || "NONE", found.entry.keyword]
      expect([tag.toString(16), ...shown]).toEqual([tag.toString(16), vr, keyword])
    }
  })

  it("leads from every entry to its tag and back", () => {
    for (const entry of dicomEntries) {
      const free = entry.tag.replace(/[^x]/g, "").length
      const tag = tagOf({ entry, repeat: 0 })
      expect(tag).toBe(Number.parseInt(entry.tag.replaceAll("x", "0"), 16))
      if (free === 0) expect(findTag(tag)).toEqual({ entry, repeat: 0 })
      if (entry.keyword !== "" && free === 0) expect(findKeyword(entry.keyword)?.keyword).toBe(entry.keyword)
    }
    expect(findTag(0x60023000)).toMatchObject({ entry: { keyword: "OverlayData", tag: "60xx3000" }, repeat: 2 })
    expect(findTag(0x60013000)).toBeUndefined()
  })
})

describe("MedicalTokenizer", () => {
  it("gives back every tag of the dictionary, each with a token of its own", () => {
    const tokens = new Set<number>()
    for (const entry of dicomEntries) {
      const digits = entry.tag.replaceAll("x", "2")
      const tag = Number.parseInt(digits, 16)
      const vr = entry.representations[0] ?? "UN"
      const dataSet = [{ tag, vr, bytes: Uint8Array.of(7) }]
      const ids = succeeded(medical.encode(dataSet))
      expect(succeeded(medical.decode(ids))).toEqual(dataSet)
      const id = ids[1] ?? 0
      tokens.add(id)
      if (findTag(tag)?.entry === entry) expect(medical.tagOfId(id)).toBe(entry)
    }
    // Three entries of repeating groups stand behind others that match the same tags.
    expect(dicomEntries.length - tokens.size).toBeLessThanOrEqual(3)
    expect(medical.tagId("PixelData")).toBe(medical.tagId(0x7fe00010))
    expect(medical.tagId(0x00091001)).toBeUndefined()
  })

  const count = isFull ? 100_000 : 2000
  it(`gives back ${count} drawn data sets with sequences, fragments, private and repeating tags`, () => {
    const random = randomOf("data sets")
    for (let each = 0; each < count; each++) {
      const dataSet = anyDataSet(random, 0)
      const ids = succeeded(medical.encode(dataSet))
      expect(succeeded(medical.decode(ids))).toEqual(dataSet)
    }
  })

  it.each(dicom.files.map((file) => [file.name, file] as const))("gives back the data set of %s.dcm", (_, { elements }) => {
    const dataSet = fromGolden(elements)
    expect(dataSet.length).toBeGreaterThan(0)
    const ids = succeeded(medical.encode(dataSet))
    expect(ids.every((id) => id < medical.vocabularySize)).toBe(true)
    expect(succeeded(medical.decode(ids))).toEqual(dataSet)
  })

  it("writes the ids that its page says", () => {
    const patient = [{ tag: 0x00100010, vr: "PN", bytes: Uint8Array.of(65, 66) }]
    expect(Array.from(succeeded(medical.encode(patient)))).toEqual([256, medical.tagId("PatientName"), 2, 65, 66, 257])
    const other = [{ tag: 0x00091001, vr: "XY", items: [[]] }]
    expect(Array.from(succeeded(medical.encode(other)))).toEqual([256, 260, 0, 9, 16, 1, 261, 88, 89, 258, 256, 257, 257, 257])
    const overlay = [{ tag: 0x60023000, vr: "OW", fragments: [Uint8Array.of(1)] }]
    const ow = 262 + dicomRepresentations.indexOf("OW")
    expect(Array.from(succeeded(medical.encode(overlay)))).toEqual([256, medical.tagId(0x60003000), 2, ow, 259, 1, 1, 257, 257])
  })

  it("refuses what is no tag, no value representation, and nesting without end", () => {
    const bytes = new Uint8Array(0)
    expect(findingsOf(medical.encode([{ tag: 2 ** 32, vr: "PN", bytes }]))).toMatchObject([{ code: "tokenizer/DICOM", field: "0.tag" }])
    for (const vr of ["", "PNX", "P€"]) expect(findingsOf(medical.encode([{ tag: 1, vr, bytes }]))).toMatchObject([{ field: "0.vr" }])
    let deep: DicomDataSet = []
    for (let level = 0; level < 64; level++) deep = [{ tag: 0x00081140, vr: "SQ", items: [deep] }]
    expect(succeeded(medical.decode(succeeded(medical.encode(deep))))).toEqual(deep)
    expect(findingsOf(medical.encode([{ tag: 0x00081140, vr: "SQ", items: [deep] }]))[0]?.message).toMatch(/nested deeper than 64/)
    const open = Array.from({ length: 100_000 }, () => [256, medical.tagId(0x00081140) ?? 0, 258]).flat()
    expect(findingsOf(medical.decode(open))[0]?.message).toMatch(/nested deeper than 64/)
  })

  const name = medical.tagId("PatientName") ?? 0
  const overlay = medical.tagId(0x60003000) ?? 0
  const pn = 262 + dicomRepresentations.indexOf("PN")
  it.each<readonly [string, ReadonlyArray<number>, RegExp]>([
    ["nothing", [], /token 0: the begin of a data set is missing/],
    ["no end", [256, name, 1, 65], /token 4: no element begins here/],
    ["something after the end", [256, 257, 0], /token 2: something follows the end/],
    ["a value that is cut", [256, name, 200, 1, 65, 257], /the tokens end within the value/],
    [
      "a value representation that needs no saying",
      [256, name, pn, 0, 257],
      /token 2: the value representation "PN" is written the long way/
    ],
    [
      "a listed value representation as bytes",
      [256, name, 261, 76, 79, 0, 257],
      /token 2: the value representation "LO" is written the long way/
    ],
    ["no value representation where there are several", [256, overlay, 2, 0, 257], /token 3: the value representation is missing/],
    ["a listed tag as bytes", [256, 260, 0, 16, 0, 16, 0, 257], /token 1: the tag \(0010,0010\) has a token of its own/],
    ["a private number of a repeating group", [256, overlay, 3, pn, 0, 257], /token 1: 60xx3000 does not stand for \(6003,3000\)/],
    ["an item that does not begin", [256, name, 258, 0, 257, 257], /token 3: the begin of a data set is missing/],
    ["an id beyond the vocabulary", [256, medical.vocabularySize, 0, 257], /token 1: no element begins here/]
  ])("refuses tokens with %s", (_, ids, message) => {
    expect(findingsOf(medical.decode(ids))[0]?.message).toMatch(message)
  })
})
