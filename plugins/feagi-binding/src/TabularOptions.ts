/** Options of the templates that make tables: everything of the genome that the data do not decide. There is no default. */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { MOST_TILINGS } from "./Tiling.ts"

const weight = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1000))

/** How synapses learn, in every template. */
export const learningFields = {
  /** Weight of every synapse before training. */
  initial_weight: weight,
  /** Weights stay between 0 and this. */
  max_weight: weight,
  /** By how much one rewarded firing of both sides changes a weight. */
  learning_rate: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1000))
} as const

type Learning = Schema.Struct.Type<typeof learningFields>

export const initialWithinLargest = Schema.makeFilter(({ initial_weight, max_weight }: Learning) => initial_weight <= max_weight, {
  expected: "initial_weight at most max_weight"
})

export const tabularFields = {
  /** Voxels per feature; the encoder's bins must say the same. */
  bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
  /** The encoder's spacing must say the same. */
  spacing: Schema.Literals(["linear", "fractional"]),
  /** Channels per feature; the encoder's tilings must say the same. */
  tilings: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: MOST_TILINGS })),
  ...learningFields,
  /** Bursts in which both sides must have fired; 1 pairs what fires together. */
  plasticity_window: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16 }))
} as const

type Fields = Schema.Struct.Type<typeof tabularFields>

/** What the fields have to be together. */
export const consistent = [
  initialWithinLargest,
  Schema.makeFilter(({ spacing, tilings }: Fields) => spacing === "linear" || tilings === 1, {
    expected: 'tilings = 1 with spacing "fractional"'
  })
] as const

export const TabularOptions = Schema.Struct(tabularFields).check(...consistent)
export type TabularOptions = typeof TabularOptions.Type

export const decodeTabularOptions = optionsFrom(TabularOptions)
