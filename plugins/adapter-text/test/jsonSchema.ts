/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Table = Readonly<Record<string, unknown>>
type Rule = (given: unknown, value: unknown, schema: Table) => boolean

const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null && !Array.isArray(value)
const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])
const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value

const rules: Readonly<Record<string, Rule>> = {
  $schema: () => true,
  description: () => true,
  type: (given, value) => [given].flat().includes(typeOf(value)),
  const: (given, value) => given === value,
  enum: (given, value) => list(given).includes(value),
  minimum: (given, value) => typeof value !== "number" || value >= Number(given),
  minLength: (given, value) => typeof value !== "string" || value.length >= Number(given),
  minItems: (given, value) => !Array.isArray(value) || value.length >= Number(given),
  uniqueItems: (given, value) => given !== true || !Array.isArray(value) || new Set(value).size === value.length,
  items: (given, value) => !Array.isArray(value) || value.every((each) => accepts(given, each)),
  minProperties: (given, value) => !isTable(value) || Object.keys(value).length >= Number(given),
  propertyNames: (given, value) => !isTable(value) || Object.keys(value).every((each) => accepts(given, each)),
  required: (given, value) => !isTable(value) || list(given).every((each) => Object.hasOwn(value, String(each))),
  properties: (given, value) =>
    !isTable(value) ||
    !isTable(given) ||
    Object.entries(given).every(([key, each]) => !Object.hasOwn(value, key) || accepts(each, value[key])),
  additionalProperties: (given, value, { properties }) =>
    !isTable(value) ||
    Object.keys(value).every((key) => (isTable(properties) && Object.hasOwn(properties, key)) || accepts(given, value[key])),
  anyOf: (given, value) => list(given).some((each) => accepts(each, value))
}

export const accepts = (schema: unknown, value: unknown): boolean => {
  if (!isTable(schema)) return schema !== false
  return Object.entries(schema).every(([keyword, given]) => {
    const rule = rules[keyword]
    if (rule === undefined) throw new Error(`the test does not know the keyword ${keyword}`)
    return rule(given, value, schema)
  })
}
