/** Datasets and sources: records, samples, splits, and what fits them. */
import { OutputType } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"
import { Answer, Count, Seed, Sha256, Table, Text, Texts } from "./common.ts"

const optional = Schema.optionalKey
const orNull = Schema.NullOr

const recordFields = {
  name: Text,
  dataset_asset_id: Schema.String.check(Schema.isPattern(/^ds-[0-9a-f]{12}$/)),
  content_hash: Sha256,
  schema_fingerprint: Sha256,
  modality: Text,
  output_type: Text,
  adapter: Schema.Struct({ id: Text, version: Text }),
  adapter_options: Table,
  sample_count: Count
}
const { name: _, ...namelessFields } = recordFields
const registeredFields = {
  ...recordFields,
  scan_sha256: orNull(Sha256),
  version: optional(Schema.Int),
  dataset_version_id: optional(Text)
}

const Range = Schema.Tuple([Schema.Finite, Schema.Finite])
const Named = Schema.Struct({ name: Text, min: Schema.Finite, max: Schema.Finite })
export const Shape = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("tabular"), features: Schema.Array(Named) }),
  Schema.Struct({
    kind: Schema.Literal("image"),
    values: Schema.Literals(["encoded", "uint8", "float"]),
    width: Range,
    height: Range,
    channels: Range
  }),
  Schema.Struct({ kind: Schema.Literal("text"), length: Range }),
  Schema.Struct({ kind: Schema.Literal("time_series"), channels: Schema.Array(Named), length: Range, sample_rate_hz: Schema.Finite }),
  Schema.Struct({ kind: Schema.Literal("custom"), type: Text, detail: Schema.Unknown })
])

const Side = Schema.Struct({ sample_id: Text, part: Text })
const Leak = Schema.Struct({ pairs: Count, samples: Count, examples: Schema.Array(Schema.Struct({ left: Side, right: Side })) })
export const Leakage = Schema.Struct({
  exact: Leak,
  decoded: Leak,
  group: Leak,
  near: Leak,
  near_checked: Schema.Literals(["none", "keys", "vectors", "keys+vectors"]),
  near_truncated: Schema.Boolean
})

export const Dataset = Schema.Struct({
  ...registeredFields,
  existing: optional(Schema.Boolean),
  registered: optional(Schema.Boolean),
  label_confusion: optional(orNull(Schema.Array(Schema.Struct({ old: Text, new: Text, samples: Count })))),
  shape: optional(Shape),
  classes: optional(Schema.Array(Schema.Struct({ class_id: Count, label: Text, samples: orNull(Count) }))),
  parts: optional(Schema.Record(Schema.String, Count)),
  groups: optional(Count),
  values: optional(Texts),
  label_map: optional(orNull(Schema.Struct({ name: Text, version: Schema.Int, sha256: Sha256 }))),
  leakage: optional(orNull(Leakage)),
  files: optional(Schema.Array(Schema.Struct({ path: Text, bytes: Count, sha256: Sha256 })))
})
export type Dataset = typeof Dataset.Type

export const Datasets = Schema.Array(Schema.Struct(registeredFields))

export const DatasetPreview = Schema.Struct({
  /** The version, or the path of a source that is not registered. */
  dataset: Text,
  samples: Schema.Array(
    Schema.Struct({
      schema_version: Schema.Literal(1),
      sample_id: Text,
      dataset_version_id: Text,
      /** The part that the source declares. */
      split: orNull(Text),
      modality: Text,
      payload: Table,
      target: orNull(Answer),
      output_type: OutputType,
      coordinate_frame: orNull(Table),
      timestamp: orNull(Schema.Int),
      metadata: Table
    })
  )
})
export type DatasetPreview = typeof DatasetPreview.Type

export const DatasetLabels = Schema.Struct({
  dataset: Text,
  classes: Schema.Array(
    Schema.Struct({
      class_id: Count,
      label: Text,
      samples: orNull(Count),
      /** What the source calls it. */
      from: Texts
    })
  ),
  label_map: orNull(Table)
})

export const DatasetValidation = Schema.Struct({ ...namelessFields, errors: Count, warnings: Count })
export const DatasetVerification = Schema.Struct({
  dataset: Text,
  content_hash: orNull(Sha256),
  verified: Schema.Literal(true),
  files: Count,
  bytes: Count
})

export const DatasetSplit = Schema.Struct({
  dataset: Text,
  method: Schema.Literals(["hash", "stratified", "grouped", "given"]),
  seed: orNull(Seed),
  fractions: orNull(Schema.Record(Schema.String, Schema.Finite)),
  parts: Schema.Array(
    Schema.Struct({
      name: Text,
      split_id: Text,
      split_hash: Sha256,
      count: Count,
      ids_sha256: Sha256,
      ids: Texts,
      class_counts: Schema.Array(Count)
    })
  ),
  leakage: Leakage
})
export type DatasetSplit = typeof DatasetSplit.Type

export const Candidates = Schema.Array(
  Schema.Struct({
    adapter: Text,
    confidence: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    title: Text,
    options: Table,
    because: Text
  })
)
export const SchemaProposal = Schema.Struct({
  adapter: Text,
  options: Table,
  evidence: Schema.Array(Schema.Struct({ field: Text, proposed: Text, because: Text }))
})
export const Compatibility = Schema.Struct({
  dataset: Text,
  complete: Schema.Boolean,
  entries: Schema.Array(Schema.Struct({ kind: Text, id: Text, applies: Schema.Literals(["yes", "no", "unknown"]), reasons: Texts })),
  missing: Schema.Array(Schema.Struct({ kind: Text, why: Text, help: Text }))
})
