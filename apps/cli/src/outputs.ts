/**
 * What the commands about data, brains and codes print with `--json`, as schemas: `{schema_version, kind, data, warnings}`.
 *
 * What an operation of the API answers is described there, once; only verbs without an operation are described here. Sharp edge: members may be
 * added within a version, so that the published schemas allow what they do not name.
 */
import { Diagnostic } from "@feagi-trainer/contracts"
import { dataSchemas, type OperationId, routes } from "@feagi-trainer/control-api"
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))
const Text = Schema.String

/** One document of one kind. */
const output = (kind: string, data: Schema.Top): Schema.Top =>
  Schema.Struct({ schema_version: Schema.Literal(1), kind: Schema.Literal(kind), data, warnings: Schema.Array(Diagnostic) })

const answerOf = (operation: OperationId): Schema.Top => output(routes[operation].kind, dataSchemas[operation])

const Changed = Schema.Array(Schema.Struct({ sample_id: Text, label: Schema.optionalKey(Text) }))
/** `dataset diff` */
const DatasetDiff = Schema.Struct({
  before: Text,
  after: Text,
  counts: Schema.Struct({ added: Count, removed: Count, changed: Count, relabelled: Count, same: Count }),
  added: Changed,
  removed: Changed,
  changed: Schema.Array(Schema.Struct({ sample_id: Text, before: Schema.NullOr(Sha256), after: Schema.NullOr(Sha256) })),
  relabelled: Schema.Array(Schema.Struct({ sample_id: Text, before: Schema.NullOr(Text), after: Schema.NullOr(Text) })),
  facts: Schema.Array(Schema.Struct({ field: Text, a: Schema.Unknown, b: Schema.Unknown }))
})

/** `brain export` */
const BrainExport = Schema.Struct({ brain: Text, folder: Text, files: Schema.Array(Text) })

const kept = {
  distinct_values: Count,
  distinct_codes: Count,
  value_bits: Schema.Finite,
  code_bits: Schema.Finite,
  lost_bits: Schema.Finite
}
const Ambiguity = Schema.Struct({ groups: Count, samples: Count, errors: Count })
/** `encoding report` */
const EncodingReport = Schema.Struct({
  dataset: Text,
  part: Text,
  encoder: Text,
  reports: Schema.Array(
    Schema.Struct({
      bins: Schema.NullOr(Schema.Int),
      samples: Count,
      rows: Schema.Literals(["features", "channels"]),
      features: Schema.Array(Schema.Struct({ name: Text, ...kept })),
      sample: Schema.Struct(kept),
      collisions: Schema.Struct({
        codes: Count,
        contents: Count,
        samples: Count,
        examples: Schema.Array(Schema.Struct({ sample_ids: Schema.Array(Text), samples: Count, labels: Schema.Array(Text) }))
      }),
      ambiguous: Schema.NullOr(Schema.Struct({ labelled: Count, by_code: Ambiguity, by_content: Ambiguity })),
      channels: Schema.Struct({
        count: Count,
        silent: Schema.Array(Schema.Struct({ index: Count, feature: Schema.NullOr(Text) }))
      }),
      voxels: Schema.Struct({ count: Count, never_lit: Count }),
      active: Schema.NullOr(Schema.Struct({ least: Count, mean: Schema.Finite, most: Count }))
    })
  )
})

export const outputs: Readonly<Record<string, Schema.Top>> = {
  DatasetOutput: answerOf("dataset.show"),
  DatasetsOutput: answerOf("dataset.ls"),
  DatasetValidationOutput: answerOf("source.validate"),
  DatasetVerificationOutput: answerOf("dataset.verify"),
  DatasetPreviewOutput: answerOf("dataset.preview"),
  DatasetCandidatesOutput: answerOf("source.candidates"),
  DatasetSplitOutput: answerOf("dataset.split"),
  DatasetDiffOutput: output("dataset-diff", DatasetDiff),
  DatasetCompatibilityOutput: answerOf("compatibility"),
  SchemaProposalOutput: answerOf("source.propose"),
  BrainOutput: answerOf("brain.show"),
  BrainsOutput: answerOf("brain.ls"),
  BrainExportOutput: output("brain-export", BrainExport),
  BrainDiffOutput: answerOf("brain.diff"),
  BindingOutput: answerOf("binding.explain"),
  EncodingReportOutput: output("encoding-report", EncodingReport),
  SchemesOutput: answerOf("schemes"),
  BindingsOutput: answerOf("bindings")
}
