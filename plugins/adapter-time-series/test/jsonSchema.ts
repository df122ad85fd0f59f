/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const typeOf = (value: unknown): ReadonlyArray<string> => {
  if (value === null) return ["null"]
  if (Array.isArray(value)) return ["array"]
  return typeof value === "number" && Number.isInteger(value) ? ["number", "integer"] : [typeof value]
}

/** Each keyword, and whether the value keeps it; a keyword that is about another type is kept. */
const keywords: Readonly<Record<string, (rule: unknown, value: unknown, schema: Json) => boolean>> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  type: (rule, value) => typeOf(value).some((type) => (Array.isArray(rule) ? rule.includes(type) : rule === type)),
  const: (rule, value) => rule === value,
  enum: (rule, value) => list(rule).includes(value),
  anyOf: (rule, value) => list(rule).some((each) => isTable(each) && accepts(each, value)),
  minLength: (rule, value) => typeof value !== "string" || value.length >= Number(rule),
  minimum: (rule, value) => typeof value !== "number" || value >= Number(rule),
  exclusiveMinimum: (rule, value) => typeof value !== "number" || value > Number(rule),
  minItems: (rule, value) => !Array.isArray(value) || value.length >= Number(rule),
  uniqueItems: (_, value) => !Array.isArray(value) || new Set(value).size === value.length,
  items: (rule, value) => !Array.isArray(value) || (isTable(rule) && value.every((each) => accepts(rule, each))),
  required: (rule, value) => !isTable(value) || list(rule).every((key) => Object.hasOwn(value, String(key))),
  properties: (rule, value) =>
    !isTable(value) ||
    !isTable(rule) ||
    Object.entries(value).every(([key, inner]) => {
      const property = Object.hasOwn(rule, key) ? rule[key] : undefined
      return !isTable(property) || accepts(property, inner)
    }),
  additionalProperties: (rule, value, { properties }) =>
    !isTable(value) ||
    Object.entries(value)
      .filter(([key]) => !isTable(properties) || !Object.hasOwn(properties, key))
      .every(([, inner]) => isTable(rule) && accepts(rule, inner))
}

export const accepts = (schema: Json, value: unknown): boolean =>
  Object.entries(schema).every(([keyword, rule]) => {
    const keeps = keywords[keyword]
    if (keeps === undefined) throw new Error(`the test does not know the keyword ${keyword}`)
    return keeps(rule, value, schema)
  })
