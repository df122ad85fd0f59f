/** Training stages: a training config normalised to a stage config, four loops, and the port to what trains. */
// Hashes as everything here makes them, for who keeps the state of a loop.
export { canonical, hashOf, sha256Hex } from "@feagi-trainer/determinism"

export {
  type GradientModel,
  gradientTrainingClient,
  gradientTrainingClientLayer,
  gradientWeights,
  type NamedModel
} from "./client/GradientTrainingClient.ts"
export { type LocalModel, localSession } from "./client/localSession.ts"
export { makeNoopTrainingClient, NoopModel, type NoopTrainingClient, type RecordedCall } from "./client/NoopTrainingClient.ts"
export { BatchError, type ModelInput, type ModelShape, type OutputGradients, type Outputs } from "./client/Outputs.ts"
export {
  type LossReport,
  type OptimReport,
  type SampleRequest,
  SessionConfig,
  type SessionRequest,
  TrainingClient,
  type TrainingSession
} from "./client/TrainingClient.ts"
export {
  type ClassDataset,
  type ClassExample,
  type Dataset,
  type DatasetKind,
  datasetKinds,
  datasetSha256,
  type EnvironmentDataset,
  type PreferenceDataset,
  type PreferenceExample,
  type PromptDataset,
  type PromptExample,
  type SequenceDataset,
  type SequenceExample
} from "./data/Dataset.ts"
export { irMapping, type MappingRow } from "./ir/mapping.ts"
export {
  explainText,
  type FieldOrigin,
  type NormalizedStage,
  normalize,
  type Origin,
  type StageConfig,
  type StagePorts
} from "./ir/normalize.ts"
export { type StageConfigCode, StageConfigError, stageConfigCodes, toTrainerError } from "./ir/StageConfigError.ts"
export { type FieldNote, type FieldSchemas, Reference, type StageSpec, sessionFields, sessionNotes, type Values } from "./ir/StageSpec.ts"
export { TrainingConfig, type TrainingConfigField, trainingConfigFields } from "./ir/TrainingConfig.ts"
export { csv, jsonLine, jsonLines, type MetricRecord, readCsv, readJsonLines } from "./log/MetricText.ts"
export { generalisedAdvantages, rewardsToGo } from "./loops/Advantages.ts"
export { type DistillationConfig, distillationLoop } from "./loops/DistillationLoop.ts"
export { type DPOConfig, dpoLoop, memoryReferenceCache, type ReferenceCache } from "./loops/DPOLoop.ts"
export { LearningRateSchedule, learningRateOf } from "./loops/LearningRate.ts"
export { type LoopConfig, type LoopParts, makeLoop, runLoop, type StepReport, type TrainingLoop } from "./loops/Loop.ts"
export { type RLConfig, rlLoop } from "./loops/RLLoop.ts"
export { evaluatePolicy, openWorld, type World } from "./loops/Rollout.ts"
export { type SupervisedConfig, supervisedLoop } from "./loops/SupervisedLoop.ts"
export type { LossBatch, LossName } from "./loss/LossBatch.ts"
export { type Loss, lossOf } from "./loss/lossOf.ts"
export { DatasetStore, memoryDatasetStore, memoryDatasetStoreLayer } from "./port/DatasetStore.ts"
export { type LoggerKind, MetricLogger, type OpenLog, teeLogger, textLogger } from "./port/MetricLogger.ts"
export { exp, logSoftmax, sigmoid } from "./scalar/Scalar.ts"
export { Distillation } from "./stages/Distillation.ts"
export { DPOTrain } from "./stages/DPOTrain.ts"
export { RLTrain } from "./stages/RLTrain.ts"
export {
  makeStage,
  type OpenStage,
  portsOfContext,
  type Stage,
  type StageParts,
  type StageResult,
  sessionConfigOf
} from "./stages/Stage.ts"
export { SupervisedTrain } from "./stages/SupervisedTrain.ts"
