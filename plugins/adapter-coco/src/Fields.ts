/** Takes the fields of a record one by one, and keeps what is wrong with them, each with its path within the record. */
import { showValue } from "@feagi-trainer/contracts"
import { isObject, type Json, type JsonObject, type JsonPath } from "./json/JsonCursor.ts"

/** What is wrong with a part of a record. */
export interface Fault {
  /** Without the id of the adapter. */
  readonly code: string
  readonly path: JsonPath
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  readonly help?: string
}

export interface Fields {
  readonly value: JsonObject
  readonly faults: Array<Fault>
  /** A whole number that a double holds exactly, from `least` on. */
  readonly whole: (key: string, least: number) => number | undefined
  readonly text: (key: string) => string | undefined
}

export const badField = (path: JsonPath, expected: string, value: Json | undefined): Fault => ({
  code: "BAD-FIELD",
  path,
  message: value === undefined ? "a field is missing" : "a field has the wrong value",
  expected,
  actual: showValue(value)
})

/** A number that is none was told when the file was read; everything that takes one keeps silent about it. */
export const isNoNumber = (value: Json | undefined): boolean => Number.isNaN(value)

/** Undefined when the record is no object. */
export const fieldsOf = (value: Json, faults: Array<Fault>): Fields | undefined => {
  if (!isObject(value)) {
    if (!isNoNumber(value)) faults.push(badField([], "an object", value))
    return undefined
  }
  const at = (key: string): JsonPath => (key in value ? [key] : [])
  return {
    value,
    faults,
    whole: (key, least) => {
      const found = value[key]
      if (typeof found === "number" && Number.isSafeInteger(found) && found >= least) return found
      if (!isNoNumber(found)) faults.push(badField(at(key), `"${key}", a whole number from ${least} that a double holds exactly`, found))
      return undefined
    },
    text: (key) => {
      const found = value[key]
      if (typeof found === "string" && found !== "") return found
      faults.push(badField(at(key), `"${key}", a text`, found))
      return undefined
    }
  }
}

/** A list of finite numbers; undefined when it is none. `silent`: what is wrong was told already. */
export const numbersOf = (value: Json | undefined): ReadonlyArray<number> | "silent" | undefined => {
  if (!Array.isArray(value)) return isNoNumber(value) ? "silent" : undefined
  // Array.isArray() makes a list of `any` out of a readonly one.
  const items: ReadonlyArray<Json> = value
  if (items.some(isNoNumber)) return "silent"
  return items.every((item) => typeof item === "number") ? items : undefined
}
