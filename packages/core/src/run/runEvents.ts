/**
 * What a run tells, as a stream that can be picked up anywhere: from any process, from any event on, while the run goes and after it.
 *
 * The journal is the buffer. A reader that pulls may be as slow as it likes and loses nothing. One that must not hold back whoever feeds it
 * says how many events may wait for it; when more came, the oldest are dropped and a `warning` stands in their place which names the
 * missing numbers, so that they can be asked for again. Sharp edge: another process is followed by asking the journal again and again.
 */
import type { RunEvent, TrainerError } from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { BlobStore } from "../port/BlobStore.ts"
import { RunJournal, type RunRow } from "../port/RunJournal.ts"
import { runEventDocuments } from "../wire/runEventDocuments.ts"
import { documentOf } from "./runs.ts"

export interface RunEventsOptions {
  /** The number of the last event that the reader has; left out: from the first on. */
  readonly after?: number
  /** Goes on until the run has ended (completed, skipped, failed or cancelled); otherwise what is there now is all. */
  readonly follow: boolean
  /** Events that may wait for the reader, at least 1. Left out: the reader pulls, and nothing is ever dropped. */
  readonly buffer?: number
}

/** How long a follower waits before it asks the journal again, in milliseconds. */
export const followEveryMillis = 200

const ends: ReadonlySet<string> = new Set(["completed", "skipped", "failed", "cancelled"])

export const runEvents = (
  row: RunRow,
  { after = -1, follow, buffer }: RunEventsOptions
): Stream.Stream<RunEvent, TrainerError, RunJournal | BlobStore> => {
  const pulled = Stream.unwrap(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const tell = runEventDocuments(row.run_id, yield* documentOf(row), { timestamps: "recorded" })
      return Stream.paginate(0, (from: number) =>
        Effect.gen(function* () {
          const events = yield* journal.events(row.run_id, from)
          const fresh = events.flatMap(tell).filter((event) => numberOf(event) > after)
          const ended = ends.has(events.at(-1)?.type ?? "")
          if (!follow || ended) return [fresh, Option.none<number>()] as const
          if (events.length === 0) yield* Effect.sleep(followEveryMillis)
          return [fresh, Option.some(from + events.length)] as const
        })
      )
    })
  )
  if (buffer === undefined) return pulled
  if (!Number.isSafeInteger(buffer) || buffer < 1)
    return Stream.fail(
      trainerError("usage", {
        code: "FT3116",
        message: "a buffer of events holds at least one",
        expected: "a whole number from 1",
        actual: String(buffer)
      })
    )
  return pulled.pipe(Stream.buffer({ capacity: buffer, strategy: "sliding" }), tellGaps(row.run_id, after))
}

/** The number of an event in the stream of its run. */
export const numberOf = ({ x_feagi_trainer }: RunEvent): number => Number(x_feagi_trainer?.sequence)

/** Puts a warning in front of every event that does not follow the one before it. */
export const tellGaps =
  (run_id: string, after: number) =>
  <E, R>(events: Stream.Stream<RunEvent, E, R>): Stream.Stream<RunEvent, E, R> =>
    Stream.mapAccum(
      events,
      () => after,
      (last, event) => {
        const number = numberOf(event)
        return [number, number === last + 1 ? [event] : [gap(run_id, last + 1, number - 1), event]] as const
      }
    )

/** @param first and `last`: the numbers that are missing. The event bears the last of them, so that what follows follows it. */
const gap = (run_id: string, first: number, last: number): RunEvent => ({
  schema_version: 1,
  run_id,
  timestamp: null,
  kind: {
    type: "warning",
    message: `events ${first} to ${last} were not delivered: the reader was too slow for its buffer; ask for them again after ${first - 1}`
  },
  x_feagi_trainer: { sequence: BigInt(last), gap: { first, last } } as NonNullable<RunEvent["x_feagi_trainer"]>
})
