/**
 * The laws of a brain backend: one reading per channel, one clock, plasticity that stops when it is told to, and one account of what
 * the brain is and did.
 *
 * Sharp edges: a live backend keeps these laws only where it is exact (stepped); run the suite against the mode that a benchmark uses.
 * Whether a restored brain goes on alike is asked only of a backend that promises it: `continuation: "not-identical"` is honest.
 */
import {
  type BrainBackend,
  type BrainFeedback,
  type BrainOpen,
  type BrainSession,
  type CoderSelection,
  type CoderValue,
  type EntryManifest,
  type FiringTrace,
  type SynapseTable,
  showValue,
  TrainerError,
  type Voxel
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
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

const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Base64 to text of one character for each byte, so that texts are in the order of the bytes. An id that is no base64 stays itself. */
const bytesOf = (id: string): string => {
  try {
    return atob(id)
  } catch {
    return id
  }
}

const sortedVoxels = (voxels: ReadonlyArray<Voxel>): ReadonlyArray<Voxel> =>
  [...voxels].sort((left, right) => byCodeUnit(left.area, right.area) || left.z - right.z || left.y - right.y || left.x - right.x)

interface Synapse {
  readonly from: string
  readonly to: string
  readonly source: ReadonlyArray<number>
  readonly target: ReadonlyArray<number>
  readonly weight: number
}

/** The rows of a table; breaks the law where a column is too short or an area has no name. */
const rowsOf = (table: SynapseTable): ReadonlyArray<Synapse> => {
  const columns = {
    source_area: table.source_area.length,
    target_area: table.target_area.length,
    source: table.source.length / 3,
    target: table.target.length / 3,
    weight: table.weight.length,
    potential: table.potential.length,
    inhibitory: table.inhibitory.length
  }
  for (const [name, length] of Object.entries(columns))
    if (length !== table.count) breakLaw(`the column ${name} of synapses`, `${table.count} rows, as count says`, String(length))
  const areaOf = (index: number | undefined) => {
    const area = index === undefined ? undefined : table.areas[index]
    return area ?? breakLaw("an area of a synapse", `an index of the ${table.areas.length} areas`, String(index))
  }
  return Array.from({ length: table.count }, (_, at) => {
    const weight = table.weight[at] ?? Number.NaN
    if (!Number.isFinite(weight) || !Number.isFinite(table.potential[at]))
      breakLaw(`synapse ${at}`, "a finite weight and potential", `${weight} and ${table.potential[at]}`)
    return {
      from: areaOf(table.source_area[at]),
      to: areaOf(table.target_area[at]),
      source: Array.from(table.source.subarray(3 * at, 3 * at + 3)),
      target: Array.from(table.target.subarray(3 * at, 3 * at + 3)),
      weight
    }
  })
}

const firingsOf = ({ bursts, count, burst, area, voxel, potential }: FiringTrace) => ({
  bursts,
  count,
  burst: Array.from(burst),
  area: Array.from(area),
  voxel: Array.from(voxel),
  potential: Array.from(potential)
})

/** Breaks the law where a column has another length than `count` says, or a firing lies outside of the bursts or the areas. */
const checkTrace = (trace: FiringTrace, bursts: number, areas: BrainSession["info"]["areas"]): void => {
  expectSame("the bursts of a trace", bursts, trace.bursts)
  if (trace.count === 0) breakLaw("what fires when a row is shown", "at least one neuron", "nothing")
  const columns = { burst: trace.burst.length, area: trace.area.length, voxel: trace.voxel.length / 3, potential: trace.potential.length }
  for (const [name, length] of Object.entries(columns))
    if (length !== trace.count) breakLaw(`the column ${name} of a trace`, `${trace.count} rows, as count says`, String(length))
  for (let at = 0; at < trace.count; at++) {
    const burst = trace.burst[at] ?? 0
    if (burst < (at === 0 ? 1 : (trace.burst[at - 1] ?? 1)) || burst > bursts)
      breakLaw(`the burst of firing ${at}`, `1 to ${bursts}, none before that of the firing before`, String(burst))
    const area =
      areas[trace.area[at] ?? areas.length] ??
      breakLaw(`the area of firing ${at}`, `an index of the ${areas.length} areas`, String(trace.area[at]))
    const voxel = Array.from(trace.voxel.subarray(3 * at, 3 * at + 3))
    if (!voxel.every((each, axis) => each < (area.dimensions[axis] ?? 0)))
      breakLaw(`the voxel of firing ${at}`, `inside of ${area.dimensions.join(" x ")}`, voxel.join(", "))
  }
}

/** By source (bytes of the area's id, x, y, z), then by target, then by weight. */
const compareSynapses = (left: Synapse, right: Synapse): number => {
  const numbers = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) =>
    a.map((each, index) => each - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0
  return (
    byCodeUnit(bytesOf(left.from), bytesOf(right.from)) ||
    numbers(left.source, right.source) ||
    byCodeUnit(bytesOf(left.to), bytesOf(right.to)) ||
    numbers(left.target, right.target) ||
    left.weight - right.weight
  )
}

/** The laws for the brain that this backend develops from the request; each law develops brains of its own. */
export const brainBackendLaws = <Options>(subject: BrainBackendSubject<Options>): ReadonlyArray<Law> => {
  const { backend, request, rows, feedback } = subject
  const openWith = (more: Partial<Pick<BrainOpen<Options>, "connectome">>) =>
    Effect.suspend(() => backend.open({ ...request, ...more, options: decodedOptions(backend.decodeOptions, subject.options) }))
  const open = openWith({})
  const refuses = (what: string, came: Exit.Exit<unknown, unknown>) => {
    if (came._tag === "Success") breakLaw(what, "a TrainerError", "success")
    else if (!came.cause.reasons.some((each) => each._tag === "Fail" && each.error instanceof TrainerError))
      breakLaw(what, "a TrainerError", String(came.cause))
  }
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
    law("a restored checkpoint has the hashes of the brain that it was taken from", (brain) =>
      Effect.gen(function* () {
        yield* learn(brain)
        const bytes = yield* brain.checkpoint
        const other = yield* open
        yield* other.restore(bytes)
        expectSame("the hashes after restore()", yield* hashes(brain), yield* hashes(other))
      })
    ),
    law("a brain that promises an identical continuation goes on after restore() like the one that was saved", (brain) =>
      Effect.gen(function* () {
        const promised: string = brain.continuation
        if (promised !== "identical" && promised !== "not-identical")
          return breakLaw("continuation", '"identical" or "not-identical"', showValue(promised))
        if (promised === "not-identical") return
        yield* learn(brain)
        const bytes = yield* brain.checkpoint
        const other = yield* open
        yield* other.restore(bytes)
        expectSame("the readings after restore()", yield* learn(brain), yield* learn(other))
        expectSame("the hashes, further on", yield* hashes(brain), yield* hashes(other))
      })
    ),
    law("a brain that is opened with a connectome is the brain that it was taken from", (brain) =>
      Effect.gen(function* () {
        yield* learn(brain)
        const bytes = yield* brain.checkpoint
        const other = yield* openWith({ connectome: bytes })
        expectSame("the connectome of a brain opened with it", yield* brain.hash("connectome"), yield* other.hash("connectome"))
        refuses("open() with three bytes as connectome", yield* Effect.exit(openWith({ connectome: Uint8Array.of(1, 2, 3) })))
      })
    ),
    law("bytes that are no checkpoint are refused", (brain) =>
      Effect.map(Effect.exit(brain.restore(Uint8Array.of(1, 2, 3))), (came) => refuses("restore() of three bytes", came))
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
    law("no event, no row, an explanation and an account change nothing", (brain) =>
      Effect.gen(function* () {
        yield* learn(brain)
        const before = { ...(yield* hashes(brain)), bursts: yield* brain.bursts }
        yield* brain.feedback([])
        expectSame("the readings of no row", [], yield* brain.present([], 0))
        const [row] = rows
        if (row !== undefined) yield* brain.explain(row)
        yield* brain.activity
        yield* brain.synapses
        for (const { from, to } of brain.info.mappings) yield* brain.weights(from, to)
        expectSame("hashes and bursts", before, { ...(yield* hashes(brain)), bursts: yield* brain.bursts })
      })
    ),
    law("a trace tells what fires in every burst, the same twice, and leaves the brain as a checkpoint does", (brain) =>
      Effect.gen(function* () {
        const { trace } = brain
        const [row] = rows
        if (trace === undefined || row === undefined) return
        yield* learn(brain)
        const bytes = yield* brain.checkpoint
        const before = { ...(yield* hashes(brain)), bursts: yield* brain.bursts, activity: yield* brain.activity }
        const bursts = request.schedule.read_burst + 2
        const found = yield* trace(row, bursts)
        expectSame("hashes, bursts and activity behind trace()", before, {
          ...(yield* hashes(brain)),
          bursts: yield* brain.bursts,
          activity: yield* brain.activity
        })
        checkTrace(found, bursts, brain.info.areas)
        expectSame("what fires, asked again", firingsOf(found), firingsOf(yield* trace(row, bursts)))
        if (brain.continuation === "identical") {
          const answers = yield* brain.present([row], 0)
          yield* brain.restore(bytes)
          yield* trace(row, bursts)
          expectSame("the readings behind a trace and without one", answers, yield* brain.present([row], 0))
        }
        refuses("trace() of no burst", yield* Effect.exit(trace(row, 0)))
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
    law("activity counts the bursts since the brain was opened, and no count runs backwards", (brain) =>
      Effect.gen(function* () {
        const start = yield* brain.bursts
        let last: Readonly<Record<string, number | undefined>> = {}
        const look = Effect.fnUntraced(function* (when: string) {
          const counts = { ...(yield* brain.activity) }
          expectSame(`the bursts of activity ${when}`, (yield* brain.bursts) - start, counts.bursts)
          for (const [name, count] of Object.entries(counts)) {
            if (!Number.isSafeInteger(count) || count < 0) breakLaw(`${name} of activity ${when}`, "an integer from 0", String(count))
            const before = last[name] ?? 0
            // What a brain has may shrink; what it did cannot.
            if (name !== "neurons" && name !== "synapses" && count < before)
              breakLaw(`${name} of activity ${when}`, `at least ${before}, as before`, String(count))
          }
          last = counts
        })
        yield* look("after open()")
        yield* brain.rest(3)
        yield* look("after rest()")
        yield* brain.present(rows, 1)
        yield* look("after present()")
        yield* brain.feedback(feedback)
        yield* look("after feedback()")
      })
    ),
    law("synapses stand in canonical order, and weights() are theirs", (brain) =>
      Effect.gen(function* () {
        yield* learn(brain)
        const synapses = rowsOf(yield* brain.synapses)
        for (const [index, synapse] of synapses.entries()) {
          const before = synapses[index - 1]
          if (before !== undefined && compareSynapses(before, synapse) > 0)
            breakLaw(`synapse ${index}`, `one that does not come before ${showValue(before)}`, showValue(synapse))
        }
        for (const { from, to, synapses: count } of brain.info.mappings) {
          const own = synapses.filter((each) => each.from === from && each.to === to).map(({ weight }) => weight)
          expectSame(`how many synapses go from ${from} to ${to}, by info and by the table`, count, own.length)
          expectSame(`the weights from ${from} to ${to}, by the table and by weights()`, own, yield* brain.weights(from, to))
        }
      })
    ),
    law("the bench lights the voxels that the brain explains", (brain) =>
      Effect.gen(function* () {
        const bench = yield* backend.bench(request.inputs)
        for (const row of rows) {
          const explained = sortedVoxels(yield* brain.explain(row))
          if (explained.length === 0) breakLaw(`explain() of ${showValue(row)}`, "at least one voxel", "none")
          expectSame(`the voxels of ${showValue(row)}, by explain() and by the bench`, explained, sortedVoxels(yield* bench.voxels(row)))
        }
      })
    ),
    law("an affect on a channel that the brain does not have is refused", (brain) =>
      Effect.gen(function* () {
        yield* brain.present(rows.slice(0, 1), 0)
        const channel = "conformance_no_such_channel"
        const came = yield* Effect.exit(brain.feedback([{ offset: 0, affect: { channel, magnitude: 1 } }]))
        refuses(`feedback() with an affect on "${channel}"`, came)
      })
    ),
    law("an affect channel takes every magnitude that info declares, and a graded one every smaller one", (brain) =>
      Effect.gen(function* () {
        for (const { name: channel, limit, graded } of brain.info.affect_channels)
          for (const magnitude of graded ? [limit, limit / 2] : [limit]) {
            yield* brain.present(rows.slice(0, 1), 0)
            const came = yield* Effect.exit(brain.feedback([{ offset: 0, affect: { channel, magnitude } }]))
            if (came._tag === "Failure")
              breakLaw(`feedback() with an affect of ${magnitude} on "${channel}"`, "success", String(came.cause))
          }
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
