/** This interface as an OpenAPI 3.1 document, made from the table and the schemas of the answers. */
import { Diagnostic } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"
import { apiBase, headerOf } from "./address.ts"
import { dataSchemas } from "./data/index.ts"
import { Job } from "./data/server.ts"
import { type Field, type IdPattern, idPatterns, idShapes, type OperationId, operationIds, type Route, routeOf } from "./routes.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }
type Members = { [key: string]: Json }

const idSchema = (is: IdPattern): Members => ({ type: "string", pattern: idPatterns[is].source, description: idShapes[is] })

const fieldSchema = (field: Field): Members => {
  switch (field.type) {
    case "id":
      return idSchema(field.is ?? "sample")
    case "ids":
      return { type: "array", items: idSchema(field.is ?? "sample"), maxItems: 1000 }
    case "choice":
      return { type: "string", enum: [...(field.choices ?? [])] }
    case "texts":
      return { type: "array", items: { type: "string" }, maxItems: 1000 }
    case "path":
      return { type: "string", description: "A path of the machine that the server runs on" }
    case "seed":
      return {
        anyOf: [
          { type: "integer", minimum: 0 },
          { type: "string", pattern: "^(?:0|[1-9][0-9]{0,19})$" }
        ]
      }
    case "text":
      return { type: "string" }
    case "document":
      return { type: "object" }
    default:
      return { type: field.type }
  }
}

interface Definitions {
  readonly schemas: Members
}

const schemaOf = (schema: Schema.Top, definitions: Definitions): Json => {
  const document = Schema.toJsonSchemaDocument(schema)
  for (const [name, definition] of Object.entries(document.definitions)) definitions.schemas[name] ??= placed(definition as Json)
  return placed(document.schema as Json)
}

/** In memory a seed is a number or a bigint; on the wire it is an integer, however large. */
const isSeed = (value: object): boolean =>
  "anyOf" in value &&
  Array.isArray(value.anyOf) &&
  value.anyOf.some((each: { readonly type?: string; readonly pattern?: string }) => each.type === "string" && each.pattern === "^-?\\d+$")

const withSeed = ({ anyOf }: { readonly anyOf: ReadonlyArray<Json> }): Json => {
  const others = anyOf.filter(
    (each) =>
      !["string", "integer"].includes(String((each as Members).type)) ||
      ((each as Members).type === "string" && !("pattern" in (each as Members)))
  )
  const integer: Members = { type: "integer" }
  return others.length === 0 ? { ...integer, minimum: 0 } : { anyOf: [...others.map(placed), integer] }
}

/** Definitions lie among the components; what is answered may grow, so that unnamed members are allowed. */
const placed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(placed)
  if (typeof value !== "object" || value === null) return value
  if (isSeed(value)) return withSeed(value as { readonly anyOf: ReadonlyArray<Json> })
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "additionalProperties" && inner === false))
      .map(([key, inner]) => [
        key,
        key === "$ref" && typeof inner === "string" ? inner.replace(/^#\/\$defs\//, "#/components/schemas/") : placed(inner)
      ])
  )
}

const envelope = (kind: string, data: Json): Members => ({
  type: "object",
  required: ["schema_version", "kind", "data", "warnings", "command"],
  properties: {
    schema_version: { const: 1 },
    kind: { const: kind },
    data,
    warnings: { type: "array", items: { $ref: "#/components/schemas/Diagnostic" } },
    command: { type: "array", items: { type: "string" }, description: "The words behind `ftr` that give the same" }
  }
})

const failure = (description: string): Members => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } }
})

