/** Properties of the byte-level BPE that hold for every text, and what its reader and its trainer refuse. */
import { describe, expect, it } from "vitest"
import { byteSymbols } from "../src/ByteSymbols.ts"
import { BpeTokenizer, type BpeTrainingOptions, fromWtf8, toWtf8, trainBpe } from "../src/index.ts"
import { MergeTable } from "../src/MergeTable.ts"
import { anyText, findingsOf, golden, isFull, randomOf, succeeded } from "./support.ts"

const loaded = succeeded(BpeTokenizer.fromJson(golden("tokenizer.json")))
const corpus: ReadonlyArray<string> = JSON.parse(golden("corpus.json"))
const options: BpeTrainingOptions = {
  vocabularySize: 700,
  minFrequency: 2,
  specialTokens: ["<|endoftext|>", "<s>"],
  preTokenizer: "cl100k"
}
const trained = succeeded(trainBpe(corpus, options))
const whole = succeeded(trainBpe(corpus, { ...options, preTokenizer: "none", specialTokens: [] }))
const tokenizers = { loaded, trained, whole }

const count = isFull ? 1_000_000 : 10_000

describe("a byte-level BPE", () => {
  it(`gives back ${count} drawn strings, lone surrogates among them`, () => {
    const random = randomOf("strings")
    let lone = 0
    const changed: Array<string> = []
    for (let each = 0; each < count; each++) {
      const text = anyText(random, 40)
      if (!text.isWellFormed()) lone += 1
      const tokenizer = [loaded, trained, whole][each % 3] ?? loaded
      const back = [tokenizer.encode(text), tokenizer.encodeOrdinary(text)].map((ids) => succeeded(tokenizer.decode(ids)))
      if (back.some((each) => each !== text)) changed.push(JSON.stringify(text))
    }
    expect(changed).toEqual([])
    expect(lone).toBeGreaterThan(count / 10)
  }, 600_000)

  it(`gives back every code point, surrogates included, in rows, and alone ${isFull ? "too" : "up to U+2FFF"}`, () => {
    let wrong = 0
    for (let start = 0; start < 0x110000; start += 64) {
      let row = ""
      for (let point = start; point < start + 64; point++) {
        const char = String.fromCodePoint(point)
        row += char
        if ((isFull || point < 0x3000) && succeeded(loaded.decode(loaded.encode(char))) !== char) wrong += 1
      }
      if (succeeded(trained.decode(trained.encode(row))) !== row) wrong += 1
    }
    expect(wrong).toBe(0)
  }, 600_000)

  it("gives the two halves of a pair, encoded apart, back as the pair", () => {
    const halves = [...loaded.encode("\ud83d"), ...loaded.encode("\ude00")]
    expect(succeeded(loaded.decode(halves))).toBe("😀")
    expect(Array.from(toWtf8("a\ud83d"))).toEqual([0x61, 0xed, 0xa0, 0xbd])
    expect(fromWtf8(Uint8Array.of(0x61, 0xed, 0xa0, 0xbd, 0x62))).toEqual({ ok: true, text: "a\ud83db" })
  })

  it("merges a word of any length as it merges a short one", () => {
    const { merges } = loaded.specification
    const table = new MergeTable(merges)
    const ranks = new Map(merges.map(({ left, right }, rank) => [`${left} ${right}`, rank]))
    const random = randomOf("words")
    const idOfSymbol = new Map(loaded.specification.vocabulary.map((token, id) => [token, id]))
    for (let each = 0; each < 200; each++) {
      // Without spaces, so that most neighbours may merge.
      const text = `${random.choice(corpus)}${random.choice(corpus)}`.replaceAll(" ", "")
      const start = random.below(20)
      const word = Array.from(
        toWtf8(text.slice(start, start + 20 + random.below(80))),
        (byte) => idOfSymbol.get(byteSymbols[byte] ?? "") ?? -1
      )
      const plain = [...word]
      for (;;) {
        let best = Number.POSITIVE_INFINITY
        for (let at = 0; at + 1 < plain.length; at++) best = Math.min(best, ranks.get(`${plain[at]} ${plain[at + 1]}`) ?? best)
        const merge = merges[best]
        if (merge === undefined) break
        plain.splice(
          plain.findIndex((id, at) => id === merge.left && plain[at + 1] === merge.right),
          2,
          merge.token
        )
      }
      const symbols = Int32Array.from(word)
      expect(Array.from(symbols.subarray(0, table.merge(symbols)))).toEqual(plain)
    }
  })

  it("takes a million characters without a space as one word", () => {
    const text = "abca".repeat(250_000)
    expect(succeeded(whole.decode(whole.encode(text)))).toBe(text)
    expect(succeeded(trained.decode(trained.encode(" ".repeat(1_000_000)))).length).toBe(1_000_000)
  })

  it("gives a text the same ids whatever it encoded before", () => {
    const fresh = succeeded(BpeTokenizer.fromJson(golden("tokenizer.json")))
    for (let each = 0; each < 70_000; each++) loaded.encode(` w${each}`)
    for (const text of corpus.slice(0, 50)) expect(loaded.encode(text)).toEqual(fresh.encode(text))
  })

  it("reads special tokens in a text as tokens or, when asked, as text", () => {
    const text = "a<|endoftext|>b"
    expect(Array.from(trained.encode(text))).toContain(trained.addedTokenId("<|endoftext|>"))
    expect(Array.from(trained.encodeOrdinary(text))).not.toContain(trained.addedTokenId("<|endoftext|>"))
    expect(trained.addedTokenId("<none>")).toBeUndefined()
  })

  it("refuses ids that are none, and ids that are no text, by their place", () => {
    expect(findingsOf(loaded.decode([5, -1]))).toMatchObject([
      { code: "tokenizer/ID", actual: "-1", expected: "an integer from 0 to 2006" }
    ])
    for (const id of [2007, 0.5, Number.NaN])
      expect(findingsOf(loaded.decodeBytes([id]))[0]?.message).toBe("token 0 is no id of this vocabulary")
    const cut = trained.specification.vocabulary.indexOf("Ã")
    expect(findingsOf(trained.decode([cut]))).toMatchObject([{ code: "tokenizer/TEXT", byte_offset: 0, actual: "0xc3" }])
    expect(succeeded(trained.decodeBytes([cut]))).toEqual(Uint8Array.of(0xc3))
    for (const bytes of [[0xc0, 0x80], [0xe0, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xed, 0xa0], [0x80], [0xff]])
      expect(fromWtf8(Uint8Array.from([0x61, ...bytes]))).toEqual({ ok: false, offset: 1 })
  })

  it("says the bytes of each token, which together are those of the text", () => {
    for (const tokenizer of Object.values(tokenizers)) {
      const text = corpus.slice(0, 36).join("\n")
      const bytes = Array.from(tokenizer.encode(text)).flatMap((id) => Array.from(tokenizer.tokenBytes(id) ?? []))
      expect(bytes).toEqual(Array.from(new TextEncoder().encode(text)))
      expect(tokenizer.tokenBytes(tokenizer.vocabularySize)).toBeUndefined()
    }
  })
})

