/**
 * `image-random-rotate`: an augmentation that turns a picture by an angle from −max_degrees to max_degrees. One draw a sample:
 * `(2 · unit() − 1) · max_degrees`, counter-clockwise.
 *
 * Sharp edge: boxes become the upright boxes around the turned ones, so that they grow.
 */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { Colour, perChannel, pixelShape, refused } from "./Picture.ts"
import { TurnKernel } from "./Rotate.ts"
import { turn, turned } from "./Turn.ts"

const id = "image-random-rotate"

export const RandomRotateOptions = Schema.Struct({
  max_degrees: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(180)),
  kernel: TurnKernel,
  outside: Colour
})
export type RandomRotateOptions = typeof RandomRotateOptions.Type

export const imageRandomRotate: Transform<RandomRotateOptions, undefined> = Transform.define<RandomRotateOptions>({
  id,
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(RandomRotateOptions),
  shape: ({ options, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const faults = perChannel("outside", options.outside, pixels.value)
    return faults.length > 0 ? refused(...faults) : pixels
  },
  apply: ({ options: { max_degrees, kernel, outside }, shape }, sample, rng) => {
    const degrees = (2 * rng.unit() - 1) * max_degrees
    return applyMove(
      id,
      { sample, shape },
      (picture) => turned(picture, degrees),
      outside,
      (picture, move) => turn(picture, move, degrees, kernel, outside)
    )
  }
})
