/**
 * Label map: a versioned document that gives every class of a dataset its class in another list. It says everything: which old label
 * becomes which new one, and whether any are merged. Every label has a place in it: to leave samples out is not its business.
 *
 * Sharp edge: nothing is matched by likeness. A label that is written nearly like another is named in the message and stays an error.
 */
import { type ClassLabel, type Decoded, type Diagnostic, decodeStrict, didYouMean } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"

const Label = Schema.String.check(Schema.isNonEmpty())

export const LabelMap = Schema.Struct({
  schema_version: Schema.Literal(1),
  name: Label,
  version: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  /** `injective`: no two old labels become one. `merge`: some may. */
  kind: Schema.Literals(["injective", "merge"]),
  /** New labels in the order of their class ids. */
  classes: Schema.NonEmptyArray(Label).check(
    Schema.makeFilter((labels: ReadonlyArray<string>) => new Set(labels).size === labels.length, {
      expected: "labels that are all different"
    })
  ),
  /** From old label to new. */
  map: Schema.Record(Schema.String, Label)
})
export type LabelMap = typeof LabelMap.Type

export interface MappedLabels {
  readonly classes: ReadonlyArray<ClassLabel>
  /** New class id by old class id. */
  readonly rank: ReadonlyArray<number>
}

export type AppliedLabelMap =
  | ({ readonly ok: true } & MappedLabels)
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** @param classes of the dataset, in the order of their ids, which count from 0 */
export const applyLabelMap = (map: LabelMap, classes: ReadonlyArray<ClassLabel>): AppliedLabelMap => {
  const diagnostics = problemsOf(
    map,
    classes.map((each) => each.label)
  )
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const target = new Map(Object.entries(map.map))
  const ids = new Map(map.classes.map((label, class_id) => [label, class_id]))
  return {
    ok: true,
    classes: map.classes.map((label, class_id) => ({ class_id, label })),
    // Every old label was found mapped to one of the new ones.
    rank: classes.map(({ label }) => ids.get(target.get(label) ?? "") ?? -1)
  }
}

const problemsOf = (map: LabelMap, old: ReadonlyArray<string>): ReadonlyArray<Diagnostic> => {
  const entries = Object.entries(map.map)
  const [known, mapped, targets] = [new Set(old), new Set(Object.keys(map.map)), new Set(map.classes)]
  const error = (code: string, field: string, rest: Omit<Diagnostic, "code" | "severity" | "field">): Diagnostic => ({
    code,
    severity: "error",
    field,
    ...rest
  })
  const unmapped = old
    .filter((label) => !mapped.has(label))
    .map((label) =>
      error("FT2411", "map", {
        message: `class ${quoted(label)} of the dataset is not mapped`,
        help: nearHelp(label, mapped) ?? `add  ${quoted(label)} = "…"  to the map`
      })
    )
  const absent = entries
    .filter(([label]) => !known.has(label))
    .map(([label]) =>
      error("FT2412", `map.${label}`, {
        message: `the dataset has no class ${quoted(label)}`,
        help: nearHelp(label, known) ?? "remove the line"
      })
    )
  const lost = entries.flatMap(([label, to]) =>
    targets.has(to)
      ? []
      : [
          error("FT2413", `map.${label}`, {
            message: `${quoted(to)} is none of the new classes`,
            expected: map.classes.map(quoted).join(", "),
            actual: quoted(to),
            help: nearHelp(to, targets) ?? "add it to  classes"
          })
        ]
  )
  const sources = map.classes.map((label) => entries.flatMap(([from, to]) => (to === label ? [from] : [])))
  const merged = map.classes.flatMap((label, at) =>
    map.kind === "merge" || (sources[at]?.length ?? 0) < 2
      ? []
      : [
          error("FT2414", "kind", {
            message: `${sources[at]?.map(quoted).join(", ")} all become ${quoted(label)}`,
            expected: "one old label for each new one",
            help: 'if they are meant to be one class, write  kind = "merge"'
          })
        ]
  )
  const empty = map.classes.flatMap((label, at) =>
    sources[at]?.length === 0
      ? [error("FT2415", `classes.${at}`, { message: `nothing becomes ${quoted(label)}`, help: "map a class to it, or remove it" })]
      : []
  )
  return [...unmapped, ...absent, ...lost, ...merged, ...empty]
}

const quoted = (label: string): string => JSON.stringify(label)

const nearHelp = (label: string, known: ReadonlySet<string>): string | undefined => {
  const loose = (text: string) => text.normalize("NFKC").trim().toLowerCase()
  const near = [...known].find((each) => loose(each) === loose(label)) ?? didYouMean(label, known)
  return near === undefined ? undefined : `did you mean ${quoted(near)}? They are two labels as long as they are written in two ways`
}

/** What became of the samples of one old class. */
export interface ConfusionRow {
  readonly old: string
  readonly new: string
  readonly samples: number
}

/** Old against new, for a person to look at: one row per old class. @param counts samples per old class id */
export const confusion = (
  counts: ReadonlyArray<number>,
  classes: ReadonlyArray<ClassLabel>,
  mapped: MappedLabels
): ReadonlyArray<ConfusionRow> =>
  classes.map(({ label }, class_id) => ({
    old: label,
    new: mapped.classes[mapped.rank[class_id] ?? -1]?.label ?? "",
    samples: counts[class_id] ?? 0
  }))

/** A mapping as a person wrote it. */
export const decodeLabelMap = (input: unknown): Decoded<LabelMap> => decodeStrict(LabelMap, input)
