/** `image-normalise`: numbers instead of bytes, (value / 255 − mean) / std with a mean and a deviation that are written for every channel. */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { asNumbers, numberShape } from "./asNumbers.ts"
import { perChannel, pixelShape, refused } from "./Picture.ts"

const id = "image-normalise"

const PerChannel = <A>(value: Schema.Codec<A>) => Schema.NonEmptyArray(value).check(Schema.isMaxLength(4))

/** On the scale from 0 (byte 0) to 1 (byte 255). */
export const NormaliseOptions = Schema.Struct({
  mean: PerChannel(Schema.Finite),
  std: PerChannel(Schema.Finite.check(Schema.isGreaterThan(0)))
})
export type NormaliseOptions = typeof NormaliseOptions.Type

export const imageNormalise: Transform<NormaliseOptions, undefined> = Transform.define<NormaliseOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(NormaliseOptions),
  shape: ({ options: { mean, std }, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const faults = [...perChannel("mean", mean, pixels.value), ...perChannel("std", std, pixels.value)]
    return faults.length > 0 ? refused(...faults) : numberShape(pixels.value)
  },
  apply: ({ options: { mean, std }, shape }, sample) =>
    asNumbers(id, { sample, shape }, (value, channel) => (value / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1))
})
