/**
 * Adapter `coco`: boxes, keypoints and masks over a folder of pictures, as COCO and HaGRID write them.
 *
 * Strict: a broken annotation is an error with its JSON pointer and line, never an annotation less. Sharp edge: captions, panoptic
 * segments and labels of whole pictures are recognised and not read.
 */
import { Adapter } from "@feagi-trainer/contracts"
import { discover } from "./Discover.ts"
import { open } from "./Open.ts"
import { decodeOptions, type Options } from "./Options.ts"
import { validate } from "./Validate.ts"

export const coco: Adapter<Options> = Adapter.define<Options>({ id: "coco", decodeOptions, discover, validate, open })
