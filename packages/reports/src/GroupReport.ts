/**
 * What a report is made of: plain data about one run group, collected from stored results. Sharp edge: every number in a report stands here
 * already; the package formats, it adds up nothing but the cells of confusion matrices. What is not known is `null` or says why it is
 * insufficient, and no field has a default.
 */
import type { Figure, MatrixFigure } from "@feagi-trainer/charts"
import type { InsufficientData, MetricStat, MetricValue } from "@feagi-trainer/contracts"

/** A metric over the seeds of a condition, or why there is none. */
export type SeedStatistic = MetricStat | InsufficientData

export interface ReportDataset {
  readonly id: string
  readonly asset_id: string
  readonly content_hash: string
  readonly samples: number
  /** Input values per sample; left out where a sample is no row of numbers. */
  readonly features?: number
  /** Labels of the declared classes, in their order; where there are none, nothing is said of classes. */
  readonly classes: ReadonlyArray<string>
  readonly licence?: string
}

export interface ReportProtocol {
  readonly id: string
  readonly version: number
  readonly phases: ReadonlyArray<{ readonly name: string; readonly split: string; readonly learns: boolean; readonly scored: boolean }>
  /** The scored phase whose values the report is about. */
  readonly reported_phase: string
  /** Whether all seeds saw the same split. It decides what the interval over seeds can say. */
  readonly split: "shared-by-seeds" | "drawn-per-seed"
}

export interface PrimaryMetric {
  readonly name: string
  readonly direction: "higher-is-better" | "lower-is-better"
  /** Least and greatest possible value; left out when unbounded. */
  readonly range?: readonly [least: number, greatest: number]
}

export interface ReportPhase {
  readonly phase: string
  readonly samples: number
  /** Hash of what was learned, at the end of the phase; `null` when the phase did not end. */
  readonly learned_hash: string | null
  readonly predictions_sha256: string | null
  /** `null` when the phase is not scored. */
  readonly scorecard_id: string | null
  readonly scorecard_body_sha256: string | null
  /** Metric name → value, such as `accuracy`, `f1/macro`, `recall/setosa`; empty when the phase is not scored. */
  readonly metrics: Readonly<Record<string, MetricValue>>
}

/** A value per epoch; epochs count up. */
export interface EpochValue {
  readonly epoch: number
  readonly value: MetricValue
}

/** Means over the training answers of one epoch: what the task gave, and what the reward policy made of it before it became events. */
export interface EpochReward {
  readonly epoch: number
  readonly raw: number
  readonly shaped: number
}

/** Means over a window of optimiser steps; a window of one step holds its values. */
export interface MeasureWindow {
  /** The last optimiser step of the window; steps count up from 1. */
  readonly step: number
  /** Measure, such as `loss`, → mean over the steps that have it; one that no step has is left out. */
  readonly means: Readonly<Record<string, number>>
}

/** What the optimiser told of its steps, thinned where there are many of them. */
export interface ReportTraining {
  readonly steps: number
  /** Steps in a window; the last one may have fewer. */
  readonly window: number
  readonly windows: ReadonlyArray<MeasureWindow>
}

/** The primary metric of a part that was answered behind an epoch, without learning. */
export interface EpochValidation extends EpochValue {
  readonly part: string
  /** The training ended here, before its last epoch, because the part was answered no better any more. */
  readonly stops: boolean
}

/** What a phase cost on one machine. No metric is made of it. */
export interface ReportCost {
  readonly phase: string
  readonly figures: ReadonlyArray<{
    readonly name: string
    readonly value: number
    /** `1` for a share. */
    readonly unit: string
    readonly label: "measured" | "estimated"
    /** What an estimate rests on. */
    readonly model?: string
  }>
}

