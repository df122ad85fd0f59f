/** What the tests of this package share: one-line readers and a way to show diagnostics. */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { type Document, type Format, type Limits, parseDocument } from "../src/index.ts"

/** `12:1 FT1002 unknown key "sead"` for each diagnostic. */
export const shown = (diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<string> =>
  diagnostics.map((each) => `${each.line}:${each.column} ${each.code} ${each.message}`)

export const problemsOf = (format: Format, text: string, limits?: Partial<Limits>): ReadonlyArray<string> => {
  const parsed = parseDocument({ text, file: `run.${format}`, format, limits })
  return parsed.ok ? [] : shown(parsed.diagnostics)
}

export const read = (format: Format, text: string): Document => {
  const parsed = parseDocument({ text, file: `run.${format}`, format })
  if (!parsed.ok) throw new Error(shown(parsed.diagnostics).join("\n"))
  return parsed.document
}

export const toml = (text: string): Document => read("toml", text)
