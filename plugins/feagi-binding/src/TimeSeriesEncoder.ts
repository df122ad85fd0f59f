/**
 * Encoder `time-series`: one channel of MiscData for each channel of a signal, its points along x, as potentials or as soft bins along z.
 *
 * Sharp edge: the whole window is presented at once, held for as many bursts as the schedule says; FEAGI sees it as a picture.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { LAST_GROUP } from "./CorticalId.ts"
import { defineInput } from "./InputEncoder.ts"
import { PotentialCode, schemeOfCode, spread } from "./MiscDataEncoder.ts"
import { scalingFields } from "./Scaling.ts"
import { unitOf } from "./Units.ts"

const TimeSeriesOptions = Schema.Struct({
  code: PotentialCode,
  area: Schema.Literals(["imis"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  ...scalingFields
})
export type TimeSeriesOptions = typeof TimeSeriesOptions.Type

export const timeSeries = defineInput<TimeSeriesOptions>({
  id: "time-series",
  decodeOptions: optionsFrom(TimeSeriesOptions),
  takes: ["time_series"],
  scaling: (options) => options,
  layout: ({ code, area, group }, { size: [points, channels] }) => {
    // A payload goes from point to point, a channel of FEAGI holds all points of one signal.
    const { form, target, arrange } = spread(code, [points, 1, 1], (index) => (index % channels) * points + Math.floor(index / channels))
    return {
      ok: true,
      value: {
        uses: [{ unit: unitOf(area), group, form, flags: { frame: "Absolute" }, channels, layout: { code } }],
        ...(target === undefined ? {} : { target }),
        arrange
      }
    }
  },
  identity: ({ code }) => schemeOfCode(code)
})
