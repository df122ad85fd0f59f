/** `image-random-flip`: an augmentation that mirrors a picture with a probability: when `unit()` is below it. One draw a sample. */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { Axis, mirrored } from "./Flip.ts"
import { laid } from "./Move.ts"
import { pixelShape } from "./Picture.ts"

const id = "image-random-flip"

export const RandomFlipOptions = Schema.Struct({
  axis: Axis,
  probability: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1))
})
export type RandomFlipOptions = typeof RandomFlipOptions.Type

const asItIs = { transpose: false, flipX: false, flipY: false }

export const imageRandomFlip: Transform<RandomFlipOptions, undefined> = Transform.define<RandomFlipOptions>({
  id,
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(RandomFlipOptions),
  shape: ({ shape }) => pixelShape(id, shape),
  apply: ({ options: { axis, probability }, shape }, sample, rng) => {
    const turns = rng.unit() < probability ? mirrored(axis) : asItIs
    return applyMove(id, { sample, shape }, (picture) => laid(picture, turns))
  }
})
