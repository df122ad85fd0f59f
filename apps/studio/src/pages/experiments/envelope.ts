/**
 * One series over the seeds of an experiment: its mean, and the band from the least to the most of any seed. Sharp edge: a place where a seed
 * has no value has no mean, so that the curve never changes because a seed is behind or has failed.
 */
import type { CurveFigure } from "@feagi-trainer/charts"

export interface SeedSeries {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number | null>
}

export interface EnvelopePoint {
  readonly x: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** At every x that all seeds have a value at, in ascending order; where a seed has several values at one x, its last one counts. */
export const envelopeOf = (seeds: ReadonlyArray<SeedSeries>): ReadonlyArray<EnvelopePoint> => {
  const [first, ...others] = seeds.map(
    ({ x, y }) =>
      new Map(x.map((at, index) => [at, y[index] ?? null] as const).filter((pair): pair is readonly [number, number] => pair[1] !== null))
  )
  return [...(first ?? [])]
    .flatMap(([x, value]) => {
      const values = [value, ...others.flatMap((each) => each.get(x) ?? [])]
      if (values.length < seeds.length) return []
      return [{ x, mean: values.reduce((sum, each) => sum + each, 0) / values.length, low: Math.min(...values), high: Math.max(...values) }]
    })
    .toSorted((a, b) => a.x - b.x)
}

export interface SeedGroup {
  readonly name: string
  readonly seeds: ReadonlyArray<SeedSeries>
}

/** Undefined while no experiment has a place that all of its seeds have reached. */
export const envelopeFigure = (
  series: { readonly name: string; readonly title: string; readonly unit: string | null },
  groups: ReadonlyArray<SeedGroup>
): CurveFigure | undefined => {
  const drawn = groups.map(({ name, seeds }) => ({ name, seeds, points: envelopeOf(seeds) })).filter(({ points }) => points.length > 0)
  if (drawn.length === 0) return undefined
  return {
    kind: "curve",
    id: `seeds-${series.name}`,
    title: `${series.title}, over the seeds`,
    description: `Line: mean over the seeds; band: from the least to the most of any seed. ${drawn.map(({ name, seeds }) => `${name}: ${seeds.length} seeds`).join("; ")}.`,
    x: { label: "epoch", scale: "linear" },
    y: { label: series.title, scale: "linear", ...(series.unit === null || series.unit === "1" ? {} : { unit: series.unit }) },
    series: drawn.map(({ name, seeds, points }) => ({
      name: `${name}, ${seeds.length} seeds`,
      points: points.map(({ x, mean }) => [x, mean] as const),
      band: points.map(({ x, low, high }) => [x, low, high] as const)
    }))
  }
}

/** Those of the dataset and protocol of the first: curves of other benchmarks do not belong beside it. */
export const drawnTogether = <Of extends { readonly dataset: string | null; readonly protocol: string | null }>(
  groups: ReadonlyArray<Of>
): ReadonlyArray<Of> => groups.filter(({ dataset, protocol }) => dataset === groups[0]?.dataset && protocol === groups[0]?.protocol)
