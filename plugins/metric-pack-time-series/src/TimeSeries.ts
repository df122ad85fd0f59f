/**
 * The metric pack `time-series`: one number, or a list of numbers, per sample against the one that was to be said.
 *
 * Sharp edges: an abstention has no error. It is left out of every error and stands in `answered` and `abstained`; read them together,
 * because a learner that keeps silent on what is hard has small errors. Vectors of one dataset have one length.
 */
import { type MetricContext, MetricPack, type MetricResult, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { Chunk } from "effect"
import { byError, type ErrorValues, errorsOf, noErrors } from "./Errors.ts"
import { outputsFigure, residualFigure, scatterFigure } from "./Figures.ts"
import { decodeTimeSeriesOptions, type TimeSeriesOptions } from "./Options.ts"
import { addPair, columnsOf, mergePairs, type NumericType, noPairs, Pairs } from "./Rows.ts"
import { timeSeriesFiles } from "./TimeSeriesFiles.ts"
import { timeSeriesSignature } from "./timeSeriesSignature.ts"
import { reported, shares } from "./Values.ts"

const numericType = ({ output_type }: MetricContext): NumericType => {
  if (output_type === "scalar" || output_type === "vector") return output_type
  throw new RangeError(`the metric pack time-series scores output type scalar or vector, not ${JSON.stringify(output_type)}`)
}

const noneAnswered = (abstained: number): string => (abstained === 0 ? "no sample was scored" : "every sample was abstained from")

/** Also of no row, where an output without a number says why. */
const valuesOf = (
  type: NumericType,
  outputs: ReadonlyArray<ErrorValues>,
  answered: number,
  abstained: number
): Readonly<Record<string, MetricValue>> => {
  const known = outputs.length === 0 ? [noErrors(noneAnswered(abstained))] : outputs
  return { ...shares(answered, abstained), ...reported(type === "vector" && outputs.length > 0, known) }
}

const resultOf = ({ undefined_values }: TimeSeriesOptions, type: NumericType, pairs: Pairs): MetricResult => {
  const rows = Chunk.toReadonlyArray(pairs.rows)
  if (rows.length === 0) {
    const silent = noErrors(noneAnswered(pairs.abstained))
    return {
      values: valuesOf(
        type,
        Array.from({ length: pairs.outputs ?? 0 }, () => silent),
        0,
        pairs.abstained
      ),
      figures: []
    }
  }
  const columns = columnsOf(rows, pairs.outputs ?? 0)
  const outputs = columns.columns.map((column) => errorsOf(column, byError(column), undefined_values))
  return {
    values: valuesOf(type, outputs, rows.length, pairs.abstained),
    figures: [scatterFigure(columns), ...residualFigure(columns), ...(type === "vector" ? [outputsFigure(outputs)] : [])]
  }
}

/** Atom 0 is all abstentions; the answered samples follow in the order of the columns, one atom each. */
const atomsOf = ({ undefined_values }: TimeSeriesOptions, type: NumericType, samples: ReadonlyArray<Scored>) => {
  const pairs = samples.reduce(addPair(type), noPairs)
  const { columns, placeOf, count } = columnsOf(Chunk.toReadonlyArray(pairs.rows), pairs.outputs ?? 0)
  const orders = columns.map(byError)
  const atomOf = new Uint32Array(samples.length)
  let answered = 0
  for (const [index, { prediction }] of samples.entries()) {
    if ("abstain" in prediction) continue
    atomOf[index] = 1 + (placeOf[answered] ?? 0)
    answered += 1
  }
  return {
    count: count + 1,
    atomOf,
    values: (multiplicity: Uint32Array): Readonly<Record<string, MetricValue>> => {
      const abstained = multiplicity[0] ?? 0
      const times = multiplicity.subarray(1)
      const present = times.reduce((total, each) => total + each, 0)
      const silent = present === 0 ? noErrors(noneAnswered(abstained)) : undefined
      const known = present + abstained === 0 ? [] : columns
      const outputs = known.map(
        (column, output) => silent ?? errorsOf(column, orders[output] ?? new Uint32Array(), undefined_values, times)
      )
      return valuesOf(type, outputs, present, abstained)
    }
  }
}

export const timeSeries = MetricPack.define({
  id: "time-series",
  output_types: ["scalar", "vector"],
  decodeOptions: decodeTimeSeriesOptions,
  state: Pairs,
  signature: timeSeriesSignature,
  // What has no direction is not listed: bias has its best value in the middle, rmse_of_mean says what the data is like.
  directions: {
    mae: "lower-is-better",
    mse: "lower-is-better",
    rmse: "lower-is-better",
    mape: "lower-is-better",
    median_ae: "lower-is-better",
    max_error: "lower-is-better",
    r2: "higher-is-better",
    explained_variance: "higher-is-better",
    answered: "higher-is-better",
    abstained: "lower-is-better"
  },
  start: (options: TimeSeriesOptions, context) => {
    const type = numericType(context)
    return { empty: noPairs, add: addPair(type), merge: mergePairs, result: (pairs: Pairs) => resultOf(options, type, pairs) }
  },
  atoms: (options: TimeSeriesOptions, context, samples) => atomsOf(options, numericType(context), samples),
  files: timeSeriesFiles
})
