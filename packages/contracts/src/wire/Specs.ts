/**
 * What each plugin of a run was asked to do, one document per axis: AdapterSpec, SamplerSpec, EncoderSpec, DecoderSpec. They are ours;
 * upstream's RunSpec names the same plugins and leaves their options out.
 * Sharp edge: `options` are as decoded for the run, with nothing left to a default, and `fitted` is what was learnt from training samples.
 */
import { JsonValue, Modality, OutputType, orNull, PluginRef, U32, U64, wireStruct } from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { AnyExtension, extensible } from "./Extension.ts"
import { CoderBinding } from "./Run.ts"
import { SchemaVersion } from "./SchemaVersion.ts"

const ours = (name: string) => ({ wireOurs: true, wireTag: name })

const configured = { schema_version: SchemaVersion, plugin: PluginRef, options: JsonValue } as const

/** How the files of a dataset are read. */
export const AdapterSpec = wireStruct({
  ...configured,
  modality: Modality,
  output_type: OutputType,
  ...extensible(AnyExtension)
}).annotate(ours("AdapterSpec"))
export type AdapterSpec = typeof AdapterSpec.Type

/** In which order samples are visited. `stream` names the place in the seed tree, `{epoch}` standing for the number of the epoch. */
export const SamplerSpec = wireStruct({
  ...configured,
  seed: U64,
  stream: Schema.String,
  epochs: U32,
  ...extensible(AnyExtension)
}).annotate(ours("SamplerSpec"))
export type SamplerSpec = typeof SamplerSpec.Type

/** One coder on one cortical area; `dimensions` are the voxels of one channel: width, height, depth. */
const Coder = wireStruct({ binding: CoderBinding, channels: U32, dimensions: Schema.Tuple([U32, U32, U32]) })

/** How samples become input of a brain. */
export const EncoderSpec = wireStruct({
  ...configured,
  scheme: Schema.String,
  scheme_version: Schema.String,
  bins: orNull(U32),
  spacing: orNull(Schema.String),
  fitted: JsonValue,
  coders: Schema.Array(Coder),
  ...extensible(AnyExtension)
}).annotate(ours("EncoderSpec"))
export type EncoderSpec = typeof EncoderSpec.Type

/** How the firing of a brain becomes an answer. */
export const DecoderSpec = wireStruct({
  ...configured,
  output_type: OutputType,
  coders: Schema.Array(Coder),
  ...extensible(AnyExtension)
}).annotate(ours("DecoderSpec"))
export type DecoderSpec = typeof DecoderSpec.Type
