/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const tables = (value: unknown): ReadonlyArray<Json> => (Array.isArray(value) ? value.filter(isTable) : [])

const known = new Set(
  "$schema description type properties required additionalProperties enum const minLength items minItems uniqueItems anyOf minimum".split(
    " "
  )
)

const typeFits = (type: unknown, value: unknown): boolean => {
  if (Array.isArray(type)) return type.some((each) => typeFits(each, value))
  if (type === "null") return value === null
  if (type === "array") return Array.isArray(value)
  if (type === "integer") return Number.isInteger(value)
  return type === "object" ? isTable(value) : typeof value === type
}

export const accepts = (schema: Json, value: unknown): boolean => {
  for (const keyword of Object.keys(schema)) if (!known.has(keyword)) throw new Error(`the test does not know the keyword ${keyword}`)
  const { type, minLength, items, minItems, uniqueItems, anyOf, minimum } = schema
  if (type !== undefined && !typeFits(type, value)) return false
  if (typeof value === "number" && typeof minimum === "number" && value < minimum) return false
  if ("const" in schema && schema.const !== value) return false
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false
  if (anyOf !== undefined && !tables(anyOf).some((each) => accepts(each, value))) return false
  if (typeof value === "string") return typeof minLength !== "number" || value.length >= minLength
  if (Array.isArray(value))
    return (
      value.length >= Number(minItems ?? 0) &&
      (uniqueItems !== true || new Set(value).size === value.length) &&
      (!isTable(items) || value.every((each) => accepts(items, each)))
    )
  return !isTable(value) || tableFits(schema, value)
}

const tableFits = (schema: Json, value: Json): boolean => {
  const { properties, required, additionalProperties } = schema
  const keys: ReadonlyArray<unknown> = Array.isArray(required) ? required : []
  return (
    keys.every((key) => Object.hasOwn(value, String(key))) &&
    Object.entries(value).every(([key, inner]) => {
      const property = isTable(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties
      return isTable(property) ? accepts(property, inner) : property !== false
    })
  )
}
