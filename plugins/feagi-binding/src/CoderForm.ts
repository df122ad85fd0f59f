/**
 * FEAGI's coders by their JSON properties: how many numbers one channel takes or gives, in which ranges, and how large its block of voxels
 * is in each area. It selects; what a number becomes in voxels is the engine's alone.
 *
 * Sharp edge: numbers are those of FEAGI's value in memory order. A picture runs by rows, pixels, channels; MiscData by x, then y, then z,
 * so that z changes fastest.
 */
import { type Decoded, decodeStrict, type Mistake } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { type FrameChange, type PoseSchema, type Positioning, unitAreaId } from "./CorticalId.ts"
import type { Unit } from "./Units.ts"

const size = (most: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: most }))
const depth = size(1024)
const Depth = Schema.Struct({ value: depth })
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const positioning = Schema.Literals(["Linear", "Fractional"])
const Channels = Schema.Literals(["GrayScale", "RG", "RGB", "RGBA"])
const ColourSpace = Schema.Literals(["Linear", "Gamma"])
const Resolution = Schema.Struct({ width: size(4096), height: size(4096) })

/** In the order of the areas of a segmented picture. */
export const segments = [
  "lower_left",
  "lower_middle",
  "lower_right",
  "middle_left",
  "center",
  "middle_right",
  "upper_left",
  "upper_middle",
  "upper_right"
] as const

export const AudioSpectrum = Schema.Struct({
  bin_count: size(4097),
  phase_steps: size(256),
  sample_rate_hz: size(1_000_000),
  window_size: size(1_048_576),
  hop_size: size(1_048_576),
  spacing: Schema.Literals(["Linear", "Logarithmic"]),
  min_frequency_hz: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500_000 })),
  max_frequency_hz: size(500_000),
  magnitude_floor_db: Schema.Int.check(Schema.isBetween({ minimum: -1000, maximum: 1000 })),
  magnitude_ceiling_db: Schema.Int.check(Schema.isBetween({ minimum: -1000, maximum: 1000 }))
}).check(
  Schema.makeFilter(({ window_size }) => window_size >= 4 && window_size <= 8192 && Number.isInteger(Math.log2(window_size)), {
    expected: "window_size a power of two from 4 to 8192"
  }),
  Schema.makeFilter(({ window_size, hop_size }) => hop_size <= window_size / 2, { expected: "hop_size at most half the window_size" }),
  Schema.makeFilter(({ magnitude_floor_db, magnitude_ceiling_db }) => magnitude_floor_db < magnitude_ceiling_db, {
    expected: "magnitude_floor_db below magnitude_ceiling_db"
  }),
  Schema.makeFilter(
    ({ spacing, bin_count, window_size, min_frequency_hz, max_frequency_hz, sample_rate_hz }) =>
      spacing === "Logarithmic"
        ? min_frequency_hz > 0 && min_frequency_hz < max_frequency_hz && max_frequency_hz <= sample_rate_hz / 2
        : bin_count === window_size / 2 + 1 && min_frequency_hz === 0 && max_frequency_hz === sample_rate_hz / 2,
    {
      expected:
        "Linear: bin_count = window_size / 2 + 1 from 0 to half the sample_rate_hz; Logarithmic: min_frequency_hz above 0 and below max_frequency_hz, which is at most half the sample_rate_hz"
    }
  )
)
const Pointer = Schema.Struct({
  width: Schema.Literals([3, 6]),
  height: Schema.Literal(1),
  depth,
  window_ms: Schema.NullOr(size(1_000_000))
})

/** The properties of each coder, under its name in FEAGI's registrations. */
const propertySchemas = {
  Percentage: Schema.Tuple([Depth, positioning, Schema.Boolean, Schema.Literals(["D1", "D2", "D3", "D4"])]),
  MiscData: Schema.Struct({ width: size(4096), height: size(4096), depth }),
  CartesianPlane: Schema.Struct({ image_resolution: Resolution, color_space: ColourSpace, color_channel_layout: Channels }),
  SegmentedImageFrame: Schema.Struct({
    segment_xy_resolutions: Schema.Struct({
      lower_left: Resolution,
      lower_middle: Resolution,
      lower_right: Resolution,
      middle_left: Resolution,
      center: Resolution,
      middle_right: Resolution,
      upper_left: Resolution,
      upper_middle: Resolution,
      upper_right: Resolution
    }),
    center_color_channel: Channels,
    peripheral_color_channels: Channels,
    color_space: ColourSpace
  }),
  AudioSpectrum,
  PositionalServo: Schema.Tuple([Depth, positioning]),
  PositionalServoTargetSpeed: Schema.Tuple([Depth, positioning, Schema.NonEmptyArray(Share), Share]),
  GazeProperties: Schema.Tuple([Depth, Depth, positioning]),
  ImageFilteringSettings: Schema.Tuple([Depth, Depth, Depth, positioning]).check(
    Schema.makeFilter(([first, second, third]) => first.value === second.value && first.value === third.value, {
      expected: "three equal depths: FEAGI uses the first for all"
    })
  ),
  SpatialPointer: Pointer,
  AngularPointer: Pointer,
  PoseEstimation: Schema.Struct({ width: size(4096), height: size(4096), depth: size(256) })
} as const
export type CoderName = keyof typeof propertySchemas
type PropertiesOf<Name extends CoderName> = (typeof propertySchemas)[Name]["Type"]

