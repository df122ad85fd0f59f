/** Small instances of every coder that FEAGI's registrations can name, with units of either direction that they are meant for. */
const two = { width: 2, height: 2 }
export const audio = {
  bin_count: 3,
  phase_steps: 4,
  sample_rate_hz: 16_000,
  window_size: 4,
  hop_size: 2,
  spacing: "Linear",
  min_frequency_hz: 0,
  max_frequency_hz: 8000,
  magnitude_floor_db: -80,
  magnitude_ceiling_db: 0
} as const

const picture = (color_channel_layout: string) => ({
  CartesianPlane: { image_resolution: { width: 3, height: 2 }, color_space: "Gamma", color_channel_layout }
})

const percentages = (["Linear", "Fractional"] as const).flatMap((positioning) =>
  [false, true].flatMap((signed) =>
    (["D1", "D2", "D3", "D4"] as const).map((axes) => ({ Percentage: [{ value: 7 }, positioning, signed, axes] }))
  )
)

export const everyCoder: ReadonlyArray<unknown> = [
  "Boolean",
  ...percentages,
  { MiscData: { width: 2, height: 3, depth: 2 } },
  picture("GrayScale"),
  picture("RG"),
  picture("RGB"),
  picture("RGBA"),
  {
    SegmentedImageFrame: {
      segment_xy_resolutions: {
        lower_left: two,
        lower_middle: two,
        lower_right: two,
        middle_left: two,
        center: { width: 3, height: 4 },
        middle_right: two,
        upper_left: two,
        upper_middle: two,
        upper_right: two
      },
      center_color_channel: "RGB",
      peripheral_color_channels: "GrayScale",
      color_space: "Gamma"
    }
  },
  { AudioSpectrum: audio },
  { AudioSpectrum: { ...audio, bin_count: 5, spacing: "Logarithmic", min_frequency_hz: 50 } },
  { PositionalServo: [{ value: 7 }, "Linear"] },
  { PositionalServoTargetSpeed: [{ value: 7 }, "Linear", [0.5], 0.1] },
  { GazeProperties: [{ value: 7 }, { value: 5 }, "Linear"] },
  { GazeProperties: [{ value: 7 }, { value: 5 }, "Fractional"] },
  { ImageFilteringSettings: [{ value: 7 }, { value: 7 }, { value: 7 }, "Linear"] },
  ...(["SpatialPointer", "AngularPointer"] as const).flatMap((name) =>
    [3, 6].map((width) => ({ [name]: { width, height: 1, depth: 7, window_ms: width === 6 ? 100 : null } }))
  ),
  { PoseEstimation: { width: 4, height: 3, depth: 2 } }
]