describe("trainBpe()", () => {
  it("takes the lower ids of pairs that are equally frequent", () => {
    const small = (texts: ReadonlyArray<string>) =>
      succeeded(trainBpe(texts, { vocabularySize: 258, minFrequency: 1, specialTokens: [], preTokenizer: "gpt2" })).specification
    const names = ({ merges, vocabulary }: ReturnType<typeof small>) => merges.map(({ token }) => vocabulary[token])
    expect(names(small(["ba dc"]))).toEqual(["ba", "dc"])
    expect(names(small(["dc ba"]))).toEqual(["dc", "ba"].sort())
    expect(names(small(["cb ca"]))).toEqual(["ca", "cb"])
  })

  it("does not depend on the order of the texts, and stops where no pair is frequent enough", () => {
    const backwards = succeeded(trainBpe(corpus.toReversed(), options))
    expect(backwards.sha256).toBe(trained.sha256)
    const few = succeeded(trainBpe(["ab ab xy"], { ...options, specialTokens: [], minFrequency: 2 }))
    expect(few.specification.merges).toHaveLength(1)
    expect(succeeded(trainBpe([], { ...options, specialTokens: [] })).vocabularySize).toBe(256)
  })

  it("refuses all wrong options at once", () => {
    const found = findingsOf(
      trainBpe([], {
        vocabularySize: 256,
        minFrequency: 0,
        specialTokens: ["", "a", "<s>", "<s>", "Ġx", "\ud800"],
        preTokenizer: { regex: "a*" }
      })
    )
    expect(found.map(({ field }) => field)).toEqual([
      "vocabularySize",
      "minFrequency",
      "specialTokens.0",
      "specialTokens.1",
      "specialTokens.3",
      "specialTokens.4",
      "specialTokens.5",
      "preTokenizer.regex"
    ])
  })
})

