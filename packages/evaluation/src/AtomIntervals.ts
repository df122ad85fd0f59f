/**
 * Intervals of everything that is computed of a multiset of samples: the values of a metric pack, the difference of two runs, the gap between
 * groups. All of them are `Atoms`, so all of them are drawn, left out and cut at the same place.
 *
 * Sharp edge: BCa leaves every sample out in turn, once for each atom, because the samples of an atom cannot be told apart. With more atoms
 * than resamples the samples are dealt into as many groups as there are resamples and a group is left out at a time (the delete-a-group
 * jackknife), so that the correction never costs more than the bootstrap.
 */
import type { Atoms, InsufficientData, MetricContext, MetricPack, MetricValue, Scored } from "@feagi-trainer/contracts"
import { bootstrapInterval, type IntervalMethod, type LeftOut } from "./BootstrapInterval.ts"
import { checkConfidence } from "./Critical.ts"
import type { Words } from "./FairCoins.ts"
import { redraw } from "./Multinomial.ts"
import type { Interval } from "./Wilson.ts"

type Values = Readonly<Record<string, MetricValue>>

/** Folds each resample anew: right for every pack, and as slow as scoring that many times. */
const refolded = <Options, State>(
  pack: MetricPack<Options, State>,
  options: Options,
  context: MetricContext,
  samples: ReadonlyArray<Scored>
): Atoms => ({
  count: samples.length,
  atomOf: Uint32Array.from(samples.keys()),
  values: (multiplicity) => {
    const fold = pack.start(options, context)
    let state = fold.empty
    for (const [index, sample] of samples.entries())
      for (let times = multiplicity[index] ?? 0; times > 0; times--) state = fold.add(state, sample)
    return fold.result(state).values
  }
})

/** The atoms that the pack sorts the samples into; every sample its own where the pack has no word for it. Throws RangeError on a pack that miscounts. */
export const atomsOf = <Options, State>(
  pack: MetricPack<Options, State>,
  options: Options,
  context: MetricContext,
  samples: ReadonlyArray<Scored>
): Atoms => {
  const atoms = pack.atoms?.(options, context, samples) ?? refolded(pack, options, context, samples)
  if (atoms.atomOf.length !== samples.length || atoms.atomOf.some((atom) => atom >= atoms.count))
    throw new RangeError(
      `the metric pack ${pack.id} sorted ${samples.length} samples into ${atoms.count} atoms and names the atom of ${atoms.atomOf.length}, up to ${atoms.atomOf.reduce((most, atom) => Math.max(most, atom), 0)}`
    )
  return atoms
}

/** How often each atom occurs among the samples themselves. */
export const multiplicities = ({ count, atomOf }: Pick<Atoms, "count" | "atomOf">): Uint32Array => {
  const found = new Uint32Array(count)
  for (const atom of atomOf) found[atom] = (found[atom] ?? 0) + 1
  return found
}

export interface AtomIntervalsRequest {
  readonly atoms: Atoms
  /** The stratum of every sample; each is drawn from itself and keeps its size. */
  readonly strata?: Uint32Array
  readonly words: Words
  /** A whole number from 1. */
  readonly resamples: number
  readonly confidence: number
  readonly method: IntervalMethod
}

export interface AtomIntervals {
  readonly values: Values
  readonly intervals: Readonly<Record<string, Interval | InsufficientData>>
}

/** Throws RangeError unless it is a whole number from 1. */
export const checkResamples = (resamples: number): void => {
  if (!Number.isSafeInteger(resamples) || resamples < 1) throw new RangeError(`resamples is a whole number from 1, not ${resamples}`)
}

/** How many samples each value stands for, and the values without them. */
function* leaveOut(atoms: Atoms, own: Uint32Array, atMost: number): Generator<readonly [count: number, values: Values]> {
  const occurring = Uint32Array.from(own.keys()).filter((atom) => (own[atom] ?? 0) > 0)
  if (occurring.length <= atMost) {
    for (const atom of occurring) {
      const count = own[atom] ?? 0
      const rest = own.slice()
      rest[atom] = count - 1
      yield [count, atoms.values(rest)]
    }
    return
  }
  for (let group = 0; group < atMost; group++) {
    const rest = own.slice()
    for (let sample = group; sample < atoms.atomOf.length; sample += atMost) {
      const atom = atoms.atomOf[sample] ?? 0
      rest[atom] = (rest[atom] ?? 0) - 1
    }
    yield [1, atoms.values(rest)]
  }
}

const absent: InsufficientData = { insufficient: "a resample has no such value" }

/** Every value of the samples, with its interval. Throws RangeError on a confidence outside (0, 1) and fewer than 1 resample. */
export const atomIntervals = ({ atoms, strata, words, resamples, confidence, method }: AtomIntervalsRequest): AtomIntervals => {
  checkConfidence(confidence)
  checkResamples(resamples)
  const own = multiplicities(atoms)
  const values = atoms.values(own)
  const names = Object.keys(values)
  const resampled = new Map<string, Array<MetricValue>>(names.map((name) => [name, []]))
  const leftOut = new Map<string, Array<LeftOut>>(names.map((name) => [name, []]))
  const draw = redraw(atoms, strata)
  const drawn = new Uint32Array(atoms.count)
  for (let index = 0; index < resamples; index++) {
    draw(words, drawn)
    const found = atoms.values(drawn)
    for (const name of names) resampled.get(name)?.push(found[name] ?? absent)
  }
  if (method === "bca")
    for (const [count, found] of leaveOut(atoms, own, resamples))
      for (const name of names) leftOut.get(name)?.push({ count, value: found[name] ?? absent })
  const intervals = names.map((name): [string, Interval | InsufficientData] => [
    name,
    bootstrapInterval({
      observed: values[name] ?? absent,
      resampled: resampled.get(name) ?? [],
      confidence,
      method,
      leftOut: leftOut.get(name) ?? []
    })
  ])
  return { values, intervals: Object.fromEntries(intervals) }
}
