/**
 * Events: stretches of a recording with a label, `[start, end)` in one unit of time throughout (seconds, samples, bursts). They are the
 * output type `@feagi-trainer/metric-pack-time-series#events`, whose value is a list of them; a list of none is an answer.
 *
 * Sharp edge: the order within a list says nothing. Two events of one label may overlap and may even be equal; then they are two.
 */
import { showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"

export const eventsType = "@feagi-trainer/metric-pack-time-series#events"

export const Event = Schema.Struct({ start: Schema.Finite, end: Schema.Finite, label: Schema.String })
export type Event = typeof Event.Type

/** What is wrong with one event of a list. */
export interface EventFault {
  readonly path: string
  readonly message: string
  readonly expected: string
  readonly actual: string
}

export type EventsRead =
  | { readonly ok: true; readonly events: ReadonlyArray<Event> }
  | { readonly ok: false; readonly faults: ReadonlyArray<EventFault> }

const keys = ["start", "end", "label"]

const faultsOf = (event: unknown, path: string, points: boolean): ReadonlyArray<EventFault> => {
  if (typeof event !== "object" || event === null || Array.isArray(event))
    return [{ path, message: "this is no event", expected: "an object with start, end and label", actual: showValue(event) }]
  const { start, end, label } = event as Readonly<Record<string, unknown>>
  const time = (name: string, value: unknown): ReadonlyArray<EventFault> =>
    typeof value === "number" && Number.isFinite(value)
      ? []
      : [{ path: `${path}.${name}`, message: "this is no time", expected: "a finite number", actual: showValue(value) }]
  const strange = Object.keys(event)
    .filter((key) => !keys.includes(key))
    .map((key) => ({ path: `${path}.${key}`, message: "an event has no such key", expected: keys.join(", "), actual: JSON.stringify(key) }))
  const faults = [
    ...time("start", start),
    ...time("end", end),
    ...(typeof label === "string" && label !== ""
      ? []
      : [{ path: `${path}.label`, message: "this is no label", expected: "a text that is not empty", actual: showValue(label) }]),
    ...strange
  ]
  if (faults.length > 0 || typeof start !== "number" || typeof end !== "number") return faults
  const expected = points ? "start ≤ end" : "start < end: an overlap with an event of no length is none"
  return start < end || (points && start === end)
    ? []
    : [{ path, message: "the event ends before it begins", expected, actual: `start ${start}, end ${end}` }]
}

/** @param points whether an event may begin and end at one time */
export const readEvents = (value: unknown, points: boolean): EventsRead => {
  if (!Array.isArray(value))
    return {
      ok: false,
      faults: [
        { path: "", message: "this is no list of events", expected: "a list, empty where there is no event", actual: showValue(value) }
      ]
    }
  const faults = value.flatMap((event, index) => faultsOf(event, `[${index}]`, points))
  if (faults.length > 0) return { ok: false, faults }
  // Every element was looked at above.
  return { ok: true, events: (value as ReadonlyArray<Event>).map(({ start, end, label }) => ({ start, end, label })) }
}

/** By start, then end, in time; labels by their code units. Equal events are equal in every respect. */
export const compareEvents = (left: Event, right: Event): number =>
  left.start - right.start || left.end - right.end || (left.label < right.label ? -1 : left.label > right.label ? 1 : 0)
