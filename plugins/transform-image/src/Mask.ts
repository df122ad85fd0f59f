/** `image-mask`: a rectangle or a circle of every picture as it is, and one colour around it. Nothing moves, targets stay as they are. */
import { optionsFrom, TrainerError, Transform } from "@feagi-trainer/contracts"
import { Effect, Schema } from "effect"
import { Colour, perChannel, pixelShape, readPicture, refused, withPicture } from "./Picture.ts"

const id = "image-mask"

const Rectangle = Schema.Struct({
  x: Schema.Finite,
  y: Schema.Finite,
  width: Schema.Finite.check(Schema.isGreaterThan(0)),
  height: Schema.Finite.check(Schema.isGreaterThan(0))
})
const Circle = Schema.Struct({ x: Schema.Finite, y: Schema.Finite, radius: Schema.Finite.check(Schema.isGreaterThan(0)) })

/** In pixels from the top-left corner. A pixel belongs to the shape when its centre does; the edge of a circle does, that of a rectangle at its upper and left side. */
export const MaskOptions = Schema.Struct({
  keep: Schema.Union([Schema.Struct({ rectangle: Rectangle }), Schema.Struct({ circle: Circle })]).annotate({
    expected: "{ rectangle = { x, y, width, height } } or { circle = { x, y, radius } }"
  }),
  outside: Colour
})
export type MaskOptions = typeof MaskOptions.Type

const within = ({ keep }: MaskOptions, x: number, y: number): boolean => {
  if ("circle" in keep) return (x - keep.circle.x) ** 2 + (y - keep.circle.y) ** 2 <= keep.circle.radius ** 2
  const { x: left, y: top, width, height } = keep.rectangle
  return x >= left && x < left + width && y >= top && y < top + height
}

export const imageMask: Transform<MaskOptions, undefined> = Transform.define<MaskOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(MaskOptions),
  shape: ({ options, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const faults = perChannel("outside", options.outside, pixels.value)
    return faults.length > 0 ? refused(...faults) : pixels
  },
  apply: ({ options, shape }, sample) => {
    const picture = readPicture(id, sample, shape)
    if (picture instanceof TrainerError) return Effect.fail(picture)
    const { width, channels } = picture
    const pixels = picture.pixels.map((value, index) => {
      const pixel = Math.floor(index / channels)
      const inside = within(options, (pixel % width) + 0.5, Math.floor(pixel / width) + 0.5)
      return inside ? value : (options.outside[index % channels] ?? 0)
    })
    return Effect.succeed(withPicture(sample, { ...picture, pixels }))
  }
})
