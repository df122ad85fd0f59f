/**
 * Brain backend `live`: a real FEAGI engine in another process, controlled by REST, fed and heard over WebSocket or ZeroMQ.
 *
 * Order: is it there, which version, who else is there; stop; upload the genome; register, configure, prove both streams; load the brain
 * again as it was before the first burst and look what the engine made of the genome; run. Closing the scope gives the agent's slot back and leaves the engine standing still. Sharp edge: an
 * engine holds one brain, so that a second session on it ends the first.
 */
import {
  BrainBackend,
  type BrainInfo,
  type BrainOpen,
  type BrainSession,
  type Diagnostic,
  type SynapseTable,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Effect, type Scope } from "effect"
import { affectFacts } from "../Affect.ts"
import { showArea } from "../CorticalId.ts"
import { bench } from "../EmbeddedBench.ts"
import { registerAgent } from "./Agent.ts"
import { type Coders, openCoders } from "./Coders.ts"
import { type Connectome, readConnectome, readSynapses } from "./Connectome.ts"
import { type Endpoints, type EngineApi, makeEngineApi } from "./EngineApi.ts"
import { inLiveName, liveDiagnostic, liveError } from "./LiveFailure.ts"
import { decodeLiveOptions, type LiveOptions } from "./LiveOptions.ts"
import { livePreconditions } from "./LivePreconditions.ts"
import { makeLiveSession, type PlasticMapping } from "./LiveSession.ts"
import type { Meter } from "./Meter.ts"
import { stepped, streaming } from "./Pace.ts"
import { makeRest } from "./Rest.ts"
import type { Transport } from "./Transport.ts"
import { webSocketTransport } from "./WebSocketTransport.ts"
import { Wire } from "./Wire.ts"
import { loadZmq, type Zmq, zmqTransport } from "./ZmqTransport.ts"

const CORE = "feagi_npu_burst_engine"
/** Crates from this patch of 0.0 on speak what this backend speaks. */
const FIRST_PATCH = 49

const checkVersion = Effect.fnUntraced(function* (engine: EngineApi) {
  const versions = yield* engine.versions
  const core = versions[CORE]
  const patch = /^0\.0\.(\d+)$/.exec(core ?? "")?.[1]
  if (core === undefined || patch === undefined || Number(patch) < FIRST_PATCH)
    return yield* liveError("VERSION", "the engine is of a version that this backend does not know", {
      expected: `crates 0.0.${FIRST_PATCH} or a newer 0.0: feagi-core 2.6.10`,
      actual: core === undefined ? `no ${CORE} among ${Object.keys(versions).join(", ")}` : core,
      help: "pip install feagi-core==2.6.10"
    })
  return { core, versions }
})

const checkAgents = Effect.fnUntraced(function* (engine: EngineApi, { agents }: LiveOptions) {
  if (agents === "displace") return
  const others = yield* engine.agents
  if (others.length > 0)
    return yield* liveError("AGENTS", `${others.length} other agent${others.length === 1 ? " is" : "s are"} connected to this engine`, {
      field: "learner.backend.options.agents",
      expected: "an engine of one's own",
      actual: `${others.length} registered`,
      help: 'close them, or write agents = "displace": loading the brain then throws them out. An agent that died stays registered'
    })
})

type BrainParts = Coders["reference"]
type LoadZmq = Effect.Effect<Zmq, TrainerError>

const transportOf = (options: LiveOptions, meter: Meter, load: LoadZmq): Effect.Effect<Transport, TrainerError> =>
  options.transport === "websocket"
    ? Effect.sync(() => webSocketTransport(options, meter))
    : Effect.map(load, (zmq) => zmqTransport(options, meter, zmq))

const registrationUrl = (options: LiveOptions, { zmq, websocket }: Endpoints): Effect.Effect<string, TrainerError> => {
  if (options.transport === "zmq") return Effect.succeed(zmq.endpoints.registration)
  if (websocket.enabled) return Effect.succeed(websocket.endpoints.registration)
  return Effect.fail(
    liveError("REGISTRATION", "this engine has its WebSockets turned off", {
      field: "learner.backend.options.transport",
      help: 'set [websocket] enabled = true in feagi_configuration.toml, or write transport = "zmq"'
    })
  )
}

/** The areas that the engine made of the genome, against those that the coders' crates make of it: every difference. */
const areaDifferences = ({ properties }: Connectome, { areas }: BrainParts): ReadonlyArray<Diagnostic> =>
  areas.flatMap(({ id, dims }) => {
    const found = properties[id]?.cortical_dimensions
    if (found !== undefined && found.join() === dims.join()) return []
    const actual = found === undefined ? "no such area" : found.join(" x ")
    return [
      liveDiagnostic("BRAIN-WRONG", `area ${showArea(id)} of the engine is not that of the genome`, { expected: dims.join(" x "), actual })
    ]
  })

