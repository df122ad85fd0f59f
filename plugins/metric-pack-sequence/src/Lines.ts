/**
 * A file of segments: UTF-8, one on each line. Lines end with LF, blanks at their end (a CR among them) do not count, as sacreBLEU reads
 * files. Sharp edges: nothing but LF ends a line, so that a lone CR, U+0085 or U+2028 is a blank inside of it; an empty line is a segment
 * without words; a byte order mark is refused, because it would be the first character of the first segment.
 */
import { cappedDiagnostics, type Diagnostic, readScoreText, type ScoreFile, type ScoreFiles } from "@feagi-trainer/contracts"
import { withoutTrailingBlanks } from "./Blanks.ts"
import type { LineCodes } from "./Codes.ts"

type Lines =
  | { readonly ok: true; readonly lines: ReadonlyArray<string> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const plural = (count: number): string => (count === 1 ? "1 line" : `${count} lines`)

/** The segments of one file, or all that is wrong with it. */
const linesOf = (codes: LineCodes, file: ScoreFile): Lines => {
  const read = readScoreText(file, codes, "one segment on each line, an empty line where it has no words")
  if (!read.ok) return read
  const lines = read.text.text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  return { ok: true, lines: lines.map(withoutTrailingBlanks) }
}

export type LineFiles =
  | { readonly ok: true; readonly predictions: ReadonlyArray<string>; readonly targets: ReadonlyArray<ReadonlyArray<string>> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** Predictions and targets line by line; every target file has as many lines as the predictions. */
export const readLines = (codes: LineCodes, { predictions, targets }: ScoreFiles): LineFiles => {
  const answers = linesOf(codes, predictions)
  const read = targets.map((file) => linesOf(codes, file))
  const faults = [answers, ...read].flatMap((each) => (each.ok ? [] : each.diagnostics))
  const count = answers.ok ? answers.lines.length : 0
  const lengths = read.flatMap((each, at): ReadonlyArray<Diagnostic> => {
    const file = targets[at]?.name ?? ""
    if (!answers.ok || !each.ok || each.lines.length === count) return []
    return [
      {
        code: codes.lineCount,
        severity: "error",
        message: `${file} has ${plural(each.lines.length)} and ${predictions.name} has ${count}: line n of one belongs to line n of the other`,
        file,
        line: Math.min(each.lines.length, count) + 1,
        expected: plural(count),
        actual: plural(each.lines.length),
        help: "a segment without words is an empty line, never a missing one"
      }
    ]
  })
  if (targets.length === 0)
    faults.push({
      code: codes.noTargets,
      severity: "error",
      message: "there is no file of targets",
      expected: "--targets FILE, once for each reference",
      actual: "none",
      help: "add --targets FILE"
    })
  const diagnostics = [...faults, ...lengths]
  if (!answers.ok || diagnostics.length > 0) return { ok: false, diagnostics: cappedDiagnostics(diagnostics, codes.more) }
  return { ok: true, predictions: answers.lines, targets: read.map((each) => (each.ok ? each.lines : [])) }
}
