/**
 * Decoder `count-class`: one Percentage channel per class in a CountOutput area; how high its bin lies is the score, the highest wins.
 *
 * Of equal scores the lower class index wins. A channel that did not fire takes no part, and if none fired, nothing is answered. Sharp
 * edge: several bins of a channel are averaged by FEAGI, so that a channel that fires all over reads in the middle.
 */
import { Decoder, optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classFaultsOf, classTarget, heard, silent, typeFaults } from "./AnswerContext.ts"
import { percentageForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { levelOf } from "./OutputScale.ts"
import { refused } from "./Tabular.ts"
import { selectUnits } from "./UnitSelection.ts"
import { unitOf } from "./Units.ts"

const CountClassOptions = Schema.Struct({
  area: Schema.Literals(["ocnt"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  /** Voxels along z per class. */
  bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 }))
})
export type CountClassOptions = typeof CountClassOptions.Type

const MOST = 1024

export const countClass: Decoder<CountClassOptions> = Decoder.define<CountClassOptions>({
  id: "count-class",
  decodeOptions: optionsFrom(CountClassOptions),
  select: ({ area, group, bins }, context) => {
    const mistakes = [
      ...typeFaults("count-class", context, ["class"]),
      ...classFaultsOf("count-class", context, 2, MOST, "one channel per class")
    ]
    if (mistakes.length > 0) return refused(mistakes)
    return selectUnits([
      {
        unit: unitOf(area),
        group,
        form: percentageForm(bins, "linear"),
        flags: { frame: "Absolute" },
        channels: context.classes.length,
        layout: { channels_per_class: 1 }
      }
    ])
  },
  read: (_options, { classes }, readings) => {
    const fired = classes.map((_, index) => heard(readings[index])?.[0])
    const best = fired.reduce<number | undefined>(
      (winner, score, index) =>
        score !== undefined && (winner === undefined || score > (fired[winner] ?? Number.NEGATIVE_INFINITY)) ? index : winner,
      undefined
    )
    const class_id = best === undefined ? undefined : classes[best]?.class_id
    if (class_id === undefined) return silent
    const scores = fired.map((score) => score ?? 0)
    return { answer: { class: { class_id, scores } }, scores }
  },
  cannotTeach: () => [],
  write: ({ bins }, context, target) => {
    const wanted = classTarget("count-class", context, target)
    if (!wanted.ok) return wanted
    return { ok: true, value: context.classes.map(({ class_id }) => levelOf(class_id === wanted.value ? 1 : 0, bins, false)) }
  }
})
