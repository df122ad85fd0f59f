/** Every JSON Schema that the program publishes: the wire's documents, what people write, and what `--json` prints. */
import { EngineConfig } from "@feagi-trainer/config"
import { contractNames, PluginManifest, toJsonSchema } from "@feagi-trainer/contracts"
import { CampaignFile, LabelMap, RunFile } from "@feagi-trainer/core"
import * as Schema from "effect/Schema"
import { outputs as printed } from "./outputs.ts"
import { ProjectFile } from "./readProject.ts"
import { summaryDocuments } from "./summaries/summarySchemas.ts"

/** What a person writes is strict: a key that is not known is an error, and the schema says so. */
const written = { RunFile, EngineConfig, CampaignFile, ProjectFile, PluginManifest, LabelMap } as const

/** What `--json` prints, and what `run summaries` writes. */
const outputs: Readonly<Record<string, Schema.Top>> = { ...printed, ...summaryDocuments }

/** In memory a seed is a number or a bigint; in a file it is an integer, however large. */
const seed = { type: "integer", minimum: 0, maximum: 18_446_744_073_709_551_615n } as const

const seedOf = (schema: object): object | undefined => {
  if (!("anyOf" in schema && Array.isArray(schema.anyOf))) return undefined
  if (!schema.anyOf.some((each) => each?.type === "string" && each.pattern === "^-?\\d+$")) return undefined
  return schema.anyOf.some((each) => each?.type === "null") ? { anyOf: [seed, { type: "null" }] } : seed
}

const strict = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== "object" || schema === null) return schema
  const whole = seedOf(schema)
  if (whole !== undefined) return whole
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]))
  return "properties" in members && !("additionalProperties" in members && members.additionalProperties !== true)
    ? { ...members, additionalProperties: false }
    : members
}

/** What the program prints may grow: a member that is not named is allowed. */
const open = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(open)
  if (typeof schema !== "object" || schema === null) return schema
  const whole = seedOf(schema)
  if (whole !== undefined) return whole
  const members = Object.entries(schema).filter(([key, value]) => !(key === "additionalProperties" && value === false))
  return Object.fromEntries(members.map(([key, value]) => [key, open(value)]))
}

export const schemaNames: ReadonlyArray<string> = [...contractNames, ...Object.keys(written), ...Object.keys(outputs)].sort()

const documentOf = (name: string, schema: Schema.Codec<unknown, unknown>) => {
  const document = Schema.toJsonSchemaDocument(schema)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: name,
    ...document.schema,
    ...(Object.keys(document.definitions).length === 0 ? {} : { $defs: document.definitions })
  }
}

export const schemaOf = (name: string): unknown => {
  if (name in outputs) return open(documentOf(name, outputs[name] as unknown as Schema.Codec<unknown, unknown>))
  if (!(name in written)) return toJsonSchema(name as (typeof contractNames)[number])
  return strict(documentOf(name, written[name as keyof typeof written] as Schema.Codec<unknown, unknown>))
}
