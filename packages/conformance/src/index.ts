/** Law suites for every axis and port, and a learner to measure others by. The host's own plugins run the same suites. */
export type { AdapterSubject, CorruptFiles } from "./AdapterSubject.ts"
export { accepts } from "./accepts.ts"
export { adapterLaws } from "./adapterLaws.ts"
export { LawBroken } from "./Broken.ts"
export { type BrainBackendSubject, brainBackendLaws } from "./brainBackendLaws.ts"
export { capabilityLaws } from "./capabilityLaws.ts"
export { type DecoderSubject, decoderLaws, type EncoderSubject, encoderLaws } from "./coderLaws.ts"
export {
  referenceScheme,
  type SchemeCoder,
  type SchemeConfigs,
  type SchemeName,
  type SpikeWindow,
  schemeStep
} from "./EncodingSchemes.ts"
export type { MetricFilesCase } from "./fileLaws.ts"
export { type ConformanceReport, checkLaws, describeLaws, kitVersion, type Law, type Runner } from "./Law.ts"
export { type LearnerSubject, learnerLaws } from "./learnerLaws.ts"
export { manifestLaws } from "./manifestLaws.ts"
export { type MemoryIndex, memoryIndex } from "./memoryIndex.ts"
export { type MemoryFiles, memoryRoot } from "./memoryRoot.ts"
export { type MetricPackSubject, type MetricReference, metricPackLaws } from "./metricPackLaws.ts"
export { type ProtocolSubject, protocolLaws } from "./protocolLaws.ts"
export { clockLearner, referenceLearner, referenceSession } from "./ReferenceLearner.ts"
export { type RewardSubject, rewardLaws } from "./rewardLaws.ts"
export { classOutcomes, classSamples, episodeOutcomes } from "./Samples.ts"
export { drawnIndex, epochRng, type GoldenOrder, type SamplerSubject, samplerLaws } from "./samplerLaws.ts"
export { type SchemeSubject, schemeLaws } from "./schemeLaws.ts"
export { type SchemeVector, type SchemeVectors, schemeVectors } from "./schemeVectors.ts"
export { type ShapingSubject, shapingLaws } from "./shapingLaws.ts"
export { actionValues, type Bonus, bestActions, drawnMdp, type TabularMdp, type Transition } from "./TabularMdp.ts"
export { type GoldenOutput, type TransformSubject, transformLaws, transformRng } from "./transformLaws.ts"
