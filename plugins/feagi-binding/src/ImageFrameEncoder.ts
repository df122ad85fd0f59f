/**
 * Encoder `image-frame`: a picture of bytes as FEAGI's image frame: a voxel for each pixel and channel, whose potential is the byte.
 *
 * Sharp edge: a byte of 0 or 1 fires nothing, and FEAGI's own template of the area fires from 150 on only. What fires is decided by the
 * threshold of the area in the genome; the colour space is a label, nothing is converted.
 */
import { type Mistake, optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { coderForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { defineInput } from "./InputEncoder.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { refused } from "./Tabular.ts"
import { unitOf } from "./Units.ts"

const ImageFrameOptions = Schema.Struct({
  area: Schema.Literals(["iimg"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  frame: Schema.Literals(["Absolute", "Incremental"]),
  color_space: Schema.Literals(["Linear", "Gamma"])
})
export type ImageFrameOptions = typeof ImageFrameOptions.Type

/** Bytes are taken as they are. */
export const bytesAsGiven = { range: "given", out_of_range: "refuse", constant_feature: "keep" } as const

/** FEAGI's layout of a picture with so many channels; one with transparency has none. */
export const layoutOf = (channels: number): "GrayScale" | "RGB" | undefined =>
  channels === 1 ? "GrayScale" : channels === 3 ? "RGB" : undefined

export const channelFault = (encoder: string, channels: number): Mistake => ({
  path: [],
  problem: "invalid",
  message: `encoder ${encoder} takes grey and RGB pictures: put the transform image-decode before it`,
  expected: "1 or 3 channels",
  actual: String(channels)
})

export const imageFrame = defineInput<ImageFrameOptions>({
  id: "image-frame",
  decodeOptions: optionsFrom(ImageFrameOptions),
  takes: ["image"],
  scaling: () => bytesAsGiven,
  layout: ({ area, group, frame, color_space }, { size: [width, height, channels] }) => {
    const color_channel_layout = layoutOf(channels)
    if (color_channel_layout === undefined) return refused([channelFault("image-frame", channels)])
    const form = coderForm("CartesianPlane", { image_resolution: { width, height }, color_space, color_channel_layout })
    return {
      ok: true,
      value: { uses: [{ unit: unitOf(area), group, form, flags: { frame }, channels: 1, layout: { numbers: "rows, pixels, channels" } }] }
    }
  },
  identity: () => ({ scheme: "image_frame", version: SCHEME_VERSION, bins: null, spacing: null })
})
