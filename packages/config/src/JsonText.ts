/** JSON, read by the determinism package, which knows every place. Here its problems get their codes, and the count of values its limit. */
import { Json, type JsonPath, type JsonProblem, type JsonValue, type Positions } from "@feagi-trainer/determinism"
import { Code } from "./Code.ts"
import { type Limits, tooDeep, tooMany } from "./Limits.ts"
import type { Problem } from "./Lines.ts"
import { reserved } from "./Toml.ts"
import { isList, isTable, reservedKey } from "./Value.ts"

export type JsonRead =
  | { readonly ok: true; readonly value: JsonValue; readonly positions: Positions }
  | { readonly ok: false; readonly problems: ReadonlyArray<Problem> }

export const readJson = (text: string, limits: Limits): JsonRead => {
  countValues(text, limits)
  const result = Json.parse(text, { maxDepth: limits.maxDepth })
  if (!result.ok) return { ok: false, problems: result.problems.map((each) => problemOf(each, limits)) }
  const problems: Array<Problem> = []
  refuseReserved(result.value, result.positions, [], problems)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: result.value, positions: result.positions }
}

/** Commas and brackets outside strings bound the number of values; counting them first bounds the memory of the parse. */
const countValues = (text: string, limits: Limits): void => {
  if (text.length <= limits.maxNodes) return
  let count = 1
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString && code === 0x5c) at += 1
    else if (code === 0x22) inString = !inString
    else if (!inString && (code === 0x2c || code === 0x5b || code === 0x7b)) {
      count += 1
      if (count > limits.maxNodes) throw tooMany(limits, at)
    }
  }
}

const codes: ReadonlyArray<readonly [RegExp, string]> = [
  [/^duplicate key/, Code.duplicateKey],
  [/^nested deeper|^an integer of \d+ characters|^the text is \d+ bytes/, Code.limit],
  [/byte order mark|lone surrogate/, Code.encoding],
  [/not a JSON number|^the number/, Code.wrongValue],
  [/NaN|Infinity/, Code.wrongValue]
]

const problemOf = ({ message, offset }: JsonProblem, limits: Limits): Problem => {
  const code = codes.find(([pattern]) => pattern.test(message))?.[1] ?? Code.syntax
  if (message.startsWith("nested deeper")) {
    const { message: limit, help } = tooDeep(limits, offset)
    return { offset, code, message: limit, help }
  }
  // what is wrong, then the way out
  const cut = message.lastIndexOf("; ")
  return cut < 0 ? { offset, code, message } : { offset, code, message: message.slice(0, cut), help: message.slice(cut + 2) }
}

const refuseReserved = (value: JsonValue, positions: Positions, path: JsonPath, problems: Array<Problem>): void => {
  if (isList(value)) {
    value.forEach((item, index) => {
      refuseReserved(item, positions, [...path, index], problems)
    })
  } else if (isTable(value)) {
    for (const [key, member] of Object.entries(value)) {
      const inner = [...path, key]
      if (key === reservedKey) problems.push(reserved(positions.ofKey(inner)?.offset ?? 0))
      refuseReserved(member, positions, inner, problems)
    }
  }
}
