/** Images to tokens and back, and tokens that are no image. */
import { describe, expect, it } from "vitest"
import type { Random } from "../../determinism/src/index.ts"
import { type ChromaticImage, ChromaticTokenizer } from "../src/index.ts"
import { findingsOf, isFull, randomOf, succeeded } from "./support.ts"

const plain = new ChromaticTokenizer({ colours: "channels" })
const packed = new ChromaticTokenizer({ colours: "packed" })

const anyImage = (random: Random, colours: number): ChromaticImage => {
  const [width, height] = [random.int(1, 40), random.int(1, 12)]
  const channels = random.choice([1, 2, 3, 4] as const)
  const palette = Array.from({ length: colours }, () => Array.from({ length: channels }, () => random.below(256)))
  const data = Uint8Array.from(Array.from({ length: width * height }, () => random.choice(palette)).flat())
  return { width, height, channels, data }
}

const tiny: ChromaticImage = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 255, 0, 9) }

describe("ChromaticTokenizer", () => {
  const count = isFull ? 20_000 : 500
  it(`gives back ${count} drawn images, with and without palette, packed or not`, () => {
    const random = randomOf("images")
    for (let each = 0; each < count; each++) {
      const image = anyImage(random, random.choice([1, 3, 17, 256]))
      for (const tokenizer of [plain, packed])
        for (const palette of ["none", "exact"] as const) {
          const ids = succeeded(tokenizer.encode(image, { palette }))
          expect(ids.every((id) => id < tokenizer.vocabularySize)).toBe(true)
          expect(succeeded(tokenizer.decode(ids))).toEqual(image)
        }
    }
  })

  it("writes the ids that its page says", () => {
    expect([plain.vocabularySize, packed.vocabularySize]).toEqual([260, 16_777_476])
    expect(Array.from(succeeded(plain.encode(tiny, { palette: "none" })))).toEqual([256, 3, 2, 1, 1, 2, 3, 255, 0, 9, 259])
    expect(Array.from(succeeded(plain.encode(tiny, { palette: "exact" })))).toEqual([257, 3, 2, 1, 1, 1, 2, 3, 255, 0, 9, 0, 1, 259])
    expect(Array.from(succeeded(packed.encode(tiny, { palette: "none" })))).toEqual([258, 3, 2, 1, 260 + 66_051, 260 + 16_711_689, 259])
    const wide = { width: 300, height: 1, channels: 1, data: new Uint8Array(300) } as const
    expect(Array.from(succeeded(packed.encode(wide, { palette: "none" })).subarray(0, 6))).toEqual([256, 1, 0xac, 2, 1, 0])
  })

  it("takes exactly 256 colours into a palette and refuses one more", () => {
    const data = Uint8Array.from({ length: 257 * 2 }, (_, at) => (at % 2 === 0 ? at / 2 : at > 512 ? 1 : 0))
    const image = (pixels: number): ChromaticImage => ({ width: pixels, height: 1, channels: 2, data: data.subarray(0, pixels * 2) })
    const ids = succeeded(plain.encode(image(256), { palette: "exact" }))
    expect(succeeded(plain.decode(ids)).data).toEqual(image(256).data)
    expect(findingsOf(plain.encode(image(257), { palette: "exact" }))).toMatchObject([{ expected: "at most 256" }])
  })

  it.each<readonly [string, Partial<Record<keyof ChromaticImage, unknown>>, string]>([
    ["no width", { width: 0 }, "width"],
    ["half a pixel", { height: 1.5 }, "height"],
    ["a side that is too long", { width: 65_536 }, "width"],
    ["five channels", { channels: 5 }, "channels"],
    ["pixels that are cut", { data: new Uint8Array(5) }, "data"]
  ])("refuses an image with %s", (_, change, field) => {
    expect(findingsOf(plain.encode({ ...tiny, ...change } as ChromaticImage, { palette: "none" }))).toMatchObject([
      { code: "tokenizer/IMAGE", field }
    ])
  })

  it.each<readonly [string, ReadonlyArray<number>, RegExp]>([
    ["nothing", [], /token 0: no image begins here/],
    ["another begin", [255], /token 0: no image begins here/],
    ["packed colours where there are none", [258, 3, 1, 1, 260, 259], /token 0: no image begins here/],
    ["no channels", [256, 0, 1, 1, 259], /token 1: an image has no such number of channels/],
    ["no height", [256, 1, 1, 0, 259], /token 3: the height is out of range/],
    ["a width in more bytes than needed", [256, 1, 0x81, 0, 1, 7, 259], /token 2: the width is not written in the fewest bytes/],
    ["a width without an end", [256, 1, 255, 255, 255, 255, 255, 255], /token 2: the width is too large/],
    ["more pixels than tokens", [256, 4, 255, 255, 3, 255, 1, 7], /the tokens end within the pixels/],
    ["too many pixels", [256, 4, 255, 255, 3, 255, 255, 3, 7], /token 0: the image has too many pixels/],
    ["a pixel that is no byte", [256, 1, 1, 1, 259, 259], /token 4: no byte of the pixels/],
    ["no end", [256, 1, 1, 1, 7, 7], /token 5: the end of the image is missing/],
    ["something after the end", [256, 1, 1, 1, 7, 259, 7], /token 6: something follows the end/],
    ["a palette in another order", [257, 1, 2, 1, 1, 5, 6, 1, 0, 259], /token 7: the palette is not in the order of the pixels/],
    [
      "a palette with a colour that nothing shows",
      [257, 1, 2, 1, 1, 5, 6, 0, 0, 259],
      /token 4: the palette has colours that no pixel shows/
    ],
    ["a palette with a colour twice", [257, 1, 2, 1, 1, 5, 5, 0, 1, 259], /token 5: the palette has a colour twice/],
    ["a fraction", [256, 1, 1, 1, 0.5, 259], /token 4/]
  ])("refuses tokens with %s", (_, ids, message) => {
    const [finding] = findingsOf(plain.decode(ids))
    expect(finding?.code).toBe("tokenizer/IMAGE")
    expect(finding?.message).toMatch(message)
  })

  it("refuses three channels that are not packed where they are packed", () => {
    expect(findingsOf(packed.decode([256, 3, 1, 1, 1, 2, 3, 259]))[0]?.expected).toBe("258")
    expect(findingsOf(packed.decode([258, 1, 1, 1, 260, 259]))[0]?.expected).toBe("256")
    expect(findingsOf(packed.decode([258, 3, 1, 1, 260 + 2 ** 24, 259]))[0]?.message).toBe("token 4: a colour is missing")
  })
})
