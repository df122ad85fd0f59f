/**
 * Decoder `pose`: a position in metres and an orientation, each of their seven numbers a Percentage channel with a sign (RotaryMotor).
 *
 * The four numbers of the orientation are read as a direction and brought to length 1. Sharp edge: a quaternion and its negative are one
 * orientation; a target is taught as it is written.
 */
import { Decoder, optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { abstain, noTarget, silent, typeFaults } from "./AnswerContext.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { type NumberCode, readNumbers, selectNumbers, writeNumbers } from "./NumberDecoder.ts"
import { Range } from "./Scaling.ts"
import { refused } from "./Tabular.ts"

const PoseOptions = Schema.Struct({
  area: Schema.Literals(["omot"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
  /** x, y and z in metres that the ends of the coder's range stand for. */
  position: Schema.Tuple([Range, Range, Range])
})
export type PoseOptions = typeof PoseOptions.Type

const rangesOf = ({ position }: PoseOptions) => [...position, ...Array.from({ length: 4 }, () => [-1, 1] as const)]
const codeOf = ({ area, group, bins }: PoseOptions): NumberCode => ({ area, group, bins })

export const pose: Decoder<PoseOptions> = Decoder.define<PoseOptions>({
  id: "pose",
  decodeOptions: optionsFrom(PoseOptions),
  select: (options, context) => {
    const mistakes = typeFaults("pose", context, ["pose6_dof"])
    return mistakes.length > 0 ? refused(mistakes) : selectNumbers(codeOf(options), rangesOf(options))
  },
  read: (options, _context, readings) => {
    const numbers = readNumbers(codeOf(options), rangesOf(options), readings)
    if (typeof numbers === "string") return numbers === "silent" ? silent : abstain(numbers)
    const [px = 0, py = 0, pz = 0, w = 0, x = 0, y = 0, z = 0] = numbers
    const length = Math.sqrt(w * w + x * x + y * y + z * z)
    if (length === 0) return abstain("no orientation")
    return {
      answer: { pose6_dof: { position: [px, py, pz], orientation: { w: w / length, x: x / length, y: y / length, z: z / length } } }
    }
  },
  cannotTeach: () => [],
  write: (options, _context, target) => {
    if (!("pose6_dof" in target)) return noTarget("pose", "poses", target)
    const { position, orientation } = target.pose6_dof
    return writeNumbers(codeOf(options), rangesOf(options), [...position, orientation.w, orientation.x, orientation.y, orientation.z])
  }
})
