/**
 * What a sample is besides its content: the fields that samples of a dataset can be grouped by, joined to answers by `sample_id`.
 *
 * `class`, `group`, `given_split` and `values.<name>` stand in the index and cost nothing; `metadata.<name>` (what the adapter says of a
 * sample) and `feature.<name>` (a column of a table, before any transform) are read from the data, which have to be there and unchanged.
 * Sharp edge: a field groups by equal values; a measurement with hundreds of them is refused, not cut into ranges that nobody declared.
 */
import { type Diagnostic, didYouMean, type IndexEntry, type IRSample, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Catalogue } from "../catalogue/Catalogue.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import type { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { readIndex, readScan } from "../registry/RegisteredScan.ts"
import { pinnedDataset } from "../run/checkPins.ts"
import { openDataset } from "../run/DatasetReader.ts"
import type { RunDocument } from "../run/RunDocument.ts"

export interface FieldValues {
  readonly field: string
  /** Sample id → its value as text; a sample that has none is not there. */
  readonly values: ReadonlyMap<string, string>
}

/** More different values than these are not groups. */
export const mostGroups = 100

type Fields = Readonly<Record<string, string>>

/** Texts, numbers and truth values; a list is nothing to group by. */
const prefixed = (prefix: string, members: Readonly<Record<string, unknown>>): Fields =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      ["string", "number", "bigint", "boolean"].includes(typeof value) ? [[`${prefix}.${name}`, String(value)]] : []
    )
  )

const indexFields = ({ class_id, group, given_split, values }: IndexEntry, classes: ReadonlyMap<number, string>): Fields => ({
  ...(class_id === undefined ? {} : { class: classes.get(class_id) ?? String(class_id) }),
  ...(group === undefined ? {} : { group }),
  ...(given_split === undefined ? {} : { given_split }),
  ...prefixed("values", values ?? {})
})

const sampleFieldsOf = (sample: IRSample, shape: RunDocument["dataset"]["shape"]): Fields => {
  const features = shape.kind === "tabular" && "tabular" in sample.payload ? sample.payload.tabular : []
  const named = shape.kind === "tabular" ? shape.features.map((feature, at): [string, unknown] => [feature.name, features[at]]) : []
  return { ...prefixed("metadata", sample.metadata), ...prefixed("feature", Object.fromEntries(named)) }
}

const unknownField = (field: string, known: ReadonlyArray<string>): Omit<Diagnostic, "severity"> => {
  const near =
    known.find((name) => name === `metadata.${field}` || name === `feature.${field}` || name === `values.${field}`) ??
    didYouMean(field, known)
  return {
    code: "FT3310",
    field,
    message: "the samples have no such field",
    expected: known.length === 0 ? "a dataset whose samples have a class, a group, values or metadata" : `one of ${known.join(", ")}`,
    actual: field,
    help: near === undefined ? "name a field of the list" : `did you mean ${near}?`
  }
}

/** The values of one field for these samples of the dataset that the run pins. FT3310 with all fields where there is no such one, FT3311 with too many values. */
export const fieldValues = (
  document: RunDocument,
  field: string,
  ids: ReadonlyArray<string>
): Effect.Effect<FieldValues, TrainerError, Catalogue | BlobStore | Registry | Roots> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const dataset = yield* pinnedDataset(document)
    if (dataset === undefined)
      return yield* trainerError("integrity", {
        code: "FT3101",
        message: `the dataset of the run, ${document.dataset.dataset_version_id}, is not registered any more`
      })
    const scan = yield* readScan(dataset.scan_sha256)
    const classes = new Map(scan.classes.map((each) => [each.class_id, each.label]))
    const wanted = new Set(ids)
    const rows = new Map<string, Fields>()
    for (const entry of yield* readIndex(scan)) if (wanted.has(entry.sample_id)) rows.set(entry.sample_id, indexFields(entry, classes))
    const known = new Set([...rows.values()].flatMap(Object.keys))
    if (!known.has(field)) {
      const adapter = yield* catalogue.lookup("adapter", document.dataset.adapter.plugin.id)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const reader = yield* openDataset(dataset, adapter)
          yield* Stream.runForEach(reader.stream(ids, ""), (sample) =>
            Effect.sync(() => {
              const found = sampleFieldsOf(sample, scan.shape)
              for (const name of Object.keys(found)) known.add(name)
              rows.set(sample.sample_id, found)
            })
          )
        })
      )
    }
    if (!known.has(field)) return yield* trainerError("usage", unknownField(field, [...known].sort()))
    const values = new Map(
      [...rows].flatMap(([id, fields]): ReadonlyArray<readonly [string, string]> => {
        const value = fields[field]
        return value === undefined ? [] : [[id, value]]
      })
    )
    const distinct = new Set(values.values()).size
    if (distinct > mostGroups)
      return yield* trainerError("usage", {
        code: "FT3311",
        field,
        message: "the field has too many different values to group by",
        expected: `at most ${mostGroups}`,
        actual: `${distinct} over ${values.size} samples`,
        help: "group by a field with few values, or register one that says the range"
      })
    return { field, values }
  })
