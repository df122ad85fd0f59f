/**
 * What rollouts look like: the return of each over its initial state, and a table of them.
 *
 * Sharp edge: at most 200 rollouts are drawn and 100 listed, at even places of the order of their initial states.
 */
import type { Figure, MetricValue } from "@feagi-trainer/contracts"
import type { Entry } from "./Episodes.ts"
import { orGap } from "./Values.ts"

/** At most `most` places of `count`, first and last among them. */
const evenly = <A>(all: ReadonlyArray<A>, most: number): ReadonlyArray<A> => {
  if (all.length <= most) return all
  const places = new Set(Array.from({ length: most }, (_, index) => Math.floor((index * (all.length - 1)) / (most - 1))))
  return all.filter((_, place) => places.has(place))
}

export const returnsFigure = (entries: ReadonlyArray<Entry>, mean: MetricValue | undefined): Figure => {
  const shown = evenly(entries, 200)
  const average = orGap(mean)
  return {
    kind: "curve",
    id: "returns",
    title: "Return of each rollout",
    description: `The sum of rewards over the initial state (${shown.length} of ${entries.length} rollouts); a gap is a rollout without a record.`,
    x: { label: "initial state", scale: "linear" },
    y: { label: "return", scale: "linear" },
    series: [
      {
        name: "rollouts",
        points: shown.map(({ summary }) => [summary.initial_state_index, summary.outcome?.return ?? null] as const),
        style: "points"
      }
    ],
    ...(average === null ? {} : { reference: [{ label: "mean", y: average }] })
  }
}

const pushes = (latencies: ReadonlyArray<number | null> | null | undefined): string | null =>
  latencies === null || latencies === undefined ? null : `${latencies.filter((latency) => latency !== null).length} of ${latencies.length}`

export const episodesFigure = (entries: ReadonlyArray<Entry>): Figure => {
  const shown = evenly(entries, 100)
  return {
    kind: "table",
    id: "episodes",
    title: "Rollouts",
    description: `One row per rollout (${shown.length} of ${entries.length}); an empty cell is something that was not judged or not recorded.`,
    columns: [
      { key: "state", label: "initial state", align: "right" },
      { key: "sample", label: "rollout", align: "left" },
      { key: "return", label: "return", align: "right" },
      { key: "steps", label: "steps", align: "right" },
      { key: "ended", label: "ended", align: "left" },
      { key: "success", label: "success", align: "left" },
      { key: "violations", label: "violations", align: "right" },
      { key: "recovered", label: "recovered", align: "right" }
    ],
    rows: shown.map(({ summary: { initial_state_index, sample_id, outcome } }) => [
      initial_state_index,
      sample_id,
      outcome?.return ?? null,
      outcome?.steps ?? null,
      outcome === null ? "no record" : outcome.terminated ? "terminated" : "truncated",
      outcome?.success === true ? "yes" : "no",
      outcome?.violations ?? null,
      pushes(outcome?.latencies)
    ])
  }
}
