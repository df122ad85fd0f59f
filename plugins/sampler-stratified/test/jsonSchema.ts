/** As much of JSON Schema 2020-12 as the manifests of samplers use, so that a manifest and its decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const known = new Set(
  "$schema description type enum properties required additionalProperties minLength minimum exclusiveMinimum exclusiveMaximum".split(" ")
)

const typeFits = (type: unknown, value: unknown): boolean =>
  type === "object" ? isTable(value) : type === "integer" ? Number.isInteger(value) : typeof value === type

export const accepts = (schema: Json, value: unknown): boolean => {
  for (const keyword of Object.keys(schema)) if (!known.has(keyword)) throw new Error(`the test does not know the keyword ${keyword}`)
  const { type, minLength, minimum, exclusiveMinimum, exclusiveMaximum, properties, required, additionalProperties } = schema
  if (type !== undefined && !typeFits(type, value)) return false
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false
  if (typeof value === "string") return value.length >= Number(minLength ?? 0)
  if (typeof value === "number")
    return (
      value >= Number(minimum ?? -Infinity) && value > Number(exclusiveMinimum ?? -Infinity) && value < Number(exclusiveMaximum ?? Infinity)
    )
  if (!isTable(value)) return true
  const inner = isTable(properties) ? properties : {}
  return (
    (Array.isArray(required) ? required : []).every((key) => Object.hasOwn(value, String(key))) &&
    Object.entries(value).every(([key, each]) => {
      const property = Object.hasOwn(inner, key) ? inner[key] : undefined
      return isTable(property) ? accepts(property, each) : additionalProperties !== false
    })
  )
}
