/**
 * Draws from a ChaCha8 stream: bounded integers without bias, reals, normal deviates, shuffles, choices. Every method is made of integer
 * arithmetic and of the operations IEEE 754 fixes to the last bit (+ - × ÷ √), so a stream gives the same answers on every machine;
 * `Math.log` and `Math.cos`, which engines may round differently, are not used.
 *
 * Sharp edges: how many words a method uses is part of its contract, for a change shifts all later draws; methods that reject use a
 * varying number. `below` of a `number` and of the equal `bigint` draw differently.
 */
import { ChaCha8 } from "./ChaCha8.ts"
import { logarithm } from "./Logarithm.ts"
import { reduceBelow, reduceBelowBig } from "./Rejection.ts"

const u32Span = 2 ** 32
const u53Span = 2 ** 53
const u64Span = 1n << 64n

/** Random draws from one ChaCha8 stream, which it moves. */
export class Random {
  readonly #source: ChaCha8

  constructor(source: ChaCha8) {
    this.#source = source
  }

  /** The draws that go on where `state()` was taken. Throws `SyntaxError` on a text that is no state. */
  static restore(state: string): Random {
    return new Random(ChaCha8.restore(state))
  }

  /** The state of the stream as one line of text. */
  state(): string {
    return this.#source.state()
  }

  /** Two words as an integer of 53 bits: the low 21 bits of the second above the first. */
  #u53(): number {
    const low = this.#source.nextU32()
    return (this.#source.nextU32() & 0x1fffff) * u32Span + low
  }

  /**
   * An integer from 0 to `n` - 1, each exactly equally likely, by rejection (see `Rejection.ts`). A `number` up to 2^32 uses one word a
   * try, up to 2^53 two; a `bigint` up to 2^64 uses two. Throws `RangeError` on a bound that is no integer in that range.
   */
  below(n: number): number
  below(n: bigint): bigint
  below(n: number | bigint): number | bigint {
    if (typeof n === "bigint") {
      if (n < 1n || n > u64Span) throw new RangeError(`below(n) needs an integer n from 1 to 2^64, not ${n}`)
      for (;;) {
        const result = reduceBelowBig(this.#source.nextU64(), n, u64Span)
        if (result !== undefined) return result
      }
    }
    if (!Number.isInteger(n) || n < 1 || n > u53Span) throw new RangeError(`below(n) needs an integer n from 1 to 2^53, not ${n}`)
    for (;;) {
      const result = n <= u32Span ? reduceBelow(this.#source.nextU32(), n, u32Span) : reduceBelow(this.#u53(), n, u53Span)
      if (result !== undefined) return result
    }
  }

  /** An integer from `min` to `max`, both included. Throws `RangeError` unless both are safe integers, `min` ≤ `max`, at most 2^53 apart. */
  int(min: number, max: number): number {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max || max - min >= u53Span) {
      throw new RangeError(`int(min, max) needs safe integers min ≤ max that span at most 2^53 values, not ${min} and ${max}`)
    }
    return min + this.below(max - min + 1)
  }

  /** A real from 0 (included) to 1 (excluded): a multiple of 2^-53, each equally likely. Uses two words. */
  unit(): number {
    return this.#u53() / u53Span
  }

  /**
   * A normal deviate of mean 0 and variance 1 by Marsaglia's polar method (1964). The second deviate of a pair is dropped, so that the
   * state is that of the stream alone. Uses four words a try, 5.1 on average.
   */
  normal(): number {
    for (;;) {
      const x = 2 * this.unit() - 1
      const y = 2 * this.unit() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * logarithm(square)) / square)
    }
  }

  /** The items in a random order, in a new array: Fisher and Yates from the last place down, one `below` for each place but the first. */
  shuffle<A>(items: ReadonlyArray<A>): Array<A> {
    // the cast holds: a permutation of the length has no index outside the array
    return this.permutation(items.length).map((at) => items[at] as A)
  }

  /** The numbers 0 … `n` - 1 in a random order. Throws `RangeError` unless `n` is an integer from 0 to 2^32 - 1. */
  permutation(n: number): Array<number> {
    if (!Number.isInteger(n) || n < 0 || n >= u32Span)
      throw new RangeError(`permutation(n) needs an integer n from 0 to 2^32 - 1, not ${n}`)
    const order = Array.from({ length: n }, (_, index) => index)
    for (let last = n - 1; last > 0; last -= 1) {
      const other = this.below(last + 1)
      const kept = order[last] ?? 0
      order[last] = order[other] ?? 0
      order[other] = kept
    }
    return order
  }

  /** One of the items, each equally likely. Throws `RangeError` on an empty array. */
  choice<A>(items: ReadonlyArray<A>): A {
    if (items.length === 0) throw new RangeError("choice(items) needs at least one item")
    // the cast holds: below() stays inside the array, whose items may be undefined themselves
    return items[this.below(items.length)] as A
  }

  /**
   * An index, each with a probability in proportion to its weight; weight 0 is never drawn. Uses one `unit`. The running sums are taken
   * in order of the array, so two orders of the same weights are two experiments.
   * Throws `RangeError` on a negative or infinite weight or NaN, and when no weight or their sum is positive and finite.
   */
  weighted(weights: ReadonlyArray<number>): number {
    const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    if (wrong !== -1) throw new RangeError(`weighted(weights) needs finite weights of at least 0; weight ${wrong} is ${weights[wrong]}`)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    if (!(total > 0 && total < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`weighted(weights) needs weights whose sum is positive and finite; the ${weights.length} given sum to ${total}`)
    }
    const target = this.unit() * total
    let sum = 0
    let last = 0
    for (const [index, weight] of weights.entries()) {
      if (weight === 0) continue
      sum += weight
      last = index
      if (target < sum) return index
    }
    // unit() * total may round up to the total itself
    return last
  }

  /** Fills `bytes` in place; see `ChaCha8.fill`. */
  fill(bytes: Uint8Array): void {
    this.#source.fill(bytes)
  }
}
