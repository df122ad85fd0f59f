/**
 * What grew of a genome when it was registered: areas, neurons, mappings, synapses, and the hash of them all, with everything that it
 * was developed with. A record of fact: another engine, seed or backend may grow another brain.
 */
import type { BrainInfo, Diagnostic, PluginRef, TrainerError } from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, fromUtf8, SeedTree } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { BlobStore } from "../port/BlobStore.ts"
import { streams } from "../run/RunDocument.ts"
import type { GenomeView } from "./genomeView.ts"

export interface BrainDevelopment {
  readonly schema_version: 1
  readonly backend: { readonly plugin: PluginRef; readonly options: Readonly<Record<string, unknown>> }
  readonly core_version: string
  readonly engine: Readonly<Record<string, string>>
  /** 32 bytes as 64 hex digits: everything that the engine drew came from them. */
  readonly seed: string
  readonly areas: BrainInfo["areas"]
  readonly mappings: BrainInfo["mappings"]
  readonly affect_channels: ReadonlyArray<string>
  readonly neurons: number
  readonly synapses: number
  /** SHA-256 (hex) of synapses and neuron constants. */
  readonly learned_hash: string
  /** What a strict validation holds against the genome, where it was registered leniently. */
  readonly findings: ReadonlyArray<Diagnostic>
}

export const putDevelopment = (development: BrainDevelopment): Effect.Effect<string, TrainerError, BlobStore> =>
  Effect.flatMap(BlobStore, (blobs) => blobs.put(canonicalBytes(development)))

/** Reads what {@link putDevelopment} wrote; the blob's hash is checked by the store. */
export const readDevelopment = (sha256: string): Effect.Effect<BrainDevelopment, TrainerError, BlobStore> =>
  Effect.flatMap(BlobStore, (blobs) =>
    Effect.map(blobs.get(sha256), (bytes) => fromCanonical(fromUtf8(bytes)) as unknown as BrainDevelopment)
  )

/** The 32 bytes that the engine of a run with this seed draws from: a brain developed with them is the one such a run begins with. */
export const engineSeed = (seed: bigint): Uint8Array => SeedTree.root(seed).child(streams.engine).seed()

/**
 * The ids that the areas of a genome have in the brain that grew of it. FEAGI gives the areas of an older genome other ids and keeps their
 * names: then an area is known by its name and its size, where only one on either side has them. An area that is not found is missing.
 */
export const grownIds = (said: GenomeView["areas"], grown: BrainDevelopment["areas"]): ReadonlyMap<string, string> => {
  const ids = new Set(grown.map(({ id }) => id))
  const looks = (name: string | null, size: ReadonlyArray<number | null>) => JSON.stringify([name, size])
  const known = new Set(said.map(({ id }) => id).filter((id) => ids.has(id)))
  const here = Map.groupBy(
    grown.filter(({ id }) => !known.has(id)),
    ({ name, dimensions }) => looks(name, dimensions)
  )
  const there = Map.groupBy(
    said.filter(({ id }) => !known.has(id)),
    ({ name, size }) => looks(name, size)
  )
  const found = said.flatMap(({ id, name, size }): ReadonlyArray<readonly [string, string]> => {
    if (known.has(id)) return [[id, id]]
    const key = looks(name, size)
    const [only, ...more] = here.get(key) ?? []
    return only === undefined || more.length > 0 || there.get(key)?.length !== 1 ? [] : [[id, only.id]]
  })
  return new Map(found)
}
