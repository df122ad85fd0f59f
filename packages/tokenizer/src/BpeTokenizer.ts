/**
 * Byte-level byte-pair encoding (Sennrich 2016, over bytes as in GPT-2): any string of JavaScript to ids and back without loss.
 *
 * Sharp edges: with `normalizer: "nfc"` what comes back is the text in form C, as `isLossless` says. `encode` finds special tokens in the
 * text, so that a text from outside can forge structure; `encodeOrdinary` reads them as text. Ids that do not come from `encode` may be
 * bytes that are no text: `decode` refuses them, `decodeBytes` gives them.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import * as Result from "effect/Result"
import { type AddedToken, AddedTokenFinder } from "./AddedTokens.ts"
import type { BpeSpecification } from "./BpeSpecification.ts"
import { byteSymbols, bytesOfToken, tokenOfBytes } from "./ByteSymbols.ts"
import { MergeTable } from "./MergeTable.ts"
import { PreTokenizer } from "./PreTokenizer.ts"
import { attempt, refuse } from "./Refusal.ts"
import { type JsonOptions, readTokenizerJson, writeTokenizerJson } from "./TokenizerJson.ts"
import { fromWtf8, toWtf8 } from "./Wtf8.ts"

/** Words that are kept with their ids, and the longest of them in UTF-16 code units. When there are more, all are forgotten. */
const cachedWords = 1 << 16
const cachedLength = 64

/** Ids in a buffer that grows. */
class Ids {
  #buffer: Uint32Array
  #length = 0

  constructor(capacity: number) {
    this.#buffer = new Uint32Array(capacity)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return
    const larger = new Uint32Array(Math.max(this.#buffer.length * 2, this.#length + count))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }

  add(id: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = id
  }

  addAll(ids: ArrayLike<number>): void {
    this.#reserve(ids.length)
    for (let at = 0; at < ids.length; at++) this.#buffer[this.#length++] = ids[at] ?? 0
  }

  take(): Uint32Array {
    return this.#buffer.slice(0, this.#length)
  }
}

export class BpeTokenizer {
  readonly specification: BpeSpecification
  /** Ids are 0 … `vocabularySize` - 1. */
  readonly vocabularySize: number
  /** Whether `decode` gives back every text that `encode` took. */
  readonly isLossless: boolean
  readonly #merges: MergeTable
  readonly #preTokenizer: PreTokenizer
  readonly #raw: AddedTokenFinder
  readonly #normalized: AddedTokenFinder
  readonly #idOfByte: Int32Array
  readonly #idOfWord: ReadonlyMap<string, number>
  readonly #addedIds: ReadonlyMap<string, AddedToken>
  /** Bytes of all tokens in a row, and where each begins. */
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array
  readonly #cache = new Map<string, Uint32Array>()
  #sha256: string | undefined

  /**
   * Takes what {@link BpeTokenizer.fromJson} and `trainBpe` have checked. Throws `RangeError` on a vocabulary without one of the 256 bytes or
   * with an id that no token has, and on a pattern that is not supported.
   */
  constructor(specification: BpeSpecification) {
    const { vocabulary, merges, added, splits, normalizer } = specification
    this.specification = specification
    this.isLossless = normalizer === "none"
    this.vocabularySize = added.reduce((size, { id }) => Math.max(size, id + 1), vocabulary.length)
    this.#merges = new MergeTable(merges)
    this.#preTokenizer = new PreTokenizer(splits)
    const isNfc = normalizer === "nfc"
    this.#raw = new AddedTokenFinder(
      added.filter((token) => !token.normalized),
      (token) => token.content
    )
    this.#normalized = new AddedTokenFinder(
      added.filter((token) => token.normalized),
      (token) => (isNfc ? token.content.normalize("NFC") : token.content)
    )
    this.#addedIds = new Map(added.map((token) => [token.content, token]))
    this.#idOfWord = new Map(vocabulary.map((token, id) => [token, id]))
    this.#idOfByte = Int32Array.from(byteSymbols, (symbol) => this.#idOfWord.get(symbol) ?? -1)
    if (this.#idOfByte.includes(-1)) throw new RangeError("a byte-level vocabulary needs a token for each of the 256 bytes")
    const contents = new Map(added.map(({ id, content }) => [id, content]))
    const pieces = Array.from({ length: this.vocabularySize }, (_, id) => {
      const content = contents.get(id)
      if (content !== undefined) return toWtf8(content)
      const token = vocabulary[id]
      if (token === undefined) throw new RangeError(`no token has the id ${id}; ids go from 0 on without a gap`)
      return bytesOfToken(token) ?? toWtf8(token)
    })
    this.#starts = new Uint32Array(pieces.length + 1)
    let end = 0
    for (const [id, piece] of pieces.entries()) {
      end += piece.length
      this.#starts[id + 1] = end
    }
    this.#bytes = new Uint8Array(end)
    for (const [id, piece] of pieces.entries()) this.#bytes.set(piece, this.#starts[id])
  }

  /**
   * Reads a `tokenizer.json` of HF tokenizers: a byte-level BPE, of which every part that would change an id or lose a byte is either done here
   * or refused by its name and place. Fails with every finding at once: `tokenizer/JSON`, `tokenizer/UNSUPPORTED`, `tokenizer/VOCABULARY`.
   */
  static fromJson(text: string, options: JsonOptions = {}): Result.Result<BpeTokenizer, TrainerError> {
    return Result.map(readTokenizerJson(text, options), (specification) => new BpeTokenizer(specification))
  }

  /** The text of a `tokenizer.json` that `fromJson` and HF tokenizers read. The same tokenizer gives the same bytes. */
  toJson(): string {
    return writeTokenizerJson(this.specification)
  }

  /** SHA-256 of `toJson()` in UTF-8, as 64 hex digits: equal hashes, equal ids. */
  get sha256(): string {
    this.#sha256 ??= sha256Hex(this.toJson())
    return this.#sha256
  }

  /** The ids of a text; tokens that were added, special ones included, are found in it. Nothing is put before or after. Never fails. */
  encode(text: string): Uint32Array {
    return this.#encode(text, false)
  }

  /** The ids of a text in which special tokens are plain text. Never fails. */
  encodeOrdinary(text: string): Uint32Array {
    return this.#encode(text, true)
  }

  /** The ids of a text as a complete input: `encode` between what the template puts before and after. */
  encodeWithTemplate(text: string): Uint32Array {
    const { before, after } = this.specification.template
    return Uint32Array.from([...before, ...this.encode(text), ...after])
  }

  #encode(text: string, specialAsText: boolean): Uint32Array {
    const ids = new Ids((text.length >> 1) + 8)
    const isNfc = this.specification.normalizer === "nfc"
    const word = (each: string): void => this.#encodeWord(each, ids)
    const found = (token: AddedToken): void => ids.add(token.id)
    const plain = (part: string): void => this.#preTokenizer.split(part, word)
    this.#raw.split(
      text,
      specialAsText,
      (part) => this.#normalized.split(isNfc ? part.normalize("NFC") : part, specialAsText, plain, found),
      found
    )
    return ids.take()
  }

