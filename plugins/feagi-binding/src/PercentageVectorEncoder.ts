/**
 * Encoder `percentage-vector`: a channel is a vector of two to four numbers, or a number with a sign, divided into bins by FEAGI's
 * Percentage coder. Numbers next to each other in a sample share a channel: acceleration x, y, z, say.
 *
 * Sharp edge: a signed vector has two columns for each axis, one for either sign, and 0 fires the last bin of both.
 */
import { type Decoded, decodeStrict } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { percentageForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { channelsFor, defineInput } from "./InputEncoder.ts"
import { scalingFields } from "./Scaling.ts"
import { availableSchemes, mostFractional, SCHEME_VERSION, unavailableSchemeIn } from "./Scheme.ts"
import { unitOf } from "./Units.ts"

export const vectorAreas = ["iinf", "ipro", "ishk", "ibat", "isvm", "iagp", "icnt", "icpo", "isim"] as const

const PercentageVectorOptions = Schema.Struct({
  scheme: Schema.Struct({
    scheme: Schema.Literals(availableSchemes),
    bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
    spacing: Schema.Literals(["linear", "fractional"]),
    /** Numbers of one channel. */
    axes: Schema.Literals([1, 2, 3, 4]),
    /** Ranges lie on [−1, 1] instead of [0, 1]. */
    signed: Schema.Boolean
  }).check(mostFractional),
  /** Code of a unit that holds Percentages; `icpo` is made for 3 axes, `isim` for 4 signed ones. */
  area: Schema.Literals(vectorAreas),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  ...scalingFields
})
export type PercentageVectorOptions = typeof PercentageVectorOptions.Type

const decodeOptions = (input: unknown): Decoded<PercentageVectorOptions> =>
  unavailableSchemeIn(input, decodeStrict(PercentageVectorOptions, input))

export const percentageVector = defineInput<PercentageVectorOptions>({
  id: "percentage-vector",
  decodeOptions,
  takes: ["tabular", "time_series"],
  scaling: (options) => options,
  layout: ({ scheme, area, group }, shape) => {
    const { bins, spacing, axes, signed } = scheme
    const channels = channelsFor("percentage-vector", axes, shape, "a vector")
    if (!channels.ok) return channels
    const form = percentageForm(bins, spacing, { signed, axes })
    const layout = { numbers_per_channel: axes }
    return {
      ok: true,
      value: { uses: [{ unit: unitOf(area), group, form, flags: { frame: "Absolute" }, channels: channels.value, layout }] }
    }
  },
  identity: ({ scheme }) => ({ scheme: scheme.scheme, version: SCHEME_VERSION, bins: scheme.bins, spacing: scheme.spacing })
})
