/**
 * Named, versioned, immutable inputs: datasets and brains.
 *
 * A version is identified by content: registering the same content under the same name returns the version that is there. Where
 * the files lie is a fact of this machine; it is kept beside the record and enters no hash.
 */
import type { PluginRef, TrainerError } from "@feagi-trainer/contracts"
import { Context, type Effect } from "effect"

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

export interface BrainRecord {
  readonly name: string
  readonly version: number
  readonly genome_sha256: string
  /** What made it: a template with its options, or a file. */
  readonly source: string
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
