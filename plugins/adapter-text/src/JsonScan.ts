/**
 * Walks over a JSON text once: where it stops being JSON, or the keys at the top of its object, each with its place.
 *
 * JSON.parse tells neither in the same words on every engine, and of two equal keys it keeps the last and says nothing. Sharp edge:
 * values are not made here; what passes is what JSON.parse accepts, and a test holds the two together.
 */
export interface JsonKey {
  readonly key: string
  readonly at: number
  /** First character of the value. */
  readonly value: number
}

export type JsonScan = { readonly ok: true; readonly keys: ReadonlyArray<JsonKey> } | { readonly ok: false; readonly at: number }

type Wanted = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end" | "nothing"

const scalar = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

const matchAt = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

/** The character behind the text that opens at `from`, or the place at which it breaks, negated and less 1. */
const endOfText = (json: string, from: number): number => {
  let at = from + 1
  while (json[at] !== '"') {
    const unit = json.charCodeAt(at)
    // NaN, the end of the text, is not at least a blank either.
    const next = json[at] === "\\" ? matchAt(escaped, json, at) : unit >= 0x20 ? at + 1 : -1
    if (next === -1) return -1 - at
    at = next
  }
  return at + 1
}

export const scanJson = (json: string): JsonScan => {
  const keys: Array<JsonKey> = []
  const open: Array<"{" | "["> = []
  let wanted: Wanted = "value"
  let key = { key: "", at: 0 }
  let at = 0
  const afterValue = (): Wanted => (open.length === 0 ? "nothing" : "comma or end")
  while (true) {
    while (json[at] === " " || json[at] === "\t" || json[at] === "\n" || json[at] === "\r") at++
    const char = json[at]
    if (char === undefined) return wanted === "nothing" ? { ok: true, keys } : { ok: false, at }
    const takesValue: boolean = wanted === "value" || wanted === "value or end"
    const inside = open.at(-1)
    if (takesValue && open.length === 1 && inside === "{") keys.push({ ...key, value: at })
    if (takesValue && (char === "{" || char === "[")) {
      open.push(char)
      wanted = char === "{" ? "key or end" : "value or end"
      at++
    } else if (char === "}" || char === "]") {
      const ends = wanted === "comma or end" || wanted === (char === "}" ? "key or end" : "value or end")
      if (!ends || inside !== (char === "}" ? "{" : "[")) return { ok: false, at }
      open.pop()
      wanted = afterValue()
      at++
    } else if (char === '"' && (takesValue || wanted === "key" || wanted === "key or end")) {
      const end = endOfText(json, at)
      if (end < 0) return { ok: false, at: -1 - end }
      if (!takesValue && open.length === 1) key = { key: String(JSON.parse(json.slice(at, end))), at }
      wanted = takesValue ? afterValue() : "colon"
      at = end
    } else if (char === ":" && wanted === "colon") {
      wanted = "value"
      at++
    } else if (char === "," && wanted === "comma or end") {
      wanted = inside === "{" ? "key" : "value"
      at++
    } else {
      const end = takesValue ? matchAt(scalar, json, at) : -1
      if (end === -1) return { ok: false, at }
      wanted = afterValue()
      at = end
    }
  }
}
