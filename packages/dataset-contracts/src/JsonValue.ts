/**
 * A JSON value as it stands in memory after a lossless read: integers that a double cannot hold are `bigint`.
 * Sharp edge: `JSON.stringify` throws on such a value; documents are written with `encodeDocument` or canonical JSON.
 */
import * as Schema from "effect/Schema"

/** Any JSON value; whole numbers beyond ±(2^53 − 1) are `bigint`. */
export type JsonValue = null | boolean | number | bigint | string | ReadonlyArray<JsonValue> | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Whether `value` is made of nothing but JSON: no `undefined`, no function, no NaN or infinity, no class instance. */
export const isJsonValue = (value: unknown): value is JsonValue => {
  switch (typeof value) {
    case "boolean":
    case "string":
    case "bigint":
      return true
    case "number":
      return Number.isFinite(value)
    case "object":
      if (value === null) return true
      if (Array.isArray(value)) return value.every(isJsonValue)
      return isPlainObject(value) && Object.values(value).every(isJsonValue)
    default:
      return false
  }
}

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Any JSON value, `null` included. A field of this type must be present even when it says nothing. */
export const JsonValue = Schema.declare<JsonValue>(isJsonValue, { expected: "any JSON value" })

/** Any JSON object. */
export const JsonObject = Schema.declare<JsonObject>(
  (value): value is JsonObject => isJsonValue(value) && typeof value === "object" && value !== null && !Array.isArray(value),
  { expected: "a JSON object" }
)
