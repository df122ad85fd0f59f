/**
 * Numbers that are only ever added, eight bytes each, and the smallest and largest of any stretch of them without a look at every one: each
 * block of 256 remembers where its own are.
 *
 * Sharp edge: a block is looked at once, when it is full; a number that is there is never changed.
 */
const block = 256

export class Column {
  #values = new Float64Array(16)
  #length = 0
  #finite = true
  /** Of every full block that was asked for: where its first smallest and its first largest number are. */
  readonly #least: Array<number> = []
  readonly #most: Array<number> = []

  static of(values: Iterable<number>): Column {
    const made = new Column()
    for (const value of values) made.push(value)
    return made
  }

  get length(): number {
    return this.#length
  }

  /** Whether every number is one. */
  get isFinite(): boolean {
    return this.#finite
  }

  push(value: number): void {
    this.#finite &&= Number.isFinite(value)
    if (this.#length === this.#values.length) {
      const wider = new Float64Array(this.#length * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.#length] = value
    this.#length += 1
  }

  /** NaN where there is none. */
  at(index: number): number {
    return index >= 0 && index < this.#length ? (this.#values[index] ?? Number.NaN) : Number.NaN
  }

  /** A copy of the first `count`. */
  first(count: number): ReadonlyArray<number> {
    return Array.from(this.#values.subarray(0, Math.min(count, this.#length)))
  }

  /** Where the smallest and the largest number from `from` to before `to` are, the first of equal ones; `from` must be below `to`. */
  extremes(from: number, to: number): readonly [least: number, most: number] {
    const values = this.#values
    let [least, most] = [from, from]
    const look = (low: number, high: number): void => {
      if ((values[low] ?? 0) < (values[least] ?? 0)) least = low
      if ((values[high] ?? 0) > (values[most] ?? 0)) most = high
    }
    const first = Math.ceil(from / block)
    const last = Math.floor(to / block)
    if (first >= last) {
      for (let at = from; at < to; at++) look(at, at)
      return [least, most]
    }
    this.#knowBlocks(last)
    for (let at = from; at < first * block; at++) look(at, at)
    for (let at = first; at < last; at++) look(this.#least[at] ?? from, this.#most[at] ?? from)
    for (let at = last * block; at < to; at++) look(at, at)
    return [least, most]
  }

  #knowBlocks(count: number): void {
    const values = this.#values
    for (let known = this.#least.length; known < count; known++) {
      let [least, most] = [known * block, known * block]
      for (let at = known * block; at < (known + 1) * block; at++) {
        if ((values[at] ?? 0) < (values[least] ?? 0)) least = at
        if ((values[at] ?? 0) > (values[most] ?? 0)) most = at
      }
      this.#least.push(least)
      this.#most.push(most)
    }
  }
}

/** The first index from `from` to before `to` that meets a condition which holds for all behind it; `to` where none does. */
export const firstWhere = (from: number, to: number, holds: (index: number) => boolean): number => {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
