/**
 * Everything of a run that is a line over time: metrics as they came, measurements between epochs, what the optimiser told, rewards, affect,
 * activity and cost. All of it is read from what the run recorded.
 *
 * Sharp edge: rewards and affect are told sample by sample and become known with the durable step that committed them, so that on the axis
 * of time all samples of a step stand at its end.
 */
import {
  type EventPayloads,
  phaseTotal,
  type RewardRow,
  type RunDocument,
  readReward,
  type StoredEvent,
  type TelemetryRow,
  telemetryOf
} from "@feagi-trainer/core"
import { type Line, thinned } from "./thinned.ts"

export const axes = ["step", "sample", "wall", "epoch"] as const
export type Axis = (typeof axes)[number]

export type SeriesGroup = "metric" | "validation" | "loss" | "schedule" | "measure" | "reward" | "affect" | "activity" | "cost"

/** Where a point stands on each axis; NaN on one that it has no place on. */
type At = Readonly<Record<Axis, number>>

interface Point {
  readonly at: At
  readonly y: number
}

export interface Series {
  /** `<group>/<phase>/<what>`; of a measurement between epochs `validation/<part>/<metric>`. */
  readonly name: string
  readonly title: string
  readonly group: SeriesGroup
  /** `1` for a number without a unit. */
  readonly unit: string
  readonly phase: string | null
  readonly points: ReadonlyArray<Point>
}

export interface SeriesSource {
  readonly document: RunDocument
  readonly events: ReadonlyArray<StoredEvent>
  readonly rewards: ReadonlyArray<RewardRow>
  readonly telemetry: ReadonlyArray<TelemetryRow>
}

/** A durable step, with where it ended. */
interface DurableStep {
  readonly payload: EventPayloads["step"]
  readonly at: At
}

const payloadOf = <T extends keyof EventPayloads>(event: StoredEvent, _: T) => event.payload as unknown as EventPayloads[T]

/** Samples of one epoch of each phase. */
const epochLengths = (document: RunDocument): ReadonlyMap<string, number> =>
  new Map(
    document.protocol.phases.map((phase) => {
      const epochs = phase.learns && document.learner.own_steps === undefined ? document.training.epochs : 1
      return [phase.name, phaseTotal(document, phase) / epochs]
    })
  )

const groupOf = (measure: string): SeriesGroup =>
  measure.includes("loss") ? "loss" : measure === "learning_rate" || measure.endsWith("_learning_rate") ? "schedule" : "measure"

/** Figures that say what a learner does; all others are what it cost. */
const activity = new Set(["bursts", "spikes", "synaptic_events", "neurons", "synapses"])

