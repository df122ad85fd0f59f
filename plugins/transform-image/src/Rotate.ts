/**
 * `image-rotate`: every picture turned counter-clockwise. By quarters no pixel is lost and the sides change places; by degrees the size
 * stays, corners leave it, and what comes from outside has the values of `outside`.
 *
 * Sharp edge: boxes turned by degrees are the upright boxes around them, so that they grow.
 */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { laid, type Turns } from "./Move.ts"
import { Colour, perChannel, pixelShape, refused } from "./Picture.ts"
import { turn, turned } from "./Turn.ts"

const id = "image-rotate"

/** How a pixel that lies between others is made. */
export const TurnKernel = Schema.Literals(["nearest", "linear"])

const Quarters = Schema.Struct({ quarter_turns: Schema.Literals([1, 2, 3]) })
const Degrees = Schema.Struct({
  degrees: Schema.Finite.check(Schema.isBetween({ minimum: -180, maximum: 180 })),
  kernel: TurnKernel,
  outside: Colour
})
export const RotateOptions = Schema.Struct({
  by: Schema.Union([Quarters, Degrees]).annotate({
    expected: '{ quarter_turns = 1 | 2 | 3 } or { degrees = D, kernel = "nearest" | "linear", outside = [VALUE PER CHANNEL] }'
  })
})
export type RotateOptions = typeof RotateOptions.Type

const quarters: Readonly<Record<1 | 2 | 3, Turns>> = {
  1: { transpose: true, flipX: false, flipY: true },
  2: { transpose: false, flipX: true, flipY: true },
  3: { transpose: true, flipX: true, flipY: false }
}

export const imageRotate: Transform<RotateOptions, undefined> = Transform.define<RotateOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(RotateOptions),
  shape: ({ options: { by }, shape }) => {
    const pixels = pixelShape(id, shape)
    if (!pixels.ok) return pixels
    const { width, height } = pixels.value
    if ("quarter_turns" in by)
      return { ok: true, value: by.quarter_turns === 2 ? pixels.value : { ...pixels.value, width: height, height: width } }
    const faults = perChannel("by", by.outside, pixels.value)
    return faults.length > 0 ? refused(...faults) : pixels
  },
  apply: ({ options: { by }, shape }, sample) =>
    "quarter_turns" in by
      ? applyMove(id, { sample, shape }, (picture) => laid(picture, quarters[by.quarter_turns]))
      : applyMove(
          id,
          { sample, shape },
          (picture) => turned(picture, by.degrees),
          by.outside,
          (picture, move) => turn(picture, move, by.degrees, by.kernel, by.outside)
        )
})
