/**
 * The real FEAGI engine in one WebAssembly module, and a host that gives it time and chance. Runs in Node, in workers and in
 * browsers; `./node` has the loader for Node.
 */
export {
  type BindOptions,
  Brain,
  type BrainActivity,
  type BrainArea,
  type BrainInfo,
  type BrainMapping,
  type BrainModulator,
  type BrainSynapses,
  type BrainWeights,
  type Budget,
  type DevelopOptions,
  type FeedbackEvent,
  type Firing,
  type HashPart,
  type Presentation,
  type Target,
  type Timing,
  type Voxel,
  type VoxelsOfArea
} from "./Brain.ts"
export { CoderBench, type VoxelColumns } from "./CoderBench.ts"
export { CoderSession, type CoderSessionOptions, type CoderVoxels, type DecodedChannel } from "./CoderSession.ts"
export { EngineError, type EngineErrorKind } from "./EngineError.ts"
export { EngineModule, type EngineVersion, type GenomeReport } from "./EngineModule.ts"
export { type AreaLayout, type CoderLayout, EngineTools, type UnitLayout } from "./EngineTools.ts"
export { engineModuleUrl } from "./ModuleUrl.ts"
export type { RandomSource } from "./RandomSource.ts"
export { type CoderProperties, type Registrations, registrations, type UnitRegistration } from "./Registrations.ts"
export type { ChannelRef, NumberRange, SampleNumbers } from "./Samples.ts"
export type { WasmModule } from "./Wasm.ts"
