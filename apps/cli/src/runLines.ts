/**
 * The lines of one run by name: what it recorded, and for phases that learn the primary metric by epoch, which is measured when it is asked
 * for. A name that is not there is refused with the nearest one that is.
 */
import { didYouMean, type MetricValue, trainerErrors } from "@feagi-trainer/contracts"
import {
  documentOf,
  measuringPack,
  type PredictionRow,
  type RunDocument,
  RunJournal,
  readAnswer,
  type StoredEvent,
  scoredAnswer,
  viewRun
} from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { Column, firstWhere } from "./Column.ts"
import { findRun } from "./findRun.ts"
import { addPlace, noPlaces, type Series, seriesOf } from "./series.ts"

/** Values by epoch of the run that was asked for last. Answers are only ever added: as many of them are the same ones. */
let latest: { readonly run_id: string; readonly values: Map<string, MetricValue | undefined> } | undefined

const valuesFor = (run_id: string): Map<string, MetricValue | undefined> => {
  if (latest?.run_id !== run_id) latest = { run_id, values: new Map() }
  return latest.values
}

/** The primary metric over the answers of each epoch, each given before its sample was learnt from. */
const curveOf = (
  run_id: string,
  document: RunDocument,
  predictions: ReadonlyArray<PredictionRow>,
  phase: string,
  recorded: ReadonlyArray<Series>
) =>
  Effect.gen(function* () {
    const { pack, options, context } = yield* measuringPack(document)
    const known = valuesFor(run_id)
    const epochValue = (epoch: number, rows: ReadonlyArray<PredictionRow>): MetricValue | undefined => {
      const key = `${phase} ${epoch} ${rows.length}`
      if (known.has(key)) return known.get(key)
      const fold = pack.start(options, context)
      const scored = rows.flatMap((row) => scoredAnswer(readAnswer(row.line)) ?? [])
      const value = fold.result(scored.reduce(fold.add, fold.empty)).values[document.protocol.primary_metric]
      known.set(key, value)
      return value
    }
    let samples = 0
    const [places, y] = [noPlaces(), new Column()]
    for (const [epoch, rows] of Map.groupBy(predictions, (row) => row.epoch)) {
      samples += rows.length
      const value = epochValue(epoch, rows)
      if (typeof value !== "number") continue
      addPlace(places, { step: epoch + 1, sample: samples, wall: endOf(recorded, phase, epoch), epoch: epoch + 1 })
      y.push(value)
    }
    return { ...curveName(document, phase), at: places, y } satisfies Series
  })

/** When the last durable step of an epoch was committed; NaN where no line of the phase knows. */
const endOf = (recorded: ReadonlyArray<Series>, phase: string, epoch: number): number => {
  const line = recorded.find((each) => each.phase === phase && (each.group === "cost" || each.group === "metric"))
  if (line === undefined) return Number.NaN
  return line.at.wall.at(firstWhere(0, line.y.length, (index) => line.at.epoch.at(index) > epoch + 1) - 1)
}

const curveName = (document: RunDocument, phase: string) => {
  const metric = document.protocol.primary_metric
  return { name: `curve/${phase}/${metric}`, title: `${metric} by epoch, ${phase}`, group: "metric" as const, unit: "1", phase }
}

interface Recorded {
  readonly recorded: ReadonlyArray<Series>
  /** Answers of the phases that learn. */
  readonly learnt: ReadonlyMap<string, ReadonlyArray<PredictionRow>>
}

/** What was read with the list of events that was asked for last: who watches a run asks again and again. */
let read: (Recorded & { readonly events: ReadonlyArray<StoredEvent> }) | undefined

const recordedOf = (run_id: string, document: RunDocument, events: ReadonlyArray<StoredEvent>) =>
  Effect.gen(function* () {
    // Answers, rewards and telemetry come with an event: the same events, the same lines.
    if (read?.events === events) return read
    const journal = yield* RunJournal
    const learning = new Set(document.protocol.phases.flatMap((phase) => (phase.learns ? [phase.name] : [])))
    const learnt = Map.groupBy(
      (yield* journal.predictions(run_id)).filter(({ phase }) => learning.has(phase)),
      ({ phase }) => phase
    )
    const [rewards, telemetry] = [yield* journal.rewards(run_id), yield* journal.telemetry(run_id)]
    read = { events, learnt, recorded: seriesOf({ document, events, rewards, telemetry }) }
    return read
  })

/** What is known of a run's lines, and a way to get those that are named; `all` names every one. FT1354 for names that are not there. */
export const runLines = (reference: string) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const row = yield* findRun(reference)
    const view = yield* viewRun(row)
    const document = yield* documentOf(row)
    const events = yield* journal.events(row.run_id)
    const { recorded, learnt } = yield* recordedOf(row.run_id, document, events)
    const curves = [...learnt].map(([phase, rows]) => ({ phase, rows, named: curveName(document, phase) }))
    const available = [
      ...recorded.map(({ at: _, y, ...of }) => ({ ...of, points: y.length })),
      ...curves.map(({ rows, named }) => ({ ...named, points: new Set(rows.map(({ epoch }) => epoch)).size }))
    ]
    const names = available.map(({ name }) => name)
    const drawn = (asked: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const all = asked.includes("all")
        const unknown = all ? [] : asked.filter((name) => !names.includes(name))
        if (unknown.length > 0)
          return yield* trainerErrors(
            "usage",
            unknown.map((name) => {
              const near = didYouMean(name, names)
              return {
                code: "FT1354",
                severity: "error",
                field: "--name",
                message: `run ${row.run_id} has no line "${name}"`,
                help: near === undefined ? `list them with  feagi-trainer run series ${row.run_id}` : `did you mean "${near}"?`
              } as const
            })
          )
        const wanted = (name: string): boolean => all || asked.includes(name)
        return [
          ...recorded.filter(({ name }) => wanted(name)),
          ...(yield* Effect.forEach(
            curves.filter(({ named }) => wanted(named.name)),
            ({ phase, rows }) => curveOf(row.run_id, document, rows, phase, recorded)
          ))
        ] satisfies ReadonlyArray<Series>
      })
    return { row, view, document, last_seq: events.at(-1)?.seq ?? -1, available, drawn }
  })
