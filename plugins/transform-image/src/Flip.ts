/** `image-flip`: every picture mirrored. Keypoints change their place in the picture, not in the list: a left hand is still the left one. */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { applyMove } from "./applyMove.ts"
import { laid, type Turns } from "./Move.ts"
import { pixelShape } from "./Picture.ts"

const id = "image-flip"

/** `horizontal`: left and right change places; `vertical`: top and bottom. */
export const Axis = Schema.Literals(["horizontal", "vertical"])
export const FlipOptions = Schema.Struct({ axis: Axis })
export type FlipOptions = typeof FlipOptions.Type

export const mirrored = (axis: typeof Axis.Type): Turns => ({ transpose: false, flipX: axis === "horizontal", flipY: axis === "vertical" })

export const imageFlip: Transform<FlipOptions, undefined> = Transform.define<FlipOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(FlipOptions),
  shape: ({ shape }) => pixelShape(id, shape),
  apply: ({ options, shape }, sample) => applyMove(id, { sample, shape }, (picture) => laid(picture, mirrored(options.axis)))
})
