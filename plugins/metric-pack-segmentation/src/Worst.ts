/**
 * The few samples with the largest share of wrong pixels, kept with their masks so that they can be drawn at the end.
 *
 * Sharp edges: a sample is a candidate only when both of its masks are small (runs and pixels are bounded), so a state stays small
 * whatever is scored; and ties go to the lower sample id, so that shards and orders keep the same ones.
 */
import { Schema } from "effect"
import type { ClassKeys } from "./ClassKeys.ts"
import type { MaskPair, Pixels } from "./Pixels.ts"
import { runsOf } from "./Runs.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Worst = Schema.Struct({
  sample_id: Schema.String,
  width: Count,
  height: Count,
  counted: Count,
  wrong: Count,
  /** Runs of positions of classes; -1 where the pixel is ignored. */
  truth: Schema.Array(Schema.Int),
  /** Runs of positions of classes; -1 where the pixel is ignored or unpredicted. */
  answer: Schema.Array(Schema.Int)
})
export type Worst = typeof Worst.Type

const kept = 3
const mostRuns = 4096
const mostPixels = 2 ** 20

const byCodeUnits = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Larger share of wrong pixels first. Products stay below 2^40. */
const byShare = (left: Worst, right: Worst): number => right.wrong * left.counted - left.wrong * right.counted

const order = (left: Worst, right: Worst): number =>
  byShare(left, right) || byCodeUnits(left.sample_id, right.sample_id) || byCodeUnits(JSON.stringify(left), JSON.stringify(right))

/** The worst of both. */
export const mergeWorst = (left: ReadonlyArray<Worst>, right: ReadonlyArray<Worst>): ReadonlyArray<Worst> =>
  right.length === 0 ? left : [...left, ...right].sort(order).slice(0, kept)

/** The runs of both masks, or undefined when one of them is too ragged. */
const runsOfPair = (
  { positions }: ClassKeys,
  { target, answer }: MaskPair
): { readonly truth: ReadonlyArray<number>; readonly answer: ReadonlyArray<number> } | undefined => {
  const { labels: truths, ignore_label: ignored } = target
  const answers = answer?.labels ?? []
  const unpredicted = answer?.unpredicted_label
  const truthAt = (at: number): number => (truths[at] === ignored ? -1 : (positions[truths[at] ?? 0] ?? -1))
  const answerAt = (at: number): number =>
    truths[at] === ignored || answers[at] === unpredicted ? -1 : (positions[answers[at] ?? 0] ?? -1)
  const truth = runsOf(truthAt, truths.length, mostRuns)
  const said = truth === undefined ? undefined : runsOf(answerAt, truths.length, mostRuns)
  return truth === undefined || said === undefined ? undefined : { truth, answer: said }
}

/** With this sample, if it belongs to the worst. An abstention does not: there is nothing to draw. */
export const withSample = (
  worst: ReadonlyArray<Worst>,
  keys: ClassKeys,
  sampleId: string,
  pair: MaskPair,
  { wrong, counted, answered }: Pixels
): ReadonlyArray<Worst> => {
  const { width, height } = pair.target
  if (!answered || wrong === 0 || width * height > mostPixels) return worst
  const head = { sample_id: sampleId, width, height, counted, wrong }
  const last = worst[kept - 1]
  if (last !== undefined && byShare(last, { ...head, truth: [], answer: [] }) < 0) return worst
  const runs = runsOfPair(keys, pair)
  return runs === undefined ? worst : mergeWorst(worst, [{ ...head, ...runs }])
}