/** Numbers next to each other that share a range. */
export interface NumberRange {
  readonly count: number
  readonly low: number
  readonly high: number
  readonly whole: boolean
}

export interface CoderForm {
  /** WrappedIOType of a channel's value. */
  readonly io_type: string
  /** Id of FEAGI's coder, without `_encoder` or `_decoder`. */
  readonly coder: string
  readonly ranges: ReadonlyArray<NumberRange>
  /** Voxels of one channel in each area: x, y, z. */
  readonly blocks: ReadonlyArray<readonly [number, number, number]>
  readonly positioning?: Positioning
  /** Flags of the unit that the coder needs besides. */
  readonly flags?: Readonly<Record<string, unknown>>
  /** Stages that a channel's value goes through before the coder. */
  readonly stages?: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** False where FEAGI has only a decoder, or only an encoder. */
  readonly encodes: boolean
  readonly decodes: boolean
  readonly json: string | Readonly<Record<string, unknown>>
}

export const numbersIn = ({ ranges }: CoderForm): number => ranges.reduce((sum, { count }) => sum + count, 0)

const range = (count: number, low: number, high: number, whole = false): ReadonlyArray<NumberRange> => [{ count, low, high, whole }]

const depthsOf = { GrayScale: 1, RG: 2, RGB: 3, RGBA: 4 } as const
const axesOf = { D1: 1, D2: 2, D3: 3, D4: 4 } as const

/** `Percentage`, `SignedPercentage_3D`, … */
export const percentageType = (signed: boolean, axes: 1 | 2 | 3 | 4): string =>
  `${signed ? "Signed" : ""}Percentage${axes === 1 ? "" : `_${axes}D`}`

type Form = Omit<CoderForm, "json">
const both = { encodes: true, decodes: true }
const reads = { encodes: false, decodes: true }
const one = (block: CoderForm["blocks"][number]): CoderForm["blocks"] => [block]

