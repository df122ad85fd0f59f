/**
 * The ChaCha stream cipher with 8 rounds as a random generator, word for word equal to Rust's `rand_chacha::ChaCha8Rng`: 64-bit block
 * counter, 64-bit stream, positions counted in 32-bit words.
 *
 * Sharp edges: `fill` uses up whole words, so two fills of 2 bytes differ from one of 4; the position is a number of 68 bits that wraps;
 * a generator is mutable, so two consumers of one generator shift each other (give each its own from a `SeedTree`).
 */

const wordsPerBlock = 16
const positionBits = 68
const u64Max = (1n << 64n) - 1n

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

const quarterRound = (x: Uint32Array, a: number, b: number, c: number, d: number): void => {
  let [xa, xb, xc, xd] = [x[a] ?? 0, x[b] ?? 0, x[c] ?? 0, x[d] ?? 0]
  xa = (xa + xb) | 0
  xd = rotate(xd ^ xa, 16)
  xc = (xc + xd) | 0
  xb = rotate(xb ^ xc, 12)
  xa = (xa + xb) | 0
  xd = rotate(xd ^ xa, 8)
  xc = (xc + xd) | 0
  xb = rotate(xb ^ xc, 7)
  x[a] = xa
  x[b] = xb
  x[c] = xc
  x[d] = xd
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

const u64 = (name: string, value: bigint): bigint => {
  if (typeof value === "bigint" && value >= 0n && value <= u64Max) return value
  throw new RangeError(`${name} must be a bigint from 0 to 2^64 - 1, not ${String(value)}`)
}

/** ChaCha8 as a random generator. Made by `fromSeed`, `seedFromU64` or `restore`. */
export class ChaCha8 {
  readonly #seed: Uint8Array
  /** Constants, key, block counter (low, high) and stream (low, high) of the block that is read next. */
  readonly #input = new Uint32Array(wordsPerBlock)
  readonly #block = new Uint32Array(wordsPerBlock)
  /** The next word of the block; 0 means that the block is still to be computed. */
  #index = 0

  private constructor(seed: Uint8Array) {
    this.#seed = Uint8Array.from(seed)
    this.#input.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574])
    const view = new DataView(this.#seed.buffer)
    for (let word = 0; word < 8; word += 1) this.#input[4 + word] = view.getUint32(word * 4, true)
  }

  /** A generator whose key is the 32 bytes of `seed`, stream 0, position 0. Throws `RangeError` on another length. */
  static fromSeed(seed: Uint8Array): ChaCha8 {
    if (seed.length !== 32) throw new RangeError(`a ChaCha8 seed has 32 bytes, not ${seed.length}`)
    return new ChaCha8(seed)
  }

  /**
   * A generator whose key is drawn from a number of 64 bits as `rand_core`'s `SeedableRng::seed_from_u64` does: eight outputs of PCG32
   * (XSH-RR, increment 11634580027462260723) whose state starts at `seed`. Throws `RangeError` outside 0 … 2^64 - 1.
   */
  static seedFromU64(seed: bigint): ChaCha8 {
    let state = u64("the seed", seed)
    const key = new Uint8Array(32)
    const view = new DataView(key.buffer)
    for (let word = 0; word < 8; word += 1) {
      state = (state * 6364136223846793005n + 11634580027462260723n) & u64Max
      const mixed = Number((((state >> 18n) ^ state) >> 27n) & 0xffffffffn)
      const turn = Number(state >> 59n)
      view.setUint32(word * 4, (mixed >>> turn) | (mixed << (-turn & 31)), true)
    }
    return new ChaCha8(key)
  }

  /** The generator that `state()` described. Throws `SyntaxError` on any other text. */
  static restore(state: string): ChaCha8 {
    const match = /^chacha8:([0-9a-f]{64}):(0|[1-9][0-9]{0,19}):(0|[1-9][0-9]{0,20})$/.exec(state)
    const [, key, stream, wordPos] = match ?? []
    if (key === undefined || stream === undefined || wordPos === undefined) {
      throw new SyntaxError(
        `expected a generator state "chacha8:<64 hex digits of the seed>:<stream>:<word position>", found ${JSON.stringify(state)}`
      )
    }
    const generator = new ChaCha8(Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(key.slice(at * 2, at * 2 + 2), 16)))
    generator.setStream(BigInt(stream))
    generator.setWordPos(BigInt(wordPos))
    return generator
  }

  #generate(): void {
    const x = this.#block
    x.set(this.#input)
    for (let round = 0; round < 8; round += 2) {
      quarterRound(x, 0, 4, 8, 12)
      quarterRound(x, 1, 5, 9, 13)
      quarterRound(x, 2, 6, 10, 14)
      quarterRound(x, 3, 7, 11, 15)
      quarterRound(x, 0, 5, 10, 15)
      quarterRound(x, 1, 6, 11, 12)
      quarterRound(x, 2, 7, 8, 13)
      quarterRound(x, 3, 4, 9, 14)
    }
    for (let word = 0; word < wordsPerBlock; word += 1) x[word] = (x[word] ?? 0) + (this.#input[word] ?? 0)
  }

  /** The next word: an integer from 0 to 2^32 - 1. */
  nextU32(): number {
    if (this.#index === 0) this.#generate()
    const word = this.#block[this.#index] ?? 0
    this.#index += 1
    if (this.#index === wordsPerBlock) {
      this.#index = 0
      const low = ((this.#input[12] ?? 0) + 1) >>> 0
      this.#input[12] = low
      if (low === 0) this.#input[13] = (this.#input[13] ?? 0) + 1
    }
    return word
  }

  /** The next two words as one integer from 0 to 2^64 - 1, the first word the low half. */
  nextU64(): bigint {
    const low = this.nextU32()
    return (BigInt(this.nextU32()) << 32n) | BigInt(low)
  }

  /** Fills `bytes` in place from whole little-endian words; what is left of the last word is dropped. */
  fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 4) {
      const word = this.nextU32()
      const end = Math.min(4, bytes.length - at)
      for (let byte = 0; byte < end; byte += 1) bytes[at + byte] = word >>> (8 * byte)
    }
  }

  /** The key as 32 bytes. */
  get seed(): Uint8Array {
    return Uint8Array.from(this.#seed)
  }

  /** The stream, from 0 to 2^64 - 1. */
  get stream(): bigint {
    return (BigInt(this.#input[15] ?? 0) << 32n) | BigInt(this.#input[14] ?? 0)
  }

  /** Goes over to another of the 2^64 streams of this key, at the same word position. Throws `RangeError` outside 0 … 2^64 - 1. */
  setStream(stream: bigint): void {
    const value = u64("the stream", stream)
    this.#input[14] = Number(value & 0xffffffffn)
    this.#input[15] = Number(value >> 32n)
    if (this.#index !== 0) this.#generate()
  }

  /** How many words of the stream lie before the next one, modulo 2^68. */
  get wordPos(): bigint {
    const block = (BigInt(this.#input[13] ?? 0) << 32n) | BigInt(this.#input[12] ?? 0)
    return block * BigInt(wordsPerBlock) + BigInt(this.#index)
  }

  /** Goes to a word of the stream; `position` counts words and is taken modulo 2^68. Throws `RangeError` outside 0 … 2^128 - 1. */
  setWordPos(position: bigint): void {
    if (typeof position !== "bigint" || position < 0n || position >= 1n << 128n) {
      throw new RangeError(`the word position must be a bigint from 0 to 2^128 - 1, not ${String(position)}`)
    }
    const wrapped = BigInt.asUintN(positionBits, position)
    const block = wrapped / BigInt(wordsPerBlock)
    this.#input[12] = Number(block & 0xffffffffn)
    this.#input[13] = Number(block >> 32n)
    this.#index = Number(wrapped % BigInt(wordsPerBlock))
    if (this.#index !== 0) this.#generate()
  }

  /** Key, stream and position as one line, `chacha8:<seed in hex>:<stream>:<word position>`; `restore` reads it back. */
  state(): string {
    return `chacha8:${hexOf(this.#seed)}:${this.stream}:${this.wordPos}`
  }
}
