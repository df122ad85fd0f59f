/**
 * Encoder `segmented-vision`: a picture as FEAGI's eye sees it: a sharp centre where the gaze is, and eight coarse pictures around it, each in
 * an area of its own.
 *
 * The engine cuts and shrinks. Sharp edges: its cutter fails on grey pictures, which are refused here; take RGB and let it make grey of them.
 * As in `image-frame` a byte of 0 or 1 fires nothing, and thresholds decide about the rest.
 */
import { type Mistake, optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { type Gaze, gazedForm, type segments } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { bytesAsGiven } from "./ImageFrameEncoder.ts"
import { defineInput } from "./InputEncoder.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { refused } from "./Tabular.ts"
import { unitOf } from "./Units.ts"

const side = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4096 }))
const Size = Schema.Struct({ width: side, height: side })
const share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Colours = Schema.Literals(["GrayScale", "RGB"])

const SegmentedVisionOptions = Schema.Struct({
  area: Schema.Literals(["isvi"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  frame: Schema.Literals(["Absolute", "Incremental"]),
  color_space: Schema.Literals(["Linear", "Gamma"]),
  /** Voxels of the centre, and of each of the eight around it. */
  center: Size,
  peripheral: Size,
  center_channels: Colours,
  peripheral_channels: Colours,
  /** Where the centre lies, from the left and from the bottom, and how much of the picture it is. */
  gaze: Schema.Struct({ x: share, y: share, modulation: share })
})
export type SegmentedVisionOptions = typeof SegmentedVisionOptions.Type

/** Eight crops around a centre need three pixels to each side. */
const LEAST = 3

const fault = (message: string, expected: string, actual: string, path: Mistake["path"] = []): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

/**
 * First and last edge of the centre along one side, in pixels, as the engine finds them: in 32-bit numbers, and with a pixel left on either
 * side. `share` is how much of the side the centre is, `at` where it lies between its outermost places.
 */
const edgesOf = (pixels: number, share: number, at: number): readonly [number, number] => {
  const f = Math.fround
  const least = f(share / 2)
  const middle = f(f(f(at) * f(f(1 - least) - least)) + least)
  return [Math.max(1, Math.floor(f(f(middle - least) * pixels))), Math.min(pixels - 1, Math.floor(f(f(middle + least) * pixels)))]
}

interface Extent {
  readonly width: number
  readonly height: number
}

/** The longer side of the centre's area takes all of the modulation, the shorter one its part; whether a pixel is left of either. */
const centreFaults = (picture: Extent, centre: Extent, { x, y, modulation }: Gaze): ReadonlyArray<Mistake> => {
  const f = Math.fround
  const part = f(f(Math.min(centre.width, centre.height) / Math.max(centre.width, centre.height)) * f(modulation))
  // The engine swaps the sides of a centre that is not square.
  const wide = centre.width > centre.height
  const [left, right] = edgesOf(picture.width, wide ? part : f(modulation), x)
  const [top, bottom] = edgesOf(picture.height, wide ? f(modulation) : part, f(1 - f(y)))
  if (right > left && bottom > top) return []
  return [
    fault(
      "the centre has no pixel: FEAGI keeps one for the crops on every side of it",
      "a larger modulation, a gaze farther from the edge, or a larger picture",
      `columns ${left} to ${right}, rows ${top} to ${bottom} of ${picture.width} x ${picture.height}`,
      ["gaze"]
    )
  ]
}

export const segmentedVision = defineInput<SegmentedVisionOptions>({
  id: "segmented-vision",
  decodeOptions: optionsFrom(SegmentedVisionOptions),
  takes: ["image"],
  scaling: () => bytesAsGiven,
  layout: (options, { size: [width, height, channels] }) => {
    const { area, group, frame, color_space, center, peripheral, center_channels, peripheral_channels, gaze } = options
    const small = width < LEAST || height < LEAST
    const wrong = [
      ...(channels === 3
        ? []
        : [
            fault(
              "encoder segmented-vision takes RGB pictures, for FEAGI's cutter fails on others: put the transform image-decode with channels = 3 before it",
              "3 channels",
              String(channels)
            )
          ]),
      ...(small
        ? [fault("the picture is too small to be cut into nine", `at least ${LEAST} x ${LEAST} pixels`, `${width} x ${height}`)]
        : centreFaults({ width, height }, center, gaze))
    ]
    if (wrong.length > 0) return refused(wrong)
    const color_channel_layout = "RGB"
    const size = (name: (typeof segments)[number]) => (name === "center" ? center : peripheral)
    const form = gazedForm(
      { image_resolution: { width, height }, color_space, color_channel_layout },
      {
        segment_xy_resolutions: {
          lower_left: size("lower_left"),
          lower_middle: size("lower_middle"),
          lower_right: size("lower_right"),
          middle_left: size("middle_left"),
          center: size("center"),
          middle_right: size("middle_right"),
          upper_left: size("upper_left"),
          upper_middle: size("upper_middle"),
          upper_right: size("upper_right")
        },
        center_color_channel: center_channels,
        peripheral_color_channels: peripheral_channels,
        color_space
      },
      gaze
    )
    return {
      ok: true,
      value: { uses: [{ unit: unitOf(area), group, form, flags: { frame }, channels: 1, layout: { numbers: "rows, pixels, channels" } }] }
    }
  },
  identity: () => ({ scheme: "segmented_image_frame", version: SCHEME_VERSION, bins: null, spacing: null })
})
