/** The byte-level BPE against HF tokenizers, whose answers golden/bpe.py wrote. */
import { describe, expect, it } from "vitest"
import { sha256Hex } from "../../determinism/src/index.ts"
import { BpeTokenizer, type BpeTrainingOptions, trainBpe } from "../src/index.ts"
import { golden, isFull, succeeded } from "./support.ts"

interface Cases {
  readonly version: string
  readonly texts: ReadonlyArray<string>
  readonly ids: ReadonlyArray<ReadonlyArray<number>>
  readonly ordinary: string
  readonly changes: ReadonlyArray<{ readonly name: string; readonly change: Readonly<Record<string, unknown>>; readonly ids: string }>
  readonly template: string
  readonly codePoints: Readonly<Record<string, string>>
  readonly trained: ReadonlyArray<{ readonly options: BpeTrainingOptions; readonly count: number; readonly merges: string }>
}

const cases: Cases = JSON.parse(golden("cases.json"))
const corpus: ReadonlyArray<string> = JSON.parse(golden("corpus.json"))
const base = succeeded(BpeTokenizer.fromJson(golden("tokenizer.json")))

const hashLength = 8
const hashOf = (ids: Iterable<number>): string => sha256Hex(Array.from(ids).join(" ")).slice(0, hashLength)
const hashesOf = (text: string): ReadonlyArray<string> => text.match(new RegExp(`.{${hashLength}}`, "g")) ?? []

const changed = (change: Readonly<Record<string, unknown>>): BpeTokenizer => {
  const document = JSON.parse(golden("tokenizer.json"))
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split(".")
    const owner = keys.slice(0, -1).reduce((place, key) => place[key], document)
    owner[keys.at(-1) ?? ""] = value
  }
  return succeeded(BpeTokenizer.fromJson(JSON.stringify(document)))
}

/** The texts whose ids are not those of the other library. */
const wrong = (encode: (text: string) => Uint32Array, hashes: string): ReadonlyArray<string> => {
  const expected = hashesOf(hashes)
  expect(expected).toHaveLength(cases.texts.length)
  return cases.texts.filter((text, place) => hashOf(encode(text)) !== expected[place])
}

const stretch = (start: number): string => {
  let text = ""
  for (let point = start; point < start + 4096; point++)
    if (point < 0xd800 || point > 0xdfff) text += `a${String.fromCodePoint(point)}1 ${String.fromCodePoint(point)}`
  return text
}

describe("a tokenizer.json of HF tokenizers", () => {
  it("gives each of 517 texts the same ids, and the texts back", () => {
    expect(cases.version).toBe("0.23.3")
    expect(cases.texts).toHaveLength(517)
    for (const [place, text] of cases.texts.entries()) {
      expect(Array.from(base.encode(text)), JSON.stringify(text)).toEqual(cases.ids[place])
      expect(succeeded(base.decode(cases.ids[place] ?? []))).toBe(text)
    }
  })

  it("gives the same ids when special tokens are read as text", () => {
    expect(wrong((text) => base.encodeOrdinary(text), cases.ordinary)).toEqual([])
  })

  it.each(cases.changes.map((each) => [each.name, each] as const))("gives the same ids with the change: %s", (_, { change, ids }) => {
    const tokenizer = changed(change)
    expect(wrong((text) => tokenizer.encode(text), ids)).toEqual([])
    for (const text of cases.texts) {
      const back = succeeded(tokenizer.decode(tokenizer.encode(text)))
      expect(back).toBe(tokenizer.isLossless ? text : text.normalize("NFC"))
    }
  })

  it("gives the same ids to complete inputs", () => {
    const tokenizer = changed(cases.changes.find(({ name }) => name === "template")?.change ?? {})
    expect(wrong((text) => tokenizer.encodeWithTemplate(text), cases.template)).toEqual([])
  })

  it.each(Object.keys(cases.codePoints))(
    `gives the same ids to ${isFull ? "every Unicode scalar value" : "a tenth of Unicode"}: %s`,
    (name) => {
      const tokenizer = changed(cases.changes.find((each) => each.name === name)?.change ?? {})
      const expected = hashesOf(cases.codePoints[name] ?? "")
      expect(expected).toHaveLength(272)
      const different = expected.flatMap((hash, place) => {
        // Most of what is assigned stands before U+4000.
        if (!isFull && place > 2 && place % 17 !== 15) return []
        return hashOf(tokenizer.encode(stretch(place * 4096))) === hash ? [] : [place.toString(16)]
      })
      expect(different).toEqual([])
    }
  )

  it("is written so that it reads back as the same tokenizer", () => {
    for (const { change } of [{ change: {} }, ...cases.changes]) {
      const tokenizer = changed(change)
      const again = succeeded(BpeTokenizer.fromJson(tokenizer.toJson()))
      expect(again.specification).toEqual(tokenizer.specification)
      expect(again.sha256).toBe(tokenizer.sha256)
    }
  })
})

describe("trainBpe()", () => {
  it.each(cases.trained.map((each) => [JSON.stringify(each.options), each] as const))(
    "learns the merges of HF tokenizers: %s",
    (_, each) => {
      const { specification } = succeeded(trainBpe(corpus, each.options))
      expect(specification.merges).toHaveLength(each.count)
      const merges = specification.merges.map(({ left, right }) => `${specification.vocabulary[left]} ${specification.vocabulary[right]}`)
      expect(sha256Hex(merges.join("\n")).slice(0, hashLength)).toBe(each.merges)
    }
  )

  it("gives the whole tokenizer.json of the other library", () => {
    const options = { preTokenizer: "gpt2", vocabularySize: 2000, minFrequency: 2, specialTokens: ["<|endoftext|>", "<pad>"] } as const
    const { specification } = succeeded(trainBpe(corpus, options))
    expect(specification.vocabulary).toEqual(base.specification.vocabulary)
    expect(specification.merges).toEqual(base.specification.merges)
  })
})
