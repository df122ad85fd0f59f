/**
 * What the commands of `dataset` print with `--json`, as schemas: one document per kind, `{schema_version, kind, data, warnings}`.
 *
 * Sharp edge: members may be added within a version, so that the published schemas allow what they do not name.
 */
import { Diagnostic, OutputType } from "@feagi-trainer/contracts"
import { Schema } from "effect"

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Table = Schema.Record(Schema.String, Schema.Unknown)
const Counts = Schema.Record(Schema.String, Count)
const Range = Schema.Tuple([Schema.Finite, Schema.Finite])

/** One document of one kind. */
export const output = <const Kind extends string, A extends Schema.Top>(kind: Kind, data: A) =>
  Schema.Struct({ schema_version: Schema.Literal(1), kind: Schema.Literal(kind), data, warnings: Schema.Array(Diagnostic) })

const recordFields = {
  name: Schema.String,
  dataset_asset_id: Schema.String.check(Schema.isPattern(/^ds-[0-9a-f]{12}$/)),
  content_hash: Sha256,
  schema_fingerprint: Sha256,
  modality: Schema.String,
  output_type: Schema.String,
  adapter: Schema.Struct({ id: Schema.String, version: Schema.String }),
  adapter_options: Table,
  sample_count: Count
}
const { name: _, ...namelessFields } = recordFields
const registeredFields = {
  ...recordFields,
  scan_sha256: Schema.NullOr(Sha256),
  version: Schema.optionalKey(Schema.Int),
  dataset_version_id: Schema.optionalKey(Schema.String)
}

const Named = Schema.Struct({ name: Schema.String, min: Schema.Finite, max: Schema.Finite })
const Shape = Schema.Union([
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
  Schema.Struct({ kind: Schema.Literal("custom"), type: Schema.String, detail: Schema.Unknown })
])

const Side = Schema.Struct({ sample_id: Schema.String, part: Schema.String })
const Leak = Schema.Struct({ pairs: Count, samples: Count, examples: Schema.Array(Schema.Struct({ left: Side, right: Side })) })
const Leakage = Schema.Struct({
  exact: Leak,
  decoded: Leak,
  group: Leak,
  near: Leak,
  near_checked: Schema.Literals(["none", "keys", "vectors", "keys+vectors"]),
  near_truncated: Schema.Boolean
})
const ClassCount = Schema.Struct({ class_id: Count, label: Schema.String, samples: Schema.NullOr(Count) })
const File = Schema.Struct({ path: Schema.String, bytes: Count, sha256: Sha256 })

