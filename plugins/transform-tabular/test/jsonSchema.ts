/** As much of JSON Schema 2020-12 as the manifests of transforms use, so that manifest and decoders can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const known = new Set(
  "$schema description type properties required additionalProperties enum const minimum maximum exclusiveMinimum anyOf items prefixItems minItems maxItems minLength uniqueItems".split(
    " "
  )
)

const typeFits = (type: unknown, value: unknown): boolean => {
  if (type === "object") return isTable(value)
  if (type === "array") return Array.isArray(value)
  return type === "integer" ? Number.isInteger(value) : typeof value === type
}

const numberFits = ({ minimum, maximum, exclusiveMinimum }: Json, value: number): boolean =>
  Number.isFinite(value) &&
  (typeof minimum !== "number" || value >= minimum) &&
  (typeof maximum !== "number" || value <= maximum) &&
  (typeof exclusiveMinimum !== "number" || value > exclusiveMinimum)

const listFits = ({ items, minItems, maxItems, uniqueItems }: Json, value: ReadonlyArray<unknown>): boolean =>
  (typeof minItems !== "number" || value.length >= minItems) &&
  (typeof maxItems !== "number" || value.length <= maxItems) &&
  (uniqueItems !== true || new Set(value).size === value.length) &&
  (!isTable(items) || value.every((each) => accepts(items, each)))

const tableFits = (schema: Json, value: Json): boolean => {
  const properties = isTable(schema.properties) ? schema.properties : {}
  const required: ReadonlyArray<unknown> = Array.isArray(schema.required) ? schema.required : []
  return (
    required.every((key) => Object.hasOwn(value, String(key))) &&
    Object.entries(value).every(([key, inner]) => {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined
      return isTable(property) ? accepts(property, inner) : schema.additionalProperties !== false
    })
  )
}

export const accepts = (schema: Json, value: unknown): boolean => {
  for (const keyword of Object.keys(schema)) if (!known.has(keyword)) throw new Error(`the test does not know the keyword ${keyword}`)
  if (Array.isArray(schema.anyOf) && !schema.anyOf.some((each: Json) => accepts(each, value))) return false
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false
  if ("const" in schema && schema.const !== value) return false
  if (schema.type !== undefined && !typeFits(schema.type, value)) return false
  if (typeof value === "string") return typeof schema.minLength !== "number" || value.length >= schema.minLength
  if (typeof value === "number") return numberFits(schema, value)
  if (Array.isArray(value)) return listFits(schema, value)
  return isTable(value) ? tableFits(schema, value) : true
}
