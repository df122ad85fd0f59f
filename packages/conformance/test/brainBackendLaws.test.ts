/** A tiny exact brain keeps every law; for each law there is one that is broken. */
import {
  BrainBackend,
  type BrainSession,
  type CoderReading,
  type CoderSelection,
  type CoderValue,
  type FiringTrace,
  optionsFrom,
  type SynapseTable,
  type TrainerError,
  trainerError,
  type Voxel
} from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, hashOf } from "@feagi-trainer/determinism"
import { Effect, Schema } from "effect"
import { expect, it } from "vitest"
import { type BrainBackendSubject, brainBackendLaws, checkLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const Options = Schema.Struct({ mode: Schema.Literal("tiny") })
type Options = typeof Options.Type
type Backend = BrainBackend<Options>

const refused = (message: string): TrainerError => trainerError("failed", { code: "tiny/REFUSED", message })
const State = Schema.Struct({ weights: Schema.Array(Schema.Number), bursts: Schema.Number })
/** Cortical ids: their bytes are "in" and "out". */
const areas = ["aW4=", "b3V0"] as const
const voxelsOf = (values: ReadonlyArray<CoderValue>): ReadonlyArray<Voxel> =>
  values.map((value, x) => ({ area: areas[0], x, y: 0, z: 0, potential: Number(value) }))
const tableOf = (weights: ReadonlyArray<number>): SynapseTable => ({
  areas,
  count: weights.length,
  source_area: new Uint32Array(weights.length),
  source: Uint32Array.from(weights.flatMap((_, x) => [x, 0, 0])),
  target_area: new Uint32Array(weights.length).fill(1),
  target: new Uint32Array(3 * weights.length),
  weight: Float32Array.from(weights),
  potential: new Float32Array(weights.length).fill(1),
  inhibitory: new Uint8Array(weights.length)
})

/** These inputs fire in the first burst. */
const traceOf = (bursts: number, lit: ReadonlyArray<number>): FiringTrace => ({
  bursts,
  count: lit.length,
  burst: new Uint32Array(lit.length).fill(1),
  area: new Uint32Array(lit.length),
  voxel: Uint32Array.from(lit.flatMap((x) => [x, 0, 0])),
  potential: new Float32Array(lit.length).fill(1)
})

/** One weight for each input; the one output reads the weighted sum. Affect raises the weights of the inputs that were shown last. */
const tiny = (channels: number, readBurst: number): BrainSession => {
  let state = { weights: Array.from({ length: channels }, () => 1), bursts: 0 }
  let shown: ReadonlyArray<number> = []
  let frozen = false
  let run = 0
  const rest = (bursts: number) =>
    Effect.sync(() => {
      state = { ...state, bursts: state.bursts + bursts }
      run += bursts
    })
  return {
    info: {
      core_version: "1",
      engine: { tiny: "1" },
      areas: [
        { id: areas[0], name: "in", dimensions: [channels, 1, 1], neurons: channels },
        { id: areas[1], name: "out", dimensions: [1, 1, 1], neurons: 1 }
      ],
      mappings: [{ from: areas[0], to: areas[1], synapses: channels, plastic: true }],
      affect_channels: [{ name: "joy", limit: 1, graded: false }]
    },
    continuation: "identical",
    preconditions: [{ name: "exact", status: "verified", detail: "integers only" }],
    present: (batch, settle) =>
      Effect.forEach(batch, (row) =>
        Effect.gen(function* () {
          if (row.length !== channels) return yield* refused(`expected ${channels} values, got ${row.length}`)
          shown = row.map(Number)
          yield* rest(readBurst + settle)
          const value = shown.reduce((sum, each, index) => sum + each * (state.weights[index] ?? 0), 0)
          return [{ silent: value === 0, value }] satisfies ReadonlyArray<CoderReading>
        })
      ),
    feedback: (events) =>
      Effect.gen(function* () {
        for (const event of events) {
          if (!("affect" in event)) continue
          if (event.affect.channel !== "joy") return yield* refused(`no channel ${event.affect.channel}`)
          if (!frozen) state = { ...state, weights: state.weights.map((weight, index) => weight + (shown[index] ?? 0)) }
        }
      }),
    freeze: (on) =>
      Effect.sync(() => {
        frozen = on
      }),
    rest,
    bursts: Effect.sync(() => state.bursts),
    activity: Effect.sync(() => ({ bursts: run, spikes: 2 * run, synapses: channels })),
    checkpoint: Effect.sync(() => canonicalBytes(state)),
    restore: (bytes) =>
      Effect.try({
        try: () => {
          const { weights, bursts } = Schema.decodeUnknownSync(State)(fromCanonical(new TextDecoder().decode(bytes)))
          state = { weights: [...weights], bursts }
        },
        catch: () => refused("these bytes are no checkpoint")
      }),
    hash: (part) => Effect.sync(() => hashOf(part === "connectome" ? state.weights : state)),
    weights: () => Effect.sync(() => state.weights),
    synapses: Effect.sync(() => tableOf(state.weights)),
    explain: (values) => Effect.succeed(voxelsOf(values)),
    trace: (row, bursts) =>
      bursts < 1
        ? refused("no burst")
        : Effect.succeed(
            traceOf(
              bursts,
              row.flatMap((value, x) => (Number(value) > 0 ? [x] : []))
            )
          )
  }
}

const sound: Backend = BrainBackend.define({
  id: "tiny",
  execution: "embedded",
  decodeOptions: optionsFrom(Options),
  open: ({ schedule, connectome }) =>
    Effect.gen(function* () {
      const brain = tiny(2, schedule.read_burst)
      if (connectome !== undefined) yield* brain.restore(connectome)
      return brain
    }),
  bench: () => Effect.succeed({ voxels: (values) => Effect.succeed(voxelsOf(values)) })
})

const selection = (direction: "input" | "output", channels: number): CoderSelection => ({
  direction,
  binding: { io_type: "percentage", coder_id: "plain", cortical_area_id: "area", properties: {} },
  channels,
  channel_dimensions: [1, 1, 10]
})

const subject: BrainBackendSubject<Options> = {
  backend: sound,
  options: { mode: "tiny" },
  request: {
    genome: "{}",
    inputs: [selection("input", 2)],
    outputs: [selection("output", 1)],
    schedule: { hold_bursts: 1, read_burst: 4 },
    seed: new Uint8Array(32)
  },
  rows: [
    [1, 2],
    [3, 4]
  ],
  feedback: [{ offset: 0, affect: { channel: "joy", magnitude: 1 } }],
  manifest: entryOf("brain-backend", "tiny")
}

const suite = (over: Partial<Backend>, more: Partial<typeof subject> = {}) =>
  brainBackendLaws({ ...subject, ...more, backend: { ...sound, ...over } })
let brains = 0
const goesOn = "a brain that promises an identical continuation goes on after restore() like the one that was saved"
const activityLaw = "activity counts the bursts since the brain was opened, and no count runs backwards"
const synapsesLaw = "synapses stand in canonical order, and weights() are theirs"
const nothing = "no event, no row, an explanation and an account change nothing"
const traceLaw = "a trace tells what fires in every burst, the same twice, and leaves the brain as a checkpoint does"
const odd = (number: number) => String(number % 2)
const session = (over: (brain: BrainSession, number: number) => Partial<BrainSession>) =>
  suite({
    open: (request) => Effect.map(sound.open(request), (brain) => ({ ...brain, ...over(brain, ++brains) }))
  })
const after = <A, E>(effect: Effect.Effect<A, E>, change: () => void) => Effect.tap(effect, () => Effect.sync(change))
const noisy = (rows: ReadonlyArray<ReadonlyArray<CoderReading>>, noise: number) =>
  rows.map((row) => row.map((reading) => ({ ...reading, value: Number(reading.value) + noise })))

it("believes a backend that does not promise to go on alike", async () => {
  const forgetful = session((brain) => {
    let noise = 0
    return {
      continuation: "not-identical",
      present: (batch, settle) => Effect.map(brain.present(batch, settle), (rows) => noisy(rows, noise)),
      restore: (bytes) =>
        after(brain.restore(bytes), () => {
          noise = 1
        })
    }
  })
  expect((await checkLaws("forgetful", forgetful)).failed).toEqual([])
})

proveRed("brainBackendLaws", () => suite({}), [
  [
    "takes options that nobody declared",
    () => suite({ decodeOptions: () => ({ ok: true, value: { mode: "tiny" } }) }),
    "options decode, and an unknown key is refused by name"
  ],
  [
    "reads no channel",
    () => session((brain) => ({ present: (batch, settle) => Effect.map(brain.present(batch, settle), (rows) => rows.map(() => [])) })),
    "every row gives one reading for each output channel"
  ],
  [
    "reads by chance until its first checkpoint",
    () =>
      session((brain, number) => {
        let noise = number
        const still = () => {
          noise = 0
        }
        return {
          present: (batch, settle) => Effect.map(brain.present(batch, settle), (rows) => noisy(rows, noise)),
          checkpoint: after(brain.checkpoint, still),
          restore: (bytes) => after(brain.restore(bytes), still)
        }
      }),
    "the same seed and rows give the same readings and hashes"
  ],
  [
    "reads differently once it was restored",
    () =>
      session((brain) => {
        let noise = 0
        return {
          present: (batch, settle) => Effect.map(brain.present(batch, settle), (rows) => noisy(rows, noise)),
          restore: (bytes) =>
            after(brain.restore(bytes), () => {
              noise = 1
            })
        }
      }),
    [goesOn, traceLaw]
  ],
  [
    "hashes what no checkpoint restores",
    () =>
      session((brain, number) => ({
        continuation: "not-identical",
        hash: (part) => (part === "full" ? Effect.map(brain.hash(part), (hash) => hash + odd(number)) : brain.hash(part))
      })),
    ["a restored checkpoint has the hashes of the brain that it was taken from", "the same seed and rows give the same readings and hashes"]
  ],
  [
    "restores half of what it counts",
    () => session((brain) => ({ continuation: "not-identical", restore: (bytes) => Effect.andThen(brain.restore(bytes), brain.rest(1)) })),
    "a restored checkpoint has the hashes of the brain that it was taken from"
  ],
  ["promises something else", () => session(() => ({ continuation: "perhaps" as "identical" })), goesOn],
  [
    "ignores the connectome that it is opened with",
    () => suite({ open: ({ connectome: _, ...request }) => sound.open(request) }),
    "a brain that is opened with a connectome is the brain that it was taken from"
  ],
  [
    "takes any bytes for a connectome",
    () =>
      suite({ open: (request) => Effect.catch(sound.open(request), () => sound.open({ ...subject.request, options: request.options })) }),
    "a brain that is opened with a connectome is the brain that it was taken from"
  ],
  [
    "counts no burst of a row",
    () =>
      session((brain) => {
        let run = 0
        return {
          rest: (bursts) => after(brain.rest(bursts), () => (run += bursts)),
          activity: Effect.sync(() => ({ bursts: run }))
        }
      }),
    activityLaw
  ],
  [
    "counts spikes down",
    () => session((brain) => ({ activity: Effect.map(brain.activity, ({ bursts }) => ({ bursts, spikes: 1000 - bursts })) })),
    activityLaw
  ],
  [
    "guesses half a spike",
    () => session((brain) => ({ activity: Effect.map(brain.activity, (counts) => ({ ...counts, spikes: 0.5 })) })),
    activityLaw
  ],
  [
    "lists its synapses backwards",
    () =>
      session((brain) => ({
        synapses: Effect.map(brain.synapses, (table) => ({
          ...table,
          source: Uint32Array.of(1, 0, 0, 0, 0, 0),
          weight: table.weight.toReversed()
        })),
        weights: (from, to) => Effect.map(brain.weights(from, to), (weights) => weights.toReversed())
      })),
    synapsesLaw
  ],
  [
    "has other weights in the table",
    () =>
      session((brain) => ({
        synapses: Effect.map(brain.synapses, (table) => ({ ...table, weight: table.weight.map((weight) => weight + 1) }))
      })),
    synapsesLaw
  ],
  [
    "leaves a synapse out of a column",
    () => session((brain) => ({ synapses: Effect.map(brain.synapses, (table) => ({ ...table, potential: table.potential.slice(1) })) })),
    synapsesLaw
  ],
  [
    "names an area that it does not list",
    () => session((brain) => ({ synapses: Effect.map(brain.synapses, (table) => ({ ...table, areas: [areas[0]] })) })),
    synapsesLaw
  ],
  ...(
    [
      [
        "learns from a trace",
        (brain) => ({ trace: (row, bursts) => Effect.andThen(brain.feedback(subject.feedback), brain.trace?.(row, bursts) ?? refused("")) })
      ],
      [
        "counts the bursts of a trace",
        (brain) => ({ trace: (row, bursts) => Effect.andThen(brain.rest(bursts), brain.trace?.(row, bursts) ?? refused("")) })
      ],
      [
        "traces an area that it does not have",
        () => ({ trace: (_, bursts) => Effect.succeed({ ...traceOf(bursts, [0]), area: Uint32Array.of(7) }) })
      ],
      ["traces a voxel outside of its area", () => ({ trace: (_, bursts) => Effect.succeed(traceOf(bursts, [9])) })],
      [
        "traces a burst that it did not run",
        () => ({ trace: (_, bursts) => Effect.succeed({ ...traceOf(bursts, [0]), burst: Uint32Array.of(bursts + 1) }) })
      ],
      [
        "traces with a column too short",
        () => ({ trace: (_, bursts) => Effect.succeed({ ...traceOf(bursts, [0]), potential: new Float32Array(0) }) })
      ],
      ["traces no burst", () => ({ trace: (_, bursts) => Effect.succeed(traceOf(bursts, [0])) })]
    ] satisfies ReadonlyArray<readonly [string, (brain: BrainSession) => Partial<BrainSession>]>
  ).map(([name, over]): [string, () => ReturnType<typeof suite>, string] => [name, () => session(over), traceLaw]),
  [
    "has a bench of another brain",
    () =>
      suite({ bench: () => Effect.succeed({ voxels: (values) => Effect.succeed(voxelsOf(values).map((voxel) => ({ ...voxel, z: 1 }))) }) }),
    "the bench lights the voxels that the brain explains"
  ],
  [
    "explains nothing",
    () =>
      suite({
        bench: () => Effect.succeed({ voxels: () => Effect.succeed([]) }),
        open: (request) => Effect.map(sound.open(request), (brain) => ({ ...brain, explain: () => Effect.succeed([]) }))
      }),
    "the bench lights the voxels that the brain explains"
  ],
  [
    "does not hear an affect that it does not know",
    () =>
      session((brain) => ({
        feedback: (events) => brain.feedback(events.filter((event) => !("affect" in event) || event.affect.channel === "joy"))
      })),
    "an affect on a channel that the brain does not have is refused"
  ],
  [
    "declares a magnitude that it refuses",
    () =>
      session((brain) => ({
        feedback: (events) =>
          events.some((event) => "affect" in event && event.affect.magnitude < 1) ? refused("too little") : brain.feedback(events),
        info: { ...brain.info, affect_channels: [{ name: "joy", limit: 1, graded: true }] }
      })),
    "an affect channel takes every magnitude that info declares, and a graded one every smaller one"
  ],
  [
    "learns when it is asked for its synapses",
    () => session((brain) => ({ synapses: Effect.andThen(brain.feedback(subject.feedback), brain.synapses) })),
    nothing
  ],
  [
    "takes any bytes for a checkpoint",
    () => session((brain) => ({ restore: (bytes) => Effect.ignore(brain.restore(bytes)) })),
    "bytes that are no checkpoint are refused"
  ],
  [
    "does not freeze",
    () => session(() => ({ freeze: () => Effect.void })),
    "a frozen brain keeps its connectome, a thawed one learns again"
  ],
  [
    "does not thaw",
    () => session((brain) => ({ freeze: (on) => (on ? brain.freeze(true) : Effect.void) })),
    "a frozen brain keeps its connectome, a thawed one learns again"
  ],
  [
    "runs a burst to explain itself",
    () => session((brain) => ({ explain: (values) => Effect.andThen(brain.rest(1), brain.explain(values)) })),
    nothing
  ],
  ["rests a burst too long", () => session((brain) => ({ rest: (bursts) => brain.rest(bursts + 1) })), "every burst is counted once"],
  [
    "fills up a row that is too short",
    () =>
      session((brain) => ({
        present: (batch, settle) =>
          brain.present(
            batch.map((row) => [...row, 0].slice(0, 2)),
            settle
          )
      })),
    "a row with a value too few is refused"
  ],
  [
    "names a precondition twice",
    () => session((brain) => ({ preconditions: [...brain.preconditions, ...brain.preconditions] })),
    "preconditions are named, each once, with what is known of them"
  ],
  ["is not what its manifest says", () => suite({}, { manifest: entryOf("brain-backend", "other") }), "the entry is what its manifest says"]
])
