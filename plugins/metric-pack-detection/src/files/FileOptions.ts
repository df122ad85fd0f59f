/**
 * What the command line may say about the files (`--option name=value`). Left out, they are what pycocotools does for boxes; the signature
 * tells what was taken.
 */
import { type Decoded, decodeStrict } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import type { DetectionOptions, OksSigmas } from "../Options.ts"
import { optionsOf } from "../Options.ts"
import { iouTypes } from "../Rules.ts"

/** The options of the pack that the files are scored with. */
export type FileOptions = DetectionOptions

const Written = Schema.Struct({
  iou_type: Schema.optionalKey(Schema.Literals(iouTypes)),
  oks_sigmas: Schema.optionalKey(Schema.String)
})

const readSigmas = (text: string | undefined): OksSigmas | undefined => {
  if (text === undefined || text === "coco-17") return "coco-17"
  const [first, ...others] = text.split(",").map((each) => (each.trim() === "" ? Number.NaN : Number(each)))
  return first !== undefined && [first, ...others].every((each) => Number.isFinite(each) && each > 0) ? [first, ...others] : undefined
}

export const decodeFileOptions = (input: unknown): Decoded<FileOptions> => {
  const decoded = decodeStrict(Written, input)
  if (!decoded.ok) return decoded
  const { iou_type = "bbox", oks_sigmas } = decoded.value
  const invalid = (expected: string): Decoded<FileOptions> => ({
    ok: false,
    mistakes: [{ path: ["oks_sigmas"], problem: "invalid", message: "has the wrong value", expected, actual: JSON.stringify(oks_sigmas) }]
  })
  if (iou_type !== "keypoints" && oks_sigmas !== undefined) return invalid(`no such option with iou_type=${iou_type}`)
  const sigmas = readSigmas(oks_sigmas)
  return sigmas === undefined
    ? invalid("coco-17, or positive numbers with commas between, one per keypoint")
    : { ok: true, value: optionsOf(iou_type, sigmas) }
}
