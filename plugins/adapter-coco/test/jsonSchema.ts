/** As much of JSON Schema 2020-12 as the manifest uses, so that the manifest and the decoder can be held against one corpus. */
type Json = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const tables = (value: unknown): ReadonlyArray<Json> => (Array.isArray(value) ? value.filter(isTable) : [])
const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value)

type Check = (rule: unknown, value: unknown, schema: Json) => boolean

/** A keyword says nothing about values of another type. */
const checks: Readonly<Record<string, Check>> = {
  $schema: () => true,
  description: () => true,
  type: (rule, value) => rule === typeOf(value),
  const: (rule, value) => rule === value,
  enum: (rule, value) => Array.isArray(rule) && rule.includes(value),
  anyOf: (rule, value) => tables(rule).some((each) => accepts(each, value)),
  pattern: (rule, value) => typeof value !== "string" || new RegExp(String(rule), "u").test(value),
  minLength: (rule, value) => typeof value !== "string" || value.length >= Number(rule),
  items: (rule, value) => !Array.isArray(value) || (isTable(rule) && value.every((item) => accepts(rule, item))),
  minItems: (rule, value) => !Array.isArray(value) || value.length >= Number(rule),
  uniqueItems: (_, value) => !Array.isArray(value) || new Set(value).size === value.length,
  required: (rule, value) => !isTable(value) || (Array.isArray(rule) && rule.every((key) => Object.hasOwn(value, String(key)))),
  properties: (rule, value) =>
    !isTable(value) || (isTable(rule) && Object.entries(value).every(([key, inner]) => !isTable(rule[key]) || accepts(rule[key], inner))),
  additionalProperties: (_, value, { properties }) =>
    !isTable(value) || Object.keys(value).every((key) => isTable(properties) && key in properties)
}

export const accepts = (schema: Json, value: unknown): boolean =>
  Object.entries(schema).every(([keyword, rule]) => {
    const check = checks[keyword]
    if (check === undefined) throw new Error(`the test does not know the keyword ${keyword}`)
    return check(rule, value, schema)
  })
