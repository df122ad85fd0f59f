/**
 * Reading and writing tokens one after the other, as images and data sets do: the ids 0 … 255 are bytes, the ids above are their own.
 *
 * Sharp edge: a number is written as LEB128 in the fewest bytes, and a longer form is refused, so that one value has one list of tokens.
 */
import type { Finding } from "./Refusal.ts"
import { refuse } from "./Refusal.ts"

/** Largest number of a header or a length. */
export const maxNumber = 2 ** 31 - 1

export class TokenWriter {
  readonly #tokens: Array<number> = []

  add(token: number): void {
    this.#tokens.push(token)
  }

  addBytes(bytes: ArrayLike<number>): void {
    for (let at = 0; at < bytes.length; at++) this.#tokens.push(bytes[at] ?? 0)
  }

  /** @param value an integer from 0 to `maxNumber` */
  addNumber(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.#tokens.push((rest & 0x7f) | 0x80)
    this.#tokens.push(rest)
  }

  take(): Uint32Array {
    return Uint32Array.from(this.#tokens)
  }
}

/** Reads tokens of one vocabulary out of a list in which they begin at `base`. */
export class TokenReader {
  readonly #tokens: ArrayLike<number>
  readonly #code: string
  readonly #base: number
  #at: number

  /** @param code of the diagnostics, such as `tokenizer/IMAGE` */
  constructor(tokens: ArrayLike<number>, code: string, base = 0, at = 0) {
    this.#tokens = tokens
    this.#code = code
    this.#base = base
    this.#at = at
  }

  /** Place of the next token in the whole list. */
  get place(): number {
    return this.#at
  }

  get left(): number {
    return this.#tokens.length - this.#at
  }

  /** The next token, which stays; -1 at the end, and for what belongs to no vocabulary of this reader. */
  peek(): number {
    const token = this.#tokens[this.#at]
    return token === undefined || !Number.isInteger(token) || token < this.#base ? -1 : token - this.#base
  }

  /** Ends the reading with a finding about the token at `place`. */
  refuse(finding: Finding, place = this.#at): never {
    const token = this.#tokens[place]
    return refuse(this.#code, {
      ...finding,
      message: `token ${place}: ${finding.message}`,
      actual: finding.actual ?? (token === undefined ? "the end" : String(token))
    })
  }

  next(): number {
    const token = this.peek()
    this.#at += 1
    return token
  }

  /** Takes the token if it is the next one. */
  takes(token: number): boolean {
    if (this.peek() !== token) return false
    this.#at += 1
    return true
  }

  expect(token: number, name: string): void {
    if (!this.takes(token)) this.refuse({ message: `${name} is missing`, expected: `${name} (${this.#base + token})` })
  }

  byte(what: string): number {
    const token = this.peek()
    if (!(token >= 0 && token <= 0xff))
      this.refuse({ message: `no byte of ${what}`, expected: `a byte (${this.#base} to ${this.#base + 0xff})` })
    this.#at += 1
    return token
  }

  number(what: string): number {
    const start = this.#at
    let value = 0
    for (let place = 0; ; place++) {
      const byte = this.byte(what)
      value += (byte & 0x7f) * 2 ** (7 * place)
      if (value > maxNumber || place > 4) this.refuse({ message: `${what} is too large`, expected: `at most ${maxNumber}` }, start)
      if (byte >= 0x80) continue
      if (byte === 0 && place > 0)
        this.refuse({ message: `${what} is not written in the fewest bytes`, expected: "no zeros at its end" }, start)
      return value
    }
  }

  /** So many bytes. A length that the tokens do not hold is refused before anything is allocated. */
  bytes(length: number, what: string): Uint8Array {
    if (length > this.left)
      this.refuse({ message: `the tokens end within ${what}`, expected: `${length} more tokens`, actual: `${this.left}` })
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at++) bytes[at] = this.byte(what)
    return bytes
  }

  end(): void {
    if (this.left > 0) this.refuse({ message: "something follows the end", expected: "the end" })
  }
}

/** What holds for the whole list of tokens: an array of numbers, however it came. */
export const listOf = (tokens: Iterable<number>): ArrayLike<number> =>
  ArrayBuffer.isView(tokens) || Array.isArray(tokens) ? (tokens as ArrayLike<number> & Iterable<number>) : Array.from(tokens)
