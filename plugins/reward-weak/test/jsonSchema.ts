/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)
const tableAt = (value: unknown, key: string): Json | undefined => {
  const inner = isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return isTable(inner) ? inner : undefined
}

const typeFits = (type: unknown, value: unknown): boolean => {
  if (type === "object") return isTable(value)
  if (type === "array") return isList(value)
  return type === "integer" ? Number.isInteger(value) : typeof value === type
}

const properties = (schema: Json, value: Json): boolean =>
  Object.entries(value).every(([key, inner]) => {
    const property = tableAt(schema.properties, key)
    return property === undefined ? schema.additionalProperties !== false : accepts(property, inner)
  })

const keywords: Readonly<Record<string, (wanted: unknown, value: unknown, schema: Json) => boolean>> = {
  $schema: () => true,
  description: () => true,
  type: typeFits,
  const: (wanted, value) => wanted === value,
  enum: (wanted, value) => isList(wanted) && wanted.includes(value),
  oneOf: (wanted, value) => isList(wanted) && wanted.filter((each) => isTable(each) && accepts(each, value)).length === 1,
  pattern: (wanted, value) => typeof value !== "string" || new RegExp(String(wanted), "u").test(value),
  minimum: (wanted, value) => typeof value !== "number" || value >= Number(wanted),
  maximum: (wanted, value) => typeof value !== "number" || value <= Number(wanted),
  exclusiveMinimum: (wanted, value) => typeof value !== "number" || value > Number(wanted),
  minItems: (wanted, value) => !isList(value) || value.length >= Number(wanted),
  uniqueItems: (wanted, value) => wanted !== true || !isList(value) || new Set(value).size === value.length,
  items: (wanted, value) => !isList(value) || (isTable(wanted) && value.every((each) => accepts(wanted, each))),
  required: (wanted, value) => !isTable(value) || (isList(wanted) && wanted.every((key) => Object.hasOwn(value, String(key)))),
  additionalProperties: (wanted) => wanted === false,
  properties: (_, value, schema) => !isTable(value) || properties(schema, value)
}

export const accepts = (schema: Json, value: unknown): boolean =>
  Object.entries(schema).every(([keyword, wanted]) => {
    const fits = keywords[keyword]
    if (fits === undefined) throw new Error(`the test does not know the keyword ${keyword}`)
    return fits(wanted, value, schema)
  })
