/**
 * Names of classes as files write them: all texts, or all whole numbers. Sharp edge: numbers are ordered by value and texts by code
 * point, as Python sorts them; JavaScript's own order of texts differs from it beyond U+FFFF.
 */

export type Label = string | number

export type LabelKind = "text" | "whole number"

/** The kind of a JSON value that may be a label, or undefined when it may not. */
export const kindOf = (value: unknown): LabelKind | undefined =>
  typeof value === "string" ? "text" : typeof value === "number" && Number.isSafeInteger(value) ? "whole number" : undefined

/** What a text (a key of an object, a word of the command line) says as a label of this kind, or undefined. */
export const labelFrom = (text: string, kind: LabelKind): Label | undefined => {
  if (kind === "text") return text
  const number = Number(text)
  return /^(?:0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : undefined
}

const byCodePoint = (left: string, right: string): number => {
  let at = 0
  for (;;) {
    const [a, b] = [left.codePointAt(at), right.codePointAt(at)]
    if (a === undefined || b === undefined) return left.length - right.length
    if (a !== b) return a - b
    at += 1
  }
}

/** Sorted, each one once. */
export const sortedLabels = (labels: Iterable<Label>): ReadonlyArray<Label> =>
  [...new Set(labels)].sort((left, right) =>
    typeof left === "number" && typeof right === "number" ? left - right : byCodePoint(String(left), String(right))
  )
