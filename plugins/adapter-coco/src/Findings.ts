/**
 * Collects what is wrong: everything is counted, the first findings are kept and located.
 *
 * Sharp edge: the first finding of a code carries the number of all with this code, so that a hundred thousand missing pictures are one
 * number and not as many messages.
 */
import type { Diagnostic } from "@feagi-trainer/contracts"
import { MAX_DEPTH, pointerOf } from "./json/JsonCursor.ts"
import { type JsonProblem, MAX_RECORD_BYTES } from "./json/readJson.ts"

/** Errors, and as many warnings, that a report holds in full. All are counted. */
export const MAX_FINDINGS = 20

export type Severity = Diagnostic["severity"]
export type Finding = Omit<Diagnostic, "code" | "severity" | "count">

export interface Findings {
  /** `make` is called only while the finding is kept. */
  readonly add: (code: string, severity: Severity, make: () => Finding, times?: number) => void
  readonly count: (severity: Severity) => number
  /** In the order of files and places; what has no place stands behind its file. */
  readonly diagnostics: () => ReadonlyArray<Diagnostic>
}

export const findings = (): Findings => {
  const kept: Array<Diagnostic> = []
  const counts = { error: 0, warning: 0 }
  const perSeverity = { error: 0, warning: 0 }
  const perCode = new Map<string, number>()
  return {
    add: (code, severity, make, times = 1) => {
      counts[severity] += times
      perCode.set(code, (perCode.get(code) ?? 0) + times)
      if (perSeverity[severity]++ < MAX_FINDINGS) kept.push({ code: `coco/${code}`, severity, ...make() })
    },
    count: (severity) => counts[severity],
    diagnostics: () => {
      const files = [...new Set(kept.map(({ file }) => file))]
      const offset = ({ byte_offset }: Diagnostic): number => byte_offset ?? Number.MAX_SAFE_INTEGER
      const sorted = kept.toSorted((left, right) => files.indexOf(left.file) - files.indexOf(right.file) || offset(left) - offset(right))
      const told = new Set<string>()
      return sorted.map((each) => {
        const count = perCode.get(each.code.slice("coco/".length)) ?? 1
        const first = !told.has(each.code)
        told.add(each.code)
        return first && count > 1 ? { ...each, count } : each
      })
    }
  }
}

/** What is wrong with a file as JSON. */
export const addProblem = (found: Findings, file: string, { kind, path, place, text }: JsonProblem): void => {
  const [code, told] = jsonProblems[kind]
  const field = path.length === 0 ? {} : { field: pointerOf(path) }
  found.add(code, "error", () => ({ file, ...place, ...field, ...told(text) }))
}

const jsonProblems: Readonly<
  Record<JsonProblem["kind"], readonly [string, (text: string) => Pick<Finding, "message" | "expected" | "actual" | "help">]>
> = {
  empty: ["EMPTY-FILE", () => ({ message: "the file holds nothing", help: "check how the file was made" })],
  truncated: ["TRUNCATED", () => ({ message: "the file ends in the middle of the document", help: "copy or download it again" })],
  syntax: ["NOT-JSON", (text) => ({ message: `no JSON from here on: ${text}`, help: "correct the file; what stands behind was not read" })],
  utf8: ["NOT-UTF-8", (text) => ({ message: `${text}; what stands behind was not read`, help: "save the file as UTF-8" })],
  depth: ["TOO-DEEP", (text) => ({ message: text, expected: `at most ${MAX_DEPTH} levels`, help: "check how the file was made" })],
  "too-long": [
    "RECORD-TOO-LONG",
    () => ({ message: `a record of more than ${MAX_RECORD_BYTES} bytes`, help: "check how the file was made" })
  ],
  "no-object": [
    "NOT-COCO",
    (text) => ({ message: text, expected: "an object", help: "name the annotation file; a list of results is none" })
  ],
  "duplicate-key": [
    "DUPLICATE-KEY",
    (text) => ({ message: `the key ${JSON.stringify(text)} stands twice`, help: "remove one of them: programs differ in which they take" })
  ],
  number: [
    "NO-NUMBER",
    (text) => ({
      message: "this is no number",
      expected: "a number that a double can hold",
      actual: text,
      help: "write the number, or remove the annotation"
    })
  ]
}
