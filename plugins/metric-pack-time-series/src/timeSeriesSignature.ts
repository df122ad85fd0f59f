/** Every convention of the pack `time-series` in one line. Sharp edge: what changes a number here becomes `time-series:2`. */
import type { TimeSeriesOptions } from "./Options.ts"

const conventions = {
  insufficient: ["mape=mean(|error|/|target|),zero-target=insufficient", "constant-target=insufficient", "r2,explained_variance=2-samples"],
  "scikit-learn": [
    "mape=mean(|error|/max(|target|,2^-52))",
    "constant-target=1-if-no-error-else-0",
    "r2=2-samples,explained_variance=1-sample"
  ]
} as const

export const timeSeriesSignature = ({ undefined_values }: TimeSeriesOptions): string =>
  [
    "time-series:1",
    "error=prediction-target",
    "abstention=left-out,counted-in-answered",
    `undefined-values=${undefined_values}`,
    ...conventions[undefined_values],
    "median=mean-of-the-middle-two",
    "rmse_of_mean=population",
    "vector=mean-of-outputs,max_error=largest-of-outputs"
  ].join("|")
