/**
 * One developed brain in its own instance of the engine, as a BrainSession.
 *
 * Calls are synchronous inside; a batch is presented in pieces, between which other fibers run and interruption is seen. Sharp edge:
 * after a trap every call fails with `embedded/TRAP`; open another session and restore the last checkpoint.
 */
import {
  type BrainFeedback,
  type BrainInfo,
  type BrainSession,
  type BurstSchedule,
  type CoderReading,
  type CoderSelection,
  type CoderValue,
  type FiringTrace,
  type Precondition,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import type { Brain, FeedbackEvent } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { type AffectChannels, affectTarget } from "./Affect.ts"
import { countOf, fillValues, wrongCount } from "./ChannelValues.ts"
import { callEngine } from "./EngineFailure.ts"
import { areasOf } from "./Selection.ts"

/** Samples per call of the engine. */
const piece = 64

/** Bursts that a trace may look at: every one of them is kept whole. */
const mostTraced = 10_000

const untraceable = (bursts: number): TrainerError =>
  trainerError("usage", {
    code: "embedded/TRACE",
    message: "these bursts cannot be looked at",
    expected: `a whole number from 1 to ${mostTraced}`,
    actual: String(bursts)
  })

const noArea = (id: string): never => {
  throw new Error(`the engine fired in area ${id}, which the brain does not have`)
}

export interface SessionParts {
  readonly brain: Brain
  readonly info: BrainInfo
  readonly preconditions: ReadonlyArray<Precondition>
  readonly channels: AffectChannels
  readonly outputs: ReadonlyArray<CoderSelection>
  readonly schedule: BurstSchedule
  readonly inputWidth: number
  /** Whether every input is a picture of bytes. */
  readonly framesOnly: boolean
  /** Numbers of each output channel, in order. */
  readonly outputWidths: ReadonlyArray<number>
}

export const makeSession = (parts: SessionParts): BrainSession => {
  const { brain, outputWidths, inputWidth } = parts
  const { hold_bursts: hold, read_burst } = parts.schedule
  const window = read_burst - hold
  const outputAreas = parts.outputs.flatMap((output) => {
    const ids = areasOf(output).map(({ id }) => id)
    return Array.from({ length: output.channels }, () => ids)
  })
  const outputWidth = outputWidths.reduce((sum, width) => sum + width, 0)
  let bursts = brain.info().burst
  // Work of this session alone: a restored brain brings the counters of the one that was checkpointed.
  let counted = brain.activity()
  let before = { bursts: 0, spikes: 0, synaptic_events: 0 }
  const worked = () => {
    const now = brain.activity()
    return {
      bursts: before.bursts + now.bursts - counted.bursts,
      spikes: before.spikes + now.spikes - counted.spikes,
      synaptic_events: before.synaptic_events + now.synapticEvents - counted.synapticEvents
    }
  }

  /** Values of some samples in one row, checked for their number. The engine checks their ranges. */
  const pack = (batch: ReadonlyArray<ReadonlyArray<CoderValue>>): Float32Array | Uint8Array => {
    // Bytes of pictures go to the engine as they are.
    const bytes = parts.framesOnly && batch.every((values) => values.every((value) => value instanceof Uint8Array))
    const numbers = bytes ? new Uint8Array(batch.length * inputWidth) : new Float32Array(batch.length * inputWidth)
    batch.forEach((values, index) => {
      const count = countOf(values)
      if (count !== inputWidth) throw wrongCount(`sample ${index} of the batch`, inputWidth, count)
      fillValues(numbers, values, index * inputWidth)
    })
    return numbers
  }

  const rowsOf = (readings: Float32Array, silent: Uint8Array, samples: number): ReadonlyArray<ReadonlyArray<CoderReading>> =>
    Array.from({ length: samples }, (_, sample) => {
      let at = sample * outputWidth
      return outputWidths.map((width, channel): CoderReading => {
        const value = Array.from(readings.subarray(at, at + width))
        at += width
        return { silent: silent[sample * outputWidths.length + channel] === 1, value: width === 1 ? (value[0] ?? Number.NaN) : value }
      })
    })

  const presentPiece = (batch: ReadonlyArray<ReadonlyArray<CoderValue>>, settle: number): ReadonlyArray<ReadonlyArray<CoderReading>> => {
    const numbers = pack(batch)
    if (window === 1) {
      const { readings, silent } = brain.present(numbers, { hold, read: 1, settle })
      bursts += batch.length * (hold + 1 + settle)
      return rowsOf(readings, silent, batch.length)
    }
    // A longer window also holds what fired before the read burst: an output that did not fire in that burst itself is silent.
    return batch.map((_, index) => {
      const { readings, silent } = brain.present(numbers.subarray(index * inputWidth, (index + 1) * inputWidth), {
        hold,
        read: window,
        settle: 0
      })
      const fired = new Set(brain.fired().map(({ area }) => area))
      if (settle > 0) brain.rest(settle)
      bursts += hold + window + settle
      const now = silent.map((flag, channel) => (outputAreas[channel]?.some((id) => fired.has(id)) ? flag : 1))
      return rowsOf(readings, now, 1)[0] ?? []
    })
  }

  const present: BrainSession["present"] = Effect.fnUntraced(function* (batch, settle) {
    const rows: Array<ReadonlyArray<CoderReading>> = []
    for (let from = 0; from < batch.length; from += piece) {
      if (from > 0) yield* Effect.yieldNow
      rows.push(...(yield* callEngine(() => presentPiece(batch.slice(from, from + piece), settle))))
    }
    return rows
  })

  const areaIndex = new Map(parts.info.areas.map(({ id }, index) => [id, index]))

  /** One burst after the other, because the engine tells only what fired in its last one. */
  const traced = (row: ReadonlyArray<CoderValue>, count: number): FiringTrace => {
    const numbers = pack([row])
    const firings = Array.from({ length: count }, (_, index) => {
      if (index < hold) brain.present(numbers, { hold: 1, read: 0, settle: 0 })
      else brain.rest(1)
      return brain.fired().map((firing) => ({ ...firing, burst: index + 1 }))
    }).flat()
    return {
      bursts: count,
      count: firings.length,
      burst: Uint32Array.from(firings, ({ burst }) => burst),
      area: Uint32Array.from(firings, ({ area }) => areaIndex.get(area) ?? noArea(area)),
      voxel: Uint32Array.from(firings.flatMap(({ x, y, z }) => [x, y, z])),
      potential: Float32Array.from(firings, ({ potential }) => potential)
    }
  }

  const teachEvents = (offset: number, values: ReadonlyArray<CoderValue>): ReadonlyArray<FeedbackEvent> => {
    const numbers = new Float32Array(outputWidth)
    const count = countOf(values)
    if (count !== outputWidth) throw wrongCount("what is taught", outputWidth, count)
    fillValues(numbers, values, 0)
    let at = 0
    return outputWidths.flatMap((width, output) => {
      const force = brain.writeTarget(output, numbers.subarray(at, at + width))
      at += width
      return force.voxels.length === 0 ? [] : [{ offset, force }]
    })
  }

  const eventsOf = (event: BrainFeedback): ReadonlyArray<FeedbackEvent> => {
    if ("represent" in event) return [event]
    if ("teach" in event) return teachEvents(event.offset, event.teach)
    const target = affectTarget(parts.channels, event.affect.channel, event.affect.magnitude)
    if ("diagnostics" in target) throw target
    return [{ offset: event.offset, force: target }]
  }

  return {
    info: parts.info,
    preconditions: parts.preconditions,
    // A checkpoint resets the neurons of both sides and holds everything else.
    continuation: "identical",
    present,
    feedback: (events) =>
      events.length === 0
        ? Effect.void
        : callEngine(() => {
            bursts += brain.feedback(events.flatMap(eventsOf))
          }),
    freeze: (on) =>
      callEngine(() => {
        brain.freeze(on)
      }),
    rest: (count) =>
      callEngine(() => {
        brain.rest(count)
        bursts += count
      }),
    bursts: Effect.sync(() => bursts),
    activity: callEngine(() => {
      const { neurons, synapses } = brain.info()
      return { ...worked(), neurons, synapses }
    }),
    checkpoint: callEngine(() => brain.checkpoint()),
    restore: (bytes) =>
      callEngine(() => {
        const done = worked()
        brain.restore(bytes)
        before = done
        counted = brain.activity()
        bursts = brain.info().burst
      }),
    hash: (part) => callEngine(() => brain.hash(part)),
    weights: (from, to) => callEngine(() => Array.from(brain.weights(from, to).weight)),
    synapses: callEngine(() => {
      const { sourceArea, targetArea, ...columns } = brain.synapses()
      return { ...columns, source_area: sourceArea, target_area: targetArea }
    }),
    explain: (values) =>
      callEngine(() =>
        brain
          .explain(pack([values]))
          .flatMap(({ area, voxels }) => voxels.map(([x, y, z, potential = 1]) => ({ area, x, y, z, potential })))
      ),
    trace: (row, count) =>
      callEngine(() => {
        if (!(Number.isSafeInteger(count) && count >= 1 && count <= mostTraced)) throw untraceable(count)
        // The checkpoint brings back everything that these bursts change: counters, clock and the freeze as well.
        const saved = brain.checkpoint()
        try {
          brain.freeze(true)
          return traced(row, count)
        } finally {
          brain.restore(saved)
        }
      })
  }
}
