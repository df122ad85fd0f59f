/** A host that does nothing but count who called it, with events that the test gives out. */
import { trainerError } from "@feagi-trainer/contracts"
import type { RunChange } from "@feagi-trainer/control-api"
import { Deferred, Effect, Queue, Stream } from "effect"
import type { Host, JobListener, NumberedEvent } from "../../src/index.ts"

export const knownRun = "r-0123456789ab-1"
export const eventOf = (seq: number, filler = ""): NumberedEvent => ({
  seq,
  document: { schema_version: 1, run_id: knownRun, kind: { type: "progress", filler }, x_feagi_trainer: { sequence: seq } }
})

export interface FakeHost extends Host {
  /** Every call of any member, as `member: words`. */
  readonly calls: Array<string>
  readonly stdins: Array<string | undefined>
  /** What is there; `say` adds to it while followers listen. */
  readonly events_: Array<NumberedEvent>
  readonly say: (...events: ReadonlyArray<NumberedEvent>) => Effect.Effect<void>
  /** Ends every stream that follows. */
  readonly finish: Effect.Effect<void>
  /** How many followers were started, and how many listen now. */
  readonly followers: { started: number; now: number }
  changes_: ReadonlyArray<RunChange>
  readonly looks: { count: number }
  readonly jobs: Array<{
    readonly listener: JobListener
    readonly end: (kind: string, data: unknown, exitCode: number) => void
    cancelled: boolean
  }>
}

export const makeFakeHost = (): FakeHost => {
  const calls: Array<string> = []
  const stdins: Array<string | undefined> = []
  const events: Array<NumberedEvent> = []
  const followers = { started: 0, now: 0 }
  const queues = new Set<Queue.Queue<NumberedEvent, unknown>>()
  const looks = { count: 0 }
  const jobs: FakeHost["jobs"] = []
  const note = (name: string, ...words: ReadonlyArray<string>) => void calls.push([name, ...words].join(" "))
  let ended = false
  const host: FakeHost = {
    calls,
    stdins,
    events_: events,
    followers,
    changes_: [],
    looks,
    jobs,
    say: (...more) =>
      Effect.suspend(() => {
        events.push(...more)
        return Effect.forEach([...queues], (queue) => Queue.offerAll(queue, more), { discard: true })
      }),
    finish: Effect.suspend(() => {
      ended = true
      return Effect.forEach([...queues], (queue) => Queue.interrupt(queue), { discard: true })
    }),
    health: { version: "0.1.0", pid: 7, project: "fake", store: "/fake/.feagi-trainer", demo: false },
    session: Effect.sync(() => {
      note("session")
      return {
        project: "fake",
        version: "0.1.0",
        plugins: 0,
        store: { path: "/fake/.feagi-trainer", present: true },
        datasets: 0,
        runs: 0,
        running: [],
        engine: { address: null, state: "not-configured" as const },
        can_run: { ok: true, reasons: [] }
      }
    }),
    call: (argv, stdin) =>
      Effect.sync(() => {
        note("call", ...argv)
        stdins.push(stdin)
        if (argv.includes("r-ffffffffffff-9"))
          return {
            envelope: {
              schema_version: 1 as const,
              kind: "error",
              data: { reason: "invalid", diagnostics: [{ code: "FT1301", severity: "error", message: "there is no run" }] },
              warnings: []
            },
            exitCode: 3
          }
        return {
          envelope: { schema_version: 1 as const, kind: "answer", data: { argv, seed: 18_446_744_073_709_551_615n }, warnings: [] },
          exitCode: 0
        }
      }),
    spawn: (argv, listener) =>
      Effect.sync(() => {
        note("spawn", ...argv)
        const result = Deferred.makeUnsafe<{
          envelope: { schema_version: 1; kind: string; data: unknown; warnings: [] } | null
          exitCode: number
        }>()
        const job = {
          listener,
          cancelled: false,
          end: (kind: string, data: unknown, exitCode: number) =>
            void Deferred.doneUnsafe(result, Effect.succeed({ envelope: { schema_version: 1, kind, data, warnings: [] }, exitCode }))
        }
        jobs.push(job)
        return {
          result: Deferred.await(result),
          cancel: Effect.sync(() => {
            job.cancelled = true
            Deferred.doneUnsafe(result, Effect.succeed({ envelope: null, exitCode: 143 }))
          })
        }
      }),
    start: (run, options) =>
      Effect.sync(() => {
        note("start", run, JSON.stringify(options))
        return { run_id: run, outcome: "started" as const }
      }),
    events: {
      find: (run) =>
        Effect.suspend(() => {
          note("find", run)
          return run === knownRun || run === "latest"
            ? Effect.succeed(knownRun)
            : Effect.fail(trainerError("invalid", { code: "FT1301", message: `there is no run "${run}"` }))
        }),
      past: (_, after) => Stream.suspend(() => Stream.fromIterable(events.filter(({ seq }) => seq > after))),
      follow: (_, after) =>
        Stream.unwrap(
          Effect.gen(function* () {
            followers.started += 1
            followers.now += 1
            const queue = yield* Queue.unbounded<NumberedEvent, unknown>()
            queues.add(queue)
            yield* Queue.offerAll(
              queue,
              events.filter(({ seq }) => seq > after)
            )
            if (ended) return Stream.fromIterable(events.filter(({ seq }) => seq > after))
            return Stream.fromQueue(queue).pipe(
              Stream.catchCause(() => Stream.empty),
              Stream.ensuring(
                Effect.sync(() => {
                  followers.now -= 1
                  queues.delete(queue)
                })
              )
            )
          })
        ),
      changes: Effect.sync(() => {
        looks.count += 1
        return host.changes_
      })
    },
    picture: (dataset, sample) =>
      Effect.sync(() => {
        note("picture", dataset, sample)
        return new TextEncoder().encode("<script>alert(1)</script>")
      }),
    artifact: (sha256) =>
      Effect.sync(() => {
        note("artifact", sha256)
        return Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1)
      })
  }
  return host
}
