/**
 * The classes of a scan: declared by the options, by the header of a file, or found label by label.
 *
 * Sharp edge: nothing is merged. A label that only looks like a class (other case, blanks, Unicode form, a slip of the keyboard) is shown
 * with the class that it is near.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import type { Details, Findings } from "./Findings.ts"

/** Classes that a scan finds by itself; with more, the label is hardly one. */
export const MAX_SCANNED_CLASSES = 10_000

export interface Classes {
  /** The labels in the order of `class_id`, where they are known before the samples. */
  readonly declare: (labels: ReadonlyArray<string> | undefined) => void
  /** Whether the label is one of the classes; reports it when not. */
  readonly accepts: (label: string, place: () => Omit<Details, "message">) => boolean
  /** Reports labels that are hardly two classes, and classes without a sample. */
  readonly end: (file: string) => void
  readonly labels: () => ReadonlyArray<string>
}

export const classesOf = (declared: ReadonlyArray<string> | undefined, found: Findings): Classes => {
  let known = declared === undefined ? undefined : new Set(declared)
  const seen = new Set<string>()
  const labels = (): ReadonlyArray<string> => (known === undefined ? [...seen].sort() : [...known])
  return {
    labels,
    declare: (each) => {
      if (each !== undefined) known ??= new Set(each)
    },
    accepts: (label, place) => {
      if (label === "") {
        found.error("NO-LABEL", undefined, () => ({ message: "the label is empty", ...place(), help: "fill it in" }))
        return false
      }
      if (known !== undefined && !known.has(label)) {
        const all = [...known]
        found.error("UNKNOWN-LABEL", undefined, () => ({ ...place(), ...unknown(label, all) }))
        return false
      }
      if (seen.size >= MAX_SCANNED_CLASSES && !seen.has(label)) {
        found.error("TOO-MANY-CLASSES", undefined, () => ({
          message: `more than ${MAX_SCANNED_CLASSES} different labels`,
          ...place(),
          help: 'declare classes, or set target = "scalar" if the label is a number to be predicted'
        }))
        return false
      }
      seen.add(label)
      return true
    },
    end: (file) => {
      if (known === undefined)
        for (const twin of twins(labels())) found[twin.severity]("NEAR-LABELS", undefined, () => ({ file, ...twin.details }))
      else
        for (const label of known)
          if (!seen.has(label))
            found.warning("EMPTY-CLASS", undefined, () => ({
              message: `no sample has the declared class ${showValue(label)}`,
              file,
              help: "leave it out of classes, unless a later version of the data has it"
            }))
    }
  }
}

const unknown = (label: string, classes: ReadonlyArray<string>): Omit<Details, "file"> => {
  const near = nearLabel(label, classes)
  return {
    message: `the label is not a declared class${near === undefined ? "" : `; ${showValue(near.label)} ${near.how}`}`,
    expected: `one of ${showLabels(classes)}`,
    actual: showValue(label),
    help:
      near === undefined ? "correct the label, or declare classes" : `did you mean ${showValue(near.label)}? Nothing is merged by itself`
  }
}

const folds: ReadonlyArray<readonly [(text: string) => string, string]> = [
  [(text) => text.normalize("NFC"), "looks the same and has other code points (Unicode forms NFC and NFD)"],
  [(text) => text.trim(), "differs in the blanks around it only"],
  [(text) => text.normalize("NFC").trim().toLowerCase(), "differs in upper and lower case only"]
]

/** The class that a label nearly is, and how it differs. */
const nearLabel = (label: string, classes: ReadonlyArray<string>): { readonly label: string; readonly how: string } | undefined => {
  for (const [fold, how] of folds) {
    const same = classes.find((each) => each !== label && fold(each) === fold(label))
    if (same !== undefined) return { label: same, how }
  }
  const near = didYouMean(label, classes)
  return near === undefined ? undefined : { label: near, how: "is written nearly like it" }
}

export const showLabels = (labels: ReadonlyArray<string>): string => {
  const shown = labels.slice(0, 8).map((label) => showValue(label))
  return labels.length > 8 ? `${shown.join(", ")} and ${labels.length - 8} more` : shown.join(", ")
}

/** Found labels that look the same: an error for two Unicode forms, a warning for case and blanks. */
const twins = (
  labels: ReadonlyArray<string>
): ReadonlyArray<{ readonly severity: "error" | "warning"; readonly details: Omit<Details, "file"> }> => {
  const byForm = new Map<string, string>()
  const byFold = new Map<string, string>()
  return labels.flatMap((label) => {
    const form = label.normalize("NFC")
    const fold = form.trim().toLowerCase()
    const same = byForm.get(form)
    const near = same ?? byFold.get(fold)
    byForm.set(form, label)
    byFold.set(fold, label)
    if (near === undefined) return []
    const details = {
      message: `two labels are hardly two classes: ${showValue(near)} ${nearLabel(label, [near])?.how ?? "is written nearly like it"}`,
      actual: showValue(label),
      help: "correct the file, or declare classes = [...] with both if they are meant"
    }
    return [{ severity: same === undefined ? "warning" : "error", details } as const]
  })
}
