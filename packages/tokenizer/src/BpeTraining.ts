/**
 * Learns the merges of a byte-level BPE from texts: again and again the pair of neighbours that is most frequent becomes a token.
 *
 * The rule that makes it deterministic: of pairs that are equally frequent, the one with the lower left id wins, then the one with the lower
 * right id, as in HF tokenizers. Ids: special tokens as they are listed, then the 256 bytes in the order of their symbols, then merges.
 *
 * Sharp edges: the order of the texts does not matter, only how often a word occurs; special tokens in the texts are read as plain text. Counts
 * are exact throughout; HF tokenizers counts a pair again when one token can be made in two ways from a run of one character (`aaaa` from
 * `aa aa` and from `aaa a`), and may then choose another merge.
 */
import { type Diagnostic, showValue, type TrainerError } from "@feagi-trainer/contracts"
import * as Result from "effect/Result"
import { BpeTokenizer } from "./BpeTokenizer.ts"
import { byteSymbols, bytesBySymbol, readsAsOtherBytes } from "./ByteSymbols.ts"
import { type Merge, maxVocabulary } from "./MergeTable.ts"
import { patterns, translatePattern } from "./Pattern.ts"
import { PreTokenizer, type SplitRule } from "./PreTokenizer.ts"
import { failed } from "./Refusal.ts"
import { toWtf8 } from "./Wtf8.ts"

export interface BpeTrainingOptions {
  /** Tokens in all, special ones and the 256 bytes included. Fewer come out when no pair is frequent enough. */
  readonly vocabularySize: number
  /** A pair that occurs less often is not merged; at least 1. */
  readonly minFrequency: number
  /** Get the ids from 0 on, in this order. */
  readonly specialTokens: ReadonlyArray<string>
  /** What words are: a named pattern of `patterns`, a regular expression in the syntax of `Pattern.ts`, or whole texts. */
  readonly preTokenizer: keyof typeof patterns | "none" | { readonly regex: string }
}

const splitsOf = (preTokenizer: BpeTrainingOptions["preTokenizer"]): ReadonlyArray<SplitRule> => {
  if (preTokenizer === "none") return []
  return [{ regex: typeof preTokenizer === "string" ? patterns[preTokenizer] : preTokenizer.regex }]
}

const findings = (options: BpeTrainingOptions): ReadonlyArray<Diagnostic> => {
  const found: Array<Diagnostic> = []
  const add = (field: string, message: string, expected: string, actual: unknown): void => {
    found.push({ code: "tokenizer/OPTIONS", severity: "error", field, message, expected, actual: showValue(actual) })
  }
  const { vocabularySize, minFrequency, specialTokens, preTokenizer } = options
  const least = 256 + specialTokens.length
  if (!(Number.isInteger(vocabularySize) && vocabularySize >= least && vocabularySize <= maxVocabulary))
    add(
      "vocabularySize",
      "the vocabulary has no such size",
      `an integer from ${least} (bytes and special tokens) to ${maxVocabulary}`,
      vocabularySize
    )
  if (!(Number.isSafeInteger(minFrequency) && minFrequency >= 1))
    add("minFrequency", "a pair cannot be asked to occur so often", "an integer of at least 1", minFrequency)
  for (const [place, token] of specialTokens.entries()) {
    const field = `specialTokens.${place}`
    if (token === "" || !token.isWellFormed())
      add(field, "a special token needs a text of its own", "a text, not empty, without lone surrogates", token)
    else if (specialTokens.indexOf(token) !== place) add(field, "a special token is listed twice", "each of them once", token)
    else if (byteSymbols.includes(token)) add(field, "a special token is also the symbol of a byte", "two characters or more", token)
    else if (readsAsOtherBytes(token))
      add(field, "a special token is also the name of other bytes", "only characters of ASCII, or one that is no byte symbol", token)
  }
  if (typeof preTokenizer === "string") {
    if (preTokenizer !== "none" && !Object.hasOwn(patterns, preTokenizer))
      add("preTokenizer", "there is no pattern of this name", `"none" or one of ${Object.keys(patterns).join(", ")}`, preTokenizer)
  } else {
    const translated = translatePattern(preTokenizer.regex)
    if (!translated.ok)
      add(
        "preTokenizer.regex",
        `character ${translated.problem.offset}: ${translated.problem.message}`,
        "a supported pattern",
        preTokenizer.regex
      )
  }
  return found
}

/** A word as ids, and how often it occurs. */
interface Word {
  ids: Array<number>
  readonly count: number
}

const span = 2 ** 22
const keyOf = (left: number, right: number): number => left * span + right

/** A pair with the count it had when it was put into the queue. */
interface Offer {
  readonly key: number
  readonly count: number
}

const before = (left: Offer, right: Offer): boolean => left.count > right.count || (left.count === right.count && left.key < right.key)

class OfferHeap {
  readonly #offers: Array<Offer> = []

