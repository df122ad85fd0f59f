/** How evenly samples are spread over classes. */

export interface Balance {
  readonly largest: number
  /** Of the classes that have any. */
  readonly smallest: number
  /** Largest by smallest. */
  readonly ratio: number
  /** Share of the largest class: the accuracy of always answering it. */
  readonly majority: number
  /** Classes without samples. */
  readonly empty: number
}

/** @param counts samples of each class. Null where there is no sample at all: no data is no balance. */
export const balanceOf = (counts: ReadonlyArray<number>): Balance | null => {
  const some = counts.filter((count) => count > 0)
  if (some.length === 0) return null
  const [largest, smallest] = [some.reduce((a, b) => Math.max(a, b)), some.reduce((a, b) => Math.min(a, b))]
  return {
    largest,
    smallest,
    ratio: largest / smallest,
    majority: largest / some.reduce((a, b) => a + b),
    empty: counts.length - some.length
  }
}
