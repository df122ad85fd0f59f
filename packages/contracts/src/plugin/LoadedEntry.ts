/** An entry of a plugin after its module was loaded: what it is, where it came from, and the object itself. */
import type * as Effect from "effect/Effect"
import type { Adapter } from "../axis/Adapter.ts"
import type { Decoder, Encoder } from "../axis/Coder.ts"
import type { Environment } from "../axis/Environment.ts"
import type { MetricPack } from "../axis/MetricPack.ts"
import type { Protocol } from "../axis/Protocol.ts"
import type { RewardPolicy } from "../axis/RewardPolicy.ts"
import type { Sampler } from "../axis/Sampler.ts"
import type { TaskTemplate } from "../axis/TaskTemplate.ts"
import type { Transform } from "../axis/Transform.ts"
import type { TrainerError } from "../error/TrainerError.ts"
import type { BrainBackend } from "../learner/BrainBackend.ts"
import type { LearnerPlugin } from "../learner/Learner.ts"
import type { PluginRef } from "../wire/index.ts"
import type { EntryManifest } from "./PluginManifest.ts"

/**
 * Any entry. The type parameters of an entry belong to its author; the host only ever passes back what the entry itself decoded,
 * which is why they are open here.
 */
// biome-ignore lint/suspicious/noExplicitAny: options and states are opaque to the host, see above
type Open = any

export interface EntryOf {
  readonly adapter: Adapter<Open>
  readonly sampler: Sampler<Open>
  readonly encoder: Encoder<Open, Open>
  readonly decoder: Decoder<Open>
  readonly reward: RewardPolicy<Open, Open>
  readonly "metric-pack": MetricPack<Open, Open, Open>
  readonly protocol: Protocol
  readonly transform: Transform<Open, Open>
  readonly "task-template": TaskTemplate<Open>
  readonly "brain-backend": BrainBackend<Open>
  readonly environment: Environment<Open, Open>
  readonly learner: LearnerPlugin
}
export type EntryKind = keyof EntryOf
export type AnyEntry = EntryOf[EntryKind]

export interface LoadedEntry<Kind extends EntryKind = EntryKind> {
  /** `{id: "<package>#<id>", version: <package version>}`. */
  readonly ref: PluginRef
  readonly manifest: EntryManifest
  readonly entry: EntryOf[Kind]
}

/** Finds an installed entry by `id` or `package#id` and loads it; what is found is of the kind that was asked for. */
export type EntryLookup = <Kind extends EntryKind>(kind: Kind, reference: string) => Effect.Effect<LoadedEntry<Kind>, TrainerError>
