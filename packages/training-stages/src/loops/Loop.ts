/**
 * A training loop as an object that an orchestrator drives: `step` does one step and tells its measures, `save` gives bytes, `restore`
 * takes them. Nothing is written and no clock is read here.
 *
 * Law: a loop that was restored from the bytes of step n gives the same measures and the same bytes from there as the one that went on.
 * All chance comes from streams that are named by seed, purpose and step, so that a step draws the same whatever went before it in the
 * process. Sharp edge: bytes are restored only into a loop of the same config and data; another one refuses them.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, fromUtf8, hashOf, SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TrainingSession } from "../client/TrainingClient.ts"

export interface StepReport {
  /** The step that was done, from 1. */
  readonly step: number
  /** What is not defined for a step is not there. */
  readonly metrics: Readonly<Record<string, number>>
  /** The config wants the state of this step to be kept. */
  readonly save_due: boolean
}

export interface TrainingLoop {
  /** `supervised`, `ppo`, …: whose bytes `save` gives. */
  readonly id: string
  readonly total_steps: number
  /** Steps that are done. */
  readonly steps: () => number
  readonly done: () => boolean
  /** Fails behind the last step. */
  readonly step: Effect.Effect<StepReport, TrainerError>
  readonly save: Effect.Effect<Uint8Array, TrainerError>
  readonly restore: (bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  /** What the result stands on besides config and data: who taught, by hash. Plain JSON. */
  readonly provenance: Effect.Effect<Readonly<Record<string, unknown>>, TrainerError>
}

/** What all loops have in their config. */
export interface LoopConfig {
  /** Names all streams of chance. */
  readonly seed: number
  /** A state is due after every so many steps and after the last one; 0: after the last one alone. */
  readonly save_every: number
  /** The evaluation part is looked at after every so many steps and after the last one; 0: never. */
  readonly eval_every: number
}

/** The steps of a loop, to be made an object of by {@link makeLoop}. */
export interface LoopParts<State> {
  readonly id: string
  readonly session: TrainingSession
  readonly config: LoopConfig
  /** Everything that must be the same where bytes are restored; hashed. */
  readonly identity: unknown
  readonly total_steps: number
  /** What a step leaves for the next one beside the session; survives JSON by its schema. */
  readonly state: Schema.Codec<State, unknown>
  readonly start: State
  /** `step` counts from 0. */
  readonly step: (
    state: State,
    step: number
  ) => Effect.Effect<{ readonly state: State; readonly metrics: Readonly<Record<string, number>> }, TrainerError>
  /** Measures of the evaluation part; left out where there is none. */
  readonly evaluate?: Effect.Effect<Readonly<Record<string, number>>, TrainerError>
  readonly provenance: Effect.Effect<Readonly<Record<string, unknown>>, TrainerError>
}

/** The stream of a purpose: `seed`, then names joined by `/`. */
export const streamOf = (seed: number, name: string) => SeedTree.root(seed).child("training-stages").child(name).random()

const magic = "feagi-trainer/training-stages/loop-state/1"

const Header = Schema.Struct({
  format: Schema.Literal(magic),
  loop: Schema.String,
  identity_sha256: Schema.String,
  step: Schema.Int,
  state: Schema.Unknown,
  session_bytes: Schema.Int,
  session_sha256: Schema.String
})
type Header = typeof Header.Type

/** 4 bytes little-endian: length of the header; the header as canonical JSON; the state of the session. */
const pack = (header: Header, session: Uint8Array): Uint8Array => {
  const head = canonicalBytes(header)
  const bytes = new Uint8Array(4 + head.length + session.length)
  new DataView(bytes.buffer).setUint32(0, head.length, true)
  bytes.set(head, 4)
  bytes.set(session, 4 + head.length)
  return bytes
}

const refused = (message: string, expected: string, actual: string): TrainerError =>
  trainerError("integrity", {
    code: "training-stages/WRONG-STATE",
    message,
    expected,
    actual,
    help: "restore the bytes that this very training saved, or begin anew"
  })

const unpack = (bytes: Uint8Array): { readonly header: Header; readonly session: Uint8Array } | undefined => {
  if (bytes.length < 4) return undefined
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (end > bytes.length) return undefined
  try {
    const header = Schema.decodeUnknownSync(Header)(fromCanonical(fromUtf8(bytes.subarray(4, end))))
    return { header, session: bytes.slice(end) }
  } catch {
    return undefined
  }
}

export const makeLoop = <State>(parts: LoopParts<State>): TrainingLoop => {
  const { id, session, config, total_steps } = parts
  const identity_sha256 = hashOf({ loop: id, identity: parts.identity })
  let done = 0
  let state = parts.start
  const isDue = (every: number) => done === total_steps || (every > 0 && done % every === 0)
  return {
    id,
    total_steps,
    steps: () => done,
    done: () => done >= total_steps,
    step: Effect.gen(function* () {
      if (done >= total_steps)
        return yield* trainerError("usage", {
          code: "training-stages/LOOP-IS-DONE",
          message: `all ${total_steps} steps of the loop "${id}" are done`,
          help: "ask done() before each step"
        })
      const next = yield* parts.step(state, done)
      state = next.state
      done += 1
      const evaluation = parts.evaluate !== undefined && config.eval_every > 0 && isDue(config.eval_every) ? yield* parts.evaluate : {}
      return { step: done, metrics: { ...next.metrics, ...evaluation }, save_due: isDue(config.save_every) }
    }),
    save: Effect.gen(function* () {
      const bytes = yield* session.saveState
      const encoded = Schema.encodeSync(parts.state)(state)
      return pack(
        {
          format: magic,
          loop: id,
          identity_sha256,
          step: done,
          state: encoded,
          session_bytes: bytes.length,
          session_sha256: sha256Hex(bytes)
        },
        bytes
      )
    }),
    restore: (bytes) =>
      Effect.gen(function* () {
        const read = unpack(bytes)
        if (read === undefined)
          return yield* refused("these bytes are no state of a loop", "bytes that save() gave", `${bytes.length} other bytes`)
        const { header, session: saved } = read
        if (header.loop !== id) return yield* refused("the state is that of another loop", `"${id}"`, JSON.stringify(header.loop))
        if (header.identity_sha256 !== identity_sha256)
          return yield* refused("the state is that of another config or other data", identity_sha256, header.identity_sha256)
        if (saved.length !== header.session_bytes || sha256Hex(saved) !== header.session_sha256)
          return yield* refused(
            "the state was altered",
            `${header.session_bytes} bytes of ${header.session_sha256}`,
            `${saved.length} bytes of ${sha256Hex(saved)}`
          )
        const decoded = Schema.decodeUnknownOption(parts.state)(header.state)
        if (decoded._tag === "None" || header.step < 0 || header.step > total_steps)
          return yield* refused("the state cannot be read", `the state of a loop of ${total_steps} steps`, `step ${header.step}`)
        yield* session.loadState(saved)
        state = decoded.value
        done = header.step
      }),
    provenance: parts.provenance
  }
}

/** Steps until the loop is done. `saved` gets the bytes of every step that is due, `logged` every report. */
export const runLoop = (
  loop: TrainingLoop,
  sinks: {
    readonly logged: (report: StepReport) => Effect.Effect<void, TrainerError>
    readonly saved: (step: number, bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  }
): Effect.Effect<void, TrainerError> =>
  Effect.gen(function* () {
    while (!loop.done()) {
      const report = yield* loop.step
      yield* sinks.logged(report)
      if (report.save_due) yield* sinks.saved(report.step, yield* loop.save)
    }
  })

/** A failure of a loop whose config and data do not fit. */
export const unfit = (message: string, expected: string, actual: string, help?: string): TrainerError =>
  trainerError("invalid", { code: "training-stages/UNFIT", message, expected, actual, ...(help === undefined ? {} : { help }) })
