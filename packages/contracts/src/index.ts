/**
 * What a plugin author sees: contracts, axes, ports, host services, errors. Schemas and types; the little code there is only
 * wraps and checks them.
 */

export type { Figure } from "@feagi-trainer/charts"
export * from "./axis/Adapter.ts"
export * from "./axis/Coder.ts"
export * from "./axis/MetricPack.ts"
export * from "./axis/Options.ts"
export * from "./axis/Protocol.ts"
export * from "./axis/RewardPolicy.ts"
export * from "./axis/Sampler.ts"
export * from "./axis/Scored.ts"
export * from "./axis/TaskTemplate.ts"
export * from "./error/Diagnostic.ts"
export * from "./error/decodeStrict.ts"
export * from "./error/didYouMean.ts"
export * from "./error/formatDiagnostic.ts"
export * from "./error/mistakeDiagnostic.ts"
export * from "./error/TrainerError.ts"
export * from "./host/ApprovedRoots.ts"
export * from "./host/Rng.ts"
export * from "./host/Services.ts"
export * from "./learner/BrainBackend.ts"
export * from "./learner/Learner.ts"
export * from "./plugin/LoadedEntry.ts"
export * from "./plugin/PluginManifest.ts"
export * from "./wire/index.ts"