/** The same for the number of synapses of every mapping. */
const mappingDifferences = (table: SynapseTable, { mappings }: BrainParts): ReadonlyArray<Diagnostic> => {
  const counts = new Map<string, number>()
  for (let i = 0; i < table.count; i++) {
    const key = `${table.areas[table.source_area[i] ?? 0]} ${table.areas[table.target_area[i] ?? 0]}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return mappings.flatMap(({ from, to, synapses: expected }) => {
    const found = counts.get(`${from} ${to}`) ?? 0
    if (found === expected) return []
    return [
      liveDiagnostic("BRAIN-WRONG", `mapping ${showArea(from)} -> ${showArea(to)} of the engine is not that of the genome`, {
        expected: `${expected} synapses`,
        actual: `${found}`
      })
    ]
  })
}

/** What the engine holds, when it is what the genome says. Synapses that are left to chance are not compared. */
const verifiedConnectome = Effect.fnUntraced(function* (engine: EngineApi, { reference, genomePreconditions }: Coders) {
  const connectome = yield* readConnectome(engine)
  const areas = areaDifferences(connectome, reference)
  if (areas.length > 0) return yield* trainerErrors("integrity", areas)
  const table = yield* readSynapses(engine, connectome, [...new Set(reference.mappings.map(({ from }) => from))])
  const chance = genomePreconditions.some(({ name, status }) => name.startsWith("development-") && status === "unknown")
  const mappings = chance ? [] : mappingDifferences(table, reference)
  if (mappings.length > 0) return yield* trainerErrors("integrity", mappings)
  return { connectome, synapses: table.count }
})

/**
 * Tells the engine the rules of every plastic mapping once. It fills in what the genome left out, takes that for a change, and grows the
 * mapping anew; from then on only what really changes is changed, and weights stay.
 */
const settleRules = Effect.fnUntraced(function* (engine: EngineApi, { reference }: Coders) {
  const settled: Array<PlasticMapping> = []
  for (const { from, to, plastic } of reference.mappings) {
    if (!plastic) continue
    yield* engine.putRules(from, to, yield* engine.rules(from, to))
    settled.push({ from, to, rules: yield* engine.rules(from, to) })
  }
  return settled
})

const modeText = ({ mode }: LiveOptions): string => (mode.kind === "stepped" ? "stepped" : `streaming ${mode.burst_hz} Hz`)

const infoOf = (
  { reference, channels, module_sha256 }: Coders,
  core_version: string,
  versions: Readonly<Record<string, string>>,
  options: LiveOptions
): BrainInfo => ({
  core_version,
  engine: {
    ...Object.fromEntries(Object.entries(versions).filter(([name]) => name.startsWith("feagi"))),
    transport: options.transport,
    mode: modeText(options),
    coders_module_sha256: module_sha256
  },
  areas: reference.areas.map(({ id, name, dims, neurons }) => ({ id, name, dimensions: dims, neurons })),
  mappings: reference.mappings.map(({ from, to, synapses, plastic }) => ({ from, to, synapses, plastic })),
  affect_channels: affectFacts(channels)
})

const open = Effect.fnUntraced(function* (
  request: BrainOpen<LiveOptions>,
  load: LoadZmq
): Effect.fn.Return<BrainSession, TrainerError, Scope.Scope> {
  const { options, genome, inputs } = request
  const meter: Meter = { bytes: 0 }
  const coders = yield* openCoders(request)
  const transport = yield* transportOf(options, meter, load)
  const engine = makeEngineApi(makeRest(options, meter))

  yield* engine.health
  const { core, versions } = yield* checkVersion(engine)
  yield* checkAgents(engine, options)
  const url = yield* registrationUrl(options, yield* engine.endpoints)

  yield* engine.stop
  yield* engine.uploadGenome(genome)
  // A genome that comes into a running engine starts it again.
  yield* Effect.addFinalizer(() => Effect.ignore(engine.stop))
  if (yield* engine.active) yield* engine.stop
  const plastic = yield* settleRules(engine, coders)
  const unborn = yield* engine.downloadConnectome

  const wire = new Wire(coders.module)
  const agent = yield* registerAgent(transport, url, wire, coders.registrations, options)
  const area = inputs[0]?.binding.cortical_area_id ?? ""
  const parts = { options, engine, agent, wire }
  const { mode } = options
  const pace = yield* mode.kind === "stepped" ? stepped(parts, area) : streaming(parts, area, mode.burst_hz, mode.resends)
  // Proving the streams took some bursts, one or more; a brain that remembers bursts would learn otherwise after each number of them.
  yield* pace.still(Effect.andThen(engine.uploadConnectome(unborn), pace.reloaded(0)))
  const { connectome, synapses } = yield* verifiedConnectome(engine, coders)

  const { session, missed, reruns } = yield* makeLiveSession({
    request,
    engine,
    coders,
    pace,
    connectome,
    synapses,
    plastic,
    unborn: { bytes: unborn, counter: 0 },
    info: infoOf(coders, core, versions, options),
    preconditions: livePreconditions(mode, core, coders.genomePreconditions),
    meter
  })
  yield* Effect.addFinalizer(() => report(mode.kind, missed(), pace.slips(), reruns()))
  if (request.connectome !== undefined) yield* session.restore(request.connectome)
  return session
})

/** What went wrong without anybody failing. */
const report = (mode: LiveOptions["mode"]["kind"], missed: number, slips: number, reruns: number): Effect.Effect<void> => {
  if (mode === "stepped")
    return reruns === 0
      ? Effect.void
      : Effect.logWarning(`live: ${reruns} × a burst ran without its sample, and all since the last checkpoint were run again`)
  return missed + slips === 0
    ? Effect.void
    : Effect.logWarning(`live: ${missed} samples had no answer, ${slips} bursts came between bursts that belong together`)
}

/** The backend with ZeroMQ from `load`, which is asked only when a run uses that transport. */
export const liveWith = (load: LoadZmq): BrainBackend<LiveOptions> =>
  BrainBackend.define<LiveOptions>({
    id: "live",
    execution: "live",
    decodeOptions: decodeLiveOptions,
    open: (request) => open(request, load),
    bench: (inputs) => inLiveName(bench(inputs))
  })

export const live: BrainBackend<LiveOptions> = liveWith(loadZmq(import.meta.url))
