import { describe, expect, it } from "vitest"
import { ChaCha8 } from "../src/index.ts"
import { fromHex, toHex } from "./hex.ts"
import vectors from "./oracle/vectors.json" with { type: "json" }

const countingSeed = fromHex(vectors.countingSeed)

const bytesOf = (generator: ChaCha8, length: number): string => {
  const bytes = new Uint8Array(length)
  generator.fill(bytes)
  return toHex(bytes)
}

const words = (generator: ChaCha8, count: number): ReadonlyArray<number> => Array.from({ length: count }, () => generator.nextU32())

describe("equal to rand_chacha", () => {
  it("gives the published stream of the zero key", () => {
    expect(bytesOf(ChaCha8.fromSeed(new Uint8Array(32)), 16)).toBe("3e00ef2f895f40d67f5bb8e81f09a5a1")
    expect(bytesOf(ChaCha8.fromSeed(new Uint8Array(32)), 256)).toBe(vectors.zeroKey)
  })

  it("gives the stream of another key", () => {
    expect(bytesOf(ChaCha8.fromSeed(countingSeed), 256)).toBe(vectors.countingKey)
  })

  it("mixes words, double words and byte runs of any length", () => {
    const generator = ChaCha8.fromSeed(countingSeed)
    for (const step of vectors.mixed) {
      const value =
        step.read === "u32"
          ? String(generator.nextU32())
          : step.read === "u64"
            ? String(generator.nextU64())
            : bytesOf(generator, step.length ?? 0)
      expect(value).toBe(step.value)
      expect(String(generator.wordPos)).toBe(step.wordPos)
    }
    expect(vectors.mixed.length).toBe(40)
  })

  it("draws the key from a seed of 64 bits", () => {
    for (const { seed, key, u64 } of vectors.seedFromU64) {
      const generator = ChaCha8.seedFromU64(BigInt(seed))
      expect(toHex(generator.seed), seed).toBe(key)
      expect(u64.map(() => String(generator.nextU64()))).toEqual(u64)
    }
    expect(vectors.seedFromU64.length).toBe(8)
  })

  it("changes the stream and keeps the position", () => {
    for (const { stream, wordPos, u32 } of vectors.streams) {
      const generator = ChaCha8.fromSeed(countingSeed)
      generator.nextU32()
      generator.setStream(BigInt(stream))
      expect(String(generator.stream)).toBe(stream)
      expect(String(generator.wordPos)).toBe(wordPos)
      expect(words(generator, u32.length)).toEqual(u32)
    }
    expect(vectors.streams.length).toBe(5)
  })

  it("goes to any word, wraps after 2^68 of them and carries the counter over 2^32 blocks", () => {
    for (const { set, wordPos, u32, after } of vectors.positions) {
      const generator = ChaCha8.fromSeed(countingSeed)
      generator.nextU64()
      generator.setWordPos(BigInt(set))
      expect(String(generator.wordPos)).toBe(wordPos)
      expect(words(generator, u32.length), set).toEqual(u32)
      expect(String(generator.wordPos)).toBe(after)
    }
    expect(vectors.positions.length).toBe(13)
  })
})

describe("state", () => {
  it("restores to the next draw from every place of a block", () => {
    const generator = ChaCha8.seedFromU64(7n)
    generator.setStream(2n ** 64n - 1n)
    for (let word = 0; word < 40; word += 1) {
      const copy = ChaCha8.restore(generator.state())
      expect(copy.state()).toBe(generator.state())
      expect(copy.nextU32()).toBe(generator.nextU32())
    }
  })

  it("is one readable line", () => {
    const generator = ChaCha8.fromSeed(new Uint8Array(32))
    generator.setStream(3n)
    generator.nextU64()
    expect(generator.state()).toBe(`chacha8:${"00".repeat(32)}:3:2`)
  })

  it("refuses a text that is no state", () => {
    const seed = "00".repeat(32)
    for (const text of [
      "",
      "chacha8",
      `chacha8:${seed}:0`,
      `chacha8:${seed.toUpperCase()}g:0:0`,
      `chacha8:${seed}:-1:0`,
      `chacha8:${seed}:00:0`
    ]) {
      expect(() => ChaCha8.restore(text), text).toThrow(SyntaxError)
    }
    expect(() => ChaCha8.restore(`chacha8:${seed}:99999999999999999999:0`)).toThrow("the stream must be a bigint from 0 to 2^64 - 1")
  })

  it("does not share the bytes of its seed with anybody", () => {
    const seed = new Uint8Array(32)
    const generator = ChaCha8.fromSeed(seed)
    seed.fill(1)
    generator.seed.fill(2)
    expect(toHex(generator.seed)).toBe("00".repeat(32))
  })
})

it("refuses seeds, streams and positions outside their range", () => {
  expect(() => ChaCha8.fromSeed(new Uint8Array(31))).toThrow("a ChaCha8 seed has 32 bytes, not 31")
  expect(() => ChaCha8.seedFromU64(-1n)).toThrow("the seed must be a bigint from 0 to 2^64 - 1, not -1")
  expect(() => ChaCha8.seedFromU64(2n ** 64n)).toThrow(RangeError)
  expect(() => ChaCha8.seedFromU64(0n).setStream(2n ** 64n)).toThrow(RangeError)
  expect(() => ChaCha8.seedFromU64(0n).setWordPos(2n ** 128n)).toThrow(RangeError)
})
