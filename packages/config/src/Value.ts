/** Small questions about lossless values that every reader asks. Tables made here have no prototype, so `__proto__` is a mere name. */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"

export type Table = { readonly [key: string]: JsonValue }
export type MutableTable = { [key: string]: JsonValue }

const isArray: (value: unknown) => value is ReadonlyArray<unknown> = Array.isArray

export const isList = (value: JsonValue | undefined): value is ReadonlyArray<JsonValue> => isArray(value)

export const isTable = (value: JsonValue | undefined): value is Table => typeof value === "object" && value !== null && !isArray(value)

export const emptyTable = (): MutableTable => Object.create(null)

/** The value at `path`, or `undefined`; only own members count. */
export const valueAt = (value: JsonValue, path: JsonPath): JsonValue | undefined => {
  let at: JsonValue | undefined = value
  for (const step of path) {
    if (typeof step === "number") at = isList(at) ? at[step] : undefined
    else at = isTable(at) && Object.hasOwn(at, step) ? at[step] : undefined
  }
  return at
}

/** A path as people write it: `learner.encoder[0].bins`, keys in quotes where they need them. */
export const showPath = (path: JsonPath): string =>
  path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`
      const name = /^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step)
      return index === 0 ? name : `.${name}`
    })
    .join("")

/** The key that no document may hold: assigning it on an ordinary object changes what the object is. */
export const reservedKey = "__proto__"

/** What is wrong with a finite-looking number text that became `value`: out of range, or lost to zero. */
export const numberTrouble = (text: string, value: number): string | undefined => {
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text
  if (/inf|nan/i.test(text)) return `${shown} is not a number that can be used here`
  if (!Number.isFinite(value)) return `the number ${shown} is too large for a double`
  const mantissa = text.slice(0, text.search(/[eE]|$/))
  if (value === 0 && /[1-9]/.test(mantissa)) return `the number ${shown} is too small for a double and would become 0`
  return undefined
}

/** Whether a number is written with a fraction or an exponent: `1.0` and `1e3`, not `1` or `0x1e3`. */
export const isFloatText = (text: string): boolean => /^[-+]?[0-9_]*(?:[0-9]\.|\.[0-9]|[0-9][eE])/.test(text)
