/** Predictions and a versioned protocol in; metrics, statistics, comparison and the Scorecard out. Pure. */
export { type AtomIntervals, type AtomIntervalsRequest, atomIntervals, atomsOf } from "./AtomIntervals.ts"
export * from "./Attestation.ts"
export { type BootstrapRequest, bootstrapInterval, type IntervalMethod, type LeftOut } from "./BootstrapInterval.ts"
export {
  type CompareAllRequest,
  type CompareAllResult,
  type ComparedPair,
  compareAll,
  type FamilyMetric,
  type NamedRun
} from "./CompareAll.ts"
export { checkConfidence, normalCritical, normalWithin, studentCritical, studentWithin } from "./Critical.ts"
export { cohenDz, type DiscordantEffect, discordantEffect } from "./Effects.ts"
export { type FairnessReport, type FairnessRequest, fairness } from "./Fairness.ts"
export * from "./GenomeEvaluation.ts"
export {
  type CalibrationBin,
  type GroupCalibration,
  type GroupCalibrationReport,
  type GroupCalibrationRequest,
  groupCalibration
} from "./GroupCalibration.ts"
export {
  type Disparity,
  type Estimate,
  type GroupMetricsRequest,
  type GroupOptions,
  type GroupReport,
  type GroupValues,
  groupMetrics
} from "./Groups.ts"
export { holm } from "./Holm.ts"
export * from "./Identity.ts"
export { type InterquartileMean, interquartileMean, interquartileMeanInterval, interquartileMeanOf } from "./Iqm.ts"
export { mcNemarExact } from "./McNemar.ts"
export { type MetricIntervalsRequest, metricIntervals } from "./MetricIntervals.ts"
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
export {
  comparePairedMetrics,
  type PairedMetric,
  type PairedMetricsRequest,
  type PairedMetricsResult
} from "./PairedMetrics.ts"
export { upstreamRepeatSeed } from "./RepeatSeed.ts"
export * from "./Score.ts"
export * from "./Scorecard.ts"
export { type FilesScore, type FilesScored, scoreFiles } from "./ScoreFiles.ts"
export { shareIntervals } from "./ShareIntervals.ts"
export { type Complex, decibels, energyDrift, fft, inverseFft, powerSpectrum, type SpectrumLine } from "./Spectrum.ts"
export { checkVectors, packsOfVectors } from "./Vectors.ts"
export { type Wilcoxon, wilcoxonSignedRank } from "./Wilcoxon.ts"
export { type Interval, wilsonInterval } from "./Wilson.ts"