export const datasetOutputs = {
  /** `dataset add`, `dataset show` */
  DatasetOutput: output(
    "dataset",
    Schema.Struct({
      ...registeredFields,
      existing: Schema.optionalKey(Schema.Boolean),
      registered: Schema.optionalKey(Schema.Boolean),
      label_confusion: Schema.optionalKey(
        Schema.NullOr(Schema.Array(Schema.Struct({ old: Schema.String, new: Schema.String, samples: Count })))
      ),
      shape: Schema.optionalKey(Shape),
      classes: Schema.optionalKey(Schema.Array(ClassCount)),
      parts: Schema.optionalKey(Counts),
      groups: Schema.optionalKey(Count),
      values: Schema.optionalKey(Schema.Array(Schema.String)),
      label_map: Schema.optionalKey(Schema.NullOr(Schema.Struct({ name: Schema.String, version: Schema.Int, sha256: Sha256 }))),
      leakage: Schema.optionalKey(Schema.NullOr(Leakage)),
      files: Schema.optionalKey(Schema.Array(File))
    })
  ),
  /** `dataset ls` */
  DatasetsOutput: output("datasets", Schema.Array(Schema.Struct(registeredFields))),
  /** `dataset validate` */
  DatasetValidationOutput: output("dataset-validation", Schema.Struct({ ...namelessFields, errors: Count, warnings: Count })),
  /** `dataset verify` */
  DatasetVerificationOutput: output(
    "dataset-verification",
    Schema.Struct({
      dataset: Schema.String,
      content_hash: Schema.NullOr(Sha256),
      verified: Schema.Literal(true),
      files: Count,
      bytes: Count
    })
  ),
  /** `dataset preview`; `split` is the part that the source declares */
  DatasetPreviewOutput: output(
    "dataset-preview",
    Schema.Struct({
      dataset: Schema.String,
      samples: Schema.Array(
        Schema.Struct({
          schema_version: Schema.Literal(1),
          sample_id: Schema.String,
          dataset_version_id: Schema.String,
          split: Schema.NullOr(Schema.String),
          modality: Schema.String,
          payload: Table,
          target: Schema.NullOr(Table),
          output_type: OutputType,
          coordinate_frame: Schema.NullOr(Table),
          timestamp: Schema.NullOr(Schema.Int),
          metadata: Table
        })
      )
    })
  ),
  /** `dataset discover` */
  DatasetCandidatesOutput: output(
    "dataset-candidates",
    Schema.Array(
      Schema.Struct({
        adapter: Schema.String,
        confidence: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
        title: Schema.String,
        options: Table,
        because: Schema.String
      })
    )
  ),
  /** `dataset split` */
  DatasetSplitOutput: output(
    "dataset-split",
    Schema.Struct({
      dataset: Schema.String,
      method: Schema.Literals(["hash", "stratified", "grouped", "given"]),
      seed: Schema.NullOr(Count),
      fractions: Schema.NullOr(Schema.Record(Schema.String, Schema.Finite)),
      parts: Schema.Array(
        Schema.Struct({
          name: Schema.String,
          split_id: Schema.String,
          split_hash: Sha256,
          count: Count,
          ids_sha256: Sha256,
          ids: Schema.Array(Schema.String),
          class_counts: Schema.Array(Count)
        })
      ),
      leakage: Leakage
    })
  ),
  /** `dataset diff` */
  DatasetDiffOutput: output(
    "dataset-diff",
    Schema.Struct({
      before: Schema.String,
      after: Schema.String,
      counts: Schema.Struct({ added: Count, removed: Count, changed: Count, relabelled: Count, same: Count }),
      added: Schema.Array(Schema.Struct({ sample_id: Schema.String, label: Schema.optionalKey(Schema.String) })),
      removed: Schema.Array(Schema.Struct({ sample_id: Schema.String, label: Schema.optionalKey(Schema.String) })),
      changed: Schema.Array(Schema.Struct({ sample_id: Schema.String, before: Schema.NullOr(Sha256), after: Schema.NullOr(Sha256) })),
      relabelled: Schema.Array(
        Schema.Struct({ sample_id: Schema.String, before: Schema.NullOr(Schema.String), after: Schema.NullOr(Schema.String) })
      ),
      facts: Schema.Array(Schema.Struct({ field: Schema.String, a: Schema.Unknown, b: Schema.Unknown }))
    })
  ),
  /** `dataset check-compat` */
  DatasetCompatibilityOutput: output(
    "dataset-compatibility",
    Schema.Struct({
      dataset: Schema.String,
      complete: Schema.Boolean,
      entries: Schema.Array(
        Schema.Struct({
          kind: Schema.String,
          id: Schema.String,
          applies: Schema.Literals(["yes", "no", "unknown"]),
          reasons: Schema.Array(Schema.String)
        })
      ),
      missing: Schema.Array(Schema.Struct({ kind: Schema.String, why: Schema.String, help: Schema.String }))
    })
  ),
  /** `dataset propose-schema` */
  SchemaProposalOutput: output(
    "schema-proposal",
    Schema.Struct({
      adapter: Schema.String,
      options: Table,
      evidence: Schema.Array(Schema.Struct({ field: Schema.String, proposed: Schema.String, because: Schema.String }))
    })
  )
} as const
