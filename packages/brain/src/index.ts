/** A brain as one learner, and the family that the orchestrator knows. */
export { type BrainLearnerRequest, makeBrainLearner } from "./BrainLearner.ts"
export { brainFamily } from "./brainFamily.ts"
export { Section as BrainSection } from "./Section.ts"
