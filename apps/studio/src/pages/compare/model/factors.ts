/**
 * Which fields would have to be declared for refused runs to be comparable, fewest first: what the buttons of a refusal offer.
 *
 * Declaring a field covers the fields inside it, and declaring `learner` covers what not all learners have. Sharp edge: a difference of the
 * benchmark cannot be declared away, so with one there is nothing to offer.
 */
import type { Comparison, FieldDifference } from "@feagi-trainer/control-api/comparison"

export interface Factor {
  /** What is declared. */
  readonly field: string
  /** The differing fields that it covers, itself included where it is one. */
  readonly covers: ReadonlyArray<string>
}

const labelsOf = (comparison: Comparison): ReadonlyArray<string> => comparison.runs.map((run) => run.label)

/** Whether a run lacks the field altogether: a gradient model has no genome. */
export const lacking = (difference: FieldDifference, labels: ReadonlyArray<string>): ReadonlyArray<string> =>
  labels.filter((label) => !Object.hasOwn(difference, label))

/** The factors whose declaration lets the runs be compared; empty where nothing is undeclared or where the benchmark differs. */
export const factorsOf = (comparison: Comparison): ReadonlyArray<Factor> => {
  if (comparison.identity_differences.length > 0) return []
  const labels = labelsOf(comparison)
  const open = comparison.treatment_differences.filter((each) => each.across !== true)
  const learner = open.find((each) => each.field === "learner")
  const follows = (each: FieldDifference): boolean => learner !== undefined && each !== learner && lacking(each, labels).length > 0
  const first: ReadonlyArray<Factor> =
    learner === undefined ? [] : [{ field: "learner", covers: ["learner", ...open.filter(follows).map((each) => each.field)] }]
  const groups = new Map<string, Array<string>>()
  for (const each of open) {
    if (each === learner || follows(each)) continue
    const root = each.field.split(".")[0] ?? each.field
    groups.set(root, [...(groups.get(root) ?? []), each.field])
  }
  const rest = [...groups].map(([root, fields]): Factor => {
    const [only] = fields
    return { field: fields.length === 1 && only !== undefined ? only : root, covers: fields }
  })
  return [...first, ...rest]
}
