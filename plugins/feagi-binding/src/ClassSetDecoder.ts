/**
 * Decoder `class-set`: one voxel per class in a MiscData area; every class whose potential reaches the threshold is in the set.
 *
 * Sharp edge: an area that fired below the threshold answers with the empty set, one that did not fire abstains. They are not the same.
 */
import { type CoderValue, Decoder, optionsFrom, type Selected } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classFaultsOf, fault, heard, noTarget, silent, typeFaults } from "./AnswerContext.ts"
import { miscForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { MOST_CLASSES } from "./MiscClassDecoder.ts"
import { refused } from "./Tabular.ts"
import { selectUnits } from "./UnitSelection.ts"
import { unitOf } from "./Units.ts"

const ClassSetOptions = Schema.Struct({
  area: Schema.Literals(["omis"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  /** Least potential of a class that is in the set. */
  threshold: Schema.Finite.check(Schema.makeFilter((value) => value > 0 && value <= 1, { expected: "a number above 0 and at most 1" }))
})
export type ClassSetOptions = typeof ClassSetOptions.Type

export const classSet: Decoder<ClassSetOptions> = Decoder.define<ClassSetOptions>({
  id: "class-set",
  decodeOptions: optionsFrom(ClassSetOptions),
  select: ({ area, group }, context) => {
    const mistakes = [
      ...typeFaults("class-set", context, ["class_set"]),
      ...classFaultsOf("class-set", context, 1, MOST_CLASSES, "one voxel per class")
    ]
    if (mistakes.length > 0) return refused(mistakes)
    const form = miscForm(context.classes.length, 1, 1)
    return selectUnits([{ unit: unitOf(area), group, form, flags: { frame: "Absolute" }, channels: 1, layout: { voxels_per_class: 1 } }])
  },
  read: ({ threshold }, { classes }, [reading]) => {
    const scores = heard(reading)
    if (scores === undefined || scores.every((score) => score === 0)) return silent
    const chosen = classes.flatMap(({ class_id }, index) => ((scores[index] ?? 0) >= threshold ? [class_id] : []))
    return { answer: { class_set: chosen }, scores }
  },
  cannotTeach: () => [],
  write: (_options, { classes }, target): Selected<ReadonlyArray<CoderValue>> => {
    if (!("class_set" in target)) return noTarget("class-set", "sets of classes", target)
    const wanted = new Set(target.class_set)
    const strangers = [...wanted].filter((id) => !classes.some(({ class_id }) => class_id === id))
    if (strangers.length > 0)
      return refused(strangers.map((id) => fault("is not a class of the dataset", `0 to ${classes.length - 1}`, String(id), ["class_set"])))
    return { ok: true, value: [classes.map(({ class_id }) => (wanted.has(class_id) ? 1 : 0))] }
  }
})
