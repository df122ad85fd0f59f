/**
 * A batch of which a stated share comes from a dream pool. Pure: the same batch, pool, share and chance give the same mixture on every
 * machine, and a share of 0 is the batch itself, with nothing drawn.
 *
 * Sharp edge: the batch keeps its length, so samples of the dataset give way. Which ones stands in `left_out`, never in silence.
 */
import type { PoolEntry, Rng } from "@feagi-trainer/contracts"

export type MixedVisit<A> = { readonly from: "data"; readonly item: A } | { readonly from: "pool"; readonly entry: PoolEntry }

export interface MixedBatch<A> {
  /** As many as the batch had; what stays keeps its place. */
  readonly visits: ReadonlyArray<MixedVisit<A>>
  /** What gave way, in the order of the batch. */
  readonly left_out: ReadonlyArray<A>
}

/** How many of `length` visits come from the pool: the nearest whole number to `ratio` · `length`, halves up. */
export const pooledCount = (length: number, ratio: number): number => {
  if (!(ratio >= 0 && ratio <= 1))
    throw new RangeError(`the share of a batch that comes from the pool is a number from 0 to 1, not ${ratio}`)
  return Math.round(ratio * length)
}

/**
 * Draws first the places, then the samples: the beginning of one permutation each. No sample of the pool stands in a batch twice.
 *
 * @param batchOrder what would be visited, in order
 * @param pool entries in the order of the pool
 * @param ratio share of the visits that come from the pool, 0 … 1
 * @param rng a stream of its own; the next batch goes on where this one ended
 * @throws RangeError for a ratio that is no share, and for a pool that has fewer samples than one batch takes
 */
export const mixed = <A>(
  batchOrder: ReadonlyArray<A>,
  pool: ReadonlyArray<PoolEntry>,
  ratio: number,
  rng: Pick<Rng, "permutation">
): MixedBatch<A> => {
  const count = pooledCount(batchOrder.length, ratio)
  if (count === 0) return { visits: batchOrder.map((item) => ({ from: "data", item })), left_out: [] }
  if (pool.length < count)
    throw new RangeError(
      `${count} of ${batchOrder.length} visits come from the pool, which has ${pool.length} samples; take a smaller share`
    )
  const places = rng.permutation(batchOrder.length).slice(0, count)
  const drawn = rng.permutation(pool.length).slice(0, count)
  const entryAt = new Map(places.map((place, index) => [place, pool[drawn[index] ?? -1]]))
  return {
    visits: batchOrder.map((item, place) => {
      const entry = entryAt.get(place)
      return entry === undefined ? { from: "data", item } : { from: "pool", entry }
    }),
    left_out: batchOrder.filter((_, place) => entryAt.has(place))
  }
}
