import { closeSync, openSync, readSync } from "node:fs"
import { Modality } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { type ByteFamily, modalityMismatch, type Sniffed, sniff } from "../../src/dataset/sniff.ts"
import heads from "./oracle/heads.json" with { type: "json" }
// 16 × 16 pixels as sharp 0.35.5 writes them, the first 128 bytes.
import pictures from "./oracle/pictures.json" with { type: "json" }

/** Latin-1 text and hex: what a specification prints of a format. */
const bytes = (...parts: ReadonlyArray<string | number>): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...Buffer.from(part, "latin1")])))
const zeros = (count: number) => "\0".repeat(count)
const said = (head: Uint8Array, path = "file") => {
  const { family, media_type } = sniff(head, path)
  return `${family} ${media_type}`
}

describe("what bytes are", () => {
  it("is what the programs that wrote them call it", () => {
    const families: Readonly<Record<string, ByteFamily>> = {
      "audio/wav": "audio",
      "application/x-npz": "data",
      "application/vnd.sqlite3": "data",
      "application/vnd.openxmlformats-officedocument": "document",
      "application/vnd.oasis.opendocument": "document"
    }
    for (const [name, hex] of Object.entries(heads)) {
      const media_type = name.split(";")[0] ?? name
      expect(sniff(Buffer.from(hex, "hex"), "x.csv")).toEqual({ family: families[media_type] ?? "archive", media_type })
    }
    for (const [media_type, hex] of Object.entries(pictures))
      expect(sniff(Buffer.from(hex, "hex"), "x.csv")).toEqual({ family: "image", media_type })
  })

  it.each([
    ["image image/bmp", bytes("BM", zeros(12), 40, zeros(20))],
    ["unknown application/octet-stream", bytes("BM", zeros(12), 41, zeros(20))],
    ["image image/tiff", bytes("MM\0*\0\0\0\x08")],
    ["image image/heic", bytes("\0\0\0\x18ftypheic\0\0\0\0")],
    ["image image/x-idx", bytes("\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c\0\0\0\x1c")],
    ["data application/x-idx", bytes("\0\0\x08\x01\0\0\xea\x60\x05\0\x04")],
    ["data application/x-idx", bytes("\0\0\x0d\x02\0\0\0\x01")],
    ["video video/mp4", bytes("\0\0\0\x20ftypisom\0\0\x02\0")],
    ["video video/mp4", bytes("\0\0\0\x18ftypmp42\0\0\0\0")],
    ["video video/quicktime", bytes("\0\0\0\x14ftypqt  \0\0\0\0")],
    ["video video/quicktime", bytes("\0\0\0\x08wide\0\0\0\0mdat")],
    ["video video/x-matroska", bytes("\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska")],
    ["video video/webm", bytes("\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm")],
    ["video video/x-msvideo", bytes("RIFF\0\0\x10\0AVI LIST")],
    ["audio audio/aiff", bytes("FORM\0\0\x10\0AIFFCOMM")],
    ["audio audio/mp4", bytes("\0\0\0\x20ftypM4A \0\0\0\0")],
    ["audio audio/mpeg", bytes("ID3\x04\0\0\0\0\x01\x00")],
    ["audio audio/mpeg", bytes(0xff, 0xfb, 0x90, 0x64, 0, 0)],
    ["audio audio/aac", bytes(0xff, 0xf1, 0x50, 0x80, 0, 0)],
    ["audio audio/flac", bytes('fLaC\0\0\0"')],
    ["audio audio/ogg", bytes("OggS\0\x02", zeros(8))],
    ["archive application/zip", bytes("PK\x05\x06", zeros(18))],
    ["archive application/x-7z-compressed", bytes("7z\xbc\xaf\x27\x1c\0\x04")],
    ["archive application/zstd", bytes("\x28\xb5\x2f\xfd\x24\0")],
    ["archive application/vnd.rar", bytes("Rar!\x1a\x07\x01\0")],
    ["document application/pdf", bytes("%PDF-1.7\n1 0 obj\n")],
    ["document application/x-ole-storage", bytes("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0")],
    ["executable application/x-elf", bytes("\x7fELF\x02\x01\x01\0")],
    ["executable application/vnd.microsoft.portable-executable", bytes("MZ\x90\0\x03\0\0\0")],
    ["executable application/x-mach-binary", bytes("\xcf\xfa\xed\xfe\x0c\0\0\x01")],
    ["executable application/x-mach-binary", bytes("\xca\xfe\xba\xbe\0\0\0\x02")],
    ["executable application/wasm", bytes("\0asm\x01\0\0\0")],
    ["data application/vnd.apache.parquet", bytes("PAR1\x15\x04\x15\x10\0")],
    ["data application/x-hdf5", bytes("\x89HDF\r\n\x1a\n\0\0")],
    ["data application/x-npy", bytes("\x93NUMPY\x01\0v\0{'descr'")],
    ["unknown application/octet-stream", bytes("\x01\x02\x03\x04\0\x05")],
    ["unknown application/x-empty", bytes()]
  ])("is %s", (expected, head) => expect(said(head)).toBe(expected))

  it("is an executable for the program that runs this test", () => {
    const head = new Uint8Array(4096)
    const file = openSync(process.execPath, "r")
    readSync(file, head)
    closeSync(file)
    expect(sniff(head, "node.png").family).toBe("executable")
  })

  it("is not changed by a name", () => {
    expect(said(bytes("\x89PNG\r\n\x1a\n\0\0"), "table.csv")).toBe("image image/png")
    expect(said(bytes("hello, world\n"), "cat.png")).toBe("text text/plain")
  })

  it("is said of a view into a larger buffer by its own bytes alone", () => {
    const whole = bytes("\x89PNG\r\n\x1a\n\0\0a,b\n1,2\n")
    expect(said(whole.subarray(10), "a.csv")).toBe("text text/csv")
  })
})