const answerOf = (operation: OperationId, route: Route, definitions: Definitions): Members => {
  if (operation === "openapi")
    return { "200": { description: "This document", content: { "application/json": { schema: { type: "object" } } } } }
  if (route.answers === "bytes")
    return { "200": { description: "The bytes", content: { "image/png": {}, "image/jpeg": {}, "text/plain": {} } } }
  const events: Members = { "text/event-stream": { schema: { type: "string" } } }
  if (route.answers === "events") return { "200": { description: "Events", content: events } }
  const data = schemaOf(dataSchemas[operation], definitions)
  if (route.effect === "job") {
    definitions.schemas[`${operation}.result`] = envelope(route.kind, data)
    return {
      "202": {
        description: `A job; its result, at /jobs/{job}, has the kind ${route.kind}`,
        headers: { Location: { schema: { type: "string" } } },
        content: { "application/json": { schema: envelope("job", schemaOf(Job, definitions)) } }
      }
    }
  }
  return {
    "200": {
      description: `A document of kind ${route.kind}`,
      ...(route.etag === true ? { headers: { ETag: { schema: { type: "string" }, description: "The etag of its data, in quotes" } } } : {}),
      content: { "application/json": { schema: envelope(route.kind, data) }, ...(route.answers === "json-or-events" ? events : {}) }
    }
  }
}

const operationOf = (operation: OperationId, definitions: Definitions): Members => {
  const route = routeOf(operation)
  const fields = Object.entries(route.fields)
  const inBody = fields.filter(([, field]) => field.in === "body")
  const parameters: Array<Json> = fields
    .filter(([, field]) => field.in !== "body")
    .map(([name, field]) => ({
      name: field.in === "header" ? headerOf(name) : name,
      in: field.in,
      required: field.required,
      description: field.summary,
      schema: fieldSchema(field),
      ...(field.type === "texts" || field.type === "ids" ? { style: "form", explode: true } : {})
    }))
  if (route.method !== "GET")
    parameters.push({ $ref: "#/components/parameters/Marker" }, { $ref: "#/components/parameters/IdempotencyKey" })
  const required = inBody.filter(([, field]) => field.required).map(([name]) => name)
  return {
    operationId: operation,
    summary: route.summary,
    tags: [operation.split(".")[0] ?? operation],
    ...(route.words.length === 0 ? {} : { "x-feagi-trainer-command": ["ftr", ...route.words] }),
    parameters,
    ...(route.sends === "bytes"
      ? { requestBody: { required: true, content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } } } }
      : inBody.length === 0
        ? {}
        : {
            requestBody: {
              required: required.length > 0,
              content: {
                "application/json": {
                  schema: {
                    type: "object",
                    additionalProperties: false,
                    properties: Object.fromEntries(
                      inBody.map(([name, field]) => [name, { ...fieldSchema(field), description: field.summary }])
                    ),
                    ...(required.length === 0 ? {} : { required })
                  }
                }
              }
            }
          }),
    responses: {
      ...answerOf(operation, route, definitions),
      "400": failure("The request cannot be understood"),
      "401": failure("No token, or another one"),
      "403": failure("Another host or origin, or no marker header"),
      ...(fields.some(([, field]) => field.in === "header")
        ? { "412": failure("What stands is no longer what the request was made for") }
        : {}),
      default: failure("The operation failed; the reason and every finding")
    }
  }
}

/** @param version of the program that answers */
export const openapi = (version: string): Members => {
  const definitions: Definitions = { schemas: {} }
  definitions.schemas.Diagnostic = schemaOf(Diagnostic, definitions)
  definitions.schemas.Failure = envelope("error", {
    type: "object",
    required: ["reason", "diagnostics"],
    properties: {
      reason: { enum: ["failed", "usage", "invalid", "incomparable", "gate", "integrity", "missing", "locked"] },
      diagnostics: { type: "array", items: { $ref: "#/components/schemas/Diagnostic" } }
    }
  })
  const paths: { [path: string]: Members } = {}
  for (const operation of operationIds) {
    const { path, method } = routeOf(operation)
    const methods = paths[path] ?? {}
    methods[method.toLowerCase()] = operationOf(operation, definitions)
    paths[path] = methods
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "FEAGI Trainer control API",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: "Each operation is a command of `ftr` with the same arguments, the same data and the same errors."
    },
    servers: [{ url: `http://127.0.0.1:{port}${apiBase}`, variables: { port: { default: "4270" } } }],
    security: [{ token: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "feagi-trainer-{port}" }
      },
      parameters: {
        Marker: {
          name: "X-Feagi-Trainer",
          in: "header",
          required: true,
          schema: { const: "1" },
          description: "Says that no form of another site sent this"
        },
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,128}$" },
          description: "The same key with the same call is carried out once"
        }
      },
      schemas: definitions.schemas
    }
  }
}
