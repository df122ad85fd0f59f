/** Predictions and a versioned protocol in; metrics, statistics, comparison and the Scorecard out. Pure. */
export { checkConfidence, normalCritical, normalWithin, studentCritical, studentWithin } from "./Critical.ts"
export * from "./Identity.ts"
export { interquartileMean, interquartileMeanOf } from "./Iqm.ts"
export { mcNemarExact } from "./McNemar.ts"
export * from "./MetricStat.ts"
export {
  comparePaired,
  isCorrect,
  type PairedComparison,
  type PairedOptions,
  type PairedVerdict,
  type Pairing,
  pairBySample,
  quantile
} from "./Paired.ts"
export { comparePairedMetrics, type PairedMetric, type PairedMetricsRequest, type PairedMetricsResult } from "./PairedMetrics.ts"
export * from "./Score.ts"
export * from "./Scorecard.ts"
export { type Interval, wilsonInterval } from "./Wilson.ts"
