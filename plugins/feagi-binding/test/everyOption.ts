/** Options for every encoder and decoder of the manifest, the usual ones first, small enough for a brain of a few neurons. */
import { audio } from "./everyCoder.ts"

type Options = Readonly<Record<string, unknown>>

const group = 0
const taken = { range: "train", out_of_range: "clip", constant_feature: "keep" } as const
const given = { range: "given", out_of_range: "refuse", constant_feature: "keep" } as const
const bins = { scheme: "population_single_spike", bins: 5, spacing: "linear" } as const
const two = { width: 2, height: 2 }

export const encoderOptions: Readonly<Record<string, ReadonlyArray<Options>>> = {
  percentage: [{ scheme: { ...bins, tilings: 2 }, area: "iinf", group, ...taken }],
  boolean: [{ area: "idgp", first_group: 0 }],
  "percentage-vector": [
    { scheme: { ...bins, axes: 3, signed: true }, area: "icpo", group, ...taken },
    { scheme: { ...bins, spacing: "fractional", axes: 1, signed: false }, area: "icnt", group, ...given }
  ],
  "raw-imu": [{ scheme: bins, area: "irim", group, ...given }],
  "image-frame": [{ area: "iimg", group, frame: "Absolute", color_space: "Linear" }],
  "segmented-vision": [
    {
      area: "isvi",
      group,
      frame: "Absolute",
      color_space: "Gamma",
      center: two,
      peripheral: { width: 1, height: 1 },
      center_channels: "GrayScale",
      peripheral_channels: "GrayScale",
      gaze: { x: 0.5, y: 0.5, modulation: 0.5 }
    }
  ],
  "misc-data": [
    { code: { scheme: "potential" }, area: "imis", group, ...taken },
    { code: { scheme: "soft_population", bins: 3, overlap: 1.5 }, area: "idpt", group, ...given }
  ],
  "time-series": [{ code: { scheme: "soft_population", bins: 3, overlap: 1 }, area: "imis", group, ...taken }],
  "audio-spectrum": [{ area: "iaud", group, spectrum: audio, phases: "zero", ...given }],
  "text-token": [{ area: "iten", group, depth: 4, ids: "from-zero" }],
  category: [
    { area: "imis", group, categories: 2 },
    { area: "icnt", group, categories: 3 }
  ],
  sensory: [
    {
      area: "icnt",
      group,
      frame: "Absolute",
      coder: { Percentage: [{ value: 4 }, "Linear", false, "D1"] },
      ...taken
    }
  ]
}

const position = [
  [-1, 1],
  [-1, 1],
  [-1, 1]
] as const
const size = { width: 4, height: 3 }
const oneClass = { name: "kind", decoder: "misc-class", output_type: "class", options: { area: "omis", group: 0 } }
const oneNumber = {
  name: "amount",
  decoder: "scalar",
  output_type: "scalar",
  options: { code: { area: "ocnt", group: 0, bins: 5 }, range: [0, 1] }
}

export const decoderOptions: Readonly<Record<string, ReadonlyArray<Options>>> = {
  "misc-class": [{ area: "omis", group }],
  "count-class": [{ area: "ocnt", group, bins: 5 }],
  "class-set": [{ area: "omis", group, threshold: 0.01 }],
  scalar: [{ code: { area: "ocnt", group, bins: 5 }, range: [0, 1] }],
  vector: [
    {
      code: { area: "omot", group, bins: 5 },
      ranges: [
        [0, 2],
        [0, 1]
      ]
    }
  ],
  pose: [{ area: "omot", group, bins: 5, position }],
  "segmentation-mask": [{ area: "oseg", group, size }],
  keypoints: [{ area: "opos", group, pose_schema: "HumanBody", width: 4, height: 3, joints: 2, y_axis: "down", size }],
  motor: [
    {
      area: "omot",
      group,
      frame: "Absolute",
      coder: { Percentage: [{ value: 5 }, "Linear", true, "D1"] },
      channels: 2,
      ranges: [
        [0, 2],
        [0, 1]
      ]
    }
  ],
  composite: [
    { join: "vector", parts: [oneClass, oneNumber] },
    { join: "fields", parts: [oneClass, oneNumber] }
  ]
}
