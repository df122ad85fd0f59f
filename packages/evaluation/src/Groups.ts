/**
 * The same metrics for each group of samples (a sensor, a site, an age band), and how far the groups lie apart: the question of bias.
 *
 * Sharp edges: a group smaller than the stated minimum has no values and takes no part in a gap, and is named; a sample of no group is
 * counted, not guessed; the gap between the best and the worst of many groups is above 0 by chance alone, so read its interval, and never
 * the gap of the smallest groups. Resamples are drawn within each group, which keeps the groups as large as they are.
 */
import {
  type Atoms,
  type InsufficientData,
  isInsufficient,
  type MetricContext,
  type MetricPack,
  type MetricValue,
  type Scored
} from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { atomIntervals, atomsOf } from "./AtomIntervals.ts"
import type { IntervalMethod } from "./BootstrapInterval.ts"
import { sortedById } from "./MetricIntervals.ts"
import type { PairedOptions } from "./Paired.ts"
import type { Interval } from "./Wilson.ts"

type Values = Readonly<Record<string, MetricValue>>

/** A number with its interval, each of which may be missing. */
export interface Estimate {
  readonly value: MetricValue
  readonly interval: Interval | InsufficientData
}

export interface GroupValues {
  readonly n: number
  readonly values: Readonly<Record<string, Estimate>>
}

export interface Disparity {
  /** The largest value of a group less the smallest; 0 is equal. */
  readonly difference: Estimate
  /** The smallest by the largest; 1 is equal. Insufficient when one is below 0 and when all are 0. */
  readonly ratio: Estimate
  /** The group of the smallest and of the largest value; of several the first by name. */
  readonly smallest?: string
  readonly largest?: string
}

export interface GroupOptions extends PairedOptions {
  /** The group of a sample, or undefined when it has none. */
  readonly groupOf: (sample: Scored) => string | undefined
  /** A group with fewer samples is named and not measured. A whole number from 1. */
  readonly minimum: number
  readonly method: IntervalMethod
}

export interface GroupReport {
  /** Large enough groups, by name in the order of UTF-16 code units. */
  readonly groups: Readonly<Record<string, GroupValues>>
  /** Groups below the minimum, with how many samples they have. */
  readonly small: Readonly<Record<string, number>>
  /** Samples of no group. */
  readonly ungrouped: number
  readonly disparities: Readonly<Record<string, Disparity>>
}

export interface GroupMetricsRequest<Options, State> extends GroupOptions {
  readonly pack: MetricPack<Options, State>
  readonly options: Options
  readonly context: MetricContext
  readonly samples: ReadonlyArray<Scored>
}

/** The samples of the groups that are large enough, group by group, and what is left over. */
export interface Grouped {
  readonly names: ReadonlyArray<string>
  readonly samples: ReadonlyArray<Scored>
  /** The place of the group of each sample in `names`. */
  readonly strata: Uint32Array
  readonly small: Readonly<Record<string, number>>
  readonly ungrouped: number
}

/** Throws RangeError on a minimum that is no whole number from 1. */
export const grouped = (samples: ReadonlyArray<Scored>, { groupOf, minimum }: Pick<GroupOptions, "groupOf" | "minimum">): Grouped => {
  if (!Number.isSafeInteger(minimum) || minimum < 1)
    throw new RangeError(`the smallest group is a whole number of samples from 1, not ${minimum}`)
  const members = new Map<string, Array<Scored>>()
  let ungrouped = 0
  for (const sample of sortedById(samples)) {
    const name = groupOf(sample)
    if (name === undefined) {
      ungrouped += 1
      continue
    }
    const group = members.get(name)
    if (group === undefined) members.set(name, [sample])
    else group.push(sample)
  }
  const all = [...members].sort(([left], [right]) => (left < right ? -1 : 1))
  const large = all.filter(([, group]) => group.length >= minimum)
  return {
    names: large.map(([name]) => name),
    samples: large.flatMap(([, group]) => group),
    strata: Uint32Array.from(large.flatMap(([, group], index) => group.map(() => index))),
    small: Object.fromEntries(all.flatMap(([name, group]) => (group.length >= minimum ? [] : [[name, group.length]]))),
    ungrouped
  }
}

const ratioOf = (least: number, most: number): MetricValue => {
  if (least < 0) return { insufficient: `the smallest value of a group is ${least}: a ratio is one of values of at least 0` }
  return most > 0 ? least / most : { insufficient: `the largest value of a group is ${most}: there is nothing to divide by` }
}

/** The gap of one metric. Insufficient for fewer than two groups, and where one has no value: the gap is not that of the others. */
export const disparityOf = (
  names: ReadonlyArray<string>,
  values: ReadonlyArray<MetricValue | undefined>
): { readonly difference: MetricValue; readonly ratio: MetricValue; readonly smallest?: string; readonly largest?: string } => {
  const both = (reason: string) => ({ difference: { insufficient: reason }, ratio: { insufficient: reason } })
  if (names.length < 2)
    return both(`a gap needs at least two groups that are large enough; there ${names.length === 1 ? "is 1" : "is none"}`)
  const without = values.findIndex((value) => typeof value !== "number")
  if (without !== -1) {
    const value = values[without]
    const why = value !== undefined && isInsufficient(value) ? value.insufficient : "it has no such value"
    return both(`group "${names[without]}": ${why}`)
  }
  const known = values.filter((value) => typeof value === "number")
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const [smallest, largest] = [names[known.indexOf(least)], names[known.indexOf(most)]]
  return {
    difference: most - least,
    ratio: ratioOf(least, most),
    ...(smallest === undefined ? {} : { smallest }),
    ...(largest === undefined ? {} : { largest })
  }
}

