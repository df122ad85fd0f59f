/**
 * Takes the samples of a scan, of which there may be more than fit into memory, and makes the index of a dataset out of them.
 *
 * What only all entries together tell is found here: ids, class ids, equal ids, equal content, near duplicates.
 */
import type { ClassLabel, Diagnostic, IndexSink, TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What is known of all samples without looking at one. */
export interface IndexSummary {
  readonly sample_count: number
  /** Samples per class, by class_id. */
  readonly class_counts: ReadonlyArray<number>
  /** Samples per part that the source declares, by name; empty when it declares none. */
  readonly part_counts: Readonly<Record<string, number>>
  /** Different groups, and the samples that are in one; 0 when the source declares none. */
  readonly group_count: number
  readonly grouped_count: number
  /** Samples with a time. */
  readonly time_count: number
  /** Names of the numbers that every sample has for samplers. */
  readonly values: ReadonlyArray<string>
}

export interface BuiltIndex {
  readonly summary: IndexSummary
  /** Canonical JSON of one IndexEntry per line, in the order of the positions, in pieces that are good until the next one. */
  readonly lines: () => Iterable<Uint8Array>
  /** Groups of positions whose content is equal once it is decoded, and differs before. */
  readonly decoded: () => ReadonlyArray<ReadonlyArray<number>>
  /** Pairs of positions that share a key and differ in content; `truncated` when there are too many to be kept. */
  readonly sharedKeys: () => { readonly pairs: ReadonlyArray<readonly [number, number]>; readonly truncated: boolean }
  /** Row by row, one per sample; undefined when the adapter gives none. */
  readonly vectors: { readonly values: Float32Array; readonly dimensions: number } | undefined
  readonly hasKeys: boolean
}

export interface IndexBuilder {
  readonly sink: IndexSink["Service"]
  /** Everything that is wrong with the entries together, or the index. */
  readonly finish: (
    classes: ReadonlyArray<ClassLabel>
  ) => Effect.Effect<
    | { readonly ok: true; readonly index: BuiltIndex }
    | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic>; readonly error_count: number },
    TrainerError
  >
}

export class Indexer extends Context.Service<
  Indexer,
  {
    /** A builder that keeps what it has to on disk; gone when the scope closes, and when the process is killed. */
    readonly open: Effect.Effect<IndexBuilder, TrainerError, Scope.Scope>
  }
>()("@feagi-trainer/core/Indexer") {}
