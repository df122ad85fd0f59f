/** `run metrics`: every number of every phase, final where the phase was scored, and how it moved until then. */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { documentOf, type EventPayloads, measuringPack, RunJournal, type StoredEvent, viewRun } from "@feagi-trainer/core"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

/** What the numbers of optimiser steps are told under; those of a measurement between epochs stand under its part. */
const stepPrefix = "step"

interface Moved {
  readonly name: string
  /** Of the scored phase; null while there is none. */
  readonly final: MetricValue | null
  readonly last: number | null
  readonly min: number | null
  readonly max: number | null
  /** Event that said it last. */
  readonly at_seq: number | null
  readonly points: number
}

interface Points {
  readonly values: Array<number>
  at_seq: number
}

/** What was told of each metric while a phase went on, in the order in which it was first told. */
const toldOf = (events: ReadonlyArray<StoredEvent>): ReadonlyMap<string, Map<string, Points>> => {
  const phases = new Map<string, Map<string, Points>>()
  const tell = (phase: string, name: string, value: number, seq: number): void => {
    const of = phases.get(phase) ?? new Map<string, Points>()
    phases.set(phase, of)
    const points = of.get(name) ?? { values: [], at_seq: seq }
    of.set(name, points)
    points.values.push(value)
    points.at_seq = seq
  }
  for (const { type, payload, seq } of events) {
    if (type === "step") {
      const { phase, metrics = {}, measures = [] } = payload as unknown as EventPayloads["step"]
      for (const [name, value] of Object.entries(metrics)) tell(phase, name, value, seq)
      // An optimiser's own numbers stand apart from the metrics of the answers.
      for (const { values } of measures)
        for (const [name, value] of Object.entries(values)) tell(phase, `${stepPrefix}/${name}`, value, seq)
    }
    if (type === "validated") {
      const { phase, part, metrics } = payload as unknown as EventPayloads["validated"]
      for (const [name, value] of Object.entries(metrics)) tell(phase, `${part}/${name}`, value, seq)
    }
  }
  return phases
}

const least = (values: ReadonlyArray<number>): number => values.reduce((a, b) => Math.min(a, b))
const most = (values: ReadonlyArray<number>): number => values.reduce((a, b) => Math.max(a, b))

const movedOf = (name: string, final: MetricValue | null, points: Points | undefined, scoredAt: number | null): Moved => {
  const numbers = [...(points?.values ?? []), ...(final === null || isInsufficient(final) ? [] : [final])]
  const none = numbers.length === 0
  return {
    name,
    final,
    last: numbers.at(-1) ?? null,
    min: none ? null : least(numbers),
    max: none ? null : most(numbers),
    at_seq: final === null ? (points?.at_seq ?? null) : scoredAt,
    points: numbers.length
  }
}

export const metrics = Command.make("metrics", { run: optionalRunId, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const row = yield* findRun(flags.run)
      const view = yield* viewRun(row)
      const document = yield* documentOf(row)
      const events = yield* journal.events(row.run_id)
      const told = toldOf(events)
      // Which way is better is said by the pack; a project that does not have it any more still shows its numbers.
      const directions = yield* measuringPack(document).pipe(
        Effect.map(({ pack }) => pack.directions),
        Effect.catch(() => Effect.succeed({}))
      )
      const phases = document.protocol.phases.map((phase) => {
        const state = view.state.phases.find((each) => each.phase === phase.name)
        const scored = events.findLast((event) => event.type === "phase-scored" && event.payload.phase === phase.name)?.seq ?? null
        const of = told.get(phase.name)
        const names = [...new Set([...Object.keys(state?.metrics ?? {}), ...(of?.keys() ?? [])])]
        return {
          phase: phase.name,
          state: state === undefined ? "waiting" : state.learned_hash === undefined ? "running" : "done",
          samples: state?.samples ?? 0,
          partial: state?.skipped !== undefined,
          metrics: names.map((name) => movedOf(name, state?.metrics?.[name] ?? null, of?.get(name), scored))
        }
      })
      const data = {
        run_id: row.run_id,
        spec_sha256: row.spec_sha256,
        primary_metric: document.protocol.primary_metric,
        directions,
        phases
      }
      yield* emit(flags.json, {
        kind: "run-metrics",
        data,
        human: metricsText(
          data,
          document.split.parts.map(({ name }) => name)
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer run metrics latest", description: "Every metric of every phase, so far or final" }]))

const shown = (value: MetricValue | null): string | null =>
  value === null ? null : isInsufficient(value) ? "insufficient" : value.toFixed(6)

/** A metric of all classes, or an average of them; a value of one class has the class behind a slash and is left to the JSON. */
const ofAll = (name: string, parts: ReadonlyArray<string>): boolean => {
  const [first = "", ...rest] = name.split("/")
  const own = first === stepPrefix || parts.includes(first) ? rest : [first, ...rest]
  return own.length === 1 || /^(macro|micro|weighted)$/.test(own.at(-1) ?? "")
}

const metricsText = (
  data: {
    readonly run_id: string
    readonly primary_metric: string
    readonly phases: ReadonlyArray<{
      readonly phase: string
      readonly state: string
      readonly samples: number
      readonly partial: boolean
      readonly metrics: ReadonlyArray<Moved>
    }>
  },
  parts: ReadonlyArray<string>
): string =>
  [
    `${data.run_id}, judged by ${data.primary_metric}`,
    ...data.phases.flatMap(({ phase, state, samples, partial, metrics: of }) => {
      const rows = of.filter(({ name }) => ofAll(name, parts))
      const hidden = of.length - rows.length
      return [
        "",
        `${phase}: ${state}, ${samples} samples${partial ? ", PARTIAL: ended early" : ""}`,
        ...(rows.length === 0
          ? []
          : [
              textTable(
                [
                  { title: "METRIC", cell: (each) => each.name },
                  { title: "FINAL", cell: (each) => shown(each.final) },
                  { title: "LAST", cell: (each) => shown(each.last) },
                  { title: "MIN", cell: (each) => shown(each.min) },
                  { title: "MAX", cell: (each) => shown(each.max) }
                ],
                rows,
                ""
              ).trimEnd()
            ]),
        ...(hidden === 0 ? [] : [`${hidden} further values of classes and parts: with --json`])
      ]
    })
  ].join("\n")
