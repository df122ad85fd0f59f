/**
 * The file of the pack `time-series`: one JSON array of `{sample_id, target, prediction}`, numbers or lists of numbers of one length, or
 * the same as CSV.
 *
 * Sharp edge: `prediction: null` is an abstention and is left out of every error; a key that is missing is a mistake, never an
 * abstention. Where the option is left out, undefined values are those of scikit-learn, as the signature then says.
 */
import {
  cappedDiagnostics,
  isScoreFields,
  type MetricFiles,
  optionsFrom,
  readScoreRows,
  type Scored,
  type ScoreFiles,
  type ScoreMistake,
  scoreDiagnostics,
  showValue,
  type TypedPrediction,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { seriesCodes as codes, rowKeys } from "./Codes.ts"
import { readCsvRows } from "./Csv.ts"
import { type TimeSeriesOptions, UndefinedValues } from "./Options.ts"

const FileOptions = Schema.Struct({
  undefined_values: Schema.optionalKey(UndefinedValues),
  /** Left out: CSV where the name of the file ends in .csv, and JSON elsewhere. */
  format: Schema.optionalKey(Schema.Literals(["json", "csv"]))
})
export type TimeSeriesFileOptions = typeof FileOptions.Type

type Numbers = number | ReadonlyArray<number>

const isNumbers = (value: unknown): value is Numbers =>
  typeof value === "number" || (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "number"))

const formOf = (value: Numbers): string => (typeof value === "number" ? "a number" : `a list of ${value.length} numbers`)

const asTarget = (value: Numbers): TypedTarget => (typeof value === "number" ? { scalar: value } : { vector: value })
const asPrediction = (value: Numbers): TypedPrediction => (typeof value === "number" ? { scalar: value } : { vector: value })

const read = ({ predictions }: ScoreFiles, { undefined_values = "scikit-learn", format }: TimeSeriesFileOptions) => {
  const csv = (format ?? (/\.csv$/i.test(predictions.name) ? "csv" : "json")) === "csv"
  const list = csv ? readCsvRows(predictions) : readScoreRows(predictions, codes, rowKeys)
  if (!list.ok) return { ok: false, diagnostics: cappedDiagnostics(list.diagnostics, codes.more) } as const
  const mistakes: Array<ScoreMistake> = [...list.mistakes]
  const scored: Array<Scored> = []
  let form: string | undefined
  for (const { offset, fields, sample_id, sound } of list.rows) {
    if (!sound) continue
    const wrong = (field: string, message: string, expected: string, help?: string): void => {
      const actual = showValue(fields[field])
      mistakes.push({ code: codes.row, offset, sample_id, field, message, expected, actual, ...(help === undefined ? {} : { help }) })
    }
    const { target, prediction } = fields
    if (!isNumbers(target)) {
      const help = Array.isArray(target) && target.some(isScoreFields) ? "events are scored by --pack time-series-events" : undefined
      wrong("target", "this is no target", "a number, or a list of numbers that is not empty", help)
      continue
    }
    form ??= formOf(target)
    if (formOf(target) !== form)
      wrong("target", "this target is unlike the first one", form, "score samples of different forms from files of their own")
    else if (prediction === null) scored.push({ sample_id, target: asTarget(target), prediction: { abstain: { reason: null } } })
    else if (!isNumbers(prediction)) wrong("prediction", "this is no answer", `${form}, or null for no answer`)
    else if (formOf(prediction) !== form) wrong("prediction", "this answer is unlike its target", form)
    else scored.push({ sample_id, target: asTarget(target), prediction: asPrediction(prediction) })
  }
  if (mistakes.length > 0) return { ok: false, diagnostics: cappedDiagnostics(scoreDiagnostics(list.text, mistakes), codes.more) } as const
  return {
    ok: true,
    options: { undefined_values },
    context: { output_type: form === "a number" ? "scalar" : "vector", classes: [] },
    scored,
    missing: []
  } as const
}

export const timeSeriesFiles: MetricFiles<TimeSeriesOptions, TimeSeriesFileOptions> = {
  about: {
    predictions:
      'a JSON array of {"sample_id": text, "target": number or list of numbers, "prediction": the same, or null where there is no answer}; or CSV with the columns sample_id,target,prediction',
    targets: "none: the targets stand beside the predictions"
  },
  targets: "none",
  decodeOptions: optionsFrom(FileOptions),
  read,
  names: {
    mae: "mae",
    mse: "mse",
    rmse: "rmse",
    mape: "mape",
    r2: "r2",
    explained_variance: "explained_variance",
    max_error: "max_error",
    median_ae: "median_ae",
    bias: "bias",
    rmse_of_mean: "rmse_of_mean",
    answered: "answered"
  }
}
