/**
 * What a run recorded of its training beside answers and rewards: the measures of every optimiser step, their means by epoch, and what was
 * measured between the epochs. All of it is read from the journal.
 *
 * Sharp edge: steps and epochs count from 1 here, as people count them; a measure that a step does not have is absent, and a mean is over
 * the steps that have it.
 */
import { compensatedSum } from "@feagi-trainer/contracts"
import type { EventPayloads, StoredEvent } from "@feagi-trainer/core"

type Values = Readonly<Record<string, number>>

export interface MeasuredStep {
  readonly phase: string
  readonly epoch: number
  /** Optimiser steps since the learner was made, this one included. */
  readonly step: number
  readonly values: Values
}

interface MeasuredEpoch {
  readonly phase: string
  readonly epoch: number
  /** How many steps were measured. */
  readonly steps: number
  /** Means over the steps of the epoch. */
  readonly values: Values
}

export interface MeasuredPart {
  readonly phase: string
  /** The one behind which the part was answered. */
  readonly epoch: number
  readonly part: string
  readonly samples: number
  /** The training ended here, before its last epoch. */
  readonly stops: boolean
  /** Metrics of the pack that have a value. */
  readonly values: Values
}

export interface RunMeasures {
  readonly steps: ReadonlyArray<MeasuredStep>
  readonly epochs: ReadonlyArray<MeasuredEpoch>
  readonly validations: ReadonlyArray<MeasuredPart>
}

/** What nearly every optimiser tells, in the order in which people look at it. */
const usual = ["loss", "accuracy", "coherence", "gradient_norm", "learning_rate"]

/** Every name that one of these has: the usual ones first, the others in code-unit order. */
export const namesOf = (all: ReadonlyArray<{ readonly values: Values }>): ReadonlyArray<string> => {
  const names = new Set(all.flatMap(({ values }) => Object.keys(values)))
  return [...usual.filter((name) => names.has(name)), ...[...names].filter((name) => !usual.includes(name)).sort()]
}

/** The mean of each name over those that have it; a mean beyond the range of a double is left out. */
const meansOf = (all: ReadonlyArray<{ readonly values: Values }>): Values =>
  Object.fromEntries(
    namesOf(all).flatMap((name) => {
      const sum = compensatedSum()
      let count = 0
      for (const { values } of all) {
        if (!Object.hasOwn(values, name)) continue
        sum.add(values[name] ?? Number.NaN)
        count += 1
      }
      const mean = sum.value() / count
      return Number.isFinite(mean) ? [[name, mean] as const] : []
    })
  )

/** Steps that follow one another in the same epoch of the same phase. */
const byEpoch = (steps: ReadonlyArray<MeasuredStep>): ReadonlyArray<MeasuredEpoch> => {
  const epochs: Array<{ readonly phase: string; readonly epoch: number; readonly steps: Array<MeasuredStep> }> = []
  for (const each of steps) {
    const last = epochs.at(-1)
    if (last?.phase === each.phase && last.epoch === each.epoch) last.steps.push(each)
    else epochs.push({ phase: each.phase, epoch: each.epoch, steps: [each] })
  }
  return epochs.map(({ phase, epoch, steps: inside }) => ({ phase, epoch, steps: inside.length, values: meansOf(inside) }))
}

/** @param events of one run, in order */
export const measuresOf = (events: ReadonlyArray<Pick<StoredEvent, "type" | "payload">>): RunMeasures => {
  const steps: Array<MeasuredStep> = []
  const validations: Array<MeasuredPart> = []
  for (const { type, payload } of events) {
    if (type === "step") {
      // A durable step lies within one epoch, and its cursor stands behind it.
      const { phase, cursor, measures = [] } = payload as unknown as EventPayloads["step"]
      for (const { step, values } of measures) steps.push({ phase, epoch: cursor.epoch + 1, step, values })
    }
    if (type === "validated") {
      const { phase, epoch, part, samples, stops, metrics } = payload as unknown as EventPayloads["validated"]
      validations.push({ phase, epoch: epoch + 1, part, samples, stops, values: metrics })
    }
  }
  return { steps, epochs: byEpoch(steps), validations }
}

/** How many steps a window holds, so that the longest of these lists has at most `most` windows. */
export const windowOf = (lengths: ReadonlyArray<number>, most: number): number => Math.max(1, Math.ceil(Math.max(0, ...lengths) / most))

/** Means over windows of so many steps; the last window may have fewer. */
export const windowsOf = (steps: ReadonlyArray<MeasuredStep>, window: number) =>
  Array.from({ length: Math.ceil(steps.length / window) }, (_, at) => steps.slice(at * window, (at + 1) * window)).map((inside) => ({
    step: inside.at(-1)?.step ?? 0,
    means: meansOf(inside)
  }))
