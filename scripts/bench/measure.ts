/**
 * Two sides of a ratio measured one after the other in turns, so that whatever else the machine does hits both alike.
 *
 * Sharp edge: a side says itself how many seconds it took, because what it prepares and cleans up is not part of the measurement.
 */
import { loadavg } from "node:os"

/** What one row says. `ratio` is ours by the peer's in the unit named, so that more is better unless `lower` is set. */
export interface Measured {
  readonly kind: "measured"
  readonly row: string
  readonly ours: string
  readonly peer: string
  readonly unit: string
  readonly oursMedian: number
  readonly peerMedian: number
  readonly ratio: number
  /** Smallest and largest ratio of the rounds. */
  readonly spread: readonly [number, number]
  /** More of the unit is worse: seconds. */
  readonly lower: boolean
  readonly target: number | null
  /** What our number itself may be at the most, in the unit named. */
  readonly limit: number | null
  readonly rounds: number
  readonly load: number
  readonly note: string
}

/** A number without a peer. */
export interface Reported {
  readonly kind: "reported"
  readonly row: string
  readonly ours: string
  readonly unit: string
  readonly oursMedian: number
  readonly rounds: number
  readonly load: number
  readonly note: string
}

export interface Skipped {
  readonly kind: "skipped"
  readonly row: string
  readonly peer: string
  readonly reason: string
}

export type Result = Measured | Reported | Skipped

export const ROUNDS = 5

/** Bytes of a megabyte. */
export const MB = 1e6

export const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  if (low === undefined || high === undefined) throw new Error("a median needs a number")
  return (low + high) / 2
}

/** A round of one side, in its unit: samples per second, MB per second, seconds. */
export type Side = () => number | Promise<number>

export interface Pair {
  readonly row: string
  readonly ours: readonly [name: string, side: Side]
  readonly peer: readonly [name: string, side: Side]
  readonly unit: string
  readonly lower?: boolean
  readonly target?: number
  /** Of our median, where less is better; it may depend on the peer's. */
  readonly limit?: (peerMedian: number) => number
  /** Asked after the last round, so that it may tell what the rounds found. */
  readonly note?: string | (() => string)
}

/**
 * One round of every side first that does not count, then all sides in turns; a ratio is the median of the rounds' ratios. A side that
 * stands in several pairs runs once in a round.
 */
export const comparePairs = async (pairs: ReadonlyArray<Pair>): Promise<ReadonlyArray<Measured>> => {
  const sides = [...new Set(pairs.flatMap(({ ours, peer }) => [ours[1], peer[1]]))]
  const round = async (): Promise<ReadonlyMap<Side, number>> => {
    const found = new Map<Side, number>()
    for (const side of sides) found.set(side, await side())
    return found
  }
  await round()
  const rounds: Array<ReadonlyMap<Side, number>> = []
  while (rounds.length < ROUNDS) rounds.push(await round())
  return pairs.map(({ row, ours, peer, unit, lower = false, target, limit, note = "" }) => {
    const numbers = (side: Side): ReadonlyArray<number> => rounds.map((each) => each.get(side) ?? Number.NaN)
    const [mine, theirs] = [numbers(ours[1]), numbers(peer[1])]
    const ratios = mine.map((each, index) => each / (theirs[index] ?? Number.NaN))
    return {
      kind: "measured",
      row,
      ours: ours[0],
      peer: peer[0],
      unit,
      oursMedian: median(mine),
      peerMedian: median(theirs),
      ratio: median(ratios),
      spread: [Math.min(...ratios), Math.max(...ratios)],
      lower,
      target: target ?? null,
      limit: limit?.(median(theirs)) ?? null,
      rounds: ROUNDS,
      load: loadavg()[0] ?? 0,
      note: typeof note === "string" ? note : note()
    }
  })
}

/** The same for one pair: ours, peer, ours, peer, … */
export const comparePair = async (pair: Pair): Promise<Measured> => {
  const [measured] = await comparePairs([pair])
  if (measured === undefined) throw new Error("a pair gives a row")
  return measured
}

/** A side without a peer, measured alone. */
export const reportAlone = async (row: string, [name, side]: readonly [string, Side], unit: string, note: string): Promise<Reported> => {
  await side()
  const rounds: Array<number> = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await side())
  return { kind: "reported", row, ours: name, unit, oursMedian: median(rounds), rounds: ROUNDS, load: loadavg()[0] ?? 0, note }
}

/** Seconds of processor time (all threads, user and system) that this process took for `work`: other programs do not count. */
export const cpuSeconds = async (work: () => unknown): Promise<number> => {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

/** Seconds that `work` took. */
export const seconds = async (work: () => unknown): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
