/** Brains as inputs: what a genome says, what grew of it, and how two brains differ. */
export * from "./BrainDevelopment.ts"
export { brainInput, fromHex, type PinnedBrain, toHex } from "./brainInput.ts"
export { diffGenomes, type GenomeDifference } from "./diffGenomes.ts"
export { diffSynapses, type MappingSynapses, type Place, type SynapseChange, type SynapseCounts, type SynapseDiff } from "./diffSynapses.ts"
export {
  canonicalGenomeHash,
  type Genome,
  type GenomeDocument,
  ignoredMembers,
  knownVersion,
  type ReadGenome,
  readGenome
} from "./Genome.ts"
export { type GenomeView, genomeView, type ViewedArea, type ViewedMapping } from "./genomeView.ts"
export { openRunData, type RunData } from "./openRunData.ts"