describe("text", () => {
  it("is UTF-8, also where the last character is torn", () => {
    const head = Buffer.from("größe,länge\n1,2\né")
    for (const end of [head.length, head.length - 1]) expect(said(head.subarray(0, end), "a.csv")).toBe("text text/csv")
    expect(said(Buffer.from("\ufeffa\tb\n"), "A.TSV")).toBe("text text/tab-separated-values")
  })

  it("is UTF-16 with a byte order mark", () => {
    const little = Buffer.from("\ufeffname;ö\n", "utf16le")
    for (const end of [little.length, little.length - 1]) expect(said(little.subarray(0, end))).toBe("text text/plain")
    expect(said(Buffer.from(little).swap16())).toBe("text text/plain")
    expect(said(bytes(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0))).toBe("unknown application/octet-stream")
  })

  it("is what an older encoding wrote, as long as hardly a character is a control and none is NUL", () => {
    expect(said(Buffer.from("Größe in Fuß\n".repeat(4), "latin1"))).toBe("text text/plain")
    expect(said(Buffer.from("Größe\x01\x02\x03\x04\x05", "latin1"))).toBe("unknown application/octet-stream")
    expect(said(Buffer.from(`${"Größe in Fuß\n".repeat(4)}\0`, "latin1"))).toBe("unknown application/octet-stream")
  })

  it("may begin like a magic number", () => {
    expect(said(bytes("BMI,age\n21.5,40\n"), "a.csv")).toBe("text text/csv")
    expect(said(bytes("MZ,intensity\n100.1,7\n"), "a.csv")).toBe("text text/csv")
    expect(said(bytes("ID3,x\n1,2\n"), "a.csv")).toBe("text text/csv")
    expect(said(bytes("PAR1,PAR2\n1,2\n"), "a.csv")).toBe("text text/csv")
    expect(said(bytes("Rar!\n"))).toBe("text text/plain")
  })

  it("is told apart by its own words, then by the name", () => {
    expect(said(bytes('<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="x">'), "x.png")).toBe("text image/svg+xml")
    expect(said(bytes(" <!DOCTYPE svg [<!ENTITY a 'b'>]>"))).toBe("text image/svg+xml")
    expect(said(bytes("<!doctype html><svg>"))).toBe("text text/html")
    expect(said(bytes('<?xml version="1.0"?><annotation/>'))).toBe("text application/xml")
    expect(said(bytes('{"a": "<svg>"}'), "a.json")).toBe("text application/json")
    expect(said(bytes("{}\n"), "a.jsonl")).toBe("text application/x-ndjson")
    expect(said(bytes("x"), "constructor.constructor")).toBe("text text/plain")
  })
})

describe("a declared modality", () => {
  const file = (family: ByteFamily, path = `a.${family}`): { path: string } & Sniffed => ({ path, family, media_type: `x/${family}` })
  const families: ReadonlyArray<ByteFamily> = ["image", "video", "audio", "text", "archive", "document", "executable", "data", "unknown"]
  const taken = (modality: Modality) => {
    const own = modality === "image" || modality === "video" ? [file(modality)] : []
    return families.filter((family) => modalityMismatch(modality, [...own, file(family)]).length === 0).join(" ")
  }

  it("takes these kinds of files and no others", () => {
    expect(Object.fromEntries(Modality.literals.map((modality) => [modality, taken(modality)]))).toEqual({
      tabular: "text data unknown",
      text: "text data unknown",
      time_series: "text data unknown",
      image: "image text document data unknown",
      video: "image video text data unknown",
      multimodal: "image video audio text document data unknown"
    })
  })

  it("of pictures or films needs at least one", () => {
    for (const modality of ["image", "video"] as const) {
      const found = modalityMismatch(modality, [file("text"), file("data")])
      expect(found).toMatchObject([{ code: "FT2421", severity: "error" }])
      expect(found[0]?.message).toContain(modality === "image" ? "no file is an image file" : "no file is a video file")
    }
    expect(modalityMismatch("image", [])).toHaveLength(1)
    expect(modalityMismatch("tabular", [])).toEqual([])
  })

  it("names each file that it cannot be made of, with what its bytes say", () => {
    expect(modalityMismatch("tabular", [file("text"), { path: "b.csv", ...sniff(bytes("\x89PNG\r\n\x1a\n\0"), "b.csv") }])).toEqual([
      {
        code: "FT2421",
        severity: "error",
        message: 'an image file in a dataset of modality "tabular"',
        file: "b.csv",
        actual: "image/png",
        help: "take the file out of the source, or read it with an adapter for what it is"
      }
    ])
  })

  it("counts files after the first twenty", () => {
    const found = modalityMismatch(
      "text",
      Array.from({ length: 23 }, (_, at) => file("audio", `${at}.wav`))
    )
    expect(found).toHaveLength(21)
    expect(found.slice(0, 20).map((each) => each.file)).toEqual(Array.from({ length: 20 }, (_, at) => `${at}.wav`))
    expect(found[20]).toMatchObject({ code: "FT2421", count: 3 })
    expect(
      modalityMismatch(
        "text",
        Array.from({ length: 20 }, () => file("audio"))
      )
    ).toHaveLength(20)
  })
})