const forms: { readonly [Name in CoderName]: (properties: PropertiesOf<Name>) => Form } = {
  Percentage: ([{ value: z }, where, signed, dimensions]) => {
    const axes = axesOf[dimensions]
    // A single signed axis lies along z in one column; all other signed ones have a column for each sign.
    const columns = !signed || (axes === 1 && where === "Linear") ? axes : 2 * axes
    return {
      io_type: percentageType(signed, axes),
      coder: "percentage",
      ranges: range(axes, signed ? -1 : 0, 1),
      blocks: one([columns, 1, z]),
      positioning: where,
      ...both
    }
  },
  MiscData: ({ width, height, depth: z }) => ({
    io_type: "MiscData",
    coder: "misc_data",
    ranges: range(width * height * z, -1, 1),
    blocks: one([width, height, z]),
    ...both
  }),
  CartesianPlane: ({ image_resolution: { width, height }, color_channel_layout }) => {
    const channels = depthsOf[color_channel_layout]
    return {
      io_type: "ImageFrame",
      coder: "cartesian_plane",
      ranges: range(width * height * channels, 0, 255, true),
      blocks: one([width, height, channels]),
      ...both
    }
  },
  SegmentedImageFrame: ({ segment_xy_resolutions, center_color_channel, peripheral_color_channels }) => {
    const blocks = segments.map((name): CoderForm["blocks"][number] => {
      const { width, height } = segment_xy_resolutions[name]
      return [width, height, depthsOf[name === "center" ? center_color_channel : peripheral_color_channels]]
    })
    return {
      io_type: "SegmentedImageFrame",
      coder: "segmented_image_frame",
      ranges: range(
        blocks.reduce((sum, [x, y, z]) => sum + x * y * z, 0),
        0,
        255,
        true
      ),
      blocks,
      encodes: true,
      decodes: false
    }
  },
  AudioSpectrum: ({ bin_count, phase_steps }) => ({
    io_type: "AudioSpectrumFrame",
    coder: "audio_spectrum",
    ranges: [...range(bin_count, 0, 1), ...range(bin_count, 0, phase_steps - 1, true)],
    blocks: one([bin_count, phase_steps, 1]),
    ...both
  }),
  PositionalServo: ([{ value: z }, where]) => ({
    io_type: "Percentage",
    coder: "positional_servo",
    ranges: range(1, 0, 1),
    blocks: [
      [1, 1, z],
      [2, 1, z],
      [1, 1, z]
    ],
    positioning: where,
    ...reads
  }),
  PositionalServoTargetSpeed: ([{ value: z }, where]) => ({
    io_type: "Percentage_2D",
    coder: "positional_servo",
    ranges: range(2, 0, 1),
    blocks: [
      [1, 1, z],
      [2, 1, z],
      [1, 1, z]
    ],
    positioning: where,
    flags: { control_semantics: "absolute_target_incremental_speed" },
    ...reads
  }),
  GazeProperties: ([{ value: eccentricity }, { value: modulation }, where]) => ({
    io_type: "GazeProperties",
    coder: "gaze_properties",
    ranges: range(3, 0, 1),
    blocks: [
      [2, 1, eccentricity],
      [1, 1, modulation]
    ],
    positioning: where,
    ...reads
  }),
  ImageFilteringSettings: ([{ value: z }, , , where]) => ({
    io_type: "ImageFilteringSettings",
    coder: "image_filtering_settings",
    ranges: range(6, 0, 1),
    blocks: one([3, 1, z]),
    positioning: where,
    ...reads
  }),
  SpatialPointer: ({ width, depth: z }) => ({
    io_type: width === 3 ? "Percentage_3D" : "SignedPercentage_3D",
    coder: "spatial_pointer",
    positioning: "Linear",
    ranges: range(3, width === 3 ? 0 : -1, 1),
    blocks: one([width, 1, z]),
    ...reads
  }),
  AngularPointer: ({ width, depth: z }) => ({
    io_type: "SignedPercentage_3D",
    coder: "angular_pointer",
    positioning: "Linear",
    ranges: range(3, -1, 1),
    blocks: one([width, 1, z]),
    ...reads
  }),
  PoseEstimation: ({ width, height, depth: joints }) => ({
    io_type: "PoseEstimationData",
    coder: "pose_estimation",
    ranges: range(3 * joints, 0, 1),
    blocks: one([width, height, joints]),
    ...reads
  })
}

export const booleanForm: CoderForm = {
  io_type: "Boolean",
  coder: "boolean",
  ranges: range(1, 0, 1, true),
  blocks: one([1, 1, 1]),
  encodes: true,
  decodes: false,
  json: "Boolean"
}

const isName = (name: string): name is CoderName => Object.hasOwn(propertySchemas, name)

/** A coder whose properties are known to be sound. */
export const coderForm = <Name extends CoderName>(name: Name, properties: PropertiesOf<Name>): CoderForm => ({
  ...forms[name](properties),
  json: { [name]: properties }
})

const formOf = <Name extends CoderName>(name: Name, properties: unknown): Decoded<CoderForm> => {
  const schema = propertySchemas[name] as unknown as Schema.Codec<PropertiesOf<Name>>
  const decoded = decodeStrict(schema, properties)
  if (!decoded.ok) return { ok: false, mistakes: decoded.mistakes.map((each) => ({ ...each, path: [name, ...each.path] })) }
  return { ok: true, value: coderForm(name, decoded.value) }
}

/** What the coder of RawIMU is called in registrations says one area and one vector; there are three of each. */
export const imuForm = (bins: number, spacing: "linear" | "fractional"): CoderForm => ({
  ...percentageForm(bins, spacing, { signed: true, axes: 3 }),
  io_type: "RawIMU",
  coder: "raw_imu",
  ranges: range(9, -1, 1),
  blocks: Array.from({ length: 3 }, () => [6, 1, bins] as const),
  decodes: false
})

/** Where a gaze looks, each from 0 to 1, and how large its centre is. */
export interface Gaze {
  readonly x: number
  readonly y: number
  readonly modulation: number
}

