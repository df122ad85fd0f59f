/**
 * The one choice of the pack `time-series`: what stands where a formula divides by zero. It has no default in a run file, because it
 * changes numbers. Sharp edge: with `scikit-learn` a MAPE over a target of 0 is a number of the size of 1e15, as it is there.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/**
 * `insufficient`: no value; the reason says what was zero.
 * `scikit-learn`: the number that scikit-learn gives: a target below 2^-52 counts as 2^-52 in MAPE; R² and explained variance of equal
 * targets are 1 where no error is left and 0 elsewhere. Where scikit-learn gives no number either, there is none.
 */
export const UndefinedValues = Schema.Literals(["insufficient", "scikit-learn"])
export type UndefinedValues = typeof UndefinedValues.Type

export const TimeSeriesOptions = Schema.Struct({ undefined_values: UndefinedValues })
export type TimeSeriesOptions = typeof TimeSeriesOptions.Type

export const decodeTimeSeriesOptions = optionsFrom(TimeSeriesOptions)
