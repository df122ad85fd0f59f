/**
 * References and fingerprints that several contracts share: a plugin by id and version, the numeric format of a backend, free metadata.
 * Sharp edge: metadata holds no null and no objects, so a value is either there or its key is absent.
 */
import * as Schema from "effect/Schema"
import { PluginId } from "./Ids.ts"
import { JsonValue } from "./JsonValue.ts"
import { AnyNumber } from "./Numbers.ts"
import { wireStruct } from "./Wire.ts"

/** A plugin entry and its exact version. Ids of ours have the form `<package>#<id>`. */
export const PluginRef = wireStruct({ id: PluginId, version: Schema.String })
export type PluginRef = typeof PluginRef.Type

/** The numeric format a backend computed in; `details` may be null but must be present. */
export const QuantizationFingerprint = wireStruct({ level: Schema.String, details: JsonValue })
export type QuantizationFingerprint = typeof QuantizationFingerprint.Type

export type MetadataValue = boolean | number | bigint | string | ReadonlyArray<MetadataValue>
/** A boolean, number, string, or a list of those (nested, mixed). */
export const MetadataValue: Schema.Codec<MetadataValue> = Schema.Union([
  Schema.Boolean,
  AnyNumber,
  Schema.String,
  Schema.Array(Schema.suspend((): Schema.Codec<MetadataValue> => MetadataValue))
]).annotate({ identifier: "MetadataValue", expected: "a boolean, a number, a string or a list of those" })

/** Names to metadata values. */
export const MetadataMap = Schema.Record(Schema.String, MetadataValue)
export type MetadataMap = typeof MetadataMap.Type
