/**
 * Where runs differ: the primary metric and the errors over parts of the samples, side by side.
 *
 * Sharp edge: slices are for looking. They are many, some are small, and no interval is given; what a slice suggests is a question for the
 * next experiment, and the comparison over all samples is the answer of this one.
 */
import type { MetricFold, MetricValue, Scored } from "@feagi-trainer/contracts"
import { isCorrect } from "@feagi-trainer/evaluation"

export interface Slice {
  /** Null for the samples that have no value of the field. */
  readonly slice: string | null
  /** Samples of the slice that every run answered. */
  readonly n: number
  /** The metric over the slice, by the label of each run. */
  readonly values: Readonly<Record<string, MetricValue>>
  /** Wrong answers by the label of each run, abstentions included; null where answers are not of a class. */
  readonly errors: Readonly<Record<string, number>> | null
}

export interface SliceTable {
  /** `class`, `phase`, or the field that was asked for. */
  readonly by: string
  readonly metric: string
  readonly slices: ReadonlyArray<Slice>
}

/** The answers of one run under its label. */
export interface Labelled {
  readonly label: string
  readonly answers: ReadonlyArray<Scored>
}

/** A metric and the fold that gives it. */
export interface SliceMetric {
  readonly metric: string
  readonly fold: MetricFold<unknown>
}

/** The metric over some answers; a pack that refuses them gives none, with what it said. */
export const valueOver = ({ metric, fold }: SliceMetric, answers: ReadonlyArray<Scored>): MetricValue => {
  try {
    const state = answers.reduce((sum, each) => fold.add(sum, each), fold.empty)
    return fold.result(state).values[metric] ?? { insufficient: "the pack gives no such value" }
  } catch (cause) {
    if (cause instanceof RangeError) return { insufficient: cause.message }
    throw cause
  }
}

const errorsOf = (answers: ReadonlyArray<Scored>): number | undefined =>
  answers.every(({ target }) => "class" in target) ? answers.filter((each) => !isCorrect(each)).length : undefined

/** One slice of answers that are paired already. */
export const sliceOf = (slice: string | null, runs: ReadonlyArray<Labelled>, measured: SliceMetric): Slice => {
  const errors = runs.flatMap(({ label, answers }): ReadonlyArray<readonly [string, number]> => {
    const count = errorsOf(answers)
    return count === undefined ? [] : [[label, count]]
  })
  return {
    slice,
    n: runs[0]?.answers.length ?? 0,
    values: Object.fromEntries(runs.map(({ label, answers }) => [label, valueOver(measured, answers)])),
    errors: errors.length === runs.length ? Object.fromEntries(errors) : null
  }
}

/** Numbers by size, everything else by its characters. */
export const bySliceName = (left: string, right: string): number => {
  const [a, b] = [Number(left), Number(right)]
  if (left.trim() !== "" && right.trim() !== "" && Number.isFinite(a) && Number.isFinite(b) && a !== b) return a - b
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * One row per value, sorted, the samples without one last. Every run has to have answered the same samples.
 * @param valueFor the value of a sample by its id
 */
export const slicesBy = (
  by: string,
  valueFor: (sample_id: string) => string | undefined,
  runs: ReadonlyArray<Labelled>,
  measured: SliceMetric
): SliceTable => {
  const grouped = runs.map(({ label, answers }) => ({ label, groups: Map.groupBy(answers, (each) => valueFor(each.sample_id)) }))
  const names = [...new Set(grouped.flatMap(({ groups }) => [...groups.keys()]))]
  const sorted = [...names.filter((name) => name !== undefined).toSorted(bySliceName), ...names.filter((name) => name === undefined)]
  return {
    by,
    metric: measured.metric,
    slices: sorted.map((name) =>
      sliceOf(
        name ?? null,
        grouped.map(({ label, groups }) => ({ label, answers: groups.get(name) ?? [] })),
        measured
      )
    )
  }
}
