/**
 * The metric pack `time-series-events`: lists of labelled stretches of time against the true ones, under a rule that has a version.
 *
 * Sharp edge: an abstention is an answer without events, so every true event of its recording is missed; unlike an empty list it also
 * lowers `answered`. Where the dataset declares classes, an event of another label is refused.
 */
import { ExactSum, finiteSum, isAbstain, type MetricContext, MetricPack, type MetricResult, type Scored } from "@feagi-trainer/contracts"
import { type Event, eventsType, readEvents } from "./Event.ts"
import { labelsFigure, recordingFigure } from "./EventFigures.ts"
import { eventFiles } from "./EventFiles.ts"
import { decodeEventOptions, type EventOptions } from "./EventRule.ts"
import { EventTallies, mergeTallies, noEvents, type Recording, tallyOf } from "./EventTallies.ts"
import { eventValues } from "./EventValues.ts"

const eventsOf = (options: EventOptions, classes: ReadonlySet<string>, id: string, side: string, value: object): ReadonlyArray<Event> => {
  const custom = "custom" in value ? (value.custom as { readonly type: string; readonly value: unknown }) : undefined
  if (custom?.type !== eventsType)
    throw new RangeError(`sample "${id}": its ${side} is of type ${custom?.type ?? Object.keys(value).join(", ")}, expected ${eventsType}`)
  const read = readEvents(custom.value, options.rule === "point-tolerance@1")
  if (!read.ok)
    throw new RangeError(
      `sample "${id}": in its ${side} ${read.faults.map(({ path, message, expected, actual }) => `${path} ${message} (expected ${expected}, got ${actual})`.trim()).join("; ")}`
    )
  const stranger = classes.size === 0 ? undefined : read.events.find(({ label }) => !classes.has(label))
  if (stranger !== undefined)
    throw new RangeError(
      `sample "${id}": its ${side} has an event "${stranger.label}", which is none of the ${classes.size} declared classes`
    )
  return read.events
}

const recordingOf =
  (options: EventOptions, context: MetricContext) =>
  ({ sample_id, target, prediction }: Scored): Recording => {
    const classes = new Set(context.classes.map(({ label }) => label))
    return {
      sample_id,
      target: eventsOf(options, classes, sample_id, "target", target),
      prediction: isAbstain(prediction) ? null : eventsOf(options, classes, sample_id, "prediction", prediction)
    }
  }

const resultOf = ({ labels, answered, abstained, distances, shown }: EventTallies): MetricResult => ({
  values: {
    ...eventValues(labels, answered, abstained),
    onset_error: distances.count === 0 ? { insufficient: "no event was matched" } : finiteSum(ExactSum.value(distances) / distances.count)
  },
  figures: [...(shown === null ? [] : recordingFigure(shown)), ...(labels.length === 0 ? [] : [labelsFigure(labels)])]
})

const requireType = ({ output_type }: MetricContext): void => {
  if (typeof output_type === "string" || output_type.custom !== eventsType)
    throw new RangeError(`the metric pack time-series-events scores output type ${eventsType}, not ${JSON.stringify(output_type)}`)
}

export const timeSeriesEvents = MetricPack.define({
  id: "time-series-events",
  output_types: [eventsType],
  decodeOptions: decodeEventOptions,
  state: EventTallies,
  signature: (options: EventOptions) =>
    [
      "time-series-events:1",
      options.rule === "overlap@1"
        ? `rule=overlap@1,min_iou=${options.min_iou},greedy-by-iou,ties=earlier-target,earlier-prediction`
        : `rule=point-tolerance@1,tolerance=${options.tolerance},starts-in-order-of-time`,
      "one-to-one,same-label,same-recording",
      "pooled=all-recordings,all-labels",
      "abstention=every-event-missed",
      "onset_error=mean-of-pairs"
    ].join("|"),
  // Counts have no direction: they say how much there was.
  directions: {
    event_precision: "higher-is-better",
    event_recall: "higher-is-better",
    event_f1: "higher-is-better",
    onset_error: "lower-is-better",
    answered: "higher-is-better",
    abstained: "lower-is-better"
  },
  start: (options: EventOptions, context) => {
    requireType(context)
    const recording = recordingOf(options, context)
    return {
      empty: noEvents,
      add: (tallies: EventTallies, scored) => mergeTallies(tallies, tallyOf(options, recording(scored))),
      merge: mergeTallies,
      result: resultOf
    }
  },
  // One atom per recording. The distances of starts are left out: exact sums of all pairs for every resample cost too much.
  atoms: (options: EventOptions, context, samples) => {
    requireType(context)
    const tallies = samples.map((scored) => tallyOf(options, recordingOf(options, context)(scored)))
    const names = [...new Set(tallies.flatMap(({ labels }) => labels.map(({ label }) => label)))].sort()
    const placeOf = new Map(names.map((name, place) => [name, place]))
    return {
      count: tallies.length,
      atomOf: Uint32Array.from(tallies.keys()),
      values: (multiplicity) => {
        const counts = names.map((label) => ({ label, matched: 0, spurious: 0, missed: 0, seen: false }))
        let [answered, abstained] = [0, 0]
        for (const [index, tally] of tallies.entries()) {
          const times = multiplicity[index] ?? 0
          if (times === 0) continue
          answered += times * tally.answered
          abstained += times * tally.abstained
          for (const { label, matched, spurious, missed } of tally.labels) {
            const count = counts[placeOf.get(label) ?? -1]
            if (count === undefined) continue
            count.matched += times * matched
            count.spurious += times * spurious
            count.missed += times * missed
            count.seen = true
          }
        }
        return eventValues(
          counts.filter(({ seen }) => seen),
          answered,
          abstained
        )
      }
    }
  },
  files: eventFiles
})
