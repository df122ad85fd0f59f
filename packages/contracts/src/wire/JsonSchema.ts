/**
 * The wire as JSON Schema (draft 2020-12), for editors and validators outside TypeScript.
 * Sharp edge: it says less than the decoder: bounds of u64 and i64 are doubles, and `1.0` passes for an integer.
 */
import type { JsonObject } from "@feagi-trainer/dataset-contracts"
import * as Schema from "effect/Schema"
import { type ContractName, contracts } from "./Contracts.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

const isOpenObject = (parts: Json | undefined): boolean =>
  Array.isArray(parts) && parts.length === 1 && JSON.stringify(parts[0]) === '{"type":"object","additionalProperties":{}}'

/** Says `additionalProperties: true` where the compiler says the same by an `allOf`. */
const tidy = (schema: Json): Json => {
  if (Array.isArray(schema)) return schema.map(tidy)
  if (typeof schema !== "object" || schema === null) return schema
  const members = Object.entries(schema).flatMap(([key, value]): ReadonlyArray<readonly [string, Json]> => {
    if (key === "allOf" && isOpenObject(value)) return [["additionalProperties", true]]
    return [[key, tidy(value)]]
  })
  return Object.fromEntries(members)
}

/** The JSON Schema of the document `name`. Undeclared members are allowed at every level. */
export const toJsonSchema = (name: ContractName): JsonObject => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(contracts[name])
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: name,
    ...schema,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {})
  }
  // The compiler types its output loosely; it is JSON by construction.
  return tidy(document as Json) as JsonObject
}
