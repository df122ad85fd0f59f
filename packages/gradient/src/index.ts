/** Deterministic FP32 tensors in WebAssembly, reverse-mode differentiation, and what is built on them. */

export { CheckpointError, type CheckpointExtras, type Restored, restoreCheckpoint, saveCheckpoint } from "./Checkpoint.ts"
export { clipByNorm } from "./Clip.ts"
export { type Device, openDeviceOf } from "./Device.ts"
export { GradientError } from "./GradientError.ts"
export { type Fans, type Fill, filledWith, Init, initialValues, PlainInit, plainValues } from "./Initialise.ts"
export type { AdamNumbers, Kernels } from "./Kernels.ts"
export {
  defineLayer,
  type Flow,
  type Forward,
  gives,
  type Inside,
  type LayerDefinition,
  type LayerKind,
  type Maker,
  type Mode,
  type OpenLayer,
  type Pass,
  refuses,
  type ShapeResult,
  type Signal,
  shapeOf,
  type Tokens,
  type Values,
  valuesOf
} from "./LayerKind.ts"
export { layerKinds } from "./LayerKinds.ts"
export {
  defineLoss,
  IGNORED_CLASS,
  type Loss,
  type LossKind,
  type LossSpec,
  type LossValue,
  lossKinds,
  lossOf,
  type Target
} from "./Loss.ts"
export { type GradientLearnerOf, gradientLearner } from "./learner/gradientLearner.ts"
export { buildModel, type LayerSummary, type Model, type ModelInput } from "./Model.ts"
export { InputSpec, LayerSpec, ModelSpec, type SpecReport, specProblems, specReport } from "./ModelSpec.ts"
export { kernelModuleUrl, openDevice } from "./node.ts"
export { type Objective, type ObjectiveValue, type SupervisedBatch, supervised } from "./Objective.ts"
export {
  defineOptimiser,
  makeOptimiser,
  type Optimiser,
  type OptimiserKind,
  type OptimiserSpec,
  type OptimiserState,
  optimiserKinds
} from "./Optimiser.ts"
export {
  type ExpectedTensor,
  float32Bytes,
  float32Values,
  MAX_HEADER_BYTES,
  readSafetensors,
  SafetensorsError,
  type SafetensorsFile,
  type SafetensorsProblem,
  type SafetensorsRule,
  type StoredTensor,
  type TensorType,
  writeSafetensors
} from "./Safetensors.ts"
export { defineSchedule, type Schedule, type ScheduleKind, type ScheduleSpec, scheduleKinds, scheduleOf } from "./Schedule.ts"
export { SpecError, type SpecProblem, showProblem } from "./SpecProblem.ts"
export type { LossOptions, Padding, Pair, Tape, Windows } from "./Tape.ts"
export { elementsOf, type LossNode, type Node, type Parameter, type Shape, type Tensor } from "./Tensor.ts"
export {
  type FormerGradient,
  makeTraining,
  type StepResult,
  type Training,
  type TrainingHashes,
  type TrainingRequest,
  trainStep
} from "./TrainStep.ts"
export { restoreWeights, weightsBytes, weightsSha256 } from "./WeightsHash.ts"
