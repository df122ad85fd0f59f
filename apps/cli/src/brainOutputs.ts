/**
 * What `brain`, `binding`, `encoding`, `schemes` and `bindings` print with `--json`, as schemas.
 *
 * Sharp edge: members may be added within a version, so that the published schemas allow what they do not name.
 */
import { Diagnostic } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { output } from "./datasetOutputs.ts"

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Table = Schema.Record(Schema.String, Schema.Unknown)
const Text = Schema.String
const optional = Schema.optionalKey

const recordFields = {
  name: Text,
  version: Schema.Int,
  genome_sha256: Sha256,
  canonical_sha256: Schema.NullOr(Sha256),
  source: Text,
  connectome: Schema.NullOr(Schema.Struct({ sha256: Sha256, seed: Sha256, learned_hash: Sha256 })),
  lineage: Schema.NullOr(
    Schema.Struct({
      parent: Schema.NullOr(Text),
      run_id: Text,
      spec_sha256: Sha256,
      phase: Text,
      dataset_version_id: Text,
      dataset_content_hash: Text
    })
  ),
  development_sha256: Schema.NullOr(Sha256)
}

const Development = Schema.Struct({
  schema_version: Schema.Literal(1),
  backend: Schema.Struct({ plugin: Schema.Struct({ id: Text, version: Text }), options: Table }),
  core_version: Text,
  engine: Schema.Record(Text, Text),
  seed: Sha256,
  areas: Schema.Array(
    Schema.Struct({ id: Text, name: Text, dimensions: Schema.Tuple([Schema.Int, Schema.Int, Schema.Int]), neurons: Count })
  ),
  mappings: Schema.Array(Schema.Struct({ from: Text, to: Text, synapses: Count, plastic: Schema.Boolean })),
  affect_channels: Schema.Array(Text),
  neurons: Count,
  synapses: Count,
  learned_hash: Sha256,
  findings: Schema.Array(Diagnostic)
})

const SideOf = Schema.Struct({
  name: Text,
  genome_sha256: Sha256,
  canonical_sha256: Sha256,
  connectome_sha256: Schema.NullOr(Sha256),
  learned_hash: Sha256
})
const Place = Schema.Struct({ area: Text, x: Count, y: Count, z: Count })
const SynapseState = Schema.NullOr(Schema.Struct({ weight: Schema.Finite, potential: Schema.Finite, inhibitory: Schema.Boolean }))
const Change = Schema.Literals(["added", "removed", "changed"])
const counts = { before: Count, after: Count, same: Count, changed: Count, added: Count, removed: Count }

const Voxel = Schema.Struct({ area: Text, x: Count, y: Count, z: Count, potential: Schema.Finite })
const Numbers = Schema.Union([Schema.Finite, Schema.Array(Schema.Finite)])
const Areas = Schema.Array(
  Schema.Struct({ id: Text, name: Text, dimensions: Schema.Tuple([Schema.Int, Schema.Int, Schema.Int]), voxels: Schema.Array(Voxel) })
)

const kept = {
  distinct_values: Count,
  distinct_codes: Count,
  value_bits: Schema.Finite,
  code_bits: Schema.Finite,
  lost_bits: Schema.Finite
}
const Ambiguity = Schema.Struct({ groups: Count, samples: Count, errors: Count })
const Direction = Schema.Literals(["in", "out"])

