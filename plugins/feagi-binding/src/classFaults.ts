/** Whether data have class labels that the decoder can tell apart. */
import type { Mistake, TaskRequest } from "@feagi-trainer/contracts"
import { MOST_CLASSES } from "./MiscClassDecoder.ts"

export const classFaults = (template: string, { classes, dataset, output_type }: TaskRequest): ReadonlyArray<Mistake> =>
  output_type === "class" && classes.length >= 2 && classes.length <= MOST_CLASSES
    ? []
    : [
        {
          path: [],
          problem: "invalid",
          message: `template ${template} is for data with class labels`,
          expected: `2 to ${MOST_CLASSES} classes`,
          actual: `${output_type === "class" ? classes.length : typeof output_type === "string" ? output_type : output_type.custom} in ${dataset}`
        }
      ]
