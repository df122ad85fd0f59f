/**
 * How a broken law is told: what was expected, what came instead, and how to see it again. Comparison is by canonical JSON, so 0 and
 * -0 differ and a Map is named as what it is: no plain data.
 */
import { showValue } from "@feagi-trainer/contracts"
import { CanonicalError, canonical } from "@feagi-trainer/determinism"

/** A law that does not hold. `message` is complete; there is nothing else to know. */
export class LawBroken extends Error {
  override readonly name = "LawBroken"
}

/** The end of a message: which draws led here. Empty when none did. */
const again = (from: string): string => (from === "" ? "" : `\n  to see it again: ${from}`)

/** @param from where the input came from, `seed "conformance", case 3`; empty when nothing was drawn */
export const breakLaw = (what: string, expected: string, actual: string, from = ""): never => {
  throw new LawBroken(`${what}\n  expected: ${expected}\n  got: ${actual}${again(from)}`)
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Canonical text, or a broken law that names the place that is no plain data. */
export const plain = (what: string, value: unknown, from = ""): string => {
  try {
    return canonical(value)
  } catch (error) {
    if (error instanceof CanonicalError) return breakLaw(what, "plain JSON data", error.message, from)
    throw error
  }
}

type Difference = { readonly path: string; readonly left: string; readonly right: string }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The first place where two plain values differ, in the order of the keys of the left one. */
export const firstDifference = (left: unknown, right: unknown, path = "$"): Difference | undefined => {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return { path, left: `${left.length} items`, right: `${right.length} items` }
    for (const [index, item] of left.entries()) {
      const found = firstDifference(item, right[index], `${path}[${index}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (isRecord(left) && isRecord(right)) {
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])]) {
      const found = firstDifference(left[key], right[key], `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  const same = Object.is(left, right)
  return same ? undefined : { path, left: showValue(left), right: showValue(right) }
}

/** Breaks the law unless both are the same plain data; names the first place where they differ. */
export const expectSame = (what: string, expected: unknown, actual: unknown, from = ""): void => {
  const left = plain(what, expected, from)
  const right = plain(what, actual, from)
  if (left === right) return
  const difference = firstDifference(expected, actual)
  if (difference === undefined) breakLaw(what, left, right, from)
  else breakLaw(what, `${difference.path} = ${difference.left}`, `${difference.path} = ${difference.right}`, from)
}

/** Breaks the law if both are the same plain data. */
export const expectDifferent = (what: string, expected: string, left: unknown, right: unknown, from = ""): void => {
  const text = plain(what, left, from)
  if (text === plain(what, right, from)) breakLaw(what, expected, `twice ${text.length > 200 ? `${text.slice(0, 197)}...` : text}`, from)
}

/** Runs what has to throw and returns the message; breaks the law when nothing is thrown. */
export const expectThrow = (what: string, expected: string, run: () => unknown, from = ""): string => {
  let came: unknown
  try {
    came = run()
  } catch (error) {
    return messageOf(error)
  }
  return breakLaw(what, expected, `no error, but ${showValue(came)}`, from)
}
