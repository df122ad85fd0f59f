/**
 * `key=value` as a change of a TOML text: the value that stands at the key's place is replaced by the one given, letter for letter, and
 * everything else, comments and order and spacing, stays as it is.
 *
 * Sharp edge: only what stands in the text can be replaced. A new key has no place of its own, so it is refused and never guessed.
 */
import { type Diagnostic, didYouMean } from "@feagi-trainer/contracts"
import { Code } from "./Code.ts"
import { parseDocument } from "./Document.ts"
import { defaultLimits } from "./Limits.ts"
import type { Mark } from "./Mark.ts"
import { parseSet, type Refused } from "./set.ts"
import { scanToml } from "./TomlScan.ts"
import { showPath } from "./Value.ts"

const isIndex = (step: string): boolean => /^(?:0|[1-9][0-9]*)$/.test(step)

const memberOf = (mark: Mark, step: string): Mark | undefined =>
  mark.items === undefined ? mark.fields?.get(step) : isIndex(step) ? mark.items[Number(step)] : undefined

/** Where the value of an assignment that was read begins and ends. */
const literalOf = (assignment: string, path: ReadonlyArray<string>): string => {
  let mark: Mark | undefined = scanToml(assignment, defaultLimits).root
  for (const step of path) mark = mark?.fields?.get(step)
  return mark === undefined ? "" : assignment.slice(mark.offset, mark.end)
}

const replaced = (
  text: string,
  assignment: string,
  name: string
): { readonly ok: true; readonly text: string; readonly path: ReadonlyArray<string> } | Refused => {
  const parsed = parseSet(assignment, name)
  if (!parsed.ok) return parsed
  const refuse = (problem: Partial<Diagnostic> & { readonly message: string }): Refused => ({
    ok: false,
    diagnostics: [{ code: Code.unknownKey, severity: "error", file: name, field: showPath(parsed.path), excerpt: assignment, ...problem }]
  })
  let mark = scanToml(text, defaultLimits).root
  for (const [index, step] of parsed.path.entries()) {
    const next = memberOf(mark, step)
    if (next !== undefined) {
      mark = next
      continue
    }
    const there = mark.items === undefined ? [...(mark.fields?.keys() ?? [])] : mark.items.map((_, at) => String(at))
    const near = didYouMean(step, there)
    const before = parsed.path.slice(0, index)
    return refuse({
      message: `does not stand in the text, so that there is nothing to replace`,
      expected: there.length === 0 ? `no key below ${showPath(before)}, which is one value` : `one of ${there.join(", ")}`,
      actual: step,
      help: near === undefined ? "write it into the text by hand" : `did you mean ${showPath([...before, near])}?`
    })
  }
  if (mark.role !== "value")
    return refuse({
      code: Code.wrongValue,
      message: "is a table with lines of its own, which cannot be replaced as one value",
      help: `set what is in it: ${[...(mark.fields?.keys() ?? [])].map((key) => showPath([...parsed.path, key])).join(", ")}`
    })
  return { ok: true, path: parsed.path, text: text.slice(0, mark.offset) + literalOf(assignment, parsed.path) + text.slice(mark.end) }
}

/**
 * A TOML text with values replaced in place, one assignment after the other.
 *
 * @param text a complete TOML document
 * @param assignments each `path.to.key=value` as {@link parseSet} takes it; digits choose an item of an array
 * @param name what messages call an assignment
 * @returns the text, or every reason against it: FT1002 what does not stand there, FT1004 a table with a header, FT1005 two assignments
 * of the same place or of places inside each other, and whatever is wrong with an assignment or with the text itself
 */
export const setText = (
  text: string,
  assignments: ReadonlyArray<string>,
  name = "--set"
): { readonly ok: true; readonly text: string } | Refused => {
  const before = parseDocument({ text, file: "text", format: "toml" })
  if (!before.ok) return before
  const diagnostics: Array<Diagnostic> = []
  const done: Array<{ readonly path: ReadonlyArray<string>; readonly assignment: string }> = []
  let now = text
  for (const assignment of assignments) {
    const next = replaced(now, assignment, name)
    if (!next.ok) {
      diagnostics.push(...next.diagnostics)
      continue
    }
    const { path } = next
    const other = done.find((each) => each.path.every((key, index) => index >= path.length || key === path[index]))
    if (other !== undefined) {
      diagnostics.push({
        severity: "error",
        code: Code.duplicateKey,
        file: name,
        message: `${assignment} and ${other.assignment} set the same place`,
        help: "keep one of the two"
      })
      continue
    }
    done.push({ path, assignment })
    now = next.text
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, text: now }
}
