/**
 * Encoder `raw-imu`: nine numbers per channel, x, y and z of accelerometer, gyroscope and magnetometer, each signed, in three areas.
 *
 * Sharp edge: every axis has a column for either sign, and 0 fires the last bin of both.
 */
import { type Decoded, decodeStrict } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { imuForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { channelsFor, defineInput } from "./InputEncoder.ts"
import { scalingFields } from "./Scaling.ts"
import { availableSchemes, mostFractional, SCHEME_VERSION, unavailableSchemeIn } from "./Scheme.ts"
import { unitOf } from "./Units.ts"

const RawImuOptions = Schema.Struct({
  scheme: Schema.Struct({
    scheme: Schema.Literals(availableSchemes),
    bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
    spacing: Schema.Literals(["linear", "fractional"])
  }).check(mostFractional),
  area: Schema.Literals(["irim"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  ...scalingFields
})
export type RawImuOptions = typeof RawImuOptions.Type

const decodeOptions = (input: unknown): Decoded<RawImuOptions> => unavailableSchemeIn(input, decodeStrict(RawImuOptions, input))

export const rawImu = defineInput<RawImuOptions>({
  id: "raw-imu",
  decodeOptions,
  takes: ["tabular", "time_series"],
  scaling: (options) => options,
  layout: ({ scheme, area, group }, shape) => {
    const channels = channelsFor("raw-imu", 9, shape, "x, y and z of accelerometer, gyroscope and magnetometer")
    if (!channels.ok) return channels
    const form = imuForm(scheme.bins, scheme.spacing)
    const layout = { numbers_per_channel: 9 }
    return {
      ok: true,
      value: { uses: [{ unit: unitOf(area), group, form, flags: { frame: "Absolute" }, channels: channels.value, layout }] }
    }
  },
  identity: ({ scheme }) => ({ scheme: scheme.scheme, version: SCHEME_VERSION, bins: scheme.bins, spacing: scheme.spacing })
})
