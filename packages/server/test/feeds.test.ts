/** Feeds without a network between: what exactly a listener gets that is late, and of a journal or a run that changes under it. */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { makeSseReader, type RunChange } from "@feagi-trainer/control-api"
import { Deferred, Effect, Latch, Queue, type Scope, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { EventFeeds } from "../src/EventFeeds.ts"
import { RunChanges } from "../src/RunChanges.ts"
import { eventOf, knownRun } from "./support/fakeHost.ts"

const ring = 3

/** Everything that was written, as `event: data` with the number of an event alone. */
const heardIn = (texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const heard: Array<string> = []
  const reader = makeSseReader((event, data, id) => heard.push(event === "run-event" ? String(id) : `${event}: ${data}`))
  for (const text of texts) reader(text)
  return heard
}

const scoped = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

describe("a listener", () => {
  it("that is behind the ring is told what it misses, and gets all that the ring has", async () => {
    const texts = await scoped(
      Effect.gen(function* () {
        const queue = yield* Queue.unbounded<ReturnType<typeof eventOf>>()
        const source = {
          find: () => Effect.succeed(knownRun),
          past: () => Stream.empty,
          follow: () => Stream.fromQueue(queue),
          changes: Effect.succeed([])
        }
        const feeds = new EventFeeds(source, yield* Effect.scope, ring)
        const written: Array<string> = []
        const [first, last] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const gate = Latch.makeUnsafe(false)
        const write = (text: string) =>
          Effect.gen(function* () {
            written.push(text)
            if (text.startsWith("id: 0\n")) {
              yield* Deferred.succeed(first, undefined)
              yield* gate.await
            }
            if (text.startsWith("id: 10\n")) yield* Deferred.succeed(last, undefined)
          })
        yield* Effect.forkScoped(feeds.serve(knownRun, -1, write))
        // Another one that keeps up shows when all is in the ring.
        const all = yield* Deferred.make<void>()
        yield* Effect.forkScoped(
          feeds.serve(knownRun, -1, (text) => (text.startsWith("id: 10\n") ? Effect.asVoid(Deferred.succeed(all, undefined)) : Effect.void))
        )
        yield* Queue.offer(queue, eventOf(0))
        yield* Deferred.await(first)
        for (let seq = 1; seq <= 10; seq++) {
          yield* Queue.offer(queue, eventOf(seq))
          yield* Effect.yieldNow
        }
        yield* Deferred.await(all)
        yield* gate.open
        yield* Deferred.await(last)
        return written
      })
    )
    expect(heardIn(texts)).toEqual(["0", 'gap: {"from":1,"to":7}', "8", "9", "10"])
  })

  it("of a journal that breaks while it is followed hears what came, the failure, and that this is the end", async () => {
    const broken = trainerError("integrity", { code: "FT4012", message: "event 2 was altered" })
    const texts = await scoped(
      Effect.gen(function* () {
        const follow = (): Stream.Stream<ReturnType<typeof eventOf>, TrainerError> =>
          Stream.concat(Stream.fromIterable([eventOf(0), eventOf(1)]), Stream.fail(broken))
        const source = { find: () => Effect.succeed(knownRun), past: () => Stream.empty, follow, changes: Effect.succeed([]) }
        const written: Array<string> = []
        const feeds = new EventFeeds(source, yield* Effect.scope, ring)
        yield* feeds.serve(knownRun, -1, (text) => Effect.sync(() => void written.push(text)))
        return written
      })
    )
    const [first, second, failure, end] = heardIn(texts)
    expect([first, second, end]).toEqual(["0", "1", 'end: {"last":1}'])
    expect(failure).toContain("FT4012")
    expect(failure).toContain('"reason":"integrity"')
  })
})

describe("a watcher of all runs", () => {
  it.each([
    ["status", { status: "paused" }],
    ["phase", { phase: "test" }],
    ["last event", { seq: 4 }]
  ] as ReadonlyArray<readonly [string, Partial<RunChange>]>)("is told of another %s, once and of that run alone", async (_, change) => {
    const run: RunChange = { run_id: knownRun, status: "running", phase: "train", seq: 3 }
    const other: RunChange = { ...run, run_id: "r-ba9876543210-1" }
    const texts = await scoped(
      Effect.gen(function* () {
        let [looks, now] = [0, [run, other]]
        const changes = Effect.sync(() => {
          looks += 1
          return now
        })
        const written: Array<string> = []
        const watch = new RunChanges({ changes }, yield* Effect.scope, 1)
        yield* Effect.forkScoped(watch.serve((text) => Effect.sync(() => void written.push(text))))
        while (looks < 2) yield* Effect.sleep(1)
        now = [{ ...run, ...change }, other]
        const seen = looks
        while (looks < seen + 3) yield* Effect.sleep(1)
        return written
      })
    )
    expect(heardIn(texts)).toEqual(["ready: {}", `runs-changed: ${JSON.stringify({ runs: [{ ...run, ...change }] })}`])
  })
})
