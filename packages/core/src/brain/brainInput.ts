/** A brain as a run takes it: the genome, and where it has learnt before the connectome, each from the blob that pins it. */
import type { BrainInput, TrainerError } from "@feagi-trainer/contracts"
import { fromUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import type { BrainConnectome } from "../port/Registry.ts"

export interface PinnedBrain {
  readonly genome_sha256: string
  readonly connectome?: Pick<BrainConnectome, "sha256" | "seed"> | null
}

export const brainInput = ({ genome_sha256, connectome }: PinnedBrain): Effect.Effect<BrainInput, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const json = fromUtf8(yield* blobs.get(genome_sha256))
    if (connectome === undefined || connectome === null) return { json, sha256: genome_sha256 }
    const { sha256, seed } = connectome
    return { json, sha256: genome_sha256, connectome: { bytes: yield* blobs.get(sha256), sha256, seed: fromHex(seed) } }
  })

/** @param hex an even number of hex digits, as {@link toHex} writes them */
export const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
