import { Effect } from "effect"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { type Decoded, decodedHash, decoder, decoderWith, isRefusal, MAX_PIXELS, type Refusal } from "../src/Picture.ts"
import { chunk, encoded, greyPixels, greyPng, type PngPlan, png } from "./Draw.ts"

const decode = (path: string, bytes: Uint8Array): Promise<Decoded | Refusal> => Effect.runPromise(decoder.decode(path, bytes))
const refused = async (path: string, bytes: Uint8Array): Promise<string> => {
  const result = await decode(path, bytes)
  return isRefusal(result) ? result.refused : `${result.width} × ${result.height} × ${result.channels}`
}

/** What a PNG with this header claims to be, with hardly a pixel in it. */
const bomb = (): Buffer => {
  const small = greyPng(1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(50_000, 0)
  header.writeUInt32BE(50_000, 4)
  header.set([8, 0, 0, 0, 0], 8)
  return Buffer.concat([small.subarray(0, 8), chunk("IHDR", header), small.subarray(33)])
}
const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const out = Buffer.from(bytes)
  out[at] = (out[at] ?? 0) ^ 1
  return out
}

const palette = Uint8Array.from({ length: 48 }, (_, at) => at * 5)
const samples = greyPixels(3, 48, 5)
const plain: ReadonlyArray<readonly [string, PngPlan]> = [
  ...[0, 1, 2, 3, 4].map((filter) => [`grey, filter ${filter}`, { width: 7, height: 5, samples, filter }] as const),
  ...[1, 2, 3, 4].map((filter) => [`RGB, filter ${filter}`, { width: 7, height: 5, colour: 2, samples, filter }] as const),
  ["grey and alpha", { width: 7, height: 5, colour: 4, samples, filter: 4 }],
  ["RGB and alpha", { width: 7, height: 5, colour: 6, samples, filter: 3 }],
  ...[1, 2, 4, 8].map(
    (depth) =>
      [
        `a palette of ${depth} bits`,
        { width: 7, height: 5, colour: 3, depth, palette, samples: samples.map((value) => value % Math.min(16, 2 ** depth)) }
      ] as const
  )
]
const special: ReadonlyArray<readonly [string, PngPlan]> = [
  ["grey of 4 bits", { width: 7, height: 5, depth: 4, samples: samples.map((value) => value & 15) }],
  ["a transparent colour", { width: 7, height: 5, samples, before: [chunk("tRNS", Uint8Array.of(0, 7))] }]
]

