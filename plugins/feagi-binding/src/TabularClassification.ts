/**
 * Task template `tabular-classification`: from a registered table with class labels to a genome and a complete run file.
 *
 * The defaults were chosen by mean validation accuracy on four datasets (table in the README). Sharp edge: genome and encoder both
 * say bins, spacing and tilings; a backend refuses a pair that disagrees.
 */
import { type BrainTemplate, type Mistake, type Selected, type TaskRequest, TaskTemplate } from "@feagi-trainer/contracts"
import { classificationRunFile } from "./ClassificationRunFile.ts"
import { classFaults } from "./classFaults.ts"
import { refused, tabularShape } from "./Tabular.ts"
import { tabularGenome } from "./TabularGenome.ts"
import { decodeTabularOptions, type TabularOptions } from "./TabularOptions.ts"
import { percentageEncoder, tabularBursts, tabularLines } from "./TabularRunFile.ts"

const TEMPLATE_ID = "tabular-classification"

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
const featuresOf = (request: TaskRequest): Selected<number> => {
  const table = tabularShape(TEMPLATE_ID, request.transformed ?? request.shape)
  const mistakes: ReadonlyArray<Mistake> = [
    ...(table.ok ? [] : table.mistakes.map((each) => ({ ...each, message: `template ${TEMPLATE_ID} is for tables` }))),
    ...classFaults(TEMPLATE_ID, request)
  ]
  return table.ok && mistakes.length === 0 ? { ok: true, value: table.value.features.length } : refused(mistakes)
}

export const tabularClassification: BrainTemplate<TabularOptions> = TaskTemplate.brain<TabularOptions>({
  id: TEMPLATE_ID,
  version: 1,
  decodeOptions: decodeTabularOptions,
  defaults: (request) => {
    const features = featuresOf(request)
    return features.ok ? { ok: true, value: defaultOptions } : features
  },
  genome: (options, request) => {
    const features = featuresOf(request)
    return features.ok ? { ok: true, value: tabularGenome(options, features.value, request.classes.length) } : features
  },
  runFile: (options, request) =>
    classificationRunFile(
      {
        template: TEMPLATE_ID,
        version: 1,
        recipe: { epochs: 10, margin: 0.03, fractions: { train: 0.6, val: 0.2, test: 0.2 }, checkpoint_every: 1000 },
        what: `${request.shape.kind === "tabular" ? request.shape.features.length : 0} features`,
        transforms: "# A row of numbers goes to the encoder as it is.\ntransforms = []",
        encoder: percentageEncoder(options),
        bursts: tabularBursts,
        generate: tabularLines(options)
      },
      request
    )
})