export const brainOutputs = {
  /** `brain new`, `brain add`, `brain snapshot`, `brain show` */
  BrainOutput: output(
    "brain",
    Schema.Struct({
      ...recordFields,
      version_of_genome: Schema.NullOr(Text),
      genome_schema_version: Schema.NullOr(Schema.Int),
      title: Schema.NullOr(Text),
      areas: Schema.Array(
        Schema.Struct({
          id: Text,
          name: Schema.NullOr(Text),
          group: Schema.NullOr(Text),
          size: Schema.Tuple([Schema.NullOr(Schema.Finite), Schema.NullOr(Schema.Finite), Schema.NullOr(Schema.Finite)])
        })
      ),
      mappings: Schema.Array(Schema.Struct({ from: Text, to: Text, rules: Schema.Array(Schema.Unknown) })),
      modulators: Schema.Array(Schema.Struct({ name: Text, properties: Schema.Unknown })),
      development: Schema.NullOr(Development),
      existing: optional(Schema.Boolean),
      bytes: optional(Count)
    })
  ),
  /** `brain ls` */
  BrainsOutput: output("brains", Schema.Array(Schema.Struct(recordFields))),
  /** `brain export` */
  BrainExportOutput: output("brain-export", Schema.Struct({ brain: Text, folder: Text, files: Schema.Array(Text) })),
  /** `brain diff` */
  BrainDiffOutput: output(
    "brain-diff",
    Schema.Struct({
      before: SideOf,
      after: SideOf,
      genome: Schema.Struct({
        same: Schema.Boolean,
        differences: Schema.Array(
          Schema.Struct({
            area: Schema.NullOr(Text),
            area_name: Schema.NullOr(Text),
            to: Schema.NullOr(Text),
            to_name: Schema.NullOr(Text),
            property: Text,
            change: Change,
            before: optional(Schema.Unknown),
            after: optional(Schema.Unknown),
            ignored: Schema.Boolean
          })
        )
      }),
      synapses: Schema.Struct({
        counts: Schema.Struct(counts),
        totals: Schema.Struct({ absolute: Schema.Finite, signed: Schema.Finite, largest: Schema.NullOr(Schema.Finite) }),
        mappings: Schema.Array(Schema.Struct({ from: Text, to: Text, ...counts })),
        top: Schema.Array(
          Schema.Struct({
            source: Place,
            target: Place,
            change: Change,
            before: SynapseState,
            after: SynapseState,
            difference: Schema.Finite
          })
        )
      })
    })
  ),
  /** `binding explain` */
  BindingOutput: output(
    "binding",
    Schema.Struct({
      dataset: Text,
      sample_id: Text,
      part: Text,
      target: Schema.NullOr(Table),
      encoder: Schema.Struct({
        id: Text,
        version: Text,
        scheme: Text,
        scheme_version: Text,
        bins: Schema.NullOr(Schema.Int),
        spacing: Schema.NullOr(Text)
      }),
      decoder: Schema.Struct({ id: Text, version: Text }),
      picture: Schema.NullOr(
        Schema.Struct({
          width: Count,
          height: Count,
          values: Schema.Array(Schema.Finite),
          voxels: Schema.NullOr(Schema.Array(Schema.Finite))
        })
      ),
      channels: Schema.Array(
        Schema.Struct({
          index: Count,
          area: Text,
          channel: Count,
          feature: Schema.NullOr(Text),
          feature_value: Schema.NullOr(Schema.Finite),
          value: Numbers,
          lit: Schema.Array(Voxel)
        })
      ),
      areas: Areas,
      taught: Schema.Union([
        Schema.Struct({ values: Schema.Array(Numbers), areas: Areas, unknown: Schema.NullOr(Text) }),
        Schema.Struct({ unknown: Text })
      ]),
      files: Schema.Array(Text)
    })
  ),
  /** `encoding report` */
  EncodingReportOutput: output(
    "encoding-report",
    Schema.Struct({
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
  ),
  /** `schemes` */
  SchemesOutput: output(
    "schemes",
    Schema.Array(
      Schema.Struct({
        scheme: Text,
        version: Schema.NullOr(Text),
        available: Schema.Boolean,
        entries: Schema.Array(Text),
        because: Schema.NullOr(Text)
      })
    )
  ),
  /** `bindings` */
  BindingsOutput: output(
    "bindings",
    Schema.Struct({
      rows: Schema.Array(Schema.Struct({ direction: Direction, subject: Text, io_type: Text, entry: Text, units: Schema.Array(Text) })),
      unavailable: Schema.Array(Schema.Struct({ direction: Direction, subject: Text, entry: Text, because: Text }))
    })
  )
} as const
