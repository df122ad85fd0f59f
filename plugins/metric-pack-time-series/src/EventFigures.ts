/**
 * What events look like: one recording with truth and answer under each other, and a table per label.
 *
 * Sharp edge: the recording is drawn in 200 steps between its first and its last event; an event shorter than a step still fills one.
 */
import { type Figure, isInsufficient } from "@feagi-trainer/contracts"
import type { Event } from "./Event.ts"
import type { LabelTally, Recording } from "./EventTallies.ts"
import { eventNames, ratiosOf } from "./EventValues.ts"

const steps = 200
const mostMarks = 40

export const recordingFigure = ({ sample_id, target, prediction }: Recording): ReadonlyArray<Figure> => {
  const all = [...target, ...(prediction ?? [])]
  const first = all.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY)
  const last = all.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(last - first) || last === first) return []
  const place = (time: number): number => Math.min(steps - 1, Math.floor(((time - first) / (last - first)) * steps))
  const until = (event: Event): number => Math.max(place(event.start), Math.ceil(((event.end - first) / (last - first)) * steps) - 1)
  const filled = (events: ReadonlyArray<Event>): ReadonlyArray<number> => {
    const values = Array.from({ length: steps }, () => 0)
    for (const event of events) values.fill(1, place(event.start), until(event) + 1)
    return values
  }
  return [
    {
      kind: "series",
      id: "events",
      title: `Events of ${sample_id}`,
      description: `True events above, predicted events below, from ${first} to ${last} in ${steps} steps; the marks are the true events.`,
      channels: [
        { name: "true", values: filled(target) },
        ...(prediction === null ? [] : [{ name: "predicted", values: filled(prediction) }])
      ],
      marks: target.slice(0, mostMarks).map((event) => ({ label: event.label, at: place(event.start), until: until(event) }))
    }
  ]
}

export const labelsFigure = (labels: ReadonlyArray<LabelTally>): Figure => ({
  kind: "table",
  id: "labels",
  title: "Events per label",
  description: "Matched, spurious and missed events of each label; an empty cell is a value that is undefined, not zero.",
  columns: [
    { key: "label", label: "label", align: "left" },
    { key: "matched", label: "matched", align: "right" },
    { key: "spurious", label: "spurious", align: "right" },
    { key: "missed", label: "missed", align: "right" },
    ...eventNames.map((name) => ({ key: name, label: name.slice("event_".length), align: "right" as const }))
  ],
  rows: labels.map((tally) => {
    const ratios = ratiosOf(tally)
    const cells = eventNames.map((name) => ratios[name]).map((value) => (isInsufficient(value) ? null : value))
    return [tally.label, tally.matched, tally.spurious, tally.missed, ...cells]
  })
})
