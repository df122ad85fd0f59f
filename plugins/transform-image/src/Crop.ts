/** `image-crop`: the same window of every picture. A box that the window cuts is cut; one outside of it is no target any more. */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { cut } from "./Move.ts"
import { mistake, pixelShape, refused, Side } from "./Picture.ts"

const id = "image-crop"

const Offset = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))

/** In pixels, from the top-left corner. */
export const CropOptions = Schema.Struct({ x: Offset, y: Offset, width: Side, height: Side })
export type CropOptions = typeof CropOptions.Type

export const imageCrop: Transform<CropOptions, undefined> = Transform.define<CropOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(CropOptions),
  shape: ({ options: { x, y, width, height }, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const { width: wide, height: high } = pixels.value
    const faults = [
      ...(x + width > wide[0]
        ? [mistake(["width"], "the window reaches beyond the right edge", `x + width of at most ${wide[0]}`, String(x + width))]
        : []),
      ...(y + height > high[0]
        ? [mistake(["height"], "the window reaches beyond the lower edge", `y + height of at most ${high[0]}`, String(y + height))]
        : [])
    ]
    return faults.length > 0
      ? refused(...faults)
      : { ok: true, value: { ...pixels.value, width: [width, width], height: [height, height] } }
  },
  apply: ({ options, shape }, sample) => applyMove(id, { sample, shape }, (picture) => cut(picture, options))
})
