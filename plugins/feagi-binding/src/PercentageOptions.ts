/**
 * Options of encoder `percentage`. Every one is written by the user: scheme, bins and spacing decide what two results may be
 * compared, ranges what the brain can tell apart.
 */
import { type Decoded, decodeStrict } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { LAST_GROUP, type PercentageUnit, percentageUnits } from "./CorticalId.ts"
import { Range } from "./Scaling.ts"
import { availableSchemes, mostFractional, unavailableSchemeIn } from "./Scheme.ts"
import { MOST_TILINGS } from "./Tiling.ts"

export const PercentageOptions = Schema.Struct({
  scheme: Schema.Struct({
    scheme: Schema.Literals(availableSchemes),
    /** Voxels along z that share the range of a feature. */
    bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
    /** `linear`: one bin fires; `fractional`: the binary digits of the value fire, the highest in bin 0. */
    spacing: Schema.Literals(["linear", "fractional"]),
    /** Channels per feature. With several, each has its bins shifted by an equal share of a bin, so that near values share spikes. */
    tilings: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: MOST_TILINGS }))
  }).check(
    mostFractional,
    Schema.makeFilter(({ spacing, tilings }) => spacing === "linear" || tilings === 1, {
      expected: 'tilings = 1 with spacing "fractional": binary digits cannot be shifted'
    })
  ),
  /** Code of a unit that holds one Percentage per channel. */
  area: Schema.Literals(Object.keys(percentageUnits) as Array<PercentageUnit>),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  /** `train`: smallest and largest value of each feature in the training samples; or `[low, high]` for each feature. */
  range: Schema.Union([Schema.Literal("train"), Schema.NonEmptyArray(Range)]),
  /** Values outside the range: moved to its nearer end, or the sample is refused. */
  out_of_range: Schema.Literals(["clip", "refuse"]),
  /** A feature with one value in all training samples: refused, or kept as the low end of its range. Only `range = "train"` meets one. */
  constant_feature: Schema.Literals(["refuse", "keep"])
})
export type PercentageOptions = typeof PercentageOptions.Type

export const decodePercentageOptions = (input: unknown): Decoded<PercentageOptions> =>
  unavailableSchemeIn(input, decodeStrict(PercentageOptions, input))