  #encodeWord(word: string, ids: Ids): void {
    const known = this.#cache.get(word)
    if (known !== undefined) {
      ids.addAll(known)
      return
    }
    const symbols = this.#symbolsOf(word)
    if (word.length <= cachedLength) {
      if (this.#cache.size >= cachedWords) this.#cache.clear()
      this.#cache.set(word, Uint32Array.from(symbols))
    }
    ids.addAll(symbols)
  }

  #symbolsOf(word: string): Int32Array {
    const bytes = toWtf8(word)
    if (this.specification.ignoreMerges) {
      const whole = this.#idOfWord.get(tokenOfBytes(bytes))
      if (whole !== undefined) return Int32Array.of(whole)
    }
    const symbols = new Int32Array(bytes.length)
    for (let at = 0; at < bytes.length; at++) symbols[at] = this.#idOfByte[bytes[at] ?? 0] ?? 0
    return symbols.subarray(0, this.#merges.merge(symbols))
  }

  #decodeBytes(ids: Iterable<number>): Uint8Array {
    const list = ArrayBuffer.isView(ids) || Array.isArray(ids) ? (ids as ArrayLike<number>) : Array.from(ids)
    let size = 0
    for (let at = 0; at < list.length; at++) {
      const id = list[at] ?? -1
      if (!(Number.isInteger(id) && id >= 0 && id < this.vocabularySize))
        refuse("tokenizer/ID", {
          message: `token ${at} is no id of this vocabulary`,
          expected: `an integer from 0 to ${this.vocabularySize - 1}`,
          actual: String(id),
          help: "decode with the tokenizer that encoded; compare their sha256"
        })
      size += (this.#starts[id + 1] ?? 0) - (this.#starts[id] ?? 0)
    }
    const bytes = new Uint8Array(size)
    let end = 0
    for (let at = 0; at < list.length; at++) {
      const id = list[at] ?? 0
      const [from, to] = [this.#starts[id] ?? 0, this.#starts[id + 1] ?? 0]
      if (to - from > 16) {
        bytes.set(this.#bytes.subarray(from, to), end)
        end += to - from
      } else for (let byte = from; byte < to; byte++) bytes[end++] = this.#bytes[byte] ?? 0
    }
    return bytes
  }

  /** The bytes that ids stand for. Fails with `tokenizer/ID` on a number that is no id. */
  decodeBytes(ids: Iterable<number>): Result.Result<Uint8Array, TrainerError> {
    return attempt(() => this.#decodeBytes(ids))
  }

  /**
   * The text that ids stand for, special tokens included. Fails with `tokenizer/ID` on a number that is no id, and with `tokenizer/TEXT` when
   * the bytes end or break within a character.
   */
  decode(ids: Iterable<number>): Result.Result<string, TrainerError> {
    return attempt(() => {
      const bytes = this.#decodeBytes(ids)
      const read = fromWtf8(bytes)
      if (read.ok) return read.text
      return refuse("tokenizer/TEXT", {
        message: `the tokens are no text: byte ${read.offset} of ${bytes.length} begins no character`,
        byte_offset: read.offset,
        expected: "UTF-8, lone surrogates as three bytes",
        actual: `0x${(bytes[read.offset] ?? 0).toString(16).padStart(2, "0")}`,
        help: "use decodeBytes() for ids that were cut or drawn"
      })
    })
  }

  /** The bytes of one token, or `undefined` when no token has the id. */
  tokenBytes(id: number): Uint8Array | undefined {
    if (!(Number.isInteger(id) && id >= 0 && id < this.vocabularySize)) return undefined
    return this.#bytes.slice(this.#starts[id], this.#starts[id + 1])
  }

  /** The id of an added token by its text, special ones included, or `undefined`. */
  addedTokenId(content: string): number | undefined {
    return this.#addedIds.get(content)?.id
  }
}
