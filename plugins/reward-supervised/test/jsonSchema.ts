/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const known = new Set(
  "$schema description type properties required additionalProperties pattern minimum maximum exclusiveMinimum".split(" ")
)

const typeFits = (type: unknown, value: unknown): boolean =>
  type === "object" ? isTable(value) : type === "integer" ? Number.isInteger(value) : typeof value === type

export const accepts = (schema: Json, value: unknown): boolean => {
  for (const keyword of Object.keys(schema)) if (!known.has(keyword)) throw new Error(`the test does not know the keyword ${keyword}`)
  if (schema.type !== undefined && !typeFits(schema.type, value)) return false
  if (typeof value === "string") return new RegExp(String(schema.pattern ?? ""), "u").test(value)
  if (typeof value === "number") {
    const { minimum, maximum, exclusiveMinimum } = schema
    return (
      (typeof minimum !== "number" || value >= minimum) &&
      (typeof maximum !== "number" || value <= maximum) &&
      (typeof exclusiveMinimum !== "number" || value > exclusiveMinimum)
    )
  }
  if (!isTable(value)) return true
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
