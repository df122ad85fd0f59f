/**
 * Encoder `category`: features that are one of so many classes, as whole numbers from 0. In `imis` a channel has a voxel for each class along
 * x, of which one fires; in `icnt` a level along z, the class itself.
 *
 * Sharp edge: this is data that goes in. A label that is to be learnt is taught through the decoder, in training alone, and never here.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { miscForm, percentageForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { defineInput } from "./InputEncoder.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { unitOf } from "./Units.ts"

const CategoryOptions = Schema.Struct({
  area: Schema.Literals(["imis", "icnt"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  /** Classes of every feature. */
  categories: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1024 }))
})
export type CategoryOptions = typeof CategoryOptions.Type

export const category = defineInput<CategoryOptions>({
  id: "category",
  decodeOptions: optionsFrom(CategoryOptions),
  takes: ["tabular"],
  scaling: () => ({ range: "given", out_of_range: "refuse", constant_feature: "keep" }),
  layout: ({ area, group, categories }, { count }) => {
    const range = { count: 1, low: 0, high: categories - 1, whole: true }
    const form = area === "imis" ? miscForm(categories, 1, 1) : percentageForm(categories, "linear")
    return {
      ok: true,
      value: {
        uses: [{ unit: unitOf(area), group, form, flags: { frame: "Absolute" }, channels: count, layout: { categories } }],
        target: () => range,
        arrange: (numbers) => {
          // The middle of the bin: FEAGI counts levels from the largest value, so that class 0 is the lowest z.
          if (area === "icnt") return numbers.map((value) => 1 - (value + 0.5) / categories)
          const placed = new Float64Array(numbers.length * categories)
          for (let i = 0; i < numbers.length; i++) placed[i * categories + (numbers[i] ?? 0)] = 1
          return placed
        }
      }
    }
  },
  identity: ({ area, categories }) => ({
    scheme: area === "imis" ? "one_hot" : "level",
    version: SCHEME_VERSION,
    bins: categories,
    spacing: null
  })
})
