/**
 * The thin core: what is installed, what a run file means, how a run goes from phase to phase, and whether two results are the same
 * or may be compared. It knows the axes and the ports, and no plugin.
 */
export * from "./binding/registry.ts"
export * from "./binding/schemes.ts"
export * from "./brain/index.ts"
export * from "./campaign/index.ts"
export { Catalogue, type CatalogueEntry, makeCatalogue, type PluginPackage } from "./catalogue/Catalogue.ts"
export { installedPackages } from "./catalogue/installedPackages.ts"
export { type BiasReport, type BiasRequest, biasReport, type ClassFairness } from "./compare/biasReport.ts"
export { type ComparedRun, recordedRun, scoredAnswers, storedRun } from "./compare/ComparedRun.ts"
export { type ComparableRuns, comparableRuns, knownComparands, type RunsAlike } from "./compare/comparableRuns.ts"
export { comparandOf, type Execution } from "./compare/comparand.ts"
export { type AgainstBaseline, type CompareRunsOptions, compareRuns, type RunComparison, scoredPhase } from "./compare/compareRuns.ts"
export { documentDifferences, type FieldRole, fieldsOf, roleOf } from "./compare/documentFields.ts"
export { measuringPack } from "./compare/measuringPack.ts"
export { type SampleChange, type SampleChanges, type SampleJudge, sampleChanges } from "./compare/sampleChanges.ts"
export { type FieldValues, fieldValues, mostGroups } from "./compare/sampleFields.ts"
export { bySliceName, type Labelled, type Slice, type SliceMetric, type SliceTable, slicesBy } from "./compare/slices.ts"
export * from "./dataset/index.ts"
export * from "./port/BlobStore.ts"
export * from "./port/FactsCache.ts"
export * from "./port/HostUsage.ts"
export * from "./port/Indexer.ts"
export * from "./port/Registry.ts"
export * from "./port/Roots.ts"
export * from "./port/RunJournal.ts"
export * from "./port/RunObserver.ts"
export * from "./port/Scorecards.ts"
export * from "./port/UserMarks.ts"
export * from "./query/index.ts"
export * from "./registry/RegisteredScan.ts"
export * from "./registry/scanDataset.ts"
export { type Divergence, type Recording, type ReplayNotes, type ReplayVerdict, replayRun } from "./replay/replayRun.ts"
export { readPreconditions } from "./run/benchmark.ts"
export { type ChangedInput, checkPins, idsOf, pinnedDataset, readParts } from "./run/checkPins.ts"
export { type DatasetReader, openDataset, openRoot } from "./run/DatasetReader.ts"
export type { ExperienceSource, Lived, Pass } from "./run/ExperienceSource.ts"
export { type ExecuteServices, executeRun } from "./run/executeRun.ts"
export { affectCount, feedbackCount, feedbackText } from "./run/Feedback.ts"
export { findVersion } from "./run/findVersion.ts"
export { type LoadedPack, loadPack } from "./run/loadPack.ts"
export { type MadePart, type MadeParts, makeParts, type SplitSource } from "./run/makeParts.ts"
export { type MixedBatch, type MixedVisit, mixed, pooledCount } from "./run/mixed.ts"
export { type ScoredPhase, scorePhase } from "./run/phase/evaluatePhase.ts"
export { phaseTotal } from "./run/phaseProgress.ts"
export { type PlannedRun, type PlanRequest, plan } from "./run/plan.ts"
export { type PhaseCost, type PlanCost, planCost } from "./run/planCost.ts"
export { predictionsHash } from "./run/predictionsHash.ts"
export { type EpochReward, readReward, rewardsByEpoch, rewardsHash, type StoredReward } from "./run/Rewards.ts"
export type { RunMarks } from "./run/RunContext.ts"
export { documentBytes, type PinnedPart, part, type RunDocument, readDocument, specHash, streams } from "./run/RunDocument.ts"
export { RunFile } from "./run/RunFile.ts"
export {
  type BrainMutation,
  type EventPayloads,
  type InexactContinuation,
  isOver,
  isReplayable,
  knowsRewards,
  type PartialPhase,
  type PhaseSkip,
  type PhaseState,
  partialPhases,
  type RunState,
  type RunStatus,
  stateOf
} from "./run/RunState.ts"
export { followEveryMillis, numberOf, type RunEventsOptions, runEvents } from "./run/runEvents.ts"
export { carryOn, createRun, documentOf, nothingToResume, type RunResult, type RunView, requestRun, resultOf, viewRun } from "./run/runs.ts"
export { type ActivityRequest, type SampleActivity, sampleActivity } from "./run/sampleActivity.ts"
export { readAnswer, type StoredAnswer, scoredAnswer } from "./run/storedAnswer.ts"
export { energyModel, type PhaseTelemetry, type TelemetryFigure, telemetryOf } from "./run/Telemetry.ts"
export { trainerVersion } from "./version.ts"
export { type ContractFile, contractDocuments } from "./wire/contractDocuments.ts"
export { genomeEvaluationOfRun, genomeSchemaVersion, type Objective, readGenomeEvaluation } from "./wire/genomeEvaluation.ts"
