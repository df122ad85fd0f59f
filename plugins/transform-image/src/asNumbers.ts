/** From bytes to numbers, each by itself: what `image-normalise` and `image-standardise` have in common. */
import { type ImageShape, type IRSample, type SampleShape, type Selected, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { readPicture } from "./Picture.ts"

export const numberShape = (shape: ImageShape): Selected<ImageShape> => ({ ok: true, value: { ...shape, values: "float" } })

export const asNumbers = (
  operation: string,
  { sample, shape }: { readonly sample: IRSample; readonly shape: SampleShape },
  change: (value: number, channel: number) => number
): Effect.Effect<IRSample, TrainerError> => {
  const picture = readPicture(operation, sample, shape)
  if (picture instanceof TrainerError) return Effect.fail(picture)
  const { channels, pixels } = picture
  return Effect.succeed({ ...sample, payload: { tabular: Array.from(pixels, (value, index) => change(value, index % channels)) } })
}
