import { isUtf8 } from "node:buffer"
import { describe, expect, it } from "vitest"
import { bytesOfText, decode, type Encoding, loneSurrogate, looksLike } from "../src/Encoding.ts"
import { bare, csv, draws, jsonl, scanning, textsOf } from "./World.ts"

const swapped = (text: string): Uint8Array => Buffer.from(text, "utf16le").swap16()
const latin = (text: string): Uint8Array => Buffer.from(text, "latin1")
const everyByte = Uint8Array.from({ length: 255 }, (_, at) => at + 1)

describe("decode", () => {
  it.each<[Encoding, Uint8Array, string]>([
    ["utf-8", Buffer.from("aé€😀\uFEFF"), "aé€😀\uFEFF"],
    ["utf-16le", Buffer.from("aé€😀", "utf16le"), "aé€😀"],
    ["utf-16be", swapped("aé€😀"), "aé€😀"],
    ["latin1", latin("aé\x80ÿ"), "aé\u0080ÿ"],
    ["windows-1252", latin("a\x80\x93\x94\xe9\xff"), "a€“”éÿ"],
    ["ascii", latin("az~\x7f"), "az~\x7f"]
  ])("reads %s, and knows how many bytes the text takes", (encoding, bytes, text) => {
    expect(decode(bytes, encoding)).toEqual({ ok: true, text })
    expect(bytesOfText(text, encoding)).toBe(bytes.length)
  })

  it("windows-1252 is that of the WHATWG table, but for the five bytes that are undefined", () => {
    const reference = new TextDecoder("windows-1252")
    for (const byte of everyByte) {
      const undefinedThere = [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte)
      const bytes = Uint8Array.of(byte, 0x61)
      const mine = decode(bytes, "windows-1252")
      expect(mine).toEqual(undefinedThere ? { ok: false, why: "bytes", at: 0 } : { ok: true, text: reference.decode(bytes) })
    }
  })

  it("UTF-8 is what a fatal decoder takes, and the place is the first byte of no character", () => {
    const draw = draws(7)
    const reference = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    const alphabet = [0x61, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0xe9, 0xed, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff]
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: draw(6) }, () => alphabet[draw(alphabet.length)] ?? 0)
      const mine = decode(bytes, "utf-8")
      expect(mine.ok).toBe(isUtf8(bytes))
      if (mine.ok) expect(mine.text).toBe(reference.decode(bytes))
      else {
        expect(isUtf8(bytes.subarray(0, mine.at))).toBe(true)
        for (let end = mine.at + 1; end <= Math.min(mine.at + 4, bytes.length); end++)
          expect(isUtf8(bytes.subarray(mine.at, end))).toBe(false)
      }
    }
  })

  it("what is wrong first is what is told", () => {
    expect(decode(latin("a\0\xe9"), "ascii")).toEqual({ ok: false, why: "nul", at: 1 })
    expect(decode(latin("a\xe9\0"), "ascii")).toEqual({ ok: false, why: "bytes", at: 1 })
    expect(decode(latin("a\0\xe9"), "utf-8")).toEqual({ ok: false, why: "nul", at: 1 })
    expect(decode(latin("\x81\0"), "windows-1252")).toEqual({ ok: false, why: "bytes", at: 0 })
    expect(decode(swapped("a\ud800\0"), "utf-16be")).toEqual({ ok: false, why: "surrogate", at: 2 })
    expect(decode(swapped("a\0\ud800"), "utf-16be")).toEqual({ ok: false, why: "nul", at: 2 })
  })

  it("finds the half of a character that stands alone", () => {
    expect(["a😀", "\ud800", "\udc00\ud800", "😀\ude00x", "a\ud83dx"].map(loneSurrogate)).toEqual([-1, 0, 0, 2, 1])
  })
})

describe("records in two-byte encodings", () => {
  // U+0A0A and U+0D0A hold the bytes of line breaks and are none.
  it.each([
    ["utf-16le", (text: string) => Buffer.from(text, "utf16le")],
    ["utf-16be", swapped]
  ] as const)("are cut at line breaks only: %s", async (encoding, encode) => {
    const content = "one\u0a0a\u010a\r\ntwo\u0d0a😀\nthree"
    for (const mark of ["", "\uFEFF"])
      expect(await textsOf({ f: encode(mark + content) }, { ...bare, encoding }, "f")).toEqual(["one\u0a0a\u010a", "two\u0d0a😀", "three"])
  })

  it("one byte order mark at the beginning of a file is no character, a second one is", async () => {
    const row = '{"text": "a", "label": "b"}'
    expect(await textsOf({ f: `\uFEFF${row}` }, jsonl, "f")).toEqual(["a"])
    expect(await textsOf({ f: "\uFEFFtext,label\na,b" }, csv, "f")).toEqual(["a"])
    expect(await textsOf({ f: "\uFEFF\uFEFFa\n\uFEFFb" }, bare, "f")).toEqual(["\uFEFFa", "\uFEFFb"])
    const { entries } = await scanning({ f: "\uFEFFa\nb" }, bare, "f")
    expect(entries.map(({ at }) => at)).toEqual([
      [0, 3, 1],
      [0, 5, 1]
    ])
  })

  it("the other characters that some programs break lines at are characters here", async () => {
    const odd = "a\u000bb\u000cc\u0085d\u2028e\u2029f\u001eg"
    expect(await textsOf({ f: `${odd}\nh` }, bare, "f")).toEqual([odd, "h"])
  })
})

describe("looksLike", () => {
  const guesses = (bytes: Uint8Array, whole = true) => looksLike(bytes, whole).map(({ encoding }) => encoding)
  it("goes by marks, zeros, sound UTF-8 and bytes that only one encoding has", () => {
    expect(guesses(Buffer.from("\uFEFFa"))).toEqual(["utf-8"])
    expect(guesses(Buffer.from("\uFEFFa", "utf16le"))).toEqual(["utf-16le"])
    expect(guesses(swapped("\uFEFFa"))).toEqual(["utf-16be"])
    expect(guesses(Buffer.from("some text", "utf16le"))).toEqual(["utf-16le"])
    expect(guesses(swapped("some text"))).toEqual(["utf-16be"])
    expect(looksLike(Buffer.from("plain"), true)).toMatchObject([{ encoding: "utf-8", plain: true }])
    expect(guesses(Buffer.from("café"))).toEqual(["utf-8"])
    expect(guesses(Buffer.from("café").subarray(0, 4), false)).toEqual(["utf-8"])
    expect(guesses(latin("caf\xe9 x"))).toEqual(["windows-1252", "latin1"])
    expect(guesses(latin("\x93caf\xe9\x94 x"))).toEqual(["windows-1252"])
    expect(guesses(latin("\x81caf\xe9 x"))).toEqual(["latin1"])
    expect(guesses(Uint8Array.from({ length: 64 }, (_, at) => (at % 5 === 0 ? 0 : 200)))).toEqual([])
  })
})