export interface ReportRun {
  readonly run_id: string
  /** Decimal digits. */
  readonly seed: string
  readonly status: string
  readonly spec_sha256: string
  readonly predictions_sha256: string | null
  readonly phases: ReadonlyArray<ReportPhase>
  /** What makes the run less than one that went through, such as "phase train ended behind 10 of 90 samples". */
  readonly marks?: ReadonlyArray<string>
  /** Empty when none was recorded. */
  readonly learning_curve: ReadonlyArray<EpochValue>
  /** By epoch; left out where the learner told no rewards. */
  readonly reward_curve?: ReadonlyArray<EpochReward>
  /** Left out where the learner has no optimiser that told of its steps. */
  readonly training?: ReportTraining
  /** By epoch; left out where nothing was measured between the epochs. */
  readonly validations?: ReadonlyArray<EpochValidation>
  /** By phase; left out where nothing was recorded. */
  readonly cost?: ReadonlyArray<ReportCost>
  /** Counts of the reported phase; rows are the truth. All runs of a condition have the same categories. */
  readonly confusion?: MatrixFigure
  /** What else the metric pack draws of the reported phase; left out where it draws nothing else. */
  readonly figures?: ReadonlyArray<Figure>
}

export interface ReportCondition {
  /** `recipe`, `shuffled-labels`, `silent-reward` or another name that is unique in the group. */
  readonly id: string
  readonly role: "recipe" | "control"
  readonly title: string
  /** One sentence: what this condition does. */
  readonly description: string
  readonly runs: ReadonlyArray<ReportRun>
  /** Metric name → statistic of the reported phase over the seeds. */
  readonly stats: Readonly<Record<string, SeedStatistic>>
  /** Interquartile mean over the seeds of every metric, where it was computed. */
  readonly iqm?: Readonly<Record<string, MetricValue>>
  /** The learning curves of all seeds together, by epoch; empty when none was recorded. */
  readonly learning_curve: ReadonlyArray<{ readonly epoch: number; readonly stat: SeedStatistic }>
}

export interface ReportReplay {
  readonly verdict: "EQUAL" | "INPUT_CHANGED" | "DIVERGED"
  readonly run_id: string
  /** What was compared, such as "every prediction". */
  readonly compared: ReadonlyArray<string>
  /** Where it first differs, or which input changed. */
  readonly detail?: string
}

export interface ReportGate {
  readonly name: string
  /** The condition as text, such as "accuracy at least 0.9". */
  readonly bound: string
  readonly value: MetricValue
  readonly passed: boolean
}

export interface ReportPrecondition {
  readonly name: string
  readonly state: "verified" | "asserted" | "unknown"
  readonly detail: string
}

/** Facts under one heading, in the order they are shown. A value that is a SHA-256 is shown as one. */
export interface FactSection {
  readonly title: string
  readonly facts: ReadonlyArray<{ readonly name: string; readonly value: string | number }>
}

export interface GroupReport {
  readonly schema_version: 1
  readonly title: string
  readonly group_id: string
  readonly trainer_version: string
  /** One sentence: what the group was run to find out. */
  readonly question: string
  readonly dataset: ReportDataset
  readonly protocol: ReportProtocol
  readonly primary_metric: PrimaryMetric
  /** Metrics shown per seed beside the primary one. */
  readonly further_metrics: ReadonlyArray<string>
  /** How the intervals were made, such as "Student's t over the seeds". */
  readonly interval_method: string
  /** What a learning curve measures, such as "online accuracy", and one sentence about it. */
  readonly learning_measure: { readonly label: string; readonly description: string }
  /** What the learned hash is a hash of: `connectome` or `weights`. */
  readonly learned_state: string
  /** Exactly one recipe, any number of controls. */
  readonly conditions: ReadonlyArray<ReportCondition>
  /** Scores of the primary metric that need no learning, such as always answering the most frequent class. */
  readonly baselines: ReadonlyArray<{ readonly name: string; readonly value: number; readonly detail: string }>
  readonly gates: ReadonlyArray<ReportGate>
  readonly replay?: ReportReplay
  readonly preconditions: ReadonlyArray<ReportPrecondition>
  /** Versions, plugins with their file hashes, genome and split hashes, schedule, reward. */
  readonly provenance: ReadonlyArray<FactSection>
  /** The machine and the runtime: shown, and part of no hash. */
  readonly envelope: ReadonlyArray<{ readonly name: string; readonly value: string | number }>
  /** What was done, as nested plain data; shown with dotted names in code-unit order. */
  readonly treatment: Readonly<Record<string, unknown>>
  /** Commands that repeat the group, one per line. */
  readonly commands: ReadonlyArray<string>
}

/** Whether a value or statistic is missing for a reason. */
export const isMissing = <A extends MetricValue | SeedStatistic>(value: A): value is A & InsufficientData =>
  typeof value === "object" && "insufficient" in value
