/** A tiny exact brain keeps every law; for each law there is one that is broken. */
import {
  BrainBackend,
  type BrainSession,
  type CoderReading,
  type CoderSelection,
  optionsFrom,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, hashOf } from "@feagi-trainer/determinism"
import { Effect, Schema } from "effect"
import { type BrainBackendSubject, brainBackendLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const Options = Schema.Struct({ mode: Schema.Literal("tiny") })
type Options = typeof Options.Type
type Backend = BrainBackend<Options>

const refused = (message: string): TrainerError => trainerError("failed", { code: "tiny/REFUSED", message })
const State = Schema.Struct({ weights: Schema.Array(Schema.Number), bursts: Schema.Number })

/** One weight for each input; the one output reads the weighted sum. Affect raises the weights of the inputs that were shown last. */
const tiny = (channels: number, readBurst: number): BrainSession => {
  let state = { weights: Array.from({ length: channels }, () => 1), bursts: 0 }
  let shown: ReadonlyArray<number> = []
  let frozen = false
  const rest = (bursts: number) =>
    Effect.sync(() => {
      state = { ...state, bursts: state.bursts + bursts }
    })
  return {
    info: { core_version: "1", engine: { tiny: "1" }, areas: [], mappings: [], affect_channels: ["joy"] },
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
      Effect.sync(() => {
        for (const event of events)
          if (!frozen && "affect" in event)
            state = { ...state, weights: state.weights.map((weight, index) => weight + (shown[index] ?? 0)) }
      }),
    freeze: (on) =>
      Effect.sync(() => {
        frozen = on
      }),
    rest,
    bursts: Effect.sync(() => state.bursts),
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
    explain: () => Effect.succeed([])
  }
}

const sound: Backend = BrainBackend.define({
  id: "tiny",
  execution: "embedded",
  decodeOptions: optionsFrom(Options),
  open: ({ schedule }) => Effect.sync(() => tiny(2, schedule.read_burst))
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
const session = (over: (brain: BrainSession, number: number) => Partial<BrainSession>) =>
  suite({
    open: (request) => Effect.map(sound.open(request), (brain) => ({ ...brain, ...over(brain, ++brains) }))
  })
const after = <A, E>(effect: Effect.Effect<A, E>, change: () => void) => Effect.tap(effect, () => Effect.sync(change))
const noisy = (rows: ReadonlyArray<ReadonlyArray<CoderReading>>, noise: number) =>
  rows.map((row) => row.map((reading) => ({ ...reading, value: Number(reading.value) + noise })))

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
    "a restored checkpoint has the hashes of the brain that it was taken from, and goes on like it"
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
    "no event, no row and an explanation change nothing"
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