describe("BpeTokenizer.fromJson()", () => {
  type Document = Record<string, never>
  /** The document with one place changed. */
  const broken = (change: (document: Document) => void): ReturnType<typeof findingsOf> => {
    const document = JSON.parse(golden("tokenizer.json"))
    change(document)
    return findingsOf(BpeTokenizer.fromJson(JSON.stringify(document), { file: "tokenizer.json" }))
  }
  const at = (path: string, value: unknown) => (document: Document) => {
    const keys = path.split("/")
    const owner = keys.slice(0, -1).reduce<Record<string, unknown>>((place, key) => place[key] as Record<string, unknown>, document)
    owner[keys.at(-1) ?? ""] = value
  }
  const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false }
  const split = (regex: string) => ({
    type: "Sequence",
    pretokenizers: [{ type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false }, level]
  })

  it.each<readonly [path: string, value: unknown, code: string, field: string, message: string]>([
    ["model/type", "WordPiece", "UNSUPPORTED", "model.type", "this model is not supported"],
    ["model/dropout", 0.1, "UNSUPPORTED", "model.dropout", "merges that are left out by chance give other ids each time"],
    ["model/end_of_word_suffix", "</w>", "UNSUPPORTED", "model.end_of_word_suffix", "marks within or after words are not supported"],
    ["model/colour", 1, "UNSUPPORTED", "model.colour", 'unknown key "colour"'],
    ["model/vocab/Ġthe", 5, "VOCABULARY", "model.vocab.Ġthe", 'has the id of "$"'],
    ["model/vocab/new", 5000, "VOCABULARY", "model.vocab", "no token has the id 2000"],
    ["model/vocab/new", -1, "VOCABULARY", "model.vocab.new", "is no id"],
    ["model/vocab/new", 2 ** 40, "VOCABULARY", "model.vocab.new", "is no id"],
    ["model/merges/3", ["q", "nope"], "VOCABULARY", "model.merges.3", 'the merge needs the token "nope"'],
    ["model/merges/3", "a b c", "VOCABULARY", "model.merges.3", "is no merge"],
    ["model/merges", 7, "JSON", "model.merges", "has the wrong type"],
    ["normalizer", { type: "Lowercase" }, "UNSUPPORTED", "normalizer.type", "this normalizer is not supported"],
    ["pre_tokenizer", null, "UNSUPPORTED", "pre_tokenizer", "the tokenizer does not work on bytes"],
    [
      "pre_tokenizer",
      { ...level, add_prefix_space: true },
      "UNSUPPORTED",
      "pre_tokenizer.add_prefix_space",
      "a space that is put before the text does not come off again"
    ],
    ["pre_tokenizer", { type: "Metaspace" }, "UNSUPPORTED", "pre_tokenizer.type", "this pre-tokenizer is not supported"],
    [
      "pre_tokenizer",
      split("\\w+"),
      "UNSUPPORTED",
      "pre_tokenizer.pretokenizers.0.pattern.Regex",
      "character 0 of the pattern: `\\w` is not supported; the escapes are \\s \\S \\d \\D \\p{…} \\P{…} \\t \\n \\v \\f \\r \\a \\e \\xhh \\uhhhh and signs"
    ],
    ["decoder", { type: "WordPiece" }, "UNSUPPORTED", "decoder", "this decoder is not supported"],
    ["post_processor", { type: "BertProcessing" }, "UNSUPPORTED", "post_processor.type", "this post-processor is not supported"],
    ["truncation", { max_length: 5 }, "UNSUPPORTED", "truncation", "a text that is cut does not come back"],
    ["added_tokens/0/lstrip", true, "UNSUPPORTED", "added_tokens.0.lstrip", "white space that a token takes with it does not come back"],
    [
      "added_tokens/0/single_word",
      true,
      "UNSUPPORTED",
      "added_tokens.0.single_word",
      "a token that is found only as a whole word is not supported"
    ],
    ["added_tokens/2/id", 9, "VOCABULARY", "added_tokens.2.id", "is not the id that the model gives"],
    ["added_tokens/2/content", "", "VOCABULARY", "added_tokens.2.content", "is no token"],
    ["added_tokens/6/id", 2500, "VOCABULARY", "added_tokens", "no token has the id 2004"]
  ])("refuses %s = %o", (path, value, code, field, message) => {
    const [finding] = broken(at(path, value))
    expect(finding).toMatchObject({ code: `tokenizer/${code}`, field, message, file: "tokenizer.json", line: 1 })
  })

  it("refuses a vocabulary that lacks bytes, and a merge that stands twice", () => {
    expect(
      broken((document) => void Reflect.deleteProperty((document.model as never as { vocab: object }).vocab, "Ã")).map(
        ({ message }) => message
      )
    ).toContain("1 of the 256 bytes have no token, so that text would be lost")
    const merges: ReadonlyArray<unknown> = JSON.parse(golden("tokenizer.json")).model.merges
    expect(broken(at("model/merges/9", merges[4]))).toMatchObject([{ field: "model.merges.9", message: "the merge stands at place 4 too" }])
  })

  it("refuses duplicate keys, broken text, deep nesting and a text that is too long, with line and column", () => {
    const duplicate = golden("tokenizer.json").replace('"!":2', '"!":2,"!":3')
    expect(findingsOf(BpeTokenizer.fromJson(duplicate))[0]).toMatchObject({ code: "tokenizer/JSON", line: 1 })
    expect(findingsOf(BpeTokenizer.fromJson('{"a":\n}'))).toMatchObject([{ line: 2, column: 1 }])
    expect(findingsOf(BpeTokenizer.fromJson("[".repeat(1e6))).length).toBeGreaterThan(0)
    expect(findingsOf(BpeTokenizer.fromJson(golden("tokenizer.json"), { maxBytes: 1000 }))[0]?.message).toMatch(/allowed are 1000/)
    expect(findingsOf(BpeTokenizer.fromJson("[]"))).toMatchObject([{ message: "has the wrong type", expected: "an object" }])
  })

  it("tells every finding at once, and counts those beyond the fiftieth", () => {
    const found = broken((document) => {
      at("normalizer", { type: "Lowercase" })(document)
      at("truncation", {})(document)
    })
    expect(found.map(({ field }) => field)).toEqual(["truncation", "normalizer.type"])
    const many = broken(
      at(
        "model/merges",
        Array.from({ length: 500 }, () => "x")
      )
    )
    expect(many).toHaveLength(50)
    expect(many.at(-1)?.count).toBe(451)
  })
})
