/**
 * Every coder that FEAGI has, small, with values for it: for tables of unit x coder.
 */
import type { CoderVoxels, NumberRange, UnitLayout } from "../../src/index.ts"
import { type AreaSpec, genome, rule } from "./genomes.ts"

export type Coder = string | Readonly<Record<string, unknown>>
export interface Named {
  readonly name: string
  readonly coder: Coder
  /** Areas that it speaks to. */
  readonly areas: number
  readonly positioning: "Linear" | "Fractional"
}

const positionings = ["Linear", "Fractional"] as const
const axes = ["D1", "D2", "D3", "D4"] as const
const depth = { value: 4 }
const named = (name: string, coder: Coder, areas = 1, positioning: Named["positioning"] = "Linear"): Named => ({
  name,
  coder,
  areas,
  positioning
})

export const audio = {
  bin_count: 33,
  phase_steps: 2,
  sample_rate_hz: 16000,
  window_size: 64,
  hop_size: 32,
  spacing: "Linear",
  min_frequency_hz: 0,
  max_frequency_hz: 8000,
  magnitude_floor_db: -80,
  magnitude_ceiling_db: 0
}

export const frame = (layout: string, width = 3, height = 2) => ({
  image_resolution: { width, height },
  color_space: "Linear",
  color_channel_layout: layout
})

const places = [
  "lower_left",
  "lower_middle",
  "lower_right",
  "middle_left",
  "center",
  "middle_right",
  "upper_left",
  "upper_middle",
  "upper_right"
]
export const segments = {
  segment_xy_resolutions: Object.fromEntries(places.map((place, i) => [place, { width: 2 + (i % 3), height: 2 }])),
  center_color_channel: "RGB",
  peripheral_color_channels: "GrayScale",
  color_space: "Linear"
}

export const percentages = (signs: ReadonlyArray<boolean>): ReadonlyArray<Named> =>
  positionings.flatMap((positioning) =>
    signs.flatMap((signed) =>
      axes.map((dimension) => {
        const name = `${signed ? "signed " : ""}Percentage ${dimension} ${positioning}`
        return named(name, { Percentage: [depth, positioning, signed, dimension] }, 1, positioning)
      })
    )
  )

export const planes = ["GrayScale", "RG", "RGB", "RGBA"].map((layout) =>
  named(`CartesianPlane ${layout}`, { CartesianPlane: frame(layout) })
)
export const misc = named("MiscData", { MiscData: { width: 3, height: 2, depth: 2 } })
export const spectrum = named("AudioSpectrum", { AudioSpectrum: audio })

export const encoders: ReadonlyArray<Named> = [
  named("Boolean", "Boolean"),
  ...percentages([false, true]),
  ...planes,
  misc,
  spectrum,
  named("SegmentedImageFrame", { SegmentedImageFrame: segments }, 9)
]

const pointer = { width: 3, height: 1, depth: 4, window_ms: null }

export const decoders: ReadonlyArray<Named> = [
  ...percentages([false, true]),
  ...planes,
  misc,
  spectrum,
  ...positionings.flatMap((positioning) => [
    named(`PositionalServo ${positioning}`, { PositionalServo: [depth, positioning] }, 3, positioning),
    named(`PositionalServoTargetSpeed ${positioning}`, { PositionalServoTargetSpeed: [depth, positioning, [0.5], 0.1] }, 3, positioning),
    named(`GazeProperties ${positioning}`, { GazeProperties: [depth, depth, positioning] }, 2, positioning),
    named(`ImageFilteringSettings ${positioning}`, { ImageFilteringSettings: [depth, depth, depth, positioning] }, 1, positioning),
    named(`SpatialPointer ${positioning}`, { SpatialPointer: pointer }, 1, positioning),
    named(`AngularPointer ${positioning}`, { AngularPointer: pointer }, 1, positioning)
  ]),
  named("PoseEstimation", { PoseEstimation: { width: 3, height: 2, depth: 2 } })
]

/** A stream of numbers from 0 to below 1. */
export const stream = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export const numbersFor = (ranges: ReadonlyArray<NumberRange>, next: () => number): Array<number> =>
  ranges.flatMap(({ count, low, high, whole }) =>
    Array.from({ length: count }, () => (whole ? low + Math.floor(next() * (high - low + 1)) : Math.fround(low + next() * (high - low))))
  )

const hex = (bytes: ReadonlyArray<number>): string => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")
const colours: Readonly<Record<string, number>> = { GrayScale: 1, RG: 2, RGB: 3, RGBA: 4 }
const imageValue = (numbers: ReadonlyArray<number>, cols: number, rows: number, channels: number) => ({
  rows,
  cols,
  channels,
  color_space: "Linear",
  bytes_row_major_hwc_hex: hex(numbers)
})

