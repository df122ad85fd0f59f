/**
 * How often the n-grams of a text occur in others. Words and characters are whole numbers, and every n-gram is a whole number made of the
 * one before it and one more word, so that no text is cut into pieces.
 *
 * Sharp edge: numbers of words are those of one vocabulary, and numbers of n-grams those of one call; nothing else may be compared.
 */

/** Gives equal words equal numbers, from 0, in the order in which they are first seen. */
export const vocabulary = (): ((words: ReadonlyArray<string>) => Int32Array) => {
  const numbers = new Map<string, number>()
  return (words) => {
    const found = new Int32Array(words.length)
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? ""
      const number = numbers.get(word) ?? numbers.size
      if (number === numbers.size) numbers.set(word, number)
      found[at] = number
    }
    return found
  }
}

/** The n-grams of one order: `ids[text][position]`, and how many different ones there are. */
export interface Order {
  readonly ids: ReadonlyArray<Int32Array>
  readonly different: number
}

/** A number for each pair of numbers, from 0: an open hash table, large enough to stay half empty. */
const pairNumbers = (most: number) => {
  const slots = 2 ** Math.ceil(Math.log2(2 * most + 2))
  const mask = slots - 1
  const left = new Int32Array(slots)
  const right = new Int32Array(slots)
  // 0 is a free slot.
  const numbers = new Int32Array(slots)
  let size = 0
  return {
    clear: (): void => {
      numbers.fill(0)
      size = 0
    },
    size: (): number => size,
    of: (a: number, b: number): number => {
      let slot = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) >>> 0
      slot = (slot ^ (slot >>> 15)) & mask
      for (;;) {
        const number = numbers[slot] ?? 0
        if (number === 0) break
        if (left[slot] === a && right[slot] === b) return number - 1
        slot = (slot + 1) & mask
      }
      left[slot] = a
      right[slot] = b
      size += 1
      numbers[slot] = size
      return size - 1
    }
  }
}

/** The n-grams of orders 1 to `longest` of texts over one vocabulary. */
export const ordersOf = (texts: ReadonlyArray<Int32Array>, longest: number): ReadonlyArray<Order> => {
  const pairs = pairNumbers(texts.reduce((sum, { length }) => sum + length, 0))
  const orders: Array<Order> = []
  let previous: ReadonlyArray<Int32Array> = texts.map(({ length }) => new Int32Array(length + 1))
  for (let order = 1; order <= longest; order++) {
    pairs.clear()
    previous = texts.map((text, which) => {
      const before = previous[which] ?? text
      const ids = new Int32Array(Math.max(0, text.length - order + 1))
      for (let at = 0; at < ids.length; at++) ids[at] = pairs.of(before[at] ?? 0, text[at + order - 1] ?? 0)
      return ids
    })
    orders.push({ ids: previous, different: pairs.size() })
  }
  return orders
}

/** How often each n-gram of a text occurs in it. */
export const countsOf = (ids: Int32Array, different: number): Int32Array => {
  const counts = new Int32Array(different)
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1
  return counts
}

/** n-grams of `ids` that also stand in `reference`, each as often as the rarer of the two sides has it. Uses up `reference`. */
export const matches = (ids: Int32Array, reference: Int32Array): number => {
  let found = 0
  for (const id of ids) {
    const left = reference[id] ?? 0
    if (left > 0) {
      reference[id] = left - 1
      found += 1
    }
  }
  return found
}
