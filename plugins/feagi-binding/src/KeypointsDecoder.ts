/**
 * Decoder `keypoints`: a layer of voxels for each joint in a PoseEstimation area; where the joint is in its layer is where it is in the
 * picture, the first voxel at the centre of the first pixel and the last at that of the last.
 *
 * A joint that FEAGI did not see has visibility 0 and no place; a picture without any joint is an abstention. Sharp edge: FEAGI has a decoder
 * for poses and no encoder, so that keypoints can be rewarded and not taught.
 */
import { Decoder, IMAGE_FRAME, optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { fault, heard, pixelFrames, silent, sizeOf, typeFaults } from "./AnswerContext.ts"
import { coderForm } from "./CoderForm.ts"
import { LAST_GROUP, poseSchemas } from "./CorticalId.ts"
import { SizeOption } from "./SegmentationMaskDecoder.ts"
import { refused } from "./Tabular.ts"
import { selectUnits } from "./UnitSelection.ts"
import { unitOf } from "./Units.ts"

const side = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4096 }))

const KeypointsOptions = Schema.Struct({
  area: Schema.Literals(["opos"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  pose_schema: Schema.Literals(poseSchemas),
  /** Voxels of a layer. */
  width: side,
  height: side,
  joints: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 })),
  /** Whether y counts from the top of the picture (`down`) or from its bottom (`up`). */
  y_axis: Schema.Literals(["down", "up"]),
  /** Pixels that the layer stands for. */
  size: SizeOption
})
export type KeypointsOptions = typeof KeypointsOptions.Type

const noEncoder = [fault("FEAGI 0.0.53 has no encoder for poses", "a reward policy without teach events", "keypoints")]

export const keypoints: Decoder<KeypointsOptions> = Decoder.define<KeypointsOptions>({
  id: "keypoints",
  decodeOptions: optionsFrom(KeypointsOptions),
  select: ({ area, group, pose_schema, width, height, joints, y_axis, size }, context) => {
    const found = sizeOf("keypoints", context, size)
    const mistakes = [...typeFaults("keypoints", context, ["keypoints"]), ...(found.ok ? [] : found.mistakes)]
    if (mistakes.length > 0 || !found.ok) return refused(mistakes)
    return selectUnits([
      {
        unit: unitOf(area),
        group,
        form: coderForm("PoseEstimation", { width, height, depth: joints }),
        flags: { frame: "Absolute", pose: pose_schema },
        channels: 1,
        layout: { frame: IMAGE_FRAME, y_axis, ...found.value }
      }
    ])
  },
  frames: ({ size }, context) => pixelFrames("keypoints", context, size),
  read: ({ joints, y_axis, size }, context, [reading]) => {
    const numbers = heard(reading)
    const pixels = sizeOf("keypoints", context, size)
    if (numbers === undefined || !pixels.ok) return silent
    const { width, height } = pixels.value
    const points = Array.from({ length: joints }, (_, joint) => {
      const [x, y, score] = numbers.slice(3 * joint, 3 * joint + 3)
      if (x === undefined || y === undefined || score === undefined || Number.isNaN(x) || Number.isNaN(y)) return undefined
      const down = y_axis === "down" ? y : 1 - y
      return { x: x * (width - 1) + 0.5, y: down * (height - 1) + 0.5, visibility: 2, score }
    })
    if (points.every((point) => point === undefined)) return silent
    return { answer: { keypoints: points.map((point) => point ?? { x: 0, y: 0, visibility: 0, score: 0 }) } }
  },
  cannotTeach: () => noEncoder,
  write: () => refused(noEncoder)
})
