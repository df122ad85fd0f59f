/**
 * Events of runs, from one reader of the journal to any number of clients.
 *
 * A client first gets what is there, as fast as it reads; then it joins the feed of the run, of which there is one however many listen. The
 * feed keeps the last events in a ring that all share. Sharp edge: a client that falls behind the ring is told which numbers it missed and
 * goes on with what the ring still has; nobody waits for it.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { printJson, sseMessage } from "@feagi-trainer/control-api"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { EventSource, NumberedEvent } from "./Host.ts"
import { failureDocument } from "./Reply.ts"

/** Writes to one client: ends when the client can take more. */
export type Write = (text: string) => Effect.Effect<void>

interface Told {
  readonly seq: number
  readonly text: string
}

interface Feed {
  readonly run_id: string
  ring: Array<Told>
  /** Number of the last event that was read. */
  last: number
  clients: number
  ended: boolean
  failure: TrainerError | undefined
  /** Opened and closed again whenever something came. */
  readonly news: Latch.Latch
  fiber: Fiber.Fiber<void> | undefined
}

const told = ({ seq, document }: NumberedEvent): Told => ({ seq, text: sseMessage("run-event", printJson(document), String(seq)) })

export class EventFeeds {
  readonly #source: EventSource
  readonly #scope: Scope.Scope
  readonly #ringSize: number
  readonly #feeds = new Map<string, Feed>()

  /** @param ringSize events of a run that a client may be behind */
  constructor(source: EventSource, scope: Scope.Scope, ringSize: number) {
    this.#source = source
    this.#scope = scope
    this.#ringSize = ringSize
  }

  /** Sends everything behind `after` until the run has ended; ends then, or with the client. */
  readonly serve = (run_id: string, after: number, write: Write): Effect.Effect<void> =>
    Effect.gen({ self: this }, function* () {
      const start = yield* this.#known(run_id, after)
      if (start !== after) yield* write(sseMessage("reset", printJson({ after: start })))
      const cursor = { at: start }
      yield* this.#history(run_id, cursor, write)
      yield* Effect.acquireUseRelease(
        Effect.sync(() => this.#join(run_id, cursor.at)),
        (feed) => this.#live(feed, cursor, write),
        (feed) => this.#leave(feed)
      )
    }).pipe(
      Effect.catch((error) => write(sseMessage("error", printJson(failureDocument(error.reason, error.diagnostics))))),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause as Cause.Cause<never>)
          : write(sseMessage("error", printJson(failureDocument("failed", bug.diagnostics))))
      )
    )

  /** `after`, when the run has an event of that number; else -1, to begin anew. */
  #known(run_id: string, after: number): Effect.Effect<number, TrainerError> {
    if (after < 0) return Effect.succeed(-1)
    return this.#source.past(run_id, after - 1).pipe(
      Stream.take(1),
      Stream.runCollect,
      Effect.map((events) => (events[0]?.seq === after ? after : -1))
    )
  }

  #history(run_id: string, cursor: { at: number }, write: Write): Effect.Effect<void, TrainerError> {
    const feed = this.#feeds.get(run_id)
    const first = feed?.ring[0]
    // What the ring has need not be read again.
    if (feed !== undefined && (first === undefined ? feed.last <= cursor.at : first.seq <= cursor.at + 1)) return Effect.void
    return Stream.runForEach(this.#source.past(run_id, cursor.at), (event) =>
      event.seq <= cursor.at
        ? Effect.void
        : Effect.suspend(() => {
            cursor.at = event.seq
            return write(told(event).text)
          })
    )
  }

  #join(run_id: string, after: number): Feed {
    const known = this.#feeds.get(run_id)
    if (known !== undefined) {
      known.clients += 1
      return known
    }
    const feed: Feed = {
      run_id,
      ring: [],
      last: after,
      clients: 1,
      ended: false,
      failure: undefined,
      news: Latch.makeUnsafe(false),
      fiber: undefined
    }
    this.#feeds.set(run_id, feed)
    return feed
  }

  /** The one reader of the run, started by the first client that listens. */
  #reader(feed: Feed): Effect.Effect<void> {
    return Stream.runForEach(this.#source.follow(feed.run_id, feed.last), (event) =>
      Effect.suspend(() => {
        if (event.seq <= feed.last) return Effect.void
        feed.last = event.seq
        feed.ring.push(told(event))
        if (feed.ring.length > this.#ringSize) feed.ring = feed.ring.slice(-this.#ringSize)
        return feed.news.release
      })
    ).pipe(
      Effect.exit,
      Effect.flatMap((exit) => {
        feed.ended = true
        if (Exit.isFailure(exit)) {
          const error = Cause.squash(exit.cause)
          feed.failure = isTrainerError(error) ? error : bug
        }
        return feed.news.release
      }),
      Effect.asVoid
    )
  }

  #live(feed: Feed, cursor: { at: number }, write: Write): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      if (feed.fiber === undefined) feed.fiber = yield* Effect.forkIn(this.#reader(feed), this.#scope)
      while (true) {
        const first = feed.ring[0]
        if (first !== undefined && first.seq > cursor.at + 1) {
          const gap = { from: cursor.at + 1, to: first.seq - 1 }
          cursor.at = gap.to
          yield* write(sseMessage("gap", printJson(gap), String(gap.to)))
          continue
        }
        const next = feed.ring[first === undefined ? 0 : cursor.at + 1 - first.seq]
        if (next !== undefined) {
          cursor.at = next.seq
          yield* write(next.text)
          continue
        }
        if (!feed.ended) {
          yield* feed.news.await
          continue
        }
        const { failure } = feed
        if (failure !== undefined) yield* write(sseMessage("error", printJson(failureDocument(failure.reason, failure.diagnostics))))
        yield* write(sseMessage("end", printJson({ last: cursor.at })))
        return
      }
    })
  }

  #leave(feed: Feed): Effect.Effect<void> {
    return Effect.suspend(() => {
      feed.clients -= 1
      if (feed.clients > 0) return Effect.void
      this.#feeds.delete(feed.run_id)
      return feed.fiber === undefined ? Effect.void : Fiber.interrupt(feed.fiber)
    })
  }
}

const isTrainerError = (error: unknown): error is TrainerError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "TrainerError"

const bug = trainerError("failed", { code: "FT9001", message: "this is a bug of feagi-trainer" })
