/** What a PNG says of itself, and that a broken one is told by its byte. */
import { writeFileSync } from "node:fs"
import { crc32, deflateSync } from "node:zlib"
import { TrainerError } from "@feagi-trainer/contracts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pngMetadata } from "../src/pngMetadata.ts"
import { makeProject, type Project } from "./support/project.ts"

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const chunk = (type: string, body: Uint8Array | string): Buffer => {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), typeof body === "string" ? Buffer.from(body, "latin1") : body])
  const out = Buffer.alloc(typed.length + 8)
  out.writeUInt32BE(typed.length - 4)
  typed.copy(out, 4)
  out.writeUInt32BE(crc32(typed), typed.length + 4)
  return out
}
const header = (colour = 2): Buffer => chunk("IHDR", Buffer.from([0, 0, 0, 3, 0, 0, 0, 2, 8, colour, 0, 0, 0]))
const png = (...chunks: ReadonlyArray<Buffer>): Buffer => Buffer.concat([signature, header(), ...chunks, chunk("IEND", "")])
const said = (bytes: Uint8Array) => {
  const found = pngMetadata(bytes, "x.png")
  if (found instanceof TrainerError) throw found
  return found
}
const problem = (bytes: Uint8Array) => {
  const found = pngMetadata(bytes, "x.png")
  return found instanceof TrainerError ? [found.diagnostics[0].code, found.diagnostics[0].byte_offset] : "it is read"
}

const whole = png(
  chunk("tEXt", "Author\0J\xfcrgen"),
  chunk("zTXt", Buffer.concat([Buffer.from("Comment\0\0"), deflateSync(Buffer.from("packed"))])),
  chunk("iTXt", Buffer.concat([Buffer.from("Title\0\0\0de\0"), Buffer.from("Überschrift\0脳", "utf8")])),
  chunk("iTXt", Buffer.concat([Buffer.from("Title\0\x01\0\0\0"), deflateSync(Buffer.from("twice"))])),
  chunk("pHYs", Buffer.from([0, 0, 0x0b, 0x13, 0, 0, 0x0b, 0x12, 1])),
  chunk("gAMA", Buffer.from([0, 0, 0xb1, 0x8f])),
  chunk("tIME", Buffer.from([0x07, 0xea, 11, 22, 7, 44, 49]))
)

describe("a PNG", () => {
  it("tells header, texts in three forms, physical size, gamma and time", () => {
    expect(said(whole)).toEqual({
      width: 3,
      height: 2,
      bit_depth: 8,
      color_type: "rgb",
      interlaced: false,
      text: [
        { chunk: "tEXt", keyword: "Author", text: "Jürgen" },
        { chunk: "zTXt", keyword: "Comment", text: "packed" },
        { chunk: "iTXt", keyword: "Title", text: "脳", language: "de", translated_keyword: "Überschrift" },
        { chunk: "iTXt", keyword: "Title", text: "twice", language: "", translated_keyword: "" }
      ],
      physical: { x: 2835, y: 2834, unit: "metre" },
      modified: "2026-11-22T07:44:49Z",
      gamma: 0.45455,
      chunks: ["IHDR", "tEXt", "zTXt", "iTXt", "pHYs", "gAMA", "tIME", "IEND"]
    })
    expect(said(png())).toMatchObject({ text: [], physical: null, modified: null, gamma: null })
  })

  it("is refused with the byte of the chunk wherever one bit of it is flipped", () => {
    for (let at = 8; at < whole.length; at++) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      expect([at, Array.isArray(problem(bytes)) && problem(bytes)[0]]).toEqual([at, "FT3431"])
    }
  })

  it("is refused wherever it ends too early", () => {
    for (let length = 8; length < whole.length; length++)
      expect([length, problem(whole.subarray(0, length))[0]]).toEqual([length, "FT3431"])
  })

  it.each([
    ["text without a keyword", png(chunk("tEXt", "no zero")), 33],
    ["an empty keyword", png(chunk("tEXt", "\0text")), 33],
    ["a keyword that is too long", png(chunk("tEXt", `${"k".repeat(80)}\0text`)), 33],
    ["text that cannot be unpacked", png(chunk("zTXt", "k\0\0nonsense")), 33],
    [
      "text that unpacks to more than it may",
      png(chunk("zTXt", Buffer.concat([Buffer.from("k\0\0"), deflateSync(Buffer.alloc(9 << 20))]))),
      33
    ],
    ["compression of another kind", png(chunk("zTXt", "k\0\x01nonsense")), 33],
    ["iTXt that is no UTF-8", png(chunk("iTXt", "k\0\0\0\0\0\xff")), 33],
    ["two headers", png(header()), 33],
    ["another colour type", Buffer.concat([signature, header(5), chunk("IEND", "")]), 8],
    ["no header", Buffer.concat([signature, chunk("IEND", "")]), 8]
  ])("is refused with %s", (_, bytes, at) => {
    expect(problem(bytes)).toEqual(["FT3431", at])
  })

  it("is told from other files, a DICOM file by name", () => {
    const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")])
    const found = pngMetadata(dicom, "scan.dcm")
    expect(found instanceof TrainerError && found.diagnostics[0].message).toContain("DICOM file, which is not read yet: none of its tags")
    expect(problem(Buffer.from("GIF89a"))).toEqual(["FT3430", undefined])
    expect(problem(Buffer.alloc(0))).toEqual(["FT3430", undefined])
  })
})

describe("data metadata", () => {
  let project: Project
  beforeAll(() => {
    project = makeProject()
  })
  afterAll(() => project.close())

  it("tells every file, and every file that is wrong at once", async () => {
    writeFileSync(project.path("a.png"), whole)
    project.write("b.dcm", "no picture")
    expect(await project.data("data", "metadata", "a.png", "a.png")).toMatchObject([{ file: "a.png", width: 3 }, { file: "a.png" }])
    const refused = await project.ftr("data", "metadata", "a.png", "b.dcm", "iris.csv", "--json")
    expect(refused.code).toBe(3)
    expect(refused.stderr.match(/\[FT3430\]/g)?.length).toBe(2)
    const shown = await project.ftr("data", "metadata", "a.png")
    expect(shown.stdout).toContain("Jürgen")
  })
})
