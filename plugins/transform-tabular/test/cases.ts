/** Every operation of the package under options of every kind, with samples that it has to take. */
import { type IRSample, imageFrame, type SampleShape } from "@feagi-trainer/contracts"
import { flatten, minMax, select, standardise } from "../src/index.ts"
import { type Case, sampleOf } from "./support.ts"

export const table = (...ranges: ReadonlyArray<readonly [string, number, number]>): SampleShape => ({
  kind: "tabular",
  features: ranges.map(([name, min, max]) => ({ name, min, max }))
})
export const row = (sample_id: string, ...values: ReadonlyArray<number>): IRSample => sampleOf(sample_id, { payload: { tabular: values } })

export const shape = table(["length", 0, 10], ["width", -2, 2.5], ["same", 7, 7])
export const training = [row("a", 1, -0.25, 7), row("b", 4, 0.1, 7), row("c", 5.5, 0.7, 7), row("d", 9, 2.5, 7)]
export const samples = [row("e", 0, -2, 7), row("f", 9, 0.1, 7), row("g", 10, 2.5, 7)]

export const picture = (sample_id: string, values: ReadonlyArray<number>, float = false): IRSample =>
  sampleOf(sample_id, {
    modality: "image",
    payload: float ? { tabular: values } : { bytes: Uint8Array.from(values) },
    coordinate_frame: imageFrame({ width: 2, height: 2, channels: 2 })
  })
export const pixels: SampleShape = { kind: "image", values: "uint8", width: [2, 2], height: [2, 2], channels: [2, 2] }
export const signal = (sample_id: string, values: ReadonlyArray<number>): IRSample =>
  sampleOf(sample_id, {
    modality: "time_series",
    payload: { time_series: { sample_rate_hz: 50, channel_ids: ["left", "right"], samples: values } }
  })
export const signals: SampleShape = {
  kind: "time_series",
  channels: [
    { name: "left", min: -1, max: 1 },
    { name: "right", min: 0, max: 9 }
  ],
  length: [3, 3],
  sample_rate_hz: 50
}

const fitting = { shape, training, samples }
export const cases: ReadonlyArray<Case> = [
  {
    name: "flatten-picture",
    transform: flatten,
    options: { range: "declared" },
    shape: pixels,
    samples: [picture("a", [0, 1, 2, 3, 4, 5, 6, 255]), picture("b", [9, 9, 9, 9, 0, 0, 0, 0])]
  },
  {
    name: "flatten-float-picture",
    transform: flatten,
    options: { range: [-3, 3] },
    shape: { ...pixels, values: "float" } as SampleShape,
    samples: [picture("a", [0, -3, 3, 0.1, 0, 0, 0, -0.5], true), picture("b", [1, 1, 1, 1, 1, 1, 1, 1], true)]
  },
  {
    name: "flatten-signal",
    transform: flatten,
    options: { range: "declared" },
    shape: signals,
    samples: [signal("a", [-1, 0, 0.5, 4.5, 1, 9]), signal("b", [0, 1, 0, 2, 0, 3])]
  },
  { name: "standardise", transform: standardise, options: { constant: "zero" }, ...fitting },
  { name: "min-max-clip", transform: minMax, options: { range: [0, 1], out_of_range: "clip", constant: "low" }, ...fitting },
  { name: "min-max-keep", transform: minMax, options: { range: [-1, 1], out_of_range: "keep", constant: "low" }, ...fitting },
  {
    name: "min-max-refuse",
    transform: minMax,
    options: { range: [0, 255], out_of_range: "refuse", constant: "low" },
    shape,
    training: [...training, ...samples],
    samples
  },
  { name: "select", transform: select, options: { features: ["same", "length"] }, shape, samples }
]
