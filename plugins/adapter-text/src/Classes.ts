/**
 * The labels of a scan: declared ones, or those that occur, sorted by code unit at the end.
 *
 * Sharp edge: nothing is merged. "é" as one code point and as "e" with an accent look alike in every editor and are an error that
 * names both; labels that differ in case or in blanks around them are a warning.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import type { Finding, Findings } from "./Findings.ts"

/** Classes that a scan finds by itself; with more, the field is hardly a label. */
export const MAX_CLASSES = 10_000

/** Where a label stands. */
export type Spot = Pick<Finding, "file" | "line" | "column" | "byte_offset" | "field">

export interface Classes {
  /** False: the label is none, and the finding says so. */
  readonly read: (label: string, spot: () => Spot) => boolean
  readonly all: () => ReadonlyArray<string>
}

const shown = (label: string): string => {
  const points = [...label].map((char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`)
  return `${showValue(label)} (${points.slice(0, 12).join(" ")}${points.length > 12 ? " …" : ""})`
}

const fold = (label: string): string => label.normalize("NFC").trim().toLowerCase()

export const classReader = (declared: ReadonlyArray<string> | "scan" | null, found: Findings): Classes => {
  const known = new Set(declared === "scan" || declared === null ? [] : declared)
  const composed = new Map([...known].map((label) => [label.normalize("NFC"), label]))
  const folded = new Map([...known].map((label) => [fold(label), label]))
  let overflow = false

  const twin = (label: string, spot: Spot): boolean => {
    const other = composed.get(label.normalize("NFC"))
    if (other === undefined || other === label) return false
    found.error({
      ...spot,
      code: "text/LABEL-UNICODE",
      message: `two labels look the same and have other code points: ${shown(label)} and ${shown(other)}`,
      expected: shown(other),
      actual: shown(label),
      help: "write the label in one Unicode form (NFC) throughout"
    })
    return true
  }
  const unknown = (label: string, spot: Spot): void => {
    const near = folded.get(fold(label)) ?? didYouMean(label, known)
    found.error({
      ...spot,
      code: "text/UNKNOWN-LABEL",
      message: "the label is none of the declared classes",
      expected: `one of ${[...known]
        .slice(0, 8)
        .map((each) => showValue(each))
        .join(", ")}${known.size > 8 ? ", …" : ""}`,
      actual: showValue(label),
      help: near === undefined ? 'add it to classes, or set classes = "scan"' : `did you mean ${showValue(near)}?`
    })
  }
  return {
    read: (label, where) => {
      if (known.has(label)) return true
      const spot = where()
      if (twin(label, spot)) return false
      if (declared !== "scan") {
        unknown(label, spot)
        return false
      }
      if (known.size >= MAX_CLASSES) {
        if (!overflow)
          found.error({
            ...spot,
            code: "text/TOO-MANY-CLASSES",
            message: `more than ${MAX_CLASSES} labels`,
            help: "name the field with the label; an id is no label"
          })
        overflow = true
        return false
      }
      const alike = folded.get(fold(label))
      if (alike !== undefined)
        found.warn({
          ...spot,
          code: "text/LABEL-CASE",
          message: `two labels differ in case or in blanks only: ${showValue(label)} and ${showValue(alike)}`,
          help: "they are two classes; write them in one way if they are meant to be one"
        })
      known.add(label)
      composed.set(label.normalize("NFC"), label)
      folded.set(fold(label), label)
      return true
    },
    all: () => (declared === "scan" ? [...known].sort() : [...known])
  }
}
