/**
 * The laws of a brain backend: one reading per channel, one clock, and plasticity that stops when it is told to.
 *
 * Sharp edge: a live backend keeps these laws only where it is exact (stepped); run the suite against the mode that a benchmark uses.
 */
import {
  type BrainBackend,
  type BrainFeedback,
  type BrainOpen,
  type BrainSession,
  type CoderSelection,
  type CoderValue,
  type EntryManifest,
  showValue,
  TrainerError
} from "@feagi-trainer/contracts"
import { Effect, type Scope } from "effect"
import { breakLaw, expectSame } from "./Broken.ts"
import { entryLaw } from "./EntryLaw.ts"
import type { Law } from "./Law.ts"
import { decodedOptions, optionsLaw } from "./Options.ts"

export interface BrainBackendSubject<Options> {
  readonly backend: BrainBackend<Options>
  /** As they stand in a run file. */
  readonly options: unknown
  readonly request: Omit<BrainOpen<Options>, "options">
  /** At least two rows of input values. */
  readonly rows: ReadonlyArray<ReadonlyArray<CoderValue>>
  /** Events that make this brain learn after a row was presented. */
  readonly feedback: ReadonlyArray<BrainFeedback>
  readonly manifest?: EntryManifest
}

const channelsOf = (selections: ReadonlyArray<CoderSelection>): number => selections.reduce((sum, { channels }) => sum + channels, 0)

/** The laws for the brain that this backend develops from the request; each law develops brains of its own. */
export const brainBackendLaws = <Options>(subject: BrainBackendSubject<Options>): ReadonlyArray<Law> => {
  const { backend, request, rows, feedback } = subject
  const open = Effect.suspend(() => backend.open({ ...request, options: decodedOptions(backend.decodeOptions, subject.options) }))
  const outputs = channelsOf(request.outputs)
  const law = (name: string, check: (brain: BrainSession) => Effect.Effect<void, TrainerError, Scope.Scope>): Law => ({
    name,
    check: () => Effect.runPromise(Effect.scoped(Effect.flatMap(open, check)))
  })
  const learn = Effect.fnUntraced(function* (brain: BrainSession) {
    const readings: Array<unknown> = []
    for (const row of rows) {
      readings.push(yield* brain.present([row], 0))
      yield* brain.feedback(feedback)
    }
    return readings
  })
  const hashes = Effect.fnUntraced(function* (brain: BrainSession) {
    return { connectome: yield* brain.hash("connectome"), full: yield* brain.hash("full") }
  })

  return [
    optionsLaw(backend.decodeOptions, subject.options),
    law("every row gives one reading for each output channel", (brain) =>
      Effect.map(brain.present(rows, 0), (readings) => {
        expectSame("the number of rows of readings", rows.length, readings.length)
        for (const row of readings) if (row.length !== outputs) breakLaw("a row of readings", `${outputs} readings`, showValue(row))
      })
    ),
    law("the same seed and rows give the same readings and hashes", (brain) =>
      Effect.gen(function* () {
        const other = yield* open
        expectSame("the readings of two brains", yield* learn(brain), yield* learn(other))
        expectSame("the hashes of two brains", yield* hashes(brain), yield* hashes(other))
      })
    ),
    law("a restored checkpoint has the hashes of the brain that it was taken from, and goes on like it", (brain) =>
      Effect.gen(function* () {
        yield* learn(brain)
        const bytes = yield* brain.checkpoint
        const other = yield* open
        yield* other.restore(bytes)
        expectSame("the hashes after restore()", yield* hashes(brain), yield* hashes(other))
        expectSame("the readings after restore()", yield* learn(brain), yield* learn(other))
        expectSame("the hashes, further on", yield* hashes(brain), yield* hashes(other))
      })
    ),
    law("bytes that are no checkpoint are refused", (brain) =>
      Effect.gen(function* () {
        const came = yield* Effect.exit(brain.restore(Uint8Array.of(1, 2, 3)))
        if (came._tag === "Success") breakLaw("restore() of three bytes", "a TrainerError", "success")
        else if (!came.cause.reasons.some((each) => each._tag === "Fail" && each.error instanceof TrainerError))
          breakLaw("restore() of three bytes", "a TrainerError", String(came.cause))
      })
    ),
    law("a frozen brain keeps its connectome, a thawed one learns again", (brain) =>
      Effect.gen(function* () {
        const before = yield* brain.hash("connectome")
        yield* brain.freeze(true)
        yield* learn(brain)
        expectSame("the connectome after feedback to a frozen brain", before, yield* brain.hash("connectome"))
        yield* brain.freeze(false)
        yield* learn(brain)
        if ((yield* brain.hash("connectome")) === before)
          breakLaw("the connectome after feedback to a thawed brain", "another hash", before)
      })
    ),
    law("no event, no row and an explanation change nothing", (brain) =>
      Effect.gen(function* () {
        yield* learn(brain)
        const before = { ...(yield* hashes(brain)), bursts: yield* brain.bursts }
        yield* brain.feedback([])
        expectSame("the readings of no row", [], yield* brain.present([], 0))
        const [row] = rows
        if (row !== undefined) yield* brain.explain(row)
        expectSame("hashes and bursts", before, { ...(yield* hashes(brain)), bursts: yield* brain.bursts })
      })
    ),
    law("every burst is counted once", (brain) =>
      Effect.gen(function* () {
        const start = yield* brain.bursts
        yield* brain.rest(5)
        expectSame("the bursts that rest(5) took", 5, (yield* brain.bursts) - start)
        const before = yield* brain.bursts
        yield* brain.present(rows.slice(0, 1), 0)
        const one = (yield* brain.bursts) - before
        if (one < request.schedule.read_burst)
          breakLaw("the bursts that one row took", `at least ${request.schedule.read_burst}, the burst that is read`, String(one))
        yield* brain.present(rows.slice(0, 1), 3)
        expectSame("the bursts that one row and 3 bursts to settle took", one + 3, (yield* brain.bursts) - before - one)
      })
    ),
    law("a row with a value too few is refused", (brain) =>
      Effect.gen(function* () {
        const [row] = rows
        if (row === undefined) return breakLaw("rows", "at least two", "none")
        const came = yield* Effect.exit(brain.present([row.slice(1)], 0))
        if (came._tag === "Success")
          breakLaw(`present() of ${row.length - 1} values`, `a TrainerError: the coders have ${row.length} channels`, showValue(came.value))
      })
    ),
    law("preconditions are named, each once, with what is known of them", (brain) =>
      Effect.sync(() => {
        const names = brain.preconditions.map(({ name }) => name)
        if (new Set(names).size !== names.length) breakLaw("the names of the preconditions", "each name once", names.join(", "))
        for (const { name, detail } of brain.preconditions)
          if (name === "" || detail === "") breakLaw("a precondition", "a name and a detail", showValue({ name, detail }))
      })
    ),
    ...entryLaw(backend, subject.manifest)
  ]
}
