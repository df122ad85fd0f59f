/** Whether data have class labels that the decoder can tell apart. */
import type { Mistake } from "@feagi-trainer/contracts"
import { MOST_CLASSES } from "./MiscClassDecoder.ts"

export const classFaults = (template: string, classes: number, dataset: string): ReadonlyArray<Mistake> =>
  classes >= 2 && classes <= MOST_CLASSES
    ? []
    : [
        {
          path: [],
          problem: "invalid",
          message: `template ${template} is for data with class labels`,
          expected: `2 to ${MOST_CLASSES} classes`,
          actual: `${classes} in ${dataset}`
        }
      ]
