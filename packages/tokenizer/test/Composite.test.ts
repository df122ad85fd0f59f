/** Documents of text, images and data sets to one list of ids and back. */
import { describe, expect, it } from "vitest"
import { BpeTokenizer, type ChromaticImage, CompositeTokenizer, type Segment, trainBpe } from "../src/index.ts"
import { anyText, findingsOf, golden, randomOf, succeeded } from "./support.ts"

const text = succeeded(
  trainBpe(["the spike of a neuron", "a spike, a reward"], {
    vocabularySize: 280,
    minFrequency: 2,
    specialTokens: ["<s>"],
    preTokenizer: "gpt2"
  })
)
const composite = succeeded(
  CompositeTokenizer.make({ specialTokens: ["<document>", "<answer>"], text, chromatic: { colours: "channels" } })
)
const packed = succeeded(CompositeTokenizer.make({ specialTokens: [], text, chromatic: { colours: "packed" } }))
const image: ChromaticImage = { width: 2, height: 2, channels: 3, data: Uint8Array.from({ length: 12 }, (_, at) => at * 20) }
const document: ReadonlyArray<Segment> = [
  { kind: "special", token: "<document>" },
  { kind: "text", text: "a spike <answer> <s> \ud800" },
  { kind: "text", text: "" },
  { kind: "image", image, palette: "none" },
  { kind: "image", image, palette: "exact" },
  { kind: "data-set", elements: [{ tag: 0x00100010, vr: "PN", bytes: Uint8Array.of(65) }] },
  { kind: "special", token: "<answer>" }
]

describe("CompositeTokenizer", () => {
  it("gives back a document of all kinds of segments", () => {
    const ids = succeeded(composite.encode(document))
    expect(succeeded(composite.decode(ids))).toEqual(document)
    expect(ids.every((id) => id < composite.vocabularySize)).toBe(true)
    expect(Array.from(ids).filter((id) => id === 2 || id === 3)).toEqual([2, 3])
    expect(succeeded(composite.encode([]))).toEqual(new Uint32Array(0))
  })

  it("gives back 500 drawn documents, packed colours too", () => {
    const random = randomOf("documents")
    for (let each = 0; each < 500; each++) {
      const drawn = Array.from({ length: random.below(6) }, (): Segment => {
        const kind = random.below(3)
        if (kind === 0) return { kind: "text", text: anyText(random, 30) }
        if (kind === 1) {
          const data = new Uint8Array(3 * random.int(1, 9))
          random.fill(data)
          return {
            kind: "image",
            image: { width: data.length / 3, height: 1, channels: 3, data },
            palette: random.choice(["none", "exact"])
          }
        }
        return { kind: "data-set", elements: [{ tag: random.below(2 ** 32), vr: "OB", bytes: new Uint8Array(random.below(200)) }] }
      })
      for (const tokenizer of [composite, packed]) expect(succeeded(tokenizer.decode(succeeded(tokenizer.encode(drawn))))).toEqual(drawn)
    }
  })

  it("gives each part ids of its own, one after the other", () => {
    expect(composite.layout).toEqual({ special: 2, text: 4, chromatic: 4 + 263, medical: 4 + 263 + 260 })
    expect(text.vocabularySize).toBe(263)
    expect(composite.vocabularySize).toBe(4 + 263 + 260 + 5475)
    expect(packed.layout.medical).toBe(2 + 263 + 260 + 2 ** 24)
  })

  it("is recorded by a hash that every part of its specification changes", () => {
    const hashes = [
      composite.sha256,
      packed.sha256,
      succeeded(CompositeTokenizer.make({ specialTokens: ["<answer>", "<document>"], text, chromatic: { colours: "channels" } })).sha256,
      succeeded(
        CompositeTokenizer.make({
          specialTokens: ["<document>", "<answer>"],
          text: succeeded(trainBpe([], { vocabularySize: 256, minFrequency: 1, specialTokens: [], preTokenizer: "gpt2" })),
          chromatic: { colours: "channels" }
        })
      ).sha256
    ]
    expect(new Set(hashes).size).toBe(4)
    const again = succeeded(BpeTokenizer.fromJson(text.toJson()))
    const same = succeeded(
      CompositeTokenizer.make({ specialTokens: ["<document>", "<answer>"], text: again, chromatic: { colours: "channels" } })
    )
    expect(same.sha256).toBe(composite.sha256)
    // Stored beside results: a change here is a change of ids, and needs a new format.
    expect(composite.sha256).toBe("aacc08620c8dcfc0fadff4dc044d9888e9947925fc7c74faeda46bc560be02d4")
  })

  it("refuses options, segments and tokens that do not fit, by their place", () => {
    const nfc = succeeded(BpeTokenizer.fromJson(golden("tokenizer.json").replace('"normalizer":null', '"normalizer":{"type":"NFC"}')))
    expect(
      findingsOf(CompositeTokenizer.make({ specialTokens: ["", "a", "a"], text: nfc, chromatic: { colours: "channels" } })).map(
        ({ field }) => field
      )
    ).toEqual(["specialTokens.0", "specialTokens.2", "text"])
    expect(
      findingsOf(
        composite.encode([
          { kind: "text", text: "" },
          { kind: "special", token: "<s>" }
        ])
      )
    ).toMatchObject([{ field: "1.token" }])
    expect(findingsOf(composite.encode([{ kind: "image", image: { ...image, width: 3 }, palette: "none" }]))).toMatchObject([
      { code: "tokenizer/IMAGE", field: "0.data" }
    ])
    const { chromatic, medical } = composite.layout
    const messages = (
      [
        [1],
        [4],
        [0, 5],
        [0, 2, 1],
        [composite.vocabularySize],
        [-1],
        [0.5],
        [2, medical + 257],
        [3, chromatic + 256, chromatic + 9]
      ] as const
    ).map((ids) => findingsOf(composite.decode(ids))[0]?.message)
    expect(messages).toEqual([
      "token 0: no segment begins here",
      "token 0: no segment begins here",
      "token 2: the text that begins at token 0 never ends",
      "token 1: stands within a text",
      "token 0: no segment begins here",
      "token 0: no segment begins here",
      "token 0: no segment begins here",
      "token 1: the begin of a data set is missing",
      "token 2: an image has no such number of channels"
    ])
  })
})
