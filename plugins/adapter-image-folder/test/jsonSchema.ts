/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const known = new Set(
  "$schema description type properties required additionalProperties enum const pattern minLength items minItems maxItems minProperties uniqueItems minimum maximum anyOf".split(
    " "
  )
)

const typeFits = (type: unknown, value: unknown): boolean => {
  if (type === "array") return Array.isArray(value)
  if (type === "integer") return Number.isInteger(value)
  return type === "object" ? isTable(value) : typeof value === type
}

export const accepts = (schema: unknown, value: unknown): boolean => {
  if (typeof schema === "boolean") return schema
  if (!isTable(schema)) throw new Error("a schema is a table, true or false")
  for (const keyword of Object.keys(schema)) if (!known.has(keyword)) throw new Error(`the test does not know the keyword ${keyword}`)
  if (schema.type !== undefined && !typeFits(schema.type, value)) return false
  if ("const" in schema && schema.const !== value) return false
  if (schema.enum !== undefined && !list(schema.enum).includes(value)) return false
  if (schema.anyOf !== undefined && !list(schema.anyOf).some((each) => accepts(each, value))) return false
  if (typeof value === "string")
    return value.length >= Number(schema.minLength ?? 0) && new RegExp(String(schema.pattern ?? "")).test(value)
  if (typeof value === "number") return value >= Number(schema.minimum ?? value) && value <= Number(schema.maximum ?? value)
  if (Array.isArray(value))
    return (
      value.length >= Number(schema.minItems ?? 0) &&
      value.length <= Number(schema.maxItems ?? value.length) &&
      (schema.uniqueItems !== true || new Set(value).size === value.length) &&
      value.every((each) => accepts(schema.items ?? true, each))
    )
  return !isTable(value) || tableFits(schema, value)
}

const tableFits = ({ properties, required, additionalProperties, minProperties }: Json, value: Json): boolean =>
  list(required).every((key) => Object.hasOwn(value, String(key))) &&
  Object.keys(value).length >= Number(minProperties ?? 0) &&
  Object.entries(value).every(([key, inner]) =>
    accepts((isTable(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties) ?? true, inner)
  )
