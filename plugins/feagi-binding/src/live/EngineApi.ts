/**
 * The calls of the engine that a session makes, by name, with answers that are checked. Paths and answers are those of feagi-core
 * 2.6.10. Sharp edges: `hold` and every `training` call of the engine do nothing, so they are not here; `stop` takes some 50 ms.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { liveError } from "./LiveFailure.ts"
import type { Rest } from "./Rest.ts"

const Health = Schema.Struct({
  /** Another number for every start of the engine. */
  feagi_session: Schema.Number,
  /** Counts the brains that this engine was given. */
  genome_num: Schema.NullOr(Schema.Number)
})
export type Health = typeof Health.Type

const Status = Schema.Struct({ active: Schema.Boolean })
const Versions = Schema.Record(Schema.String, Schema.String)

const Endpoints = Schema.Struct({
  zmq: Schema.Struct({ endpoints: Schema.Struct({ registration: Schema.String }) }),
  websocket: Schema.Struct({ enabled: Schema.Boolean, endpoints: Schema.Struct({ registration: Schema.String }) })
})
export type Endpoints = typeof Endpoints.Type

const Size = Schema.Tuple([Schema.Int, Schema.Int, Schema.Int])
/** One area with what its neurons are made of. Only the properties that a checkpoint keeps are named. */
const Area = Schema.Struct({
  cortical_name: Schema.String,
  cortical_dimensions: Size,
  neuron_count: Schema.Int,
  neurons_per_voxel: Schema.Number,
  neuron_fire_threshold: Schema.Number,
  neuron_excitability: Schema.Number,
  neuron_leak_coefficient: Schema.Number,
  neuron_refractory_period: Schema.Number,
  neuron_snooze_period: Schema.Number,
  neuron_consecutive_fire_count: Schema.Number,
  neuron_mp_charge_accumulation: Schema.Boolean,
  neuron_mp_driven_psp: Schema.Boolean,
  neuron_post_synaptic_potential: Schema.Number
})
export type EngineArea = typeof Area.Type
const Areas = Schema.Record(Schema.String, Area)

const Synapse = Schema.Struct({
  source_neuron_id: Schema.Int,
  target_neuron_id: Schema.Int,
  weight: Schema.Number,
  postsynaptic_potential: Schema.Number,
  /** 0 excites, 1 inhibits. */
  synapse_type: Schema.Int
})
export type EngineSynapse = typeof Synapse.Type

const Place = Schema.Struct({ x: Schema.Int, y: Schema.Int, z: Schema.Int })
export type Place = typeof Place.Type

const Rule = Schema.Record(Schema.String, Schema.Unknown)
export type MappingRule = typeof Rule.Type

const Stimulation = Schema.Struct({
  success: Schema.Boolean,
  requested_coordinates: Schema.Int,
  matched_coordinates: Schema.Int,
  failed_areas: Schema.Array(Schema.String)
})

const Snapshot = Schema.Struct({ timestamp_ms: Schema.Number, total_neurons: Schema.Int })
export type SensorSnapshot = typeof Snapshot.Type

const Ids = Schema.Array(Schema.Int)

export interface EngineApi {
  readonly health: Effect.Effect<Health, TrainerError>
  readonly versions: Effect.Effect<Readonly<Record<string, string>>, TrainerError>
  readonly endpoints: Effect.Effect<Endpoints, TrainerError>
  readonly agents: Effect.Effect<ReadonlyArray<string>, TrainerError>
  readonly uploadGenome: (json: string) => Effect.Effect<void, TrainerError>
  readonly start: Effect.Effect<void, TrainerError>
  readonly stop: Effect.Effect<void, TrainerError>
  readonly active: Effect.Effect<boolean, TrainerError>
  /** Bursts since the engine's process began, or since the first start after a genome came. */
  readonly burstCounter: Effect.Effect<number, TrainerError>
  /** Seconds from burst to burst. */
  readonly timestep: (seconds: number) => Effect.Effect<void, TrainerError>
  /** Fires voxels in the next burst whatever their thresholds say; fails unless every one of them is a neuron. */
  readonly forceFire: (voxels: Readonly<Record<string, ReadonlyArray<Voxel>>>) => Effect.Effect<void, TrainerError>
  /** What the engine last took in from an agent, and when. */
  readonly sensorSnapshot: Effect.Effect<SensorSnapshot, TrainerError>
  readonly areas: Effect.Effect<Readonly<Record<string, EngineArea>>, TrainerError>
  readonly neurons: (area: string) => Effect.Effect<ReadonlyArray<number>, TrainerError>
  readonly place: (neuron: number) => Effect.Effect<Place, TrainerError>
  readonly synapses: (area: string) => Effect.Effect<ReadonlyArray<EngineSynapse>, TrainerError>
  readonly rules: (from: string, to: string) => Effect.Effect<ReadonlyArray<MappingRule>, TrainerError>
  readonly putRules: (from: string, to: string, rules: ReadonlyArray<MappingRule>) => Effect.Effect<void, TrainerError>
  /** Potentials, refractory counters and arrivals in flight of these areas back to rest. */
  readonly resetAreas: (areas: ReadonlyArray<string>) => Effect.Effect<void, TrainerError>
  readonly downloadConnectome: Effect.Effect<Uint8Array, TrainerError>
  readonly uploadConnectome: (bytes: Uint8Array) => Effect.Effect<void, TrainerError>
}

