/**
 * A brain in an engine of another process, as a BrainSession. Whatever is asked becomes bursts of a pace and calls of the engine.
 *
 * Sharp edges: the first time that the engine is told the rules of a mapping it grows the mapping anew, so that the rules are told once
 * before anything is learnt; only then does freezing keep the weights. `bursts` counts those that were asked for: neither those that a
 * free-running engine makes in between nor those in which a sample without an answer is presented again, which `activity` counts. A
 * stepped burst that ran without its sample is undone: the brain is loaded again as it last was and does again what it did since.
 */
import { createHash } from "node:crypto"
import type {
  BrainFeedback,
  BrainInfo,
  BrainOpen,
  BrainSession,
  CoderReading,
  CoderValue,
  Precondition,
  TrainerError
} from "@feagi-trainer/contracts"
import { didYouMean, trainerErrors } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { affectTarget } from "../Affect.ts"
import { readCheckpoint, writeCheckpoint } from "./Checkpoint.ts"
import type { Coders, Wanted } from "./Coders.ts"
import { type Connectome, connectomeHash, readConnectome, readSynapses } from "./Connectome.ts"
import type { EngineApi, MappingRule } from "./EngineApi.ts"
import { asLive, liveError } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { Meter } from "./Meter.ts"
import { type Burst, type BurstInput, nothing, type Pace } from "./Pace.ts"

/** Rules of one plastic mapping, as the engine tells them back. */
export interface PlasticMapping {
  readonly from: string
  readonly to: string
  readonly rules: ReadonlyArray<MappingRule>
}

/** A connectome file that the engine holds, and its burst counter. */
export interface LoadedFile {
  readonly bytes: Uint8Array
  readonly counter: number | undefined
}

/** What a brain did after it was loaded. */
type Step = { readonly burst: BurstInput } | { readonly freeze: boolean }

/** How often bursts are run again because one of them ran without its sample. */
const RERUNS = 5
/** And how many at most, which take five minutes: then a run that is resumed is the better way. */
const RERUN_STEPS = 5000

