/**
 * Classes in an order in which every window of n consecutive places holds each class between n·p − 1 and n·p + 1 times, where p is the
 * share of the class among all places.
 *
 * The order is made of rows of n places. First each row gets its counts: n·p rounded down or up, so that rows and classes both come out
 * right (the wrap-around rule: a class that is rounded up e times takes the next e rows). Then the rows are filled, place by place.
 * A window that begins within a row has lost some places of that row, and gained the same places of the next one; so a step changes
 * the counts by the class that leaves and the one that enters, and may enter whatever keeps both within bounds. Something always may:
 * the class that leaves, if it is still to come in this row; if it is not, it can be spared, and some class has more places to come in
 * this row than it will lose from the last one, so that there is room for it.
 *
 * Where n does not divide, a short row comes first, filled up with places that do not exist, and the order is turned around at the end.
 * Sharp edge: the time goes with the number of places times the window where few samples share a class.
 */
import type { Rng } from "@feagi-trainer/contracts"

interface Stratum {
  readonly at: number
  readonly size: number
  /** n·p rounded down. */
  readonly low: number
  /** The fewest and the most in a window. */
  readonly least: number
  readonly most: number
  /** In the short row. */
  short: number
  /** In the window that ends here. */
  held: number
}

/** @param counts how often each class occurs, each from 1; the result holds class c (its index) `counts[c]` times */
export const balanced = (counts: ReadonlyArray<number>, window: number, rng: Rng): ReadonlyArray<number> => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const n = Math.min(window, total)
  if (n === 0) return []
  const [rowCount, rest] = divided(total, n)
  const strata = counts.map((size, at): Stratum => {
    const [low, over] = divided(n * size, total)
    return { at, size, low, least: over === 0 ? low - 1 : low, most: low + 1, short: 0, held: 0 }
  })
  if (rest > 0) cutShort(strata, rest, total, rng)
  const rows = fullRows(strata, rowCount, rng)
  const order: Array<Stratum> = []
  let previous = rest > 0 ? filledUp(strata, n, rng) : (rows.pop() ?? [])
  for (const stratum of previous) stratum.held += 1
  // The places that do not exist come first.
  for (const stratum of rest > 0 ? previous.slice(n - rest) : previous) order.push(stratum)
  for (const places of rows) {
    previous = previous.map((leaving) => {
      const entering = taken(places, (each) => each === leaving || (leaving.held > leaving.least && each.held < each.most))
      leaving.held -= 1
      entering.held += 1
      order.push(entering)
      return entering
    })
  }
  return order.map(({ at }) => at).reverse()
}

const divided = (whole: number, by: number): readonly [quotient: number, rest: number] => [(whole - (whole % by)) / by, whole % by]

const repeated = (strata: ReadonlyArray<Stratum>, times: (stratum: Stratum) => number): Array<Stratum> =>
  strata.flatMap((stratum) => Array.from({ length: times(stratum) }, () => stratum))

/** Gives each class its share of the short row, rounded; up first where it costs the filled-up row nothing. */
const cutShort = (strata: ReadonlyArray<Stratum>, rest: number, total: number, rng: Rng): void => {
  for (const stratum of strata) stratum.short = divided(rest * stratum.size, total)[0]
  const left = rest - strata.reduce((sum, { short }) => sum + short, 0)
  const uneven = rng.shuffle(strata.filter(({ size }) => (rest * size) % total > 0))
  const cheap = uneven.filter(({ short, low }) => short < low)
  const dear = uneven.filter(({ short, low }) => short === low)
  for (const stratum of [...cheap, ...dear].slice(0, left)) stratum.short += 1
}

/** The short row behind as many places that do not exist as it takes to be a row like the others. */
const filledUp = (strata: ReadonlyArray<Stratum>, n: number, rng: Rng): ReadonlyArray<Stratum> => {
  const present = repeated(strata, ({ short }) => short)
  const needed = repeated(strata, ({ low, short }) => Math.max(0, low - short))
  const spare = rng.shuffle(strata.filter(({ low, least, short }) => short <= low && least === low))
  const absent = [...needed, ...spare.slice(0, n - present.length - needed.length)]
  return [...rng.shuffle(absent), ...rng.shuffle(present)]
}

/** Every row holds each class as often as n·p says, rounded down or up. */
const fullRows = (strata: ReadonlyArray<Stratum>, rowCount: number, rng: Rng): Array<Array<Stratum>> => {
  const rows = Array.from({ length: rowCount }, () => repeated(strata, ({ low }) => low))
  const roundedUp = repeated(rng.shuffle(strata), ({ size, low, short }) => size - short - rowCount * low)
  for (const [at, stratum] of roundedUp.entries()) rows[at % rowCount]?.push(stratum)
  return rng.shuffle(rows).map((row) => rng.shuffle(row))
}

/** Takes the first place that fits out of the row. */
const taken = (places: Array<Stratum>, fits: (stratum: Stratum) => boolean): Stratum => {
  const at = places.findIndex(fits)
  const found = places[at]
  const last = places.pop()
  if (found === undefined || last === undefined) throw new RangeError("no class keeps the window within its bounds")
  if (at < places.length) places[at] = last
  return found
}