type Voxel = readonly [number, number, number]

/** An answer in its expected shape; keys that are not named are left out. */
const shaped =
  <A, E>(schema: Schema.Codec<A, E>, what: string) =>
  (answer: unknown): Effect.Effect<A, TrainerError> =>
    Schema.decodeUnknownEffect(schema)(answer).pipe(
      Effect.mapError((issue) =>
        liveError("GARBAGE", `the engine's answer to ${what} has another shape than that of feagi-core 2.6.10`, {
          actual: String(issue).split("\n").slice(0, 3).join(" "),
          help: "is this a FEAGI engine, and of a version that this backend knows?"
        })
      )
    )

const inPath = encodeURIComponent

export const makeEngineApi = (rest: Rest): EngineApi => {
  const get = <A, E>(path: string, schema: Schema.Codec<A, E>, kind: "request" | "upload" = "request"): Effect.Effect<A, TrainerError> =>
    Effect.flatMap(rest.get(path, kind), shaped(schema, `GET ${path}`))
  const post = (path: string, body?: unknown): Effect.Effect<void, TrainerError> => Effect.asVoid(rest.send("POST", path, body))
  const mapping = "/v1/cortical_mapping/mapping_properties"

  return {
    health: get("/v1/system/health_check", Health),
    versions: get("/v1/system/versions", Versions),
    endpoints: get("/v1/network/connection_info", Endpoints),
    agents: get("/v1/agent/list", Schema.Array(Schema.String)),
    uploadGenome: (json) =>
      rest.sendText("/v1/genome/upload", json).pipe(
        Effect.asVoid,
        Effect.mapError((error) =>
          error.diagnostics[0].code === "live/REFUSED"
            ? liveError("GENOME", error.diagnostics[0].message, {
                field: "brain",
                help: "change the genome; the engine's own words are above"
              })
            : error
        )
      ),
    start: post("/v1/burst_engine/start"),
    stop: post("/v1/burst_engine/stop"),
    active: Effect.map(get("/v1/burst_engine/status", Status), ({ active }) => active),
    burstCounter: get("/v1/burst_engine/burst_counter", Schema.Int),
    timestep: (seconds) => post("/v1/burst_engine/simulation_timestep", { simulation_timestep: seconds }),
    forceFire: Effect.fnUntraced(function* (voxels) {
      const path = "/v1/agent/manual_stimulation"
      const answer = yield* rest.send("POST", path, { stimulation_payload: voxels })
      const said = yield* shaped(Stimulation, `POST ${path}`)(answer)
      if (said.failed_areas.length > 0)
        return yield* liveError("AREA-UNKNOWN", "the engine does not have an area that is to be fired", {
          expected: Object.keys(voxels).join(", "),
          actual: `without ${said.failed_areas.join(", ")}`,
          help: "another client changed the brain; open a new session"
        })
      if (!said.success || said.matched_coordinates !== said.requested_coordinates)
        return yield* liveError("AREA-UNKNOWN", "the engine does not have all voxels that are to be fired", {
          expected: `${said.requested_coordinates} voxels`,
          actual: `${said.matched_coordinates}`,
          help: "another client changed the brain; open a new session"
        })
    }),
    sensorSnapshot: get("/v1/input/sensor_snapshot/last", Snapshot),
    areas: get("/v1/connectome/cortical_areas/list/detailed", Areas, "upload"),
    neurons: (area) => get(`/v1/connectome/cortical_area/${inPath(area)}/neurons`, Ids, "upload"),
    place: (neuron) => get(`/v1/connectome/neuron/${neuron}/properties`, Place),
    synapses: (area) => get(`/v1/connectome/${inPath(area)}/synapses`, Schema.Array(Synapse), "upload"),
    rules: (from, to) =>
      Effect.flatMap(
        rest.send("POST", mapping, { src_cortical_area: from, dst_cortical_area: to }),
        shaped(Schema.Array(Rule), `POST ${mapping}`)
      ),
    putRules: (from, to, rules) =>
      Effect.asVoid(rest.send("PUT", mapping, { src_cortical_area: from, dst_cortical_area: to, mapping_string: rules }, "upload")),
    resetAreas: (areas) => Effect.asVoid(rest.send("PUT", "/v1/cortical_area/reset", { area_list: areas }, "upload")),
    downloadConnectome: rest.download("/v1/connectome/download-bytes?mode=full"),
    uploadConnectome: (bytes) => Effect.asVoid(rest.upload("/v1/connectome/upload", "brain.connectome", bytes))
  }
}
