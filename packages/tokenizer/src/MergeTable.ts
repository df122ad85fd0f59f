/**
 * The merges of a byte-pair encoding and their application to one word: always the merge of lowest rank, leftmost first, until none is left.
 *
 * Sharp edge: a short word is scanned anew for each merge, which is quickest there; a long one goes through a heap, so that a word of n
 * symbols costs n·log n, whatever it holds.
 */

/** A merge: the pair, and the token it makes. Its rank is its place in the list. */
export interface Merge {
  readonly left: number
  readonly right: number
  readonly token: number
}

/** Largest vocabulary: two ids, or a rank and a place, stay exact in one number. */
export const maxVocabulary = 2 ** 21

const none = 0x7fffffff
const longWord = 48

export class MergeTable {
  readonly #mask: number
  readonly #left: Int32Array
  readonly #right: Int32Array
  readonly #rank: Int32Array
  readonly #tokens: Int32Array

  /** @param merges in order of rank, no pair twice */
  constructor(merges: ReadonlyArray<Merge>) {
    let size = 16
    while (size < merges.length * 2) size *= 2
    this.#mask = size - 1
    this.#left = new Int32Array(size).fill(-1)
    this.#right = new Int32Array(size)
    this.#rank = new Int32Array(size)
    this.#tokens = Int32Array.from(merges, (merge) => merge.token)
    for (const [rank, { left, right }] of merges.entries()) {
      let slot = this.#slot(left, right)
      while (this.#left[slot] !== -1) slot = (slot + 1) & this.#mask
      this.#left[slot] = left
      this.#right[slot] = right
      this.#rank[slot] = rank
    }
  }

  #slot(left: number, right: number): number {
    const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & this.#mask
  }

  /** The rank of a pair, or a number above all ranks. */
  #rankOf(left: number, right: number): number {
    let slot = this.#slot(left, right)
    for (;;) {
      const found = this.#left[slot] ?? -1
      if (found === -1) return none
      if (found === left && this.#right[slot] === right) return this.#rank[slot] ?? none
      slot = (slot + 1) & this.#mask
    }
  }

  /** Merges the symbols of a word in place and returns how many are left, from the start of the array. */
  merge(symbols: Int32Array): number {
    return symbols.length < longWord ? this.#mergeShort(symbols) : this.#mergeLong(symbols)
  }

  #mergeShort(symbols: Int32Array): number {
    let length = symbols.length
    const ranks = new Int32Array(length)
    const rankAt = (at: number): number => (at + 1 < length ? this.#rankOf(symbols[at] ?? 0, symbols[at + 1] ?? 0) : none)
    for (let at = 0; at < length; at++) ranks[at] = rankAt(at)
    for (;;) {
      let best = none
      let place = 0
      for (let at = 0; at + 1 < length; at++) {
        const rank = ranks[at] ?? none
        if (rank < best) {
          best = rank
          place = at
        }
      }
      if (best === none) return length
      symbols[place] = this.#tokens[best] ?? 0
      symbols.copyWithin(place + 1, place + 2, length)
      ranks.copyWithin(place + 1, place + 2, length)
      length -= 1
      ranks[place] = rankAt(place)
      if (place > 0) ranks[place - 1] = rankAt(place - 1)
    }
  }

  #mergeLong(symbols: Int32Array): number {
    const length = symbols.length
    // Symbols as a list: -1 ends it; a symbol that was merged into its left neighbour is -1.
    const next = Int32Array.from({ length }, (_, at) => (at + 1 < length ? at + 1 : -1))
    const previous = Int32Array.from({ length }, (_, at) => at - 1)
    const heap = new PairHeap(length)
    const offer = (at: number): void => {
      const right = next[at] ?? -1
      if (right === -1) return
      const rank = this.#rankOf(symbols[at] ?? 0, symbols[right] ?? 0)
      if (rank !== none) heap.push(rank, at)
    }
    for (let at = 0; at < length; at++) offer(at)
    while (heap.pop()) {
      const { rank, place } = heap
      const right = symbols[place] === -1 ? -1 : (next[place] ?? -1)
      // The pair may have changed since it was offered.
      if (right === -1 || this.#rankOf(symbols[place] ?? 0, symbols[right] ?? 0) !== rank) continue
      symbols[place] = this.#tokens[rank] ?? 0
      symbols[right] = -1
      const after = next[right] ?? -1
      next[place] = after
      if (after !== -1) previous[after] = place
      const before = previous[place] ?? -1
      if (before !== -1) offer(before)
      offer(place)
    }
    let left = 0
    for (let at = 0; at < length; at++) {
      const symbol = symbols[at] ?? -1
      if (symbol !== -1) symbols[left++] = symbol
    }
    return left
  }
}

const places = 2 ** 31

/** Offers of pairs, lowest rank first, leftmost first among equals: a binary heap of numbers rank·2^31 + place. */
class PairHeap {
  #keys: Float64Array
  #size = 0
  rank = 0
  place = 0

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity + 1)
  }

  push(rank: number, place: number): void {
    if (this.#size === this.#keys.length) {
      const larger = new Float64Array(this.#keys.length * 2)
      larger.set(this.#keys)
      this.#keys = larger
    }
    const keys = this.#keys
    const key = rank * places + place
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = keys[parent] ?? 0
      if (above <= key) break
      keys[at] = above
      at = parent
    }
    keys[at] = key
  }

  /** Takes the first offer into `rank` and `place`; false when there is none. */
  pop(): boolean {
    if (this.#size === 0) return false
    const keys = this.#keys
    const top = keys[0] ?? 0
    this.rank = Math.floor(top / places)
    this.place = top % places
    this.#size -= 1
    const key = keys[this.#size] ?? 0
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && (keys[child + 1] ?? 0) < (keys[child] ?? 0)) child += 1
      const below = keys[child] ?? 0
      if (below >= key) break
      keys[at] = below
      at = child
    }
    keys[at] = key
    return true
  }
}
