/** A brain as one learner, the family that the orchestrator knows, and what can be seen of a brain and its code without a run. */
export {
  areaCode,
  type BindingRequest,
  type BindingResult,
  channelsOf,
  featureNames,
  featureValues,
  type InputChannel,
  type OpenBinding,
  openBinding
} from "./Binding.ts"
export { type BrainLearnerRequest, makeBrainLearner } from "./BrainLearner.ts"
export { brainFamily } from "./brainFamily.ts"
export { type DevelopmentRequest, developBrain } from "./Development.ts"
export {
  type Collision,
  type EncodedSample,
  type EncodingReport,
  type EncodingTally,
  entropyBits,
  type FeatureKept,
  type Kept,
  makeEncodingTally
} from "./EncodingTally.ts"
export { encodingReport } from "./encodingReport.ts"
export { Section as BrainSection } from "./Section.ts"
export { readSnapshot, type Snapshot } from "./Snapshot.ts"
