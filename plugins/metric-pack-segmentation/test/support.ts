/** Masks, samples and folds for the tests of this plugin. */
import type { ClassLabel, MetricResult, Scored, TypedPrediction } from "@feagi-trainer/contracts"
import { segmentation } from "../src/index.ts"
import type { EmptyClass } from "../src/Options.ts"

export const classesOf = (count: number): ReadonlyArray<ClassLabel> =>
  Array.from({ length: count }, (_, class_id) => ({ class_id, label: `c${class_id}` }))

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

/** Labels of a mask that is written with one character per pixel; `.` is 255 and `,` is 254. */
export const labelsOf = (text: string): ReadonlyArray<number> =>
  [...text].map((character) => (character === "." ? 255 : character === "," ? 254 : alphabet.indexOf(character)))

export interface Given {
  readonly id?: string
  readonly width: number
  readonly target: string
  /** Null: abstained. */
  readonly prediction: string | null
  readonly ignore?: number | null
  readonly unpredicted?: number | null
}

export const scored = ({ id = "s", width, target, prediction, ignore = null, unpredicted = null }: Given): Scored => {
  const answer: TypedPrediction =
    prediction === null
      ? { abstain: { reason: "silent" } }
      : {
          segmentation_mask: {
            width,
            height: prediction.length / width,
            labels: labelsOf(prediction),
            ...(unpredicted === null ? {} : { unpredicted_label: unpredicted })
          }
        }
  return {
    sample_id: id,
    target: { segmentation_mask: { width, height: target.length / width, labels: labelsOf(target), ignore_label: ignore } },
    prediction: answer
  }
}

export const foldOf = (classes: ReadonlyArray<ClassLabel>, empty_class: EmptyClass = "excluded") =>
  segmentation.start({ empty_class, classes: "declared" }, { output_type: "segmentation_mask", classes })

export const resultOf = (
  classes: ReadonlyArray<ClassLabel>,
  samples: ReadonlyArray<Scored>,
  empty_class: EmptyClass = "excluded"
): MetricResult => {
  const fold = foldOf(classes, empty_class)
  return fold.result(samples.reduce(fold.add, fold.empty))
}
