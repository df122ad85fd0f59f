import type { IndexEntry } from "@feagi-trainer/contracts"
import { expect, it } from "vitest"
import { diffVersions, type VersionContent } from "../../src/dataset/diffVersions.ts"

const classes = (...names: ReadonlyArray<string>) => names.map((label, class_id) => ({ class_id, label }))
const entry = (sample_id: string, content_hash: string, class_id?: number): IndexEntry => ({
  sample_id,
  content_hash,
  ...(class_id === undefined ? {} : { class_id })
})
const version = (more: Partial<VersionContent>): VersionContent => ({ facts: {}, classes: classes("cat", "dog"), index: [], ...more })
const none = { added: [], removed: [], changed: [], relabelled: [] }

it("finds nothing between a version and itself", () => {
  const one = version({ facts: { name: "pets", adapter: { id: "x#csv", version: "1" } }, index: [entry("a", "1", 0), entry("b", "2")] })
  expect(diffVersions(one, one)).toEqual({ ...none, counts: { added: 0, removed: 0, changed: 0, relabelled: 0, same: 2 }, facts: [] })
})

it("tells what came, went, changed its content and changed its label", () => {
  const a = version({ index: [entry("gone", "1", 0), entry("kept", "2", 1), entry("edited", "3", 0), entry("renamed", "4", 0)] })
  const b = version({
    index: [entry("renamed", "4", 1), entry("edited", "33", 0), entry("new", "5", 1), entry("kept", "2", 1), entry("plain", "6")]
  })
  expect(diffVersions(a, b)).toEqual({
    added: [{ sample_id: "new", label: "dog" }, { sample_id: "plain" }],
    removed: [{ sample_id: "gone", label: "cat" }],
    changed: [{ sample_id: "edited", before: "3", after: "33" }],
    relabelled: [{ sample_id: "renamed", before: "cat", after: "dog" }],
    counts: { added: 2, removed: 1, changed: 1, relabelled: 1, same: 1 },
    facts: []
  })
})

it("lists a sample under both when content and label changed, and names a label that is not there", () => {
  const found = diffVersions(version({ index: [entry("a", "1", 0)] }), version({ index: [entry("a", "2")] }))
  expect(found).toMatchObject({
    changed: [{ sample_id: "a", before: "1", after: "2" }],
    relabelled: [{ sample_id: "a", before: "cat", after: null }],
    counts: { same: 0 }
  })
})

it("compares labels by name and not by class id", () => {
  const a = version({ index: [entry("a", "1", 0), entry("b", "2", 1)] })
  const shifted = version({ classes: classes("bird", "cat", "dog"), index: [entry("a", "1", 1), entry("b", "2", 2)] })
  expect(diffVersions(a, shifted).counts).toEqual({ added: 0, removed: 0, changed: 0, relabelled: 0, same: 2 })
  const swapped = version({ classes: classes("dog", "cat"), index: [entry("a", "1", 0), entry("b", "2", 1)] })
  expect(diffVersions(a, swapped).relabelled).toEqual([
    { sample_id: "a", before: "cat", after: "dog" },
    { sample_id: "b", before: "dog", after: "cat" }
  ])
})

it("lists the facts that differ, whatever the order of their keys", () => {
  const a = version({ facts: { version: 1, sample_count: 3, adapter: { id: "x", version: "1" }, same: [1], old: true } })
  const b = version({ facts: { same: [1], adapter: { version: "2", id: "x" }, sample_count: 3, version: 2, new: null, fresh: "y" } })
  expect(diffVersions(a, b).facts).toEqual([
    { field: "adapter", a: { id: "x", version: "1" }, b: { id: "x", version: "2" } },
    { field: "fresh", a: undefined, b: "y" },
    { field: "old", a: true, b: undefined },
    { field: "version", a: 1, b: 2 }
  ])
  expect(diffVersions(version({ facts: { x: { p: 1, q: 2 } } }), version({ facts: { x: { q: 2, p: 1 } } })).facts).toEqual([])
})

it("counts all and shows the first thousand", () => {
  const many = Array.from({ length: 2500 }, (_, at) => entry(`s${at}`, String(at), 0))
  const found = diffVersions(
    version({ index: many }),
    version({ index: many.map((each) => ({ ...each, content_hash: "x", class_id: 1 })) })
  )
  expect(found.counts).toEqual({ added: 0, removed: 0, changed: 2500, relabelled: 2500, same: 0 })
  expect([found.changed.length, found.relabelled.length]).toEqual([1000, 1000])
  expect(found.changed[999]).toEqual({ sample_id: "s999", before: "999", after: "x" })
  const gone = diffVersions(version({ index: many }), version({}))
  expect([gone.counts.removed, gone.removed.length, gone.removed[0]]).toEqual([2500, 1000, { sample_id: "s0", label: "cat" }])
})

it("is the mirror image the other way round", () => {
  const a = version({ index: [entry("a", "1", 0), entry("b", "2", 1)] })
  const b = version({ index: [entry("b", "3", 0), entry("c", "4", 1)] })
  const [there, back] = [diffVersions(a, b), diffVersions(b, a)]
  expect(back.added).toEqual(there.removed)
  expect(back.removed).toEqual(there.added)
  expect(back.changed).toEqual(there.changed.map(({ sample_id, before, after }) => ({ sample_id, before: after, after: before })))
})
