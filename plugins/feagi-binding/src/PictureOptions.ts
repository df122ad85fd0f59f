/** Options of template `image-classification`: everything of the genome that the data do not decide. There is no default. */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { initialWithinLargest, learningFields } from "./TabularOptions.ts"

/** An edge needs three pixels: there are two places for it less than pixels. */
const BORDER = 2

const side = Schema.Int.check(Schema.isBetween({ minimum: BORDER + 1, maximum: 256 }))

export const PictureOptions = Schema.Struct({
  /** Pixels of the resized picture; the transforms must say the same. */
  width: side,
  height: side,
  /** A pixel fires from this grey value on, of 255. FEAGI leaves 0 and 1 out. */
  light: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 255 })),
  /** An edge fires when so many more of its three light places than of its three dark ones are light. */
  contrast: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 })),
  /** Edges of one direction in pool × pool places are one feature; with 1 every place is its own. */
  pool: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16 })),
  ...learningFields
}).check(
  initialWithinLargest,
  Schema.makeFilter(({ width, height, pool }) => Math.min(width, height) >= pool + BORDER, {
    expected: `width and height of at least pool + ${BORDER}`
  })
)
export type PictureOptions = typeof PictureOptions.Type

export const decodePictureOptions = optionsFrom(PictureOptions)
