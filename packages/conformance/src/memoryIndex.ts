/**
 * What a host makes of the entries of a scan, kept in memory: ids for samples that declare none, class ids for labels.
 *
 * Sharp edge: it is the smallest thing that does it, for suites and tests; a host keeps the index of a large dataset on disk.
 */
import type { ClassLabel, IndexEntry, IndexSink, ScannedEntry } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { breakLaw } from "./Broken.ts"

export interface MemoryIndex {
  readonly sink: IndexSink["Service"]
  /** The entries as they were said. */
  readonly scanned: ReadonlyArray<ScannedEntry>
  /** How many entries came with each call. */
  readonly batches: ReadonlyArray<number>
  /** The index under these classes; breaks a law when a label is none of them. */
  readonly index: (classes: ReadonlyArray<ClassLabel>) => ReadonlyArray<IndexEntry>
}

export const memoryIndex = (): MemoryIndex => {
  const scanned: Array<ScannedEntry> = []
  const batches: Array<number> = []
  const index = (classes: ReadonlyArray<ClassLabel>): ReadonlyArray<IndexEntry> => {
    const ids = new Map(classes.map(({ class_id, label }) => [label, class_id]))
    const counts = new Map<string, number>()
    return scanned.map(({ label, near: _near, file: _file, line: _line, ...entry }) => {
      const short = entry.content_hash.slice(0, 16)
      const k = counts.get(short) ?? 0
      if (entry.sample_id === undefined) counts.set(short, k + 1)
      const class_id = label === undefined ? undefined : ids.get(label)
      if (label !== undefined && class_id === undefined)
        breakLaw("the labels of the entries", `one of ${[...ids.keys()].join(", ")}`, JSON.stringify(label))
      return { ...entry, sample_id: entry.sample_id ?? `${short}-${k}`, ...(class_id === undefined ? {} : { class_id }) }
    })
  }
  return {
    sink: {
      add: (entries) =>
        Effect.sync(() => {
          batches.push(entries.length)
          // Copied, so that an adapter may use its list again.
          for (const entry of entries) scanned.push(structuredClone(entry))
        })
    },
    scanned,
    batches,
    index
  }
}
