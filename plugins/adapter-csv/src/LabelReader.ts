/**
 * Reads the label of every record as a class: one that was declared, or one that the scan finds.
 *
 * Sharp edge: a scan knows the order of its classes only at the end, so that `read` counts them as they appear and `classes` says
 * afterwards which place each has.
 */
import { showValue } from "@feagi-trainer/contracts"
import type { Finding, Findings } from "./Findings.ts"
import { nearLabel, showLabels } from "./Labels.ts"
import type { Options } from "./Options.ts"
import type { Plan } from "./Plan.ts"
import type { CsvRecord } from "./Records.ts"

/** Classes that a scan finds by itself; with more, the column is hardly a label. */
const MAX_SCANNED_CLASSES = 10_000

interface LabelReader {
  /** Index of the label in the order of first appearance (scan) or of declaration; undefined after a finding. */
  readonly read: (record: CsvRecord, sample: string) => number | undefined
  readonly full: () => boolean
  readonly end: (classIds: ReadonlyArray<number>) => void
  /** The classes in their final order, and for every index of `read` its place in it. */
  readonly classes: () => { readonly classes: ReadonlyArray<string>; readonly rank: ReadonlyArray<number> }
}

/** A reader for one scan: it remembers what it has seen. */
export const labelReader = (options: Options, plan: Plan, found: Findings): LabelReader => {
  const declared = options.classes === "scan" ? undefined : options.classes
  const known = new Map((declared ?? []).map((label, at) => [label, at]))
  const firstAt: Array<number> = []
  const field = plan.names[plan.label] ?? ""
  let overflow = false
  const sorted = (): ReadonlyArray<string> => declared ?? [...known.keys()].sort()

  return {
    read: ({ cells, start }, sample) => {
      const label = cells[plan.label] ?? ""
      const at = known.get(label)
      if (at !== undefined) return at
      const spot = { record: start, cell: plan.label }
      if (declared === undefined && label !== "" && known.size < MAX_SCANNED_CLASSES) {
        known.set(label, known.size)
        firstAt.push(start)
        return known.size - 1
      }
      if (label === "")
        found.add({
          code: "csv/NO-LABEL",
          severity: "error",
          message: "the label is empty",
          field,
          sample_id: sample,
          spot,
          help: "fill it in"
        })
      else if (declared === undefined) {
        overflow = true
        const message = `more than ${MAX_SCANNED_CLASSES} different labels; the scan ends here`
        found.add({ code: "csv/TOO-MANY-CLASSES", severity: "error", message, field, spot, help: "check label_column, or declare classes" })
      } else found.add(unknownLabel(label, found.full() ? [] : declared, field, sample, spot))
      return undefined
    },
    full: () => overflow,
    end: (classIds) => {
      if (declared === undefined) for (const finding of twins(sorted(), known, firstAt, field, plan.label)) found.add(finding)
      if (declared === undefined || found.errors() > 0) return
      const present = new Set(classIds)
      declared.forEach((label, at) => {
        if (!present.has(at))
          found.add({
            code: "csv/EMPTY-CLASS",
            severity: "warning",
            message: `no record has the declared class ${showValue(label)}`,
            field,
            help: "delete it from classes, unless a later version of the file has it"
          })
      })
    },
    classes: () => {
      const classes = sorted()
      const place = new Map(classes.map((label, at) => [label, at]))
      return { classes, rank: [...known.keys()].map((label) => place.get(label) ?? -1) }
    }
  }
}

const unknownLabel = (
  label: string,
  classes: ReadonlyArray<string>,
  field: string,
  sample: string,
  spot: { readonly record: number; readonly cell: number }
): Finding => {
  const near = nearLabel(label, classes)
  return {
    code: "csv/UNKNOWN-LABEL",
    severity: "error",
    message: `the label is not a declared class${near === undefined ? "" : `; ${showValue(near.label)} ${near.how}`}`,
    field,
    sample_id: sample,
    spot,
    expected: `one of ${showLabels(classes)}`,
    actual: showValue(label),
    help:
      near === undefined
        ? "correct the cell or add the label to classes"
        : `did you mean ${showValue(near.label)}? Nothing is merged by itself`
  }
}

/** Labels that the scan found and that look the same: an error for two Unicode forms, a warning for case and blanks. */
const twins = (
  classes: ReadonlyArray<string>,
  known: ReadonlyMap<string, number>,
  firstAt: ReadonlyArray<number>,
  field: string,
  cell: number
): ReadonlyArray<Finding> => {
  const exact = new Map<string, string>()
  const loose = new Map<string, string>()
  return classes.flatMap((label): ReadonlyArray<Finding> => {
    const form = label.normalize("NFC")
    const fold = form.trim().toLowerCase()
    const same = exact.get(form)
    const near = same ?? loose.get(fold)
    exact.set(form, label)
    loose.set(fold, label)
    if (near === undefined) return []
    const how = nearLabel(label, [near])?.how ?? "is written nearly like it"
    return [
      {
        code: "csv/NEAR-LABELS",
        severity: same === undefined ? "warning" : "error",
        message: `two labels are hardly two classes: ${showValue(near)} ${how}`,
        field,
        actual: showValue(label),
        expected: `a label that is not mistaken for ${showValue(near)}`,
        spot: { record: firstAt[known.get(label) ?? -1] ?? 0, cell },
        help: "correct the file, or declare classes = [...] with both if they are meant"
      }
    ]
  })
}
