/**
 * Dream pool as an input: samples that another part made up for a training, beside those of the dataset. They are for learning alone: no
 * part of a split holds one, and nothing is measured on them.
 *
 * Sharp edge: the pool is complete and fixed before a run begins, and one hash names all of it. A pool that grows is another pool.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { TrainerError } from "../error/TrainerError.ts"
import type { IRSample } from "../wire/index.ts"

export interface PoolEntry {
  readonly sample_id: string
  /** SHA-256 (64 hex digits) of the bytes of the sample. */
  readonly sha256: string
}

export interface DreamPoolContent {
  readonly name: string
  /** SHA-256 (64 hex digits) of the manifest, which names the content of every sample: for the run document. */
  readonly sha256: string
  /** In the order of the code units of their ids, each id once. */
  readonly entries: ReadonlyArray<PoolEntry>
  /** A sample with its target. Fails with reason `integrity` when its bytes are not those of its hash, `invalid` for an id that is not there. */
  readonly read: (sample_id: string) => Effect.Effect<IRSample, TrainerError>
}

export class DreamPool extends Context.Service<DreamPool, DreamPoolContent>()("@feagi-trainer/contracts/DreamPool") {}
