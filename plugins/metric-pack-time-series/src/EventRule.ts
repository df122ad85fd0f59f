/**
 * Which predicted event belongs to which true one. A rule is named with its version: `overlap@1`, `point-tolerance@1`. Another rule, or a
 * mended one, gets another name, so that old numbers keep their meaning.
 *
 * Both match one to one, within one recording and one label, and both are independent of the order of the lists.
 *
 * Sharp edge: `overlap@1` is greedy. Where min_iou ≤ 0.5 or where events of one label overlap each other, another assignment can match
 * more pairs; above 0.5 and without such overlaps a pair is the only one there can be, and greedy is best.
 */
import { type Decoded, decodeStrict, type Mistake } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { compareEvents, type Event } from "./Event.ts"

export type EventOptions =
  | { readonly rule: "overlap@1"; readonly min_iou: number }
  | { readonly rule: "point-tolerance@1"; readonly tolerance: number }

const Written = Schema.Struct({
  rule: Schema.Literals(["overlap@1", "point-tolerance@1"]),
  min_iou: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1))),
  tolerance: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)))
})

const needs = (key: string, rule: string): Mistake => ({
  path: [key],
  problem: "missing",
  message: `is required and missing: the rule ${rule} needs it`
})
const stray = (key: string, rule: string): Mistake => ({
  path: [key],
  problem: "unknown-key",
  message: `"${key}" says nothing under the rule ${rule}; delete it or choose the other rule`
})

/** A rule has its own bound and no other: `min_iou` belongs to `overlap@1`, `tolerance` to `point-tolerance@1`. */
export const decodeEventOptions = (input: unknown): Decoded<EventOptions> => {
  const decoded = decodeStrict(Written, input)
  if (!decoded.ok) return decoded
  const { rule, min_iou, tolerance } = decoded.value
  const mistakes =
    rule === "overlap@1"
      ? [...(min_iou === undefined ? [needs("min_iou", rule)] : []), ...(tolerance === undefined ? [] : [stray("tolerance", rule)])]
      : [...(tolerance === undefined ? [needs("tolerance", rule)] : []), ...(min_iou === undefined ? [] : [stray("min_iou", rule)])]
  if (rule === "overlap@1" && min_iou !== undefined && mistakes.length === 0) return { ok: true, value: { rule, min_iou } }
  if (rule === "point-tolerance@1" && tolerance !== undefined && mistakes.length === 0) return { ok: true, value: { rule, tolerance } }
  return { ok: false, mistakes }
}

export interface Match {
  readonly target: Event
  readonly prediction: Event
}

/** Length of the intersection over length of the union; 0 where they do not meet. Both are longer than 0. */
export const intersectionOverUnion = (left: Event, right: Event): number => {
  const shared = Math.min(left.end, right.end) - Math.max(left.start, right.start)
  return shared <= 0 ? 0 : shared / (Math.max(left.end, right.end) - Math.min(left.start, right.start))
}

interface Candidate {
  readonly target: number
  readonly prediction: number
  readonly iou: number
}

/**
 * `overlap@1`: of all pairs with IoU ≥ min_iou the one with the largest IoU is matched, its two events are out, and so on. Among equal
 * IoUs the pair whose target is earlier (start, then end) comes first, then the one whose prediction is. Lists sorted by time.
 */
const byOverlap = (targets: ReadonlyArray<Event>, predictions: ReadonlyArray<Event>, minIou: number): ReadonlyArray<Match> => {
  const candidates: Array<Candidate> = []
  let open: Array<number> = []
  let next = 0
  for (const [target, truth] of targets.entries()) {
    for (; next < predictions.length && (predictions[next]?.start ?? 0) < truth.end; next += 1) open.push(next)
    // Targets come by start: what has ended before this one begins meets none of the later ones either.
    open = open.filter((index) => (predictions[index]?.end ?? 0) > truth.start)
    for (const prediction of open) {
      const answer = predictions[prediction]
      const iou = answer === undefined ? 0 : intersectionOverUnion(truth, answer)
      if (iou >= minIou) candidates.push({ target, prediction, iou })
    }
  }
  // Candidates stand by target, then by prediction, and sorting is stable: equal overlaps stay in this order.
  candidates.sort((left, right) => right.iou - left.iou)
  const usedTargets = new Set<number>()
  const usedPredictions = new Set<number>()
  return candidates.flatMap(({ target, prediction }) => {
    const pair = { target: targets[target], prediction: predictions[prediction] }
    if (usedTargets.has(target) || usedPredictions.has(prediction)) return []
    usedTargets.add(target)
    usedPredictions.add(prediction)
    return pair.target === undefined || pair.prediction === undefined ? [] : [{ target: pair.target, prediction: pair.prediction }]
  })
}

/**
 * `point-tolerance@1`: starts no further apart than the tolerance match, in the order of time; ends say nothing. Walking both lists at
 * once finds as many pairs as any assignment could, because all windows have one width. Lists sorted by time.
 */
const byStart = (targets: ReadonlyArray<Event>, predictions: ReadonlyArray<Event>, tolerance: number): ReadonlyArray<Match> => {
  const matches: Array<Match> = []
  let [at, answered] = [0, 0]
  for (;;) {
    const [target, prediction] = [targets[at], predictions[answered]]
    if (target === undefined || prediction === undefined) return matches
    if (Math.abs(prediction.start - target.start) <= tolerance) {
      matches.push({ target, prediction })
      at += 1
      answered += 1
    } else if (prediction.start < target.start) answered += 1
    else at += 1
  }
}

/** The pairs of one recording and one label. */
export const matchEvents = (
  options: EventOptions,
  targets: ReadonlyArray<Event>,
  predictions: ReadonlyArray<Event>
): ReadonlyArray<Match> => {
  const [truths, answers] = [targets.toSorted(compareEvents), predictions.toSorted(compareEvents)]
  return options.rule === "overlap@1" ? byOverlap(truths, answers, options.min_iou) : byStart(truths, answers, options.tolerance)
}
