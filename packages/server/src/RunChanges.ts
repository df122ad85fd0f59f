/**
 * How all runs stand, told when it changes: one reader however many watch, and none when nobody does.
 *
 * Sharp edge: a watcher that is slow gets the newest stand of each run and not every stand between.
 */
import { printJson, type RunChange, sseMessage } from "@feagi-trainer/control-api"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import type { Write } from "./EventFeeds.ts"
import type { EventSource } from "./Host.ts"

interface Watcher {
  readonly waiting: Map<string, RunChange>
  readonly news: Latch.Latch
}

const same = (left: RunChange | undefined, right: RunChange): boolean =>
  left !== undefined && left.status === right.status && left.phase === right.phase && left.seq === right.seq

export class RunChanges {
  readonly #source: Pick<EventSource, "changes">
  readonly #scope: Scope.Scope
  readonly #everyMillis: number
  readonly #watchers = new Set<Watcher>()
  #known: ReadonlyMap<string, RunChange> | undefined
  #fiber: Fiber.Fiber<void> | undefined

  /** @param everyMillis between two looks */
  constructor(source: Pick<EventSource, "changes">, scope: Scope.Scope, everyMillis: number) {
    this.#source = source
    this.#scope = scope
    this.#everyMillis = everyMillis
  }

  /** What changes from now on; ends with the client alone. */
  readonly serve = (write: Write): Effect.Effect<void> =>
    Effect.acquireUseRelease(
      Effect.gen({ self: this }, function* () {
        const watcher: Watcher = { waiting: new Map(), news: Latch.makeUnsafe(false) }
        this.#watchers.add(watcher)
        if (this.#fiber === undefined) {
          // Before anything is answered: whoever asks for the table after this misses no change.
          yield* this.#look
          this.#fiber = yield* Effect.forkIn(Effect.forever(Effect.andThen(Effect.sleep(this.#everyMillis), this.#look)), this.#scope)
        }
        return watcher
      }),
      (watcher) =>
        Effect.gen(function* () {
          yield* write(sseMessage("ready", "{}"))
          while (true) {
            const runs = [...watcher.waiting.values()]
            watcher.waiting.clear()
            if (runs.length === 0) yield* watcher.news.await
            else yield* write(sseMessage("runs-changed", printJson({ runs })))
          }
        }),
      (watcher) => this.#leave(watcher)
    )

  /** A look that fails is one that saw nothing: the next one sees what changed since the last. */
  get #look(): Effect.Effect<void> {
    return this.#source.changes.pipe(
      Effect.flatMap((runs) => {
        const before = this.#known
        this.#known = new Map(runs.map((run) => [run.run_id, run]))
        if (before === undefined) return Effect.void
        const changed = runs.filter((run) => !same(before.get(run.run_id), run))
        if (changed.length === 0) return Effect.void
        for (const { waiting } of this.#watchers) for (const run of changed) waiting.set(run.run_id, run)
        return Effect.forEach([...this.#watchers], ({ news }) => news.release, { discard: true })
      }),
      Effect.catch(() => Effect.void)
    )
  }

  #leave(watcher: Watcher): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size > 0 || this.#fiber === undefined) return Effect.void
      const fiber = this.#fiber
      this.#fiber = undefined
      this.#known = undefined
      return Fiber.interrupt(fiber)
    })
  }
}
