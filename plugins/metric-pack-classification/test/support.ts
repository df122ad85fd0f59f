/** Samples and folds for the tests of this plugin. */
import type { ClassLabel, MetricResult, MetricValue, Scored } from "@feagi-trainer/contracts"
import { classification } from "../src/index.ts"

export const classesOf = (count: number): ReadonlyArray<ClassLabel> =>
  Array.from({ length: count }, (_, class_id) => ({ class_id, label: `c${class_id}` }))

/** A sample of class `target` that was answered with `prediction`; -1 is an abstention. */
export const scored = (index: number, target: number, prediction: number): Scored => ({
  sample_id: `s-${index}`,
  target: { class: { class_id: target, label: null } },
  prediction: prediction === -1 ? { abstain: { reason: "silent" } } : { class: { class_id: prediction, scores: [] } }
})

export const samplesOf = (target: ReadonlyArray<number>, prediction: ReadonlyArray<number>): ReadonlyArray<Scored> =>
  target.map((each, index) => scored(index, each, prediction[index] ?? Number.NaN))

export const foldOf = (classes: ReadonlyArray<ClassLabel>, undefined_in_macro: "insufficient" | "zero") =>
  classification.start({ undefined_in_macro }, { output_type: "class", classes })

export const valuesOf = (
  classes: ReadonlyArray<ClassLabel>,
  samples: ReadonlyArray<Scored>,
  undefined_in_macro: "insufficient" | "zero"
): Readonly<Record<string, MetricValue>> => {
  const fold = foldOf(classes, undefined_in_macro)
  return fold.result(samples.reduce(fold.add, fold.empty)).values
}

/** Reads a text as the file `answers.json`. */
export const readText = (text: string | Uint8Array, options: { readonly k?: string; readonly classes?: string } = {}) => {
  const { files } = classification
  if (files === undefined) throw new Error("the pack reads no files")
  const decoded = files.decodeOptions(options)
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  return files.read(
    { predictions: { name: "answers.json", bytes: typeof text === "string" ? new TextEncoder().encode(text) : text }, targets: [] },
    decoded.value
  )
}

/** The values as the command line names them. */
export const reported = ({ values }: MetricResult): Readonly<Record<string, MetricValue>> =>
  Object.fromEntries(
    Object.entries(classification.files?.names ?? {}).map(([value, name]) => [
      name,
      values[value] ?? { insufficient: "there is no such value" }
    ])
  )
