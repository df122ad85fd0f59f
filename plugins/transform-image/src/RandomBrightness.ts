/**
 * `image-random-brightness`: an augmentation that adds one whole number from −max to max to every colour of a picture and stops at 0 and
 * 255. One draw a sample: `below(2 · max + 1) − max`. Alpha stays as it is.
 */
import { optionsFrom, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { hasAlpha } from "./Colour.ts"
import { pixelShape, readPicture, withPicture } from "./Picture.ts"

const id = "image-random-brightness"

export const RandomBrightnessOptions = Schema.Struct({ max: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 255 })) })
export type RandomBrightnessOptions = typeof RandomBrightnessOptions.Type

export const imageRandomBrightness: Transform<RandomBrightnessOptions, undefined> = Transform.define<RandomBrightnessOptions>({
  id,
  version: 1,
  phases: "train",
  decodeOptions: optionsFrom(RandomBrightnessOptions),
  shape: ({ shape }) => pixelShape(id, shape),
  apply: ({ options: { max }, shape }, sample, rng) => {
    const picture = readPicture(id, sample, shape)
    if (picture instanceof TrainerError) return Effect.fail(picture)
    const more = rng.below(2 * max + 1) - max
    const { channels } = picture
    const colours = hasAlpha(channels) ? channels - 1 : channels
    const pixels = picture.pixels.map((value, index) => (index % channels < colours ? Math.max(0, Math.min(255, value + more)) : value))
    return Effect.succeed(withPicture(sample, { ...picture, pixels }))
  }
})
