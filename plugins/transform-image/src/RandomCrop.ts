/**
 * `image-random-crop`: an augmentation that shifts a picture by up to `padding` pixels each way and fills what comes from outside. Two draws
 * a sample: `below(2 · padding + 1) − padding`, to the right and then downwards.
 */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { cut } from "./Move.ts"
import { Colour, perChannel, pixelShape, refused } from "./Picture.ts"

const id = "image-random-crop"

export const RandomCropOptions = Schema.Struct({
  padding: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16_384 })),
  outside: Colour
})
export type RandomCropOptions = typeof RandomCropOptions.Type

export const imageRandomCrop: Transform<RandomCropOptions, undefined> = Transform.define<RandomCropOptions>({
  id,
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(RandomCropOptions),
  shape: ({ options, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const faults = perChannel("outside", options.outside, pixels.value)
    return faults.length > 0 ? refused(...faults) : pixels
  },
  apply: ({ options: { padding, outside }, shape }, sample, rng) => {
    const x = rng.below(2 * padding + 1) - padding
    const y = rng.below(2 * padding + 1) - padding
    return applyMove(id, { sample, shape }, ({ width, height }) => cut({ width, height }, { x, y, width, height }), outside)
  }
})
