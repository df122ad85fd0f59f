/**
 * Task template `tabular-classification`: from a registered table with class labels to a genome and a complete run file.
 *
 * The defaults were chosen by mean validation accuracy on four datasets (table in the README). Sharp edge: genome and encoder both
 * say bins, spacing and tilings; a backend refuses a pair that disagrees.
 */
import { type Mistake, type Selected, type TaskRequest, TaskTemplate } from "@feagi-trainer/contracts"
import { MOST_CLASSES } from "./MiscClassDecoder.ts"
import { refused, tabularShape } from "./Tabular.ts"
import { tabularGenome } from "./TabularGenome.ts"
import { decodeTabularOptions, type TabularOptions } from "./TabularOptions.ts"
import { TEMPLATE_ID, TEMPLATE_VERSION, tabularRunFile } from "./TabularRunFile.ts"

export const defaultOptions: TabularOptions = {
  bins: 5,
  spacing: "linear",
  tilings: 4,
  initial_weight: 1,
  max_weight: 4,
  learning_rate: 0.02,
  plasticity_window: 1
}

/** Number of features; or every reason why this template is not for that dataset. */
const featuresOf = ({ shape, classes, dataset }: TaskRequest): Selected<number> => {
  const table = tabularShape(TEMPLATE_ID, shape)
  const mistakes: ReadonlyArray<Mistake> = [
    ...(table.ok ? [] : table.mistakes.map((each) => ({ ...each, message: `template ${TEMPLATE_ID} is for tables` }))),
    ...(classes.length >= 2 && classes.length <= MOST_CLASSES
      ? []
      : [
          {
            path: [],
            problem: "invalid" as const,
            message: `template ${TEMPLATE_ID} is for data with class labels`,
            expected: `2 to ${MOST_CLASSES} classes`,
            actual: `${classes.length} in ${dataset}`
          }
        ])
  ]
  return table.ok && mistakes.length === 0 ? { ok: true, value: table.value.features.length } : refused(mistakes)
}

export const tabularClassification: TaskTemplate<TabularOptions> = TaskTemplate.define<TabularOptions>({
  id: TEMPLATE_ID,
  version: TEMPLATE_VERSION,
  decodeOptions: decodeTabularOptions,
  defaults: (request) => {
    const features = featuresOf(request)
    return features.ok ? { ok: true, value: defaultOptions } : features
  },
  genome: (options, request) => {
    const features = featuresOf(request)
    return features.ok ? { ok: true, value: tabularGenome(options, features.value, request.classes.length) } : features
  },
  runFile: tabularRunFile
})
