/**
 * One sample in front of the brain: what every channel carries, which voxels light, and what would be taught for it. Plain data, from which
 * text, pictures and JSON are made.
 */
import { featureNames, featureValues, type OpenBinding } from "@feagi-trainer/brain"
import {
  type CoderSelection,
  type CoderValue,
  type IRSample,
  imageSize,
  type SampleShape,
  type TrainerError,
  type Voxel
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export type Size = readonly [x: number, y: number, z: number]

export interface ViewedChannel {
  readonly index: number
  readonly area: string
  readonly channel: number
  /** Null where the encoder does not say which feature the channel carries. */
  readonly feature: string | null
  readonly feature_value: number | null
  /** What FEAGI's encoder is given. */
  readonly value: number | ReadonlyArray<number>
  readonly lit: ReadonlyArray<Voxel>
}

export interface ViewedArea {
  /** Cortical id, base64. */
  readonly id: string
  /** The name that the genome of the run file gives it; else the code in its id. */
  readonly name: string
  readonly dimensions: Size
  readonly voxels: ReadonlyArray<Voxel>
}

/** A picture that the features are, a number for each pixel, rows from the top. */
export interface ViewedPicture {
  readonly width: number
  readonly height: number
  readonly values: ReadonlyArray<number>
  /** The same picture read back from the lit voxels alone, 0 to 1; null where the channels do not carry one feature each. */
  readonly voxels: ReadonlyArray<number> | null
}

export interface BindingView {
  readonly channels: ReadonlyArray<ViewedChannel>
  readonly areas: ReadonlyArray<ViewedArea>
  readonly picture: ViewedPicture | null
  /** Output areas with the voxels that a teacher lights; a reason where they cannot be told without a brain. */
  readonly target:
    | {
        readonly values: ReadonlyArray<number | ReadonlyArray<number>>
        readonly areas: ReadonlyArray<ViewedArea>
        readonly unknown: string | null
      }
    | { readonly unknown: string }
}

const plain = (value: CoderValue): number | ReadonlyArray<number> => (typeof value === "number" ? value : Array.from(value))

const sizeOf = ({ channels, channel_dimensions: [x, y, z] }: CoderSelection): Size => [channels * x, y, z]

/** Areas of selections in order, each once, with the voxels that lie in them. */
const areasOf = (
  selections: ReadonlyArray<CoderSelection>,
  voxels: ReadonlyArray<Voxel>,
  nameOf: (id: string) => string
): ReadonlyArray<ViewedArea> =>
  [...new Map(selections.map((selection) => [selection.binding.cortical_area_id, selection])).values()].map((selection) => {
    const id = selection.binding.cortical_area_id
    return { id, name: nameOf(id), dimensions: sizeOf(selection), voxels: voxels.filter(({ area }) => area === id) }
  })

/**
 * The voxels of a target where a channel has one number for each of its voxels, as MiscData does: x runs fastest, then y, then z. Another
 * coder's voxels are made by the engine when it is taught.
 */
const taughtVoxels = (outputs: ReadonlyArray<CoderSelection>, values: ReadonlyArray<CoderValue>): ReadonlyArray<Voxel> | undefined => {
  let next = 0
  const voxels: Array<Voxel> = []
  for (const { binding, channels, channel_dimensions: dimensions } of outputs) {
    const [width, height, depth] = dimensions
    for (let channel = 0; channel < channels; channel++) {
      const value = values[next++] ?? []
      const numbers = typeof value === "number" ? [value] : Array.from(value)
      if (numbers.length !== width * height * depth) return undefined
      numbers.forEach((potential, at) => {
        const [x, y, z] = [at % width, Math.floor(at / width) % height, Math.floor(at / width / height)]
        if (potential !== 0) voxels.push({ area: binding.cortical_area_id, x: channel * width + x, y, z, potential })
      })
    }
  }
  return voxels
}

interface Grid {
  readonly width: number
  readonly height: number
  /** The features of each pixel. */
  readonly pixels: ReadonlyArray<ReadonlyArray<number>>
}

/** `pixel_3_4`, `r3c4`: a row and a column behind a name that all features share. */
const pixelName = /^(.*?)(\d+)\D+(\d+)$/

/** A table whose columns are named by row and column, so that they fill a rectangle, is a picture. */
const namedGrid = (names: ReadonlyArray<string>): Grid | undefined => {
  const places = names.map((name) => pixelName.exec(name))
  const numbers = (group: 2 | 3) => places.map((place) => Number(place?.[group] ?? Number.NaN))
  const [rows, columns] = [numbers(2), numbers(3)]
  const [top, left] = [Math.min(...rows), Math.min(...columns)]
  const [height, width] = [Math.max(...rows) - top + 1, Math.max(...columns) - left + 1]
  const fills = width * height === names.length && new Set(names.map((_, at) => `${rows[at]} ${columns[at]}`)).size === names.length
  if (!fills || width < 2 || height < 2 || new Set(places.map((place) => place?.[1])).size !== 1) return undefined
  const pixels = Array.from({ length: names.length }, (): Array<number> => [])
  names.forEach((_, at) => {
    pixels[((rows[at] ?? 0) - top) * width + (columns[at] ?? 0) - left]?.push(at)
  })
  return { width, height, pixels }
}

/** A picture's frame stays with the sample when its pixels become a row: then the row is drawn as the picture that it was. */
const gridOf = (sample: IRSample, shape: SampleShape, count: number): Grid | undefined => {
  const size = imageSize(sample.coordinate_frame)
  if (size !== undefined && size.width * size.height * size.channels === count)
    return {
      width: size.width,
      height: size.height,
      pixels: Array.from({ length: size.width * size.height }, (_, pixel) =>
        Array.from({ length: size.channels }, (__, channel) => pixel * size.channels + channel)
      )
    }
  return shape.kind === "tabular" ? namedGrid(shape.features.map(({ name }) => name)) : undefined
}

const mean = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length

/**
 * What the lit voxels say of every feature, 0 to 1. A channel that says its value by the place of one voxel is read by its depth, as
 * FEAGI reads a percentage: z 0 is the most. Of every other channel the potentials count, as a share of the strongest channel.
 */
const featureLevels = (binding: OpenBinding, channels: ReadonlyArray<ViewedChannel>): ReadonlyMap<number, number> | undefined => {
  const depths = new Map(binding.inputs.map(({ binding: { cortical_area_id: id }, channel_dimensions: [, , depth] }) => [id, depth]))
  const depthOf = ({ area }: ViewedChannel) => depths.get(area) ?? 1
  const byPlace = channels.every((each) => each.lit.length <= 1 && depthOf(each) > 1)
  const strength = ({ lit }: ViewedChannel) => lit.reduce((sum, { potential }) => sum + Math.abs(potential), 0)
  const strongest = channels.reduce((most, each) => Math.max(most, strength(each)), 0)
  const levels = new Map<number, Array<number>>()
  for (const channel of channels) {
    const feature = binding.channels[channel.index]?.feature
    if (feature === null || feature === undefined) return undefined
    const [voxel] = channel.lit
    const level = byPlace
      ? voxel === undefined
        ? 0
        : 1 - voxel.z / (depthOf(channel) - 1)
      : strongest === 0
        ? 0
        : strength(channel) / strongest
    levels.set(feature, [...(levels.get(feature) ?? []), level])
  }
  return new Map([...levels].map(([feature, each]) => [feature, mean(each)]))
}

const pictureOf = (
  binding: OpenBinding,
  sample: IRSample,
  shape: SampleShape,
  channels: ReadonlyArray<ViewedChannel>
): ViewedPicture | null => {
  const numbers = shape.kind === "image" || shape.kind === "tabular" ? featureValues(sample) : undefined
  const grid = numbers === undefined ? undefined : gridOf(sample, shape, numbers.length)
  if (numbers === undefined || grid === undefined) return null
  const { width, height, pixels } = grid
  const levels = featureLevels(binding, channels)
  const drawn = (of: (feature: number) => number) => pixels.map((features) => mean(features.map(of)))
  return {
    width,
    height,
    values: drawn((feature) => numbers[feature] ?? 0),
    voxels: levels === undefined ? null : drawn((feature) => levels.get(feature) ?? 0)
  }
}

export const bindingView = (
  binding: OpenBinding,
  shape: SampleShape,
  sample: IRSample,
  nameOf: (id: string) => string
): Effect.Effect<BindingView, TrainerError> =>
  Effect.gen(function* () {
    const values = yield* binding.values(sample)
    const voxels = yield* binding.voxels(values)
    const names = featureNames(shape)
    const numbers = featureValues(sample)
    const channels = binding.channels.map((each): ViewedChannel => {
      const value = values[each.index]
      return {
        index: each.index,
        area: each.area,
        channel: each.channel,
        feature: each.feature === null ? null : (names?.[each.feature] ?? null),
        feature_value: each.feature === null ? null : (numbers?.[each.feature] ?? null),
        value: value === undefined ? [] : plain(value),
        lit: voxels.filter(({ area, x }) => area === each.area && x >= each.from && x < each.from + each.width)
      }
    })
    return {
      channels,
      areas: areasOf(binding.inputs, voxels, nameOf),
      picture: pictureOf(binding, sample, shape, channels),
      target: targetView(binding, sample, nameOf)
    }
  })

const targetView = (binding: OpenBinding, { target }: IRSample, nameOf: (id: string) => string): BindingView["target"] => {
  if (target === null) return { unknown: "the sample has no target" }
  const taught = binding.taught(target)
  if (!taught.ok) return { unknown: `decoder ${binding.decoder.id} cannot teach it: ${taught.mistakes[0]?.message ?? "no reason given"}` }
  const voxels = taughtVoxels(binding.outputs, taught.value)
  return {
    values: taught.value.map(plain),
    areas: areasOf(binding.outputs, voxels ?? [], nameOf),
    unknown: voxels === undefined ? "its voxels are made by the engine when it is taught" : null
  }
}
