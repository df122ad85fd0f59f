/**
 * Decoder `misc-class`: one voxel per class in a MiscData area; the potential at firing is the score, the largest wins.
 *
 * Of equal scores the lower class index wins. An area that did not fire, or only with potential 0, is an abstention and gives no
 * scores. Sharp edge: FEAGI's decoder clamps to [−1, 1]: a genome whose potentials go beyond makes every score 1.
 */
import { Decoder, type DecoderContext, type Mistake, optionsFrom, type Selected } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { numbersOf } from "./ChannelValues.ts"
import { areaId, LAST_GROUP, miscOutputUnits } from "./CorticalId.ts"
import { refused } from "./Tabular.ts"

/** Largest width of a MiscData area. */
export const MOST_CLASSES = 1024

export const MiscClassOptions = Schema.Struct({
  area: Schema.Literals(["omis"]),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP }))
})
export type MiscClassOptions = typeof MiscClassOptions.Type

const checkContext = ({ output_type, classes }: DecoderContext): ReadonlyArray<Mistake> => {
  const type = typeof output_type === "string" ? output_type : JSON.stringify(output_type)
  const gap = classes.find(({ class_id }, index) => class_id !== index)
  return [
    ...(type === "class"
      ? []
      : [
          {
            path: [],
            problem: "invalid" as const,
            message: "decoder misc-class answers with a class",
            expected: "output type class",
            actual: type
          }
        ]),
    ...(classes.length >= 2 && classes.length <= MOST_CLASSES
      ? []
      : [
          {
            path: [],
            problem: "invalid" as const,
            message: "decoder misc-class has one voxel per class",
            expected: `2 to ${MOST_CLASSES} classes`,
            actual: String(classes.length)
          }
        ]),
    ...(gap === undefined
      ? []
      : [
          {
            path: [],
            problem: "invalid" as const,
            message: `class "${gap.label}" is out of its place`,
            expected: "class ids 0, 1, 2, … in order",
            actual: String(gap.class_id)
          }
        ])
  ]
}

/** Index of the largest score; of equal ones the lowest. */
export const argmax = (scores: ReadonlyArray<number>): number =>
  scores.reduce((best, score, index) => (score > (scores[best] ?? Number.NEGATIVE_INFINITY) ? index : best), 0)

export const miscClass: Decoder<MiscClassOptions> = Decoder.define<MiscClassOptions>({
  id: "misc-class",
  decodeOptions: optionsFrom(MiscClassOptions),
  select: (options, context) => {
    const mistakes = checkContext(context)
    if (mistakes.length > 0) return refused(mistakes)
    const size = { width: context.classes.length, height: 1, depth: 1 }
    return {
      ok: true,
      value: [
        {
          direction: "output",
          binding: {
            io_type: "MiscData",
            coder_id: "misc_data_decoder",
            cortical_area_id: areaId(options.area, "MiscData", options.group),
            properties: {
              unit: miscOutputUnits[options.area],
              group: options.group,
              flags: { frame_change_handling: "Absolute" },
              coder: { MiscData: size },
              layout: { voxels_per_class: 1 }
            }
          },
          channels: 1,
          channel_dimensions: [size.width, 1, 1]
        }
      ]
    }
  },
  read: (_options, { classes }, readings) => {
    const [reading] = readings
    const scores = reading === undefined || reading.silent ? [] : numbersOf(reading.value)
    const class_id = classes[argmax(scores)]?.class_id
    if (class_id === undefined || scores.every((score) => score === 0)) return { answer: { abstain: { reason: "silent" } } }
    return { answer: { class: { class_id, scores } }, scores }
  },
  cannotTeach: () => [],
  write: (_options, { classes }, target): Selected<ReadonlyArray<ReadonlyArray<number>>> => {
    if (!("class" in target))
      return refused([
        {
          path: [],
          problem: "invalid",
          message: "decoder misc-class teaches classes",
          expected: "a class",
          actual: Object.keys(target).join(", ")
        }
      ])
    const { class_id } = target.class
    if (!classes.some((each) => each.class_id === class_id))
      return refused([
        {
          path: ["class_id"],
          problem: "invalid",
          message: "is not a class of the dataset",
          expected: `0 to ${classes.length - 1}`,
          actual: String(class_id)
        }
      ])
    return { ok: true, value: [classes.map((each) => (each.class_id === class_id ? 1 : 0))] }
  }
})
