/**
 * A diagnostic as text for people: place, expectation, excerpt with a mark under the column, way out.
 *
 * Whatever came from a file is escaped: a control character in a cell must not move the reader's cursor or forge a log line.
 */
import type { Diagnostic } from "./Diagnostic.ts"

/** Control characters, ANSI escapes and bidirectional overrides as visible `\u{…}`; everything else stays as it is. */
export const escapeControl = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0)
    return code === 10 ? "\\n" : code === 13 ? "\\r" : `\\u{${code.toString(16)}}`
  })

const place = (diagnostic: Diagnostic): string => {
  if (diagnostic.file === undefined) return ""
  const line = diagnostic.line === undefined ? "" : `:${diagnostic.line}`
  const column = diagnostic.line === undefined || diagnostic.column === undefined ? "" : `:${diagnostic.column}`
  return `${escapeControl(diagnostic.file)}${line}${column} `
}

const excerptOf = (diagnostic: Diagnostic): ReadonlyArray<string> => {
  if (diagnostic.excerpt === undefined || diagnostic.line === undefined) return []
  const label = String(diagnostic.line)
  const column = diagnostic.column ?? 1
  // A window of 100 characters around the column keeps a long record readable.
  const from = Math.max(0, column - 61)
  const shown = diagnostic.excerpt.slice(from, from + 100).replaceAll("\t", " ")
  const width = Math.max(1, Math.min((diagnostic.actual ?? "").replace(/^"|"$/g, "").length, shown.length - (column - 1 - from)))
  return [`  ${label} | ${escapeControl(shown)}`, `  ${" ".repeat(label.length)} | ${" ".repeat(column - 1 - from)}${"^".repeat(width)}`]
}

export const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const field = diagnostic.field === undefined ? "" : `field "${escapeControl(diagnostic.field)}"`
  const sample = diagnostic.sample_id === undefined ? "" : `(sample ${escapeControl(diagnostic.sample_id)})`
  const subject = [field, sample].filter((part) => part !== "").join(" ")
  const but =
    diagnostic.expected === undefined
      ? ""
      : `: expected ${escapeControl(diagnostic.expected)}${diagnostic.actual === undefined ? "" : `, got ${escapeControl(diagnostic.actual)}`}`
  const message = escapeControl(diagnostic.message)
  const head = `${diagnostic.severity}[${diagnostic.code}] ${place(diagnostic)}${subject === "" ? "" : `${subject}: `}${message}${but}`
  const more = diagnostic.count !== undefined && diagnostic.count > 1 ? [`  (${diagnostic.count} of this kind)`] : []
  const help = diagnostic.help === undefined ? [] : [`  help: ${escapeControl(diagnostic.help)}`]
  return [head, ...excerptOf(diagnostic), ...help, ...more].join("\n")
}
