/**
 * What changed from one version of a dataset to another: samples that came, went, changed their content or their label, and the facts of
 * the two records that differ. Labels are compared by name, because a class id means another class as soon as a class is inserted.
 *
 * Sharp edge: samples are the same by their id. Where an id is made of the content, a changed sample is one that went and one that came.
 */
import type { ClassLabel, IndexEntry } from "@feagi-trainer/contracts"
import { canonical } from "@feagi-trainer/determinism"

export interface VersionContent {
  /** The record of the version, or anything else that is said of it: plain JSON under names. */
  readonly facts: object
  readonly classes: ReadonlyArray<ClassLabel>
  readonly index: ReadonlyArray<IndexEntry>
}

export interface DiffedSample {
  readonly sample_id: string
  /** Absent where the sample has none. */
  readonly label?: string
}

export interface SampleChange {
  readonly sample_id: string
  /** Content hash, or label; null where the sample has none. */
  readonly before: string | null
  readonly after: string | null
}

export interface VersionDiff {
  /** The first 1000 each, in the order of the index of the version that has them. */
  readonly added: ReadonlyArray<DiffedSample>
  readonly removed: ReadonlyArray<DiffedSample>
  readonly changed: ReadonlyArray<SampleChange>
  readonly relabelled: ReadonlyArray<SampleChange>
  /** Of all samples; `same` have the id, the content and the label in both. */
  readonly counts: Readonly<Record<"added" | "removed" | "changed" | "relabelled" | "same", number>>
  /** Sorted by field; a field that one version does not have is undefined there. */
  readonly facts: ReadonlyArray<{ readonly field: string; readonly a: unknown; readonly b: unknown }>
}

export const diffVersions = (a: VersionContent, b: VersionContent): VersionDiff => {
  const [labelA, labelB] = [labelsOf(a.classes), labelsOf(b.classes)]
  const before = new Map(a.index.map((entry) => [entry.sample_id, entry]))
  const after = new Set(b.index.map((entry) => entry.sample_id))
  const [added, removed] = [firstOf<DiffedSample>(), firstOf<DiffedSample>()]
  const [changed, relabelled] = [firstOf<SampleChange>(), firstOf<SampleChange>()]
  let same = 0
  for (const entry of a.index) if (!after.has(entry.sample_id)) removed.add(named(entry, labelA(entry)))
  for (const entry of b.index) {
    const { sample_id } = entry
    const old = before.get(sample_id)
    if (old === undefined) {
      added.add(named(entry, labelB(entry)))
      continue
    }
    const [was, is] = [labelA(old), labelB(entry)]
    if (old.content_hash !== entry.content_hash) changed.add({ sample_id, before: old.content_hash, after: entry.content_hash })
    if (was !== is) relabelled.add({ sample_id, before: was, after: is })
    if (old.content_hash === entry.content_hash && was === is) same++
  }
  return {
    added: added.first,
    removed: removed.first,
    changed: changed.first,
    relabelled: relabelled.first,
    counts: { added: added.count(), removed: removed.count(), changed: changed.count(), relabelled: relabelled.count(), same },
    facts: factsOf(a.facts, b.facts)
  }
}

const shown = 1000

/** Counts all, keeps the first. */
const firstOf = <Item>() => {
  const first: Array<Item> = []
  let count = 0
  return {
    first,
    count: () => count,
    add: (item: Item) => {
      count++
      if (first.length < shown) first.push(item)
    }
  }
}

const labelsOf = (classes: ReadonlyArray<ClassLabel>): ((entry: IndexEntry) => string | null) => {
  const labels = new Map(classes.map((each) => [each.class_id, each.label]))
  return ({ class_id }) => (class_id === undefined ? null : (labels.get(class_id) ?? null))
}

const named = ({ sample_id }: IndexEntry, label: string | null): DiffedSample => ({ sample_id, ...(label === null ? {} : { label }) })

const factsOf = (a: object, b: object): VersionDiff["facts"] => {
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))]
  const fields = [...new Set([...left.keys(), ...right.keys()])].sort()
  return fields
    .map((field) => ({ field, a: left.get(field), b: right.get(field) }))
    .filter((each) => canonical([each.a ?? null]) !== canonical([each.b ?? null]))
}