/** The crates' JSON form of a value that an encoder takes, from its numbers; and the properties that an audio frame needs. */
export const crateValue = (coder: Coder, numbers: ReadonlyArray<number>, unit: string): unknown => {
  if (coder === "Boolean") return { Boolean: numbers[0] === 1 }
  const [[kind, data] = ["", {}]] = Object.entries(coder as Readonly<Record<string, unknown>>)
  if (unit === "RawIMU") return { RawIMU: [numbers.slice(0, 3), numbers.slice(3, 6), numbers.slice(6)] }
  if (kind === "Percentage") {
    const [, , signed, dimension] = data as ReadonlyArray<unknown>
    const type = `${signed === true ? "SignedPercentage" : "Percentage"}${dimension === "D1" ? "" : `_${String(dimension).slice(1)}D`}`
    return { [type]: dimension === "D1" ? numbers[0] : numbers }
  }
  if (kind === "MiscData") {
    const { width, height, depth: z } = data as { readonly width: number; readonly height: number; readonly depth: number }
    return { MiscData: { dims_xyz: [width, height, z], data_x_major: numbers } }
  }
  if (kind === "CartesianPlane") {
    const { image_resolution: size, color_channel_layout: layout } = data as ReturnType<typeof frame>
    return { ImageFrame: imageValue(numbers, size.width, size.height, colours[layout] ?? 0) }
  }
  if (kind === "SegmentedImageFrame") {
    let at = 0
    const frames = places.map((place, i) => {
      const [cols, channels] = [2 + (i % 3), place === "center" ? 3 : 1]
      const part = numbers.slice(at, at + cols * 2 * channels)
      at += part.length
      return imageValue(part, cols, 2, channels)
    })
    return { SegmentedImageFrame: frames }
  }
  return { AudioSpectrumFrame: { magnitudes: numbers.slice(0, 33), phase_steps: numbers.slice(33) } }
}

/** The numbers of a decoded value, in the order of a reading. */
export const flat = (value: unknown): ReadonlyArray<number> => {
  const [[kind, data] = ["", 0]] = Object.entries(value as Readonly<Record<string, unknown>>)
  const number = (one: unknown): number => (one === "-0" ? 0 : Number(one))
  const list = (many: unknown): ReadonlyArray<number> => (many as ReadonlyArray<unknown>).map(number)
  if (kind === "MiscData") return list((data as { readonly data_x_major: unknown }).data_x_major)
  if (kind === "ImageFrame") {
    const text = (data as { readonly bytes_row_major_hwc_hex: string }).bytes_row_major_hwc_hex
    return Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
  }
  if (kind === "AudioSpectrumFrame") {
    const { magnitudes, phase_steps } = data as { readonly magnitudes: unknown; readonly phase_steps: unknown }
    return [...list(magnitudes), ...list(phase_steps)]
  }
  if (kind === "PoseEstimationData") {
    const joints = data as ReadonlyArray<{ readonly x: number; readonly y: number; readonly confidence: number } | null>
    return joints.flatMap((joint) => (joint === null ? [Number.NaN, Number.NaN, Number.NaN] : [joint.x, joint.y, joint.confidence]))
  }
  if (kind === "ImageFilteringSettings") {
    const settings = data as Readonly<Record<string, unknown>>
    return [
      number(settings.brightness),
      number(settings.contrast),
      ...list(settings.per_pixel_diff_threshold),
      ...list(settings.image_diff_threshold)
    ]
  }
  const leaves = (one: unknown): ReadonlyArray<number> =>
    one !== null && typeof one === "object" ? Object.values(one).flatMap(leaves) : [number(one)]
  return leaves(data)
}

type To = Readonly<Record<string, ReadonlyArray<Readonly<Record<string, unknown>>>>>

/** Areas of a layout that fire at any potential above 0 and pass on the potential that they fired with. */
export const areasOf = (
  units: ReadonlyArray<UnitLayout>,
  group: "IPU" | "OPU",
  to: (id: string) => To = () => ({})
): ReadonlyArray<AreaSpec> =>
  units.flatMap((unit) =>
    unit.areas.map(({ id, dims }) => ({
      id,
      name: `${unit.unit} ${unit.group} ${id}`,
      group,
      dims,
      to: to(id),
      neurons: { "fire_t-f": 1e-6, "mp_psp-b": true }
    }))
  )

/** A genome of inputs that are mapped voxel by voxel onto outputs: pairs of area ids. */
export const mirror = (
  inputs: ReadonlyArray<UnitLayout>,
  outputs: ReadonlyArray<UnitLayout>,
  pairs: ReadonlyMap<string, string>
): string => {
  const to = (id: string): To => {
    const target = pairs.get(id)
    return target === undefined ? {} : { [target]: [rule("block_to_block")] }
  }
  return genome([...areasOf(inputs, "IPU", to), ...areasOf(outputs, "OPU")])
}

/** Voxels of one area as texts that can be compared, those without potential left out. */
export const voxelTexts = (id: string, { x, y, z, p }: CoderVoxels): ReadonlyArray<string> =>
  x.flatMap((_, i) => (p[i] === 0 || p[i] === "-0" ? [] : [`${id} ${x[i]},${y[i]},${z[i]} ${Math.fround(Number(p[i]))}`]))