export interface LiveSessionParts {
  readonly request: BrainOpen<LiveOptions>
  readonly engine: EngineApi
  readonly coders: Coders
  readonly pace: Pace
  readonly connectome: Connectome
  /** How many there are. */
  readonly synapses: number
  readonly plastic: ReadonlyArray<PlasticMapping>
  /** The brain before its first burst. */
  readonly unborn: LoadedFile
  readonly info: BrainInfo
  readonly preconditions: ReadonlyArray<Precondition>
  readonly meter: Meter
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

const frozenRule = (rule: MappingRule): MappingRule => (rule.plasticity_flag === true ? { ...rule, plasticity_flag: false } : rule)

export interface LiveSession {
  readonly session: BrainSession
  /** Samples that had no answer although they were presented again. */
  readonly missed: () => number
  /** Times that bursts were run again because one of them ran without its sample. */
  readonly reruns: () => number
}

export const makeLiveSession = Effect.fnUntraced(function* (parts: LiveSessionParts): Effect.fn.Return<LiveSession, TrainerError> {
  const { engine, coders, pace, plastic, meter } = parts
  const { schedule, genome } = parts.request
  const genome_sha256 = sha256(genome)
  const sources = [...new Set(parts.info.mappings.map(({ from }) => from))]
  let connectome = parts.connectome
  let identity = yield* engine.health
  let shown: ReadonlyArray<Wanted> = []
  let bursts = 0
  let ran = 0
  let synapses = parts.synapses
  let frozen = false
  let missed = 0
  let reruns = 0
  let loaded = parts.unborn
  let since: Array<Step> = []

  /** Fails when the engine was started anew or was given another brain since the last look. */
  const guard = Effect.gen(function* () {
    const now = yield* engine.health
    if (now.feagi_session !== identity.feagi_session)
      return yield* liveError("ENGINE-LOST", "the engine was started anew: the brain of this session is gone", {
        help: "resume the run, which goes on from its last checkpoint: run resume <run>"
      })
    if (now.genome_num !== identity.genome_num)
      return yield* liveError("BRAIN-CHANGED", "somebody else loaded a brain into the engine", {
        expected: `brain ${identity.genome_num} of this engine`,
        actual: `brain ${now.genome_num}`,
        help: "keep the engine for one run alone, and resume this one"
      })
  })

  const burstOnce = (input: BurstInput): Effect.Effect<Burst, TrainerError> =>
    Effect.map(pace.burst(input), (burst) => {
      ran += 1
      return burst
    })

  const tellRules = Effect.fnUntraced(function* (on: boolean) {
    for (const { from, to, rules } of plastic) yield* engine.putRules(from, to, on ? rules.map(frozenRule) : rules)
  })

  const upload = Effect.fnUntraced(function* (file: LoadedFile) {
    yield* engine.uploadConnectome(file.bytes)
    yield* pace.reloaded(file.counter)
    identity = yield* engine.health
    connectome = yield* readConnectome(engine)
  })

  /** Everything since the last load, and then this burst. */
  const burstAgain = Effect.fnUntraced(function* (input: BurstInput) {
    reruns += 1
    yield* upload(loaded)
    for (const step of since) yield* "burst" in step ? burstOnce(step.burst) : tellRules(step.freeze)
    return yield* burstOnce(input)
  })

  /** The burst, with its frame: a burst that ran without it is undone. */
  const sureOf = (burst: Effect.Effect<Burst, TrainerError>, input: BurstInput, left: number): Effect.Effect<Burst, TrainerError> =>
    Effect.catch(burst, (error) => {
      const hopeless = error.diagnostics[0].code !== "live/INPUT-LOST" || left === 0 || since.length > RERUN_STEPS
      if (hopeless || pace.drain === undefined) return Effect.fail(error)
      return Effect.andThen(pace.drain, sureOf(burstAgain(input), input, left - 1))
    })

  /** Only a stepped brain can be led to where it was. */
  const remember = (step: Step): void => {
    if (pace.drain !== undefined) since.push(step)
  }

  const run = Effect.fnUntraced(function* (input: BurstInput) {
    const burst = yield* sureOf(burstOnce(input), input, RERUNS)
    remember({ burst: input })
    bursts += 1
    return burst
  })

  const rest = Effect.fnUntraced(function* (count: number) {
    for (let burst = 0; burst < count; burst++) yield* run(nothing)
  })

  const presentOnce = Effect.fnUntraced(function* (show: ReadonlyArray<Wanted>) {
    yield* pace.align
    for (let burst = 0; burst < schedule.hold_bursts; burst++) yield* run({ show, force: [] })
    const window: Array<Burst> = []
    for (let burst = schedule.hold_bursts; burst < schedule.read_burst; burst++) window.push(yield* run(nothing))
    return yield* coders.decode(window)
  })

  const presentRow = Effect.fnUntraced(function* (show: ReadonlyArray<Wanted>, settle: number) {
    shown = show
    let readings: ReadonlyArray<CoderReading> = yield* presentOnce(show)
    const silent = () => readings.every((reading) => reading.silent)
    for (let again = 0; again < pace.resends && silent(); again++) {
      const asked = bursts
      readings = yield* presentOnce(show)
      bursts = asked
    }
    if (silent()) missed += 1
    yield* rest(settle)
    return readings
  })

  const wantedOf = (event: BrainFeedback): Effect.Effect<BurstInput, TrainerError> => {
    if ("represent" in event) return Effect.succeed({ show: shown, force: [] })
    if ("teach" in event) return Effect.map(coders.target(event.teach), (force) => ({ show: [], force }))
    const target = affectTarget(coders.channels, event.affect.channel, event.affect.magnitude)
    if ("diagnostics" in target) return Effect.fail(trainerErrors(target.reason, asLive(target.diagnostics)))
    const voxels = target.voxels.map(([x, y, z, p = 1]) => [x, y, z, p] as const)
    return Effect.succeed({ show: [], force: [{ area: target.area, voxels }] })
  }

  const feedback: BrainSession["feedback"] = Effect.fnUntraced(function* (events) {
    if (events.length === 0) return
    const last = Math.max(...events.map(({ offset }) => offset))
    const inputs: Array<BurstInput> = []
    for (let offset = 0; offset <= last; offset++) {
      const now = yield* Effect.forEach(
        events.filter((event) => event.offset === offset),
        wantedOf
      )
      inputs.push({ show: now.flatMap(({ show }) => show), force: now.flatMap(({ force }) => force) })
    }
    yield* guard
    yield* pace.align
    for (const input of inputs) yield* run(input)
  })

  const setFrozen = Effect.fnUntraced(function* (on: boolean) {
    yield* tellRules(on)
    remember({ freeze: on })
    frozen = on
  })

  const table = Effect.map(
    Effect.suspend(() => readSynapses(engine, connectome, sources)),
    (read) => {
      synapses = read.count
      return read
    }
  )
  const learned = Effect.map(table, (read) => connectomeHash(connectome, read))

  /** Gives the engine a connectome, and looks whether it holds it. */
  const load = Effect.fnUntraced(function* (bytes: Uint8Array, hash: string, counter: number | undefined) {
    loaded = { bytes, counter }
    since = []
    yield* upload(loaded)
    const came = yield* learned
    if (came !== hash)
      return yield* liveError("SNAPSHOT", "the engine does not hold the connectome that it was given", {
        expected: hash,
        actual: came,
        help: "use the engine that the checkpoint was made with"
      })
  })

  const checkpoint = pace.still(
    Effect.gen(function* () {
      yield* guard
      yield* engine.resetAreas(connectome.areas)
      const hash = yield* learned
      const bytes = yield* engine.downloadConnectome
      // What the file does not hold is then gone on both sides.
      const counter = pace.counter()
      yield* load(bytes, hash, counter)
      shown = []
      const head = { genome_sha256, core_version: parts.info.core_version, bursts, frozen, connectome: hash }
      return writeCheckpoint(counter === undefined ? head : { ...head, engine_bursts: counter }, bytes)
    })
  )

  const restore = Effect.fnUntraced(function* (bytes: Uint8Array) {
    const { head, connectome: saved } = yield* readCheckpoint(bytes)
    const misfit = (what: string, expected: string, actual: string) =>
      liveError("SNAPSHOT", `the checkpoint is of another ${what}`, { expected, actual })
    if (head.genome_sha256 !== genome_sha256) return yield* misfit("genome", genome_sha256, head.genome_sha256)
    if (head.core_version !== parts.info.core_version) return yield* misfit("engine version", parts.info.core_version, head.core_version)
    yield* pace.still(
      Effect.gen(function* () {
        yield* load(saved, head.connectome, head.engine_bursts)
        yield* setFrozen(head.frozen)
        yield* engine.resetAreas(connectome.areas)
      })
    )
    shown = []
    bursts = head.bursts
  })

  const knownArea = (id: string): Effect.Effect<number, TrainerError> => {
    const number = connectome.areas.indexOf(id)
    if (number >= 0) return Effect.succeed(number)
    const near = didYouMean(id, connectome.areas)
    return Effect.fail(
      liveError("AREA-UNKNOWN", `the brain has no area ${id}`, {
        expected: `one of ${connectome.areas.join(", ")}`,
        ...(near === undefined ? {} : { help: `did you mean ${near}?` })
      })
    )
  }

  const encodeAll = (batch: ReadonlyArray<ReadonlyArray<CoderValue>>) =>
    Effect.forEach(batch, (values, index) => coders.encode(values, `sample ${index} of the batch`))

  const session: BrainSession = {
    info: parts.info,
    preconditions: parts.preconditions,
    continuation: "not-identical",
    present: Effect.fnUntraced(function* (batch, settle) {
      if (batch.length === 0) return []
      const rows = yield* encodeAll(batch)
      yield* guard
      return yield* Effect.forEach(rows, (show) => presentRow(show, settle))
    }),
    feedback,
    freeze: (on) => (on === frozen ? Effect.void : setFrozen(on)),
    rest: (count) => (count === 0 ? Effect.void : Effect.andThen(pace.align, rest(count))),
    bursts: Effect.sync(() => bursts),
    // The engine's own counts go on counting the brains that it held before.
    activity: Effect.sync(() => ({ bursts: ran, neurons: connectome.placed.size, synapses, wire_bytes: meter.bytes })),
    checkpoint,
    restore,
    hash: (part) =>
      Effect.map(pace.still(learned), (hash) =>
        part === "connectome" ? hash : sha256(JSON.stringify({ connectome: hash, bursts, frozen }))
      ),
    weights: (from, to) =>
      Effect.gen(function* () {
        const source = yield* knownArea(from)
        const target = yield* knownArea(to)
        const all = yield* pace.still(table)
        return Array.from(all.weight).filter((_, i) => all.source_area[i] === source && all.target_area[i] === target)
      }),
    synapses: pace.still(table),
    explain: (values) =>
      Effect.map(coders.encode(values, "the sample"), (wanted) =>
        wanted.flatMap(({ area, voxels }) => voxels.map(([x, y, z, potential]) => ({ area, x, y, z, potential })))
      )
  }
  return { session, missed: () => missed, reruns: () => reruns }
})
