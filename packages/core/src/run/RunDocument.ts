/**
 * The run document: one seed of a run file with every choice resolved and pinned. Immutable; its canonical bytes are what
 * `spec_sha256` hashes and what a replay executes.
 *
 * No time, host, path or chance stands in it.
 */
import type { ClassLabel, LearnerPins, OutputType, PluginRef, Protocol, SampleShape } from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, fromUtf8, sha256Hex } from "@feagi-trainer/determinism"
import type { PinnedNode } from "@feagi-trainer/transforms"
import type { BrainConnectome } from "../port/Registry.ts"
import type { RunFile } from "./RunFile.ts"

/** A plugin with its decoded choice of options and the code that ran. */
export interface PinnedPlugin {
  readonly plugin: PluginRef
  readonly options: Readonly<Record<string, unknown>>
}

export interface PinnedPart {
  readonly name: string
  readonly split_id: string
  readonly split_hash: string
  readonly count: number
  /** Blob: canonical JSON list of sample ids. */
  readonly ids_sha256: string
}

export interface RunDocument {
  readonly schema_version: 1
  readonly kind: "run"
  readonly name: string
  /** Decimal digits. */
  readonly seed: string
  readonly protocol: Protocol & { readonly plugin: PluginRef }
  readonly dataset: {
    readonly name: string
    readonly version: number
    readonly dataset_asset_id: string
    readonly dataset_version_id: string
    readonly content_hash: string
    readonly schema_fingerprint: string
    readonly modality: string
    readonly output_type: OutputType
    readonly scan_sha256: string
    readonly sample_count: number
    readonly adapter: PinnedPlugin
    readonly shape: SampleShape
    readonly classes: ReadonlyArray<ClassLabel>
  }
  readonly split: {
    readonly method: string
    readonly seed: string
    readonly fractions: Readonly<Record<string, number>> | null
    readonly parts: ReadonlyArray<PinnedPart>
    /** Pairs of samples in two parts that are equal, equal once decoded, of one group, or near. */
    readonly leaks: { readonly exact: number; readonly decoded: number; readonly group: number; readonly near: number }
  }
  readonly transforms: ReadonlyArray<PinnedNode>
  /** Shape of the samples behind the transforms: what the learner sees. */
  readonly input_shape: SampleShape
  readonly benchmark: NonNullable<RunFile["benchmark"]> | null
  readonly sampler: PinnedPlugin
  readonly training: RunFile["training"]
  readonly learner: LearnerPins
  readonly brain: {
    /** Blob: the genome as it was given. */
    readonly genome_sha256: string
    /** SHA-256 (hex) of what it says, whatever its writing; runs of release 0.1 do not have it. */
    readonly canonical_sha256?: string
    /** What the brain had learnt before; absent where it develops from the genome and the seed of the run. */
    readonly connectome?: BrainConnectome
    readonly source: Readonly<Record<string, unknown>>
  } | null
  readonly metrics: PinnedPlugin & { readonly signature: string }
  readonly controls: { readonly silent_reward: boolean; readonly shuffled_labels: boolean }
  readonly checkpoint_every: number
  /** What each plugin package was: SHA-256 over its files, by name. */
  readonly packages: Readonly<Record<string, string>>
}

export const documentBytes = (document: RunDocument): Uint8Array => canonicalBytes(document)

/** SHA-256 of the canonical document. The run id is derived from it and stands nowhere inside. */
export const specHash = (document: RunDocument): string => sha256Hex(documentBytes(document))

/** Reads what `documentBytes` wrote. The bytes come from a blob whose hash was checked. */
export const readDocument = (bytes: Uint8Array): RunDocument => fromCanonical(fromUtf8(bytes)) as unknown as RunDocument

/** The streams of chance of a run, by name in its seed tree. A new consumer gets a new name and shifts no other. */
export const streams = {
  split: "run/split",
  sampler: (epoch: number) => `run/sampler/epoch-${epoch}`,
  /** One stream for each node, epoch and sample; a sample's id is hashed, for it may hold a slash. */
  transform: (node: number, epoch: number, sampleHash: string) => `run/transform/node-${node}/epoch-${epoch}/${sampleHash}`,
  engine: "run/engine",
  shuffledLabels: "control/labels"
} as const

/** A part of the split by name. The plan made sure that every phase has one: a missing part is a fault of ours and not an empty part. */
export const part = (document: RunDocument, name: string): PinnedPart => {
  const found = document.split.parts.find((each) => each.name === name)
  if (found === undefined) throw new Error(`the run document has no part "${name}"`)
  return found
}
