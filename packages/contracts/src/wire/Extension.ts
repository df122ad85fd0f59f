/**
 * What we add to upstream's documents, all of it under the one optional top-level key `x_feagi_trainer`.
 * Sharp edge: upstream drops the key when it rewrites a document, so nothing upstream must understand may live only here.
 */
import { F64, JsonObject, JsonValue, omittable, PluginRef, U32, U64, wireStruct } from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"

/** The one key of ours. */
export const EXTENSION_KEY = "x_feagi_trainer"

/** Declares the extension of a contract; every member of an extension is optional, unknown members are kept. */
export const extensible = <T, E>(extension: Schema.Codec<T, E>) => ({ [EXTENSION_KEY]: Schema.optionalKey(extension) }) as const

/** A plugin with the options it ran with. */
const ConfiguredPlugin = wireStruct({ plugin: PluginRef, config: JsonValue })

/** How samples become input of a brain: the part of the binding that decides comparability. */
export const EncodingRecord = wireStruct({
  scheme: Schema.String,
  version: Schema.String,
  bins: omittable(U32),
  spacing: omittable(Schema.String),
  coder: Schema.String,
  properties: JsonValue,
  area: Schema.String
})
export type EncodingRecord = typeof EncodingRecord.Type

/** Which control, if any, a result stands for. */
export const Controls = wireStruct({ silent_reward: Schema.Boolean, shuffled_labels: Schema.Boolean })
export type Controls = typeof Controls.Type

/** Facts about the making of a document that no hash covers. `created_at` is Unix milliseconds. */
export const Envelope = wireStruct({ created_at: omittable(U64), host: omittable(Schema.String) })
export type Envelope = typeof Envelope.Type

/** What makes two scorecards comparable and upstream's Scorecard does not carry. */
export const ScorecardExtension = wireStruct({
  learner: omittable(Schema.String),
  adapter: omittable(PluginRef),
  reward_policy: omittable(ConfiguredPlugin),
  encoding: omittable(EncodingRecord),
  controls: omittable(Controls),
  across: omittable(Schema.Array(Schema.String)),
  split_sha256: omittable(Schema.Record(Schema.String, Schema.String)),
  spec_sha256: omittable(Schema.String),
  predictions_sha256: omittable(Schema.String),
  envelope: omittable(Envelope)
})
export type ScorecardExtension = typeof ScorecardExtension.Type

/** Bursts a sample is injected, the burst whose firing is read (from 1, counted from the first injection), bursts without input afterwards. */
export const ScheduleRecord = wireStruct({ hold_bursts: U32, read_burst: U32, settle_bursts: U32 })
export type ScheduleRecord = typeof ScheduleRecord.Type

/** The part of a run that upstream's RunSpec has no field for. `phase` names the phase this spec describes, `epochs` counts passes. */
export const RunSpecExtension = wireStruct({
  phase: omittable(Schema.String),
  epochs: omittable(U32),
  sampler_stream: omittable(Schema.String),
  present: omittable(ScheduleRecord),
  checkpoint_every: omittable(U32),
  controls: omittable(Controls),
  spec_sha256: omittable(Schema.String)
})
export type RunSpecExtension = typeof RunSpecExtension.Type

/** What a summary of ours says beyond upstream's: hashes of what was produced, and which metrics had too little data. */
export const RunSummaryExtension = wireStruct({
  phase: omittable(Schema.String),
  spec_sha256: omittable(Schema.String),
  predictions_sha256: omittable(Schema.String),
  learned_sha256: omittable(Schema.String),
  insufficient: omittable(Schema.Record(Schema.String, wireStruct({ observed: U64, required: U64 }))),
  abstained_samples: omittable(U64),
  envelope: omittable(Envelope)
})
export type RunSummaryExtension = typeof RunSummaryExtension.Type

/** Where in a run an event of ours happened: phase, epoch from 0, place in the stream of events of its run, from 0 and without gaps. */
export const RunEventExtension = wireStruct({
  phase: omittable(Schema.String),
  epoch: omittable(U32),
  sequence: omittable(U64),
  rate_per_s: omittable(F64)
})
export type RunEventExtension = typeof RunEventExtension.Type

/** The extension of a contract that has no documented members yet: any object. */
export const AnyExtension = JsonObject
