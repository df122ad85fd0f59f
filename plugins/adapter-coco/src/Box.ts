/**
 * A box as an annotation writes it: `[x, y, width, height]`, the top-left corner first, in pixels or as shares of the picture.
 *
 * Sharp edge: tools round the corner and the size apart from each other, so a box may reach out of the picture by half a pixel (by a
 * thousandth, when it is written in shares). It is kept as it is written; nothing is clipped.
 */
import { showValue } from "@feagi-trainer/contracts"
import { type Fault, numbersOf } from "./Fields.ts"
import type { Json, JsonPath } from "./json/JsonCursor.ts"
import type { Boxes } from "./Options.ts"

export type Box = readonly [x: number, y: number, width: number, height: number]
export interface Size {
  readonly width: number
  readonly height: number
}

/** How far an annotation may reach out of its picture, in pixels. */
export const SLACK_PIXELS = 0.5
const SLACK_SHARE = 0.001

export const readBox = (value: Json | undefined, path: JsonPath, boxes: Boxes, size: Size, faults: Array<Fault>): Box | null => {
  const numbers = numbersOf(value)
  if (numbers === "silent") return null
  const wrong = (code: string, message: string, expected: string): null => {
    faults.push({ code, path, message, expected, actual: showValue(value) })
    return null
  }
  const [x, y, width, height, ...more] = numbers ?? []
  if (x === undefined || y === undefined || width === undefined || height === undefined || more.length > 0)
    return wrong("BAD-BOX", "this is no box", "four numbers: x, y, width, height")
  if (width < 0 || height < 0) return wrong("NEGATIVE-BOX", "a box with a size below zero", "width and height above zero")
  if (width === 0 || height === 0) return wrong("EMPTY-BOX", "a box without an area", "width and height above zero")
  const shares = boxes === "normalised-xywh"
  const [right, bottom, slack] = shares ? [1, 1, SLACK_SHARE] : [size.width, size.height, SLACK_PIXELS]
  if (x < -slack || y < -slack || x + width > right + slack || y + height > bottom + slack) {
    const unit = shares ? "shares of the picture, from 0 to 1" : `pixels of a picture of ${right} × ${bottom}`
    return wrong("BOX-OUTSIDE", "a box that reaches out of its picture", `${unit}; boxes = "${boxes}"`)
  }
  return [x, y, width, height]
}

export const boxInPixels = (box: Box, boxes: Boxes, { width, height }: Size): Box =>
  boxes === "pixel-xywh" ? box : [box[0] * width, box[1] * height, box[2] * width, box[3] * height]
