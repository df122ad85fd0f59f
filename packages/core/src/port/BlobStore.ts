/**
 * Bytes by their SHA-256. A blob is absent, or complete and verified: reading checks the hash every time.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export interface BlobInfo {
  readonly sha256: string
  readonly bytes: number
}

export class BlobStore extends Context.Service<
  BlobStore,
  {
    /** Durable when it returns (file and folder are synced). Writing the same bytes again changes nothing. */
    readonly put: (bytes: Uint8Array) => Effect.Effect<string, TrainerError>
    /** Fails with reason `integrity`, naming the blob, when it is absent or altered. */
    readonly get: (sha256: string) => Effect.Effect<Uint8Array, TrainerError>
    /** Stores the joined pieces, of which only one is in memory at a time. */
    readonly putPieces: (pieces: Iterable<Uint8Array>) => Effect.Effect<string, TrainerError>
    /** Hands a blob over piece by piece. What was handed over is verified only when it returns. */
    readonly read: (sha256: string, use: (piece: Uint8Array) => void) => Effect.Effect<void, TrainerError>
    readonly has: (sha256: string) => Effect.Effect<boolean, TrainerError>
    /** Every stored blob, in order of its hash. */
    readonly list: Effect.Effect<ReadonlyArray<BlobInfo>, TrainerError>
  }
>()("@feagi-trainer/core/BlobStore") {}
