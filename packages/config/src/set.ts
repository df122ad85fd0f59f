/**
 * `--set path.to.key=value`: one TOML assignment as an argument, so `7`, `7.0`, `"7"` and `true` mean what they mean in a file. A bare
 * word is an error and not a string: a value has one type, whoever writes it.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import { Code } from "./Code.ts"
import { type Document, parseDocument } from "./Document.ts"
import { defaultLimits } from "./Limits.ts"
import type { Layer } from "./layer.ts"
import type { Mark } from "./Mark.ts"
import { scanToml } from "./TomlScan.ts"
import { emptyTable, isList, isTable, reservedKey, showPath, valueAt } from "./Value.ts"

export type Assignment = {
  readonly ok: true
  readonly path: ReadonlyArray<string>
  readonly value: JsonValue
  /** The argument as a document of its own, which knows how the value was written. */
  readonly document: Document
}

export type Refused = { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const refusal = (problem: Omit<Diagnostic, "severity">): Refused => ({ ok: false, diagnostics: [{ severity: "error", ...problem }] })

/** Reads one assignment. `file` is what messages call it. */
export const parseSet = (text: string, file = "--set"): Assignment | Refused => {
  const refuse = (message: string, help: string): Refused =>
    refusal({ code: Code.syntax, file, excerpt: text, line: 1, column: 1, message, help })
  const shape = "write path.to.key=value"
  if (/[\r\n]/.test(text)) return refuse("a line end in an assignment", "write one assignment for each --set")
  if (!text.includes("=")) return refuse("no `=` in the assignment", shape)
  if (/^\s*(?:\[|#|=)/.test(text)) return refuse("no key before the `=`", shape)
  const parsed = parseDocument({ text, file, format: "toml" })
  if (!parsed.ok) return { ok: false, diagnostics: parsed.diagnostics.map((each) => withQuotes(each, text)) }
  const { path, end } = assigned(scanToml(text, defaultLimits).root)
  if (text.slice(end).trim() !== "")
    return refuse("there is more after the value", 'a `#` starts a comment; put quotes around text that holds one: key="a#b"')
  const value = valueAt(parsed.document.value, path)
  if (value === undefined) return refuse("no key before the `=`", shape)
  return { ok: true, path, value, document: parsed.document }
}

/** A shell eats the quotes of key="text", which is the usual reason for a bare word. */
const withQuotes = (diagnostic: Diagnostic, text: string): Diagnostic => {
  const equals = text.indexOf("=")
  const word = text.slice(equals + 1).trim()
  if (diagnostic.code !== Code.syntax || (diagnostic.column ?? 0) <= equals || /["']/.test(word)) return diagnostic
  if (word === "") return { ...diagnostic, message: "no value after the `=`", help: 'write path.to.key=value; the empty string is ""' }
  return { ...diagnostic, help: `strings need quotes, which a shell takes away: '${text.slice(0, equals).trim()}="${word}"'` }
}

const assigned = (root: Mark): { readonly path: ReadonlyArray<string>; readonly end: number } => {
  const path: Array<string> = []
  let mark = root
  for (;;) {
    const [next] = mark.fields ?? []
    if (next === undefined || (path.length > 0 && mark.role === "value")) return { path, end: mark.end }
    path.push(next[0])
    mark = next[1]
  }
}

/**
 * A copy of `target` with `value` at `path`, tables made on the way. Numbers, and digits where an array stands, choose an existing
 * item. Refuses `__proto__`, a way through something that is no table, and an item that does not exist.
 */
export const setPath = (
  target: JsonValue,
  path: JsonPath,
  value: JsonValue
): { readonly ok: true; readonly value: JsonValue } | Refused => {
  const refuse = (message: string, help: string): Refused => refusal({ code: Code.wrongValue, field: showPath(path), message, help })
  const put = (at: JsonValue | undefined, index: number): { readonly ok: true; readonly value: JsonValue } | Refused => {
    const step = path[index]
    if (step === undefined) return { ok: true, value }
    if (step === reservedKey) return refuse(`the key "${reservedKey}" is refused everywhere`, "choose another name")
    if (isList(at)) {
      const position = typeof step === "number" ? step : /^(?:0|[1-9][0-9]*)$/.test(step) ? Number(step) : -1
      if (!Number.isInteger(position) || position < 0 || position >= at.length) {
        return refuse(
          `there is no item ${JSON.stringify(step)} in an array of ${at.length}`,
          "give an index from 0, or set the whole array"
        )
      }
      const inner = put(at[position], index + 1)
      return inner.ok ? { ok: true, value: at.with(position, inner.value) } : inner
    }
    if (typeof step === "number" || (at !== undefined && !isTable(at))) {
      const here = showPath(path.slice(0, index))
      return refuse(
        `${here === "" ? "the document" : here} is ${at === undefined ? "nothing" : "a single value"}, so it has no members`,
        "set it as a whole"
      )
    }
    const inner = put(at !== undefined && Object.hasOwn(at, step) ? at[step] : undefined, index + 1)
    if (!inner.ok) return inner
    const table = emptyTable()
    for (const [key, member] of Object.entries(at ?? {})) table[key] = member
    table[step] = inner.value
    return { ok: true, value: table }
  }
  return put(target, 0)
}

/** All `--set` arguments as one layer; two that set the same path, or one below the other, are refused. */
export const setLayer = (texts: ReadonlyArray<string>, name = "--set"): { readonly ok: true; readonly layer: Layer } | Refused => {
  const diagnostics: Array<Diagnostic> = []
  const texted: Array<{ readonly text: string; readonly path: ReadonlyArray<string>; readonly document: Document }> = []
  let value: JsonValue = emptyTable()
  for (const text of texts) {
    const assignment = parseSet(text, name)
    if (!assignment.ok) {
      diagnostics.push(...assignment.diagnostics)
      continue
    }
    const { path } = assignment
    const other = texted.find((each) => each.path.every((key, index) => index >= path.length || key === path[index]))
    if (other !== undefined) {
      diagnostics.push({
        severity: "error",
        code: Code.duplicateKey,
        file: name,
        message: `${text} and ${other.text} set the same place`,
        help: "keep one of the two"
      })
      continue
    }
    texted.push({ text, path, document: assignment.document })
    const next = setPath(value, path, assignment.value)
    if (next.ok) value = next.value
    else diagnostics.push(...next.diagnostics)
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const saidAt = (path: JsonPath) => texted.find((each) => each.path.every((key, index) => index >= path.length || key === path[index]))
  const describe = (path: JsonPath): string => {
    const said = saidAt(path)
    return said === undefined ? name : `${name} ${said.text}`
  }
  return { ok: true, layer: { name, value, describe, textOf: (path) => saidAt(path)?.document.textOf(path) } }
}