class Collector {
  readonly #found = new Map<string, Omit<Series, "points"> & { readonly points: Array<Point> }>()
  add(series: Omit<Series, "points">, point: Point): void {
    const there = this.#found.get(series.name)
    if (there === undefined) this.#found.set(series.name, { ...series, points: [point] })
    else there.points.push(point)
  }
  get all(): ReadonlyArray<Series> {
    return [...this.#found.values()]
  }
}

/** The lines that were asked for last, by the list of events that they were made from: who watches a run asks again and again. */
let latest: { readonly events: ReadonlyArray<StoredEvent>; readonly series: ReadonlyArray<Series> } | undefined

/** Every line of a run, in the order in which they began. */
export const seriesOf = (source: SeriesSource): ReadonlyArray<Series> => {
  // Rewards and telemetry come with an event: the same events, the same lines.
  if (latest?.events !== source.events) latest = { events: source.events, series: madeOf(source) }
  return latest.series
}

const madeOf = ({ document, events, rewards, telemetry }: SeriesSource): ReadonlyArray<Series> => {
  const lengths = epochLengths(document)
  const began = events.find(({ type }) => type === "running")?.at_wall ?? events[0]?.at_wall ?? 0
  const found = new Collector()
  const steps = new Map<string, Array<DurableStep>>()
  let last: At = { step: 0, sample: 0, wall: 0, epoch: 0 }

  for (const event of events) {
    const wall = (event.at_wall - began) / 1000
    if (event.type === "step") {
      const payload = payloadOf(event, "step")
      const { phase, cursor } = payload
      const of = steps.get(phase) ?? []
      steps.set(phase, of)
      const before = of.at(-1)?.at.sample ?? 0
      const length = lengths.get(phase) ?? 0
      const at: At = {
        step: of.length + 1,
        sample: before + payload.samples,
        wall,
        epoch: length === 0 ? 0 : cursor.epoch + cursor.next / length
      }
      last = at
      of.push({ payload, at })
      for (const [metric, y] of Object.entries(payload.metrics ?? {}))
        found.add({ name: `metric/${phase}/${metric}`, title: `${metric}, ${phase}`, group: "metric", unit: "1", phase }, { at, y })
      const measures = payload.measures ?? []
      for (const [index, { step, values }] of measures.entries()) {
        // The optimiser's steps lie evenly within the durable one.
        const share = (index + 1) / measures.length
        const within: At = {
          step,
          sample: before + payload.samples * share,
          wall,
          epoch: at.epoch - ((1 - share) * payload.samples) / (length || 1)
        }
        for (const [name, y] of Object.entries(values)) {
          const group = groupOf(name)
          found.add({ name: `${group}/${phase}/${name}`, title: `${name}, ${phase}`, group, unit: "1", phase }, { at: within, y })
        }
      }
    }
    if (event.type === "validated") {
      const { phase, epoch, part, metrics } = payloadOf(event, "validated")
      const at: At = { ...last, wall, epoch: epoch + 1 }
      for (const [metric, y] of Object.entries(metrics))
        found.add(
          { name: `validation/${part}/${metric}`, title: `${metric}, ${part} between epochs`, group: "validation", unit: "1", phase },
          { at, y }
        )
    }
  }
  addRewards(found, rewards, steps, lengths)
  addTelemetry(found, telemetry, steps)
  return found.all
}

const addRewards = (
  found: Collector,
  rows: ReadonlyArray<RewardRow>,
  steps: ReadonlyMap<string, ReadonlyArray<DurableStep>>,
  lengths: ReadonlyMap<string, number>
): void => {
  const counted = new Map<string, number>()
  const cumulate = (name: string, by: number): number => {
    const total = (counted.get(name) ?? 0) + by
    counted.set(name, total)
    return total
  }
  const pointers = new Map<string, number>()
  for (const { line } of rows) {
    const { phase, epoch, index, raw, shaped, feedback } = readReward(line)
    const of = steps.get(phase) ?? []
    let pointer = pointers.get(phase) ?? 0
    const holds = (cursor: { readonly epoch: number; readonly next: number }): boolean =>
      cursor.epoch > epoch || (cursor.epoch === epoch && cursor.next > index)
    while (pointer < of.length && !holds(of[pointer]?.payload.cursor ?? { epoch: 0, next: 0 })) pointer += 1
    pointers.set(phase, pointer)
    const step = of[pointer]
    // A reward lies in a durable step: it is committed with it.
    if (step === undefined) continue
    const length = lengths.get(phase) ?? 0
    const at: At = {
      step: step.at.step,
      sample: epoch * length + index + 1,
      wall: step.at.wall,
      epoch: length === 0 ? 0 : epoch + (index + 1) / length
    }
    for (const [kind, y] of Object.entries({ raw, shaped }))
      found.add({ name: `reward/${phase}/${kind}`, title: `reward (${kind}), ${phase}`, group: "reward", unit: "1", phase }, { at, y })
    if (feedback === null) continue
    const counts = {
      ...Object.fromEntries(Object.entries(feedback.affect).map(([channel, { count }]) => [channel, count])),
      ...(feedback.teach === 0 ? {} : { teach: feedback.teach }),
      ...(feedback.represent === 0 ? {} : { represent: feedback.represent })
    }
    for (const [channel, count] of Object.entries(counts)) {
      const name = `affect/${phase}/${channel}`
      found.add(
        { name, title: `${channel} delivered, ${phase}`, group: "affect", unit: "events, cumulated", phase },
        { at, y: cumulate(name, count) }
      )
    }
  }
}

const addTelemetry = (
  found: Collector,
  rows: ReadonlyArray<TelemetryRow>,
  steps: ReadonlyMap<string, ReadonlyArray<DurableStep>>
): void => {
  const units = new Map(telemetryOf(rows).flatMap(({ figures }) => figures.map(({ name, unit }) => [name, unit] as const)))
  for (const [phase, of] of Map.groupBy(rows, (row) => row.phase))
    for (const [index, { figures }] of of.entries()) {
      const at = steps.get(phase)?.[index]?.at
      // What was recorded beside a step that is not there, as in a store that lost it, has no place.
      if (at === undefined) continue
      for (const [name, y] of Object.entries(figures)) {
        const group = activity.has(name) ? "activity" : "cost"
        found.add({ name: `${group}/${phase}/${name}`, title: `${name}, ${phase}`, group, unit: units.get(name) ?? "1", phase }, { at, y })
      }
    }
}

/** The points that have a place on an axis. */
const placed = ({ points }: Pick<Series, "points">, axis: Axis): ReadonlyArray<Point> =>
  points.filter(({ at }) => Number.isFinite(at[axis]))

/** A line on one axis, thinned to at most `most` points. */
export const lineOf = (series: Pick<Series, "points">, axis: Axis, most: number): Line => {
  const points = placed(series, axis)
  return thinned({ x: points.map(({ at }) => at[axis]), y: points.map(({ y }) => y) }, most)
}

export interface SeriesWindow {
  readonly from: number
  readonly to: number
  /** Points at the most, at least 4. */
  readonly most: number
}

/** The part of a line between two places of an axis, with the nearest point outside on each side, so that it goes on to the edges. */
export const lineWithin = (series: Pick<Series, "points">, axis: Axis, { from, to, most }: SeriesWindow) => {
  const points = placed(series, axis)
  const x = points.map(({ at }) => at[axis])
  const first = x.findIndex((each) => each >= from)
  const last = x.findLastIndex((each) => each <= to)
  const inside = first < 0 || last < first ? 0 : last - first + 1
  const [begin, end] = [Math.max(0, (first < 0 ? x.length : first) - 1), Math.min(x.length, last + 2)]
  const part = { x: x.slice(begin, end), y: points.slice(begin, end).map(({ y }) => y) }
  return {
    line: thinned(part, most),
    /** In the window, before thinning. */
    points: inside,
    /** First and last x of the whole line. */
    range: x.length === 0 ? null : [x[0] ?? 0, x.at(-1) ?? 0]
  }
}
