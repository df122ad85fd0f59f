/**
 * All that the pack `time-series-events` remembers: matched, predicted and missed events per label, the distances of matched starts, and
 * one recording to draw.
 *
 * Sharp edge: the recording that is drawn is the one with the least id in code units, not the first that came.
 */
import { ExactSum } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Event } from "./Event.ts"
import type { EventOptions } from "./EventRule.ts"
import { matchEvents } from "./EventRule.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const LabelTally = Schema.Struct({
  label: Schema.String,
  /** Pairs. */
  matched: Count,
  /** Predicted events without a partner. */
  spurious: Count,
  /** True events without a partner. */
  missed: Count
})
export type LabelTally = typeof LabelTally.Type

export const Recording = Schema.Struct({
  sample_id: Schema.String,
  target: Schema.Array(Event),
  prediction: Schema.NullOr(Schema.Array(Event))
})
export type Recording = typeof Recording.Type

const Sum = Schema.Struct({
  count: Schema.Int,
  significand: Schema.String,
  exponent: Schema.Int,
  nan: Schema.Int,
  positiveInfinity: Schema.Int,
  negativeInfinity: Schema.Int
})

export const EventTallies = Schema.Struct({
  answered: Count,
  abstained: Count,
  /** In code-unit order of the labels, each once. */
  labels: Schema.Array(LabelTally),
  /** |start − start| of every pair. */
  distances: Sum,
  shown: Schema.NullOr(Recording)
})
export type EventTallies = typeof EventTallies.Type

export const noEvents: EventTallies = { answered: 0, abstained: 0, labels: [], distances: ExactSum.empty, shown: null }

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Both, label by label. */
const mergeLabels = (left: ReadonlyArray<LabelTally>, right: ReadonlyArray<LabelTally>): ReadonlyArray<LabelTally> => {
  const all = new Map(left.map((tally) => [tally.label, tally]))
  for (const tally of right) {
    const other = all.get(tally.label)
    all.set(tally.label, {
      label: tally.label,
      matched: tally.matched + (other?.matched ?? 0),
      spurious: tally.spurious + (other?.spurious ?? 0),
      missed: tally.missed + (other?.missed ?? 0)
    })
  }
  return [...all.values()].sort((one, other) => compareText(one.label, other.label))
}

const earlier = (left: Recording | null, right: Recording | null): Recording | null => {
  if (left === null || right === null) return left ?? right
  const order = compareText(left.sample_id, right.sample_id) || compareText(JSON.stringify(left), JSON.stringify(right))
  return order <= 0 ? left : right
}

/** One recording alone. An answer that is not there leaves every true event missed. */
export const tallyOf = (options: EventOptions, recording: Recording): EventTallies => {
  const { target, prediction } = recording
  const answers = prediction ?? []
  const names = [...new Set([...target, ...answers].map(({ label }) => label))].sort(compareText)
  const distances: Array<number> = []
  const labels = names.map((name): LabelTally => {
    const truths = target.filter(({ label }) => label === name)
    const said = answers.filter(({ label }) => label === name)
    const pairs = matchEvents(options, truths, said)
    for (const pair of pairs) distances.push(Math.abs(pair.prediction.start - pair.target.start))
    return { label: name, matched: pairs.length, spurious: said.length - pairs.length, missed: truths.length - pairs.length }
  })
  return {
    answered: prediction === null ? 0 : 1,
    abstained: prediction === null ? 1 : 0,
    labels,
    distances: ExactSum.addAll(ExactSum.empty, distances),
    shown: target.length + answers.length === 0 ? null : recording
  }
}

/** The recordings of both. */
export const mergeTallies = (left: EventTallies, right: EventTallies): EventTallies => ({
  answered: left.answered + right.answered,
  abstained: left.abstained + right.abstained,
  labels: mergeLabels(left.labels, right.labels),
  distances: right.distances.count === 0 ? left.distances : ExactSum.merge(left.distances, right.distances),
  shown: earlier(left.shown, right.shown)
})