export interface GroupIntervalsRequest extends PairedOptions {
  readonly grouped: Grouped
  /** Of `grouped.samples`. */
  readonly atoms: Atoms
  readonly method: IntervalMethod
  /** The values whose gap is asked for. */
  readonly gaps: (name: string) => boolean
  /** Anything that is made of the values of all groups. */
  readonly summary?: (groups: ReadonlyArray<Values>) => Values
}

const noValue: InsufficientData = { insufficient: "there is no such value" }

/** The report, and the summary with its intervals. */
export const groupIntervals = (
  request: GroupIntervalsRequest
): { readonly report: GroupReport; readonly summary: Readonly<Record<string, Estimate>> } => {
  const { atoms, summary = () => ({}), gaps } = request
  const { names, strata, small, ungrouped } = request.grouped
  // An atom of one group and the same atom of another are two: they are counted apart.
  const cells = new Map<number, number>()
  const parts: Array<{ readonly group: number; readonly atom: number }> = []
  const cellOf = Uint32Array.from(atoms.atomOf, (atom, index) => {
    const group = strata[index] ?? 0
    const key = group * atoms.count + atom
    const cell = cells.get(key) ?? parts.length
    if (cell === parts.length) {
      cells.set(key, cell)
      parts.push({ group, atom })
    }
    return cell
  })
  const perGroup = (multiplicity: Uint32Array): ReadonlyArray<Values> => {
    const counts = names.map(() => new Uint32Array(atoms.count))
    for (const [cell, { group, atom }] of parts.entries()) {
      const count = counts[group]
      if (count !== undefined) count[atom] = multiplicity[cell] ?? 0
    }
    return counts.map((each) => atoms.values(each))
  }
  const metricsOf = (all: ReadonlyArray<Values>): ReadonlyArray<string> => [...new Set(all.flatMap((values) => Object.keys(values)))]
  // Every number gets a key, so that one bootstrap serves them all.
  const keyed = (multiplicity: Uint32Array): Values => {
    const all = perGroup(multiplicity)
    const gap = metricsOf(all).filter(gaps)
    return Object.fromEntries([
      ...all.flatMap((values, group) => Object.entries(values).map(([name, value]) => [`${group}/${name}`, value])),
      ...gap.flatMap((name) => {
        const { difference, ratio } = disparityOf(
          names,
          all.map((values) => values[name])
        )
        return [
          [`difference/${name}`, difference],
          [`ratio/${name}`, ratio]
        ]
      }),
      ...Object.entries(summary(all)).map(([name, value]) => [`summary/${name}`, value])
    ])
  }
  const { seed, resamples, confidence, method } = request
  const found = atomIntervals({
    atoms: { count: parts.length, atomOf: cellOf, values: keyed },
    strata,
    words: SeedTree.root(seed).child("groups/bootstrap").random(),
    resamples,
    confidence,
    method
  })
  const at = (key: string): Estimate => ({ value: found.values[key] ?? noValue, interval: found.intervals[key] ?? noValue })
  const own = new Uint32Array(parts.length)
  for (const cell of cellOf) own[cell] = (own[cell] ?? 0) + 1
  const all = perGroup(own)
  const groups = names.map((name, group): [string, GroupValues] => [
    name,
    {
      n: strata.filter((each) => each === group).length,
      values: Object.fromEntries(Object.keys(all[group] ?? {}).map((metric) => [metric, at(`${group}/${metric}`)]))
    }
  ])
  const disparities = metricsOf(all)
    .filter(gaps)
    .map((metric): [string, Disparity] => {
      const { smallest, largest } = disparityOf(
        names,
        all.map((values) => values[metric])
      )
      return [
        metric,
        {
          difference: at(`difference/${metric}`),
          ratio: at(`ratio/${metric}`),
          ...(smallest === undefined ? {} : { smallest }),
          ...(largest === undefined ? {} : { largest })
        }
      ]
    })
  return {
    report: { groups: Object.fromEntries(groups), small, ungrouped, disparities: Object.fromEntries(disparities) },
    summary: Object.fromEntries(Object.keys(summary(all)).map((name) => [name, at(`summary/${name}`)]))
  }
}

/**
 * Every value of a metric pack for each group, with intervals; and the gap of every value that has a direction. Draws from the stream
 * `groups/bootstrap` of the seed.
 * Throws RangeError when the pack refuses a sample, on a minimum below 1 and on options that cannot be drawn with.
 */
export const groupMetrics = <Options, State>(request: GroupMetricsRequest<Options, State>): GroupReport => {
  const { pack, options, context, samples, seed, resamples, confidence, method } = request
  const found = grouped(samples, request)
  const atoms = atomsOf(pack, options, context, found.samples)
  const gaps = (name: string): boolean => (pack.directions[name] ?? pack.directions[name.split("/")[0] ?? name]) !== undefined
  return groupIntervals({ grouped: found, atoms, gaps, seed, resamples, confidence, method }).report
}
