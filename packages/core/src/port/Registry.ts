/**
 * Named, versioned, immutable inputs: datasets and brains.
 *
 * A version is identified by content (of a brain: genome and connectome): registering the same content under the same name returns the
 * version that is there, with what was recorded first. Where the files lie is a fact of this machine; it is kept beside the record and enters no hash.
 */
import type { PluginRef, TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export interface DatasetRecord {
  readonly name: string
  readonly version: number
  /** `ds-<12 hex of content_hash>`: the same data has the same id under every name. */
  readonly dataset_asset_id: string
  /** `<name>@<version>`. */
  readonly dataset_version_id: string
  readonly content_hash: string
  readonly schema_fingerprint: string
  readonly modality: string
  readonly output_type: string
  readonly adapter: PluginRef
  /** Canonical JSON of the adapter's options, all of them spelled out. */
  readonly adapter_options: string
  readonly sample_count: number
  /** Blob of the canonical JSON of the full scan. */
  readonly scan_sha256: string
}

/** Where a dataset lies on this machine. */
export interface DatasetLocation {
  /** Absolute folder that the adapter may read. */
  readonly root: string
  /** Path under the root. */
  readonly path: string
}

export interface StoredDataset extends DatasetRecord {
  readonly location: DatasetLocation
}

/** What a brain had learnt when it was registered. */
export interface BrainConnectome {
  /** Blob: what a backend restores, on top of the genome developed with `seed`. */
  readonly sha256: string
  /** 32 bytes as 64 hex digits. */
  readonly seed: string
  /** SHA-256 (hex) of synapses and neuron constants, as the run recorded it. */
  readonly learned_hash: string
}

/** The run that a brain was taken from. */
export interface BrainLineage {
  /** `<name>@<version>` of the brain that the run began with; null where a template made its genome. */
  readonly parent: string | null
  readonly run_id: string
  readonly spec_sha256: string
  readonly phase: string
  readonly dataset_version_id: string
  readonly dataset_content_hash: string
}

export interface BrainRecord {
  readonly name: string
  readonly version: number
  /** Blob: the genome as it was given. */
  readonly genome_sha256: string
  /** SHA-256 (hex) of what the genome says, whatever its writing; null in a record of a store of version 1. */
  readonly canonical_sha256: string | null
  /** What made it: a template with its options, a file, or a run. */
  readonly source: string
  /** Null: nothing learnt, the brain develops from the genome and the seed of each run. */
  readonly connectome: BrainConnectome | null
  readonly lineage: BrainLineage | null
  /** Blob of the canonical JSON of what grew when it was registered; see `BrainDevelopment`. Null as above. */
  readonly development_sha256: string | null
}

/** A record and whether it was there already. */
export interface Registered<A> {
  readonly record: A
  readonly existing: boolean
}

export class Registry extends Context.Service<
  Registry,
  {
    /** The version number is given by the registry: the next one, or that of the same content. */
    readonly addDataset: (
      record: Omit<DatasetRecord, "version" | "dataset_version_id">,
      location: DatasetLocation
    ) => Effect.Effect<Registered<StoredDataset>, TrainerError>
    readonly datasets: Effect.Effect<ReadonlyArray<StoredDataset>, TrainerError>
    readonly addBrain: (record: Omit<BrainRecord, "version">) => Effect.Effect<Registered<BrainRecord>, TrainerError>
    readonly brains: Effect.Effect<ReadonlyArray<BrainRecord>, TrainerError>
  }
>()("@feagi-trainer/core/Registry") {}