  push(offer: Offer): void {
    const offers = this.#offers
    let at = offers.push(offer) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = offers[parent]
      if (above === undefined || !before(offer, above)) break
      offers[at] = above
      at = parent
    }
    offers[at] = offer
  }

  pop(): Offer | undefined {
    const offers = this.#offers
    const top = offers[0]
    const offer = offers.pop()
    if (top === undefined || offer === undefined || offers.length === 0) return top
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      const left = offers[child]
      const right = offers[child + 1]
      if (left === undefined) break
      const below = right !== undefined && before(right, left) ? right : left
      if (below === right) child += 1
      if (!before(below, offer)) break
      offers[at] = below
      at = child
    }
    offers[at] = offer
    return top
  }
}

/** Pairs of neighbours: how often each occurs, and in which words it may. */
class Pairs {
  readonly counts = new Map<number, number>()
  readonly #words = new Map<number, Array<number>>()

  add(key: number, count: number, word: number): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + count)
    if (count < 0) return
    const words = this.#words.get(key)
    if (words === undefined) this.#words.set(key, [word])
    else if (words.at(-1) !== word) words.push(word)
  }

  /** The words that hold the pair, which is forgotten. */
  take(key: number): ReadonlySet<number> {
    const words = new Set(this.#words.get(key))
    this.#words.delete(key)
    this.counts.delete(key)
    return words
  }
}

/** Replaces the pair by the token wherever it stands, from the left, and says which pairs of neighbours came and went. */
const mergeIn = (ids: ReadonlyArray<number>, { left, right, token }: Merge, change: (key: number, by: 1 | -1) => void): Array<number> => {
  const merged: Array<number> = []
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? 0
    if (id !== left || ids[at + 1] !== right) {
      merged.push(id)
      continue
    }
    const previous = merged.at(-1)
    if (previous !== undefined) {
      change(keyOf(previous, left), -1)
      change(keyOf(previous, token), 1)
    }
    const next = ids[at + 2]
    if (next !== undefined) {
      change(keyOf(right, next), -1)
      change(keyOf(token, next), 1)
    }
    merged.push(token)
    at += 1
  }
  return merged
}

/** Throws nothing of its own: what the iterable throws goes through. */
const countWords = (texts: Iterable<string>, splits: ReadonlyArray<SplitRule>): ReadonlyMap<string, number> => {
  const preTokenizer = new PreTokenizer(splits)
  const counts = new Map<string, number>()
  for (const text of texts) preTokenizer.split(text, (word) => counts.set(word, (counts.get(word) ?? 0) + 1))
  return counts
}

/**
 * Trains a byte-level BPE on texts, which are read once; memory grows with the number of different words. Fails with `tokenizer/OPTIONS` and
 * every option that is wrong.
 */
export const trainBpe = (texts: Iterable<string>, options: BpeTrainingOptions): Result.Result<BpeTokenizer, TrainerError> => {
  const wrong = findings(options)
  if (wrong.length > 0) return failed(wrong)
  const splits = splitsOf(options.preTokenizer)
  const { specialTokens, vocabularySize, minFrequency } = options
  const first = specialTokens.length
  const tokens = [...specialTokens, ...bytesBySymbol.map((byte) => byteSymbols[byte] ?? "")]
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const idOfByte = new Map(bytesBySymbol.map((byte, place) => [byte, first + place]))

  const words: Array<Word> = []
  const pairs = new Pairs()
  for (const [text, count] of countWords(texts, splits)) {
    const word = Array.from(toWtf8(text), (byte) => idOfByte.get(byte) ?? 0)
    for (let at = 0; at + 1 < word.length; at++) pairs.add(keyOf(word[at] ?? 0, word[at + 1] ?? 0), count, words.length)
    words.push({ ids: word, count })
  }
  const queue = new OfferHeap()
  for (const [key, count] of pairs.counts) queue.push({ key, count })

  const merges: Array<Merge> = []
  while (ids.size < vocabularySize) {
    const offer = queue.pop()
    if (offer === undefined) break
    const count = pairs.counts.get(offer.key) ?? 0
    if (count !== offer.count) {
      // It became rarer since; when it became more frequent, a later offer of it was taken before this one.
      if (count > 0 && count < offer.count) queue.push({ key: offer.key, count })
      continue
    }
    if (count < minFrequency) break
    const [left, right] = [Math.floor(offer.key / span), offer.key % span]
    const name = `${tokens[left] ?? ""}${tokens[right] ?? ""}`
    const token = ids.get(name) ?? tokens.length
    if (token === tokens.length) {
      tokens.push(name)
      ids.set(name, token)
    }
    const merge = { left, right, token }
    merges.push(merge)
    const grown = new Set<number>()
    for (const place of pairs.take(offer.key)) {
      const word = words[place]
      if (word === undefined) continue
      word.ids = mergeIn(word.ids, merge, (key, by) => {
        if (key === offer.key) return
        pairs.add(key, by * word.count, place)
        if (by > 0) grown.add(key)
      })
    }
    for (const key of grown) {
      const now = pairs.counts.get(key) ?? 0
      if (now > 0) queue.push({ key, count: now })
    }
  }
  return Result.succeed(
    new BpeTokenizer({
      normalizer: "none",
      splits,
      vocabulary: tokens,
      merges,
      ignoreMerges: false,
      added: specialTokens.map((content, id) => ({ id, content, special: true, normalized: false })),
      template: { before: [], after: [] }
    })
  )
}