/** Segmented vision that is given one picture, which a gaze cuts into nine. */
export const gazedForm = (
  picture: PropertiesOf<"CartesianPlane">,
  segmented: PropertiesOf<"SegmentedImageFrame">,
  { x, y, modulation }: Gaze
): CoderForm => ({
  ...coderForm("SegmentedImageFrame", segmented),
  ranges: forms.CartesianPlane(picture).ranges,
  stages: [
    {
      ImageFrameSegmentator: {
        input_image_properties: picture,
        output_image_properties: segmented,
        segmentation_gaze: { eccentricity_location_xy: { a: { value: x }, b: { value: y } }, modulation_size: { value: modulation } }
      }
    }
  ]
})

/** The coder as the unit has it: RawIMU is written as a signed Percentage of three axes. */
export const formForUnit = (unit: Unit, form: CoderForm): CoderForm => {
  const [block] = form.blocks
  return unit.name === "RawIMU" && form.coder === "percentage" && form.io_type === "SignedPercentage_3D" && block !== undefined
    ? imuForm(block[2], form.positioning === "Fractional" ? "fractional" : "linear")
    : form
}

const unknownCoder = (actual: unknown): Mistake => ({
  path: [],
  problem: "invalid",
  message: "is no coder of FEAGI",
  expected: `"Boolean", or a table with one of the keys ${Object.keys(propertySchemas).join(", ")}`,
  actual: JSON.stringify(actual) ?? "nothing"
})

/** Percentage coder of so many bins along z; `axes` numbers share a channel. */
export const percentageForm = (
  bins: number,
  spacing: "linear" | "fractional",
  { signed = false, axes = 1 }: { readonly signed?: boolean; readonly axes?: 1 | 2 | 3 | 4 } = {}
): CoderForm =>
  coderForm("Percentage", [
    { value: bins },
    spacing === "linear" ? "Linear" : "Fractional",
    signed,
    (["D1", "D2", "D3", "D4"] as const)[axes - 1] ?? "D1"
  ])

export const miscForm = (width: number, height: number, depth: number): CoderForm => coderForm("MiscData", { width, height, depth })

/** Reads a coder as device registrations write it: `"Boolean"` or `{ <name>: <properties> }`. */
export const readCoder = (written: unknown): Decoded<CoderForm> => {
  if (written === "Boolean") return { ok: true, value: booleanForm }
  if (typeof written !== "object" || written === null || Array.isArray(written)) return { ok: false, mistakes: [unknownCoder(written)] }
  const [[name, properties] = ["", undefined], ...more] = Object.entries(written)
  return more.length === 0 && isName(name) ? formOf(name, properties) : { ok: false, mistakes: [unknownCoder(written)] }
}

export interface UnitFlags {
  readonly frame: FrameChange
  readonly pose?: PoseSchema
}

/** Flags of the unit as device registrations have them: as many as its areas need for their ids, and those of the coder. */
export const flagsOf = (unit: Unit, form: CoderForm, { frame, pose }: UnitFlags): Readonly<Record<string, unknown>> => ({
  frame_change_handling: frame,
  ...form.flags,
  ...(unit.kinds.some((kind) => kind.includes("Percentage")) ? { percentage_neuron_positioning: form.positioning ?? "Linear" } : {}),
  ...(unit.kinds.includes("PoseEstimation") ? { pose_schema: pose ?? "HumanBody" } : {})
})

/** Blocks of one channel in each area. Filter settings that change step by step have a column for each direction. */
export const blocksOf = (form: CoderForm, { frame }: UnitFlags): CoderForm["blocks"] =>
  form.coder === "image_filtering_settings" && frame === "Incremental"
    ? form.blocks.map(([x, y, z]) => [2 * x, y, z] as const)
    : form.blocks

/** Data kinds of the areas: changes of a pointer have a sign. */
export const kindsOf = (unit: Unit, frame: FrameChange): Unit["kinds"] =>
  unit.name === "SpatialPointer" && frame === "Incremental" ? ["SignedPercentage3D"] : unit.kinds

/** Ids of all areas of a unit with this coder. */
export const areaIds = (unit: Unit, group: number, form: CoderForm, { frame, pose }: UnitFlags): ReadonlyArray<string> =>
  kindsOf(unit, frame).map((kind, sub) =>
    unitAreaId(unit.code, group, {
      kind,
      sub,
      // FEAGI's servo has its steps in the area between, whatever is asked.
      frame: unit.name === "PositionalServo" ? (sub === 1 ? "Incremental" : "Absolute") : frame,
      ...(form.positioning === undefined ? {} : { positioning: form.positioning }),
      ...(pose === undefined ? {} : { pose })
    })
  )