describe("a picture", () => {
  it.each([...plain, ...special])("is decoded as sharp does it: %s", async (_, plan) => {
    const bytes = png(plan)
    const picture = await decode("x.png", bytes)
    if (isRefusal(picture)) throw new Error(picture.message)
    const { data, info } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true })
    const seen = Array.from({ length: info.width * info.height }, (_, at) => {
      const pixel = picture.pixels.subarray(at * picture.channels, (at + 1) * picture.channels)
      const [grey = 0, alpha = 255] = pixel
      return picture.channels < 3 ? [grey, grey, grey, ...(picture.channels === 2 ? [alpha] : [])] : [...pixel]
    })
    expect([picture.width, picture.height]).toEqual([info.width, info.height])
    expect(seen.flat()).toEqual([...data])
  })

  it("is read as PNG, JPEG, WebP, GIF and TIFF, and equal pixels have one hash", async () => {
    const hashes = new Map<string, string>()
    for (const [name, file] of Object.entries({
      "x.png": encoded.png(),
      "x.webp": encoded.webp(),
      "x.tif": encoded.tiff(),
      "x.jpg": encoded.jpeg()
    })) {
      const picture = await decode(name, await file)
      if (isRefusal(picture)) throw new Error(`${name}: ${picture.message}`)
      expect([picture.width, picture.height, picture.channels]).toEqual([16, 12, 3])
      hashes.set(name, decodedHash(picture))
    }
    expect(hashes.get("x.webp")).toBe(hashes.get("x.png"))
    expect(hashes.get("x.tif")).toBe(hashes.get("x.png"))
    expect(hashes.get("x.jpg")).not.toBe(hashes.get("x.png"))
    expect(await refused("x.gif", await encoded.gif())).toMatch(/^16 × 12 × [34]$/)
  })

  it("has a hash over its size, its channels and its pixels", () => {
    const picture = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(1, 2) }
    expect(decodedHash(picture)).toBe("4eaea9485a0780e987a049f90c221033b8c013b4b5795a207561c2768786481a")
    expect(decodedHash({ ...picture, width: 1, height: 2 })).not.toBe(decodedHash(picture))
  })

  it("is read as it is stored when EXIF asks to turn it", async () => {
    const picture = await decode("x.jpg", await encoded.rotated())
    expect(picture).toMatchObject({ width: 16, height: 12, orientation: 6 })
  })

  it("keeps its values when it has a colour profile", async () => {
    const bytes = await encoded.profiled()
    const picture = await decode("x.jpg", bytes)
    const converted = await sharp(bytes).raw().toBuffer()
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()
    expect(stored.equals(converted)).toBe(false)
    expect(isRefusal(picture) ? [] : [...picture.pixels]).toEqual([...stored])
  })

  const small = greyPng(2, 40, 40)
  const faults: ReadonlyArray<readonly [string, string, () => Uint8Array | Promise<Uint8Array>, string]> = [
    ["no bytes", "x.png", () => new Uint8Array(0), "EMPTY-FILE"],
    ["half a PNG", "x.png", () => small.subarray(0, small.length / 2), "CORRUPT"],
    ["a PNG without its last byte", "x.png", () => small.subarray(0, -1), "CORRUPT"],
    ["a PNG with a flipped pixel", "x.png", () => flipped(small, 60), "CORRUPT"],
    ["a PNG with a flipped checksum of its last chunk", "x.png", () => flipped(small, small.length - 1), "CORRUPT"],
    ["a PNG with too few rows", "x.png", () => png({ width: 6, height: 6, samples: greyPixels(1, 6, 5) }).subarray(0), "CORRUPT"],
    [
      "a PNG with a colour that its palette lacks",
      "x.png",
      () => png({ width: 2, height: 1, colour: 3, palette: Uint8Array.of(1, 2, 3), samples: Uint8Array.of(0, 1) }),
      "CORRUPT"
    ],
    ["half a JPEG", "x.jpg", async () => (await encoded.jpeg()).subarray(0, 400), "CORRUPT"],
    ["half a GIF", "x.gif", async () => (await encoded.gif()).subarray(0, 300), "CORRUPT"],
    ["half a WebP", "x.webp", async () => (await encoded.webp()).subarray(0, 200), "CORRUPT"],
    ["half a TIFF", "x.tiff", async () => (await encoded.tiff()).subarray(0, 200), "CORRUPT"],
    ["a JPEG named .png", "x.png", () => encoded.jpeg(), "WRONG-EXTENSION"],
    ["a PNG without an extension", "x", () => small, "WRONG-EXTENSION"],
    ["SVG named .png", "x.png", () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), "NOT-A-PICTURE"],
    ["SVG named .svg", "x.svg", () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), "NOT-A-PICTURE"],
    ["PDF named .jpg", "x.jpg", () => Buffer.from("%PDF-1.7"), "NOT-A-PICTURE"],
    ["BMP", "x.bmp", () => Buffer.from("BM______"), "NOT-A-PICTURE"],
    ["text", "x.jpg", () => Buffer.from("not found"), "NOT-A-PICTURE"],
    ["50 000 × 50 000 pixels in a hundred bytes", "x.png", bomb, "TOO-LARGE"],
    ["an animated GIF", "x.gif", () => encoded.animated("gif"), "ANIMATED"],
    ["an animated WebP", "x.webp", () => encoded.animated("webp"), "ANIMATED"],
    ["an animated PNG", "x.png", () => png({ width: 6, height: 5, samples, before: [chunk("acTL", new Uint8Array(8))] }), "ANIMATED"],
    ["CMYK", "x.jpg", () => encoded.cmyk(), "COLOUR-SPACE"],
    ["a PNG of 16 bits", "x.png", () => png({ width: 3, height: 5, depth: 16, samples: greyPixels(1, 6, 5) }), "BIT-DEPTH"],
    ["a TIFF of 16 bits", "x.tif", () => encoded.tiff16(), "BIT-DEPTH"]
  ]
  it.each(faults)("is refused: %s", async (_, name, make, code) => {
    expect(await refused(name, await make())).toBe(code)
  })

  it("is refused with the place of a wrong checksum, and with what it seems to be", async () => {
    expect(await decode("x.png", flipped(small, 60))).toMatchObject({
      byte_offset: 33,
      actual: 'the checksum of the chunk "IDAT" is wrong'
    })
    expect(await decode("x.png", Buffer.from("<svg/>"))).toMatchObject({ actual: "SVG or another XML document" })
    expect(await decode("x.png", bomb())).toMatchObject({ expected: `at most ${MAX_PIXELS}`, actual: "50000 × 50000" })
  })

  it("asks for sharp when it is not installed, and only when it is needed", async () => {
    const bare = decoderWith(() => Promise.reject(new Error("Cannot find package 'sharp'")))
    expect(await Effect.runPromise(bare.decode("x.png", small))).toMatchObject({ width: 40 })
    expect(await Effect.runPromise(Effect.flip(bare.decode("x.jpg", await encoded.jpeg())))).toMatchObject({
      reason: "missing",
      diagnostics: [{ code: "image-folder/NO-DECODER", help: "npm install sharp@0.35.5" }]
    })
  })
})
