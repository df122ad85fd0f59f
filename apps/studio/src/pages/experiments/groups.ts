/** Run groups: one run file with all its seeds, as `run groups` tells them, and what a reader wants to see of several of them. */
import type { BarsFigure } from "@feagi-trainer/charts"

export interface Member {
  readonly run_id: string
  readonly seed: number | bigint
  readonly status: string
  readonly score: number | null
}

export interface Group {
  readonly group_id: string
  readonly name: string
  readonly created: string
  readonly dataset: string | null
  readonly protocol: string | null
  readonly learner: string | null
  readonly statuses: Readonly<Record<string, number>>
  readonly runs: number
  readonly done: number
  readonly primary_metric: string | null
  readonly direction: string | null
  /** Over the seeds, or why there is no such number; while one seed has none, there is none. */
  readonly score:
    | {
        readonly n: number
        readonly mean: number
        readonly stddev: number
        readonly ci_low: number
        readonly ci_high: number
        readonly confidence_level: number
      }
    | { readonly insufficient: string }
  readonly best: Member | null
  readonly members: ReadonlyArray<Member>
  readonly earlier_attempts: number
  readonly archived: boolean
}

export interface Stat {
  readonly n: number
  readonly mean: number
  /** Null for one seed: nothing is known of how far seeds scatter. */
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null
}

/** Mean and interval over the seeds; null while there is none. */
export const statOf = ({ score }: Pick<Group, "score">): Stat | null =>
  !("mean" in score)
    ? null
    : {
        n: score.n,
        mean: score.mean,
        interval: score.n < 2 ? null : { low: score.ci_low, high: score.ci_high, level: score.confidence_level }
      }

/** Half the width of the interval; null where one seed, or none, gives no interval. */
export const halfWidth = (group: Pick<Group, "score">): number | null => {
  const interval = statOf(group)?.interval ?? null
  return interval === null ? null : (interval.high - interval.low) / 2
}

/** What a file says of the interval, each number for itself and in all its digits; nothing where one seed gives none. */
export const intervalColumns = (["stddev", "ci_low", "ci_high", "confidence_level"] as const).map((key) => ({
  key,
  title: key,
  value: ({ score }: Pick<Group, "score">): number | null => ("mean" in score && score.n > 1 ? score[key] : null)
}))

/** What may be drawn over one another: equal in dataset, protocol and primary metric. */
export const seriesOf = (groups: ReadonlyArray<Group>): ReadonlyArray<{ readonly name: string; readonly groups: ReadonlyArray<Group> }> => {
  const by = new Map<string, Array<Group>>()
  for (const group of groups) {
    if (group.primary_metric === null || statOf(group) === null) continue
    const name = `${group.dataset ?? "no dataset"} · ${group.protocol ?? "no protocol"} · ${group.primary_metric}`
    by.set(name, [...(by.get(name) ?? []), group])
  }
  return [...by].map(([name, list]) => ({
    name,
    groups: list.toSorted((a, b) => (a.created < b.created ? -1 : a.created > b.created ? 1 : 0))
  }))
}

/** So many experiments can be told apart in one figure. */
export const mostDrawn = 20

/** Mean and interval of each group in the order in which they were made; of many, of the newest. */
export const historyFigure = (name: string, all: ReadonlyArray<Group>): BarsFigure => {
  const groups = all.slice(-mostDrawn)
  const metric = groups[0]?.primary_metric ?? "score"
  const stats = groups.map(statOf)
  return {
    kind: "bars",
    id: `history-${name}`,
    title: `${metric} by experiment, oldest first`,
    description: `Mean over seeds of ${groups.length < all.length ? `the newest ${groups.length} of ${all.length}` : groups.length} experiments on ${name}, with the 95 % interval of the mean (Student's t), which is wide and may reach past what the metric can be where seeds are few.`,
    x: { label: "experiment" },
    y: { label: metric },
    categories: groups.map((group) => `${group.name} ${group.group_id.slice(2, 8)} ${group.learner ?? ""}`.trim()),
    series: [
      {
        name: "mean over seeds",
        values: stats.map((stat) => stat?.mean ?? null),
        low: stats.map((stat) => stat?.interval?.low ?? null),
        high: stats.map((stat) => stat?.interval?.high ?? null)
      }
    ]
  }
}

/** The scale that all strips of a table share: 0 to 1 for shares, else what the scores reach. */
export const scaleOf = (groups: ReadonlyArray<Group>): readonly [low: number, high: number] => {
  const scores = groups.flatMap(({ members }) => members.flatMap(({ score }) => (score === null ? [] : [score])))
  if (scores.every((score) => score >= 0 && score <= 1)) return [0, 1]
  const [low, high] = [Math.min(...scores), Math.max(...scores)]
  return low === high ? [low - 1, high + 1] : [low, high]
}
