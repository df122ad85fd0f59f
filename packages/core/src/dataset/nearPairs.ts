/**
 * Near pairs: all pairs of rows of which no element differs by more than 1, exactly, in the order of the first row, then of the second.
 *
 * The elements that tell most rows apart do the work: rows fall into cells by some of them, and within a cell are sorted by the best one,
 * so that a row is compared with few others. Sharp edge: rows that are all alike are all pairs, and no grid makes that fewer; give one
 * row per content.
 */

export interface NearPairs {
  /** The first `limit` pairs, each (lower, higher), ascending. */
  readonly pairs: ReadonlyArray<readonly [number, number]>
  /** Pairs of rows that were compared element by element: the work that was done. */
  readonly candidates: number
  /** There is a pair more than `limit`. */
  readonly truncated: boolean
}

/**
 * @param vectors the rows one after the other, each of `dimensions` elements
 * @throws RangeError when rows are torn, or an element is not a finite number
 */
export const nearPairs = (vectors: Float32Array, dimensions: number, limit: number): NearPairs => {
  const pairs: Array<readonly [number, number]> = []
  let candidates = 0
  for (const { row, partners, compared } of nearRows(vectors, dimensions)) {
    candidates += compared
    for (const partner of partners) {
      if (pairs.length >= limit) return { pairs, candidates, truncated: true }
      pairs.push([row, partner])
    }
  }
  return { pairs, candidates, truncated: false }
}

/** The same pairs in the same order, one at a time. */
export function* eachNearPair(vectors: Float32Array, dimensions: number): Generator<readonly [number, number]> {
  for (const { row, partners } of nearRows(vectors, dimensions)) for (const partner of partners) yield [row, partner]
}

interface NearRow {
  readonly row: number
  /** Rows after this one that are near it, ascending. */
  readonly partners: ReadonlyArray<number>
  readonly compared: number
}

/** Elements that make the cells. Each more makes cells smaller and doubles how many are looked into. */
const gridElements = 4
const cellSide = 2
/** From here on, values that differ at all differ by more than 1; they may share a cell. */
const far = 2 ** 26
/** A difference of 1 and what rounding may add to it. */
const reach = 1.001

function* nearRows(vectors: Float32Array, dimensions: number): Generator<NearRow> {
  const count = rowsOf(vectors, dimensions)
  const at = (row: number, element: number): number => vectors[row * dimensions + element] ?? 0
  const [best = 0, ...next] = byUse(vectors, dimensions, count)
  const grid = next.slice(0, gridElements)
  const buckets = 2 ** Math.ceil(Math.log2(2 * count + 1))
  const bucketOf = (hash: number): number => hash & (buckets - 1)

  const home = (row: number): number => bucketOf(grid.reduce((hash, element) => mix(hash, cellOf(at(row, element))), 0))
  // Two cells may share a bucket, which then must be looked into once.
  const around = (row: number): ReadonlySet<number> =>
    new Set(grid.reduce((hashes, element) => spread(hashes, at(row, element)), [0]).map(bucketOf))
  const near = (left: number, right: number): boolean => {
    for (let element = 0; element < dimensions; element++) if (Math.abs(at(left, element) - at(right, element)) > 1) return false
    return true
  }

  const { rows, starts } = filled(count, buckets, home, (row) => at(row, best))
  for (let row = 0; row < count; row++) {
    const partners: Array<number> = []
    const value = at(row, best)
    let compared = 0
    for (const bucket of around(row)) {
      const end = starts[bucket + 1] ?? 0
      const from = firstSlot(starts[bucket] ?? 0, end, (slot) => value - at(rows[slot] ?? 0, best) <= 1)
      for (let slot = from; slot < end; slot++) {
        const other = rows[slot] ?? 0
        if (at(other, best) - value > 1) break
        if (other <= row) continue
        compared++
        if (near(row, other)) partners.push(other)
      }
    }
    yield { row, partners: partners.sort((a, b) => a - b), compared }
  }
}

const rowsOf = (vectors: Float32Array, dimensions: number): number => {
  if (!Number.isInteger(dimensions) || dimensions < 1 || vectors.length % dimensions !== 0)
    throw new RangeError(`${vectors.length} numbers are no rows of ${dimensions} elements`)
  const bad = vectors.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new RangeError(`row ${Math.floor(bad / dimensions)}, element ${bad % dimensions}: expected a finite number, got ${vectors[bad]}`)
  return vectors.length / dimensions
}

/** The elements, first those by which the fewest pairs of rows are near. */
const byUse = (vectors: Float32Array, dimensions: number, count: number): ReadonlyArray<number> => {
  const column = new Float32Array(count)
  const pairs = Array.from({ length: dimensions }, (_, element) => {
    for (let row = 0; row < count; row++) column[row] = vectors[row * dimensions + element] ?? 0
    return pairsWithinOne(column.sort())
  })
  return [...pairs.keys()].sort((a, b) => (pairs[a] ?? 0) - (pairs[b] ?? 0) || a - b)
}

const pairsWithinOne = (sorted: Float32Array): number => {
  let pairs = 0
  let low = 0
  for (const [high, value] of sorted.entries()) {
    while (value - (sorted[low] ?? value) > 1) low++
    pairs += high - low
  }
  return pairs
}

const cellOf = (value: number): number => Math.floor(Math.max(-far, Math.min(value, far)) / cellSide)

/** One more cell number in a hash. */
const mix = (hash: number, cell: number): number => {
  const mixed = Math.imul(hash ^ cell, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

/** The hashes, each continued by every cell that a value near this one may be in. */
const spread = (hashes: ReadonlyArray<number>, value: number): Array<number> => {
  const continued: Array<number> = []
  const last = cellOf(value + reach)
  for (let cell = cellOf(value - reach); cell <= last; cell++) for (const hash of hashes) continued.push(mix(hash, cell))
  return continued
}

/** The rows bucket after bucket, within a bucket by one value: those of bucket b lie from `starts[b]` to `starts[b + 1]`. */
const filled = (count: number, buckets: number, home: (row: number) => number, sortBy: (row: number) => number) => {
  const byValue = Uint32Array.from({ length: count }, (_, row) => row).sort((a, b) => sortBy(a) - sortBy(b) || a - b)
  const homes = Uint32Array.from({ length: count }, (_, row) => home(row))
  const starts = new Uint32Array(buckets + 1)
  for (const bucket of homes) starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1
  for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0)
  const free = starts.slice()
  const rows = new Uint32Array(count)
  for (const row of byValue) {
    const bucket = homes[row] ?? 0
    const slot = free[bucket] ?? 0
    rows[slot] = row
    free[bucket] = slot + 1
  }
  return { rows, starts }
}

/** The first slot that passes, where all after it pass as well. */
const firstSlot = (from: number, to: number, passes: (slot: number) => boolean): number => {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (passes(middle)) high = middle
    else low = middle + 1
  }
  return low
}
