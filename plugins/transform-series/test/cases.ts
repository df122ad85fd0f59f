/** Every operation of the package under options of every kind, with signals that it has to take. */
import type { IRSample, TimeSeries, TimeSeriesShape } from "@feagi-trainer/contracts"
import { type Case, sampleOf } from "../../transform-tabular/test/support.ts"
import { seriesJitter, seriesMinMax, seriesResample, seriesWindow, seriesZNormalise } from "../src/index.ts"

export const signal = (sample_id: string, samples: ReadonlyArray<number>, over: Partial<TimeSeries> = {}): IRSample =>
  sampleOf(sample_id, {
    modality: "time_series",
    payload: { time_series: { sample_rate_hz: 100, channel_ids: ["left", "right"], samples, ...over } }
  })
export const shape = (least: number, most = least): TimeSeriesShape => ({
  kind: "time_series",
  channels: [
    { name: "left", min: -2, max: 2 },
    { name: "right", min: 0, max: 40 }
  ],
  length: [least, most],
  sample_rate_hz: 100
})
/** Two channels, five points. */
export const five = signal("five", [-2, 10, -1, 20, 0.5, 30, 1, 40, 2, 0])
export const other = signal("other", [0.1, 1, 0.2, 2, 0.3, 3, 0.4, 5, 0.5, 8])
/** Three points. */
export const three = signal("three", [1, 7, -1.5, 9, 0.25, 11])

const ofFive = { shape: shape(5), samples: [five, other] }
const ofAny = { shape: shape(3, 5), samples: [five, three, other] }
export const cases: ReadonlyArray<Case> = [
  { name: "window-start", transform: seriesWindow, options: { length: 3, at: "start", pad: "refuse" }, ...ofAny },
  { name: "window-end-padded", transform: seriesWindow, options: { length: 4, at: "end", pad: { value: -9 } }, ...ofAny },
  { name: "window-centre-padded", transform: seriesWindow, options: { length: 6, at: "centre", pad: { value: 0 } }, ...ofAny },
  { name: "window-offset", transform: seriesWindow, options: { length: 2, at: { offset: 1 }, pad: "refuse" }, ...ofAny },
  { name: "resample-up", transform: seriesResample, options: { length: 8, method: "linear", sample_rate: "scale" }, ...ofFive },
  { name: "resample-down", transform: seriesResample, options: { length: 4, method: "linear", sample_rate: "keep" }, ...ofAny },
  { name: "z-normalise-channel", transform: seriesZNormalise, options: { per: "channel", constant: "refuse" }, ...ofAny },
  { name: "z-normalise-series", transform: seriesZNormalise, options: { per: "series", constant: "zero" }, ...ofAny },
  { name: "min-max-channel", transform: seriesMinMax, options: { per: "channel", range: [0, 1], constant: "low" }, ...ofAny },
  { name: "min-max-series", transform: seriesMinMax, options: { per: "series", range: [-1, 1], constant: "refuse" }, ...ofAny },
  { name: "jitter", transform: seriesJitter, options: { std: 0.25 }, ...ofAny }
]
