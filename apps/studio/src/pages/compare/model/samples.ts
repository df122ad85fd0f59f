/** The samples that two runs answered differently, by list and page, and in words. */
import type { ChangedSample, ComparedSamples } from "@feagi-trainer/control-api/comparison"
import { type ListName, lists } from "./state.ts"

export const pageSize = 25

/** Titles as a question about two runs, so that nobody has to remember which one regressed. */
export const listTitle = (list: ListName, byClass: boolean, baseline: string, run: string): string =>
  ({
    regressed: byClass ? `${baseline} right, ${run} wrong` : `${run} worse than ${baseline}`,
    improved: byClass ? `${baseline} wrong, ${run} right` : `${run} better than ${baseline}`,
    persistent: "Wrong in both",
    baseline_only: `Only in ${baseline}`,
    run_only: `Only in ${run}`
  })[list]

const alone = (ids: ReadonlyArray<string>): ReadonlyArray<ChangedSample> =>
  ids.map((sample_id) => ({ sample_id, target: null, baseline: null, run: null }))

/** The samples of a list; those of one run only have no answers here. */
export const samplesOf = (samples: ComparedSamples, list: ListName): ReadonlyArray<ChangedSample> => {
  if (list === "baseline_only") return alone(samples.unmatched.baseline_only)
  if (list === "run_only") return alone(samples.unmatched.run_only)
  return samples[list] ?? []
}

/** The list that was chosen, else the first with a sample in it. */
export const shownList = (samples: ComparedSamples, chosen: ListName | null): ListName =>
  chosen ?? lists.find((list) => samplesOf(samples, list).length > 0) ?? "regressed"

export interface PageOf<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly page: number
  readonly pages: number
  /** Of all, from 1; 0 where there is none. */
  readonly first: number
  readonly last: number
}

/** A page of a list; one behind the last is the last. */
export const pageOf = <Row>(rows: ReadonlyArray<Row>, page: number, size = pageSize): PageOf<Row> => {
  const pages = Math.max(1, Math.ceil(rows.length / size))
  const at = Math.min(Math.max(0, page), pages - 1)
  const shown = rows.slice(at * size, (at + 1) * size)
  return { rows: shown, page: at, pages, first: shown.length === 0 ? 0 : at * size + 1, last: at * size + shown.length }
}

/** The sample before or behind one of a list, for keys; undefined at the ends. */
export const neighbour = (rows: ReadonlyArray<ChangedSample>, sample: string, step: 1 | -1): string | undefined => {
  const at = rows.findIndex((row) => row.sample_id === sample)
  return at < 0 ? rows[0]?.sample_id : rows[at + step]?.sample_id
}
