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
import { Column, firstWhere } from "./Column.ts"
import { type Line, type Points, thinned } from "./thinned.ts"

export const axes = ["step", "sample", "wall", "epoch"] as const
export type Axis = (typeof axes)[number]

export type SeriesGroup = "metric" | "validation" | "loss" | "schedule" | "measure" | "reward" | "affect" | "activity" | "cost"

/** Where a point stands on each axis; NaN on one that it has no place on. */
export type At = Readonly<Record<Axis, number>>

/** Where the points of a line stand. Lines that were told together have one, which may be longer than those that began with it. */
type Places = Readonly<Record<Axis, Column>>

export interface Series {
  /** `<group>/<phase>/<what>`; of a measurement between epochs `validation/<part>/<metric>`. */
  readonly name: string
  readonly title: string
  readonly group: SeriesGroup
  /** `1` for a number without a unit. */
  readonly unit: string
  readonly phase: string | null
  /** Points are at the same index in both. */
  readonly at: Places
  readonly y: Column
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

export const noPlaces = (): Places => ({ step: new Column(), sample: new Column(), wall: new Column(), epoch: new Column() })

export const addPlace = (places: Places, at: At): void => {
  for (const axis of axes) places[axis].push(at[axis])
}

const firstPlaces = (places: Places, count: number): Places => {
  const [made, place] = [noPlaces(), (axis: Axis, index: number): number => places[axis].at(index)]
  for (let index = 0; index < count; index++) for (const axis of axes) made[axis].push(place(axis, index))
  return made
}

type Named = Omit<Series, "at" | "y">

class Collector {
  readonly #found = new Map<string, Named & { at: Places; readonly y: Column }>()
  readonly #places = new Map<string, Places>()

  /** A point of each line that was told here; lines that have a point at every place of their source share its places. */
  add(source: string, at: At, told: Iterable<readonly [Named, number]>): void {
    const places = this.#places.get(source) ?? noPlaces()
    this.#places.set(source, places)
    const before = places.step.length
    addPlace(places, at)
    for (const [named, y] of told) {
      const line = this.#found.get(named.name) ?? { ...named, at: before === 0 ? places : noPlaces(), y: new Column() }
      this.#found.set(named.name, line)
      // It was left out here and there: from now on it has places of its own.
      if (line.at === places && line.y.length < before) line.at = firstPlaces(places, line.y.length)
      if (line.at !== places) addPlace(line.at, at)
      line.y.push(y)
    }
  }
  get all(): ReadonlyArray<Series> {
    return [...this.#found.values()]
  }
}

/** Every line of a run, in the order in which they began. */
export const seriesOf = ({ document, events, rewards, telemetry }: SeriesSource): ReadonlyArray<Series> => {
  const lengths = epochLengths(document)
  const began = events.find(({ type }) => type === "running")?.at_wall ?? events[0]?.at_wall ?? 0
  const found = new Collector()
  const steps = new Map<string, Array<DurableStep>>()
  let last: At = { step: 0, sample: 0, wall: 0, epoch: 0 }
  let wall = Number.NEGATIVE_INFINITY

  for (const event of events) {
    // Where a clock was set back, time stands still.
    wall = Math.max(wall, (event.at_wall - began) / 1000)
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
      found.add(
        `metric/${phase}`,
        at,
        Object.entries(payload.metrics ?? {}).map(([metric, y]) => [
          { name: `metric/${phase}/${metric}`, title: `${metric}, ${phase}`, group: "metric", unit: "1", phase },
          y
        ])
      )
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
        found.add(
          `measures/${phase}`,
          within,
          Object.entries(values).map(([name, y]) => {
            const group = groupOf(name)
            return [{ name: `${group}/${phase}/${name}`, title: `${name}, ${phase}`, group, unit: "1", phase }, y]
          })
        )
      }
    }
    if (event.type === "validated") {
      const { phase, epoch, part, metrics } = payloadOf(event, "validated")
      const at: At = { ...last, wall, epoch: epoch + 1 }
      found.add(
        `validation/${part}`,
        at,
        Object.entries(metrics).map(([metric, y]) => [
          { name: `validation/${part}/${metric}`, title: `${metric}, ${part} between epochs`, group: "validation", unit: "1", phase },
          y
        ])
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
    found.add(
      `reward/${phase}`,
      at,
      Object.entries({ raw, shaped }).map(([kind, y]) => [
        { name: `reward/${phase}/${kind}`, title: `reward (${kind}), ${phase}`, group: "reward", unit: "1", phase },
        y
      ])
    )
    if (feedback === null) continue
    const counts = {
      ...Object.fromEntries(Object.entries(feedback.affect).map(([channel, { count }]) => [channel, count])),
      ...(feedback.teach === 0 ? {} : { teach: feedback.teach }),
      ...(feedback.represent === 0 ? {} : { represent: feedback.represent })
    }
    found.add(
      `affect/${phase}`,
      at,
      Object.entries(counts).map(([channel, count]) => {
        const name = `affect/${phase}/${channel}`
        return [{ name, title: `${channel} delivered, ${phase}`, group: "affect", unit: "events, cumulated", phase }, cumulate(name, count)]
      })
    )
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
      found.add(
        `telemetry/${phase}`,
        at,
        Object.entries(figures).map(([name, y]) => {
          const group = activity.has(name) ? "activity" : "cost"
          return [{ name: `${group}/${phase}/${name}`, title: `${name}, ${phase}`, group, unit: units.get(name) ?? "1", phase }, y]
        })
      )
    }
}

/** The points that have a place on an axis. */
const pointsOn = ({ at, y }: Pick<Series, "at" | "y">, axis: Axis): Points => {
  const x = at[axis]
  if (x.isFinite) return { x, y }
  const [places, values] = [new Column(), new Column()]
  for (let index = 0; index < y.length; index++) {
    if (!Number.isFinite(x.at(index))) continue
    places.push(x.at(index))
    values.push(y.at(index))
  }
  return { x: places, y: values }
}

/** A line on one axis, thinned to at most `most` points. */
export const lineOf = (series: Pick<Series, "at" | "y">, axis: Axis, most: number): Line => thinned(pointsOn(series, axis), most)

export interface SeriesWindow {
  readonly from: number
  readonly to: number
  /** Points at the most, at least 4. */
  readonly most: number
}

/** The part of a line between two places of an axis, with the nearest point outside on each side, so that it goes on to the edges. */
export const lineWithin = (series: Pick<Series, "at" | "y">, axis: Axis, { from, to, most }: SeriesWindow) => {
  const points = pointsOn(series, axis)
  const { x, y } = points
  const count = y.length
  const first = firstWhere(0, count, (index) => x.at(index) >= from)
  const behind = firstWhere(first, count, (index) => x.at(index) > to)
  return {
    line: thinned(points, most, Math.max(0, first - 1), Math.min(count, behind + 1)),
    /** In the window, before thinning. */
    points: behind - first,
    /** First and last x of the whole line. */
    range: count === 0 ? null : [x.at(0), x.at(count - 1)]
  }
}
